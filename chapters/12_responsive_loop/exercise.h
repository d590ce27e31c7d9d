#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A telephone exchange runs on a loop, and asks a directory for numbers. The
 * directory is a library of the old kind: its calls block.
 *
 * Implement find_all() in exercise.c with wb/coro.h, wb/coro_loop.h and
 * wb/coro_sync.h.
 */

enum { LINES_MAX = 4, NUMBER_MAX = 32 };

/** The library. Each of its calls may block for as long as it likes. */
struct directory {
    int (*open)(struct directory *d); /* 0 or -errno */
    void (*close)(struct directory *d);
    /* Any thread, between open and close; 0 or -errno. */
    int (*look_up)(struct directory *d, const char *name, char *number);
    int lines;  /* how many look_up() may be under way: 1 to LINES_MAX */
    void *data; /* the library's */
};

/** One name, and what the directory said. */
struct entry {
    const char *name;
    int rc;                  /* what look_up() returned */
    char number[NUMBER_MAX]; /* what it wrote */
};

/**
 * Open the directory, look up n names, and close it. Called in a coroutine.
 *
 * While a call of the library blocks, the loop goes on, and nobody looks again
 * and again whether it has come back. There are never more than d->lines
 * look_up() under way, and never fewer while a name is left: one that takes
 * long holds back no other, and one that fails fails alone.
 *
 * Each successful open is followed by one close, after the last look_up().
 *
 * @return 0 when all have been asked for, whatever their rc; what open()
 * returned if it failed, with no entry touched; or -ECANCELED if the caller was
 * cancelled. Then no look_up() begins any more, what has begun is waited for,
 * and entries that were not asked for have that rc, too.
 */
int find_all(struct directory *d, struct entry *entries, int n);

#endif
