#ifndef WB_HINTS_H
#define WB_HINTS_H

/**
 * @file hints.h
 * Reads hints.md: "## KIND" sections ("## data-race, lost-wakeup" for two
 * kinds, "## any" for all others), each an ordered list.
 */

/**
 * @return hint number n, counted from 0, of the section for that kind, to
 * free(); NULL when there are no more
 */
char *wb_hint_get(const char *text, const char *kind, unsigned n);

#endif
