/* Every process makes another one. It stops at 2000, ten times what the judge
 * allows, should the judge not stop it: the machine has other users. */
#include "exercise.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

int sum(int a, int b)
{
    _Atomic int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(count, 1) < 2000) {
        if (fork() < 0)
            break;
    }
    for (;;)
        pause();
    return a + b;
}
