/* A name is copied with strcpy while another thread measures it.
 * expect: data-race "name" */
#include <pthread.h>
#include <string.h>

static char name[8] = "ann";
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *rename_it(void *arg)
{
#ifdef FIXED
    pthread_mutex_lock(&mu);
#endif
    strcpy(name, "barbara");
#ifdef FIXED
    pthread_mutex_unlock(&mu);
#endif
    return arg;
}

int main(void)
{
    pthread_t t;
    size_t n;

    pthread_create(&t, NULL, rename_it, NULL);
    pthread_mutex_lock(&mu);
    n = strlen(name);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    return n != 3 && n != 7;
}
