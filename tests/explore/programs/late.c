/* Of the 90 orders in which three threads write two letters each, one of the
 * last that are tried ends in the way that END says. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { REFUSED = 1, CRASH, KILLED, GONE, FAILED, NEVER };

static _Atomic unsigned letters;

static void *write_letter(void *arg)
{
    unsigned letter = (unsigned)(unsigned long)arg;

    for (int i = 0; i < 2; i++) {
        unsigned old = atomic_load(&letters);

        while (
            !atomic_compare_exchange_strong(&letters, &old, old * 16 + letter))
            continue;
    }
    return NULL;
}

static long call_kernel(long number, long a, long b)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b)
                     : "rcx", "r11", "memory");
    return result;
}

static void *nothing(void *arg)
{
    return arg;
}

static void end_badly(int how)
{
    pthread_t t;

    if (how == REFUSED)
        for (int i = 0; i < 40; i++)
            pthread_create(&t, NULL, nothing, NULL);
    if (how == CRASH)
        *(volatile int *)8 = 1;
    if (how == KILLED)
        call_kernel(62, call_kernel(39, 0, 0), 9);
    if (how == GONE)
        call_kernel(231, 0, 0);
    assert(how != FAILED);
}

int main(void)
{
    pthread_t threads[3];

    for (unsigned long i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, write_letter, (void *)(i + 0xa));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    if (letters == LETTERS)
        end_badly(END);
    return 0;
}
