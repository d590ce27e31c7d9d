/* The judge of exercise 12. It takes any file that implements exercise.h.
 *
 * Its directory blocks in a server that answers when the whole process is
 * asleep (wb/heart.h). Who is asleep then cannot come any more: so the judge
 * sees how many calls are under way at most, and whether the loop, which was
 * asked for a beat when the call began, has stood still. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/coro_sync.h"
#include "wb/gauge.h"
#include "wb/heart.h"
#include "wb/server.h"
#include "wb/testkit.h"

enum { NAMES_MAX = 12, UNTOUCHED = 77 };

/* When the judge cancels find_all(). */
enum { NEVER, IN_OPEN, IN_LOOK_UP, BEFORE_CLOSE };

static struct scene {
    /* const while it is played */
    struct directory directory;
    struct entry entries[NAMES_MAX];
    char names[NAMES_MAX][48];
    int n, open_error, cancel;
    struct wb_coro_loop *loop;
    struct wb_heart *heart;
    struct wb_server *server;
    struct wb_coro *candidate;

    /* owner thread only: the loop's */
    struct wb_coro_event kept;
    int keepers; /* of the executor's threads */

    /* atomic: written by the directory, read when find_all() has returned */
    atomic_int opened, closed, asked, refused;
    atomic_int astray; /* look_up() of a directory that is not open */
    atomic_int early;  /* look_up() still under way at close() */
    _Atomic(const char *) blocker; /* the call that blocked the loop */
    struct wb_gauge looking;
} scene;

static bool failed; /* the first failure is the verdict: play no scene after */

/* -- the directory --------------------------------------------------------- */

static void cancel_it(void *arg)
{
    (void)arg;
    wb_coro_cancel(scene.candidate);
}

static void cancel_if(int when)
{
    if (scene.cancel == when)
        wb_coro_call_soon_threadsafe(scene.loop, cancel_it, NULL);
}

static void fill_executor(void *arg);

static int block(const char *call, const char *path)
{
    char body[WB_FETCH_MAX];
    const char *nobody = NULL;
    bool beat;
    int code = wb_heart_block(scene.heart, path, body, &beat);

    if (!beat)
        atomic_compare_exchange_strong(&scene.blocker, &nobody, call);
    return code;
}

static int open_directory(struct directory *d)
{
    (void)d;
    cancel_if(IN_OPEN);
    block("open", "/hold");
    if (scene.open_error == 0)
        atomic_fetch_add(&scene.opened, 1);
    return scene.open_error;
}

static void close_directory(struct directory *d)
{
    (void)d;
    atomic_fetch_add(&scene.early, wb_gauge_inside(&scene.looking));
    atomic_fetch_add(&scene.closed, 1);
    block("close", "/hold");
}

/* A name is a number and a path of the server: "3/hold". */
static int look_up(struct directory *d, const char *name, char *number)
{
    int under_way = wb_gauge_enter(&scene.looking);

    (void)d;
    atomic_fetch_add(&scene.asked, 1);
    if (atomic_load(&scene.opened) != atomic_load(&scene.closed) + 1)
        atomic_fetch_add(&scene.astray, 1);
    if (under_way == scene.directory.lines)
        cancel_if(IN_LOOK_UP);
    if (scene.cancel == BEFORE_CLOSE)
        wb_coro_call_soon_threadsafe(scene.loop, fill_executor, NULL);
    int code = block("look_up", strchr(name, '/'));
    atomic_fetch_add(&scene.refused, code == 409);
    snprintf(number, NUMBER_MAX, "555-%d", atoi(name));
    wb_gauge_leave(&scene.looking);
    return code == 200 ? 0 : -ENOENT;
}

/* -- others who use the executor ------------------------------------------- */

/* They leave no thread for close(), so that find_all() is cancelled while its
 * close() has not begun. All but the last begin beside the one look_up() there
 * is, and that one when look_up() has come back: it holds once less. */
enum { FIRST, OTHER, LAST, KEEPERS = 4 };

static int keep_thread(void *arg)
{
    int who = *(const int *)arg;

    if (who != LAST)
        block("look_up", "/hold");
    block("look_up", "/hold");
    if (who == FIRST)
        wb_coro_call_soon_threadsafe(scene.loop, cancel_it, NULL);
    block("look_up", "/hold");
    return 0;
}

static int use_executor(void *arg)
{
    int rc = wb_coro_run_in_executor(keep_thread, arg);

    scene.keepers--;
    wb_coro_event_set(&scene.kept);
    return rc;
}

