/* --trace FILE for a program that knows nothing of it. Linked with
 * -Wl,--wrap=main, the program starts here. See wb/trace.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace_impl.h"
#include "wb/base.h"

enum { USAGE = 2 };

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

static const char *traced; /* const after main has begun */

static void complain(int rc)
{
    fprintf(stderr,
            "error: cannot write the trace to %s: %s: give --trace another "
            "file\n",
            traced, strerror(-rc));
}

/* What is still in the buffers of stdio would be lost with _exit alone. */
static void write_trace(void)
{
    int rc = wb_trace_close();

    if (rc == 0)
        return;
    complain(rc);
    fflush(NULL);
    _exit(USAGE);
}

static void begin(const char *path)
{
    traced = path;
    int rc = wb_trace_open(path);
    if (rc < 0) {
        complain(rc);
        exit(USAGE);
    }
    wb_trace_instant("main");
    atexit(write_trace);
}

/* Take --trace FILE or --trace=FILE out of the words, wherever it stands
 * before a "--". @return FILE, NULL if there is none, "" if FILE is missing */
static const char *take_option(int *argc, char **argv)
{
    static const char option[] = "--trace";
    size_t n = sizeof(option) - 1;

    for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], option, n) != 0 ||
            (argv[i][n] != '\0' && argv[i][n] != '='))
            continue;
        int words = argv[i][n] == '=' || i + 1 == *argc ? 1 : 2;
        const char *path = words == 2          ? argv[i + 1]
                           : argv[i][n] == '=' ? argv[i] + n + 1
                                               : "";
        *argc -= words;
        memmove(&argv[i], &argv[i + words],
                (size_t)(*argc - i + 1) * sizeof(*argv));
        return path;
    }
    return NULL;
}

int __wrap_main(int argc, char **argv)
{
    const char *path = take_option(&argc, argv);

    if (path != NULL && path[0] == '\0') {
        fputs("error: --trace needs a file: --trace FILE\n", stderr);
        return USAGE;
    }
    if (path != NULL)
        begin(path);
    return __real_main(argc, argv);
}
