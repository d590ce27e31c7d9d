/* Addresses become names. See names.c, symbols.c and types.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

static const char *const compilers[] = { "gcc", "clang" };

/* A step "op object before -> after" is somewhere in the trace. */
static bool has_step(const struct wbx_failure *f, const char *step)
{
    for (size_t i = 0; i < f->nevents; i++) {
        const struct wbx_event *e = &f->events[i];
        char text[256];

        snprintf(text, sizeof(text), "%s %s %s -> %s", e->op,
                 e->object ? e->object : "-",
                 e->has_values ? e->before_text : "-",
                 e->has_values ? e->after_text : "-");
        if (strcmp(text, step) == 0)
            return true;
    }
    return false;
}

static bool is_there(const char *compiler)
{
    const char *argv[] = { compiler, "--version", NULL };
    struct wb_subprocess_result res;
    int rc = wb_subprocess_run(
        &(struct wb_subprocess_options){ .argv = argv, .discard = true }, &res);

    wb_subprocess_result_free(&res);
    if (rc == -ENOENT)
        print_message("there is no %s here: not tried\n", compiler);
    return rc != -ENOENT;
}

#define BLOCK                                                                  \
    ("write 4 bytes at offset 12 of the block allocated at " PROGRAMS          \
     "/names.c:71 uninitialised -> 12")

static void test_every_shape_has_its_name(void **state)
{
    static const char *const steps[] = {
        "lock shelf[1].mu - -> -",
        "write shelf[1].items[2] 0 -> 7",
        "write shelf[1].closed false -> true",
        "write shelf[1].load 0 -> 1.5",
        "write shelf[1].inner.x 0 -> -3",
        "write shelf[1].inner.number 0 -> 11",
        "write grid[1][2] 0 -> 9",
        "write letter 0 -> 'x'",
        "write limit 0 -> 4000000000",
        "write where NULL -> &grid[0][1]",
        "write root NULL -> block of 16 bytes",
        "write root->next uninitialised -> NULL",
        "write root->value uninitialised -> 5",
        "write root->colour uninitialised -> GREEN",
        "write shelf[1].head NULL -> root",
        "write numbers[3] 0 -> 8",
        "write bag->items[2] uninitialised -> 6",
        "write pair->value uninitialised -> 1",
        "write pair#2->value uninitialised -> 2",
        "write *one uninitialised -> 3",
        "write owner->items[1] uninitialised -> 4",
        BLOCK,
        "atomic update busy false -> true",
        "write scratch of lend 1 -> 2",
        "write local of main 5 -> 6",
        "write calls 1 -> 2",
        "read calls 1 -> 1",
        "create T1 - -> -",
        "join T1 - -> -",
    };

    size_t tried = 0;

    (void)state;
    for (size_t c = 0; c < sizeof(compilers) / sizeof(compilers[0]); c++) {
        struct wbx_report rep;

        if (!is_there(compilers[c]))
            continue;
        tried++;
        wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/names.c"),
                                               .compiler = compilers[c] },
                        WB_ASSERTION, &rep);
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
            if (!has_step(&rep.failures[0], steps[i]))
                fail_msg("%s: no step \"%s\"", compilers[c], steps[i]);
        wbx_report_free(&rep);
    }
    assert_true(tried > 0);
}

static void test_steps_know_their_lines(void **state)
{
    struct wbx_report rep;
    size_t found = 0;

    (void)state;
    wbx_check_fails(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c") },
                    WB_DATA_RACE, &rep);
    for (size_t i = 0; i < rep.failures[0].nevents; i++) {
        const struct wbx_event *e = &rep.failures[0].events[i];

        if (e->object == NULL || strcmp(e->object, "counter") != 0)
            continue;
        found++;
        assert_string_equal(e->file, PROGRAMS "/lost.c");
        assert_string_equal(e->source, "counter++;");
        assert_int_equal(e->line, 10);
    }
    assert_true(found >= 2);
    assert_string_equal(rep.failures[0].threads[1].entry, "worker");
    wbx_report_free(&rep);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_shape_has_its_name),
    cmocka_unit_test(test_steps_know_their_lines),
};

WB_TEST_MAIN(tests)
