/* A page that cannot be had never gives back its place among those that may
 * be under way.
 *
 * rejected: deadlock | lost-wakeup "slots" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "wb/base.h"

#include <semaphore.h>

struct reader {
    int port;
    const char *path;
    struct page *page;
    sem_t *slots;
};

static void *read_page(void *arg)
{
    struct reader *r = arg;

    r->page->code = wb_fetch(r->port, r->path, r->page->text, WB_FOREVER);
    if (r->page->code < 0)
        return NULL;
    sem_post(r->slots);
    return NULL;
}

int load_pages(int port, const char *const paths[], int n, int limit,
               struct page *pages)
{
    sem_t slots;

    if (limit < 1 || n < 0)
        return -EINVAL;
    pthread_t *thread = wb_alloc((size_t)n + 1, sizeof(*thread));
    struct reader *reader = wb_alloc((size_t)n + 1, sizeof(*reader));
    sem_init(&slots, 0, (unsigned)limit);
    for (int i = 0; i < n; i++) {
        sem_wait(&slots);
        reader[i] = (struct reader){ port, paths[i], &pages[i], &slots };
        WB_MUST(pthread_create(&thread[i], NULL, read_page, &reader[i]));
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(thread[i], NULL));
    sem_destroy(&slots);
    free(reader);
    free(thread);
    return 0;
}
