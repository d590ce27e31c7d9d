/* What a request means, and its answer. See wb/server.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server_impl.h"

/* Whoever has the last byte of its answer is no longer inside, so it must not
 * be counted when it sends the next request. */
void wb_server_go_on(struct wb_server *s, struct conn *c)
{
    size_t n = c->step_ms > 0 ? 1 : c->total - c->sent;

    if (c->sent + n == c->total)
        wb_server_leave(s, c);
    /* Short as it is, it fits, unless the client does not read. */
    if (send(c->fd, c->out + c->sent, n, MSG_NOSIGNAL) != (ssize_t)n) {
        wb_server_drop(s, c);
        return;
    }
    c->sent += n;
    c->due = wb_deadline_in_ms(c->step_ms);
}

static void prepare(struct conn *c, int code, const char *body)
{
    int n = snprintf(c->out, sizeof(c->out), "%d %.*s\n", code,
                     WB_FETCH_MAX - 1, body);

    c->total = (size_t)n;
    c->sent = 0;
}

static void answer(struct wb_server *s, struct conn *c, int code,
                   const char *body)
{
    prepare(c, code, body);
    c->step_ms = 0;
    wb_server_go_on(s, c);
}

/* region: gate */
static void open_gate(struct wb_server *s, int gate)
{
    for (int i = 0; i < s->used && s->at[gate] > 0; i++)
        if (s->conn[i].wait == FOR_GATE && s->conn[i].gate == gate)
            wb_server_go_on(s, &s->conn[i]);
}

/* gate 0 is the hold: it has no size, and opens only by release. */
static void wait_at(struct wb_server *s, struct conn *c, int gate)
{
    c->wait = FOR_GATE;
    c->gate = gate;
    s->waiting++;
    if (++s->at[gate] == gate)
        open_gate(s, gate);
}
/* endregion: gate */

static void release_one(struct wb_server *s, struct conn *c, int inside)
{
    char body[40];

    if (c->gate == 0) {
        snprintf(body, sizeof(body), "%d", inside);
        answer(s, c, 200, body);
        return;
    }
    atomic_fetch_add(&s->refused, 1);
    snprintf(body, sizeof(body), "%d of %d", inside, c->gate);
    answer(s, c, 409, body);
}

/* region: release */
/* How many wait at each gate is kept until all have their answers. */
void wb_server_release(struct wb_server *s)
{
    for (int i = 0; i < s->used && s->waiting > 0; i++) {
        int gate = s->conn[i].gate, inside = s->at[gate];

        for (int k = i; k < s->used && s->at[gate] > 0; k++)
            if (s->conn[k].wait == FOR_GATE && s->conn[k].gate == gate)
                release_one(s, &s->conn[k], inside);
    }
}
/* endregion: release */

static void wait_for_time(struct wb_server *s, struct conn *c, int ms,
                          int step_ms)
{
    c->wait = FOR_TIME;
    c->step_ms = step_ms;
    c->due = wb_deadline_in_ms(ms);
    if (c->due < s->due)
        s->due = c->due;
}

enum what { ECHO, DELAY, ERROR, DRIP, DROP, GATE, HOLD, BAD };

/* "/delay/20/word": @return what, with 20 and "word" */
static enum what parse(char *line, int *number, const char **word)
{
    static const struct {
        const char *name;
        int min, max; /* of the number; both 0: there is none */
    } kinds[] = {
        [ECHO] = { "/echo", 0, 0 },
        [DELAY] = { "/delay", 0, 3600000 },
        [ERROR] = { "/error", 100, 999 },
        [DRIP] = { "/drip", 0, 60000 },
        [DROP] = { "/drop", 0, 0 },
        [GATE] = { "/gate", 1, WB_SERVER_GATE_MAX },
        [HOLD] = { "/hold", 0, 0 },
    };
    for (int k = 0; k < BAD; k++) {
        size_t n = strlen(kinds[k].name);
        char *rest = line + n;
        if (strncmp(line, kinds[k].name, n) != 0 || !strchr("/", *rest))
            continue;
        if (kinds[k].max > 0) {
            bool digit = *rest == '/' && rest[1] >= '0' && rest[1] <= '9';
            long value = digit ? strtol(rest + 1, &rest, 10) : -1;
            if (value < kinds[k].min || value > kinds[k].max ||
                !strchr("/", *rest))
                return BAD;
            *number = (int)value;
        }
        *word = rest[0] == '/' && rest[1] != '\0' ? rest + 1 : "ok";
        return (enum what)k;
    }
    return BAD;
}

static void obey(struct wb_server *s, struct conn *c, char *line)
{
    const char *word = "";
    int number = 0;
    bool get = strncmp(line, "GET ", 4) == 0;
    enum what what = get ? parse(line + 4, &number, &word) : BAD;

    c->wait = FOR_TIME;
    c->step_ms = 0;
    wb_gauge_enter(&s->inside);
    atomic_fetch_add(&s->requests, 1);
    s->arrived = wb_now();
    prepare(c, what == ERROR ? number : 200, word);
    if (what == DROP)
        wb_server_drop(s, c);
    else if (what == DELAY)
        wait_for_time(s, c, number, 0);
    else if (what == DRIP)
        wait_for_time(s, c, number, number > 0 ? number : 1);
    else if (what == GATE)
        wait_at(s, c, number);
    else if (what == HOLD)
        wait_at(s, c, 0);
    else if (what == BAD)
        answer(s, c, 400, "no such request: see wb/server.h");
    else
        answer(s, c, number > 0 ? number : 200, word);
}

/* One request at a time: who sends the next before the answer is dropped. */
void wb_server_take_lines(struct wb_server *s, struct conn *c)
{
    char *end;

    while (c->fd >= 0 && c->wait == FOR_REQUEST &&
           (end = memchr(c->in, '\n', c->n)) != NULL) {
        char line[LINE_MAX_BYTES];
        size_t n = (size_t)(end - c->in);

        memcpy(line, c->in, n);
        line[n > 0 && line[n - 1] == '\r' ? n - 1 : n] = '\0';
        c->n -= n + 1;
        memmove(c->in, end + 1, c->n);
        obey(s, c, line);
    }
    if (c->fd >= 0 && c->wait != FOR_REQUEST && c->n > 0)
        wb_server_drop(s, c);
}
