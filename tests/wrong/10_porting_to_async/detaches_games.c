/* Nobody waits for the games: the booth closes when the last player has come.
 *
 * rejected: wrong-answer "was sent away" */
#include "exercise.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_io.h"

/* owner thread only */
struct booth {
    int fd, games, number;
    int best;
};

struct game {
    struct booth *booth;
    struct wb_coro_stream *player;
    int tries;
};

/* Say in answer what there is to say to a line. @return whether he has won */
static bool reply(struct game *g, const char *line, char *answer)
{
    struct booth *b = g->booth;
    char *end;
    long guess = strtol(line, &end, 10);

    if (end == line || *end != '\0') {
        strcpy(answer, "what?\n");
        return false;
    }
    g->tries++;
    if (guess != b->number) {
        strcpy(answer, guess < b->number ? "higher\n" : "lower\n");
        return false;
    }
    if (b->best == 0 || g->tries < b->best)
        b->best = g->tries;
    snprintf(answer, LINE_SIZE, "won %d %d\n", g->tries, b->best);
    return true;
}

static int play(void *arg)
{
    struct game *g = arg;
    char line[LINE_SIZE], answer[LINE_SIZE];
    bool won = false;

    while (!won &&
           wb_coro_read_line(g->player, line, LINE_SIZE, WB_FOREVER) >= 0) {
        won = reply(g, line, answer);
        wb_coro_write(g->player, answer, strlen(answer));
    }
    wb_coro_close(g->player);
    return 0;
}

static int play_all(void *arg)
{
    struct booth *b = arg;
    size_t games = (size_t)b->games;
    struct game *game = wb_alloc(games + 1, sizeof(*game));
    struct wb_coro_stream *listener;

    WB_MUST(wb_coro_adopt(&listener, b->fd));
    for (int i = 0; i < b->games; i++) {
        game[i].booth = b;
        WB_MUST(wb_coro_accept(listener, &game[i].player));
        wb_coro_detach(wb_coro_spawn(play, &game[i]));
    }
    wb_coro_close(listener);

    return 0;
}

int run_booth(int fd, int games, int number, int *best)
{
    struct booth b = { .fd = fd, .games = games, .number = number };

    wb_coro_run(play_all, &b);

    *best = b.best;
    return 0;
}
