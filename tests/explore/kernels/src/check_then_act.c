/* The check and the act hold the lock, but let go of it in between: both
 * threads find enough money and both take it.
 * expect: assertion "balance >= 0" */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

static int balance = 10;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void *withdraw(void *arg)
{
    bool enough;

    (void)arg;
    pthread_mutex_lock(&mu);
    enough = balance >= 10;
#ifndef FIXED
    pthread_mutex_unlock(&mu);
    pthread_mutex_lock(&mu);
#endif
    if (enough)
        balance -= 10;
    assert(balance >= 0);
    pthread_mutex_unlock(&mu);
    return NULL;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, withdraw, NULL);
    pthread_create(&b, NULL, withdraw, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
