/* Three threads, each six operations drawn at random: atomic loads, stores
 * and additions on two variables, and critical sections under two mutexes.
 * Drawing them is hidden from the explorer: it is no part of the program. */
#include <pthread.h>
#include <stdatomic.h>

#define HIDDEN __attribute__((no_sanitize("thread")))

enum { THREADS = 3, OPS = 6, VARS = 2 };

struct step {
    int op, var;
};

static struct step steps[THREADS][OPS];
static _Atomic int x[VARS];
static int plain[VARS];
static pthread_mutex_t mutexes[VARS] = { PTHREAD_MUTEX_INITIALIZER,
                                         PTHREAD_MUTEX_INITIALIZER };

static void load(int v)
{
    (void)atomic_load(&x[v]);
}

static void store(int v)
{
    atomic_store(&x[v], 1);
}

static void add(int v)
{
    atomic_fetch_add(&x[v], 1);
}

static void count(int v)
{
    pthread_mutex_lock(&mutexes[v]);
    plain[v]++;
    pthread_mutex_unlock(&mutexes[v]);
}

HIDDEN static void *run(void *arg)
{
    static void (*const ops[])(int) = { load, store, add, count };
    const struct step *mine = arg;

    for (int i = 0; i < OPS; i++)
        ops[mine[i].op](mine[i].var);
    return NULL;
}

HIDDEN static void draw(unsigned state)
{
    for (int i = 0; i < THREADS * OPS; i++) {
        state = state * 1103515245u + 12345u;
        steps[i / OPS][i % OPS].op = (int)(state >> 16) % 4;
        state = state * 1103515245u + 12345u;
        steps[i / OPS][i % OPS].var = (int)(state >> 16) % VARS;
    }
}

HIDDEN int main(void)
{
    pthread_t threads[THREADS];

    draw(SEED);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, steps[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
