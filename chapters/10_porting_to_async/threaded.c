/* A lost-property office, as it was written: a thread for the office, one for
 * each clerk, and one for each visitor.
 *
 * Run:     ./workbook run 10 threaded
 * Next:    step1.c, where the port begins
 *
 * explore: no, these threads wait for sockets */
#include <pthread.h>

#include "office.h"
#include "plain.h"

static uint16_t port; /* of the office; const while visitors come */
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int served; /* guarded by mu */

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
static void *visit(void *arg)
{
    struct visitor *v = arg;
    int s = plain_connect(port);

    plain_write(s, v->question, strlen(v->question));
    plain_read_line(s, v->answer, sizeof(v->answer));
    close(s);
    return NULL;
}
/* endregion: visit */

/* region: open */
static void open_office(void)
{
    pthread_t office, thread[VISITORS_MAX];
    int listener = plain_listen(&port);

    WB_MUST(pthread_create(&office, NULL, run_office, &listener));
    for (int i = 0; i < visitors; i++)
        WB_MUST(pthread_create(&thread[i], NULL, visit, &visitor[i]));
    for (int i = 0; i < visitors; i++)
        WB_MUST(pthread_join(thread[i], NULL));
    WB_MUST(pthread_join(office, NULL));
    close(listener);
    printf("%d served\n", served);
}
/* endregion: open */

int main(int argc, char **argv)
{
    return run_day(argc, argv, open_office);
}
