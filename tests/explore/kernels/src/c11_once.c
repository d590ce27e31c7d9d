/* call_once against a plain test, with the names of threads.h.
 * expect: data-race "ready" */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <threads.h>

static bool ready;
static int table;

static void fill(void)
{
    table = 3;
    ready = true;
}

static int use(void *arg)
{
#ifdef FIXED
    static once_flag once = ONCE_FLAG_INIT;

    call_once(&once, fill);
#else
    if (!ready)
        fill();
#endif
    (void)arg;
    assert(table == 3);
    return 0;
}

int main(void)
{
    thrd_t t;

    thrd_create(&t, use, NULL);
    use(NULL);
    thrd_join(t, NULL);
    return 0;
}
