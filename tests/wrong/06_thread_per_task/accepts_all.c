/* There are as many clerks as there should be, and a hall behind them into
 * which everybody is let who knocks.
 *
 * rejected: unbounded "connections" */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wb/base.h"

/* Read up to the line break. @return whether there was one */
static bool hear(int fd, char question[LINE_BYTES])
{
    size_t n = 0;
    ssize_t got;

    while (n < LINE_BYTES &&
           (got = read(fd, question + n, LINE_BYTES - n)) > 0) {
        n += (size_t)got;
        if (question[n - 1] == '\n') {
            question[n - 1] = '\0';
            return true;
        }
    }
    return false;
}

/* Answer one customer. */
static void attend(int fd, find_fn find)
{
    char question[LINE_BYTES], answer[LINE_BYTES], line[LINE_BYTES + 8];

    if (hear(fd, question)) {
        int rc = find(question, answer);
        int n = snprintf(line, sizeof(line), "%s%s\n", rc < 0 ? "sorry: " : "",
                         rc < 0 ? strerror(-rc) : answer);
        send(fd, line, (size_t)n, MSG_NOSIGNAL);
    }
    close(fd);
}

#include "wb/queue.h"

struct desk {
    struct wb_queue *queue;
    find_fn find; /* const */
};

static void *be_clerk(void *arg)
{
    const struct desk *d = arg;
    void *fd;

    while (wb_queue_pop(d->queue, &fd) == 0)
        attend((int)(intptr_t)fd, d->find);
    return NULL;
}

int serve(int listener, int clerks, find_fn find)
{
    struct desk desk = { .find = find };
    pthread_t *clerk = wb_alloc((size_t)clerks, sizeof(*clerk));
    int n = 0, fd;

    WB_MUST(wb_queue_create(&desk.queue, 100000));
    while (n < clerks && pthread_create(&clerk[n], NULL, be_clerk, &desk) == 0)
        n++;
    while ((fd = accept(listener, NULL, NULL)) >= 0)
        wb_queue_push(desk.queue, (void *)(intptr_t)fd);
    wb_queue_close(desk.queue);
    for (int i = 0; i < n; i++)
        WB_MUST(pthread_join(clerk[i], NULL));
    wb_queue_free(desk.queue);
    free(clerk);
    return 0;
}
