/* A stack whose head is a pointer and a tag, in one atomic of two words: the
 * tag must change with each pop, or a node that is back is taken for one that
 * never left.
 * expect: wrong-answer "exits with status 1" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct head {
    intptr_t first; /* number of a node, 0: none */
    uintptr_t tag;
};

static _Atomic struct head top;
static atomic_int next[4];

static int pop(void)
{
    struct head old = atomic_load(&top), new;

    do {
        if (old.first == 0)
            return 0;
        new.first = next[old.first];
#ifdef FIXED
        new.tag = old.tag + 1;
#else
        new.tag = old.tag;
#endif
    } while (!atomic_compare_exchange_strong(&top, &old, new));
    return (int)old.first;
}

static void push(int node)
{
    struct head old = atomic_load(&top), new;

    do {
        next[node] = (int)old.first;
        new.first = node;
        new.tag = old.tag;
    } while (!atomic_compare_exchange_strong(&top, &old, new));
}

static int taken;

static void *worker(void *arg)
{
    taken = pop();
    return arg;
}

int main(void)
{
    pthread_t t;
    int a, b;

    push(2);
    push(1);
    pthread_create(&t, NULL, worker, NULL);
    a = pop();
    b = pop();
    if (a == 1)
        push(a);
    pthread_join(t, NULL);
    return b != 0 && taken != 0 && pop() == b;
}
