/* Tests that must fail, each for a reason of its own. */
#include "check.h"
#include "wb/testkit.h"

#define LOST WBX_FILES(PROGRAMS "/lost.c")
#define KEPT WBX_FILES(PROGRAMS "/kept.c")

static void test_clean_but_races(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ LOST });
}

static void test_clean_but_budget_is_spent(void **state)
{
    (void)state;
    wbx_check_clean(
        &(struct wbx_options){ KEPT, WBX_CFLAGS("-DSTEPS=3"), .budget = 2 });
}

static void test_clean_but_does_not_compile(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(PROGRAMS "/syntax.c") });
}

static void test_clean_but_refused(void **state)
{
    (void)state;
    wbx_check_clean(&(struct wbx_options){ WBX_FILES(PROGRAMS "/refused.c") });
}

static void test_fails_but_is_clean(void **state)
{
    (void)state;
    wbx_check_fails(&(struct wbx_options){ KEPT }, WB_DATA_RACE, NULL);
}

static void test_fails_but_otherwise(void **state)
{
    (void)state;
    wbx_check_fails(&(struct wbx_options){ LOST }, WB_DEADLOCK, NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_clean_but_races),
    cmocka_unit_test(test_clean_but_budget_is_spent),
    cmocka_unit_test(test_clean_but_does_not_compile),
    cmocka_unit_test(test_clean_but_refused),
    cmocka_unit_test(test_fails_but_is_clean),
    cmocka_unit_test(test_fails_but_otherwise),
};

WB_TEST_MAIN(tests)
