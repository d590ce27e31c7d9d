/* A telegraph office that hands each telegram to tr, to have it in capitals.
 *
 * Symptom: a short telegram comes back at once, a long one never.
 * Cause:   talk writes all of it and reads only then; tr answers meanwhile,
 *          until the pipe back to us is full, and then takes no more.
 * Provoke: ./workbook run 01 bad 1000     (works, every time)
 *          ./workbook run 01 bad          (4 MiB: stuck, every time)
 * Next:    good.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "wb/base.h"

enum { LETTERS = 4 << 20, LETTERS_MAX = 256 << 20 };

/* region: talk */
static size_t talk(struct child *c, const char *text, size_t size, char *reply)
{
    size_t sent = 0, got = 0;
    ssize_t n;

    while (sent < size && (n = write(c->in, text + sent, size - sent)) > 0)
        sent += (size_t)n;
    shut(&c->in);
    while ((n = read(c->out, reply + got, size - got)) > 0)
        got += (size_t)n;
    shut(&c->out);
    return got;
}
/* endregion: talk */

int main(int argc, char **argv)
{
    const char *const tr[] = { "tr", "a-z", "A-Z", NULL };
    size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : LETTERS;
    const char *const *command = argc > 2 ? (const char **)argv + 2 : tr;

    if (size < 1 || size > LETTERS_MAX)
        wb_die("usage: %s [LETTERS [COMMAND...]]", argv[0]);
    char *text = wb_alloc(size, 1), *reply = wb_alloc(size + 1, 1);

    memset(text, 'a', size);
    struct child c = start(command);
    size_t got = talk(&c, text, size, reply);
    printf("%zu letters, %zu came back (%.8s)\n", size, got, reply);
    free(text);
    free(reply);
    return EXIT_SUCCESS;
}
