/* Goes home without a report, and without unlocking.
 *
 * rejected: deadlock | leaked-lock "lab->mu" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct lab {
    pthread_mutex_t mu;
    pthread_cond_t news; /* taken < finished, or finished == samples */
    int samples;         /* const after create */
    int finished, taken; /* guarded by mu; how many reports are */
    struct report
        reports[]; /* guarded by mu; the one finished first is first */
};

int lab_create(struct lab **out, int samples)
{
    size_t room = (size_t)samples * sizeof(struct report);

    if (samples < 1)
        return -EINVAL;
    struct lab *lab = calloc(1, sizeof(*lab) + room);
    if (lab == NULL)
        return -ENOMEM;
    lab->samples = samples;
    pthread_mutex_init(&lab->mu, NULL);
    pthread_cond_init(&lab->news, NULL);
    *out = lab;
    return 0;
}

void lab_free(struct lab *lab)
{
    pthread_cond_destroy(&lab->news);
    pthread_mutex_destroy(&lab->mu);
    free(lab);
}

static bool is_finished_locked(const struct lab *lab, int sample)
{
    for (int i = 0; i < lab->finished; i++)
        if (lab->reports[i].sample == sample)
            return true;
    return false;
}

int lab_finish(struct lab *lab, struct report report)
{
    int result = -EEXIST;

    if (report.sample < 0 || report.sample >= lab->samples)
        return -EINVAL;
    pthread_mutex_lock(&lab->mu);
    if (!is_finished_locked(lab, report.sample)) {
        lab->reports[lab->finished++] = report;
        if (lab->finished < lab->samples)
            pthread_cond_signal(&lab->news);
        else
            pthread_cond_broadcast(&lab->news);
        result = 0;
    }
    pthread_mutex_unlock(&lab->mu);
    return result;
}

int lab_next(struct lab *lab, struct report *out)
{
    int result = -ENODATA;

    pthread_mutex_lock(&lab->mu);
    while (lab->taken == lab->finished && lab->finished < lab->samples)
        pthread_cond_wait(&lab->news, &lab->mu);
    if (lab->taken == lab->finished)
        return result;
    *out = lab->reports[lab->taken++];
    result = 0;
    pthread_mutex_unlock(&lab->mu);
    return result;
}
