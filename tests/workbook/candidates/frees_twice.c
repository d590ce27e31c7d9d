/* rejected: double-free */
#include "exercise.h"
#include <stdlib.h>

int sum(int a, int b)
{
    char *volatile p = malloc(10);
    free(p);
    free(p);
    return a + b;
}
