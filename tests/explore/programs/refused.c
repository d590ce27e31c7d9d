/* Calls what nobody has modelled. */
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);

    printf("%d\n", s);
    return 0;
}
