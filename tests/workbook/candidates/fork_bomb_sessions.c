/* A fork bomb whose every process leaves for a session of its own; it ends at
 * twice what the judge allows. */
#include "exercise.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

int sum(int a, int b)
{
    _Atomic int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(count, 1) < 400) {
        if (fork() == 0)
            setsid();
    }
    for (;;)
        pause();
    return a + b;
}
