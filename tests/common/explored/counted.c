/*
 * A signal that is counted, to take the place of the real one in the queue.
 */

#include <pthread.h>
#include <stdatomic.h>

int wb_count_signal(pthread_cond_t *cond);
int wb_signals(void);

static atomic_int signals; /* atomic: publishes nothing */

int wb_signals(void)
{
    return atomic_load(&signals);
}

#undef pthread_cond_signal
int wb_count_signal(pthread_cond_t *cond)
{
    atomic_fetch_add(&signals, 1);
    return pthread_cond_signal(cond);
}
