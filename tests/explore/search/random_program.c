/* A small random program; argv[1] is the seed. Two threads with up to four
 * operations, or three with up to two: plain and atomic accesses, locks,
 * waits and signals, semaphores and read-write locks, loops that poll, memory
 * that is freed and locals that are lent to others. It prints what every thread
 * has seen and what is left in memory, so that two searches can be compared by
 * what they see printed.
 *
 * QUIET functions are not announced to the explorer: drawing the program and
 * stepping through it are no part of it. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define QUIET __attribute__((no_sanitize("thread")))

enum { MOST_OPS = 4, VARS = 2, MOST_THREADS = 3 };

enum op {
    READ,
    WRITE,
    LOAD,
    STORE,
    ADD,
    EXCHANGE,
    LOCK,
    TRYLOCK,
    WAIT,
    WAIT_ONCE,
    SET_AND_SIGNAL,
    SIGNAL,
    BROADCAST,
    UP,
    DOWN,
    TRY_DOWN,
    READ_SECTION,
    WRITE_SECTION,
    SPIN,
    POLL,
    STEP_BACK,
    FREE_BOX,
    OPEN_BOX,
    SIGNAL_BOX,
    LEND,
    BORROW,
    OPS
};

struct program {
    int nops;
    struct {
        enum op op;
        int var, value;
    } ops[MOST_OPS];
    int seen; /* a digest of what the thread has read */
};

static struct program programs[MOST_THREADS];
static int plain[VARS];
static _Atomic int atomics[VARS];
static pthread_mutex_t mutexes[VARS] = { PTHREAD_MUTEX_INITIALIZER,
                                         PTHREAD_MUTEX_INITIALIZER };
static pthread_cond_t is_set = PTHREAD_COND_INITIALIZER;
static int set;
static sem_t semaphore;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static struct box {
    pthread_mutex_t mu;
    pthread_cond_t closed;
    int content;
} * box;
static _Atomic(int *) lent;

static int read_plain(int v)
{
    return plain[v];
}

static void write_plain(int v, int value)
{
    plain[v] = value;
}

static int load(int v)
{
    return atomic_load(&atomics[v]);
}

static void store(int v, int value)
{
    atomic_store(&atomics[v], value);
}

static int add(int v, int value)
{
    return atomic_fetch_add(&atomics[v], value);
}

static int exchange(int v, int expected, int value)
{
    return __sync_val_compare_and_swap((int *)&atomics[v], expected, value);
}

static int read_set(void)
{
    return set;
}

static void write_set(void)
{
    set = 1;
}

static int read_section(int v)
{
    int seen;

    pthread_rwlock_rdlock(&rwlock);
    seen = read_plain(v);
    pthread_rwlock_unlock(&rwlock);
    return seen;
}

static void write_section(int v, int value)
{
    pthread_rwlock_wrlock(&rwlock);
    write_plain(v, value);
    pthread_rwlock_unlock(&rwlock);
}

static void spin(int v)
{
    while (atomic_load(&atomics[v]) == 0)
        continue;
}

/* With mutex 0 held. */
static void poll_set(void)
{
    while (!set) {
        pthread_mutex_unlock(&mutexes[0]);
        pthread_mutex_lock(&mutexes[0]);
    }
}

/* Take both mutexes, v last; without waiting for one with the other held. */
static void step_back(int v)
{
    pthread_mutex_lock(&mutexes[!v]);
    while (pthread_mutex_trylock(&mutexes[v]) != 0) {
        pthread_mutex_unlock(&mutexes[!v]);
        pthread_mutex_lock(&mutexes[!v]);
    }
}

static void free_box(void)
{
    free(box);
}

static int open_box(void)
{
    int seen;

    pthread_mutex_lock(&box->mu);
    seen = box->content++;
    pthread_mutex_unlock(&box->mu);
    return seen;
}

static void signal_box(void)
{
    pthread_cond_signal(&box->closed);
}

static int lend(int value)
{
    int local = value;

    atomic_store(&lent, &local);
    return local;
}

static int borrow(void)
{
    int *p = atomic_load(&lent);

    return p == NULL ? 0 : *p;
}

