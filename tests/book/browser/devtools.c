/* Chromium over pipes. See devtools.h. */
#include "devtools.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long the browser may say nothing before we call it hung. */
enum { SILENCE_MS = 120 * 1000 };

enum { ROOM = 65536 };

static void __attribute__((noreturn))
give_up(struct devtools *d, const char *why)
{
    fprintf(stderr, "browser: %s\n", why);
    if (d->pid > 0)
        kill(-d->pid, SIGKILL);
    exit(1);
}

static void __attribute__((noreturn))
become_browser(const char *program, const char *directory, const int in[2],
               const int out[2])
{
    char profile[4096], log[4096];
    int ends[2] = { fcntl(in[0], F_DUPFD, 10), fcntl(out[1], F_DUPFD, 10) };

    setpgid(0, 0);
    snprintf(profile, sizeof profile, "--user-data-dir=%s/profile", directory);
    snprintf(log, sizeof log, "%s/browser.log", directory);
    int quiet = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (quiet < 0 || ends[0] < 0 || ends[1] < 0)
        _exit(126);
    dup2(quiet, STDOUT_FILENO);
    dup2(quiet, STDERR_FILENO);
    dup2(ends[0], 3);
    dup2(ends[1], 4);
    /* Its sandbox does not work for root; the pages are our own. */
    execlp(program, program, "--headless", "--remote-debugging-pipe",
           geteuid() == 0 ? "--no-sandbox" : "--disable-gpu", "--no-first-run",
           "--disable-background-networking", "--disable-component-update",
           "--disable-dev-shm-usage", "--disable-gpu", profile, "about:blank",
           (char *)NULL);
    _exit(127);
}

/* Take the next message off what was read; NULL if it is not whole yet. */
static char *next_message(struct devtools *d)
{
    char *start = d->bytes + d->taken;
    char *end = memchr(start, '\0', d->length - d->taken);
    if (end == NULL)
        return NULL;
    d->taken += (size_t)(end - start) + 1;
    return start;
}

static void make_room(struct devtools *d)
{
    d->length -= d->taken;
    memmove(d->bytes, d->bytes + d->taken, d->length);
    d->taken = 0;
    if (d->size - d->length < ROOM) {
        d->size = 2 * d->size + ROOM;
        char *more = realloc(d->bytes, d->size);
        if (more == NULL)
            give_up(d, "out of memory");
        d->bytes = more;
    }
}

static char *receive(struct devtools *d)
{
    char *message = next_message(d);
    while (message == NULL) {
        struct pollfd ready = { .fd = d->from, .events = POLLIN };
        make_room(d);
        if (poll(&ready, 1, SILENCE_MS) == 0)
            give_up(d, "Chromium says nothing any more");
        ssize_t n = read(d->from, d->bytes + d->length, d->size - d->length);
        if (n <= 0)
            give_up(d, "Chromium ended; see browser.log");
        d->length += (size_t)n;
        message = next_message(d);
    }
    return message;
}

static int is_answer(const char *message, int number)
{
    char head[32];
    int n = snprintf(head, sizeof head, "{\"id\":%d,", number);
    return strncmp(message, head, (size_t)n) == 0;
}

static int is_event(const char *message, const char *name)
{
    char head[96];
    int n = snprintf(head, sizeof head, "{\"method\":\"%s\"", name);
    return strncmp(message, head, (size_t)n) == 0;
}

static void hand_on(struct devtools *d, const char *message)
{
    if (d->on_event != NULL && strncmp(message, "{\"method\"", 9) == 0)
        d->on_event(d->arg, message);
}

static void send_all(struct devtools *d, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write(d->to, text, size);
        if (n <= 0)
            give_up(d, "Chromium takes no command");
        text += n;
        size -= (size_t)n;
    }
}

static const char *command(struct devtools *d, const char *method,
                           const char *params)
{
    char *text = NULL;
    int n = asprintf(&text, "{\"id\":%d,%s%s%s\"method\":\"%s\",\"params\":%s}",
                     ++d->last, d->session[0] ? "\"sessionId\":\"" : "",
                     d->session, d->session[0] ? "\"," : "", method, params);
    if (n < 0)
        give_up(d, "out of memory");
    send_all(d, text, (size_t)n + 1);
    free(text);
    char *message = receive(d);
    while (!is_answer(message, d->last)) {
        hand_on(d, message);
        message = receive(d);
    }
    if (strstr(message, "\"error\":{\"code\"") != NULL)
        give_up(d, message);
    return message;
}

