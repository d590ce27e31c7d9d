/* A lost-property office, step 1 of the port: visitors are coroutines of one
 * loop, on the main thread. The office has its threads, as before.
 *
 * Run:     ./workbook run 10 step1
 * Next:    bad.c, where the office has been ported, too; but not all of it
 *
 * explore: no, these threads wait for sockets */
#include <pthread.h>

#include "office.h"
#include "plain.h"
#include "wb/coro_io.h"

static uint16_t port; /* of the office; const while visitors come */
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int served; /* guarded by mu */

/* Ask the store for a thing. @return the length of the answer */
static int look_for(const char *thing, char *answer)
{
    char path[TEXT_MAX], body[WB_FETCH_MAX];

    snprintf(path, sizeof(path), "/gate/%d/%s", visitors, thing);
    int code = wb_fetch(store, path, body, WB_FOREVER);
    return snprintf(answer, TEXT_MAX,
                    code == 200 ? "here is your %s\n" : "not found: %s\n",
                    body);
}

/* region: office */
static void *serve(void *arg)
{
    int s = *(int *)arg;
    char thing[WB_FETCH_MAX], answer[TEXT_MAX];

    if (plain_read_line(s, thing, sizeof(thing)) >= 0) {
        plain_write(s, answer, (size_t)look_for(thing, answer));
        pthread_mutex_lock(&mu);
        served++;
        pthread_mutex_unlock(&mu);
    }
    close(s);
    return NULL;
}

static void *run_office(void *arg)
{
    int *listener = arg;
    pthread_t clerk[VISITORS_MAX];
    int s[VISITORS_MAX];

    for (int i = 0; i < visitors; i++) {
        s[i] = plain_accept(*listener);
        WB_MUST(pthread_create(&clerk[i], NULL, serve, &s[i]));
    }
    for (int i = 0; i < visitors; i++)
        WB_MUST(pthread_join(clerk[i], NULL));
    return NULL;
}
/* endregion: office */

/* region: visit */
static int visit(void *arg)
{
    struct visitor *v = arg;
    struct wb_coro_stream *s;

    WB_MUST(wb_coro_connect(&s, port));
    wb_coro_write(s, v->question, strlen(v->question));
    wb_coro_read_line(s, v->answer, sizeof(v->answer), WB_FOREVER);
    wb_coro_close(s);
    return 0;
}
/* endregion: visit */

/* region: open */
static int visit_all(void *arg)
{
    struct wb_coro *c[VISITORS_MAX];

    (void)arg;
    for (int i = 0; i < visitors; i++)
        c[i] = wb_coro_spawn(visit, &visitor[i]);
    return wb_coro_gather(c, (size_t)visitors);
}

static void open_office(void)
{
    pthread_t office;
    int listener = plain_listen(&port);

    WB_MUST(pthread_create(&office, NULL, run_office, &listener));
    WB_MUST(wb_coro_run(visit_all, NULL));
    WB_MUST(pthread_join(office, NULL));
    close(listener);
    printf("%d served\n", served);
}
/* endregion: open */

int main(int argc, char **argv)
{
    return run_day(argc, argv, open_office);
}
