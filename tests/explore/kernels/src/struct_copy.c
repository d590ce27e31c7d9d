/* A whole struct is assigned while another thread copies it out: the
 * assignment is many steps, however short its line.
 * expect: data-race "shared" */
#include <assert.h>
#include <pthread.h>

struct box {
    long a, b, c;
};

static struct box shared;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *assign(void *arg)
{
    struct box mine = { 1, 1, 1 };

    (void)arg;
#ifdef FIXED
    pthread_mutex_lock(&mu);
#endif
    shared = mine;
#ifdef FIXED
    pthread_mutex_unlock(&mu);
#endif
    return NULL;
}

int main(void)
{
    pthread_t t;
    struct box copy;

    pthread_create(&t, NULL, assign, NULL);
    pthread_mutex_lock(&mu);
    copy = shared;
    pthread_mutex_unlock(&mu);
    assert(copy.a == copy.c);
    pthread_join(t, NULL);
    return 0;
}