static void fill_executor(void *arg)
{
    static int keepers[KEEPERS] = { FIRST, OTHER, OTHER, LAST };

    (void)arg;
    scene.keepers = KEEPERS;
    for (int i = 0; i < KEEPERS; i++)
        wb_coro_detach(wb_coro_spawn(use_executor, &keepers[i]));
}

/* -- playing a scene ------------------------------------------------------- */

static int run_candidate(void *arg)
{
    (void)arg;
    return find_all(&scene.directory, scene.entries, scene.n);
}

static int play(void *arg)
{
    (void)arg;
    scene.loop = wb_coro_loop();
    WB_MUST(
        wb_heart_start(&scene.heart, wb_server_port(scene.server), "find_all"));
    scene.candidate = wb_coro_spawn(run_candidate, NULL);
    int rc = wb_coro_await(scene.candidate);
    for (; scene.keepers > 0; wb_coro_event_clear(&scene.kept))
        WB_MUST(wb_coro_event_wait(&scene.kept, WB_FOREVER));
    if (wb_heart_left(scene.heart) > 0) {
        /* They would go on to write into what is the caller's. */
        wb_verdict_say(WB_LEAKED_THREAD,
                       "find_all returned while a call of the directory was "
                       "under way");
        fflush(stdout);
        _exit(1);
    }
    wb_heart_stop(scene.heart);
    return rc;
}

static void set_scene(int n, int lines, const char *path)
{
    memset(&scene, 0, sizeof(scene));
    scene.directory = (struct directory){
        open_directory, close_directory, look_up, lines, NULL,
    };
    scene.n = n;
    scene.kept = (struct wb_coro_event)WB_CORO_EVENT_INIT(scene.kept);
    for (int i = 0; i < n; i++) {
        snprintf(scene.names[i], sizeof(scene.names[i]), "%d%s", i, path);
        scene.entries[i].name = scene.names[i];
        scene.entries[i].rc = UNTOUCHED;
    }
}

static int play_scene(void)
{
    struct wb_server_counts seen;

    WB_MUST(wb_server_start(&scene.server, NULL));
    int rc = wb_coro_run(play, NULL);
    wb_server_counts(scene.server, &seen);
    wb_server_stop(scene.server);
    if (seen.blind) {
        print_message("this kernel hides what threads sleep in\n");
        skip();
    }
    wb_expect(scene.blocker == NULL, WB_BLOCKED_LOOP,
              "%s() blocked the loop: nobody else could run before it returned",
              scene.blocker);
    return rc;
}

static void expect_order(int opened)
{
    wb_expect(scene.astray == 0, WB_WRONG_ANSWER,
              "look_up() was called while the directory was not open");
    wb_expect(scene.early == 0, WB_WRONG_ANSWER,
              "close() was called while look_up() was under way");
    wb_expect(scene.opened == opened, WB_WRONG_ANSWER,
              "open() was called %d times", scene.opened);
    wb_expect(scene.closed == opened, WB_WRONG_ANSWER,
              "the directory was opened %d times and closed %d times", opened,
              scene.closed);
}

static void expect_entry(int i, int rc)
{
    const struct entry *e = &scene.entries[i];
    char number[NUMBER_MAX];

    snprintf(number, sizeof(number), "555-%d", i);
    wb_expect(e->rc == rc, WB_WRONG_ANSWER, "entry %d has rc %d, expected %d",
              i, e->rc, rc);
    wb_expect(rc != 0 || strcmp(e->number, number) == 0, WB_WRONG_ANSWER,
              "entry %d has number \"%.20s\", expected \"%s\"", i, e->number,
              number);
}

/* -- scenes ---------------------------------------------------------------- */

static void begin(void)
{
    if (failed)
        skip();
    failed = true;
}

static void expect_under_way(int n, int lines)
{
    int most = n < lines ? n : lines;

    set_scene(n, lines, "/hold");
    int rc = play_scene(), peak = wb_gauge_peak(&scene.looking);
    wb_expect(peak <= lines, WB_UNBOUNDED,
              "%d lines, and %d look_up() were under way", lines, peak);
    wb_expect(peak == most, WB_NOT_CONCURRENT,
              "%d names, %d lines, and never more than %d look_up() under way",
              n, lines, peak);
    wb_expect(rc == 0, WB_WRONG_ANSWER, "find_all returned %d, expected 0", rc);
    wb_expect(
        scene.asked == n, WB_WRONG_ANSWER,
        "%d names were to be looked up, and look_up() was called %d times", n,
        scene.asked);
    expect_order(1);
    for (int i = 0; i < n; i++)
        expect_entry(i, 0);
}

