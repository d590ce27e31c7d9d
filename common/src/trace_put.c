/* Trace events as JSON. See trace_put.h. */
#include "trace_put.h"

enum { PROCESS = 1 };

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

void wb_put_string(FILE *out, const char *s)
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

void wb_put_key(FILE *out, const char *key, const char *value)
{
    fprintf(out, ",\"%s\":", key);
    wb_put_string(out, value);
}

void wb_put_event(FILE *out, const char *phase, int track)
{
    fprintf(out, ",\n{\"ph\":\"%s\",\"pid\":%d,\"tid\":%d", phase, PROCESS,
            track);
}

static void put_label(FILE *out, const char *what, int track, const char *value)
{
    wb_put_event(out, "M", track);
    wb_put_key(out, "name", what);
    fputs(",\"args\":{\"name\":", out);
    wb_put_string(out, value);
    fputs("}}", out);
}

/* Without an index, viewers sort the tracks by what happens first. */
void wb_put_track(FILE *out, int track, const char *name)
{
    put_label(out, "thread_name", track, name);
    wb_put_event(out, "M", track);
    fprintf(out,
            ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%d}}",
            track);
}

void wb_put_trace_begin(FILE *out, const char *process)
{
    fprintf(out,
            "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
            "{\"ph\":\"M\",\"pid\":%d,\"tid\":0,\"name\":\"process_name\","
            "\"args\":{\"name\":",
            PROCESS);
    wb_put_string(out, process);
    fputs("}}", out);
}

void wb_put_trace_end(FILE *out)
{
    fputs("\n]}\n", out);
}
