/* A clerk who writes a report, which takes long, and answers questions, which
 * take no time. Somebody waits for each answer.
 *
 * The report is done when all questions are answered; or, if nobody else can
 * come any more, without. A thread writes it here, and main is ready for the
 * questions. With "turn" one comes after the other, and the work is the same.
 *
 * Run:     ./workbook run 05 ready
 *          ./workbook run 05 ready turn
 * Next:    exercise.h
 *
 * explore: no, it waits for a socket */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "wb/base.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { QUESTIONS = 3 };

static int port;            /* const while the thread runs */
static atomic_bool written; /* atomic: publishes nothing */

static void *write_report(void *unused)
{
    char body[WB_FETCH_MAX];

    wb_fetch(port, "/gate/2/report", body, WB_FOREVER);
    written = true;
    return unused;
}

/* @return how many were answered before the report was written */
static int answer_questions(void)
{
    char body[WB_FETCH_MAX];
    int early = 0;

    for (int i = 0; i < QUESTIONS; i++)
        early +=
            wb_fetch(port, "/echo/42", body, WB_FOREVER) == 200 && !written;
    return early;
}

/* region: ready */
static int work_beside(void)
{
    char body[WB_FETCH_MAX];
    pthread_t writer;

    WB_MUST(pthread_create(&writer, NULL, write_report, NULL));
    int early = answer_questions();
    wb_fetch(port, "/gate/2/answered", body, WB_FOREVER);
    WB_MUST(pthread_join(writer, NULL));
    return early;
}

static int work_in_turn(void)
{
    write_report(NULL);
    return answer_questions();
}
/* endregion: ready */

int main(int argc, char **argv)
{
    bool in_turn = argc > 1 && strcmp(argv[1], "turn") == 0;
    struct wb_server *server;

    if (argc > 2 || (argc > 1 && !in_turn))
        wb_die("usage: %s [turn]", argv[0]);
    WB_MUST(wb_server_start(&server, NULL));
    port = wb_server_port(server);
    int early = in_turn ? work_in_turn() : work_beside();
    wb_server_stop(server);
    printf("%d of %d answers did not have to wait for the report\n", early,
           QUESTIONS);
    WB_JUDGE(early == QUESTIONS, WB_NOT_CONCURRENT,
             "a report that takes long stood before short answers");
    return 0;
}
