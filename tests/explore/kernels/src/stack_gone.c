/* A thread is handed a variable of a function that has returned.
 * expect: use-after-free "has returned" */
#include <pthread.h>

static pthread_t t;
static int sum;

static void *worker(void *arg)
{
    sum += *(int *)arg;
    return NULL;
}

static void start(void)
{
#ifdef FIXED
    static int n;
#else
    int n;
#endif

    n = 5;
    pthread_create(&t, NULL, worker, &n);
}

static void other_work(void)
{
    int m[4] = { 1, 2, 3, 4 };

    for (int i = 0; i < 4; i++)
        m[i]++;
}

int main(void)
{
    start();
    other_work();
    pthread_join(t, NULL);
    return 0;
}
