/* More threads than the explorer takes. */
#include <pthread.h>

enum { N = 33 };

static void *worker(void *arg)
{
    return arg;
}

int main(void)
{
    pthread_t t[N];

    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, worker, NULL);
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    return 0;
}
