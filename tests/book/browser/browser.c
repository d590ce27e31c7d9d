/* Opens every page of a directory in headless Chromium at the widths of a
 * phone, a tablet and a desk, light and dark, and says what is wrong:
 *
 *     browser check  CHROMIUM DIRECTORY WORK         every page
 *     browser shots  CHROMIUM DIRECTORY WORK OUT     pictures of the pages
 *     browser act    CHROMIUM DIRECTORY WORK FILE.js  play a reader
 *
 * A file of an act begins with "// page: NAME"; the rest is the body of an
 * async function that throws if the page does not do what it should. */
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "devtools.h"

enum { MOST_PAGES = 2000, HEIGHT = 900 };

static const int widths[] = { 360, 800, 1440 };
static const char *const themes[] = { "light", "dark" };

static struct {
    char *path[MOST_PAGES];
    int count;
} pages;

static struct {
    const char *page;
    int faults;
} now;

static void complain(const char *what, const char *detail)
{
    printf("%s: %s%s%s\n", now.page, what, *detail ? ": " : "", detail);
    now.faults++;
}

static int is_local(const char *url)
{
    return strncmp(url, "file:", 5) == 0 || strncmp(url, "data:", 5) == 0 ||
           strncmp(url, "blob:", 5) == 0 || strncmp(url, "about:", 6) == 0;
}

/* Faults that the browser tells of by itself. */
static void on_event(void *arg, const char *message)
{
    static const struct {
        const char *method, *mark, *field, *what;
    } bad[] = {
        { "Runtime.exceptionThrown", "", "description", "exception" },
        { "Runtime.consoleAPICalled", "\"type\":\"error\"", "value",
          "console error" },
        { "Runtime.consoleAPICalled", "\"type\":\"warning\"", "value",
          "console warning" },
        { "Log.entryAdded", "\"level\":\"error\"", "text", "error" },
    };
    char *method = devtools_field(message, "method");
    (void)arg;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (strcmp(method, bad[i].method) == 0 &&
            strstr(message, bad[i].mark) != NULL) {
            char *detail = devtools_field(message, bad[i].field);
            complain(bad[i].what, detail);
            free(detail);
        }
    if (strcmp(method, "Network.requestWillBeSent") == 0) {
        char *url = devtools_field(strstr(message, "\"request\":"), "url");
        if (!is_local(url))
            complain("a request leaves the machine", url);
        free(url);
    }
    free(method);
}

static int note_page(const char *path, const struct stat *st, int type,
                     struct FTW *where)
{
    size_t n = strlen(path);
    (void)st;
    (void)where;
    if (type == FTW_F && n > 5 && strcmp(path + n - 5, ".html") == 0 &&
        pages.count < MOST_PAGES)
        pages.path[pages.count++] = strdup(path);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void open_page(struct devtools *d, const char *path)
{
    devtools_call(d, "Page.navigate", "{\"url\":\"file://%s\"}", path);
    devtools_wait(d, "Page.loadEventFired");
}

static void set_theme(struct devtools *d, const char *theme)
{
    devtools_call(d, "Emulation.setEmulatedMedia",
                  "{\"features\":[{\"name\":\"prefers-color-scheme\","
                  "\"value\":\"%s\"}]}",
                  theme);
}

static void set_width(struct devtools *d, int width)
{
    devtools_call(d, "Emulation.setDeviceMetricsOverride",
                  "{\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,"
                  "\"mobile\":false}",
                  width, HEIGHT);
}

/* Does anything stand out to the right? Names what does. */
static void check_width(struct devtools *d, int width, const char *theme)
{
    static const char wide[] =
        "(() => { const e = document.scrollingElement, w = innerWidth;"
        "if (e.scrollWidth <= w) return '';"
        "const all = [...document.querySelectorAll('body *')].filter((x) =>"
        "x.getBoundingClientRect().right > w + 1);"
        "const x = all[all.length - 1] || document.body;"
        "return `${e.scrollWidth} wide, for <${x.tagName.toLowerCase()} class="
        "\"${x.className}\">`; })()";
    char what[64];
    char *found = devtools_evaluate(d, wide);
    snprintf(what, sizeof what, "at %d, %s, it scrolls sideways", width, theme);
    if (*found)
        complain(what, found);
    free(found);
}

static char *background(struct devtools *d)
{
    return devtools_evaluate(d, "getComputedStyle(document.body)"
                                ".backgroundColor + "
                                "getComputedStyle(document.body).color");
}

static void check_page(struct devtools *d, const char *path)
{
    char *colours[2];
    open_page(d, path);
    for (int t = 0; t < 2; t++) {
        set_theme(d, themes[t]);
        for (int w = 0; w < 3; w++) {
            set_width(d, widths[w]);
            check_width(d, widths[w], themes[t]);
        }
        colours[t] = background(d);
    }
    if (strcmp(colours[0], colours[1]) == 0)
        complain("dark looks like light", colours[0]);
    free(colours[0]);
    free(colours[1]);
}

static int value_of(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(letters, c) : NULL;
    return at != NULL ? (int)(at - letters) : -1;
}

static void write_base64(FILE *to, const char *text)
{
    unsigned bits = 0;
    int have = 0;
    for (; value_of(*text) >= 0; text++) {
        bits = bits << 6 | (unsigned)value_of(*text);
        have += 6;
        if (have >= 8) {
            have -= 8;
            putc((int)(bits >> have & 0xff), to);
        }
    }
}

static void shoot(struct devtools *d, const char *out, const char *name,
                  int width, const char *theme)
{
    char path[PATH_MAX];
    char *picture = devtools_field(
        devtools_call(d, "Page.captureScreenshot", "{\"format\":\"png\"}"),
        "data");
    snprintf(path, sizeof path, "%s/%s-%d-%s.png", out, name, width, theme);
    FILE *to = fopen(path, "wb");
    if (to == NULL) {
        perror(path);
        exit(1);
    }
    write_base64(to, picture);
    fclose(to);
    free(picture);
}

static void shoot_page(struct devtools *d, const char *path, const char *out)
{
    char name[NAME_MAX];
    const char *base = strrchr(path, '/') + 1;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(base, "."), base);
    open_page(d, path);
    for (int t = 0; t < 2; t++)
        for (int w = 0; w < 3; w++) {
            set_theme(d, themes[t]);
            set_width(d, widths[w]);
            shoot(d, out, name, widths[w], themes[t]);
        }
}

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *from = fopen(path, "r");
    if (from == NULL || getdelim(&text, &size, '\0', from) < 0) {
        perror(path);
        exit(1);
    }
    fclose(from);
    return text;
}

