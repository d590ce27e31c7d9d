#ifndef WB_SERVER_H
#define WB_SERVER_H

/**
 * @file server.h
 * A server on 127.0.0.1 to do real socket I/O against: it answers when it is
 * told to, and has seen how many requests were inside at once.
 *
 *     struct wb_server *s;
 *     struct wb_server_counts seen;
 *     char body[WB_FETCH_MAX];
 *     WB_MUST(wb_server_start(&s, NULL));
 *     wb_fetch(wb_server_port(s), "/delay/20/hello", body, WB_FOREVER); // 200
 *     wb_server_counts(s, &seen); // seen.requests is 1
 *     wb_server_stop(s);
 *
 * A request is one line, "GET /PATH\n", and so is the answer, "200 BODY\n".
 * A connection takes any number of them, each after the answer to the last; a
 * client that closes its side is gone. WORD is the body to answer with, "ok"
 * if left out:
 *
 *     /echo/WORD      at once
 *     /delay/MS/WORD  after MS milliseconds
 *     /error/CODE/WORD  at once, with CODE in place of 200
 *     /drip/MS/WORD   byte by byte, MS milliseconds before each
 *     /drop           never: the connection is closed
 *     /gate/N/WORD    when N requests for that N are inside at once; or
 *                     "409 K of N" when the gate cannot open any more, with
 *                     K inside
 *     /hold           "200 K" when nobody else can come, with K held
 *
 * **How it knows that nobody else can come.** A serial client waits for its
 * first answer, and so never sends a second request. It is not a matter of
 * time: all threads of the client, and of its children, are seen asleep in
 * calls that no clock ends (/proc/PID/task/TID/syscall), twice and without
 * having run in between; meanwhile no byte was under way to us and no answer
 * of ours was due. Then only we can wake them, and all at a gate are answered.
 * So /hold tells exactly how many requests a client has in flight at most. A
 * client that waits with a time limit, as wb_fetch() with a deadline does,
 * may still go on by itself: its gates stay shut.
 *
 * All calls but start and stop may be made by any thread; none by a signal
 * handler. Deadlines are those of base.h.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** A server; only ever behind a pointer. */
struct wb_server;

/** How to run it; zero is the default of every field. */
struct wb_server_options {
    /**
     * Serve from a process of its own, not from a thread of the caller's. The
     * thread is simpler to look into. The process leaves the caller's limits
     * on memory and descriptors, its thread count, and its time to it alone.
     * Whoever may look at its parent becomes this process (PR_SET_PTRACER).
     */
    bool process;
    int connections_max; /**< open at once, later ones wait; 0: 1024 */
};

enum { WB_SERVER_CONNECTIONS_MAX = 60000, WB_SERVER_GATE_MAX = 60000 };

/** What it has seen. A request is counted before it is answered. */
struct wb_server_counts {
    long connections; /**< accepted */
    long requests;    /**< whole lines, bad ones included */
    long refused;     /**< answered 409: their gate could not open */
    int inside;       /**< requests that wait for their answer now */
    int peak;         /**< the most that ever did at once, since the reset */
    int open;         /**< connections now */
    bool blind;       /**< the kernel hides what the client sleeps in, so
                           that gates were given up after two seconds: tests
                           that rely on a refusal should be skipped by name */
};

/* -- life cycle --------------------------------------------------------- */

/**
 * Start to listen; returns when a client may connect. No descriptor, thread
 * or process outlives wb_server_stop(); a process ends with its parent, too.
 *
 * @param out  receives the server, for wb_server_stop()
 * @param opt  not kept; NULL: the defaults
 * @return 0, -EINVAL (options), or what was lacking: -EMFILE, -ENOMEM, -EAGAIN
 */
int wb_server_start(struct wb_server **out,
                    const struct wb_server_options *opt);

/** Close all connections, end, and free; NULL is allowed. Nobody is inside
 *  another call on it. */
void wb_server_stop(struct wb_server *s);

/* -- while it runs ------------------------------------------------------ */

/** @return where it listens */
int wb_server_port(const struct wb_server *s);

/**
 * Say whose threads it must see asleep: those of client and its children;
 * until then, those of the process that started it.
 */
void wb_server_watch(struct wb_server *s, pid_t client);

/** Fill out; each number by itself is right, and all are once nobody waits. */
void wb_server_counts(struct wb_server *s, struct wb_server_counts *out);

/** Start counting again; the peak becomes what is inside now. */
void wb_server_reset(struct wb_server *s);

/* -- a client ----------------------------------------------------------- */

enum { WB_FETCH_MAX = 128 /**< bytes of a body, the final 0 included */ };

/**
 * Connect, ask for path, wait for the answer, close. With WB_FOREVER each of
 * these is one blocking call, so that a thread can be seen to wait in read().
 *
 * @param path      "/echo/hello"; at most WB_FETCH_MAX bytes
 * @param body      WB_FETCH_MAX bytes; receives what follows the code, without
 *                  the line break; "" on error
 * @param deadline  of all of it
 * @return the code, from 100 on; -ECONNRESET (closed without a whole answer),
 * -ETIMEDOUT, -EPROTO (no answer of ours), -EINVAL (path), -ECONNREFUSED,
 * -EMFILE...
 */
int wb_fetch(int port, const char *path, char *body, int64_t deadline);

/**
 * The same from a coroutine of wb/coro.h: it waits, and its loop goes on.
 * While it waits with a deadline, a clock may wake the loop: gates stay shut.
 *
 * @return as wb_fetch(), or -ECANCELED
 */
int wb_coro_fetch(int port, const char *path, char *body, int64_t deadline);

#endif
