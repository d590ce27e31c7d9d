/* text.c: columns, colours, and characters that would upset a terminal. */
#include <string.h>

#include "print.h"

/* Bytes of the UTF-8 character at s; a stray byte counts as one. */
static int character(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    int n = u[0] < 0xc2 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;

    if (u[0] > 0xf4)
        return 1;
    for (int i = 1; i < n; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 1;
    return n;
}

/* May not be sent to a terminal as it is. */
static bool is_harmful(const char *s, int n)
{
    unsigned char c = (unsigned char)*s;

    if (n == 2)
        return c == 0xc2 && (unsigned char)s[1] < 0xa0;
    return n == 1 && (c < ' ' || c >= 127);
}

int wbx_text_width(const char *s)
{
    int width = 0;

    for (; *s != '\0'; s += character(s))
        width++;
    return width;
}

static const char *start_paint(enum wbx_paint paint)
{
    static const char *const codes[] = { [WBX_PLAIN] = "",
                                         [WBX_DIM] = "\033[2m",
                                         [WBX_BOLD] = "\033[1m",
                                         [WBX_ALARM] = "\033[1;31m",
                                         [WBX_GOOD] = "\033[32m" };

    return codes[paint];
}

static int put_plain(struct wbx_printer *p, const char *s, int width)
{
    int used = 0;

    while (*s != '\0' && used < width) {
        int n = character(s);

        if (is_harmful(s, n) || (n > 1 && p->style.ascii))
            putc(*s == '\t' ? ' ' : '?', p->out);
        else
            fwrite(s, 1, (size_t)n, p->out);
        s += n;
        used++;
    }
    return used;
}

int wbx_text_put(struct wbx_printer *p, enum wbx_paint paint, const char *s,
                 int width)
{
    const char *dots = p->style.ascii ? "..." : "\u2026";
    int ndots = p->style.ascii ? 3 : 1;
    bool painted = p->style.colour && paint != WBX_PLAIN;
    int used;

    if (width <= 0)
        return 0;
    if (painted)
        fputs(start_paint(paint), p->out);
    if (wbx_text_width(s) <= width) {
        used = put_plain(p, s, width);
    } else if (width <= ndots) {
        used = put_plain(p, s, width);
    } else {
        used = put_plain(p, s, width - ndots) + ndots;
        fputs(dots, p->out);
    }
    if (painted)
        fputs("\033[0m", p->out);
    return used;
}

void wbx_text_pad(struct wbx_printer *p, int n)
{
    if (n > 0)
        fprintf(p->out, "%*s", n, "");
}

void wbx_text_block(struct wbx_printer *p, const char *margin, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        fputs(margin, p->out);
        put_plain(p, wbx_arena_copy(p->arena, text, n), 4096);
        putc('\n', p->out);
        text += n;
        text += *text == '\n';
    }
}

const char *wbx_text_arrow(const struct wbx_printer *p)
{
    return p->style.ascii ? "->" : "\u2192";
}
