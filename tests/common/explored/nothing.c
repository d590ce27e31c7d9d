/*
 * Calls that do nothing, to take the place of real ones: the mistakes that
 * test_explored.c builds into the queue.
 */

#include <pthread.h>

int wb_leave_mutex(pthread_mutex_t *mu);
int wb_leave_cond(pthread_cond_t *cond);

int wb_leave_mutex(pthread_mutex_t *mu)
{
    (void)mu;
    return 0;
}

int wb_leave_cond(pthread_cond_t *cond)
{
    (void)cond;
    return 0;
}