QUIET static void hold(bool *held, int m)
{
    if (!held[m])
        pthread_mutex_lock(&mutexes[m]);
    held[m] = true;
}

QUIET static void drop(bool *held, int m)
{
    if (held[m])
        pthread_mutex_unlock(&mutexes[m]);
    held[m] = false;
}

/* What the operation lets the thread see. */
QUIET static int perform(enum op op, int v, int value, int seen, bool *held)
{
    switch (op) {
    case READ: return read_plain(v);
    case WRITE: write_plain(v, seen + value); return 0;
    case LOAD: return load(v);
    case STORE: store(v, seen + value); return 0;
    case ADD: return add(v, value);
    case EXCHANGE: return exchange(v, value & 1, seen);
    case LOCK: held[v] ? drop(held, v) : hold(held, v); return 0;
    case TRYLOCK:
        if (!held[v])
            held[v] = pthread_mutex_trylock(&mutexes[v]) == 0;
        return held[v];
    case WAIT:
        hold(held, 0);
        while (!read_set())
            pthread_cond_wait(&is_set, &mutexes[0]);
        return 1;
    case WAIT_ONCE:
        hold(held, 0);
        if (!read_set())
            pthread_cond_wait(&is_set, &mutexes[0]);
        return read_set();
    case SET_AND_SIGNAL:
        hold(held, 0);
        write_set();
        pthread_cond_signal(&is_set);
        drop(held, 0);
        return 0;
    case SIGNAL: pthread_cond_signal(&is_set); return 0;
    case UP: sem_post(&semaphore); return 0;
    case DOWN: sem_wait(&semaphore); return 0;
    case TRY_DOWN: return sem_trywait(&semaphore);
    case READ_SECTION: return read_section(v);
    case SPIN: spin(v); return 1;
    case POLL:
        hold(held, 0);
        poll_set();
        return 1;
    case STEP_BACK:
        drop(held, 0);
        drop(held, 1);
        step_back(v);
        held[0] = held[1] = true;
        return 0;
    case FREE_BOX: free_box(); return 0;
    case OPEN_BOX: return open_box();
    case SIGNAL_BOX: signal_box(); return 0;
    case LEND: return lend(value);
    case BORROW: return borrow();
    case WRITE_SECTION: write_section(v, seen + value); return 0;
    default: pthread_cond_broadcast(&is_set); return 0;
    }
}

QUIET static void *run(void *arg)
{
    struct program *p = arg;
    bool held[VARS] = { false, false };

    p->seen = 1;
    for (int i = 0; i < p->nops; i++)
        p->seen = 3 * p->seen + perform(p->ops[i].op, p->ops[i].var,
                                        p->ops[i].value, p->seen, held);
    for (int m = 0; m < VARS; m++)
        drop(held, m);
    return NULL;
}

static unsigned state;

QUIET static int draw(int n)
{
    state = state * 1103515245u + 12345u;
    return (int)((state >> 16) % (unsigned)n);
}

QUIET static int draw_programs(void)
{
    int n = draw(4) == 0 ? 3 : 2;

    for (int i = 0; i < n; i++) {
        programs[i].nops = 1 + draw(n == 3 ? 2 : MOST_OPS);
        for (int k = 0; k < programs[i].nops; k++) {
            programs[i].ops[k].op = (enum op)draw(OPS);
            programs[i].ops[k].var = draw(VARS);
            programs[i].ops[k].value = draw(4);
        }
    }
    return n;
}

QUIET int main(int argc, char **argv)
{
    pthread_t threads[MOST_THREADS];
    int n;

    state = argc > 1 ? (unsigned)atoi(argv[1]) * 2654435761u : 1;
    n = draw_programs();
    sem_init(&semaphore, 0, 0);
    box = calloc(1, sizeof(*box));
    pthread_mutex_init(&box->mu, NULL);
    pthread_cond_init(&box->closed, NULL);
    for (int i = 0; i < n; i++)
        pthread_create(&threads[i], NULL, run, &programs[i]);
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < n; i++)
        printf("%d ", programs[i].seen);
    printf("%d %d %d %d %d\n", plain[0], plain[1], atomics[0], atomics[1], set);
    return 0;
}
