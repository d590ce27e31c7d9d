/* As many readers as may be are sent, and the next ones when all are back.
 *
 * rejected: not-concurrent "one page is slow" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "wb/base.h"

struct reader {
    int port;
    const char *path;
    struct page *page;
};

static void *read_page(void *arg)
{
    struct reader *r = arg;

    r->page->code = wb_fetch(r->port, r->path, r->page->text, WB_FOREVER);
    return NULL;
}

int load_pages(int port, const char *const paths[], int n, int limit,
               struct page *pages)
{
    if (limit < 1 || n < 0)
        return -EINVAL;
    pthread_t *thread = wb_alloc((size_t)n + 1, sizeof(*thread));
    struct reader *reader = wb_alloc((size_t)n + 1, sizeof(*reader));
    for (int first = 0; first < n; first += limit) {
        for (int i = first; i < n && i - first < limit; i++) {
            reader[i] = (struct reader){ port, paths[i], &pages[i] };
            WB_MUST(pthread_create(&thread[i], NULL, read_page, &reader[i]));
        }
        for (int i = first; i < n && i - first < limit; i++)
            WB_MUST(pthread_join(thread[i], NULL));
    }
    free(reader);
    free(thread);
    return 0;
}
