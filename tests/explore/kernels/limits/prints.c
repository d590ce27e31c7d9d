/* Prints for ever, and never looks at anything another thread could change. */
#include <stdio.h>

int main(void)
{
    for (;;)
        puts("again");
}
