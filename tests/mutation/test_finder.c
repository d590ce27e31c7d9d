/* What is taken out of a source, and what is left alone. See mutate.h. */

#include <stdlib.h>
#include <string.h>

#include "equivalent.h"
#include "mutate.h"
#include "scan.h"
#include "wb/testkit.h"

/* Find the only change in source, make it, and compare. */
static void assert_becomes(const char *source, const char *what,
                           const char *wrong)
{
    struct mutation m[4];
    assert_int_equal(mutation_find(source, m, 4), 1);
    assert_string_equal(m[0].what, what);
    assert_non_null(m[0].text);
    char *text = mutation_apply(source, &m[0]);
    assert_string_equal(text, wrong);
    free(text);
    mutation_free(m, 1);
}

static void assert_untouched(const char *source)
{
    struct mutation m[4];
    assert_int_equal(mutation_find(source, m, 4), 0);
}

static void test_statement_is_deleted(void **state)
{
    (void)state;
    assert_becomes("{ pthread_mutex_lock(&a[f(1)].mu); x++; }",
                   "delete pthread_mutex_lock", "{ ((void)0); x++; }");
    assert_becomes("{ if (x)\n kill(p, 9);\n}", "delete kill",
                   "{ if (x)\n ((void)0);\n}");
    assert_becomes("{ if (x) y(); else close(fd); }", "delete close",
                   "{ if (x) y(); else ((void)0); }");
    assert_becomes("{ out_close: close(fd); }", "delete close",
                   "{ out_close: ((void)0); }");
}

static void test_cast_and_must_go_with_the_call(void **state)
{
    (void)state;
    assert_becomes("{ (void)close(fd); }", "delete close", "{ ((void)0); }");
    assert_becomes("{ WB_MUST(pthread_join(t, NULL)); }", "delete pthread_join",
                   "{ ((void)0); }");
    assert_becomes("{ WB_MUST_SYS( waitpid(p, &s, 0) ); }", "delete waitpid",
                   "{ ((void)0); }");
}

static void test_result_that_is_used_becomes_0(void **state)
{
    (void)state;
    assert_becomes("{ rc = -pthread_cond_signal(&c); }",
                   "pthread_cond_signal becomes 0", "{ rc = -0; }");
    assert_becomes("{ while (waitpid(p, &s, 0) < 0) ; }", "waitpid becomes 0",
                   "{ while (0 < 0) ; }");
    assert_becomes("{ return poll(f, 1, g(2)); }", "poll becomes 0",
                   "{ return 0; }");
    assert_becomes("{ x ? f() : close(fd); }", "close becomes 0",
                   "{ x ? f() : 0; }");
    assert_becomes("{ for (i = 0; close(i); i++) f(); }", "close becomes 0",
                   "{ for (i = 0; 0; i++) f(); }");
}

static void test_loop_around_a_wait_turns_once(void **state)
{
    struct mutation m[4];
    const char *source =
        "{ while (f(q) > 0) {\n  pthread_cond_wait(&c, &mu);\n } }";
    (void)state;
    assert_int_equal(mutation_find(source, m, 4), 2);
    assert_string_equal(m[0].what, "while becomes if");
    char *wrong = mutation_apply(source, &m[0]);
    assert_string_equal(wrong,
                        "{ for (int turn_once = 1; turn_once-- > 0 && "
                        "(f(q) > 0);) {\n  pthread_cond_wait(&c, &mu);\n } }");
    free(wrong);
    assert_int_equal(m[1].line, 2);
    mutation_free(m, 2);
}

static void test_do_loop_around_a_wait_turns_once(void **state)
{
    struct mutation m[4];
    const char *source = "{ do { pthread_cond_wait(&c, &mu); } while (n); }";
    (void)state;
    assert_int_equal(mutation_find(source, m, 4), 2);
    assert_string_equal(m[1].what, "do loop turns once");
    char *wrong = mutation_apply(source, &m[1]);
    assert_string_equal(wrong,
                        "{ do { pthread_cond_wait(&c, &mu); } while (0); }");
    free(wrong);
    mutation_free(m, 2);
}

static void test_loop_without_a_wait_is_left_alone(void **state)
{
    (void)state;
    assert_untouched("{ while (x) f(); }");
    assert_untouched("{ do f(); while (x); g(); }");
    assert_becomes("{ do { f(); } while (x); pthread_cond_wait(&c, &m); }",
                   "delete pthread_cond_wait",
                   "{ do { f(); } while (x); ((void)0); }");
}

static void test_what_is_no_call_is_left_alone(void **state)
{
    (void)state;
    assert_untouched("/* close(fd); */ // close(fd);\n{ }");
    assert_untouched("{ f(\"close(fd);\", 'c', \"\\\"close(fd);\"); }");
    assert_untouched("{ p->close(fd); s.poll(1); fclose(f); close_all(); }");
    assert_untouched("{ f(close); }");
}

static void test_call_in_a_macro_is_noted(void **state)
{
    struct mutation m[4];
    (void)state;
    assert_int_equal(
        mutation_find("#define END(x) \\\n  close(x)\n{ END(1); }", m, 4), 1);
    assert_null(m[0].text);
    assert_string_equal(m[0].what, "close is part of a macro");
}

static void test_more_than_fit_are_counted(void **state)
{
    struct mutation m[1];
    (void)state;
    assert_int_equal(mutation_find("{ close(1); close(2); }", m, 1), 2);
    mutation_free(m, 1);
}

static void test_equivalents_are_read(void **state)
{
    struct equivalents e;
    const struct equivalent *found;
    (void)state;
    assert_int_equal(
        equivalents_parse(
            &e, strdup("# a comment\n\n"
                       "03_locks | if (a | b) #2 | bars are allowed in code\n"
                       "04_queues | close(1); | nobody reads\n")),
        0);
    assert_int_equal(e.n, 2);
    assert_null(equivalents_find(&e, "03_locks", "if (a | b)", 1));
    assert_null(equivalents_find(&e, "04_queues", "if (a | b)", 2));
    found = equivalents_unused(&e, "03_locks");
    assert_non_null(found);
    assert_int_equal(found->line, 3);
    assert_ptr_equal(equivalents_find(&e, "03_locks", "if (a | b)", 2), found);
    assert_null(equivalents_unused(&e, "03_locks"));
    equivalents_free(&e);
}

static void test_equivalent_without_a_reason_is_refused(void **state)
{
    struct equivalents e;
    (void)state;
    assert_int_equal(equivalents_parse(&e, strdup("\n03_locks | f(); |\n")), 2);
    assert_int_equal(equivalents_parse(&e, strdup("03_locks | f();")), 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_statement_is_deleted),
    cmocka_unit_test(test_cast_and_must_go_with_the_call),
    cmocka_unit_test(test_result_that_is_used_becomes_0),
    cmocka_unit_test(test_loop_around_a_wait_turns_once),
    cmocka_unit_test(test_do_loop_around_a_wait_turns_once),
    cmocka_unit_test(test_loop_without_a_wait_is_left_alone),
    cmocka_unit_test(test_what_is_no_call_is_left_alone),
    cmocka_unit_test(test_call_in_a_macro_is_noted),
    cmocka_unit_test(test_more_than_fit_are_counted),
    cmocka_unit_test(test_equivalents_are_read),
    cmocka_unit_test(test_equivalent_without_a_reason_is_refused),
};

WB_TEST_MAIN(tests)
