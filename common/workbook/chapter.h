#ifndef WB_CHAPTER_H
#define WB_CHAPTER_H

/**
 * @file chapter.h
 * The chapters on disk: directories chapters/NN_name.
 *
 *     struct wb_chapters all;
 *     int rc = wb_chapters_load(&all, app->root);
 *     const struct wb_chapter *c = wb_chapter_find(&all, "locks");
 *     wb_chapters_free(&all);
 *
 * Distinct lists may be used from distinct threads.
 */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { WB_CHAPTER_NAME = 64 };

struct wb_chapter {
    int number;
    char name[WB_CHAPTER_NAME]; /* "03_locks" */
    char title[128];            /* first heading of README.md */
    char dir[PATH_MAX];         /* absolute */
};

struct wb_chapters {
    struct wb_chapter *items; /* by number */
    size_t count;
};

/** @return 0 or negative errno; *all is to be freed either way. */
int wb_chapters_load(struct wb_chapters *all, const char *root);

void wb_chapters_free(struct wb_chapters *all);

/** word: "3", "03", "locks" or "03_locks". @return NULL when unknown. */
const struct wb_chapter *wb_chapter_find(const struct wb_chapters *all,
                                         const char *word);

/** @return the chapter a mistyped word most likely means, NULL if none. */
const struct wb_chapter *wb_chapter_nearest(const struct wb_chapters *all,
                                            const char *word);

/** Write DIR/file of the chapter to dst of PATH_MAX bytes. @return dst. */
char *wb_chapter_file(const struct wb_chapter *c, const char *file, char *dst);

/** @return whether the chapter has a program NAME.c for the learner to run:
 *  bad, good and others, not the exercise and not a test */
bool wb_chapter_has_program(const struct wb_chapter *c, const char *name);

/**
 * The heading under which README.md first speaks of word ("data-race",
 * written with a hyphen or a blank). Truncated to fit dst.
 * @return 0, or -ENOENT when it never does or cannot be read.
 */
int wb_chapter_section(const struct wb_chapter *c, const char *word, char *dst,
                       size_t size);

#endif
