/* Nobody waits for the readers: the pages come when they come.
 *
 * rejected: leaked-thread "load_pages returned" */
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
    pthread_mutex_lock(&r->mu);
    int i = r->next;
    if (i < r->n)
        r->next++;
    pthread_mutex_unlock(&r->mu);
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
    if (limit < 1 || n < 0)
        return -EINVAL;
    struct room *room = wb_alloc(1, sizeof(*room));
    *room =
        (struct room){ .port = port, .n = n, .paths = paths, .pages = pages };
    WB_MUST(pthread_mutex_init(&room->mu, NULL));
    for (int i = 0; i < limit && i < n; i++) {
        pthread_t thread;

        WB_MUST(pthread_create(&thread, NULL, read_pages, room));
        WB_MUST(pthread_detach(thread));
    }
    return 0;
}
