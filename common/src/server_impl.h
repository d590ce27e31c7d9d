#ifndef WB_SERVER_IMPL_H
#define WB_SERVER_IMPL_H

/*
 * What the parts of the server share. All of it lies in one piece of memory
 * that a serving process shares with its parent:
 *
 *     server.c        start, stop, counts: the caller's side
 *     server_loop.c   who is ready, and what is due: the serving side
 *     server_line.c   what a request means, and its answer
 *     server_quiet.c  whether anybody else can come
 */

#include <stdatomic.h>
#include <stddef.h>

#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/server.h"

enum { LINE_MAX_BYTES = WB_FETCH_MAX + 16 };

/* What a connection waits for. */
enum wait { FOR_REQUEST, FOR_TIME, FOR_GATE };

/* All of it: serving thread only. */
struct conn {
    int fd;   /* -1: free */
    int next; /* free: the next one that is, or -1 */
    enum wait wait;
    int gate;     /* FOR_GATE: how many must be inside; 0: held */
    int64_t due;  /* FOR_TIME: when the answer may go on */
    int step_ms;  /* between two bytes of it; 0: all at once */
    size_t n;     /* bytes of in */
    size_t sent;  /* bytes of out */
    size_t total; /* of them */
    char in[LINE_MAX_BYTES];
    char out[LINE_MAX_BYTES];
};

struct wb_server {
    /* const after start */
    int port, wake, max;
    pid_t owner, child; /* child: 0 when a thread serves */
    size_t size;        /* of this memory */
    pthread_t thread;
    /* atomic: each publishes nothing but itself */
    atomic_int client, open;
    atomic_long connections, requests, refused;
    atomic_bool blind;
    struct wb_gauge inside;
    /* serving thread only */
    int listener, epoll, alive; /* alive: pidfd of the parent, or -1 */
    bool full;                  /* no room: the listener is not listened to */
    bool stopping;
    int waiting;                    /* at gates and holds */
    int64_t due;                    /* when the first FOR_TIME is due */
    int64_t arrived;                /* when the last request came */
    int used;                       /* ever: conn[0..used) */
    int vacant;                     /* the first free one of them, or -1 */
    int at[WB_SERVER_GATE_MAX + 1]; /* how many wait at a gate; 0: held */
    struct conn conn[];
};

/* Serve until told to stop; closes all that it has opened. */
void wb_server_serve(struct wb_server *s);

/* Take what conn c has sent: answer the request, or let it wait. */
void wb_server_take_lines(struct wb_server *s, struct conn *c);

/* Write what is due of the answer of c. */
void wb_server_go_on(struct wb_server *s, struct conn *c);

/* Count c out: it is to have its answer, or none. */
void wb_server_leave(struct wb_server *s, struct conn *c);

/* Answer all that wait at gates: nobody else can come. */
void wb_server_release(struct wb_server *s);

/* Close c, whatever it waits for. */
void wb_server_drop(struct wb_server *s, struct conn *c);

/*
 * Can no client do anything before we do?
 * @return 1 yes, 0 no, -errno when the kernel does not let us see
 */
int wb_server_is_quiet(struct wb_server *s);

#endif
