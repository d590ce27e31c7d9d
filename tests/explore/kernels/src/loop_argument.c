/* Every thread is handed the address of the loop's own counter.
 * expect: data-race "i of main" */
#include <pthread.h>

enum { N = 2 };

static int seen[N + 1];

static void *worker(void *arg)
{
    int number = *(int *)arg;

    seen[number] = 1;
    return NULL;
}

int main(void)
{
    pthread_t t[N];
#ifdef FIXED
    int numbers[N];
#endif
    int i;

    for (i = 0; i < N; i++) {
#ifdef FIXED
        numbers[i] = i;
        pthread_create(&t[i], NULL, worker, &numbers[i]);
#else
        pthread_create(&t[i], NULL, worker, &i);
#endif
    }
    for (int k = 0; k < N; k++)
        pthread_join(t[k], NULL);
    return !seen[0] || !seen[1];
}
