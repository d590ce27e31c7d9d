/* The client of fetch.c as a coroutine. See wb/server.h. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wb/coro_io.h"
#include "wb/server.h"

enum { ANSWER_MAX = WB_FETCH_MAX + 8 };

/* Ask and hear on an open connection. line takes the question, then the
 * answer. No printf here: it would take a coroutine a second page of stack. */
static int talk(struct wb_coro_stream *s, const char *path, char *line,
                int64_t deadline)
{
    size_t n = strlen(path);

    memcpy(line, "GET ", 4);
    memcpy(line + 4, path, n);
    line[n + 4] = '\n';
    int rc = wb_coro_write_until(s, line, n + 5, deadline);
    if (rc == 0)
        rc = wb_coro_read_line(s, line, ANSWER_MAX, deadline);
    if (rc == -EPIPE)
        return -ECONNRESET;
    return rc == -EMSGSIZE ? -EPROTO : rc;
}

/* region: fetch */
int wb_coro_fetch(int port, const char *path, char *body, int64_t deadline)
{
    char line[ANSWER_MAX], *end;
    struct wb_coro_stream *s;

    body[0] = '\0';
    if (path[0] != '/' || strlen(path) >= WB_FETCH_MAX || strchr(path, '\n'))
        return -EINVAL;
    int rc = wb_coro_connect_until(&s, (uint16_t)port, deadline);
    if (rc < 0)
        return rc;
    rc = talk(s, path, line, deadline);
    wb_coro_close(s);
    if (rc < 0)
        return rc;
    long code = strtol(line, &end, 10);
    if (code < 100 || code > 999 || *end != ' ')
        return -EPROTO;
    strncat(body, end + 1, WB_FETCH_MAX - 1);
    return (int)code;
}
/* endregion: fetch */
