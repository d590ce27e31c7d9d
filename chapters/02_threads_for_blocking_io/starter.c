/* Exercise 02: many pages at once, but not too many.
 *
 * rejected: not-concurrent "never more than 1 request under way"
 *
 * Every page is loaded, and what cannot be had is told. But the reader waits
 * for each page before asking for the next:
 *
 *     ./workbook check 02
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include <errno.h>

#include "wb/base.h"

int load_pages(int port, const char *const paths[], int n, int limit,
               struct page *pages)
{
    if (limit < 1 || n < 0)
        return -EINVAL;
    for (int i = 0; i < n; i++)
        pages[i].code = wb_fetch(port, paths[i], pages[i].text, WB_FOREVER);
    return 0;
}
