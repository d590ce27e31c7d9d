/* Each reader has its share of the pages from the start. Whoever has a slow one
 * holds back the rest of his, while the others have nothing to do.
 *
 * rejected: not-concurrent "one page is slow" */
#include "exercise.h"

#include "wb/base.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct job {
    int port;
    const char *const *paths;
    int n, first, step;
    struct page *pages;
    pthread_t t;
};

static void *reader(void *arg)
{
    struct job *j = arg;
    for (int i = j->first; i < j->n; i += j->step)
        j->pages[i].code =
            wb_fetch(j->port, j->paths[i], j->pages[i].text, WB_FOREVER);
    return NULL;
}

int load_pages(int port, const char *const paths[], int n, int limit,
               struct page *pages)
{
    if (limit < 1 || n < 0)
        return -EINVAL;
    struct job *j = malloc(sizeof *j * (size_t)limit);
    for (int i = 0; i < limit; i++) {
        j[i] = (struct job){ port, paths, n, i, limit, pages, 0 };
        WB_MUST(pthread_create(&j[i].t, NULL, reader, &j[i]));
    }
    for (int i = 0; i < limit; i++)
        WB_MUST(pthread_join(j[i].t, NULL));
    free(j);
    return 0;
}
