/* rejected: does-not-compile "expected" */
#include "exercise.h"

int sum(int a, int b)
{
    return a + b
}
