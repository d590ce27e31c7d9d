/* Looks whether there is a page left before it locks: the others are writing
 * that number.
 *
 * rejected: data-race "next" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "wb/base.h"

struct room {
    int port, n;              /* const after init */
    const char *const *paths; /* const after init */
    struct page *pages;       /* each is one reader's, who took its number */
    pthread_mutex_t mu;
    int next; /* guarded by mu */
};

static int take_next(struct room *r)
{
    if (r->next >= r->n)
        return r->n;
    WB_MUST(pthread_mutex_lock(&r->mu));
    int i = r->next;
    if (i < r->n)
        r->next++;
    WB_MUST(pthread_mutex_unlock(&r->mu));
    return i;
}

static void *read_pages(void *arg)
{
    struct room *r = arg;
    int i;

    while ((i = take_next(r)) < r->n)
        r->pages[i].code =
            wb_fetch(r->port, r->paths[i], r->pages[i].text, WB_FOREVER);
    return NULL;
}

int load_pages(int port, const char *const paths[], int n, int limit,
               struct page *pages)
{
    struct room room = { .port = port, .n = n, .paths = paths, .pages = pages };
    int readers = limit < n ? limit : n;

    if (limit < 1 || n < 0)
        return -EINVAL;
    pthread_t *thread = wb_alloc((size_t)readers + 1, sizeof(*thread));
    WB_MUST(pthread_mutex_init(&room.mu, NULL));
    for (int i = 0; i < readers; i++)
        WB_MUST(pthread_create(&thread[i], NULL, read_pages, &room));
    for (int i = 0; i < readers; i++)
        WB_MUST(pthread_join(thread[i], NULL));
    WB_MUST(pthread_mutex_destroy(&room.mu));
    free(thread);
    return 0;
}
