/* A thread ends with a spin lock that nobody will ever open again.
 * expect: leaked-lock "lock, locked by T2" */
#include <pthread.h>

static pthread_spinlock_t lock;
static int work = 1;

static void *take(void *arg)
{
    pthread_spin_lock(&lock);
    if (work == 0) {
#ifdef FIXED
        pthread_spin_unlock(&lock);
#endif
        return arg;
    }
    work--;
    pthread_spin_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t a;

    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&a, NULL, take, NULL);
    pthread_join(a, NULL);
    pthread_create(&a, NULL, take, NULL);
    pthread_join(a, NULL);
    return 0;
}
