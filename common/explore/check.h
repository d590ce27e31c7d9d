#ifndef WBX_CHECK_H
#define WBX_CHECK_H

/**
 * @file check.h
 * The explorer inside a CMocka test (testkit.h).
 *
 *     wbx_check_clean(&(struct wbx_options){ WBX_FILES("good.c") });
 *
 *     struct wbx_report rep;
 *     wbx_check_fails(&(struct wbx_options){ WBX_FILES("bad.c") },
 *                     WB_DATA_RACE, &rep);
 *     assert_string_equal(rep.failures[0].events[0].object, "counter");
 *     wbx_report_free(&rep);
 *
 * Both end the running test with wb_fail() when they are disappointed, after
 * the full report on stdout. On the main thread only.
 */

#include "explore.h"

/** How the reason begins when the explorer refuses a program. */
#define WBX_NOTHING_PROVED "nothing is proved, it cannot be explored: "

/** The initialisers files and nfiles of struct wbx_options. */
#define WBX_FILES(...)                                                         \
    .files = (const char *const[]){ __VA_ARGS__ },                             \
    .nfiles = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

/** The same for cflags. */
#define WBX_CFLAGS(...)                                                        \
    .cflags = (const char *const[]){ __VA_ARGS__ },                            \
    .ncflags = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

/** Arguments of the program. */
#define WBX_ARGS(...)                                                          \
    .args = (const char *const[]){ __VA_ARGS__ },                              \
    .nargs = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

/**
 * Pass when every interleaving ran and none fails. A failure ends the test
 * with its kind; a search that was not exhaustive with WB_UNBOUNDED; sources
 * that do not compile with WB_DOES_NOT_COMPILE; a program that the explorer
 * refuses with WB_ASSERTION and why, as that says nothing of the program.
 */
void wbx_check_clean(const struct wbx_options *opt);

/**
 * Pass when the program fails, and its first failure is of that kind.
 *
 * @param rep  receives the report, the caller frees it; may be NULL. When the
 *             test ends here it is freed already.
 */
void wbx_check_fails(const struct wbx_options *opt, enum wb_verdict kind,
                     struct wbx_report *rep);

#endif
