/* A log that two threads write to, and a lock that is held briefly.
 *
 * Making a line takes long and concerns nobody else; appending it is short
 * and must not be disturbed. So the lock is taken for the second only.
 *
 * To show that the lines really are made at the same time, each thread waits
 * in the middle of making one until the other is there too. With the lock
 * held around both parts (compile with -DHOLD_LOCK_THROUGHOUT) they can never
 * meet.
 *
 * Prove:   ./workbook explore chapters/03_locks/short.c
 *          ./workbook explore -DHOLD_LOCK_THROUGHOUT chapters/03_locks/short.c
 * Next:    the exercise */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "wb/base.h"

enum { WRITERS = 2, LINE = 32 };

/* The meeting point in the middle of making a line. */
static pthread_mutex_t meeting_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static int here; /* guarded by meeting_mu */

static pthread_mutex_t log_mu = PTHREAD_MUTEX_INITIALIZER;
static char log_text[WRITERS][LINE]; /* guarded by log_mu */
static int log_lines;                /* guarded by log_mu */

static void meet(void)
{
    pthread_mutex_lock(&meeting_mu);
    here++;
    pthread_cond_broadcast(&all_here);
    while (here < WRITERS)
        pthread_cond_wait(&all_here, &meeting_mu);
    pthread_mutex_unlock(&meeting_mu);
}

static void make_line(char *line, int writer)
{
    meet();
    snprintf(line, LINE, "writer %d was here", writer);
}

/* region: write */
static void *write_line(void *arg)
{
    char line[LINE];

#ifdef HOLD_LOCK_THROUGHOUT
    pthread_mutex_lock(&log_mu);
    make_line(line, *(int *)arg);
#else
    make_line(line, *(int *)arg);
    pthread_mutex_lock(&log_mu);
#endif
    memcpy(log_text[log_lines++], line, LINE);
    pthread_mutex_unlock(&log_mu);
    return NULL;
}
/* endregion: write */

int main(void)
{
    pthread_t threads[WRITERS];
    int numbers[WRITERS] = { 1, 2 };

    for (int i = 0; i < WRITERS; i++)
        WB_MUST(pthread_create(&threads[i], NULL, write_line, &numbers[i]));
    for (int i = 0; i < WRITERS; i++)
        WB_MUST(pthread_join(threads[i], NULL));
    for (int i = 0; i < log_lines; i++)
        printf("%s\n", log_text[i]);
    return log_lines == WRITERS ? 0 : 1;
}
