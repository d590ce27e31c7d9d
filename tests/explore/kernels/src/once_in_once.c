/* What is to be done once asks for itself on the way.
 * expect: deadlock "once held by itself" */
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ready;

static void set_up(void)
{
#ifndef FIXED
    pthread_once(&once, set_up);
#endif
    ready = 1;
}

int main(void)
{
    pthread_once(&once, set_up);
    return !ready;
}
