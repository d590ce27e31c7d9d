/* From what a judge's run left behind to one word and one reason. */
#include "judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wb/testkit.h"

enum { DETAIL_LINES = 12 };

static void conclude(struct wb_judgement *j, enum wb_verdict kind,
                     const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void conclude(struct wb_judgement *j, enum wb_verdict kind,
                     const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    j->kind = kind;
    vsnprintf(j->reason, sizeof j->reason, fmt, args);
    va_end(args);
}

static int line_length(const char *p)
{
    return (int)strcspn(p, "\n");
}

/* @return the start of the line p stands in */
static const char *line_start(const char *text, const char *p)
{
    while (p > text && p[-1] != '\n')
        p--;
    return p;
}

static char *first_lines(const char *text, int lines)
{
    const char *end = text;
    while (lines-- > 0 && *end != '\0') {
        end += line_length(end);
        end += *end == '\n';
    }
    return strndup(text, (size_t)(end - text));
}

/* Collect what the judge says it has shown. */
static char *collect_proved(const char *out)
{
    static const char mark[] = "proved: ";
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (to == NULL)
        return NULL;
    for (const char *p = out; *p != '\0'; p += *p == '\n') {
        if (strncmp(p, mark, sizeof mark - 1) == 0) {
            p += sizeof mark - 1;
            fprintf(to, "%.*s\n", line_length(p), p);
        }
        p += line_length(p);
    }
    fclose(to);
    if (len == 0) {
        free(text);
        return NULL;
    }
    return text;
}

static const struct {
    const char *text;
    enum wb_verdict kind;
} reports[] = {
    { "ThreadSanitizer: data race", WB_DATA_RACE },
    { "ThreadSanitizer: lock-order-inversion", WB_DEADLOCK },
    { "ThreadSanitizer: thread leak", WB_LEAKED_THREAD },
    { "ThreadSanitizer: heap-use-after-free", WB_USE_AFTER_FREE },
    { "AddressSanitizer: heap-use-after-free", WB_USE_AFTER_FREE },
    { "AddressSanitizer: stack-use-after", WB_USE_AFTER_FREE },
    { "AddressSanitizer: attempting double-free", WB_DOUBLE_FREE },
    { "LeakSanitizer: detected memory leaks", WB_LEAKED_MEMORY },
    { "ThreadSanitizer: ", WB_CRASH },
    { "AddressSanitizer: ", WB_CRASH },
    { "UndefinedBehaviorSanitizer: ", WB_CRASH },
    { "free(): double free", WB_DOUBLE_FREE },
    { "double free or corruption", WB_DOUBLE_FREE },
    { "Assertion `", WB_ASSERTION },
};

/* A sanitizer, libc or assert() says what is wrong better than the signal
 * that follows. The sanitizers' summary names the place, so it is quoted. */
static bool read_reports(const char *text, struct wb_judgement *j)
{
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        const char *p = strstr(text, reports[i].text);
        if (p == NULL)
            continue;
        const char *summary = strstr(p, "SUMMARY: ");
        const char *line = summary != NULL ? summary + 9 : line_start(text, p);
        conclude(j, reports[i].kind, "%.*s", line_length(line), line);
        return true;
    }
    return false;
}

/* "[  ERROR   ] --- what" is how cmocka begins to tell of a failure. */
static bool read_cmocka(const char *out, struct wb_judgement *j)
{
    const char *p = strstr(out, "[  ERROR   ] --- ");
    if (p == NULL)
        return false;
    p += strlen("[  ERROR   ] --- ");
    conclude(j, WB_WRONG_ANSWER, "%.*s", line_length(p), p);
    return true;
}

static bool read_caps(const struct wb_subprocess_result *r,
                      struct wb_judgement *j)
{
    if (r->outcome == WB_TOO_MUCH_OUTPUT)
        conclude(j, WB_UNBOUNDED, "printed more than %d MiB",
                 WB_JUDGE_OUTPUT_MAX >> 20);
    else if (r->outcome == WB_TOO_MANY_PROCESSES)
        conclude(j, WB_UNBOUNDED,
                 "started more than %d processes; all were killed",
                 WB_JUDGE_PROCESSES_MAX);
    else
        return false;
    return true;
}

