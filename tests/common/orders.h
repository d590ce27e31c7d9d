#ifndef WB_TESTS_ORDERS_H
#define WB_TESTS_ORDERS_H

/*
 * For tests of the process pool. The workers are the test program once more,
 * so what a task does stands here. A task is a struct order: what to do, a
 * number, and a path.
 */

#include "wb/procpool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "counted.h"

enum { MANY = 300, BIG = 20 << 20, PATIENCE_MS = 50000 };

/* -- what workers do --------------------------------------------------------
 */

enum what {
    SQUARE,
    NOTE,       /* and leave a line in the file at path */
    REFUSE,     /* with a message */
    FAIL,       /* without one */
    WRONG_CODE, /* return that number, which is no errno */
    ABORT,
    LEAVE,       /* call exit(3) */
    READ_FIFO,   /* wait until somebody opens path for writing */
    WRITE_FIFO,  /* wait until somebody opens path for reading */
    PAUSE,       /* for ever; before that READ_FIFO, if there is a path */
    BLOW_UP,     /* answer with number bytes */
    DESCRIPTORS, /* count those that are open */
    TRY_LOCK,
    HANG_UP,  /* close all descriptors but stdio, and go on */
    SCRIBBLE, /* number into the pipe of the pool */
    LIST,     /* the descriptors of a child */
    PRINT,    /* to stdout */
    ORPHAN    /* leave a child behind and call exit(3) */
};

/* With it the size of an order is no multiple of a large alignment. */
enum { PATH_BYTES = 312 };

struct order {
    enum what what;
    long number;
    char path[PATH_BYTES];
};

static pthread_mutex_t shared_mu = PTHREAD_MUTEX_INITIALIZER;

static inline long note(const struct order *o)
{
    char line[32];
    int fd = open(o->path, O_WRONLY | O_APPEND | O_CLOEXEC);
    int n = snprintf(line, sizeof(line), "%ld\n", o->number);
    long rc = write(fd, line, (size_t)n) == n ? o->number : -1;
    close(fd);
    return rc;
}

static inline long open_fifo(const struct order *o, int flags)
{
    int fd = open(o->path, flags | O_CLOEXEC);
    close(fd);
    return o->number;
}

static inline int blow_up(long n, struct wb_procpool_reply *reply)
{
    char *bytes = wb_alloc((size_t)n, 1);
    memset(bytes, 'b', (size_t)n);
    int rc = wb_procpool_answer(reply, bytes, (size_t)n);
    free(bytes);
    return rc;
}

static inline void scribble(long byte)
{
    char bytes[64];
    memset(bytes, (int)byte, sizeof(bytes));
    for (int fd = 3; fd < 64; fd++)
        if (write(fd, bytes, sizeof(bytes)) < 0 && errno != EBADF)
            abort();
    pause();
}

static inline int list(struct wb_procpool_reply *reply)
{
    struct wb_subprocess_result res =
        run(OPTIONS(.argv = WB_ARGV(TOOL, "list-descriptors")));
    int rc = wb_procpool_answer(reply, res.out, res.out_size);
    wb_subprocess_result_free(&res);
    return rc;
}

/* What ends or holds up its worker. */
static inline void misbehave(const struct order *o)
{
    switch (o->what) {
    case ABORT: abort();
    case ORPHAN:
        while (fork() == 0)
            pause();
        exit(3);
    case LEAVE: exit(3);
    case SCRIBBLE: scribble(o->number); break;
    case HANG_UP:
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        pause();
        break;
    case PAUSE:
        if (o->path[0] != '\0')
            open_fifo(o, O_RDONLY);
        while (true)
            pause();
    default: break;
    }
}

static inline int work(const void *task, size_t size,
                       struct wb_procpool_reply *reply)
{
    const struct order *o = task;
    long value = o->number * o->number;
    if (size < sizeof(*o) || (uintptr_t)task % alignof(max_align_t) != 0)
        return -EBADMSG;
    misbehave(o);
    switch (o->what) {
    case NOTE: value = note(o); break;
    case REFUSE:
        wb_procpool_answer(reply, "half a result", 13);
        return wb_procpool_refuse(reply, -EDOM, "%ld is odd", o->number);
    case FAIL: return -EDOM;
    case WRONG_CODE: return (int)o->number;
    case READ_FIFO: value = open_fifo(o, O_RDONLY); break;
    case WRITE_FIFO: value = open_fifo(o, O_WRONLY); break;
    case BLOW_UP: return blow_up(o->number, reply);
    case LIST: return list(reply);
    case PRINT: value = write(STDOUT_FILENO, o->path, sizeof(o->path)); break;
    case DESCRIPTORS: value = wb_proc_descriptors(getpid()); break;
    case TRY_LOCK: value = pthread_mutex_trylock(&shared_mu); break;
    default: break;
    }
    return wb_procpool_answer(reply, &value, sizeof(value));
}

/* -- short ways to ask for it -----------------------------------------------
 */

static struct order orders[MANY];
static struct wb_procpool_task tasks[MANY];
static struct wb_procpool_result results[MANY];

static inline struct wb_procpool *make_pool(int workers)
{
    struct wb_procpool *pool;
    WB_MUST(wb_procpool_create(&pool, workers, work));
    for (int i = 0; i < MANY; i++) {
        orders[i] = (struct order){ .what = SQUARE, .number = i };
        tasks[i] = (struct wb_procpool_task){ &orders[i], sizeof(orders[i]) };
    }
    return pool;
}

static inline int map(struct wb_procpool *pool, size_t n, size_t chunk)
{
    return wb_procpool_map(pool, tasks, n, chunk, results, WB_FOREVER);
}

static inline void submit(struct wb_procpool *pool, enum what what, long number,
                          const char *path)
{
    struct order o = { .what = what, .number = number };
    snprintf(o.path, sizeof(o.path), "%s", path);
    assert_true(wb_procpool_submit(pool, &o, sizeof(o)) >= 0);
}

static inline long value_of(const struct wb_procpool_result *res)
{
    long value;
    assert_int_equal(res->rc, 0);
    assert_int_equal(res->size, sizeof(value));
    memcpy(&value, res->bytes, sizeof(value));
    return value;
}

/* All of n are squares but those that are marked otherwise. */
static inline void expect_squares(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(results[i].index, i);
        if (orders[i].what == SQUARE)
            assert_int_equal(value_of(&results[i]), i * i);
    }
}

#endif
