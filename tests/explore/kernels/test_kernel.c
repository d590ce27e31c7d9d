/* One kernel, named by WB_KERNEL, in its bad and its fixed form.
 *
 * A kernel is a classic mistake in a few lines (src). Its head comment says
 * what the explorer must find in it: "expect: KIND" and, in quotes, words of
 * the cause. With -DFIXED nothing may be found in any interleaving. Whatever
 * is found must not depend on the compiler, unless it says "only: gcc". How
 * often a thread looks before it counts as polling depends on how the compiler
 * lays out the loop; "polls" says that the number of interleavings may differ.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

/* This build's own compiler first; then the other one, if there is one. */
static const char *const compilers[] = { NULL, OTHER_COMPILER };

static const bool is_clang[] = { OWN_IS_CLANG, !OWN_IS_CLANG };

enum { NCOMPILERS = sizeof(OTHER_COMPILER) > 1 ? 2 : 1 };

/* const after the set-up */
static struct {
    const char *file;
    enum wb_verdict kind;
    char cause[80]; /* what the cause must contain */
    bool only_gcc;  /* clang does not show it */
    bool polls;
} kernel;

static int read_expectation(void **state)
{
    FILE *f;
    char line[160], kind[32];

    (void)state;
    kernel.file = getenv("WB_KERNEL");
    if (kernel.file == NULL)
        fail_msg("set WB_KERNEL to the kernel's file");
    f = fopen(kernel.file, "r");
    if (f == NULL)
        fail_msg("cannot read %s: set WB_KERNEL to a kernel", kernel.file);
    kernel.kind = WB_CLEAN;
    kernel.only_gcc = kernel.polls = false;
    while (fgets(line, sizeof(line), f) != NULL) {
        kernel.only_gcc |= strncmp(line, " * only: gcc", 12) == 0;
        kernel.polls |= strncmp(line, " * polls", 8) == 0;
        if (sscanf(line, " * expect: %31s \"%79[^\"]", kind, kernel.cause) ==
            2) {
            int parsed = wb_verdict_parse(kind);

            kernel.kind = parsed > 0 ? (enum wb_verdict)parsed : WB_CLEAN;
        }
    }
    fclose(f);
    if (kernel.kind == WB_CLEAN)
        fail_msg("%s: no line ' * expect: KIND \"words of the cause\"'",
                 kernel.file);
    return 0;
}

static bool applies(int compiler)
{
    return !(kernel.only_gcc && is_clang[compiler]);
}

static struct wbx_options options(int compiler, const char *const *flag)
{
    return (struct wbx_options){ .files = &kernel.file,
                                 .nfiles = 1,
                                 .cflags = flag,
                                 .ncflags = flag != NULL,
                                 .compiler = compilers[compiler],
                                 /* one process, and several, agree */
                                 .workers = compiler == 0 ? 1 : 4,
                                 .split_after = 1 };
}

static void explore_bad(int compiler, const char *replay, uint64_t *steps)
{
    struct wbx_options opt = options(compiler, NULL);
    struct wbx_report rep;
    char *token, cause[512];
    bool as_expected;

    opt.replay = replay;
    wbx_check_fails(&opt, kernel.kind, &rep);
    snprintf(cause, sizeof(cause), "%s", rep.failures[0].cause);
    as_expected = strstr(cause, kernel.cause) != NULL && rep.warning == NULL;
    if (replay != NULL)
        as_expected &= rep.failures[0].nevents == *steps;
    *steps = rep.failures[0].nevents;
    token = strdup(rep.failures[0].replay);
    printf("%s\n", cause);
    wbx_report_free(&rep);
    if (as_expected && replay == NULL)
        explore_bad(compiler, token, steps);
    free(token);
    wb_expect(as_expected, WB_WRONG_ANSWER, "%s: expected \"%s\", got \"%s\"",
              replay != NULL ? "replay" : "search", kernel.cause, cause);
}

static void test_the_mistake_is_found_and_replayed(void **state)
{
    uint64_t steps = 0;

    (void)state;
    for (int c = 0; c < NCOMPILERS; c++)
        if (applies(c))
            explore_bad(c, NULL, &steps);
}

static void test_the_fixed_form_is_clean_for_every_compiler(void **state)
{
    static const char *const flag = "-DFIXED";
    uint64_t traces[NCOMPILERS];

    (void)state;
    for (int c = 0; c < NCOMPILERS; c++) {
        struct wbx_options opt = options(c, &flag);
        struct wbx_report rep;

        bool clean = wbx_explore(&opt, &rep) == WBX_CLEAN;
        traces[c] = rep.traces;
        printf("%llu interleavings, %.3f s\n", (unsigned long long)rep.traces,
               rep.seconds);
        wbx_report_free(&rep);
        if (!clean)
            wbx_check_clean(&opt); /* says why not */
    }
    for (int c = 1; c < NCOMPILERS; c++)
        wb_expect(kernel.only_gcc || kernel.polls || traces[c] == traces[0],
                  WB_WRONG_ANSWER,
                  "%llu interleavings with one compiler, %llu with the other",
                  (unsigned long long)traces[0], (unsigned long long)traces[c]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_the_mistake_is_found_and_replayed,
                           read_expectation),
    cmocka_unit_test_setup(test_the_fixed_form_is_clean_for_every_compiler,
                           read_expectation),
};

WB_TEST_MAIN(tests)
