/* Replay tokens. See token.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "token.h"
#include "wb/testkit.h"

/* Encode, decode, compare. @return the length of the word */
static size_t round_trip(struct wbx_choice *choices, size_t n, uint8_t kind,
                         bool clang)
{
    struct wbx_token token = { .clang = clang,
                               .kind = kind,
                               .program = 0x123456789abcu,
                               .choices = choices,
                               .nchoices = n };
    struct wbx_token back;
    char *word = wbx_token_encode(&token);
    size_t length = strlen(word);

    assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789"),
                     length);
    assert_int_equal(wbx_token_decode(word, &back), 0);
    assert_int_equal(back.clang, clang);
    assert_int_equal(back.kind, kind);
    assert_true(back.program == token.program);
    assert_int_equal(back.nchoices, n);
    if (n > 0)
        assert_memory_equal(back.choices, choices, n * sizeof(*choices));
    free(back.choices);
    free(word);
    return length;
}

static void test_schedules_come_back(void **state)
{
    static struct wbx_choice choices[WBX_MAX_STEPS];
    unsigned seed = 1;

    (void)state;
    round_trip(choices, 0, 0, false);
    round_trip(choices, 1, WB_VERDICT_COUNT - 1, true);
    for (unsigned spread = 1; spread < 12; spread++) {
        for (size_t i = 0; i < 3000; i++) {
            seed = seed * 1103515245 + 12345;
            choices[i].thread = (uint8_t)((seed >> 16) % spread);
            choices[i].outcome = (uint8_t)((seed >> 24) % 7 == 0 ? seed : 0);
        }
        round_trip(choices, 3000, WB_DATA_RACE, false);
    }
    for (int i = 0; i < WBX_MAX_STEPS; i++)
        choices[i] = (struct wbx_choice){ i % 32, i % 256 };
    round_trip(choices, WBX_MAX_STEPS, WB_DEADLOCK, true);
}

static void test_few_switches_make_a_short_word(void **state)
{
    static struct wbx_choice choices[10000];

    (void)state;
    for (size_t i = 0; i < 10000; i++)
        choices[i].thread = i > 4000 && i < 9000;
    assert_in_range(round_trip(choices, 10000, WB_ASSERTION, false), 20, 40);
}

static char *sample(void)
{
    static struct wbx_choice choices[] = { { 0, 0 }, { 1, 0 }, { 0, 2 },
                                           { 2, 0 }, { 2, 0 }, { 1, 1 } };

    return wbx_token_encode(&(struct wbx_token){
        .kind = 2, .program = 77, .choices = choices, .nchoices = 6 });
}

static void expect_damaged(const char *word)
{
    struct wbx_token back;
    int rc = wbx_token_decode(word, &back);

    if (rc == 0)
        fail_msg("\"%s\" was taken for a token", word);
    assert_null(back.choices);
}

static void test_every_wrong_letter_is_noticed(void **state)
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char *word = sample();

    (void)state;
    for (size_t i = 0; word[i] != '\0'; i++) {
        char right = word[i];

        for (const char *c = letters; *c != '\0'; c++) {
            word[i] = *c;
            if (*c != right)
                expect_damaged(word);
        }
        word[i] = right;
    }
    free(word);
}

static void test_every_missing_end_is_noticed(void **state)
{
    char *word = sample();

    (void)state;
    for (size_t n = strlen(word); n-- > 0;) {
        word[n] = '\0';
        expect_damaged(word);
    }
    free(word);
    expect_damaged("not a token");
    expect_damaged("w1 ");
    expect_damaged("w1u");
    expect_damaged("-w1");
}

static void test_capitals_mean_the_same(void **state)
{
    char *word = sample();
    struct wbx_token back;

    (void)state;
    for (char *c = word + 1; *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
    assert_int_equal(wbx_token_decode(word, &back), 0);
    assert_int_equal(back.nchoices, 6);
    free(back.choices);
    free(word);
}

static void test_other_versions_are_named(void **state)
{
    char *word = sample();
    struct wbx_token back;

    (void)state;
    word[1] = '2';
    assert_int_equal(wbx_token_decode(word, &back), -EPROTO);
    free(word);
}

static void test_endless_schedules_are_refused(void **state)
{
    static struct wbx_choice choices[WBX_MAX_STEPS + 1];
    struct wbx_token back;
    char *word = wbx_token_encode(&(struct wbx_token){
        .choices = choices, .nchoices = WBX_MAX_STEPS + 1 });

    (void)state;
    assert_int_equal(wbx_token_decode(word, &back), -E2BIG);
    assert_null(back.choices);
    free(word);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_schedules_come_back),
    cmocka_unit_test(test_few_switches_make_a_short_word),
    cmocka_unit_test(test_every_wrong_letter_is_noticed),
    cmocka_unit_test(test_every_missing_end_is_noticed),
    cmocka_unit_test(test_capitals_mean_the_same),
    cmocka_unit_test(test_other_versions_are_named),
    cmocka_unit_test(test_endless_schedules_are_refused),
};

WB_TEST_MAIN(tests)
