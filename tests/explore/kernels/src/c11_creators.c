/* Two threads begin a helper each at the same time, and each helper must run
 * what it was begun with. Here both count in one place.
 * expect: data-race "counts" */
#include <stddef.h>
#include <threads.h>

static int counts[2];

static int count_first(void *arg)
{
    counts[0]++;
    return arg != &counts[0];
}

static int count_second(void *arg)
{
#ifdef FIXED
    counts[1]++;
#else
    counts[0]++;
#endif
    return arg != &counts[1];
}

static int begin_second(void *arg)
{
    thrd_t helper;
    int rc = 1;

    if (thrd_create(&helper, count_second, arg) == thrd_success)
        thrd_join(helper, &rc);
    return rc;
}

int main(void)
{
    thrd_t other, helper;
    int first = 1, second = 1;

    if (thrd_create(&other, begin_second, &counts[1]) != thrd_success)
        return 1;
    if (thrd_create(&helper, count_first, &counts[0]) == thrd_success)
        thrd_join(helper, &first);
    thrd_join(other, &second);
    return first + second != 0;
}