static void test_all_lines_are_busy_and_the_loop_is_free(void **state)
{
    (void)state;
    begin();
    expect_under_way(7, 2);
    expect_under_way(NAMES_MAX, LINES_MAX);
    expect_under_way(2, 3);
    expect_under_way(3, 1);
    expect_under_way(0, 2);
    failed = false;
}

static void rename_entry(int i, const char *path)
{
    snprintf(scene.names[i], sizeof(scene.names[i]), "%d%s", i, path);
}

/* The first call comes back only when the last name has been asked for. */
static void test_a_slow_call_holds_back_no_other(void **state)
{
    (void)state;
    begin();
    set_scene(6, 2, "/echo/x");
    rename_entry(0, "/gate/2/slow");
    rename_entry(5, "/gate/2/last");
    play_scene();
    wb_expect(scene.refused == 0, WB_NOT_CONCURRENT,
              "one call takes long, a line is free, and the next name is not "
              "asked for until it has come back");
    failed = false;
}

static void test_a_name_that_fails_fails_alone(void **state)
{
    (void)state;
    begin();
    for (int lines = 1; lines <= 3; lines += 2) {
        set_scene(6, lines, "/echo/x");
        rename_entry(0, "/error/404/nobody");
        rename_entry(3, "/error/404/nobody");
        int rc = play_scene();
        wb_expect(rc == 0, WB_WRONG_ANSWER,
                  "two names are not in the directory, and find_all returned "
                  "%d",
                  rc);
        for (int i = 0; i < 6; i++)
            expect_entry(i, i % 3 == 0 ? -ENOENT : 0);
        expect_order(1);
    }
    failed = false;
}

static void test_a_directory_that_cannot_be_opened(void **state)
{
    (void)state;
    begin();
    set_scene(2, 2, "/hold");
    scene.open_error = -EACCES;
    int rc = play_scene();
    wb_expect(rc == -EACCES, WB_WRONG_ANSWER,
              "open() failed with %d, and find_all returned %d", -EACCES, rc);
    wb_expect(scene.asked == 0, WB_WRONG_ANSWER,
              "open() failed, and a name was looked up");
    wb_expect(scene.entries[0].rc == UNTOUCHED, WB_WRONG_ANSWER,
              "open() failed, and an entry was touched");
    expect_order(0);
    failed = false;
}

static void expect_cancelled(int when, int asked)
{
    set_scene(6, 2, "/hold");
    scene.cancel = when;
    int rc = play_scene();
    wb_expect(rc == -ECANCELED, WB_WRONG_ANSWER,
              "find_all was cancelled, and returned %d", rc);
    wb_expect(scene.asked == asked, WB_WRONG_ANSWER,
              "find_all was cancelled with %d calls under way, and made %d",
              asked, scene.asked);
    expect_order(1);
    for (int i = asked; i < 6; i++)
        expect_entry(i, -ECANCELED);
}

static void test_a_cancelled_search_ends_well(void **state)
{
    (void)state;
    begin();
    expect_cancelled(IN_LOOK_UP, 2);
    expect_entry(0, 0);
    expect_entry(1, 0);
    expect_cancelled(IN_OPEN, 0);
    failed = false;
}

static void test_what_was_opened_is_closed_come_what_may(void **state)
{
    (void)state;
    begin();
    set_scene(1, 1, "/hold");
    scene.cancel = BEFORE_CLOSE;
    int rc = play_scene();
    wb_expect(scene.closed == 1, WB_WRONG_ANSWER,
              "find_all was cancelled before its close() began, and the "
              "directory stays open");
    wb_expect(rc == -ECANCELED, WB_WRONG_ANSWER,
              "find_all was cancelled before its close() began, and returned "
              "%d",
              rc);
    failed = false;
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_all_lines_are_busy_and_the_loop_is_free),
    cmocka_unit_test(test_a_slow_call_holds_back_no_other),
    cmocka_unit_test(test_a_name_that_fails_fails_alone),
    cmocka_unit_test(test_a_directory_that_cannot_be_opened),
    cmocka_unit_test(test_a_cancelled_search_ends_well),
    cmocka_unit_test(test_what_was_opened_is_closed_come_what_may),
};

WB_TEST_MAIN(tests)
