/* Every answer is right, and whoever waits looks a thousand times a second.
 *
 * rejected: livelock "again and again" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

struct hatch {
    pthread_mutex_t mu;
    int room;         /* const after create */
    int first, count; /* guarded by mu */
    bool closed;      /* guarded by mu */
    int plates[];     /* guarded by mu; a ring */
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
    *out = h;
    return 0;
}

void hatch_free(struct hatch *h)
{
    pthread_mutex_destroy(&h->mu);
    free(h);
}

int hatch_put(struct hatch *h, int plate)
{
    int result = -EPIPE;

    pthread_mutex_lock(&h->mu);
    while (h->count == h->room && !h->closed) {
        pthread_mutex_unlock(&h->mu);
        sched_yield();
        pthread_mutex_lock(&h->mu);
    }
    if (!h->closed) {
        h->plates[(h->first + h->count) % h->room] = plate;
        h->count++;
        result = 0;
    }
    pthread_mutex_unlock(&h->mu);
    return result;
}

int hatch_take(struct hatch *h, int *plate)
{
    int result = -EPIPE;

    pthread_mutex_lock(&h->mu);
    while (h->count == 0 && !h->closed) {
        pthread_mutex_unlock(&h->mu);
        sched_yield();
        pthread_mutex_lock(&h->mu);
    }
    if (h->count > 0) {
        *plate = h->plates[h->first];
        h->first = (h->first + 1) % h->room;
        h->count--;
        result = 0;
    }
    pthread_mutex_unlock(&h->mu);
    return result;
}

void hatch_close(struct hatch *h)
{
    pthread_mutex_lock(&h->mu);
    h->closed = true;
    pthread_mutex_unlock(&h->mu);
}
