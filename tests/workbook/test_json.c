/* The JSON writer, by way of a reader that is itself put to the test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_reader.h"
#include "wb/testkit.h"

static void test_reader_refuses_what_is_not_json(void **state)
{
    static const char *const good[] = { "{}", " [1, -2.5e3, null] \n",
                                        "{\"a\":{\"b\":[true,false]}}",
                                        "\"\\u00e9\\n\303\251\"", "0" };
    static const char *const bad[] = {
        "",        "{",       "[1,]",         "{\"a\":1,}",
        "{a:1}",   "01",      "\"a\nb\"",     "[1] 2",
        "\"\\x\"", "nul",     "\"\300\200\"", "\"\355\240\200\"",
        "[1 2]",   "{\"a\"}", "'a'",          "1."
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        wb_expect(json_is_valid(good[i]), WB_WRONG_ANSWER, "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        wb_expect(!json_is_valid(bad[i]), WB_WRONG_ANSWER, "%s", bad[i]);
}

/* Write {"key": text} and return it. */
static char *written(const char *text)
{
    char *out = NULL;
    size_t len;
    struct wb_json j = { .to = open_memstream(&out, &len) };
    assert_non_null(j.to);
    wb_json_open(&j, NULL, '{');
    wb_json_string(&j, "key", text);
    wb_json_close(&j, '}');
    fclose(j.to);
    return out;
}

static void test_every_pair_of_bytes_is_escaped(void **state)
{
    (void)state;
    for (int a = 1; a < 256; a++) {
        for (int b = 1; b < 256; b++) {
            const char text[] = { (char)a, (char)b, '\0' };
            char *out = written(text);
            wb_expect(json_is_valid(out), WB_WRONG_ANSWER,
                      "bytes %#x %#x give %s", (unsigned)a, (unsigned)b, out);
            free(out);
        }
    }
}

static void test_utf8_is_kept_and_the_rest_replaced(void **state)
{
    (void)state;
    char *out = written("\342\202\254 \377 \"\\");
    assert_string_equal(out, "{\"key\":\"\342\202\254 \\ufffd \\\"\\\\\"}\n");
    free(out);
}

static void test_commas_and_kinds(void **state)
{
    char *out = NULL;
    size_t len;
    struct wb_json j = { .to = open_memstream(&out, &len) };
    (void)state;
    wb_json_open(&j, NULL, '[');
    wb_json_open(&j, NULL, '{');
    wb_json_bool(&j, "a", true);
    wb_json_int(&j, "b", -7);
    wb_json_seconds(&j, "c", 1.0625);
    wb_json_string(&j, "d", NULL);
    wb_json_close(&j, '}');
    wb_json_open(&j, NULL, '[');
    wb_json_close(&j, ']');
    wb_json_close(&j, ']');
    fclose(j.to);
    assert_string_equal(out,
                        "[{\"a\":true,\"b\":-7,\"c\":1.063,\"d\":null},[]]\n");
    assert_true(json_is_valid(out));
    free(out);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_reader_refuses_what_is_not_json),
    cmocka_unit_test(test_every_pair_of_bytes_is_escaped),
    cmocka_unit_test(test_utf8_is_kept_and_the_rest_replaced),
    cmocka_unit_test(test_commas_and_kinds),
};
WB_TEST_MAIN(tests)
