/* Dies of what nobody can catch, in one order only: T1 kills the process
 * after main has set the flag. With -DLARGE_FRAME it runs out of stack by
 * more than the guard page, with -DRAISE it raises a signal. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int flag;

static void die(void)
{
#ifdef LARGE_FRAME
    volatile char large[12 << 20];

    large[0] = 1;
#elif defined(RAISE)
    raise(SIGTERM);
#else
    const long kill = 62, sigkill = 9;

    __asm__ volatile("syscall" ::"a"(kill), "D"((long)getpid()), "S"(sigkill)
                     : "rcx", "r11", "memory");
#endif
}

static void *worker(void *arg)
{
    if (flag == 1)
        die();
    return arg;
}

int main(void)
{
    pthread_t a, b;

    pthread_create(&a, NULL, worker, NULL);
    pthread_create(&b, NULL, worker, NULL);
    flag = 1;
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
