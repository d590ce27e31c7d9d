#ifndef HARNESS_H
#define HARNESS_H

/**
 * @file harness.h
 * A workbook of two chapters in a temporary directory, and the real command
 * run against it.
 *
 *     struct book b;
 *     book_make(&b);
 *     book_run(&b, "start", "1", NULL);
 *     assert_int_equal(b.code, 0);
 *     assert_non_null(strstr(b.out, "exercise.c"));
 *     book_remove(&b);
 *
 * Any failure of the harness itself fails the running test.
 */

#include <limits.h>
#include <stdbool.h>

#include "wb/testkit.h"

struct book {
    char root[PATH_MAX];
    struct wb_subprocess_result result; /* of the last run */
    int code;                           /* its exit status; 1000 + signal */
    const char *out, *err;
    const char *terminal; /* where its stdout goes, NULL: captured */
};

void book_make(struct book *b);
void book_remove(struct book *b);

/** A test of CMocka's with a workbook of its own as its state. */
#define BOOK_TEST(name)                                                        \
    cmocka_unit_test_setup_teardown(name, book_set_up, book_tear_down)
int book_set_up(void **state);
int book_tear_down(void **state);

/**
 * Run `workbook WORDS...`, the words ended by NULL, and check that it leaves
 * no process behind.
 */
void book_run(struct book *b, ...) __attribute__((sentinel));

/** Put a file of tests/workbook/candidates in as exercise of chapter 1. */
void book_attempt(struct book *b, const char *candidate);

/** @return the path of the command under test */
const char *book_command(void);

/** @return the path of a file of tests/workbook/candidates */
const char *candidate_path(const char *name);

/** @return the file's text, to be freed; fails the test if there is none */
char *book_read(const struct book *b, const char *path);
void book_write(const struct book *b, const char *path, const char *text);
bool book_has(const struct book *b, const char *path);

/** Fail unless text holds part; shows both. */
void assert_holds(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);

#endif
