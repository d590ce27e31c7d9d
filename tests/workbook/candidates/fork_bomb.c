/* Every process makes another one, up to twice what the judge allows: enough
 * to be stopped for, and no danger to the machine if it were not. */
#include "exercise.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

int sum(int a, int b)
{
    _Atomic int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(count, 1) < 400)
        fork();
    for (;;)
        pause();
    return a + b;
}
