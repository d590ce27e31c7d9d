#ifndef WB_CORO_IO_H
#define WB_CORO_IO_H

/**
 * @file coro_io.h
 * Sockets on 127.0.0.1, pipes and children, for coroutines: each call looks
 * as if it blocked, and only the coroutine waits.
 *
 *     static int echo(void *arg)
 *     {
 *         struct wb_coro_stream *s = arg;
 *         char buf[512];
 *         int n;
 *         while ((n = wb_coro_read(s, buf, sizeof(buf))) > 0)
 *             if ((n = wb_coro_write(s, buf, (size_t)n)) < 0)
 *                 break;
 *         wb_coro_close(s);
 *         return n;
 *     }
 *
 * A read or a write is tried first, and libuv is asked to wait only if it
 * would block: uv_poll, because a wait for readiness can be given up at any
 * time, which a uv_write under way cannot. The price is that regular files
 * are refused; read them with wb_coro_run_in_executor().
 *
 * One coroutine may read while another writes; two readers are misuse. All
 * of it belongs to the thread of the loop.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wb/coro.h"

/** A connection, a listening socket or a pipe; only ever behind a pointer. */
struct wb_coro_stream;

/* -- life cycle ------------------------------------------------------------ */

/**
 * Listen on 127.0.0.1, with the longest backlog the system has.
 *
 * @param out   receives the stream, to be closed with wb_coro_close()
 * @param port  0: any that is free; ask wb_coro_port()
 * @return 0 or -errno: -EADDRINUSE, -EMFILE...
 */
int wb_coro_listen(struct wb_coro_stream **out, uint16_t port);

/** @return the port on this side of a socket, 0 if it has none */
uint16_t wb_coro_port(const struct wb_coro_stream *s);

/**
 * Wait for the next connection; out as above.
 * @return 0, -ECANCELED, -ETIMEDOUT, -EBADF (closed meanwhile) or -EMFILE
 */
int wb_coro_accept(struct wb_coro_stream *s, struct wb_coro_stream **out);

/** The same until a deadline. */
int wb_coro_accept_until(struct wb_coro_stream *s, struct wb_coro_stream **out,
                         int64_t deadline);

/** Connect to a port of 127.0.0.1; out as above. @return 0 or -errno */
int wb_coro_connect(struct wb_coro_stream **out, uint16_t port);

/** The same until a deadline. */
int wb_coro_connect_until(struct wb_coro_stream **out, uint16_t port,
                          int64_t deadline);

/**
 * Make a stream of a descriptor that poll() knows: a pipe, a socket, a
 * terminal. It becomes non-blocking and belongs to the stream.
 * @return 0, -EPERM (a regular file) or -errno: fd is still the caller's
 */
int wb_coro_adopt(struct wb_coro_stream **out, int fd);

/**
 * Close it; whoever waits in a call on it gets -EBADF. NULL is allowed. Also
 * from a callback of the loop. At its end the loop closes what is left open.
 */
void wb_coro_close(struct wb_coro_stream *s);

/* -- bytes ----------------------------------------------------------------- */

/**
 * Wait until there are bytes, and take at most n.
 * @return how many; 0 at the end of the stream; or -errno
 */
int wb_coro_read(struct wb_coro_stream *s, void *buf, size_t n);

/** The same until a deadline. */
int wb_coro_read_until(struct wb_coro_stream *s, void *buf, size_t n,
                       int64_t deadline);

/**
 * Wait until n bytes have come.
 * @return 0, -EPIPE (the stream ended before) or -errno; on error what has
 * come is in buf, how much is not said
 */
int wb_coro_read_exactly(struct wb_coro_stream *s, void *buf, size_t n,
                         int64_t deadline);

/**
 * Wait for a line and put it into buf, without its newline, with a final 0.
 * The last may lack its newline.
 * @return its length; -EPIPE (nothing left), -EMSGSIZE (not size - 1 bytes or
 * less; nothing is lost) or -errno
 */
int wb_coro_read_line(struct wb_coro_stream *s, char *buf, size_t size,
                      int64_t deadline);

/**
 * Write all n bytes, waiting while the other side does not take them.
 * @return 0 or -errno, after which some may have been written: close it
 */
int wb_coro_write(struct wb_coro_stream *s, const void *buf, size_t n);

/** The same until a deadline. */
int wb_coro_write_until(struct wb_coro_stream *s, const void *buf, size_t n,
                        int64_t deadline);

/** Say that nothing more will be written: the other side reads an end. */
int wb_coro_shutdown(struct wb_coro_stream *s);

/* -- children -------------------------------------------------------------- */

/**
 * Wait until a child has ended, and reap it.
 *
 * @param status  as waitpid() has it; NULL: not wanted
 * @return 0; -ECANCELED or -ETIMEDOUT, and it is still to be reaped; -ECHILD
 */
int wb_coro_wait_child(pid_t pid, int *status, int64_t deadline);

#endif
