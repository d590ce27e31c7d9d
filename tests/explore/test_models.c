/* Which functions are modelled. See models.h and symbols.def. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "models.h"
#include "wb/testkit.h"

static const struct {
    const char *name;
    bool may_be_wrapped;
} known[] = {
#define MODEL(f)   { #f, true },
#define TOUCHES(f) { #f, true },
#define PURE(f)    { #f, false },
#define MATH(f)    { #f, false }, { #f "f", false }, { #f "l", false },
#include "symbols.def"
};

enum { NKNOWN = sizeof(known) / sizeof(known[0]) };

static int find(const char *name)
{
    for (int i = 0; i < NKNOWN; i++)
        if (strcmp(known[i].name, name) == 0)
            return i;
    return -1;
}

static void test_every_model_of_the_runtime_is_listed(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_names runtime = { 0 };
    size_t n = 0;

    (void)state;
    assert_int_equal(wbx_models_exported(RUNTIME, &a, &runtime), 0);
    for (size_t i = 0; i < runtime.n; i++) {
        int at;

        if (strncmp(runtime.at[i], "__wrap_", 7) != 0)
            continue;
        n++;
        at = find(runtime.at[i] + 7);
        if (at < 0 || !known[at].may_be_wrapped)
            fail_msg("%s: no MODEL or TOUCHES line", runtime.at[i]);
    }
    assert_true(n > 10);
    wbx_arena_free(&a);
}

static void test_no_function_is_listed_twice(void **state)
{
    (void)state;
    for (int i = 0; i < NKNOWN; i++)
        if (find(known[i].name) != i)
            fail_msg("%s is listed twice", known[i].name);
}

static void test_the_programs_own_functions_win(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_names runtime = { 0 }, program = { 0 }, wrapped = { 0 };

    (void)state;
    wbx_names_add(&runtime, &a, "__wrap_malloc");
    wbx_names_add(&runtime, &a, "__wrap_rand");
    wbx_names_add(&runtime, &a, "__tsan_read4");
    wbx_names_add(&program, &a, "rand");
    wbx_models_wrapped(&runtime, &program, &a, &wrapped);
    assert_int_equal(wrapped.n, 1);
    assert_string_equal(wrapped.at[0], "malloc");
    wbx_arena_free(&a);
}

/* This test itself calls what no explored program may. */
static void test_unknown_calls_are_found(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_names runtime = { 0 }, unknown = { 0 };
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(wbx_models_unknown(fd, &runtime, &a, &unknown), 0);
    assert_true(wbx_names_have(&unknown, "close"));
    assert_true(wbx_names_have(&unknown, "open"));
    assert_false(wbx_names_have(&unknown, "strncasecmp"));
    wbx_names_add(&runtime, &a, "close");
    unknown = (struct wbx_names){ 0 };
    assert_int_equal(wbx_models_unknown(fd, &runtime, &a, &unknown), 0);
    assert_false(wbx_names_have(&unknown, "close"));
    close(fd);
    wbx_arena_free(&a);
}

static void test_what_is_no_program_is_said(void **state)
{
    struct wbx_arena a = { 0 };
    struct wbx_names names = { 0 };

    (void)state;
    assert_int_equal(wbx_models_exported(PROGRAMS "/lost.c", &a, &names),
                     -ENOEXEC);
    assert_int_equal(wbx_models_exported("/nonexistent", &a, &names), -ENOENT);
    assert_int_equal(names.n, 0);
    wbx_arena_free(&a);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_model_of_the_runtime_is_listed),
    cmocka_unit_test(test_no_function_is_listed_twice),
    cmocka_unit_test(test_the_programs_own_functions_win),
    cmocka_unit_test(test_unknown_calls_are_found),
    cmocka_unit_test(test_what_is_no_program_is_said),
};

WB_TEST_MAIN(tests)
