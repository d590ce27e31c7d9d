/* Main frees what the thread may still write to.
 * expect: use-after-free "job->result" */
#include <pthread.h>
#include <stdlib.h>

struct job {
    int input, result;
};

static void *work(void *arg)
{
    struct job *job = arg;

    job->result = 1;
    return NULL;
}

int main(void)
{
    struct job *job = malloc(sizeof(struct job));
    pthread_t t;

    pthread_create(&t, NULL, work, job);
#ifdef FIXED
    pthread_join(t, NULL);
    free(job);
#else
    free(job);
    pthread_join(t, NULL);
#endif
    return 0;
}
