/* The judge of exercise 11. It takes any file that implements exercise.h.
 *
 * Its sources block in a server that answers when the whole process is asleep
 * (wb/heart.h), so that the judge sees which of them are read at the same time
 * and whether the loop has stood still meanwhile. Its sink knows which thread
 * is the loop's, and which lines have been read and not been put. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/gauge.h"
#include "wb/heart.h"
#include "wb/inspect.h"
#include "wb/server.h"
#include "wb/testkit.h"

enum { EVENINGS = 6, NOISY_LINES = 40 };

/* A source says so many lines, and then end. */
struct script {
    const char *path; /* of the server, for the first line */
    int lines, end;
    /* owner thread only: whoever reads it */
    int said;
    /* atomic: counted by the reader and by the sink */
    atomic_int read, put;
};

static struct scene {
    /* const while it is played */
    struct source sources[SOURCES_MAX];
    struct script scripts[SOURCES_MAX];
    struct sink sink;
    int n;
    bool busy; /* the loop is, in the first put() of source 0 */
    pthread_t loop_thread;
    struct wb_heart *heart;
    struct wb_server *server;

    atomic_int foreign; /* atomic: calls of put() by other threads */
    atomic_int wrong;   /* atomic: lines that came out of order */
    atomic_int refused; /* atomic: gates that could not open */
    atomic_int ahead;   /* atomic: the most lines read and not put */
    atomic_int doubled; /* atomic: two readers in one source */
    struct wb_gauge waiting;
    struct wb_gauge inside[SOURCES_MAX];
} scene;

static bool failed; /* the first failure is the verdict: play no scene after */

_Noreturn static void end(enum wb_verdict kind, const char *what)
{
    wb_verdict_say(kind, "%s", what);
    fflush(stdout);
    _exit(1);
}

/* -- sources --------------------------------------------------------------- */

static void block(const char *path)
{
    char body[WB_FETCH_MAX];
    bool beat;

    if (pthread_equal(pthread_self(), scene.loop_thread))
        end(WB_BLOCKED_LOOP, "read_line() was called on the loop's thread");
    wb_gauge_enter(&scene.waiting);
    int code = wb_heart_block(scene.heart, path, body, &beat);
    wb_gauge_leave(&scene.waiting);
    if (!beat && !scene.busy)
        end(WB_BLOCKED_LOOP, "the loop stood still while read_line() blocked");
    atomic_fetch_add(&scene.refused, code == 409);
}

static void note_ahead(int lines)
{
    int most = atomic_load(&scene.ahead);

    while (lines > most &&
           !atomic_compare_exchange_weak(&scene.ahead, &most, lines))
        continue;
}

static int read_line(struct source *s, char line[LINE_SIZE])
{
    struct script *script = s->data;
    int i = (int)(s - scene.sources);

    if (wb_gauge_enter(&scene.inside[i]) > 1)
        atomic_fetch_add(&scene.doubled, 1);
    note_ahead(atomic_load(&script->read) - atomic_load(&script->put) + 1);
    if (script->said == 0 && script->path != NULL)
        block(script->path);
    bool more = script->said < script->lines;
    if (more) {
        snprintf(line, LINE_SIZE, "%d of %d", script->said++, i);
        atomic_fetch_add(&script->read, 1);
    }
    wb_gauge_leave(&scene.inside[i]);
    return more ? 0 : script->end;
}

/* -- the sink -------------------------------------------------------------- */

static void put(struct sink *k, int i, const char *line)
{
    char expected[LINE_SIZE];
    char body[WB_FETCH_MAX];

    (void)k;
    if (!pthread_equal(pthread_self(), scene.loop_thread)) {
        atomic_fetch_add(&scene.foreign, 1);
        return;
    }
    if (i < 0 || i >= scene.n) {
        atomic_fetch_add(&scene.wrong, 1);
        return;
    }
    struct script *script = &scene.scripts[i];
    bool first = atomic_load(&script->put) == 0;
    snprintf(expected, sizeof(expected), "%d of %d", atomic_load(&script->put),
             i);
    atomic_fetch_add(&scene.wrong, strcmp(line, expected) != 0);
    /* Until nobody runs any more: what is read now is read ahead. */
    if (scene.busy && i == 0 && first) {
        bool beat;
        wb_heart_block(scene.heart, "/hold", body, &beat);
    }
    atomic_fetch_add(&script->put, 1);
}

/* -- playing a scene ------------------------------------------------------- */

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

static int play(void *arg)
{
    struct source *sources[SOURCES_MAX];

    (void)arg;
    scene.loop_thread = pthread_self();
    for (int i = 0; i < scene.n; i++)
        sources[i] = &scene.sources[i];
    WB_MUST(wb_coro_run_in_executor(nothing, NULL)); /* its threads stay */
    WB_MUST(
        wb_heart_start(&scene.heart, wb_server_port(scene.server), "tail_all"));
    int before = wb_proc_threads(getpid());
    int rc = tail_all(sources, scene.n, &scene.sink);
    if (wb_heart_left(scene.heart) > 0 || wb_proc_threads(getpid()) > before)
        end(WB_LEAKED_THREAD,
            "tail_all returned, and a thread of it is still there");
    wb_heart_stop(scene.heart);
    return rc;
}

