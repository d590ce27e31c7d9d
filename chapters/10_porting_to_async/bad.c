/* A lost-property office, step 2 of the port: office, clerks and visitors are
 * coroutines of one loop.
 *
 * Symptom: visitors are served one after the other, and each waits for all
 *          who came before; with threads they did not.
 * Cause:   one call that blocks was left, in a function that a coroutine calls.
 *          While it waits for the store, the loop and all coroutines wait, too.
 * Provoke: ./workbook run 10 bad
 * Next:    heart.c, then good.c
 *
 * explore: no, it has one thread, which waits for sockets */
#include "office.h"
#include "wb/coro_io.h"

static uint16_t port; /* of the office; const while visitors come */
static int served;    /* owner thread only */

/* region: look */
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
/* endregion: look */

/* region: office */
static int serve(void *arg)
{
    struct wb_coro_stream *s = arg;
    char thing[WB_FETCH_MAX], answer[TEXT_MAX];

    if (wb_coro_read_line(s, thing, sizeof(thing), WB_FOREVER) >= 0) {
        wb_coro_write(s, answer, (size_t)look_for(thing, answer));
        served++;
    }
    wb_coro_close(s);
    return 0;
}

static int run_office(void *arg)
{
    struct wb_coro_stream *listener = arg, *s;
    struct wb_coro *clerk[VISITORS_MAX];

    for (int i = 0; i < visitors; i++) {
        WB_MUST(wb_coro_accept(listener, &s));
        clerk[i] = wb_coro_spawn(serve, s);
    }
    return wb_coro_gather(clerk, (size_t)visitors);
}
/* endregion: office */

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

/* region: open */
static int run_all(void *arg)
{
    struct wb_coro *c[VISITORS_MAX + 1];
    struct wb_coro_stream *listener;

    (void)arg;
    WB_MUST(wb_coro_listen(&listener, 0));
    port = wb_coro_port(listener);
    c[visitors] = wb_coro_spawn(run_office, listener);
    for (int i = 0; i < visitors; i++)
        c[i] = wb_coro_spawn(visit, &visitor[i]);
    int rc = wb_coro_gather(c, (size_t)visitors + 1);
    wb_coro_close(listener);
    return rc;
}

static void open_office(void)
{
    WB_MUST(wb_coro_run(run_all, NULL));
    printf("%d served\n", served);
}
/* endregion: open */

int main(int argc, char **argv)
{
    return run_day(argc, argv, open_office);
}
