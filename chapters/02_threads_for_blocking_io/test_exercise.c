/* The judge of exercise 02. It takes any file that implements exercise.h.
 *
 * Two judges in one. The first lets load_pages() talk to the server of
 * wb/server.h, which holds every request until nobody else can come, and so
 * sees exactly how many are under way. For the second this file is compiled
 * again together with the candidate, with WB_EXPLORED, and then is the small
 * program below: wb_fetch() is made up there, and every interleaving is run. */
#ifndef WB_EXPLORED

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "exercise.h"
#include "wb/base.h"
#include "wb/inspect.h"
#include "wb/testkit.h"

enum { PAGES_MAX = 24, PATIENCE_MS = 10000 };

static struct wb_server *server;
static struct page pages[PAGES_MAX + 1];
static struct wb_server_counts seen;
static bool failed; /* the first failure is the verdict: play no scene after */

/* -- the archive -------------------------------------------------------- */

static int open_archive(void **state)
{
    (void)state;
    return wb_server_start(&server, NULL);
}

static int close_archive(void **state)
{
    (void)state;
    wb_server_stop(server);
    return 0;
}

static int count_threads(void)
{
    return wb_proc_threads(getpid());
}

/* A thread that was joined may take a moment to go. One that sleeps in a call
 * without an end stays. */
static bool has_left_threads(int before)
{
    int64_t deadline = wb_deadline_in_ms(PATIENCE_MS);
    uint64_t mark;

    while (count_threads() > before) {
        if (wb_deadline_passed(deadline) ||
            wb_inspect_look(getpid(), getpid(), &mark) == 1)
            return count_threads() > before;
        poll(NULL, 0, 1);
    }
    return false;
}

static int load(const char *const *paths, int n, int limit)
{
    int before = count_threads();

    memset(pages, 'x', sizeof(pages)); /* whatever was there before */
    wb_server_reset(server);
    int rc = load_pages(wb_server_port(server), paths, n, limit, pages);
    wb_server_counts(server, &seen);
    wb_expect(seen.inside == 0, WB_LEAKED_THREAD,
              "load_pages returned while %d requests were under way",
              seen.inside);
    wb_expect(!has_left_threads(before), WB_LEAKED_THREAD,
              "load_pages returned, and a thread of it is still there");
    return rc;
}

static void expect_page(int i, int code, const char *text)
{
    wb_expect(pages[i].code == code, WB_WRONG_ANSWER,
              "page %d has code %d, expected %d", i, pages[i].code, code);
    wb_expect(strcmp(pages[i].text, text) == 0, WB_WRONG_ANSWER,
              "page %d is \"%.20s\", expected \"%s\"", i, pages[i].text, text);
}

/* -- scenes ------------------------------------------------------------- */

static void test_pages_come_in_their_places(void **state)
{
    static const char *const paths[] = { "/delay/30/a", "/echo/b",
                                         "/delay/15/c", "/echo/d", "/echo/e" };
    static const char *const text[] = { "a", "b", "c", "d", "e" };

    (void)state;
    if (failed)
        skip();
    failed = true;
    wb_expect(load(paths, 5, 3) == 0, WB_WRONG_ANSWER,
              "load_pages gave an error for five pages");
    for (int i = 0; i < 5; i++)
        expect_page(i, 200, text[i]);
    wb_expect(seen.requests == 5, WB_WRONG_ANSWER,
              "5 pages were to be loaded, and %ld were asked for",
              seen.requests);
    wb_expect(pages[5].code == 0x78787878, WB_WRONG_ANSWER,
              "something was written behind the last page");
    failed = false;
}

static void expect_under_way(int n, int limit)
{
    static const char *paths[PAGES_MAX];
    int most = n < limit ? n : limit;

    for (int i = 0; i < n; i++)
        paths[i] = "/hold";
    wb_expect(load(paths, n, limit) == 0 && seen.requests == n, WB_WRONG_ANSWER,
              "%d pages, at most %d at once: %ld were asked for", n, limit,
              seen.requests);
    wb_expect(seen.peak <= limit, WB_UNBOUNDED,
              "at most %d requests may be under way at once, and there were %d",
              limit, seen.peak);
    wb_expect(seen.peak == most, WB_NOT_CONCURRENT,
              "%d pages, at most %d at once, and never more than %d request%s "
              "under way",
              n, limit, seen.peak, seen.peak == 1 ? "" : "s");
}

/* First of all: while we look for a thread that was left, we are not asleep,
 * so that it is held and cannot get away. */
static void test_as_many_as_may_be_are_under_way(void **state)
{
    (void)state;
    failed = true;
    expect_under_way(12, 4);
    expect_under_way(PAGES_MAX, 3);
    expect_under_way(6, 1);
    expect_under_way(5, 16);
    expect_under_way(4, 4);
    expect_under_way(1, 8);
    failed = false;
}

/* The first page comes only when another has been asked for, each in its turn:
 * whatever share of the pages a reader has, somebody shares with the first. */
