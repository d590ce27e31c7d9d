/* What a thread costs that does nothing but wait.
 *
 * Run:     ./workbook run 06 cost
 * Next:    exercise.h
 *
 * explore: no, it reads /proc */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "wb/base.h"

enum { THREADS = 200 };

static pthread_barrier_t all_here, may_leave;

static long status_kib(const char *field)
{
    char line[128];
    long kib = -1;
    FILE *in = fopen("/proc/self/status", "re");

    while (in != NULL && kib < 0 && fgets(line, sizeof(line), in) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            kib = atol(line + strlen(field));
    if (in != NULL)
        fclose(in);
    return kib;
}

static long switches(void)
{
    struct rusage use;

    WB_MUST_SYS(getrusage(RUSAGE_SELF, &use));
    return use.ru_nvcsw + use.ru_nivcsw;
}

static void *wait_there(void *unused)
{
    pthread_barrier_wait(&all_here);
    pthread_barrier_wait(&may_leave);
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    long size = status_kib("VmSize:"), resident = status_kib("VmRSS:");
    long before = switches();

    WB_MUST(pthread_barrier_init(&all_here, NULL, THREADS + 1));
    WB_MUST(pthread_barrier_init(&may_leave, NULL, THREADS + 1));
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_create(&threads[i], NULL, wait_there, NULL));
    pthread_barrier_wait(&all_here);
    size = (status_kib("VmSize:") - size) / THREADS;
    resident = (status_kib("VmRSS:") - resident) / THREADS;
    pthread_barrier_wait(&may_leave);
    for (int i = 0; i < THREADS; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    printf("a thread reserves %ld KiB and uses %ld KiB\n", size, resident);
    printf("to come, to wait and to go took it %ld switches\n",
           (switches() - before) / THREADS);
    return 0;
}
