/* Only the first plate is news, it seems: whoever comes next finds plates
 * there. But two waiters may sleep already, and the second plate wakes nobody.
 *
 * rejected: deadlock | lost-wakeup "not_empty" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct node {
    struct node *next;
    int plate;
};

struct hatch {
    pthread_mutex_t mu;
    pthread_cond_t not_empty, not_full;
    struct node *head, **tail;
    int room, count;
    bool closed;
};

int hatch_create(struct hatch **out, int room)
{
    struct hatch *h;
    if (room < 1)
        return -EINVAL;
    if ((h = malloc(sizeof *h)) == NULL)
        return -ENOMEM;
    pthread_mutex_init(&h->mu, NULL);
    pthread_cond_init(&h->not_empty, NULL);
    pthread_cond_init(&h->not_full, NULL);
    h->head = NULL;
    h->tail = &h->head;
    h->room = room;
    h->count = 0;
    h->closed = false;
    *out = h;
    return 0;
}

void hatch_free(struct hatch *h)
{
    while (h->head) {
        struct node *n = h->head;
        h->head = n->next;
        free(n);
    }
    pthread_cond_destroy(&h->not_empty);
    pthread_cond_destroy(&h->not_full);
    pthread_mutex_destroy(&h->mu);
    free(h);
}

int hatch_put(struct hatch *h, int plate)
{
    struct node *n = malloc(sizeof *n);
    if (n == NULL)
        return -ENOMEM;
    n->plate = plate;
    n->next = NULL;
    pthread_mutex_lock(&h->mu);
    while (!h->closed && h->count >= h->room)
        pthread_cond_wait(&h->not_full, &h->mu);
    if (h->closed) {
        pthread_mutex_unlock(&h->mu);
        free(n);
        return -EPIPE;
    }
    *h->tail = n;
    h->tail = &n->next;
    if (h->count++ == 0)
        pthread_cond_signal(&h->not_empty);
    pthread_mutex_unlock(&h->mu);
    return 0;
}

int hatch_take(struct hatch *h, int *plate)
{
    pthread_mutex_lock(&h->mu);
    while (!h->closed && h->head == NULL)
        pthread_cond_wait(&h->not_empty, &h->mu);
    struct node *n = h->head;
    if (n != NULL) {
        h->head = n->next;
        if (h->head == NULL)
            h->tail = &h->head;
        h->count--;
        pthread_cond_signal(&h->not_full);
    }
    pthread_mutex_unlock(&h->mu);
    if (n == NULL)
        return -EPIPE;
    *plate = n->plate;
    free(n);
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
