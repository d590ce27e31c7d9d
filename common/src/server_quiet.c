/* Whether anybody else can come. See wb/server.h. */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "server_impl.h"
#include "wb/inspect.h"

/* Who has written may sleep before the bytes have arrived, if the kernel
 * delivers them late. Until we have acknowledged them, they stand in the
 * queue of the sender, which this table shows. */
static bool is_under_way(const char *line, int port)
{
    unsigned to, state, unsent;

    return sscanf(line, " %*d: %*x:%*x %*x:%x %x %x:", &to, &state, &unsent) ==
               3 &&
           (int)to == port && (unsent > 0 || state == TCP_SYN_SENT);
}

static bool has_bytes_under_way(const struct wb_server *s)
{
    char line[256];
    bool found = false;
    FILE *table = fopen("/proc/thread-self/net/tcp", "re");

    while (table != NULL && !found && fgets(line, sizeof(line), table) != NULL)
        found = is_under_way(line, s->port);
    if (table != NULL)
        fclose(table);
    return found;
}

/* region: quiet */
int wb_server_is_quiet(struct wb_server *s)
{
    struct pollfd events = { .fd = s->epoll, .events = POLLIN };
    uint64_t before, after;
    int client = atomic_load(&s->client);

    int rc = wb_inspect_look(client, gettid(), &before);
    if (rc != 1)
        return rc;
    if (poll(&events, 1, 0) != 0 || has_bytes_under_way(s))
        return 0;
    rc = wb_inspect_look(client, gettid(), &after);
    return rc != 1 ? rc : before == after;
}
/* endregion: quiet */
