/* Whether there is a report already is looked up, and the report put there, in
 * two critical sections: two machines with one sample both get it in.
 *
 * rejected: wrong-answer "two reports on one sample" */
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
    while (l->head) {
        struct node *n = l->head;
        l->head = n->next;
        free(n);
    }
    pthread_cond_destroy(&l->news);
    pthread_mutex_destroy(&l->mu);
    free(l->done);
    free(l);
}

static bool is_finished(struct lab *l, int sample)
{
    pthread_mutex_lock(&l->mu);
    bool done = l->done[sample];
    pthread_mutex_unlock(&l->mu);
    return done;
}

int lab_finish(struct lab *l, struct report report)
{
    if (report.sample < 0 || report.sample >= l->samples)
        return -EINVAL;
    if (is_finished(l, report.sample))
        return -EEXIST;
    struct node *n = malloc(sizeof *n);
    if (n == NULL)
        return -ENOMEM;
    n->r = report;
    n->next = NULL;
    pthread_mutex_lock(&l->mu);
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