static void play(struct devtools *d, const char *directory, const char *file)
{
    char path[PATH_MAX], page[NAME_MAX + 1] = "";
    char *script = read_file(file), *body = NULL;
    if (sscanf(script, "// page: %255s", page) != 1 ||
        asprintf(&body, "(async () => {\n%s\n return ''; })()", script) < 0) {
        fprintf(stderr, "%s: it begins with \"// page: NAME\"\n", file);
        exit(1);
    }
    snprintf(path, sizeof path, "%s/%s", directory, page);
    now.page = page;
    set_width(d, widths[2]);
    open_page(d, path);
    char *found = devtools_evaluate(d, body);
    if (*found)
        complain(file, found);
    free(found);
    free(body);
    free(script);
}

/* Pages at the top, and the first of each directory below. */
static int is_for_shots(int i, size_t length)
{
    const char *name = pages.path[i] + length + 1;
    const char *slash = strchr(name, '/');
    size_t same = slash == NULL ? 0 : (size_t)(slash - pages.path[i]);
    return slash == NULL || i == 0 ||
           strncmp(pages.path[i], pages.path[i - 1], same) != 0;
}

static void each_page(struct devtools *d, const char *directory,
                      const char *out)
{
    size_t length = strlen(directory);
    nftw(directory, note_page, 16, FTW_PHYS);
    qsort(pages.path, (size_t)pages.count, sizeof *pages.path, by_name);
    for (int i = 0; i < pages.count; i++) {
        now.page = pages.path[i] + length + 1;
        if (out == NULL)
            check_page(d, pages.path[i]);
        else if (is_for_shots(i, length))
            shoot_page(d, pages.path[i], out);
    }
}

int main(int argc, char **argv)
{
    struct devtools d;
    int checks = argc == 5 && strcmp(argv[1], "check") == 0;
    int shots = argc == 6 && strcmp(argv[1], "shots") == 0;
    int acts = argc == 6 && strcmp(argv[1], "act") == 0;
    if (!checks && !shots && !acts) {
        fprintf(stderr, "usage: browser check|shots|act CHROMIUM DIRECTORY "
                        "WORK [OUT|FILE.js]\n");
        return 2;
    }
    devtools_start(&d, argv[2], argv[4]);
    d.on_event = on_event;
    if (acts)
        play(&d, argv[3], argv[5]);
    else
        each_page(&d, argv[3], shots ? argv[5] : NULL);
    devtools_stop(&d);
    for (int i = 0; i < pages.count; i++)
        free(pages.path[i]);
    if (checks)
        printf("%d pages, %d faults\n", pages.count, now.faults);
    return now.faults > 0 || (!acts && pages.count == 0);
}
