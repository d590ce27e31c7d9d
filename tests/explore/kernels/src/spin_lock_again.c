/* A spin lock knows no owner: who holds it and takes it again waits for
 * ever, whatever lies behind it in memory.
 * expect: deadlock "main waits for gate.lock held by itself" */
#include <pthread.h>

/* The C library keeps the type of a mutex where count is here; a spin lock
 * has none. */
static struct {
    pthread_spinlock_t lock;
    int padding[3];
    int count;
} gate = { .count = PTHREAD_MUTEX_RECURSIVE };

static void add(int n)
{
#ifndef FIXED
    pthread_spin_lock(&gate.lock);
#endif
    gate.count += n;
#ifndef FIXED
    pthread_spin_unlock(&gate.lock);
#endif
}

int main(void)
{
    pthread_spin_init(&gate.lock, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_lock(&gate.lock);
    add(1);
    pthread_spin_unlock(&gate.lock);
    return gate.count != 2;
}
