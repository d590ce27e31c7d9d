/* A JSON writer that cannot write what is not JSON. */
#include "json.h"

#include <inttypes.h>
#include <string.h>

/* @return the bytes of the well-formed UTF-8 sequence at p, 0 if it is not:
 * no overlong form, no surrogate, nothing above U+10FFFF. */
static size_t utf8_length(const unsigned char *p)
{
    size_t n;
    unsigned low = 0x80, high = 0xbf;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return n;
}

/* Write what stands at p; @return how many bytes that were. */
static size_t put_character(FILE *to, const unsigned char *p)
{
    static const char from[] = "\"\\\n\t\r", letter[] = "\"\\ntr";
    const char *special = strchr(from, *p);
    size_t n;
    if (special != NULL) {
        fprintf(to, "\\%c", letter[special - from]);
    } else if (*p < 0x20 || *p == 0x7f) {
        fprintf(to, "\\u%04x", *p);
    } else if (*p < 0x80) {
        fputc(*p, to);
    } else if ((n = utf8_length(p)) > 0) {
        fwrite(p, 1, n, to);
        return n;
    } else {
        fputs("\\ufffd", to);
    }
    return 1;
}

static void put_string(FILE *to, const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    fputc('"', to);
    while (*p != '\0')
        p += put_character(to, p);
    fputc('"', to);
}

static void put_key(struct wb_json *j, const char *key)
{
    if (j->filled & (1u << j->depth))
        fputc(',', j->to);
    j->filled |= 1u << j->depth;
    if (key != NULL) {
        put_string(j->to, key);
        fputc(':', j->to);
    }
}

void wb_json_open(struct wb_json *j, const char *key, char bracket)
{
    put_key(j, key);
    fputc(bracket, j->to);
    j->depth++;
    j->filled &= ~(1u << j->depth);
}

void wb_json_close(struct wb_json *j, char bracket)
{
    j->depth--;
    fputc(bracket, j->to);
    if (j->depth == 0)
        fputc('\n', j->to);
}

void wb_json_string(struct wb_json *j, const char *key, const char *value)
{
    put_key(j, key);
    if (value == NULL)
        fputs("null", j->to);
    else
        put_string(j->to, value);
}

void wb_json_bool(struct wb_json *j, const char *key, bool value)
{
    put_key(j, key);
    fputs(value ? "true" : "false", j->to);
}

void wb_json_int(struct wb_json *j, const char *key, int64_t value)
{
    put_key(j, key);
    fprintf(j->to, "%" PRId64, value);
}

void wb_json_seconds(struct wb_json *j, const char *key, double value)
{
    int64_t ms = (int64_t)(value * 1000 + 0.5);
    put_key(j, key);
    fprintf(j->to, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
}
