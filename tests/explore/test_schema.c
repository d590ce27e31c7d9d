/* What --json prints is what explore.schema.json says. See json.c. */
#include "check.h"
#include "follow.h"
#include "json_cursor.h"
#include "json_reader.h"
#include "sample.h"
#include "schema.h"
#include "wb/testkit.h"

static char *schema; /* explore.schema.json; NULL between the tests */

static int read_schema(void **state)
{
    FILE *in = fopen(SCHEMA, "re");
    size_t size = 0;

    (void)state;
    if (in == NULL || getdelim(&schema, &size, '\0', in) < 0)
        return -1;
    fclose(in);
    return json_is_valid(schema) ? 0 : -1;
}

static int free_schema(void **state)
{
    (void)state;
    free(schema);
    schema = NULL;
    return 0;
}

static void test_the_validator_forbids_what_it_should(void **state)
{
    static const struct {
        const char *schema, *document, *why;
    } cases[] = {
        { "{}", "7", "" },
        { "{\"type\":\"integer\"}", "7", "" },
        { "{\"type\":\"number\"}", "7", "" },
        { "{\"type\":\"integer\"}", "7.5", "all: number is not of type" },
        { "{\"type\":[\"string\",\"null\"]}", "null", "" },
        { "{\"type\":[\"string\",\"null\"]}", "true", "all: boolean is not" },
        { "{\"enum\":[\"a\",null]}", "null", "" },
        { "{\"enum\":[\"a\",null]}", "\"b\"", "all: \"b\" is none of" },
        { "{\"minimum\":0}", "-1", "all: -1 is less than 0" },
        { "{\"minimum\":0}", "\"-1\"", "" },
        { "{\"required\":[\"a\"]}", "{\"b\":{\"a\":1}}", "all: a is missing" },
        { "{\"required\":[\"a\"]}", "{\"b\":\"}\\\"a\",\"a\":[]}", "" },
        { "{\"additionalProperties\":false,\"properties\":{\"a\":{}}}",
          "{\"a\":1,\"b\":2}", "all: \"b\" is not allowed" },
        { "{\"additionalProperties\":false}", "{ }", "" },
        { "{\"additionalProperties\":{}}", "{}", "all: additionalProperties" },
        { "{\"properties\":{\"a\":{\"items\":{\"type\":\"null\"}}}}",
          "{\"a\":[null, null,{}]}", ".a[2]: object is not of type" },
        { "{\"items\":{\"$ref\":\"#/definitions/x\"},"
          "\"definitions\":{\"x\":{\"type\":\"array\"}}}",
          " [ [1, 2] , 3 ]", "[1]: integer is not of type" },
        { "{\"$ref\":\"#/definitions/x\"}", "1", "all: there is no" },
        { "{\"minimum\":1,\"$ref\":\"#/definitions/x\"}", "1",
          "all: $ref does not stand alone" },
        { "{\"maximum\":1}", "0", "all: the keyword \"maximum\" is unknown" },
        { "{\"items\":true}", "[0]", "[0]: its schema is no object" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char why[256];
        bool right = schema_accepts(cases[i].schema, cases[i].document, why,
                                    sizeof(why));

        if (right != (*cases[i].why == '\0') ||
            strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
            fail_msg("%s against %s: \"%s\"", cases[i].document,
                     cases[i].schema, why);
    }
}

static const char *verdicts_of(const char *object)
{
    return json_find(json_find(json_find(object, "properties"), "verdict"),
                     "enum");
}

static bool lists(const char *array, const char *word)
{
    const char *v = json_first(array);

    while (v != NULL && !json_is_string(v, word))
        v = json_next(v);
    return v != NULL;
}

static size_t length(const char *array)
{
    size_t n = 0;

    for (const char *v = json_first(array); v != NULL; v = json_next(v))
        n++;
    return n;
}

static void test_every_verdict_is_known(void **state)
{
    const char *all = verdicts_of(schema);
    const char *failures =
        verdicts_of(json_find(json_find(schema, "definitions"), "failure"));

    (void)state;
    for (int v = 0; v < WB_VERDICT_COUNT; v++) {
        const char *name = wb_verdict_name((enum wb_verdict)v);
        bool fails = v != WB_CLEAN && v != WB_DOES_NOT_COMPILE;

        if (!lists(all, name) || lists(failures, name) != fails)
            fail_msg("%s: the schema and wb/verdict.h differ", name);
    }
    assert_int_equal(length(all), WB_VERDICT_COUNT + 1); /* null */
    assert_int_equal(length(failures), WB_VERDICT_COUNT - 2);
}

/* What --json prints, accepted; to be freed. */
static char *accepted(const struct wbx_options *opt, enum wbx_status status)
{
    struct wbx_report rep;
    char *text, why[512];

    wbx_explore(opt, &rep);
    wbx_follow(opt, &rep); /* itself: there is something to print */
    assert_int_equal(rep.status, status);
    text = sample_print(&rep, NULL);
    wbx_report_free(&rep);
    assert_true(json_is_valid(text));
    if (!schema_accepts(schema, text, why, sizeof(why)))
        fail_msg("%s in %s", why, text);
    return text;
}

static void expect(const struct wbx_options *opt, enum wbx_status status,
                   const char *part)
{
    char *text = accepted(opt, status);

    if (strstr(text, part) == NULL)
        fail_msg("no %s in %s", part, text);
    free(text);
}

static void test_outputs_without_a_failure(void **state)
{
    (void)state;
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kept.c") }, WBX_CLEAN,
           "{\"verdict\":\"clean\",");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kept.c"),
                                  WBX_CFLAGS("-DSTEPS=3"), .budget = 3 },
           WBX_NOT_EXHAUSTIVE, "\"exhaustive\":false,");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/syntax.c") }, WBX_USAGE,
           "{\"verdict\":\"does-not-compile\",");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/refused.c") },
           WBX_CANNOT, "{\"verdict\":null,");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"),
                                  .replay = "w1rubbish" },
           WBX_USAGE, "damaged");
}

