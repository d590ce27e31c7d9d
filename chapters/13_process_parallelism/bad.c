/* The longest chain in each range of numbers, by two processes.
 *
 * Symptom: while a thread writes a log, no worker gets anything done; when a
 *          worker crashes, the program waits for ever.
 * Cause:   fork copies the log's lock as it is, held, but not the thread that
 *          would release it. And the answers of the dead never come, while
 *          the pipe they would come through stays open: by ourselves.
 * Provoke: ./workbook run 13 bad 8 log
 *          ./workbook run 13 bad 8 rotten
 * Next:    good.c */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chains.h"

/* region: work */
struct answer {
    long i, chain;
};

static _Noreturn void work(const struct range *ranges, long begin, long end,
                           int answers)
{
    for (long i = begin; i < end; i++) {
        struct answer a = { i, longest_chain(&ranges[i]) };

        log_line();
        if (write(answers, &a, sizeof(a)) != sizeof(a))
            _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}
/* endregion: work */

int main(int argc, char **argv)
{
    long n = argc > 1 ? atol(argv[1]) : RANGES, longest = 0;
    bool log = argc > 2 && strcmp(argv[2], "log") == 0;
    bool rotten = argc > 2 && strcmp(argv[2], "rotten") == 0;
    static struct range ranges[RANGES_MAX];
    pthread_t logger = pthread_self();

    if (n < 1 || n > RANGES_MAX)
        wb_die("usage: %s [RANGES [log|rotten]]", argv[0]);
    set_ranges(ranges, n, rotten);
    if (log)
        logger = start_logger();

    /* region: map */
    int answers[2];

    WB_MUST_SYS(pipe2(answers, O_CLOEXEC));
    for (int w = 0; w < WORKERS; w++)
        if (WB_MUST_SYS(fork()) == 0)
            work(ranges, n * w / WORKERS, n * (w + 1) / WORKERS, answers[1]);
    if (log)
        end_logger(logger);
    for (long i = 0; i < n; i++) {
        struct answer a = { 0, 0 };

        WB_MUST_SYS((int)read(answers[0], &a, sizeof(a)));
        longest = a.chain > longest ? a.chain : longest;
    }
    while (wait(NULL) > 0)
        ;
    /* endregion: map */
    printf("%ld ranges, the longest chain has %ld steps\n", n, longest);
    return EXIT_SUCCESS;
}
