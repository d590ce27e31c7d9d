/* The owner takes from the bottom, a thief from the top; for the last task
 * both must agree by a compare-exchange on the top, or it is done twice.
 * expect: assertion "done" */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int top, bottom = 2;
static atomic_int done[2];

static void run(int task)
{
    assert(atomic_fetch_add(&done[task], 1) == 0);
}

static void *steal(void *arg)
{
    int t = top;

    if (t < bottom && atomic_compare_exchange_strong(&top, &t, t + 1))
        run(t);
    return arg;
}

static void take(void)
{
    int b = --bottom, t = top;

    if (t < b) {
        run(b);
    } else if (t == b) {
#ifdef FIXED
        if (atomic_compare_exchange_strong(&top, &t, t + 1))
#endif
            run(b);
        bottom = b + 1;
    }
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, steal, NULL);
    take();
    take();
    pthread_join(t, NULL);
    return 0;
}
