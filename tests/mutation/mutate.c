/* Finds what can be taken out of a source, and takes it out. */
#include "mutate.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"
#include "wb/base.h"

/* Every call that is worth taking out. One whose result is used is replaced
 * by the result of having done nothing, with success. */
static const struct call {
    const char *name;
    bool waits; /* and so a loop around it looks at a predicate again */
} calls[] = {
    { "pthread_mutex_lock", false },
    { "pthread_mutex_unlock", false },
    { "pthread_rwlock_rdlock", false },
    { "pthread_rwlock_wrlock", false },
    { "pthread_rwlock_unlock", false },
    { "pthread_cond_wait", true },
    { "pthread_cond_timedwait", true },
    { "pthread_cond_clockwait", true },
    { "wb_cond_wait_until", true },
    { "pthread_cond_signal", false },
    { "pthread_cond_broadcast", false },
    { "pthread_barrier_wait", false },
    { "pthread_join", false },
    { "sem_wait", false },
    { "sem_post", false },
    { "waitpid", false },
    { "waitid", false },
    { "wait4", false },
    { "kill", false },
    { "killpg", false },
    { "close", false },
    { "poll", false },
    { "wb_queue_pop", true },
    { "wb_queue_close", false },
    { "wb_queue_task_done", false },
    { "wb_queue_join", false },
    { "wb_coro_await", false },
    { "wb_coro_await_until", false },
    { "wb_coro_gather", false },
    { "wb_coro_gather_until", false },
    { "wb_coro_gather_all", false },
    { "wb_coro_cancel", false },
    { "wb_coro_close", false },
    { "wb_coro_run_in_executor", false },
    { "wb_coro_run_threadsafe", false },
    { "wb_coro_call_soon_threadsafe", false },
    { "wb_coro_event_wait", true },
    { "wb_coro_event_set", false },
    { "wb_coro_semaphore_acquire", false },
    { "wb_coro_semaphore_release", false },
    { "wb_coro_queue_pop", true },
    { "wb_coro_queue_close", false },
    { "wb_coro_queue_task_done", false },
    { "wb_coro_queue_join", false },
};

/* The places of one source, while they are collected. */
struct search {
    const char *source, *plain;
    struct mutation *all;
    size_t n, max;
};

static void note(struct search *s, size_t begin, size_t end, const char *what,
                 const char *name, char *text)
{
    if (s->n++ >= s->max) {
        free(text);
        return;
    }
    struct mutation *m = &s->all[s->n - 1];
    *m = (struct mutation){ .begin = begin,
                            .end = end,
                            .text = text,
                            .line = scan_line(s->source, begin) };
    snprintf(m->what, sizeof(m->what), what, name);
}

/* -- calls ---------------------------------------------------------------- */

/* Widen the call from *begin to *end by a cast to void, and by the macros
 * that abort when it fails: they go with it. */
static void widen(const char *plain, size_t *begin, size_t *end)
{
    static const char *const around[] = { "WB_MUST", "WB_MUST_SYS" };
    size_t last = scan_back(plain, *begin), word;
    if (plain[last] == '(' && plain[scan_skip(plain, *end)] == ')')
        for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++)
            if (scan_ends_word(plain, last, around[i], &word)) {
                *begin = word;
                *end = scan_skip(plain, *end) + 1;
                return;
            }
    if (plain[last] == ')' && scan_ends_word(plain, last, "void", &word) &&
        plain[scan_back(plain, word)] == '(')
        *begin = scan_back(plain, word);
}

/* Is what lies between begin and end, with the semicolon after it, a whole
 * statement? */
static bool is_statement(const char *plain, size_t begin, size_t end)
{
    size_t last = scan_back(plain, begin), word;
    if (plain[scan_skip(plain, end)] != ';' || scan_depth(plain, begin) > 0)
        return false;
    if (last == begin || strchr(";{})", plain[last]) != NULL)
        return true;
    if (plain[last] != ':')
        return scan_ends_word(plain, begin, "else", &word) ||
               scan_ends_word(plain, begin, "do", &word);
    /* A label, unless it is the other half of a question mark. */
    while (last > 0 && strchr(";{}", plain[last]) == NULL)
        if (plain[last--] == '?')
            return false;
    return true;
}

