/* Goes home from a closed hatch without unlocking it.
 *
 * rejected: deadlock | leaked-lock "h->mu" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct hatch {
    pthread_mutex_t mu;
    pthread_cond_t not_empty; /* count > 0, or closed */
    pthread_cond_t not_full;  /* count < room, or closed */
    int room;                 /* const after create */
    int first, count;         /* guarded by mu */
    bool closed;              /* guarded by mu */
    int plates[];             /* guarded by mu; a ring */
};

int hatch_create(struct hatch **out, int room)
{
    if (room < 1)
        return -EINVAL;
    struct hatch *h = calloc(1, sizeof(*h) + (size_t)room * sizeof(int));
    if (h == NULL)
        return -ENOMEM;
    h->room = room;
    pthread_mutex_init(&h->mu, NULL);
    pthread_cond_init(&h->not_empty, NULL);
    pthread_cond_init(&h->not_full, NULL);
    *out = h;
    return 0;
}

void hatch_free(struct hatch *h)
{
    pthread_cond_destroy(&h->not_full);
    pthread_cond_destroy(&h->not_empty);
    pthread_mutex_destroy(&h->mu);
    free(h);
}

int hatch_put(struct hatch *h, int plate)
{
    int result = -EPIPE;

    pthread_mutex_lock(&h->mu);
    while (h->count == h->room && !h->closed)
        pthread_cond_wait(&h->not_full, &h->mu);
    if (!h->closed) {
        h->plates[(h->first + h->count) % h->room] = plate;
        h->count++;
        pthread_cond_signal(&h->not_empty);
        result = 0;
    }
    pthread_mutex_unlock(&h->mu);
    return result;
}

int hatch_take(struct hatch *h, int *plate)
{
    pthread_mutex_lock(&h->mu);
    while (h->count == 0 && !h->closed)
        pthread_cond_wait(&h->not_empty, &h->mu);
    if (h->count == 0)
        return -EPIPE;
    *plate = h->plates[h->first];
    h->first = (h->first + 1) % h->room;
    h->count--;
    pthread_cond_signal(&h->not_full);
    pthread_mutex_unlock(&h->mu);
    return 0;
}

void hatch_close(struct hatch *h)
{
    pthread_mutex_lock(&h->mu);
    h->closed = true;
    pthread_cond_broadcast(&h->not_empty);
    pthread_cond_broadcast(&h->not_full);
    pthread_mutex_unlock(&h->mu);
}
