/* A logger: a program hands its lines to one background writer.
 *
 * Symptom: a core is busy although nothing is logged; memory grows while the
 *          disk is slow; the writer still runs when the program ends.
 * Cause:   the deque can only be looked at. It cannot make the writer wait
 *          for a line, nor the program for room, nor say that all is over.
 * Provoke: ./workbook explore 04 bad --all -- 2 1
 *          ./workbook explore 04 bad -DJOIN_WRITER -- 0
 * Next:    good.c */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/verdict.h"

/* region: lines */
struct line {
    long number;
    struct line *next;
};

static struct {
    pthread_mutex_t mu;
    struct line *oldest, *newest; /* guarded by mu */
    int size, peak;               /* guarded by mu */
} lines = { .mu = PTHREAD_MUTEX_INITIALIZER };
/* endregion: lines */

static atomic_long written; /* atomic: publishes nothing */

/* region: put */
static void log_line(long number)
{
    struct line *line = wb_alloc(1, sizeof(*line));

    line->number = number;
    pthread_mutex_lock(&lines.mu);
    *(lines.size == 0 ? &lines.oldest : &lines.newest->next) = line;
    lines.newest = line;
    if (++lines.size > lines.peak)
        lines.peak = lines.size;
    pthread_mutex_unlock(&lines.mu);
}
/* endregion: put */

/* region: take */
static void *write_lines(void *unused)
{
    for (;;) {
        struct line *line = NULL;

        pthread_mutex_lock(&lines.mu);
        if (lines.size > 0) {
            line = lines.oldest;
            lines.oldest = line->next;
            lines.size--;
        }
        pthread_mutex_unlock(&lines.mu);
        if (line == NULL) {
            usleep(1000);
            continue;
        }
        free(line);
        written++; /* stands for the write to the disk */
    }
    return unused;
}
/* endregion: take */

int main(int argc, char **argv)
{
    long n = argc > 1 ? atol(argv[1]) : 2;
    int room = argc > 2 ? atoi(argv[2]) : 16;
    pthread_t writer;

    if (n < 0 || room < 1)
        wb_die("usage: %s [LINES [ROOM]]", argv[0]);
    /* region: main */
    WB_MUST(pthread_create(&writer, NULL, write_lines, NULL));
    for (long i = 0; i < n; i++)
        log_line(i);
    while (written < n)
        usleep(1000);
#ifdef JOIN_WRITER
    WB_MUST(pthread_join(writer, NULL));
#endif
    /* endregion: main */
    pthread_mutex_lock(&lines.mu);
    int peak = lines.peak;
    pthread_mutex_unlock(&lines.mu);
    printf("%ld lines logged, %ld written\n", n, written);
    WB_JUDGE(peak <= room, WB_UNBOUNDED,
             "%d lines waited at once, there is room for %d", peak, room);
    return 0;
}