const char *devtools_call(struct devtools *d, const char *method,
                          const char *params, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, params);
    int n = vasprintf(&text, params, ap);
    va_end(ap);
    if (n < 0)
        give_up(d, "out of memory");
    const char *answer = command(d, method, text);
    free(text);
    return answer;
}

void devtools_wait(struct devtools *d, const char *event)
{
    const char *message = receive(d);
    hand_on(d, message);
    while (!is_event(message, event)) {
        message = receive(d);
        hand_on(d, message);
    }
}

/* Write the letter of an escape "\x" of JSON; @return characters it took. */
static size_t unescape(const char *from, char **to)
{
    static const char letters[] = "ntrbf", bytes[] = "\n\t\r\b\f";
    const char *known = strchr(letters, from[1]);
    if (from[1] == 'u') {
        *(*to)++ = '?';
        return 6;
    }
    if (known != NULL)
        from = bytes + (known - letters) - 1;
    *(*to)++ = from[1];
    return 2;
}

char *devtools_field(const char *message, const char *name)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *from = strstr(message, key);
    from = from == NULL ? "\"" : from + strlen(key);
    char *text = malloc(strlen(from) + 1), *to = text;
    if (text == NULL)
        abort();
    while (*from != '\0' && *from != '"') {
        if (*from == '\\')
            from += unescape(from, &to);
        else
            *to++ = *from++;
    }
    *to = '\0';
    return text;
}

/* Text as a JSON string, quotes and all. */
static char *quote(const char *text)
{
    char *out = malloc(2 * strlen(text) + 3), *to = out;
    if (out == NULL)
        abort();
    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\' || *text == '\n')
            *to++ = '\\';
        if (*text == '\n')
            *to++ = 'n';
        else
            *to++ = *text;
    }
    *to++ = '"';
    *to = '\0';
    return out;
}

char *devtools_evaluate(struct devtools *d, const char *expression)
{
    char *quoted = quote(expression);
    const char *answer =
        devtools_call(d, "Runtime.evaluate",
                      "{\"expression\":%s,\"awaitPromise\":true,"
                      "\"returnByValue\":true,\"userGesture\":true}",
                      quoted);
    char *text = devtools_field(answer, "value");
    free(quoted);
    if (strstr(answer, "\"exceptionDetails\"") != NULL) {
        char *what = devtools_field(answer, "description");
        free(text);
        if (asprintf(&text, "exception: %s", what) < 0)
            abort();
        free(what);
    }
    return text;
}

static void open_page(struct devtools *d)
{
    static const char *const domains[] = { "Page", "Runtime", "Log",
                                           "Network" };
    char method[32];
    char *target = devtools_field(
        devtools_call(d, "Target.createTarget", "{\"url\":\"about:blank\"}"),
        "targetId");
    char *session = devtools_field(
        devtools_call(d, "Target.attachToTarget",
                      "{\"targetId\":\"%s\",\"flatten\":true}", target),
        "sessionId");
    snprintf(d->session, sizeof d->session, "%s", session);
    free(session);
    free(target);
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        snprintf(method, sizeof method, "%s.enable", domains[i]);
        devtools_call(d, method, "{}");
    }
}

void devtools_start(struct devtools *d, const char *program,
                    const char *directory)
{
    int in[2], out[2];
    *d = (struct devtools){ .size = ROOM, .bytes = malloc(ROOM) };
    signal(SIGPIPE, SIG_IGN);
    if (d->bytes == NULL || pipe2(in, O_CLOEXEC) < 0 ||
        pipe2(out, O_CLOEXEC) < 0)
        give_up(d, "no memory, or no pipes");
    d->pid = fork();
    if (d->pid < 0)
        give_up(d, "no process");
    if (d->pid == 0)
        become_browser(program, directory, in, out);
    close(in[0]);
    close(out[1]);
    d->to = in[1];
    d->from = out[0];
    open_page(d);
}

void devtools_stop(struct devtools *d)
{
    d->session[0] = '\0';
    devtools_call(d, "Browser.close", "{}");
    waitpid(d->pid, NULL, 0);
    close(d->to);
    close(d->from);
    free(d->bytes);
}
