/* Ends by a signal that no handler sees. */
#include "exercise.h"
#include <signal.h>

int sum(int a, int b)
{
    raise(SIGKILL);
    return a + b;
}
