/* The list is freed, and not the reports that nobody has fetched.
 *
 * rejected: leaked-memory "were never freed" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct node {
    struct node *next;
    struct report r;
};

struct lab {
    pthread_mutex_t mu;
    pthread_cond_t news;
    struct node *head, **tail;
    int samples, finished;
    bool *done;
};

int lab_create(struct lab **out, int samples)
{
    if (samples < 1)
        return -EINVAL;
    struct lab *l = calloc(1, sizeof *l);
    if (l == NULL)
        return -ENOMEM;
    l->done = calloc((size_t)samples, sizeof *l->done);
    if (l->done == NULL) {
        free(l);
        return -ENOMEM;
    }
    pthread_mutex_init(&l->mu, NULL);
    pthread_cond_init(&l->news, NULL);
    l->samples = samples;
    l->tail = &l->head;
    *out = l;
    return 0;
}

void lab_free(struct lab *l)
{
    pthread_cond_destroy(&l->news);
    pthread_mutex_destroy(&l->mu);
    free(l->done);
    free(l);
}

int lab_finish(struct lab *l, struct report report)
{
    if (report.sample < 0 || report.sample >= l->samples)
        return -EINVAL;
    struct node *n = malloc(sizeof *n);
    if (n == NULL)
        return -ENOMEM;
    n->r = report;
    n->next = NULL;
    pthread_mutex_lock(&l->mu);
    if (l->done[report.sample]) {
        pthread_mutex_unlock(&l->mu);
        free(n);
        return -EEXIST;
    }
    l->done[report.sample] = true;
    l->finished++;
    *l->tail = n;
    l->tail = &n->next;
    if (l->finished == l->samples)
        pthread_cond_broadcast(&l->news);
    else
        pthread_cond_signal(&l->news);
    pthread_mutex_unlock(&l->mu);
    return 0;
}

int lab_next(struct lab *l, struct report *out)
{
    pthread_mutex_lock(&l->mu);
    while (l->head == NULL && l->finished < l->samples)
        pthread_cond_wait(&l->news, &l->mu);
    struct node *n = l->head;
    if (n != NULL) {
        *out = n->r;
        l->head = n->next;
        if (l->head == NULL)
            l->tail = &l->head;
    }
    pthread_mutex_unlock(&l->mu);
    free(n);
    return n != NULL ? 0 : -ENODATA;
}
