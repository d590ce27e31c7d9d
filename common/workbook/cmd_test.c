/* workbook test: builds all and runs all tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"
#include "target.h"

/* As many tests at a time as there are processors. Who wants another number
 * has it in the environment, or gives ctest its -j. */
static void test_side_by_side(void)
{
    char n[24];
    snprintf(n, sizeof n, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    setenv("CTEST_PARALLEL_LEVEL", n, 0);
}

int wb_cmd_test(struct wb_app *app, int argc, char **argv)
{
    enum { FIXED = 4 };
    const char **words = calloc((size_t)argc + FIXED + 1, sizeof *words);
    const char *fixed[FIXED] = { "ctest", "--test-dir", app->build,
                                 "--output-on-failure" };
    if (words == NULL)
        return WB_EXIT_CANNOT;
    memcpy(words, fixed, sizeof fixed);
    for (int i = 1; i < argc; i++)
        words[FIXED + i - 1] = argv[i];
    int code = wb_target_make(app, "all");
    test_side_by_side();
    if (code == 0)
        code = wb_target_step(app, words);
    free(words);
    return code;
}
