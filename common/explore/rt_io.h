#ifndef WBX_RT_IO_H
#define WBX_RT_IO_H

/**
 * @file rt_io.h
 * What rt_io.c and rt_poll.c share.
 */

#include "rt.h"

enum { FIRST_FD = 3, MOST_FDS = 64, MOST_CHANNELS = 32, CAPACITY = 65536 };

struct channel {
    int readers, writers;
    uint32_t head, size;
    bool event;     /* an event descriptor: a count in place of bytes */
    bool semaphore; /* reading takes one from the count */
    uint64_t count;
    wbx_clock clock; /* what those who wrote knew */
};

struct descriptor {
    bool open, nonblocking;
    int in, out; /* channels; -1 none */
};

extern struct channel wbx_channels[MOST_CHANNELS];

/* The descriptor of that number; NULL when it is not open. */
struct descriptor *wbx_descriptor(int fd);

bool wbx_readable(const struct channel *c);
bool wbx_writable(const struct channel *c);

/* The address that stands for the channel; 0 for none (-1). */
uint64_t wbx_channel_object(int channel);

/* Announce an operation: fd is what a report names; ways are what is waited
 * for at the first object, and shifted by four at the second. */
void wbx_io_step(int code, int kind, int fd, uint64_t first, uint64_t second,
                 unsigned ways, uint64_t pc);

#endif
