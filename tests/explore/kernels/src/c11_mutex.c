/* The lost update once more, with the names of threads.h.
 * expect: data-race "counter" */
#include <assert.h>
#include <stddef.h>
#include <threads.h>

static int counter;
static mtx_t mu;

static int add(void *arg)
{
    (void)arg;
#ifdef FIXED
    mtx_lock(&mu);
#endif
    counter++;
#ifdef FIXED
    mtx_unlock(&mu);
#endif
    return 1;
}

int main(void)
{
    thrd_t a, b;
    int one, two;

    mtx_init(&mu, mtx_plain);
    thrd_create(&a, add, NULL);
    thrd_create(&b, add, NULL);
    thrd_join(a, &one);
    thrd_join(b, &two);
    mtx_destroy(&mu);
    assert(counter == one + two);
    return 0;
}
