/*
 * The words for what went wrong. See wb/verdict.h.
 */

#include "wb/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *meaning;
} words[WB_VERDICT_COUNT] = {
    [WB_CLEAN] = { "clean", "Nothing was found" },
    [WB_ASSERTION] = { "assertion", "A condition the program states is false" },
    [WB_DATA_RACE] = { "data-race",
                       "Two threads touch the same memory at the same time, "
                       "and at least one of them writes" },
    [WB_DEADLOCK] = { "deadlock",
                      "Every thread waits for something that only another "
                      "waiting thread could give" },
    [WB_LOST_WAKEUP] = { "lost-wakeup",
                         "A thread waits for a signal that was sent before "
                         "it started to wait" },
    [WB_LIVELOCK] = { "livelock",
                      "Threads keep running, and none of them gets anywhere" },
    [WB_LEAKED_THREAD] = { "leaked-thread",
                           "A thread is neither joined nor detached when the "
                           "program ends" },
    [WB_LEAKED_LOCK] = { "leaked-lock",
                         "A thread ends while it still holds a lock" },
    [WB_LEAKED_MEMORY] = { "leaked-memory",
                           "Memory was allocated and never freed" },
    [WB_LEAKED_DESCRIPTOR] = { "leaked-descriptor",
                               "A file descriptor was opened and never "
                               "closed" },
    [WB_ZOMBIE] = { "zombie",
                    "A child process ended and was never waited for" },
    [WB_USE_AFTER_FREE] = { "use-after-free",
                            "Memory is used after it was freed" },
    [WB_DOUBLE_FREE] = { "double-free", "The same memory is freed twice" },
    [WB_CRASH] = { "crash", "The program ended in the middle of its work" },
    [WB_NOT_CONCURRENT] = { "not-concurrent",
                            "Work that should overlap was done one after the "
                            "other" },
    [WB_UNBOUNDED] = { "unbounded",
                       "Something grows with the load and has no limit" },
    [WB_BLOCKED_LOOP] = { "blocked-loop",
                          "One callback or coroutine keeps the event loop "
                          "from serving the others" },
    [WB_WRONG_ANSWER] = { "wrong-answer", "The program ends with a result that "
                                          "is not the right one" },
    [WB_DOES_NOT_COMPILE] = { "does-not-compile",
                              "The compiler rejects the source" },
};

static int is_word(enum wb_verdict v)
{
    return (int)v >= 0 && v < WB_VERDICT_COUNT;
}

const char *wb_verdict_name(enum wb_verdict v)
{
    return is_word(v) ? words[v].name : "unknown";
}

const char *wb_verdict_meaning(enum wb_verdict v)
{
    return is_word(v) ? words[v].meaning : "This is no verdict";
}

int wb_verdict_parse(const char *name)
{
    for (int v = 0; name != NULL && v < WB_VERDICT_COUNT; v++)
        if (strcmp(words[v].name, name) == 0)
            return v;
    return -EINVAL;
}

int wb_verdict_say(enum wb_verdict kind, const char *format, ...)
{
    va_list ap;

    printf("verdict: %s: ", wb_verdict_name(kind));
    va_start(ap, format);
    vprintf(format, ap);
    va_end(ap);
    printf("\n");
    fflush(stdout);
    return 1;
}

int wb_verdict_in(const char *output, enum wb_verdict *kind, char *message,
                  size_t size)
{
    static const char start[] = "verdict: ";
    const char *line = output;
    while (strncmp(line, start, sizeof(start) - 1) != 0) {
        line = strchr(line, '\n');
        if (line == NULL)
            return -ENOENT;
        line++;
    }
    const char *word = line + sizeof(start) - 1;
    size_t length = strcspn(word, ":\n");
    char name[32] = "";
    if (length < sizeof(name))
        memcpy(name, word, length);
    int parsed = wb_verdict_parse(name);
    if (parsed < 0 || strncmp(word + length, ": ", 2) != 0)
        return -EINVAL;
    const char *text = word + length + 2;
    *kind = (enum wb_verdict)parsed;
    if (message != NULL)
        snprintf(message, size, "%.*s", (int)strcspn(text, "\n"), text);
    return 0;
}
