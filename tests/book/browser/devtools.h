#ifndef DEVTOOLS_H
#define DEVTOOLS_H

/*
 * A headless Chromium, driven over a pair of pipes by the DevTools protocol:
 * JSON messages that end with a NUL byte, commands with a number, answers with
 * the same number, events without one. One thread uses it. Whatever goes wrong
 * with the browser itself ends the program with a message.
 */

#include <stddef.h>
#include <sys/types.h>

struct devtools {
    pid_t pid;
    int to, from;
    char *bytes; /* what was read and not yet taken */
    size_t length, taken, size;
    int last; /* number of the last command */
    char session[64];
    void (*on_event)(void *arg, const char *message);
    void *arg;
};

/** Start the program and open an empty page. Its profile goes to directory. */
void devtools_start(struct devtools *d, const char *program,
                    const char *directory);

/**
 * Send a command and wait for its answer; events in between are handed on.
 *
 * @param params  a format of printf that makes a JSON object
 * @return the answer, valid until the next call
 */
const char *devtools_call(struct devtools *d, const char *method,
                          const char *params, ...)
    __attribute__((format(printf, 3, 4)));

/** Wait for an event of that name. */
void devtools_wait(struct devtools *d, const char *event);

/**
 * Run an expression in the page; a promise is waited for.
 *
 * @return the text it gave, or "exception: ..."; to be freed by the caller
 */
char *devtools_evaluate(struct devtools *d, const char *expression);

/** Close the browser and wait for its end. */
void devtools_stop(struct devtools *d);

/** @return the text of the first field of that name; the caller frees it. */
char *devtools_field(const char *message, const char *name);

#endif
