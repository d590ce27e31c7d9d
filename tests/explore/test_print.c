/* What people read. See print.c, columns.c and list.c. */
#include "sample.h"
#include "wb/testkit.h"

static const struct wbx_style plain = { .ascii = true, .width = 80 };

static void expect(const struct wbx_report *rep, const struct wbx_style *style,
                   const char *text)
{
    char *got = sample_print(rep, style);

    if (strcmp(got, text) != 0)
        print_message("%s", got);
    assert_string_equal(got, text);
    free(got);
}

static void test_clean_says_how_far_it_reaches(void **state)
{
    struct wbx_report rep = { .exhaustive = true, .traces = 36 };

    (void)state;
    expect(&rep, &plain, "clean: all 36 interleavings, 0 failures\n");
    rep.traces = 1234567;
    expect(&rep, &plain, "clean: all 1,234,567 interleavings, 0 failures\n");
    rep.traces = 1;
    expect(&rep, &plain, "clean: the only interleaving there is, 0 failures\n");
}

static void test_not_exhaustive_is_loud(void **state)
{
    struct wbx_report rep = { .status = WBX_NOT_EXHAUSTIVE, .traces = 10000 };

    (void)state;
    expect(&rep, &plain,
           "NOT exhaustive: 10,000 executions tried, 0 failures\n");
}

static void test_messages_say_what_they_are(void **state)
{
    struct wbx_report rep = { .status = WBX_CANNOT, .message = "no\nmodel" };

    (void)state;
    expect(&rep, &plain, "cannot explore: no\nmodel\n");
    rep.status = WBX_USAGE;
    rep.warning = "it changed";
    expect(&rep, &plain, "warning: it changed\nerror: no\nmodel\n");
    rep.warning = NULL;
    rep.verdict = WB_DOES_NOT_COMPILE;
    expect(&rep, &plain, "does-not-compile:\nno\nmodel\n");
}

static struct wbx_thread threads[8] = {
    { .name = "main",
      .entry = "main",
      .state = "blocked",
      .waits_for = 1,
      .blocked_op = "join",
      .blocked_object = "T1",
      .file = "dir/f.c",
      .line = 20,
      .source = "join(t)" },
    { .name = "T1", .entry = "worker", .state = "ready", .waits_for = -1 },
    { .name = "T2", .entry = "worker", .state = "ended", .waits_for = -1 },
    { .name = "T3", .state = "ended", .waits_for = -1 },
    { .name = "T4", .state = "ended", .waits_for = -1 },
};

/* A race of T1 and T2 on a counter. */
static struct wbx_report race(struct wbx_failure *f, struct wbx_event *e)
{
    e[0] = sample_event(0, 18, "create(t)", "create", "T1");
    e[1] = sample_event(1, 8, "lock(&mu)", "lock", "mu");
    e[2] = sample_values(sample_event(1, 9, "counter++;", "read", "counter"), 0,
                         "0", 0, "0");
    e[3] = sample_values(sample_event(2, 9, "counter++;", "read", "counter"), 0,
                         "0", 0, "0");
    e[3].preempted = true;
    e[4] = sample_values(sample_event(2, 9, "counter++;", "write", "counter"),
                         0, "0", 1, "1");
    e[4].marked = true;
    e[5] = sample_values(sample_event(1, 9, "counter++;", "write", "counter"),
                         1, "1", 1, "1");
    e[5].marked = true;
    e[6] = sample_values(sample_event(1, 10, "mine = 1;", "write", "mine"), 0,
                         "0", 1, "1");
    *f = (struct wbx_failure){ .kind = WB_DATA_RACE,
                               .cause = "they race",
                               .command = "./workbook explore --replay w1",
                               .output = "hello\n\033[2J\n",
                               .events = e,
                               .nevents = 7,
                               .threads = threads,
                               .nthreads = 3 };
    return (struct wbx_report){ .status = WBX_FAULT,
                                .verdict = WB_DATA_RACE,
                                .traces = 4,
                                .failures = f,
                                .nfailures = 1 };
}

static void test_each_thread_has_a_column(void **state)
{
    struct wbx_failure f;
    struct wbx_event e[8];
    struct wbx_report rep = race(&f, e);

    (void)state;
    expect(
        &rep, &plain,
        "data-race: they race\n"
        "\n"
        "  main             | T1 worker()            | T2 worker()\n"
        "  -----------------+------------------------+-----------------------\n"
        "  f.c:18 create(t) |                        |\n"
        "    create T1      |                        |\n"
        "                   | f.c:8 lock(&mu)        |\n"
        "                   |   lock mu              |\n"
        "                   | f.c:9 counter++;       |\n"
        "                   |   read counter = 0     |\n"
        "                   | -- preempted --        |\n"
        "                   |                        | f.c:9 counter++;\n"
        "                   |                        |   read counter = 0\n"
        "                   |                        | ! write counter 0 -> "
        "1\n"
        "                   | f.c:9 counter++;       |\n"
        "                   | ! write counter 1 -> 1 |\n"
        "  ... 1 access to unshared or unchanging memory not shown "
        "(--json has all)\n"
        "\n"
        "  locks held at the two accesses\n"
        "    T2   f.c:9  no lock\n"
        "    T1   f.c:9  mu\n"
        "\n"
        "  the program had printed\n"
        "    | hello\n"
        "    | ?[2J\n"
        "\n"
        "  replay this schedule\n"
        "    ./workbook explore --replay w1\n"
        "\n"
        "1 failure after 4 executions; NOT exhaustive, --all goes "
        "on\n");
}