static void take_call(struct search *s, size_t at, const char *name)
{
    size_t open = scan_skip(s->plain, at + strlen(name));
    size_t close = s->plain[open] == '(' ? scan_close(s->plain, open) : 0;
    size_t begin = at, end = close + 1;
    size_t last = scan_back(s->plain, at);
    /* A member of that name, as in `.close = f` or `p->poll()`. */
    bool arrow = last > 0 && strncmp(s->plain + last - 1, "->", 2) == 0;
    if (close == 0 || s->plain[last] == '.' || arrow)
        return;
    if (scan_in_directive(s->plain, at)) {
        note(s, at, end, "%s is part of a macro", name, NULL);
        return;
    }
    widen(s->plain, &begin, &end);
    if (is_statement(s->plain, begin, end))
        note(s, begin, end, "delete %s", name, strdup("((void)0)"));
    else
        note(s, at, close + 1, "%s becomes 0", name, strdup("0"));
}

/* -- loops ---------------------------------------------------------------- */

static bool holds_wait(const char *plain, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at++)
        for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
            if (calls[i].waits && scan_is_word(plain, at, calls[i].name))
                return true;
    return false;
}

/* @return the end of the statement that begins at */
static size_t statement_end(const char *plain, size_t at)
{
    at = scan_skip(plain, at);
    if (plain[at] == '{')
        return scan_close(plain, at) + 1;
    while (plain[at] != '\0' && plain[at] != ';') {
        size_t close = plain[at] == '(' ? scan_close(plain, at) : 0;
        at = close > 0 ? close + 1 : at + 1;
    }
    return at;
}

/* Does the `while` at end a do loop? *body is then where that began. */
static bool ends_do(const char *plain, size_t at, size_t *body)
{
    size_t last = scan_back(plain, at), word;
    if (last == at || (plain[last] != '}' && plain[last] != ';'))
        return false;
    if (plain[last] == '}') {
        *body = scan_open(plain, last);
        return scan_ends_word(plain, *body, "do", &word);
    }
    *body = last;
    while (*body > 0 && strchr(";{}", plain[*body - 1]) == NULL)
        --*body;
    return scan_is_word(plain, scan_skip(plain, *body), "do");
}

static void take_loop(struct search *s, size_t at)
{
    size_t open = scan_skip(s->plain, at + strlen("while"));
    size_t close = scan_close(s->plain, open), body;
    if (s->plain[open] != '(' || close == 0 || scan_in_directive(s->plain, at))
        return;
    if (ends_do(s->plain, at, &body)) {
        if (holds_wait(s->plain, body, at))
            note(s, open + 1, close, "%s loop turns once", "do", strdup("0"));
        return;
    }
    if (!holds_wait(s->plain, open, statement_end(s->plain, close + 1)))
        return;
    /* An `if` in which break and continue still mean what they meant. */
    static const char once[] =
        "for (int turn_once = 1; turn_once-- > 0 && (%.*s);)";
    int length = (int)(close - open - 1);
    size_t size = sizeof(once) + (size_t)length;
    char *text = wb_alloc(size, 1);
    snprintf(text, size, once, length, s->source + open + 1);
    note(s, at, close + 1, "%s becomes if", "while", text);
}

/* -- the whole ------------------------------------------------------------ */

static void look_at(struct search *s, size_t at)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (scan_is_word(s->plain, at, calls[i].name))
            take_call(s, at, calls[i].name);
    if (scan_is_word(s->plain, at, "while"))
        take_loop(s, at);
}

size_t mutation_find(const char *source, struct mutation *all, size_t max)
{
    char *plain = scan_blank(source);
    struct search s = {
        .source = source, .plain = plain, .all = all, .max = max
    };
    for (size_t at = 0; plain[at] != '\0'; at++)
        look_at(&s, at);
    free(plain);
    return s.n;
}

char *mutation_apply(const char *source, const struct mutation *m)
{
    size_t rest = strlen(source + m->end), text = strlen(m->text);
    char *wrong = wb_alloc(m->begin + text + rest + 1, 1);
    memcpy(wrong, source, m->begin);
    memcpy(wrong + m->begin, m->text, text);
    memcpy(wrong + m->begin + text, source + m->end, rest);
    return wrong;
}

void mutation_free(struct mutation *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(all[i].text);
}
