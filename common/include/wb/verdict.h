#ifndef WB_VERDICT_H
#define WB_VERDICT_H

/**
 * @file verdict.h
 * The words for what went wrong. Tests, the command line, hints, JSON and the
 * book all use these and no others.
 *
 *     enum wb_verdict v = wb_verdict_parse("data-race");
 *     printf("%s: %s\n", wb_verdict_name(v), wb_verdict_meaning(v));
 *
 * The names may be asked for by any thread and in signal handlers; the
 * strings they return live for ever and belong to nobody.
 */

#include <stddef.h>

/** What went wrong, if anything did. */
enum wb_verdict {
    WB_CLEAN, /**< nothing found; how far that reaches is said beside it */
    WB_ASSERTION,
    WB_DATA_RACE,
    WB_DEADLOCK,
    WB_LOST_WAKEUP,
    WB_LIVELOCK,
    WB_LEAKED_THREAD,
    WB_LEAKED_LOCK,
    WB_LEAKED_MEMORY,
    WB_LEAKED_DESCRIPTOR,
    WB_ZOMBIE,
    WB_USE_AFTER_FREE,
    WB_DOUBLE_FREE,
    WB_CRASH,
    WB_NOT_CONCURRENT,
    WB_UNBOUNDED,
    WB_BLOCKED_LOOP,
    WB_WRONG_ANSWER,
    WB_DOES_NOT_COMPILE,
    WB_VERDICT_COUNT
};

/** @return the word, e.g. "data-race"; "clean" for WB_CLEAN. */
const char *wb_verdict_name(enum wb_verdict v);

/** @return one plain sentence on what the word means, without full stop. */
const char *wb_verdict_meaning(enum wb_verdict v);

/** @return the verdict of that name, or -EINVAL if there is none. */
int wb_verdict_parse(const char *name);

/**
 * Print one line "verdict: KIND: message" on stdout, for programs that judge
 * something: the explorer and `workbook check` read it.
 * @return 1, so that main can end with it
 */
int wb_verdict_say(enum wb_verdict kind, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Find the first line "verdict: KIND: message" in what a program printed.
 *
 * @param message  receives the message, cut to size bytes; may be NULL
 * @return 0, -ENOENT (no such line) or -EINVAL (KIND is no word we know)
 */
int wb_verdict_in(const char *output, enum wb_verdict *kind, char *message,
                  size_t size);

/** Leave a function that judges, with 1 and that verdict, unless cond. */
#define WB_JUDGE(cond, kind, ...)                                              \
    do {                                                                       \
        if (!(cond))                                                           \
            return wb_verdict_say((kind), __VA_ARGS__);                        \
    } while (0)

#endif