/* @return 1 when a verdict stands in the output and says what failed, 0 when
 * it says clean, -1 when there is none */
static int read_verdict(const struct wb_subprocess_result *r,
                        struct wb_judgement *j)
{
    enum wb_verdict kind;
    int rc = wb_verdict_in(r->out, &kind, j->reason, sizeof j->reason);
    if (rc == -ENOENT)
        return -1;
    if (rc < 0) {
        conclude(j, WB_WRONG_ANSWER,
                 "the judge's verdict is no word that is known");
        return 1;
    }
    j->kind = kind;
    return kind != WB_CLEAN;
}

/* What the judge printed before its verdict: the schedule that fails, with
 * columns and all. cmocka's own lines begin with a bracket. */
static char *collect_report(const char *out)
{
    enum { LINES = 120 };
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (to == NULL)
        return NULL;
    const char *p = out;
    for (int n = 0; n < LINES && *p != '\0'; p += *p == '\n') {
        if (strncmp(p, "verdict: ", 9) == 0)
            break;
        if (*p != '[' && strncmp(p, "proved: ", 8) != 0) {
            fprintf(to, "%.*s\n", line_length(p), p);
            n++;
        }
        p += line_length(p);
    }
    fclose(to);
    return text;
}

static void read_timeout(const struct wb_guard *g, int seconds,
                         struct wb_judgement *j)
{
    conclude(j, g->spinning ? WB_LIVELOCK : WB_DEADLOCK,
             "not finished after %d s; %.*s", seconds, line_length(g->stuck),
             g->stuck);
    j->detail = strdup(g->stuck);
}

/* No verdict was printed, so the end itself must tell. */
static void read_end(const struct wb_subprocess_result *r,
                     struct wb_judgement *j)
{
    if (r->outcome == WB_SIGNALED)
        conclude(j, WB_CRASH, "killed by signal %d (%s)", r->code,
                 strsignal(r->code));
    else
        conclude(j, WB_CRASH,
                 "the program ended before the judge had finished (exit "
                 "status %d)",
                 r->code);
}

void wb_judge_read(const struct wb_guard *g, int seconds,
                   struct wb_judgement *j)
{
    const struct wb_subprocess_result *r = g->result;
    j->proved = collect_proved(r->out);
    if (read_caps(r, j))
        return;
    int verdict = read_verdict(r, j);
    bool success = r->outcome == WB_EXITED && r->code == 0 && !g->timed_out;
    if (verdict == 1) {
        /* The test kit sees the signal only; what was printed says why. */
        j->detail = collect_report(r->out);
        if (j->kind == WB_CRASH && !read_reports(r->err, j))
            read_reports(r->out, j);
        return;
    }
    if (verdict == 0 && success)
        return;
    if (g->timed_out)
        read_timeout(g, seconds, j);
    else if (!read_reports(r->err, j) && !read_reports(r->out, j) &&
             (success || !read_cmocka(r->out, j)))
        read_end(r, j);
    if (j->detail == NULL)
        j->detail = first_lines(r->err, DETAIL_LINES);
}

void wb_judge_read_compiler(const struct wb_guard *g, struct wb_judgement *j)
{
    static const char *const linker[] = { "undefined reference to ",
                                          "multiple definition of " };
    const char *text = g->result->err;
    j->detail = first_lines(text, DETAIL_LINES);
    if (g->timed_out) {
        conclude(j, WB_DOES_NOT_COMPILE, "the compiler did not come to an end");
        return;
    }
    for (size_t i = 0; i < sizeof linker / sizeof *linker; i++) {
        const char *p = strstr(text, linker[i]);
        if (p == NULL)
            continue;
        conclude(j, WB_DOES_NOT_COMPILE, "%.*s", line_length(p), p);
        return;
    }
    const char *error = strstr(text, "error: ");
    if (error != NULL) {
        error = line_start(text, error);
        conclude(j, WB_DOES_NOT_COMPILE, "%.*s", line_length(error), error);
        return;
    }
    conclude(j, WB_DOES_NOT_COMPILE, "%s", g->result->message);
}
