/* The length of a line that has nothing in it is 0, and so is taken for the end
 * of the connection.
 *
 * rejected: wrong-answer "what?" */
#include "exercise.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_io.h"

struct booth {
    int number, best;
};

struct game {
    struct booth *b;
    struct wb_coro_stream *s;
    int tries;
};

static bool reply(struct game *g, const char *line, char *answer)
{
    char *end;
    long guess = strtol(line, &end, 10);
    if (end == line || *end != '\0') {
        strcpy(answer, "what?\n");
        return false;
    }
    g->tries++;
    if (guess != g->b->number) {
        strcpy(answer, guess < g->b->number ? "higher\n" : "lower\n");
        return false;
    }
    if (g->b->best == 0 || g->tries < g->b->best)
        g->b->best = g->tries;
    snprintf(answer, LINE_SIZE, "won %d %d\n", g->tries, g->b->best);
    return true;
}

static int play(void *arg)
{
    struct game *g = arg;
    char line[LINE_SIZE], answer[LINE_SIZE];
    int n;
    bool won = false;
    while (!won &&
           (n = wb_coro_read_line(g->s, line, sizeof line, WB_FOREVER)) > 0) {
        line[strcspn(line, "\n")] = 0;
        won = reply(g, line, answer);
        wb_coro_write(g->s, answer, strlen(answer));
    }
    wb_coro_close(g->s);
    return 0;
}

struct args {
    int fd, games, number, *best;
};

static int program(void *arg)
{
    struct args *a = arg;
    struct booth b = { a->number, 0 };
    struct wb_coro_stream *l;
    struct game *g = wb_alloc((size_t)a->games + 1, sizeof *g);
    struct wb_coro **c = wb_alloc((size_t)a->games + 1, sizeof *c);
    int *res = wb_alloc((size_t)a->games + 1, sizeof *res);
    WB_MUST(wb_coro_adopt(&l, a->fd));
    for (int i = 0; i < a->games; i++) {
        g[i].b = &b;
        WB_MUST(wb_coro_accept(l, &g[i].s));
        c[i] = wb_coro_spawn(play, &g[i]);
    }
    wb_coro_close(l);
    wb_coro_gather_all(c, (size_t)a->games, res);
    *a->best = b.best;
    free(g);
    free(c);
    free(res);
    return 0;
}

int run_booth(int fd, int games, int number, int *best)
{
    struct args a = { fd, games, number, best };
    return wb_coro_run(program, &a);
}
