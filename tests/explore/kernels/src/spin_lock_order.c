/* AB-BA with pthread spin locks.
 * expect: deadlock "held by main" */
#include <pthread.h>

static pthread_spinlock_t a, b;

static void *worker(void *arg)
{
#ifdef FIXED
    pthread_spin_lock(&a);
    pthread_spin_lock(&b);
#else
    pthread_spin_lock(&b);
    pthread_spin_lock(&a);
#endif
    pthread_spin_unlock(&a);
    pthread_spin_unlock(&b);
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_spin_init(&a, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_init(&b, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&t, NULL, worker, NULL);
    pthread_spin_lock(&a);
    pthread_spin_lock(&b);
    pthread_spin_unlock(&b);
    pthread_spin_unlock(&a);
    pthread_join(t, NULL);
    pthread_spin_destroy(&b);
    pthread_spin_destroy(&a);
    return 0;
}
