/* N threads, each with a variable of its own. */
#include <pthread.h>

static int own[N];

static void *run(void *arg)
{
    int *mine = arg;

    for (int i = 0; i < 3; i++)
        *mine += i;
    return arg;
}

int main(void)
{
    pthread_t threads[N];

    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, run, &own[i]);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
