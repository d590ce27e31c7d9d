/* Plates are chained instead of stored, so there is always room for one more.
 *
 * rejected: unbounded "room for one plate" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct plate {
    struct plate *next;
    int number;
};

struct hatch {
    pthread_mutex_t mu;
    pthread_cond_t not_empty;    /* oldest != NULL, or closed */
    struct plate *oldest, *last; /* guarded by mu */
    bool closed;                 /* guarded by mu */
};

int hatch_create(struct hatch **out, int room)
{
    if (room < 1)
        return -EINVAL;
    struct hatch *h = calloc(1, sizeof(*h));
    if (h == NULL)
        return -ENOMEM;
    pthread_mutex_init(&h->mu, NULL);
    pthread_cond_init(&h->not_empty, NULL);
    *out = h;
    return 0;
}

void hatch_free(struct hatch *h)
{
    for (struct plate *p = h->oldest, *next; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    pthread_cond_destroy(&h->not_empty);
    pthread_mutex_destroy(&h->mu);
    free(h);
}

int hatch_put(struct hatch *h, int plate)
{
    int result = -EPIPE;
    struct plate *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return -ENOMEM;
    p->number = plate;
    pthread_mutex_lock(&h->mu);
    if (!h->closed) {
        *(h->oldest == NULL ? &h->oldest : &h->last->next) = p;
        h->last = p;
        pthread_cond_signal(&h->not_empty);
        result = 0;
    }
    pthread_mutex_unlock(&h->mu);
    if (result != 0)
        free(p);
    return result;
}

int hatch_take(struct hatch *h, int *plate)
{
    struct plate *p;

    pthread_mutex_lock(&h->mu);
    while (h->oldest == NULL && !h->closed)
        pthread_cond_wait(&h->not_empty, &h->mu);
    p = h->oldest;
    if (p != NULL)
        h->oldest = p->next;
    pthread_mutex_unlock(&h->mu);
    if (p == NULL)
        return -EPIPE;
    *plate = p->number;
    free(p);
    return 0;
}

void hatch_close(struct hatch *h)
{
    pthread_mutex_lock(&h->mu);
    h->closed = true;
    pthread_cond_broadcast(&h->not_empty);
    pthread_mutex_unlock(&h->mu);
}
