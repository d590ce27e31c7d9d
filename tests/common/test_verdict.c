/* The words for what went wrong. See wb/verdict.h. */

#include <errno.h>
#include <string.h>

#include "wb/testkit.h"

static void test_every_word_comes_back(void **state)
{
    (void)state;
    for (int v = 0; v < WB_VERDICT_COUNT; v++) {
        const char *name = wb_verdict_name((enum wb_verdict)v);
        assert_non_null(name);
        assert_int_equal(wb_verdict_parse(name), v);
    }
}

static void test_every_word_has_a_sentence(void **state)
{
    (void)state;
    for (int v = 0; v < WB_VERDICT_COUNT; v++) {
        const char *meaning = wb_verdict_meaning((enum wb_verdict)v);
        size_t length = strlen(meaning);
        assert_true(length > 10);
        assert_int_not_equal(meaning[length - 1], '.');
    }
}

static void test_words_are_those_of_the_book(void **state)
{
    (void)state;
    assert_string_equal(wb_verdict_name(WB_CLEAN), "clean");
    assert_string_equal(wb_verdict_name(WB_DATA_RACE), "data-race");
    assert_string_equal(wb_verdict_name(WB_DOES_NOT_COMPILE),
                        "does-not-compile");
}

static void test_other_words_are_refused(void **state)
{
    (void)state;
    assert_int_equal(wb_verdict_parse("Data-Race"), -EINVAL);
    assert_int_equal(wb_verdict_parse(""), -EINVAL);
    assert_int_equal(wb_verdict_parse(NULL), -EINVAL);
    assert_string_equal(wb_verdict_name(WB_VERDICT_COUNT), "unknown");
    assert_non_null(wb_verdict_meaning((enum wb_verdict) - 1));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_word_comes_back),
    cmocka_unit_test(test_every_word_has_a_sentence),
    cmocka_unit_test(test_words_are_those_of_the_book),
    cmocka_unit_test(test_other_words_are_refused),
};

WB_TEST_MAIN(tests)
