#ifndef EQUIVALENT_H
#define EQUIVALENT_H

/**
 * @file equivalent.h
 * Changes that are known to make no difference, from a file of lines
 *
 *     NN_name | exact source line | reason
 *     NN_name | exact source line #2 | reason
 *
 * #2 means the second change whose line reads so; without a number it is the
 * first. Blank lines, and lines that begin with '#', are comments.
 */

#include <stdbool.h>
#include <stddef.h>

struct equivalent {
    int line; /* in the file, from 1 */
    char *chapter, *source, *reason;
    int occurrence; /* from 1 */
    bool used;
};

struct equivalents {
    char *text; /* what the entries point into */
    struct equivalent *all;
    size_t n;
};

/**
 * @param text  the file's content; taken over, freed on failure too
 * @return 0, or the number of the first line that is no entry
 */
int equivalents_parse(struct equivalents *e, char *text);

/** @return the entry for that change, marked as used, or NULL */
struct equivalent *equivalents_find(struct equivalents *e, const char *chapter,
                                    const char *source, int occurrence);

/** @return the first entry of that chapter that nothing used, or NULL */
const struct equivalent *equivalents_unused(const struct equivalents *e,
                                            const char *chapter);

void equivalents_free(struct equivalents *e);

#endif
