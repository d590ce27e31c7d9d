/* A thread gives away the address of its thread-local variable, and another
 * looks at it when the thread has ended.
 * expect: use-after-free "answer of T1" */
#include <pthread.h>

static _Thread_local int answer;
static int *given, kept;

static void *worker(void *arg)
{
    answer = 7;
#ifdef FIXED
    kept = answer;
    given = &kept;
#else
    given = &answer;
#endif
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    pthread_join(t, NULL);
    return *given + kept - kept != 7;
}
