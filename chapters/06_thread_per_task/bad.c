/* A photo lab that starts a thread for each order.
 *
 * Symptom: it works for sixty orders. With some hundred it dies, and all that
 *          were being handled are lost. Of orders that fail nobody hears.
 * Cause:   how many threads there are is decided by the customers. What goes
 *          wrong in a thread ends with the thread.
 * Provoke: ./workbook run 06 bad 64
 *          ./workbook run 06 bad 400 256    (256 MiB of memory for it)
 *          ./workbook run 06 bad 8
 * Next:    good.c
 *
 * explore: no, these threads wait for a socket */
#include <pthread.h>

#include "lab.h"

/* region: order */
struct order {
    int number;
    pthread_t thread;
};
/* endregion: order */

/* region: handle */
static void *handle(void *arg)
{
    const struct order *order = arg;

    print_order(order->number);
    return NULL;
}
/* endregion: handle */

/* region: serve */
/* @return how many failures have been heard of */
static int serve(struct order *orders, int n)
{
    for (int i = 0; i < n; i++) {
        orders[i].number = i + 1;
        int rc = pthread_create(&orders[i].thread, NULL, handle, &orders[i]);
        if (rc != 0)
            wb_die("no thread for order %d: %s", i + 1, strerror(rc));
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(orders[i].thread, NULL));
    return 0;
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
