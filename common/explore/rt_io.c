/* rt_io.c: pipes, socket pairs and event descriptors between the program's
 * own threads. Nothing here is a descriptor of the system: a channel is a ring
 * of bytes with a number of readers and of writers, and a descriptor is a
 * number that stands for one or two of them.
 *
 * To read waits until there is something or nobody is left to write; to write
 * waits until there is room for PIPE_BUF bytes, as a pipe of whole pages does.
 * All operations on one channel are kept in order, as in rt_lock.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt_io.h"

struct channel wbx_channels[MOST_CHANNELS];
static char *bytes[MOST_CHANNELS];
static struct descriptor descriptors[MOST_FDS];
static int nchannels;

void wbx_io_reset(void)
{
    if (nchannels == 0)
        return;
    memset(descriptors, 0, sizeof(descriptors));
    nchannels = 0;
}

uint64_t wbx_channel_object(int channel)
{
    return channel < 0 ? 0 : WBX_CHANNEL_OBJECTS + 8 * (uint64_t)channel;
}

bool wbx_readable(const struct channel *c)
{
    return c->event ? c->count > 0 : c->size > 0 || c->writers == 0;
}

bool wbx_writable(const struct channel *c)
{
    return c->event || CAPACITY - c->size >= PIPE_BUF || c->readers == 0;
}

/* Shared: can be read; alone: can be written. */
uint8_t wbx_channel_open(uint64_t address)
{
    const struct channel *c =
        &wbx_channels[(address - WBX_CHANNEL_OBJECTS) / 8];

    return (wbx_readable(c) ? WBX_OPEN_SHARED : 0) |
           (wbx_writable(c) ? WBX_OPEN_ALONE : 0);
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static bool can_be_open(int fd)
{
    return fd >= FIRST_FD && fd < MOST_FDS;
}

struct descriptor *wbx_descriptor(int fd)
{
    if (!can_be_open(fd) || !descriptors[fd].open)
        return NULL;
    return &descriptors[fd];
}

void wbx_io_step(int code, int kind, int fd, uint64_t first, uint64_t second,
                 unsigned ways, uint64_t pc)
{
    wbx_thread *t = wbx.current;

    t->op =
        (struct wbx_operation){ .code = (uint8_t)code,
                                .kind = (uint8_t)kind,
                                .kind2 = second != 0 ? (uint8_t)kind : K_NONE,
                                .target = (int16_t)fd,
                                .pc = pc,
                                .address = first,
                                .address2 = second,
                                .expected = ways };
    wbx_step(t);
}

static int gone(void)
{
    wbx_record_failed();
    return fail(EBADF);
}

/* Is fd not open? That another thread opens or closes it is an order to try,
 * so to find it closed is a step as well: on what an opening changes, and on
 * the channel that fd stood for, which a closing changes. */
static bool is_closed(int code, int fd, uint64_t pc)
{
    const struct descriptor *d = &descriptors[fd];

    if (d->open)
        return false;
    wbx_io_step(code, K_GIVE, fd, WBX_DESCRIPTORS_OBJECT,
                wbx_channel_object(d->in >= 0 ? d->in : d->out), 0, pc);
    return !d->open;
}

static int new_channel(void)
{
    int c = nchannels;

    if (c == MOST_CHANNELS)
        wbx_refuse("more than %d pipes and event descriptors", MOST_CHANNELS);
    if (bytes[c] == NULL)
        bytes[c] = wbx_map(0, CAPACITY);
    memset(&wbx_channels[c], 0, sizeof(wbx_channels[c]));
    nchannels++;
    return c;
}

static int new_descriptor(int in, int out, bool nonblocking)
{
    for (int fd = FIRST_FD; fd < MOST_FDS; fd++) {
        if (descriptors[fd].open)
            continue;
        descriptors[fd] = (struct descriptor){ true, nonblocking, in, out };
        if (in >= 0)
            wbx_channels[in].readers++;
        if (out >= 0)
            wbx_channels[out].writers++;
        return fd;
    }
    return fail(EMFILE);
}

static void open_step(uint64_t pc)
{
    wbx_io_step(WBX_IO_OPEN, K_CHANGE, -1, WBX_DESCRIPTORS_OBJECT, 0, 0, pc);
}

static int make_pipe(int fds[2], int flags, uint64_t pc)
{
    int c;

    open_step(pc);
    c = new_channel();
    fds[0] = new_descriptor(c, -1, flags & O_NONBLOCK);
    fds[1] = new_descriptor(-1, c, flags & O_NONBLOCK);
    return fds[1] < 0 ? -1 : 0;
}

WRAP(int, pipe, int fds[2])
{
    return make_pipe(fds, 0, WBX_PC);
}

WRAP(int, pipe2, int fds[2], int flags)
{
    return make_pipe(fds, flags, WBX_PC);
}

WRAP(int, socketpair, int domain, int type, int protocol, int fds[2])
{
    int there, back;
    bool nonblocking = type & SOCK_NONBLOCK;

    (void)protocol;
    if (domain != AF_UNIX || (type & 0xf) != SOCK_STREAM)
        wbx_refuse("socketpair is modelled for AF_UNIX, SOCK_STREAM only");
    open_step(WBX_PC);
    there = new_channel();
    back = new_channel();
    fds[0] = new_descriptor(back, there, nonblocking);
    fds[1] = new_descriptor(there, back, nonblocking);
    return fds[1] < 0 ? -1 : 0;
}

WRAP(int, eventfd, unsigned count, int flags)
{
    int c;

    open_step(WBX_PC);
    c = new_channel();
    wbx_channels[c].event = true;
    wbx_channels[c].semaphore = flags & EFD_SEMAPHORE;
    wbx_channels[c].count = count;
    return new_descriptor(c, c, flags & EFD_NONBLOCK);
}

static ssize_t take_count(struct channel *c, void *to, size_t n, uint64_t pc)
{
    uint64_t value = c->semaphore ? 1 : c->count;

    if (n < sizeof(value))
        return fail(EINVAL);
    if (c->count == 0)
        return fail(EAGAIN);
    c->count -= value;
    wbx_range(pc, NULL, 0, to, sizeof(value));
    memcpy(to, &value, sizeof(value));
    return sizeof(value);
}

static ssize_t take_bytes(struct channel *c, void *to, size_t n, uint64_t pc)
{
    char taken[CAPACITY];
    const char *ring = bytes[c - wbx_channels];

    if (c->size == 0)
        return c->writers == 0 ? 0 : fail(EAGAIN);
    if (n > c->size)
        n = c->size;
    for (size_t i = 0; i < n; i++)
        taken[i] = ring[(c->head + i) % CAPACITY];
    c->head = (c->head + (uint32_t)n) % CAPACITY;
    c->size -= (uint32_t)n;
    wbx_range(pc, NULL, 0, to, n); /* others may run before it is stored */
    memcpy(to, taken, n);
    return (ssize_t)n;
}

WRAP(ssize_t, read, int fd, void *to, size_t n)
{
    struct descriptor *d;
    struct channel *c;

    if (fd >= 0 && fd < FIRST_FD)
        wbx_refuse("reading from descriptor %d: an explored program has no "
                   "input",
                   fd);
    if (!can_be_open(fd))
        return fail(EBADF);
    if (is_closed(WBX_IO_READ, fd, WBX_PC))
        return gone();
    d = wbx_descriptor(fd);
    if (d->in < 0)
        return fail(EBADF);
    c = &wbx_channels[d->in];
    wbx_io_step(WBX_IO_READ, d->nonblocking ? K_GIVE : K_TAKE, fd,
                wbx_channel_object(d->in), 0, WBX_OPEN_SHARED, WBX_PC);
    if (!d->open)
        return gone();
    wbx_join_clock(wbx.current->sync, c->clock);
    return c->event ? take_count(c, to, n, WBX_PC)
                    : take_bytes(c, to, n, WBX_PC);
}

/* As much as there is room for. */
static size_t put_bytes(struct channel *c, const char *from, size_t n)
{
    char *ring = bytes[c - wbx_channels];
    size_t room = CAPACITY - c->size;

    if (n > room)
        n = room;
    for (size_t i = 0; i < n; i++)
        ring[(c->head + c->size + i) % CAPACITY] = from[i];
    c->size += (uint32_t)n;
    return n;
}

static void nobody_reads(uint64_t pc)
{
    wbx_fail(WB_CRASH, wbx.current, pc, 0,
             "is killed by SIGPIPE: nobody is left to read");
    wbx_halt(wbx.current);
}

static ssize_t put(int fd, const struct descriptor *d, const char *from,
                   size_t n, uint64_t pc)
{
    struct channel *c = &wbx_channels[d->out];
    size_t sent = 0;

    do {
        wbx_io_step(WBX_IO_WRITE, d->nonblocking ? K_GIVE : K_TAKE, fd,
                    wbx_channel_object(d->out), 0, WBX_OPEN_ALONE, pc);
        if (!d->open)
            return sent > 0 ? (ssize_t)sent : gone();
        wbx_join_clock(c->clock, wbx.current->sync);
        if (!c->event && c->readers == 0)
            nobody_reads(pc);
        if (c->event) {
            uint64_t value;

            memcpy(&value, from, sizeof(value));
            c->count += value;
            return sizeof(value);
        }
        if (!wbx_writable(c))
            return sent > 0 ? (ssize_t)sent : fail(EAGAIN);
        sent += put_bytes(c, from + sent, n - sent);
    } while (sent < n && !d->nonblocking);
    return (ssize_t)sent;
}

WRAP(ssize_t, write, int fd, const void *from, size_t n)
{
    const struct descriptor *d;

    if (fd == STDOUT_FILENO || fd == STDERR_FILENO) {
        wbx_range(WBX_PC, from, n, NULL, 0);
        wbx_output(from, n);
        return (ssize_t)n;
    }
    if (!can_be_open(fd))
        return fail(EBADF);
    if (is_closed(WBX_IO_WRITE, fd, WBX_PC))
        return gone();
    d = wbx_descriptor(fd);
    if (d->out < 0)
        return fail(EBADF);
    if (wbx_channels[d->out].event && n < sizeof(uint64_t))
        return fail(EINVAL);
    wbx_range(WBX_PC, from, n, NULL, 0);
    return put(fd, d, from, n, WBX_PC);
}

WRAP(int, eventfd_read, int fd, eventfd_t *value)
{
    return __wrap_read(fd, value, sizeof(*value)) < 0 ? -1 : 0;
}

WRAP(int, eventfd_write, int fd, eventfd_t value)
{
    return __wrap_write(fd, &value, sizeof(value)) < 0 ? -1 : 0;
}

WRAP(int, close, int fd)
{
    struct descriptor *d;
    uint64_t first, second;

    if (fd >= 0 && fd < FIRST_FD)
        return 0;
    if (!can_be_open(fd))
        return fail(EBADF);
    if (is_closed(WBX_IO_CLOSE, fd, WBX_PC))
        return gone();
    d = wbx_descriptor(fd);
    first = wbx_channel_object(d->in >= 0 ? d->in : d->out);
    second = d->in >= 0 && d->out != d->in ? wbx_channel_object(d->out) : 0;
    wbx_io_step(WBX_IO_CLOSE, K_GIVE, fd, first, second, 0, WBX_PC);
    if (!d->open) /* another thread was quicker */
        return gone();
    d->open = false;
    if (d->in >= 0)
        wbx_channels[d->in].readers--;
    if (d->out >= 0) {
        wbx_channels[d->out].writers--;
        wbx_join_clock(wbx_channels[d->out].clock, wbx.current->sync);
    }
    return 0;
}

WRAP(int, fcntl, int fd, int command, ...)
{
    struct descriptor *d = wbx_descriptor(fd);
    va_list ap;
    int value;

    va_start(ap, command);
    value = va_arg(ap, int);
    va_end(ap);
    if (d == NULL)
        return fail(EBADF);
    switch (command) {
    case F_GETFL: return d->nonblocking ? O_NONBLOCK : 0;
    case F_SETFL: d->nonblocking = value & O_NONBLOCK; return 0;
    case F_GETFD:
    case F_SETFD: return 0;
    default: wbx_refuse("fcntl with command %d is not modelled", command);
    }
}
