#ifndef SCAN_H
#define SCAN_H

/**
 * @file scan.h
 * Moves about in C source text that scan_blank() has made plain. Positions
 * are byte offsets, the same in the source and in the plain text.
 */

#include <stdbool.h>
#include <stddef.h>

/**
 * @return a copy of source to free(), as long and with the same lines, in
 * which comments, and what stands between quotes, are blanks
 */
char *scan_blank(const char *source);

/** @return the first position at or after at that is no white space */
size_t scan_skip(const char *plain, size_t at);

/** @return the last position before at that is no white space; at if none */
size_t scan_back(const char *plain, size_t at);

/** @return where the bracket that opens at ends, or 0 if it does not */
size_t scan_close(const char *plain, size_t open);

/** @return where the bracket that closes at began; close if it did not */
size_t scan_open(const char *plain, size_t close);

/** @return whether word, whole, stands at */
bool scan_is_word(const char *plain, size_t at, const char *word);

/** @return whether word, whole, ends just before at, blanks aside; *begin is
 *  then where it starts */
bool scan_ends_word(const char *plain, size_t at, const char *word,
                    size_t *begin);

/** @return how many round brackets are open at */
int scan_depth(const char *plain, size_t at);

/** @return whether at lies in a preprocessor directive */
bool scan_in_directive(const char *plain, size_t at);

/** @return the number of the line at lies in, from 1 */
int scan_line(const char *text, size_t at);

#endif
