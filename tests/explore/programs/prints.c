/* Prints a string while another thread writes it. CALL is the statement that
 * prints text; the format's other arguments must not lead astray. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char text[8] = "before";
static char line[64];

static int list(const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    return n;
}

static void *worker(void *arg)
{
    text[LETTER] = 'x';
    return arg;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, worker, NULL);
    CALL;
    pthread_join(t, NULL);
    return list("%d", 1) != 1 || line[0] != '1';
}
