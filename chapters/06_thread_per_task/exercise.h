#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * An information desk. Customers connect, ask one question, and get one
 * answer. There may be many of them; there are only so many clerks.
 *
 * Implement serve() in exercise.c with pthreads and POSIX sockets, by
 * yourself or with wb/queue.h.
 */

enum {
    LINE_BYTES = 128 /* of a question or an answer, the final 0 included */
};

/**
 * Find the answer to a question, which may take long. Several threads may be
 * inside at the same time.
 * @param answer  receives a line without line break, on 0
 * @return 0, or why there is no answer: a negative errno
 */
typedef int (*find_fn)(const char *question, char answer[LINE_BYTES]);

/**
 * Serve the customers of a listening socket.
 *
 * Each customer sends a line and gets a line: what find() says, or "sorry: "
 * and what strerror() says, if there is no answer. Then the connection is
 * closed. One who goes away early is no reason to stop.
 *
 * Never more than `clerks` customers are in find() at once, and never fewer
 * while one waits. Those who wait do so outside, not yet accepted: no more
 * than 2 * clerks + 1 connections are open, nor more than clerks + 1 threads
 * made. If fewer threads can be had, those there are do the work.
 *
 * @param listener  stays the caller's. When the caller has called shutdown()
 *                  on it, accept() fails with EINVAL: that is the end
 * @return 0 at the end, when all who were accepted have their answer, and no
 * thread and no connection is left; or -EAGAIN when there is not one clerk
 */
int serve(int listener, int clerks, find_fn find);

#endif
