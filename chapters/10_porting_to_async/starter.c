/* Exercise 10: a booth with a thread for each player.
 *
 * rejected: unbounded "1 player is served by 2 threads"
 *
 * It works, and it is yours to port:
 *
 *     ./workbook check 10
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"

struct booth {
    int number; /* const after init */
    pthread_mutex_t mu;
    int best; /* guarded by mu */
};

struct game {
    struct booth *booth;
    pthread_t thread;
    int player; /* a socket */
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
    pthread_mutex_lock(&b->mu);
    if (b->best == 0 || g->tries < b->best)
        b->best = g->tries;
    snprintf(answer, LINE_SIZE, "won %d %d\n", g->tries, b->best);
    pthread_mutex_unlock(&b->mu);
    return true;
}

/* @return the length of the line, without its newline; -1 when he has left */
static int read_line(int s, char *line)
{
    for (int n = 0; n < LINE_SIZE && read(s, &line[n], 1) == 1; n++)
        if (line[n] == '\n') {
            line[n] = '\0';
            return n;
        }
    return -1;
}

static void *play(void *arg)
{
    struct game *g = arg;
    char line[LINE_SIZE], answer[LINE_SIZE];
    bool won = false;

    while (!won && read_line(g->player, line) >= 0) {
        won = reply(g, line, answer);
        send(g->player, answer, strlen(answer), MSG_NOSIGNAL);
    }
    close(g->player);
    return NULL;
}

int run_booth(int fd, int games, int number, int *best)
{
    struct booth b = { .number = number };
    struct game *game = wb_alloc((size_t)games + 1, sizeof(*game));

    WB_MUST(pthread_mutex_init(&b.mu, NULL));
    for (int i = 0; i < games; i++) {
        game[i].booth = &b;
        game[i].player = WB_MUST_SYS(accept(fd, NULL, NULL));
        WB_MUST(pthread_create(&game[i].thread, NULL, play, &game[i]));
    }
    close(fd); /* the last player has come */
    for (int i = 0; i < games; i++)
        WB_MUST(pthread_join(game[i].thread, NULL));
    WB_MUST(pthread_mutex_destroy(&b.mu));
    *best = b.best;
    free(game);
    return 0;
}
