/* How many requests are on their way at once, when workers make them.
 *
 * The network here answers nobody until so many requests are on their way at
 * once. With a worker for each it answers. With one worker less it never does,
 * however many requests stand in the queue: they are not on their way, they
 * wait for a worker.
 *
 * Prove:   ./workbook explore 07 limit -- 2 2
 *          ./workbook explore 07 limit -- 2 3
 * Next:    the exercise */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "post.h"
#include "wb/queue.h"

enum { MAX_REQUESTS = 64 };

static struct wb_queue *requests;

/* region: network */
static struct {
    pthread_mutex_t mu;
    pthread_cond_t answer; /* peak >= needed */
    int needed;            /* const after init */
    int now, peak;         /* guarded by mu; on their way */
} net = { .mu = PTHREAD_MUTEX_INITIALIZER, .answer = PTHREAD_COND_INITIALIZER };

static void make_request(void)
{
    WB_MUST(pthread_mutex_lock(&net.mu));
    if (++net.now > net.peak)
        net.peak = net.now;
    if (net.peak >= net.needed)
        WB_MUST(pthread_cond_broadcast(&net.answer));
    while (net.peak < net.needed)
        WB_MUST(pthread_cond_wait(&net.answer, &net.mu));
    net.now--;
    WB_MUST(pthread_mutex_unlock(&net.mu));
}
/* endregion: network */

/* region: worker */
static void *work(void *unused)
{
    void *item;

    while (wb_queue_pop(requests, &item) == 0)
        make_request();
    return unused;
}
/* endregion: worker */

/* Usage: limit [WORKERS [REQUESTS [NEEDED]]], NEEDED at once: by default all */
int main(int argc, char **argv)
{
    int n = argc > 2 ? atoi(argv[2]) : 2;
    struct staff staff;

    net.needed = argc > 3 ? atoi(argv[3]) : n;
    if (n < 1 || n > MAX_REQUESTS || net.needed > n)
        wb_die("%d requests, %d at once: say 1 to %d, and no more at once", n,
               net.needed, MAX_REQUESTS);
    WB_MUST(wb_queue_create(&requests, MAX_REQUESTS));
    for (int i = 0; i < n; i++)
        WB_MUST(wb_queue_push(requests, NULL));
    wb_queue_close(requests);
    staff_start(&staff, argc > 1 ? argv[1] : "2", work);
    staff_join(&staff);
    wb_queue_free(requests);
    printf("%d requests, %d workers, at most %d on their way at once\n", n,
           staff.n, net.peak);
    return 0;
}
