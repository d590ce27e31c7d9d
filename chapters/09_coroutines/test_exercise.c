/* The judge of exercise 09. It takes any file that implements exercise.h.
 *
 * The clock of the loop is virtual: it moves only when all airlines and the
 * customer wait, and then to the next moment at which something happens. So
 * each time below is exact, and a slow machine changes none. */
#include <errno.h>

#include "exercise.h"
#include "wb/base.h"
#include "wb/coro.h"
#include "wb/coro_loop.h"
#include "wb/gauge.h"
#include "wb/testkit.h"

#if defined(__SANITIZE_THREAD__)
enum { CROWD = 200 }; /* each is a thread to ThreadSanitizer */
#else
enum { CROWD = 2000 };
#endif

enum { AIRLINES_MAX = 2000, UNTOUCHED = -12345, HOUR = 3600 * 1000 };

/* What an airline does: it answers after ms with result; when it is stopped
 * it takes leave for leave ms. */
struct airline {
    int ms, result, leave;
};

struct desk {
    const struct airline *airline;
    int n;
    int64_t deadline_ms; /* of the customer */
    int64_t cancel_ms;   /* when the caller is cancelled; 0: never */
    struct wb_gauge asked;
    int calls;
    int64_t last_stopped_ms; /* when the last of them was told to stop */
    int offers[AIRLINES_MAX + 1];
    /* what came of it */
    int rc;
    int64_t back_ms;
};

static struct desk desk;
static bool failed; /* the first failure is the verdict: play no scene after */

static int64_t now_ms(void)
{
    return wb_coro_now() / 1000000;
}

static int ask(void *arg, int i)
{
    struct desk *d = arg;
    struct airline all = { 10, i, 0 };
    const struct airline *a = d->airline != NULL ? &d->airline[i] : &all;

    d->calls++;
    wb_gauge_enter(&d->asked);
    int rc = wb_coro_sleep_ms(a->ms);
    if (rc < 0) {
        d->last_stopped_ms = now_ms();
        wb_coro_sleep_ms(a->leave);
    }
    wb_gauge_leave(&d->asked);
    return rc < 0 ? rc : a->result;
}

static int wait_at_desk(void *arg)
{
    struct desk *d = arg;
    int64_t deadline = wb_coro_deadline_in_ms(d->deadline_ms);

    d->rc = collect_offers(ask, d, d->n, deadline, d->offers);
    d->back_ms = now_ms();
    return 0;
}

/* The customer, and somebody who calls him away. One who is left at the end
 * of the loop would end the program, so that is told before. */
static int visit(void *arg)
{
    struct desk *d = arg;
    struct wb_coro *customer = wb_coro_spawn(wait_at_desk, d);

    if (d->cancel_ms > 0) {
        wb_coro_sleep_ms(d->cancel_ms);
        wb_coro_cancel(customer);
    }
    wb_coro_await(customer);
    size_t left = wb_coro_alive() - 1;
    wb_expect(left == 0, WB_LEAKED_THREAD,
              "collect_offers returned, and %zu coroutine%s of it still at "
              "work",
              left, left == 1 ? " is" : "s are");
    return 0;
}

static void play(const struct airline *airline, int n, int64_t deadline_ms,
                 int64_t cancel_ms)
{
    struct wb_coro_options options = { .virtual_time = true };

    desk = (struct desk){ .airline = airline,
                          .n = n,
                          .deadline_ms = deadline_ms,
                          .cancel_ms = cancel_ms };
    for (int i = 0; i <= AIRLINES_MAX; i++)
        desk.offers[i] = UNTOUCHED;
    wb_coro_run_with(&options, visit, &desk);
    wb_expect(desk.calls == n, WB_WRONG_ANSWER,
              "%d airlines were to be asked, and %d were", n, desk.calls);
    wb_expect(desk.offers[n] == UNTOUCHED, WB_WRONG_ANSWER,
              "something was written behind the last offer");
}

static void expect_offers(int prices, const int *offers)
{
    for (int i = 0; i < desk.n; i++)
        wb_expect(desk.offers[i] == offers[i], WB_WRONG_ANSWER,
                  "the offer of airline %d is %d, expected %d", i,
                  desk.offers[i], offers[i]);
    wb_expect(desk.rc == prices, WB_WRONG_ANSWER,
              "collect_offers returned %d, expected %d", desk.rc, prices);
}

