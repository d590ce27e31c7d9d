/* json.c: one object; its keys are described in explore.md. */
#include <string.h>

#include "explore.h"
#include "follow.h"
#include "json_put.h"
#include "trace_put.h"

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
    wb_put_key(out, "file", e->file);
    wbx_json_line(out, e->line);
    wb_put_key(out, "source", e->source);
    wb_put_key(out, "op", e->op);
    wb_put_key(out, "object", e->object);
    wb_put_key(out, "object2", e->object2);
    if (e->has_values) {
        fprintf(out, ",\"before\":%ld,\"after\":%ld", (long)e->before,
                (long)e->after);
        wb_put_key(out, "before_text", e->before_text);
        wb_put_key(out, "after_text", e->after_text);
    } else {
        fputs(",\"before\":null,\"after\":null", out);
    }
    wbx_json_bool(out, "failed", e->failed);
    wbx_json_bool(out, "preempted", e->preempted);
    wbx_json_bool(out, "marked", e->marked);
    putc('}', out);
}

static void put_events(FILE *out, const struct wbx_event *events, size_t n)
{
    fputs(",\"events\":[", out);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            putc(',', out);
        put_event(out, &events[i]);
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
    wb_put_string(out, t->name);
    wb_put_key(out, "entry", t->entry);
    wb_put_key(out, "created", t->created);
    wb_put_key(out, "state", t->state);
    wb_put_key(out, "blocked_op", t->blocked_op);
    wb_put_key(out, "blocked_object", t->blocked_object);
    wb_put_key(out, "file", t->file);
    wbx_json_line(out, t->line);
    put_thread_number(out, "waits_for", t->waits_for);
    fputs(",\"held\":[", out);
    for (size_t i = 0; i < t->nheld; i++) {
        fputs(i ? ",{\"lock\":" : "{\"lock\":", out);
        wb_put_string(out, t->held[i]);
        wb_put_key(out, "where", t->held_where[i]);
        putc('}', out);
    }
    fputs("]}", out);
}

static void put_threads(FILE *out, const struct wbx_thread *threads, size_t n)
{
    fputs(",\"threads\":[", out);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            putc(',', out);
        put_thread(out, &threads[i]);
    }
    putc(']', out);
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
    wb_put_string(out, w->program);
    wbx_json_bool(out, "waits", w->waits);
    wb_put_key(out, "text", w->text);
    put_thread_number(out, "thread", w->thread);
    wb_put_key(out, "file", w->file);
    wbx_json_line(out, w->line);
    wb_put_key(out, "source", w->source);
    wb_put_key(out, "object", w->object);
    put_thread_number(out, "holder", w->holder);
    wb_put_key(out, "since", w->since);
    put_events(out, w->events, w->nevents);
    put_threads(out, w->threads, w->nthreads);
    putc('}', out);
}

static void put_failure(FILE *out, const struct wbx_failure *f)
{
    fprintf(out, "{\"verdict\":\"%s\"", wb_verdict_name(f->kind));
    wb_put_key(out, "cause", f->cause);
    fprintf(out, ",\"thread\":%d", f->thread);
    wb_put_key(out, "file", f->file);
    wbx_json_line(out, f->line);
    fprintf(out, ",\"preemptions\":%d,\"skipped\":%lu", f->preemptions,
            (unsigned long)f->skipped);
    wb_put_key(out, "replay", f->replay);
    wb_put_key(out, "command", f->command);
    wb_put_key(out, "output", f->output);
    put_instead(out, f->instead);
    put_events(out, f->events, f->nevents);
    put_threads(out, f->threads, f->nthreads);
    putc('}', out);
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
    wb_put_string(out, verdict(rep));
    fprintf(out, ",\"status\":%d", (int)rep->status);
    wbx_json_bool(out, "exhaustive", rep->exhaustive);
    fprintf(out,
            ",\"traces\":%lu,\"failing\":%lu,\"samples\":%lu,"
            "\"blocked\":%lu,\"preemptions\":%d",
            (unsigned long)rep->traces, (unsigned long)rep->failing,
            (unsigned long)rep->samples, (unsigned long)rep->blocked,
            f ? f->preemptions : 0);
    wb_put_key(out, "cause", f ? f->cause : NULL);
    wb_put_key(out, "replay", f ? f->replay : NULL);
    fprintf(out, ",\"seconds\":%.6f,\"build_seconds\":%.6f", rep->seconds,
            rep->build_seconds);
    wb_put_key(out, "message", rep->message);
    wb_put_key(out, "warning", rep->warning);
    wb_put_key(out, "output", rep->output);
    put_events(out, f ? f->events : NULL, f ? f->nevents : 0);
    fputs(",\"failures\":[", out);
    for (size_t i = 0; i < rep->nfailures; i++) {
        if (i > 0)
            putc(',', out);
        put_failure(out, &rep->failures[i]);
    }
    fputs("]}\n", out);
}
