/* rejected: bad-luck */
#include "exercise.h"

int sum(int a, int b)
{
    return a - b;
}
