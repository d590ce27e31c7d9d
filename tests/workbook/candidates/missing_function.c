/* rejected: does-not-compile "undefined reference" */
#include "exercise.h"

int difference(int a, int b);

int difference(int a, int b)
{
    return a - b;
}
