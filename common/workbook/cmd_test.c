/* workbook test: builds all and runs all tests. */
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "target.h"

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
    if (code == 0)
        code = wb_target_step(app, words);
    free(words);
    return code;
}
