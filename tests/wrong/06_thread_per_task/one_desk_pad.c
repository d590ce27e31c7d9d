/* All clerks note the question on the same pad: a static array is shared by the
 * threads, however local it looks.
 *
 * rejected: wrong-answer */
#include "exercise.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void attend(int fd, find_fn find)
{
    static char pad[LINE_BYTES];
    char question[LINE_BYTES], answer[LINE_BYTES], line[LINE_BYTES + 8];
    if (hear(fd, question)) {
        strcpy(pad, question);
        int rc = find(pad, answer);
        int n = snprintf(line, sizeof(line), "%s%s\n", rc < 0 ? "sorry: " : "",
                         rc < 0 ? strerror(-rc) : answer);
        send(fd, line, (size_t)n, MSG_NOSIGNAL);
    }
    close(fd);
}

struct desk {
    int listener;
    find_fn find;
};
/* every clerk accepts */
static void *clerk(void *arg)
{
    struct desk *d = arg;
    for (;;) {
        int fd = accept(d->listener, NULL, NULL);
        if (fd >= 0)
            attend(fd, d->find);
        else if (errno == EINVAL)
            return NULL;
    }
}

int serve(int listener, int clerks, find_fn find)
{
    struct desk d = { listener, find };
    pthread_t *t = calloc((size_t)clerks + 1, sizeof *t);
    int n = 0;
    while (n < clerks && pthread_create(&t[n], NULL, clerk, &d) == 0)
        n++;
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
    free(t);
    return n > 0 ? 0 : -EAGAIN;
}
