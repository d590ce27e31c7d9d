/* The missed signal with the names of threads.h.
 * expect: lost-wakeup "ready" */
#include <stdbool.h>
#include <stddef.h>
#include <threads.h>

static bool done;
static mtx_t mu;
static cnd_t ready;

static int worker(void *arg)
{
    (void)arg;
    mtx_lock(&mu);
    done = true;
    cnd_signal(&ready);
    mtx_unlock(&mu);
    return 0;
}

int main(void)
{
    thrd_t t;

    mtx_init(&mu, mtx_plain);
    cnd_init(&ready);
    thrd_create(&t, worker, NULL);
    mtx_lock(&mu);
#ifdef FIXED
    while (!done)
#endif
        cnd_wait(&ready, &mu);
    mtx_unlock(&mu);
    thrd_join(t, NULL);
    cnd_destroy(&ready);
    mtx_destroy(&mu);
    return 0;
}
