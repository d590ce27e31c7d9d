/* A thread returns the address of its own local variable.
 * expect: use-after-free "has ended" */
#include <pthread.h>
#include <stddef.h>

static void *worker(void *arg)
{
#ifdef FIXED
    int *result = arg;
#else
    int local, *result = &local;
#endif

    (void)arg;
    *result = 7;
    pthread_exit(result);
}

int main(void)
{
    void *result;
    pthread_t t;
    int mine = 0;

    pthread_create(&t, NULL, worker, &mine);
    pthread_join(t, &result);
    return *(int *)result != 7;
}
