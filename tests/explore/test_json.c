/* What programs read. See json.c and explore.md. */
#include "sample.h"
#include "wb/testkit.h"

static void expect(const struct wbx_report *rep, const char *text)
{
    char *got = sample_print(rep, NULL);

    assert_string_equal(got, text);
    free(got);
}

static void test_clean(void **state)
{
    struct wbx_report rep = { .exhaustive = true, .traces = 36, .blocked = 2 };

    (void)state;
    expect(&rep,
           "{\"verdict\":\"clean\",\"status\":0,\"exhaustive\":true,"
           "\"traces\":36,\"failing\":0,\"samples\":0,\"blocked\":2,"
           "\"preemptions\":0,"
           "\"cause\":null,"
           "\"replay\":null,\"seconds\":0.000000,\"build_seconds\":0.000000,"
           "\"message\":null,\"warning\":null,\"output\":null,\"events\":[],"
           "\"failures\":[]}\n");
}

static void expect_within(const struct wbx_report *rep, const char *text)
{
    char *got = sample_print(rep, NULL);

    if (strstr(got, text) == NULL)
        fail_msg("no %s in %s", text, got);
    free(got);
}

static void test_nothing_explored_is_not_clean(void **state)
{
    struct wbx_report rep = { .status = WBX_CANNOT, .message = "no \"x\"\n" };

    (void)state;
    expect_within(&rep, "{\"verdict\":null,\"status\":4,");
    expect_within(&rep, "\"message\":\"no \\\"x\\\"\\n\"");
    rep.status = WBX_USAGE;
    rep.verdict = WB_DOES_NOT_COMPILE;
    expect_within(&rep, "{\"verdict\":\"does-not-compile\",\"status\":2,");
}

static void test_failure(void **state)
{
    static const char *const held[] = { "mu" }, *const at[] = { "f.c:3" };
    struct wbx_event e[] = {
        sample_values(sample_event(1, 9, "p = q;", "write", "p"), -1, "NULL", 7,
                      "&x"),
        { .op = "end" },
    };
    struct wbx_thread t = { .name = "T1",
                            .entry = "worker",
                            .state = "blocked",
                            .waits_for = 0,
                            .blocked_op = "lock",
                            .held = held,
                            .held_where = at,
                            .nheld = 1 };
    struct wbx_failure f = { .kind = WB_DEADLOCK,
                             .cause = "so",
                             .replay = "w1",
                             .preemptions = 2,
                             .events = e,
                             .nevents = 2,
                             .threads = &t,
                             .nthreads = 1 };
    struct wbx_report rep = { .status = WBX_FAULT,
                              .verdict = WB_DEADLOCK,
                              .failures = &f,
                              .nfailures = 1 };

    (void)state;
    e[0].marked = true;
    expect_within(&rep, "{\"verdict\":\"deadlock\",\"status\":1,");
    expect_within(&rep, "\"preemptions\":2,\"cause\":\"so\",\"replay\":\"w1\"");
    expect_within(&rep,
                  "\"events\":[{\"thread\":1,\"file\":\"dir/f.c\",\"line\":9,"
                  "\"source\":\"p = q;\",\"op\":\"write\",\"object\":\"p\","
                  "\"object2\":null,\"before\":-1,\"after\":7,"
                  "\"before_text\":\"NULL\",\"after_text\":\"&x\","
                  "\"failed\":false,\"preempted\":false,\"marked\":true},"
                  "{\"thread\":0,\"file\":null,\"line\":null,");
    expect_within(&rep, "\"blocked_op\":\"lock\",\"blocked_object\":null,"
                        "\"file\":null,\"line\":null,\"waits_for\":0,"
                        "\"held\":[{\"lock\":\"mu\",\"where\":\"f.c:3\"}]}]");
}

static void test_any_bytes_give_valid_text(void **state)
{
    struct wbx_report rep = { .output = "\x01\xff\xc3\xa4\xe2\x82\xed\xa0\x80"
                                        "\\\t\x7f" };

    (void)state;
    expect_within(&rep, "\"output\":\"\\u0001\\ufffd\xc3\xa4\\ufffd\\ufffd"
                        "\\ufffd\\ufffd\\ufffd\\\\\\u0009\\u007f\"");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_clean),
    cmocka_unit_test(test_nothing_explored_is_not_clean),
    cmocka_unit_test(test_failure),
    cmocka_unit_test(test_any_bytes_give_valid_text),
};

WB_TEST_MAIN(tests)
