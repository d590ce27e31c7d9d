/* A supervisor: it starts a worker, sees how that ends, and starts it again if
 * it has crashed, but not for ever.
 *
 * The worker is this program once more. In which of its lives it is stands in
 * its environment; it crashes in the first two and does its work in the third,
 * or with an argument it crashes in so many.
 *
 * Run:     ./workbook run 01 supervise
 *          ./workbook run 01 supervise 9
 * Next:    the exercise */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/subprocess.h"

enum { LIVES = 4 };

static int be_worker(int crashes)
{
    const char *text = getenv("LIFE");
    int life = text != NULL ? atoi(text) : 0;

    if (life <= crashes)
        kill(getpid(), SIGKILL); /* stands for a crash */
    printf("did its work in life %d", life);
    return EXIT_SUCCESS;
}

/* region: supervise */
static bool supervise(const char *const *argv)
{
    for (int life = 1; life <= LIVES; life++) {
        char which[24];
        const char *env[] = { which, NULL };
        struct wb_subprocess_result res;

        snprintf(which, sizeof(which), "LIFE=%d", life);
        WB_MUST(wb_subprocess_run(
            &(struct wb_subprocess_options){ .argv = argv, .env = env }, &res));
        bool crashed = res.outcome == WB_SIGNALED;
        printf("worker: %s\n", crashed ? res.message : res.out);
        wb_subprocess_result_free(&res);
        if (!crashed)
            return true;
    }
    return false;
}
/* endregion: supervise */

int main(int argc, char **argv)
{
    const char *crashes = argc > 1 ? argv[1] : "2";
    const char *worker[] = { "/proc/self/exe", "work", crashes, NULL };

    if (argc == 3 && strcmp(argv[1], "work") == 0)
        return be_worker(atoi(argv[2]));
    if (argc > 2)
        wb_die("usage: %s [CRASHES]", argv[0]);
    if (supervise(worker))
        return EXIT_SUCCESS;
    printf("given up after %d lives\n", LIVES);
    return EXIT_FAILURE;
}
