/* Waits for a byte that never comes. */
#include "exercise.h"
#include <unistd.h>

int sum(int a, int b)
{
    int end[2];
    char c;
    if (pipe(end) == 0 && read(end[0], &c, 1) == 1)
        return c;
    return a + b;
}
