/* Tries the same by exit(). */
#include "exercise.h"
#include <stdlib.h>

int sum(int a, int b)
{
    exit((a + b) * 0);
}
