/* Four weather stations are asked at the same time, by a thread each.
 *
 * Symptom: the threads are there, and yet it takes as long as asking one
 *          station after the other.
 * Cause:   a lock that all of them need is held while a thread waits for its
 *          answer, so only one thread waits for a station, and three wait for
 *          that one.
 * Provoke: ./workbook run 02 bad
 * Next:    good.c
 *
 * explore: no, these threads wait for a socket */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { STATIONS = 4, STATIONS_MAX = 64 };

struct station {
    pthread_t thread;
    char path[WB_FETCH_MAX];
    int code;
    char answer[WB_FETCH_MAX];
};

static pthread_mutex_t giant = PTHREAD_MUTEX_INITIALIZER;
static int answered; /* guarded by giant */
static int port;     /* const while threads run */

/* region: ask */
static void *ask(void *arg)
{
    struct station *s = arg;

    pthread_mutex_lock(&giant);
    s->code = wb_fetch(port, s->path, s->answer, WB_FOREVER);
    answered += s->code == 200;
    pthread_mutex_unlock(&giant);
    return NULL;
}
/* endregion: ask */

/* region: run */
static void ask_all(struct station *s, int n)
{
    for (int i = 0; i < n; i++) {
        snprintf(s[i].path, WB_FETCH_MAX, "/gate/%d/%d degrees", n, 11 + i);
        WB_MUST(pthread_create(&s[i].thread, NULL, ask, &s[i]));
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(s[i].thread, NULL));
}
/* endregion: run */

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : STATIONS;
    struct station s[STATIONS_MAX] = { 0 };
    struct wb_server_counts seen;
    struct wb_server *server;

    if (n < 1 || n > STATIONS_MAX)
        wb_die("usage: %s [STATIONS], at most %d", argv[0], STATIONS_MAX);
    WB_MUST(wb_server_start(&server, NULL));
    port = wb_server_port(server);
    ask_all(s, n);
    for (int i = 0; i < n; i++)
        printf("station %d: %d %s\n", i + 1, s[i].code, s[i].answer);
    wb_server_counts(server, &seen);
    wb_server_stop(server);
    printf("%d of %d answered; requests under way at once: %d\n", answered, n,
           seen.peak);
    WB_JUDGE(seen.peak == n, WB_NOT_CONCURRENT,
             "%d requests, and never more than %d under way at once", n,
             seen.peak);
    return 0;
}
