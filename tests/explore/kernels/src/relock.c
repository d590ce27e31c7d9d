/* A function that holds a plain mutex calls one that takes it again.
 * expect: deadlock "itself" */
#include <pthread.h>

static pthread_mutex_t mu;

static void inner(void)
{
    pthread_mutex_lock(&mu);
    pthread_mutex_unlock(&mu);
}

int main(void)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
#ifdef FIXED
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
#endif
    pthread_mutex_init(&mu, &attr);
    pthread_mutexattr_destroy(&attr);
    pthread_mutex_lock(&mu);
    inner();
    pthread_mutex_unlock(&mu);
    pthread_mutex_destroy(&mu);
    return 0;
}
