/* What the compiler's hooks do not show: functions of the C library, and
 * inline assembly. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "sample.h"
#include "wb/testkit.h"

enum { CALLS = 29 };

static void expect_call(int call, bool races)
{
    char number[16];
    const char *args[] = { number, "after" };
    struct wbx_options opt = { WBX_FILES(PROGRAMS "/texts.c"), .args = args,
                               .nargs = races ? 1 : 2 };
    struct wbx_report rep;

    snprintf(number, sizeof(number), "%d", call);
    wbx_explore(&opt, &rep);
    wb_expect(rep.status == (races ? WBX_FAULT : WBX_CLEAN) &&
                  rep.verdict == (races ? WB_DATA_RACE : WB_CLEAN),
              WB_WRONG_ANSWER, "call %d %s: %s%s%s", call,
              races ? "beside a write" : "before a write",
              wb_verdict_name(rep.verdict), rep.message != NULL ? ", " : "",
              rep.message != NULL ? rep.message : "");
    wbx_report_free(&rep);
}

static void test_what_the_library_touches_is_seen(void **state)
{
    (void)state;
    for (int call = 0; call < CALLS; call++) {
        expect_call(call, true);
        expect_call(call, false);
    }
}

static void expect_asm(const char *flag, enum wbx_status status,
                       const char *said)
{
    struct wbx_options opt = { WBX_FILES(PROGRAMS "/asm.c"), .cflags = &flag,
                               .ncflags = flag != NULL };
    struct wbx_report rep;

    assert_int_equal(wbx_explore(&opt, &rep), status);
    if (said != NULL)
        assert_non_null(strstr(rep.message, said));
    wbx_report_free(&rep);
}

static void test_assembly_that_touches_memory_is_refused(void **state)
{
    (void)state;
    expect_asm(NULL, WBX_CLEAN, NULL);
    expect_asm("-DLOCK", WBX_CANNOT, "xchgl");
    /* clang writes "rep" on a line of its own. */
    expect_asm("-DCOPY", WBX_CANNOT, "movsb");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_what_the_library_touches_is_seen),
    cmocka_unit_test(test_assembly_that_touches_memory_is_refused),
};

WB_TEST_MAIN(tests)
