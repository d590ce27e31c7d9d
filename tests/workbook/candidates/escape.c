/* Leaves a process behind that has left the group, and one in that one's
 * own session. Right otherwise. */
#include "exercise.h"
#include <unistd.h>

int sum(int a, int b)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            setsid();
        for (;;)
            pause();
    }
    return a + b;
}
