/* Inline assembly: harmless, or a lock made by hand. */
#include <pthread.h>

static int lock, n;

static void *add(void *unused)
{
    int taken = 1;

#if defined(LOCK)
    while (taken != 0)
        __asm__ volatile("xchgl %0, %1" : "+r"(taken), "+m"(lock));
#elif defined(COPY)
    long count = 0;
    void *to = &n, *from = &lock;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count));
#else
    __asm__ volatile("rep; nop" ::: "memory");
    __asm__ volatile("lock; addl $0, 0(%%rsp)" ::: "memory", "cc");
    __asm__ volatile("mfence\n\tpause" ::: "memory");
    __asm__("bswap %0" : "+r"(taken));
#endif
    (void)taken;
    n += 1;
    return unused;
}

int main(void)
{
    pthread_t t;

    pthread_create(&t, NULL, add, NULL);
    pthread_join(t, NULL);
    return n != 1 || lock != 0;
}
