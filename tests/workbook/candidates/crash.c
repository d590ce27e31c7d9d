/* rejected: wrong-answer */
#include "exercise.h"
#include <stddef.h>

int sum(int a, int b)
{
    volatile int *nowhere = NULL;
    return *nowhere + a + b;
}
