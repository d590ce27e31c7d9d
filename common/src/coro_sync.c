/*
 * Events and semaphores between coroutines. See wb/coro_sync.h.
 *
 * What is given back to a semaphore goes to the first who waits, and is not
 * free in between: nobody can overtake.
 */

#include "wb/coro_sync.h"

#include "coro_impl.h"
#include "wb/base.h"

static void need_init(const struct wb_coro_list *l, const char *call,
                      const char *initialiser)
{
    if (l->next == NULL)
        wb_misuse("%s: it was not initialised: use %s", call, initialiser);
}

void wb_coro_event_set(struct wb_coro_event *e)
{
    e->set = true;
    wbc_wake_all(&e->waiters, 0);
}

void wb_coro_event_clear(struct wb_coro_event *e)
{
    e->set = false;
}

int wb_coro_event_wait(struct wb_coro_event *e, int64_t deadline)
{
    wbc_need_self("wb_coro_event_wait");
    need_init(&e->waiters, "wb_coro_event_wait", "WB_CORO_EVENT_INIT");
    return e->set ? 0 : wbc_park(&e->waiters, deadline);
}

int wb_coro_semaphore_acquire(struct wb_coro_semaphore *s, int64_t deadline)
{
    wbc_need_self("wb_coro_semaphore_acquire");
    need_init(&s->waiters, "wb_coro_semaphore_acquire",
              "WB_CORO_SEMAPHORE_INIT");
    if (s->free == 0)
        return wbc_park(&s->waiters, deadline);
    s->free--;
    return 0;
}

void wb_coro_semaphore_release(struct wb_coro_semaphore *s)
{
    if (!wbc_wake_first(&s->waiters, 0))
        s->free++;
}
