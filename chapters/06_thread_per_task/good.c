/* A photo lab with four workers, however many orders there are.
 *
 * The orders wait in a bounded queue, and cost nothing there. Each worker
 * takes one, handles it, and writes into it what has become of it; when all
 * are done, main reads that.
 *
 * Run:     ./workbook run 06 good 64
 *          ./workbook run 06 good 400 256   (256 MiB of memory for it)
 * Next:    cost.c, for what a thread costs
 *
 * explore: no, these threads wait for a socket */
#include <pthread.h>

#include "lab.h"
#include "wb/queue.h"

enum { WORKERS = 4, ROOM = 16 };

/* region: order */
struct order {
    int number;
    int code; /* the worker's who has it; main's when all are done */
};
/* endregion: order */

/* region: handle */
static void *handle(void *queue)
{
    void *item;

    while (wb_queue_pop(queue, &item) == 0) {
        struct order *order = item;
        order->code = print_order(order->number);
        wb_queue_task_done(queue);
    }
    return NULL;
}
/* endregion: handle */

/* region: serve */
/* @return how many failures have been heard of */
static int serve(struct order *orders, int n)
{
    pthread_t workers[WORKERS];
    struct wb_queue *queue;
    int heard = 0;

    WB_MUST(wb_queue_create(&queue, ROOM));
    for (int i = 0; i < WORKERS; i++)
        WB_MUST(pthread_create(&workers[i], NULL, handle, queue));
    for (int i = 0; i < n; i++) {
        orders[i].number = i + 1;
        WB_MUST(wb_queue_push(queue, &orders[i]));
    }
    wb_queue_join(queue);
    for (int i = 0; i < n; i++)
        heard += orders[i].code != 200;
    wb_queue_close(queue);
    for (int i = 0; i < WORKERS; i++)
        WB_MUST(pthread_join(workers[i], NULL));
    wb_queue_free(queue);
    return heard;
}
/* endregion: serve */

int main(int argc, char **argv)
{
    int n = open_lab(argc, argv);
    struct order *orders = wb_alloc((size_t)n, sizeof(*orders));
    int heard = serve(orders, n);

    free(orders);
    return close_lab(n, heard);
}
