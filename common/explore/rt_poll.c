/* rt_poll.c: waiting for one of several channels. */
#include <poll.h>

#include "rt_io.h"

/* What is waited for: at most two channels, and how each. */
struct wish {
    uint64_t objects[2];
    unsigned ways[2];
    int n;
};

static void wish_for(struct wish *w, int channel, unsigned way)
{
    if (channel < 0 || way == 0)
        return;
    if (w->n == 2)
        wbx_refuse("poll on more than two channels at once is not modelled");
    w->objects[w->n] = wbx_channel_object(channel);
    w->ways[w->n++] = way;
}

static int ready(const struct descriptor *d, int events)
{
    int result = 0;

    if (d->in >= 0 && wbx_readable(&wbx_channels[d->in])) {
        if (wbx_channels[d->in].event || wbx_channels[d->in].size > 0)
            result |= events & POLLIN;
        if (!wbx_channels[d->in].event && wbx_channels[d->in].writers == 0)
            result |= POLLHUP;
    }
    if (d->out >= 0 && wbx_writable(&wbx_channels[d->out])) {
        result |= events & POLLOUT;
        if (!wbx_channels[d->out].event && wbx_channels[d->out].readers == 0)
            result |= POLLERR;
    }
    return result;
}

static int look(struct pollfd *fds, nfds_t n)
{
    int found = 0;

    for (nfds_t i = 0; i < n; i++) {
        const struct descriptor *d = wbx_descriptor(fds[i].fd);

        int events = fds[i].fd < 0 ? 0
                     : d == NULL   ? POLLNVAL
                                   : ready(d, fds[i].events);

        fds[i].revents = (short)events;
        found += events != 0;
    }
    return found;
}

/* With a time limit it is a look, and finds what there is when it happens. */
WBX_EXPORT int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    struct wish w = { { 0, 0 }, { 0, 0 }, 0 };

    for (nfds_t i = 0; i < n; i++) {
        const struct descriptor *d = wbx_descriptor(fds[i].fd);

        if (d == NULL)
            continue;
        wish_for(&w, d->in, WBX_OPEN_SHARED);
        wish_for(&w, d->out, fds[i].events & POLLOUT ? WBX_OPEN_ALONE : 0);
    }
    if (w.n == 0)
        return look(fds, n);
    wbx_io_step(WBX_IO_POLL, timeout < 0 ? K_TAKE : K_GIVE, -1, w.objects[0],
                w.objects[1], w.ways[0] | w.ways[1] << 4, WBX_PC);
    for (int i = 0; i < w.n; i++)
        wbx_join_clock(
            wbx.current->sync,
            wbx_channels[(w.objects[i] - WBX_CHANNEL_OBJECTS) / 8].clock);
    return look(fds, n);
}