static void expect_back(int64_t ms)
{
    wb_expect(desk.back_ms == ms, WB_WRONG_ANSWER,
              "collect_offers came back after %lld ms, expected %lld",
              (long long)desk.back_ms, (long long)ms);
}

static void expect_stopped(int64_t ms)
{
    wb_expect(desk.last_stopped_ms <= ms, WB_NOT_CONCURRENT,
              "all had to be told to stop at %lld ms, and the last was told "
              "at %lld",
              (long long)ms, (long long)desk.last_stopped_ms);
}

/* A scene after the first failure is skipped. */
static void first_failure(void)
{
    if (failed)
        skip();
    failed = true;
}

/* -- scenes ------------------------------------------------------------- */

static void ask_crowd(int n)
{
    int peak;

    play(NULL, n, 100, 0);
    peak = wb_gauge_peak(&desk.asked);
    wb_expect(peak == n, WB_NOT_CONCURRENT,
              "%d airlines were to be asked at the same time, and never more "
              "than %d airline%s being asked",
              n, peak, peak == 1 ? " was" : "s were");
    expect_back(10);
}

static void test_all_are_asked_at_once(void **state)
{
    (void)state;
    first_failure();
    ask_crowd(3);
    ask_crowd(40);
    ask_crowd(CROWD);
    failed = false;
}

static void test_offers_stand_in_their_places(void **state)
{
    static const struct airline a[] = {
        { 40, 310, 0 }, { 10, 290, 0 }, { 30, 0, 0 }, { 20, 305, 0 }
    };

    (void)state;
    first_failure();
    play(a, 4, 1000, 0);
    expect_offers(4, (const int[]){ 310, 290, 0, 305 });
    expect_back(40);
    failed = false;
}

static void test_an_airline_fails_alone(void **state)
{
    static const struct airline a[] = {
        { 30, 310, 0 }, { 5, -EIO, 0 }, { 30, 290, 0 }, { 0, -ENOENT, 0 }
    };

    (void)state;
    first_failure();
    play(a, 4, 1000, 0);
    expect_offers(2, (const int[]){ 310, -EIO, 290, -ENOENT });
    expect_back(30);
    failed = false;
}

static void test_the_late_are_stopped(void **state)
{
    static const struct airline a[] = {
        { HOUR, 310, 0 }, { 10, 290, 0 }, { HOUR, 305, 0 }, { 199, 299, 0 }
    };

    (void)state;
    first_failure();
    play(a, 4, 200, 0);
    expect_offers(2, (const int[]){ -ETIMEDOUT, 290, -ETIMEDOUT, 299 });
    expect_stopped(200);
    expect_back(200);
    failed = false;
}

/* They take leave all at the same time. */
static void test_leave_is_waited_for(void **state)
{
    static const struct airline a[] = {
        { HOUR, 310, 30 }, { 10, 290, 0 }, { HOUR, 305, 50 }, { HOUR, 299, 20 }
    };

    (void)state;
    first_failure();
    play(a, 4, 200, 0);
    expect_offers(1, (const int[]){ -ETIMEDOUT, 290, -ETIMEDOUT, -ETIMEDOUT });
    expect_stopped(200);
    expect_back(250);
    failed = false;
}

static void test_a_customer_is_called_away(void **state)
{
    static const struct airline a[] = { { HOUR, 310, 30 },
                                        { 10, 290, 0 },
                                        { HOUR, 305, 50 } };

    (void)state;
    first_failure();
    play(a, 3, 2000, 100);
    wb_expect(desk.rc == -ECANCELED, WB_WRONG_ANSWER,
              "the customer was called away, and collect_offers returned %d, "
              "expected %d",
              desk.rc, -ECANCELED);
    expect_stopped(100);
    expect_back(150);
    failed = false;
}

static void test_nobody_is_asked(void **state)
{
    (void)state;
    first_failure();
    play(NULL, 0, 200, 0);
    wb_expect(desk.rc == 0, WB_WRONG_ANSWER,
              "nobody was asked, and collect_offers returned %d", desk.rc);
    expect_back(0);
    failed = false;
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_all_are_asked_at_once),
    cmocka_unit_test(test_offers_stand_in_their_places),
    cmocka_unit_test(test_an_airline_fails_alone),
    cmocka_unit_test(test_the_late_are_stopped),
    cmocka_unit_test(test_leave_is_waited_for),
    cmocka_unit_test(test_a_customer_is_called_away),
    cmocka_unit_test(test_nobody_is_asked),
};
WB_TEST_MAIN(tests)
