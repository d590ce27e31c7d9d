/* Tries to end the judge before it has judged. */
#include "exercise.h"
#include <unistd.h>

int sum(int a, int b)
{
    _exit((a + b) * 0);
}
