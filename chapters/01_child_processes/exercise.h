#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * Bytes go through two programs, one after the other, as `first | second`
 * does it in a shell: what the first writes, the second reads.
 *
 * Implement filter_through() in exercise.c with nothing but POSIX: fork, exec,
 * pipe2, poll, read, write, waitpid, kill. The deadlines of wb/base.h are at
 * hand as well; wb/subprocess.h would do it all, so leave it alone here.
 */

#include <stddef.h>
#include <stdint.h>

enum { FIRST, SECOND, STAGES };

struct result {
    char *out;          /* what the second wrote; the caller frees it */
    size_t size;        /* bytes of it */
    int status[STAGES]; /* exit status, or minus the signal that ended it:
                           0, 3, -SIGSEGV... */
};

/**
 * Run first and second at the same time, joined by a pipe. The first reads
 * the input, the second's output is the result; the rest of what they have is
 * the caller's: stderr, directory, environment.
 *
 * @param first     as for execvp(), which wants a cast; ends with NULL. A
 * command that cannot be run has exit status 127, as in a shell
 * @param second    the same
 * @param input     of any size, 0 included. A stage that stops reading early
 *                  is no error
 * @param deadline  as in wb/base.h. Whoever still runs then gets SIGKILL
 * @return 0 when both have ended, however they did; -ETIMEDOUT when the
 * deadline came first; another negative errno when a pipe or a process could
 * not be made. If it is not 0, out is NULL and size 0.
 *
 * Whatever is returned, both stages have ended and have been waited for, and
 * every descriptor is closed that was opened here. No stage inherits one but
 * its stdin, stdout and stderr.
 *
 * The caller has 0, 1 and 2 open and ignores SIGPIPE; in the stages SIGPIPE
 * does what it does by default. The caller has no other children.
 */
int filter_through(const char *const first[], const char *const second[],
                   const void *input, size_t n, struct result *res,
                   int64_t deadline);

#endif
