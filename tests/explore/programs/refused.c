/* Calls what nobody has modelled, or does not come to it. */
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int s;

static void *connect_it(void *unused)
{
    s = socket(AF_INET, SOCK_STREAM, 0);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t t;

    (void)argv;
    if (argc > 2)
        s = epoll_create1(0);
    if (argc > 1)
        return s;
    pthread_create(&t, NULL, connect_it, NULL);
    pthread_join(t, NULL);
    printf("%d\n", s);
    return 0;
}
