/* What every version of the post office needs: the two calls that send a
 * letter, what is said of it, and a staff of threads that all do the same. */
#ifndef POST_H
#define POST_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"

/* -- the calls: they stand for requests to other machines, and can fail ---- */

enum { CENTS_PER_ZONE = 50 };

/* region: calls */
/** @return the district, 0 to 9, or -EBADMSG: nobody can read it */
static inline int read_address(char address)
{
    return address >= '0' && address <= '9' ? address - '0' : -EBADMSG;
}

/** @return the stamp in cents, or -EHOSTUNREACH: no mail goes to district 0 */
static inline int frank(int district)
{
    return district != 0 ? district * CENTS_PER_ZONE : -EHOSTUNREACH;
}
/* endregion: calls */

/** Say why a letter goes back, if it does. @return whether it was sent */
static inline bool tell(char address, int result)
{
    if (result < 0)
        printf("letter %c goes back: %s\n", address, strerror(-result));
    return result >= 0;
}

/* -- the staff ------------------------------------------------------------- */

enum { MAX_WORKERS = 8, ROOM = 2 /* in each queue */ };

struct staff {
    int n;
    pthread_t worker[MAX_WORKERS];
};

/** Let as many as the text says begin to work. */
static inline void staff_start(struct staff *s, const char *n,
                               void *(*work)(void *))
{
    s->n = atoi(n);
    if (s->n < 1 || s->n > MAX_WORKERS)
        wb_die("%s workers: say 1 to %d", n, MAX_WORKERS);
    for (int i = 0; i < s->n; i++)
        WB_MUST(pthread_create(&s->worker[i], NULL, work, NULL));
}

/** Wait until each of them has gone home. */
static inline void staff_join(struct staff *s)
{
    for (int i = 0; i < s->n; i++)
        WB_MUST(pthread_join(s->worker[i], NULL));
}

#endif
