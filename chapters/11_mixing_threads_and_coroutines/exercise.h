#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A log tailer, half moved to coroutines: what comes out belongs to a loop,
 * and what goes in is read by calls that block.
 *
 * Implement tail_all() in exercise.c with threads, wb/coro.h and
 * wb/coro_loop.h.
 */

enum { SOURCES_MAX = 16, LINE_SIZE = 64 };

/** Where lines come from. */
struct source {
    /**
     * Wait for the next line, for as long as it takes, and store it. By one
     * thread at a time, and by no loop's.
     * @return 0; -EPIPE when there will be none any more; or another -errno
     * when the source is broken, for good
     */
    int (*read_line)(struct source *s, char line[LINE_SIZE]);
    void *data;
};

/** Where lines go to. */
struct sink {
    /** Take the line of source number i. On the loop's thread only; it does
     * not wait. The line may be reused when it returns. */
    void (*put)(struct sink *k, int i, const char *line);
    void *data;
};

/**
 * Bring each line of n sources to the sink, until all have ended. Called in a
 * coroutine that nobody cancels; the loop goes on meanwhile, and nobody looks
 * again and again whether there is a line.
 *
 * Each source is read as soon as the sink has its last line, and not before:
 * a quiet source holds back no other, and what a noisy one says does not pile
 * up. The lines of one source keep their order.
 *
 * @param n  at most SOURCES_MAX, which is more than the executor has threads
 * @return 0, or the error of the first source, by number, that is broken; the
 * others are read to their ends. No thread of it is left then.
 *
 * That threads and memory can be had may be taken for granted (WB_MUST).
 */
int tail_all(struct source *const *sources, int n, struct sink *sink);

#endif
