/* json.c: one object; its keys are described in explore.md. */
#include <string.h>

#include "explore.h"
#include "follow.h"
#include "json_put.h"

/* Bytes of valid UTF-8 at s, 0 when there are none. */
static int utf8(const unsigned char *s)
{
    int n = s[0] < 0x80   ? 1
            : s[0] < 0xc2 ? 0
            : s[0] < 0xe0 ? 2
            : s[0] < 0xf0 ? 3
            : s[0] < 0xf5 ? 4
                          : 0;

    for (int i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void wbx_json_string(FILE *out, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;

    if (s == NULL) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    while (*u != '\0') {
        int n = utf8(u);

        if (*u == '"' || *u == '\\')
            fprintf(out, "\\%c", *u);
        else if (*u == '\n')
            fputs("\\n", out);
        else if (*u < ' ' || *u == 127)
            fprintf(out, "\\u%04x", *u);
        else if (n == 0)
            fputs("\\ufffd", out);
        else
            fwrite(u, 1, (size_t)n, out);
        u += n ? n : 1;
    }
    putc('"', out);
}

void wbx_json_key(FILE *out, const char *key, const char *value)
{
    fprintf(out, ",\"%s\":", key);
    wbx_json_string(out, value);
}

void wbx_json_bool(FILE *out, const char *key, bool value)
{
    fprintf(out, ",\"%s\":%s", key, value ? "true" : "false");
}

void wbx_json_line(FILE *out, int line)
{
    if (line > 0)
        fprintf(out, ",\"line\":%d", line);
    else
        fputs(",\"line\":null", out);
}

static void put_event(FILE *out, const struct wbx_event *e)
{
    fprintf(out, "{\"thread\":%d", e->thread);
    wbx_json_key(out, "file", e->file);
    wbx_json_line(out, e->line);
    wbx_json_key(out, "source", e->source);
    wbx_json_key(out, "op", e->op);
    wbx_json_key(out, "object", e->object);
    wbx_json_key(out, "object2", e->object2);
    if (e->has_values) {
        fprintf(out, ",\"before\":%ld,\"after\":%ld", (long)e->before,
                (long)e->after);
        wbx_json_key(out, "before_text", e->before_text);
        wbx_json_key(out, "after_text", e->after_text);
    } else {
        fputs(",\"before\":null,\"after\":null", out);
    }
    wbx_json_bool(out, "failed", e->failed);
    wbx_json_bool(out, "preempted", e->preempted);
    wbx_json_bool(out, "marked", e->marked);
    putc('}', out);
}

static void put_events(FILE *out, const struct wbx_failure *f)
{
    fputs(",\"events\":[", out);
    for (size_t i = 0; f != NULL && i < f->nevents; i++) {
        if (i > 0)
            putc(',', out);
        put_event(out, &f->events[i]);
    }
    putc(']', out);
}

static void put_thread_number(FILE *out, const char *key, int thread)
{
    fprintf(out, ",\"%s\":", key);
    if (thread >= 0)
        fprintf(out, "%d", thread);
    else
        fputs("null", out);
}

static void put_thread(FILE *out, const struct wbx_thread *t)
{
    fputs("{\"name\":", out);
    wbx_json_string(out, t->name);
    wbx_json_key(out, "entry", t->entry);
    wbx_json_key(out, "created", t->created);
    wbx_json_key(out, "state", t->state);
    wbx_json_key(out, "blocked_op", t->blocked_op);
    wbx_json_key(out, "blocked_object", t->blocked_object);
    wbx_json_key(out, "file", t->file);
    wbx_json_line(out, t->line);
    put_thread_number(out, "waits_for", t->waits_for);
    fputs(",\"held\":[", out);
    for (size_t i = 0; i < t->nheld; i++) {
        fputs(i ? ",{\"lock\":" : "{\"lock\":", out);
        wbx_json_string(out, t->held[i]);
        wbx_json_key(out, "where", t->held_where[i]);
        putc('}', out);
    }
    fputs("]}", out);
}

/* What the program that is right does on the same schedule. */
static void put_instead(FILE *out, const struct wbx_instead *w)
{
    fputs(",\"instead\":", out);
    if (w == NULL) {
        fputs("null", out);
        return;
    }
    fputs("{\"program\":", out);
    wbx_json_string(out, w->program);
    wbx_json_bool(out, "waits", w->waits);
    wbx_json_key(out, "text", w->text);
    put_thread_number(out, "thread", w->thread);
    wbx_json_key(out, "file", w->file);
    wbx_json_line(out, w->line);
    wbx_json_key(out, "source", w->source);
    wbx_json_key(out, "object", w->object);
    put_thread_number(out, "holder", w->holder);
    wbx_json_key(out, "since", w->since);
    putc('}', out);
}

static void put_failure(FILE *out, const struct wbx_failure *f)
{
    fprintf(out, "{\"verdict\":\"%s\"", wb_verdict_name(f->kind));
    wbx_json_key(out, "cause", f->cause);
    fprintf(out, ",\"thread\":%d", f->thread);
    wbx_json_key(out, "file", f->file);
    wbx_json_line(out, f->line);
    fprintf(out, ",\"preemptions\":%d,\"skipped\":%lu", f->preemptions,
            (unsigned long)f->skipped);
    wbx_json_key(out, "replay", f->replay);
    wbx_json_key(out, "command", f->command);
    wbx_json_key(out, "output", f->output);
    put_instead(out, f->instead);
    put_events(out, f);
    fputs(",\"threads\":[", out);
    for (size_t i = 0; i < f->nthreads; i++) {
        if (i > 0)
            putc(',', out);
        put_thread(out, &f->threads[i]);
    }
    fputs("]}", out);
}

/* There is a verdict when something ran to its end or does not compile. */
static const char *verdict(const struct wbx_report *rep)
{
    bool none = rep->message != NULL && rep->verdict == WB_CLEAN &&
                rep->status != WBX_NOT_EXHAUSTIVE;

    return none ? NULL : wb_verdict_name(rep->verdict);
}

void wbx_print_json(FILE *out, const struct wbx_report *rep)
{
    const struct wbx_failure *f = rep->nfailures ? rep->failures : NULL;

    fputs("{\"verdict\":", out);
    wbx_json_string(out, verdict(rep));
    fprintf(out, ",\"status\":%d", (int)rep->status);
    wbx_json_bool(out, "exhaustive", rep->exhaustive);
    fprintf(out,
            ",\"traces\":%lu,\"samples\":%lu,\"blocked\":%lu,"
            "\"preemptions\":%d",
            (unsigned long)rep->traces, (unsigned long)rep->samples,
            (unsigned long)rep->blocked, f ? f->preemptions : 0);
    wbx_json_key(out, "cause", f ? f->cause : NULL);
    wbx_json_key(out, "replay", f ? f->replay : NULL);
    fprintf(out, ",\"seconds\":%.6f,\"build_seconds\":%.6f", rep->seconds,
            rep->build_seconds);
    wbx_json_key(out, "message", rep->message);
    wbx_json_key(out, "warning", rep->warning);
    wbx_json_key(out, "output", rep->output);
    put_events(out, f);
    fputs(",\"failures\":[", out);
    for (size_t i = 0; i < rep->nfailures; i++) {
        if (i > 0)
            putc(',', out);
        put_failure(out, &rep->failures[i]);
    }
    fputs("]}\n", out);
}
