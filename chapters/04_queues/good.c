/* A logger: a program hands its lines to one background writer.
 *
 * A bounded queue that can be closed stands between them. It makes the writer
 * wait for a line and the program for room, it knows when every line has been
 * written, and closing it tells the writer to end.
 *
 * Prove:   ./workbook explore 04 good -- 2 1
 * Next:    sentinels.c, for when the end is said in the queue itself */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/queue.h"
#include "wb/verdict.h"

/* region: lines */
struct line {
    long number;
};

static struct wb_queue *lines;
/* endregion: lines */

static long written; /* writer thread only, until it is joined */

/* region: put */
static void log_line(long number)
{
    struct line *line = wb_alloc(1, sizeof(*line));

    line->number = number;
    if (wb_queue_push(lines, line) != 0)
        free(line); /* the queue is closed: the line is still ours */
}
/* endregion: put */

/* region: take */
static void *write_lines(void *unused)
{
    void *line;

    while (wb_queue_pop(lines, &line) == 0) {
        free(line);
        written++; /* stands for the write to the disk */
        wb_queue_task_done(lines);
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
    WB_MUST(wb_queue_create(&lines, (size_t)room));
    /* region: main */
    WB_MUST(pthread_create(&writer, NULL, write_lines, NULL));
    for (long i = 0; i < n; i++)
        log_line(i);
    wb_queue_join(lines);
    wb_queue_close(lines);
    WB_MUST(pthread_join(writer, NULL));
    /* endregion: main */
    int peak = (int)wb_queue_peak(lines);
    wb_queue_free(lines);
    printf("%ld lines logged, %ld written\n", n, written);
    WB_JUDGE(peak <= room, WB_UNBOUNDED,
             "%d lines waited at once, there is room for %d", peak, room);
    return 0;
}
