/* Every process makes another one. */
#include "exercise.h"
#include <unistd.h>

int sum(int a, int b)
{
    for (;;) {
        if (fork() < 0)
            pause();
    }
    return a + b;
}
