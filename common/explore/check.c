/* check.c */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "wb/testkit.h"

/* wb_fail() does not return, so that the report is freed before it and the
 * message is copied. */
static _Noreturn void fail_with(struct wbx_report *rep, enum wb_verdict kind,
                                const char *before, const char *why)
{
    char text[1024];

    snprintf(text, sizeof(text), "%s%s", before, why ? why : "");
    wbx_print(stdout, rep, &(struct wbx_style){ .ascii = true });
    fflush(stdout);
    wbx_report_free(rep);
    wb_fail(kind, "%s", text);
}

/* The report shows all that was said. What is missing or wrong first will do.
 */
static const char *first_line(const char *message, char *text, size_t size)
{
    const char *from = message != NULL ? message : "";
    const char *missing = strstr(from, "undefined reference to ");

    if (missing != NULL)
        from = missing;
    snprintf(text, size, "%.*s", (int)strcspn(from, "\n"), from);
    return text;
}

/* Nothing is known of a program that was not run: it is the test that fails. */
static enum wb_verdict unexplored(const struct wbx_report *rep)
{
    return rep->verdict == WB_CLEAN ? WB_ASSERTION : rep->verdict;
}

void wbx_check_clean(const struct wbx_options *opt)
{
    struct wbx_report rep;
    char why[512];

    switch (wbx_explore(opt, &rep)) {
    case WBX_CLEAN:
        printf("proved: none of all %llu interleavings fails\n",
               (unsigned long long)rep.traces);
        break;
    case WBX_FAULT: fail_with(&rep, rep.verdict, "", rep.failures[0].cause);
    case WBX_NOT_EXHAUSTIVE:
        fail_with(&rep, WB_UNBOUNDED, "",
                  "not every interleaving could be explored within the "
                  "budget: make the program smaller");
    default:
        fail_with(&rep, unexplored(&rep),
                  rep.verdict == WB_CLEAN ? WBX_NOTHING_PROVED : "",
                  first_line(rep.message, why, sizeof(why)));
    }
    wbx_report_free(&rep);
}

void wbx_check_fails(const struct wbx_options *opt, enum wb_verdict kind,
                     struct wbx_report *rep)
{
    struct wbx_report own, *r = rep ? rep : &own;
    char expected[64];

    wbx_explore(opt, r);
    snprintf(expected, sizeof(expected), "expected %s, but ",
             wb_verdict_name(kind));
    if (r->status == WBX_CLEAN)
        fail_with(r, WB_WRONG_ANSWER, expected, "no interleaving fails");
    if (r->status == WBX_NOT_EXHAUSTIVE)
        fail_with(r, WB_UNBOUNDED, expected,
                  "none was found within the budget");
    if (r->status != WBX_FAULT && r->verdict != kind)
        fail_with(r, unexplored(r), expected, r->message);
    if (r->status == WBX_FAULT && r->failures[0].kind != kind)
        fail_with(r, r->failures[0].kind, expected, r->failures[0].cause);
    if (rep == NULL)
        wbx_report_free(&own);
}