static void test_a_slow_page_holds_back_no_other(void **state)
{
    enum { PAGES = 6 };

    (void)state;
    if (failed)
        skip();
    failed = true;
    for (int last = PAGES - 1; last > 0; last--) {
        const char *paths[PAGES] = { "/gate/2/slow", "/echo/b", "/echo/c",
                                     "/echo/d",      "/echo/e", "/echo/f" };
        paths[last] = "/gate/2/last";
        wb_expect(load(paths, PAGES, 2) == 0, WB_WRONG_ANSWER,
                  "load_pages gave an error for six pages");
        wb_expect(seen.refused == 0, WB_NOT_CONCURRENT,
                  "one page is slow, there is room for another request, and "
                  "page %d is not asked for until the slow one has come",
                  last);
    }
    failed = false;
}

static void test_a_page_that_fails_fails_alone(void **state)
{
    static const char *const paths[] = { "/drop",   "/error/503/no", "/echo/c",
                                         "/drop",   "/error/404/no", "/drop",
                                         "/echo/g", "/echo/h" };

    (void)state;
    if (failed)
        skip();
    failed = true;
    for (int limit = 1; limit <= 8; limit += 3) {
        wb_expect(load(paths, 8, limit) == 0, WB_WRONG_ANSWER,
                  "some pages failed, and load_pages gave an error");
        expect_page(0, -ECONNRESET, "");
        expect_page(1, 503, "no");
        expect_page(2, 200, "c");
        expect_page(3, -ECONNRESET, "");
        expect_page(4, 404, "no");
        expect_page(5, -ECONNRESET, "");
        expect_page(6, 200, "g");
        expect_page(7, 200, "h");
    }
    failed = false;
}

static void test_nothing_is_asked_for_in_vain(void **state)
{
    static const char *const paths[] = { "/echo/a" };

    (void)state;
    if (failed)
        skip();
    failed = true;
    wb_expect(load(paths, 1, 0) == -EINVAL && load(paths, 1, -1) == -EINVAL &&
                  load(paths, -1, 1) == -EINVAL,
              WB_WRONG_ANSWER, "a limit of 0, or less, did not give -EINVAL");
    wb_expect(load(paths, 0, 3) == 0, WB_WRONG_ANSWER,
              "to load no page is no error");
    wb_expect(seen.requests == 0, WB_WRONG_ANSWER,
              "a request was made, and there was nothing to load");
    failed = false;
}

/* -- every order -------------------------------------------------------- */

static void every_order(void **scene)
{
    const char *files[] = { __FILE__, wb_candidate_source() };
    const char *name = *scene;

    if (failed)
        skip();
    failed = true;
    wbx_check_clean(&(struct wbx_options){
        .files = files,
        .nfiles = 2,
        WBX_CFLAGS("-DWB_EXPLORED", "-I" WB_CHAPTER_DIR),
        .args = &name,
        .nargs = 1,
    });
    failed = false;
}

#define SCENE(test)                                                            \
    cmocka_unit_test_setup_teardown(test, open_archive, close_archive)

static const struct CMUnitTest tests[] = {
    SCENE(test_as_many_as_may_be_are_under_way),
    SCENE(test_pages_come_in_their_places),
    SCENE(test_a_slow_page_holds_back_no_other),
    { "test_two_readers", every_order, NULL, NULL, (void *)"two" },
    { "test_one_reader", every_order, NULL, NULL, (void *)"one" },
    SCENE(test_a_page_that_fails_fails_alone),
    SCENE(test_nothing_is_asked_for_in_vain),
};
WB_TEST_MAIN(tests)

#else /* the program that is explored */

#include <errno.h>
#include <string.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/gauge.h"
#include "wb/verdict.h"

static struct wb_gauge under_way;
static struct page pages[3];

/* The archive, made up: the page of "/drop" cannot be had. */
int wb_fetch(int port, const char *path, char *body, int64_t deadline)
{
    bool there = strcmp(path, "/drop") != 0;

    (void)port;
    (void)deadline;
    wb_gauge_enter(&under_way);
    memcpy(body, there ? path + 1 : "", there ? 2 : 1);
    wb_gauge_leave(&under_way);
    return there ? 200 : -ECONNRESET;
}

static int judge_page(const struct page *page, const char *path)
{
    bool there = strcmp(path, "/drop") != 0;
    int code = there ? 200 : -ECONNRESET;

    WB_JUDGE(page->code == code, WB_WRONG_ANSWER,
             "page %d has code %d, expected %d", (int)(page - pages),
             page->code, code);
    WB_JUDGE(strcmp(page->text, there ? path + 1 : "") == 0, WB_WRONG_ANSWER,
             "page %d is in another page's place", (int)(page - pages));
    return 0;
}

/* Two readers and three pages, or one reader and two. */
int main(int argc, char **argv)
{
    static const char *const paths[] = { "/a", "/drop", "/c" };
    int limit = argc > 1 && strcmp(argv[1], "one") == 0 ? 1 : 2, n = limit + 1;
    const char *const *first = limit == 1 ? paths + 1 : paths;

    WB_JUDGE(load_pages(1, first, n, limit, pages) == 0, WB_WRONG_ANSWER,
             "load_pages gave an error");
    WB_JUDGE(wb_gauge_peak(&under_way) <= limit, WB_UNBOUNDED,
             "at most %d requests may be under way at once, and there were %d",
             limit, wb_gauge_peak(&under_way));
    for (int i = 0; i < n; i++)
        if (judge_page(&pages[i], first[i]) != 0)
            return 1;
    return 0;
}

#endif
