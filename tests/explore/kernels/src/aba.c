/* A lock-free stack of indices. Between a popper's look at the top and its
 * compare-exchange the other thread pops two nodes and pushes the first back:
 * the top looks untouched, and the popper installs a node that is in use. A
 * version count beside the index shows the change.
 * expect: assertion "owner" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { NONE = 0, NODES = 3 };

static atomic_uint top = 1; /* version << 8 | index */
static atomic_uint next[NODES] = { NONE, 2, NONE };
static atomic_int owner[NODES];

static unsigned changed(unsigned from, unsigned index)
{
#ifdef FIXED
    return (from & ~0xffu) + 0x100 + index;
#else
    (void)from;
    return index;
#endif
}

static unsigned pop(void)
{
    unsigned old = top, node;

    do {
        node = old & 0xff;
        if (node == NONE)
            return NONE;
    } while (
        !atomic_compare_exchange_strong(&top, &old, changed(old, next[node])));
    assert(atomic_fetch_add(&owner[node], 1) == 0);
    return node;
}

static void push(unsigned node)
{
    unsigned old = top;

    owner[node] = 0;
    do {
        next[node] = old & 0xff;
    } while (!atomic_compare_exchange_strong(&top, &old, changed(old, node)));
}

static void *worker(void *arg)
{
    pop();
    pop();
    return arg;
}

int main(void)
{
    pthread_t t;
    unsigned first;

    pthread_create(&t, NULL, worker, NULL);
    first = pop();
    pop();
    if (first != NONE)
        push(first);
    pthread_join(t, NULL);
    return 0;
}
