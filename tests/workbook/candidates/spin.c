/* Waits for a change that never comes, without ever sleeping. */
#include "exercise.h"

int sum(int a, int b)
{
    volatile int ready = 0;
    while (!ready) {
    }
    return a + b;
}