static void set_scene(int n, const char *path, int lines)
{
    memset(&scene, 0, sizeof(scene));
    scene.n = n;
    scene.sink.put = put;
    for (int i = 0; i < n; i++) {
        scene.sources[i] = (struct source){ read_line, &scene.scripts[i] };
        scene.scripts[i].path = path;
        scene.scripts[i].lines = lines;
        scene.scripts[i].end = -EPIPE;
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
    wb_expect(scene.foreign == 0, WB_DATA_RACE,
              "put() was called on another thread than the loop's, %d times",
              scene.foreign);
    wb_expect(scene.doubled == 0, WB_DATA_RACE,
              "two threads were in read_line() of one source");
    wb_expect(scene.ahead <= 1, WB_UNBOUNDED,
              "%d lines of one source were read, and none of them was in the "
              "sink",
              scene.ahead);
    return rc;
}

static void expect_all_put(void)
{
    wb_expect(scene.wrong == 0, WB_WRONG_ANSWER,
              "%d lines were not the next of their source", scene.wrong);
    for (int i = 0; i < scene.n; i++)
        wb_expect(scene.scripts[i].put == scene.scripts[i].lines,
                  WB_WRONG_ANSWER, "source %d said %d lines, and %d were put",
                  i, scene.scripts[i].lines, scene.scripts[i].put);
}

static void begin(void)
{
    if (failed)
        skip();
    failed = true;
}

/* -- scenes ---------------------------------------------------------------- */

static void expect_read_together(int n)
{
    set_scene(n, "/hold", 3);
    int rc = play_scene(), peak = wb_gauge_peak(&scene.waiting);
    wb_expect(peak == n, WB_NOT_CONCURRENT,
              "%d sources have no line yet, and never more than %d were waited "
              "for",
              n, peak);
    wb_expect(rc == 0, WB_WRONG_ANSWER,
              "%d sources ended well, and tail_all returned %d", n, rc);
    expect_all_put();
}

static void test_all_sources_are_read_and_the_loop_is_free(void **state)
{
    (void)state;
    begin();
    expect_read_together(2);
    expect_read_together(6);
    expect_read_together(SOURCES_MAX);
    expect_read_together(1);
    expect_read_together(0);
    failed = false;
}

/* The quiet one says nothing until all others have ended. */
static void test_a_quiet_source_holds_back_no_other(void **state)
{
    (void)state;
    begin();
    set_scene(6, NULL, 3);
    scene.scripts[0].path = "/gate/2/quiet";
    scene.scripts[5].path = "/gate/2/last";
    int rc = play_scene();
    wb_expect(scene.refused == 0 && rc == 0, WB_NOT_CONCURRENT,
              "source 0 is quiet, and source 5 is not read");
    expect_all_put();
    failed = false;
}

static void test_lines_do_not_pile_up_while_the_loop_is_busy(void **state)
{
    (void)state;
    begin();
    set_scene(3, NULL, NOISY_LINES);
    scene.busy = true;
    play_scene();
    expect_all_put();
    failed = false;
}

static void test_a_broken_source_stops_no_other(void **state)
{
    (void)state;
    begin();
    set_scene(5, NULL, 4);
    scene.scripts[0].path = "/hold";
    scene.scripts[1].end = -EIO;
    scene.scripts[3].end = -ENODEV;
    scene.scripts[3].lines = 0;
    int rc = play_scene();
    expect_all_put();
    wb_expect(rc == -EIO, WB_WRONG_ANSWER,
              "source 1 ended with %d and source 3 with %d, and tail_all "
              "returned %d",
              -EIO, -ENODEV, rc);
    failed = false;
}

/* Pages of memory that the process has addresses for. */
static long address_space(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    long pages = 0;

    if (f == NULL || fscanf(f, "%ld", &pages) != 1)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return pages;
}

/* The stack of a thread that was never joined is not used again. */
static void test_each_thread_is_joined(void **state)
{
    size_t stack;
    pthread_attr_t attr;

    (void)state;
    begin();
    WB_MUST(pthread_getattr_default_np(&attr));
    WB_MUST(pthread_attr_getstacksize(&attr, &stack));
    WB_MUST(pthread_attr_destroy(&attr));
    set_scene(SOURCES_MAX, NULL, 0);
    play_scene();
    long before = address_space();
    for (int i = 0; i < EVENINGS; i++) {
        set_scene(SOURCES_MAX, NULL, 0);
        play_scene();
    }
    double stacks = (double)(address_space() - before) *
                    (double)sysconf(_SC_PAGESIZE) / (double)stack;
    wb_expect(stacks < EVENINGS * SOURCES_MAX / 2.0, WB_LEAKED_THREAD,
              "%d threads have come and gone, and the stacks of %.0f were "
              "never given back: join them",
              EVENINGS * SOURCES_MAX, stacks);
    failed = false;
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_all_sources_are_read_and_the_loop_is_free),
    cmocka_unit_test(test_a_quiet_source_holds_back_no_other),
    cmocka_unit_test(test_lines_do_not_pile_up_while_the_loop_is_busy),
    cmocka_unit_test(test_a_broken_source_stops_no_other),
    cmocka_unit_test(test_each_thread_is_joined),
};

WB_TEST_MAIN(tests)
