/* A descriptor: what lies in a pipe is no part of a graph's states. */
#include <unistd.h>

int main(void)
{
    int ends[2];
    char c = 'x';

    if (pipe(ends) < 0)
        return 1;
    return write(ends[1], &c, 1) == 1 && read(ends[0], &c, 1) == 1 ? 0 : 1;
}
