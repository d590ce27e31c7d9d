/* rejected: assertion "a > b" */
#include "exercise.h"
#undef NDEBUG
#include <assert.h>

int sum(int a, int b)
{
    assert(a > b);
    return a + b;
}