static void test_outputs_with_failures(void **state)
{
    (void)state;
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c") }, WBX_FAULT,
           "{\"verdict\":\"data-race\",");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/names.c") }, WBX_FAULT,
           "{\"verdict\":\"assertion\",");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kinds.c"),
                                  WBX_CFLAGS("-DDEADLOCK") },
           WBX_FAULT, "\"held\":[{\"lock\":\"mu_a\",");
    expect(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kinds.c"),
                                  WBX_CFLAGS("-DUSE_AFTER_FREE") },
           WBX_FAULT, "{\"verdict\":\"use-after-free\",");
}

static void test_output_with_several_failures(void **state)
{
    char *text = accepted(
        &(struct wbx_options){ WBX_FILES(PROGRAMS "/lost.c"), .all = true },
        WBX_FAULT);

    (void)state;
    assert_in_range(length(json_find(text, "failures")), 2, 100);
    free(text);
}

/* Rename each key in turn: it is missing then, or there is one too many. */
static void rename_each_key(const char *text, const char *object)
{
    assert_non_null(object);
    for (const char *k = json_first(object); k != NULL;
         k = json_next(json_member(k))) {
        char *letter = (char *)k + 1, was = *letter, why[512];
        bool right;

        *letter = '_';
        right = schema_accepts(schema, text, why, sizeof(why));
        *letter = was;
        if (right)
            fail_msg("%.20s may be missing", k);
    }
}

static void test_no_key_may_change_its_name(void **state)
{
    char *text = accepted(&(struct wbx_options){ WBX_FILES(PROGRAMS "/kinds.c"),
                                                 WBX_CFLAGS("-DDEADLOCK") },
                          WBX_FAULT);
    const char *failure = json_first(json_find(text, "failures"));
    const char *thread = json_first(json_find(failure, "threads"));

    (void)state;
    rename_each_key(text, text);
    rename_each_key(text, json_first(json_find(text, "events")));
    rename_each_key(text, failure);
    rename_each_key(text, thread);
    rename_each_key(text, json_find(failure, "instead"));
    rename_each_key(text, json_first(json_find(thread, "held")));
    free(text);
}

#define SCHEMA_TEST(f)                                                         \
    cmocka_unit_test_setup_teardown(f, read_schema, free_schema)

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_validator_forbids_what_it_should),
    SCHEMA_TEST(test_every_verdict_is_known),
    SCHEMA_TEST(test_outputs_without_a_failure),
    SCHEMA_TEST(test_outputs_with_failures),
    SCHEMA_TEST(test_output_with_several_failures),
    SCHEMA_TEST(test_no_key_may_change_its_name),
};

WB_TEST_MAIN(tests)