static void test_a_cycle_is_spelt_out(void **state)
{
    static const char *const held[] = { "mu_a" }, *const at[] = { "f.c:3" };
    struct wbx_thread two[] = {
        { .name = "main",
          .entry = "main",
          .state = "blocked",
          .waits_for = 1,
          .blocked_op = "lock",
          .blocked_object = "mu_b",
          .file = "f.c",
          .line = 4,
          .source = "lock(&mu_b)",
          .held = held,
          .held_where = at,
          .nheld = 1 },
        { .name = "T1",
          .entry = "w",
          .state = "blocked",
          .waits_for = 0,
          .blocked_op = "lock",
          .blocked_object = "mu_a" },
    };
    struct wbx_failure f = {
        .kind = WB_DEADLOCK, .cause = "stuck", .threads = two, .nthreads = 2
    };
    struct wbx_report rep = { .status = WBX_FAULT,
                              .failures = &f,
                              .nfailures = 1,
                              .traces = 2,
                              .exhaustive = true };

    (void)state;
    expect(&rep, &plain,
           "deadlock: stuck\n"
           "\n"
           "  main                         | T1 w()\n"
           "  -----------------------------+-------------------------------\n"
           "  f.c:4 lock(&mu_b)            |\n"
           "  ! waits for mu_b, held by T1 |\n"
           "                               | ! waits for mu_a, held by main\n"
           "\n"
           "  where the threads stand\n"
           "    main f.c:4  waits for mu_b, held by T1; holds mu_a, locked at "
           "f.c:3\n"
           "    T1   waits for mu_a, held by main\n"
           "\n"
           "1 failure in all 2 interleavings\n");
}

static void test_many_threads_make_a_list(void **state)
{
    struct wbx_failure f;
    struct wbx_event e[8];
    struct wbx_report rep = race(&f, e);
    char *got;

    (void)state;
    f.nthreads = 5;
    got = sample_print(&rep, &plain);
    assert_non_null(strstr(got, "\n  T1   f.c:9  counter++;\n"
                                "  T1            read counter = 0\n"
                                "  T1            -- preempted --\n"
                                "  T2   f.c:9  counter++;\n"));
    assert_non_null(strstr(got, "  T1          ! write counter 1 -> 1\n"));
    free(got);
}

/* The table never gets wider than it may. */
static void test_columns_fit_the_width(void **state)
{
    struct wbx_failure f;
    struct wbx_event e[8];
    struct wbx_report rep = race(&f, e);

    (void)state;
    e[0].source = "a long line of source that goes on and on and on and on on";
    e[3].source = "\xc3\xa4\xc3\xb6 another long line \xe2\x86\x92 of source";
    for (int width = 40; width < 140; width++) {
        struct wbx_style style = { .ascii = true, .width = width };
        char *got = sample_print(&rep, &style);
        const char *end = strstr(got, "\n  ... 1 access");

        assert_non_null(end);
        for (char *line = got; line < end;) {
            size_t n = strcspn(line, "\n");

            if (n > (size_t)width)
                fail_msg("%d columns: %.*s", width, (int)n, line);
            line += n + 1;
        }
        free(got);
    }
}

static void test_colour_and_signs_are_asked_for(void **state)
{
    struct wbx_failure f;
    struct wbx_event e[8];
    struct wbx_report rep = race(&f, e);
    char *got = sample_print(&rep, &(struct wbx_style){ .colour = true });

    (void)state;
    assert_non_null(strstr(got, "\033[1;31m"));
    assert_non_null(strstr(got, "0 \xe2\x86\x92 1"));
    free(got);
    got = sample_print(&rep, &plain);
    for (const char *c = got; *c != '\0'; c++)
        assert_true(*c == '\n' || (*c >= ' ' && *c < 127));
    free(got);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_clean_says_how_far_it_reaches),
    cmocka_unit_test(test_not_exhaustive_is_loud),
    cmocka_unit_test(test_messages_say_what_they_are),
    cmocka_unit_test(test_each_thread_has_a_column),
    cmocka_unit_test(test_a_cycle_is_spelt_out),
    cmocka_unit_test(test_many_threads_make_a_list),
    cmocka_unit_test(test_columns_fit_the_width),
    cmocka_unit_test(test_colour_and_signs_are_asked_for),
};

WB_TEST_MAIN(tests)
