#ifndef MUTATE_H
#define MUTATE_H

/**
 * @file mutate.h
 * Finds the places where a C source can be made wrong: calls that
 * synchronise, which are taken out, and loops around a wait, which are made
 * to turn once.
 *
 *     struct mutation all[MUTATIONS_MAX];
 *     size_t n = mutation_find(source, all, MUTATIONS_MAX);
 *     for (size_t i = 0; i < n && all[i].text != NULL; i++) {
 *         char *wrong = mutation_apply(source, &all[i]);
 *         ...
 *         free(wrong);
 *     }
 *     mutation_free(all, n);
 *
 * No full parser: comments, strings and directives are told from code, and
 * brackets are matched, which suffices for sources in the project's format.
 */

#include <stddef.h>

enum { MUTATIONS_MAX = 200 };

struct mutation {
    size_t begin, end; /* the bytes of the source that are replaced */
    char *text;        /* by what; NULL: it cannot be made, see what */
    int line;          /* of begin, from 1 */
    char what[80];     /* "delete pthread_cond_signal" */
};

/**
 * @param source  NUL-terminated
 * @param all     receives what is found, in the order of the source; give it
 *                back with mutation_free()
 * @return how many there are; if that is more than max, only max are in all
 */
size_t mutation_find(const char *source, struct mutation *all, size_t max);

/** @return the source with that one change, to free() */
char *mutation_apply(const char *source, const struct mutation *m);

void mutation_free(struct mutation *all, size_t n);

#endif
