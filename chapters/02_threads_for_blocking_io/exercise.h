#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A reading room loads the pages of an atlas from an archive that is slow,
 * and lets a reader have only so many requests under way at once.
 *
 * Implement load_pages() in exercise.c with pthreads and wb_fetch() of
 * wb/server.h.
 */

#include "wb/server.h"

/** One page, or why there is none. */
struct page {
    int code;                /* what wb_fetch() gave: 200, 503, -ECONNRESET */
    char text[WB_FETCH_MAX]; /* what it wrote */
};

/**
 * Load n pages, each with one wb_fetch() that may wait for ever.
 *
 * There are never more than limit requests under way. There are never fewer
 * while a page is left to be asked for: one that takes long holds back no
 * other.
 *
 * @param port   of the archive
 * @param paths  page i is at paths[i]
 * @param pages  receives page i in pages[i], whatever its code: one that
 *               cannot be had says so, and the others are loaded
 * @return 0 when all have been asked for and no thread is left, or -EINVAL,
 * with nothing done, when limit is less than 1 or n less than 0
 *
 * That threads and memory can be had may be taken for granted (WB_MUST).
 */
int load_pages(int port, const char *const paths[], int n, int limit,
               struct page *pages);

#endif
