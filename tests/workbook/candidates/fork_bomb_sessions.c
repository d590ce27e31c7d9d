/* A fork bomb whose every process leaves for a session of its own. It stops
 * at 2000, ten times what the judge allows, should the judge not stop it. */
#include "exercise.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

int sum(int a, int b)
{
    _Atomic int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(count, 1) < 2000) {
        if (fork() == 0)
            setsid();
    }
    for (;;)
        pause();
    return a + b;
}
