/* Whether anybody else can come. See wb/server.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_impl.h"
#include "wb/inspect.h"

/* Who has written may sleep before the bytes have arrived, if the kernel
 * delivers them late. Until we have acknowledged them, they stand in the
 * queue of the sender. The kernel lists those queues, by sock_diag(7), or
 * where that is missing in a table that other programs may have made long. */

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 what;
};

static int ask_kernel(int fd, int port)
{
    struct question q = {
        .head = { .nlmsg_len = sizeof(q),
                  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .what = { .sdiag_family = AF_INET,
                  .sdiag_protocol = IPPROTO_TCP,
                  .idiag_states = ~(1U << TCP_TIME_WAIT | 1U << TCP_LISTEN),
                  .id = { .idiag_dport = htons((uint16_t)port) } },
    };
    return send(fd, &q, sizeof(q), 0) < 0 ? -errno : 0;
}

static bool is_waiting(const struct inet_diag_msg *m)
{
    return m->idiag_wqueue > 0 || m->idiag_state == TCP_SYN_SENT;
}

/* @return 1 or 0 when one answer has told, -EAGAIN when there are more */
static int read_answer(const struct nlmsghdr *h, size_t size)
{
    for (; NLMSG_OK(h, size); h = NLMSG_NEXT(h, size)) {
        if (h->nlmsg_type == NLMSG_DONE)
            return 0;
        if (h->nlmsg_type == NLMSG_ERROR)
            return -ENOTSUP;
        if (is_waiting(NLMSG_DATA(h)))
            return 1;
    }
    return -EAGAIN;
}

static int find_in_queues(int port)
{
    _Alignas(struct nlmsghdr) char answer[16384];
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    int rc = fd < 0 ? -errno : ask_kernel(fd, port);

    if (rc == 0)
        rc = -EAGAIN;
    while (rc == -EAGAIN) {
        ssize_t n = recv(fd, answer, sizeof(answer), 0);
        rc = n <= 0 ? -EIO : read_answer((void *)answer, (size_t)n);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

static bool is_under_way(const char *line, int port)
{
    unsigned to, state, unsent;

    return sscanf(line, " %*d: %*x:%*x %*x:%x %x %x:", &to, &state, &unsent) ==
               3 &&
           (int)to == port && (unsent > 0 || state == TCP_SYN_SENT);
}

static int find_in_table(int port)
{
    char line[256];
    int found = 0;
    FILE *table = fopen("/proc/thread-self/net/tcp", "re");

    while (table != NULL && !found && fgets(line, sizeof(line), table) != NULL)
        found = is_under_way(line, port);
    if (table != NULL)
        fclose(table);
    return found;
}

static bool has_bytes_under_way(const struct wb_server *s)
{
    int rc = find_in_queues(s->port);

    return (rc < 0 ? find_in_table(s->port) : rc) != 0;
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
