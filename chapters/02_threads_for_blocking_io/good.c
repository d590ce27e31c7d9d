/* Four weather stations are asked at the same time, by a thread each.
 *
 * The lock guards the count and nothing else, so it is taken when the answer
 * is there. All threads wait for their stations at the same time, and the
 * longest of the waits is all there is to wait for.
 *
 * Run:     ./workbook run 02 good
 *          ./workbook run 02 good --trace good.json
 * Next:    meanwhile.c, where one waits and another computes
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

    s->code = wb_fetch(port, s->path, s->answer, WB_FOREVER);
    pthread_mutex_lock(&giant);
    answered += s->code == 200;
    pthread_mutex_unlock(&giant);
    return NULL;
}
/* endregion: ask */

static void ask_all(struct station *s, int n)
{
    for (int i = 0; i < n; i++) {
        snprintf(s[i].path, WB_FETCH_MAX, "/gate/%d/%d degrees", n, 11 + i);
        WB_MUST(pthread_create(&s[i].thread, NULL, ask, &s[i]));
    }
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(s[i].thread, NULL));
}

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
