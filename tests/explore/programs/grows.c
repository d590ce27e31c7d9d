/* A block that grows: it begins as none, keeps what it holds, and moves. With
 * OLD the block it was is written to. */
#include <stdlib.h>

int main(void)
{
    char *old, *p = realloc(NULL, 2);

    if (p == NULL)
        return 1;
    p[0] = 'a';
    old = p;
    p = realloc(p, 64);
    if (p == NULL || p[0] != 'a')
        return 1;
#ifdef OLD
    old[1] = 'b';
#else
    (void)old;
#endif
    free(p);
    return 0;
}
