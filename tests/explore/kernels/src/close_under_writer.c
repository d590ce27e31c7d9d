/* An end of a pipe is closed while another thread may still write to it. The
 * order in which the closing comes first is the harmless one.
 * expect: assertion "wrote == -1" */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static int ends[2];
static ssize_t wrote;

static void *say(void *arg)
{
    wrote = write(ends[1], "x", 1);
    return arg;
}

int main(void)
{
    pthread_t writer;

    if (pipe(ends) != 0 || pthread_create(&writer, NULL, say, NULL) != 0)
        return 1;
#ifdef FIXED
    pthread_join(writer, NULL);
    assert(wrote == 1);
    close(ends[1]);
#else
    close(ends[1]);
    pthread_join(writer, NULL);
    assert(wrote == -1);
#endif
    return close(ends[0]);
}
