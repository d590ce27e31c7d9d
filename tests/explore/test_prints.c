/* What the printf family reads on the program's behalf. See rt_print.c. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "wb/testkit.h"

static enum wbx_status explore(const char *call, const char *letter,
                               struct wbx_report *rep)
{
    char macro[256];
    const char *flags[] = { macro, letter };

    snprintf(macro, sizeof(macro), "-DCALL=%s", call);
    return wbx_explore(&(struct wbx_options){ WBX_FILES(PROGRAMS "/prints.c"),
                                              .cflags = flags, .ncflags = 2 },
                       rep);
}

static void test_the_string_is_read(void **state)
{
    static const char *const calls[] = {
        "printf(\"%s\",text)",
        "printf(\"%5d%%%-*.*f %c%m %zu%hhd%s\",1,2,3,4.5,'c',(size_t)6,7,text)",
        "printf(\"%Lf%p%lld%.*s\",1.0L,(void*)line,2LL,3,text)",
        "printf(text)",
        "fprintf(stderr,\"%s\",text)",
        "snprintf(line,8,\"%s\",text)",
        "sprintf(line,\"%s\",text)",
        "list(\"%x%s\",1u,text)",
        "dprintf(1,\"%s\",text)",
        "puts(text)",
        "fputs(text,stdout)",
        "fwrite(text,1,3,stdout)",
        "write(1,text,3)",
        "perror(text)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct wbx_report rep;

        if (explore(calls[i], "-DLETTER=2", &rep) != WBX_FAULT)
            fail_msg("%s: %s", calls[i], rep.message ? rep.message : "clean");
        assert_int_equal(rep.verdict, WB_DATA_RACE);
        assert_non_null(strstr(rep.failures[0].cause, "reads text"));
        wbx_report_free(&rep);
    }
}

static void test_what_is_not_printed_is_not_read(void **state)
{
    static const char *const calls[] = {
        "printf(\"%.2s\",text)",      "printf(\"%.*s\",2,text)",
        "printf(\"%p\",(void*)text)", "printf(\"%%s%d\",1,text)",
        "fwrite(text,1,2,stdout)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct wbx_report rep;

        if (explore(calls[i], "-DLETTER=2", &rep) != WBX_CLEAN)
            fail_msg("%s: %s", calls[i],
                     rep.nfailures ? rep.failures[0].cause : rep.message);
        wbx_report_free(&rep);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_string_is_read),
    cmocka_unit_test(test_what_is_not_printed_is_not_read),
};

WB_TEST_MAIN(tests)
