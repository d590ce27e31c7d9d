/* Touches objects of many shapes, then fails, so that all are in the trace. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum colour { RED, GREEN };

struct node {
    struct node *next;
    int value;
    enum colour colour;
};

typedef struct {
    pthread_mutex_t mu;
    struct node *head;
    int items[4];
    bool closed;
    double load;
    struct {
        int x;
        union {
            long number;
            char text[8];
        };
    } inner;
} box;

struct bag {
    int n;
    int items[];
};

static box shelf[2];
static int grid[2][3];
static char letter;
static unsigned limit;
static int *where;
static struct node *root;
static int *numbers;
static struct bag *bag;
static struct node *pair[2];
static int *one;
static struct {
    int *items;
} * owner;
static int *lent;
static void *raw;
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void count(void)
{
    static int calls;

    calls++;
}

static void lend(void)
{
    int scratch = 1;

    lent = &scratch;
    scratch = 2;
    lent = NULL;
}

static void *blank(size_t size)
{
    return malloc(size);
}

static void *worker(void *arg)
{
    int *mine = arg;

    pthread_mutex_lock(&shelf[1].mu);
    shelf[1].items[2] = 7;
    shelf[1].closed = true;
    shelf[1].load = 1.5;
    shelf[1].inner.x = -3;
    shelf[1].inner.number = 11;
    grid[1][2] = 9;
    letter = 'x';
    limit = 4000000000u;
    where = &grid[0][1];
    root->next = NULL;
    root->value = 5;
    root->colour = GREEN;
    shelf[1].head = root;
    numbers[3] = 8;
    bag->items[2] = 6;
    pair[0]->value = 1;
    pair[1]->value = 2;
    *one = 3;
    owner->items[1] = 4;
    ((int *)raw)[3] = 12;
    atomic_flag_test_and_set(&busy);
    lend();
    *mine += 1;
    count();
    pthread_mutex_unlock(&shelf[1].mu);
    return NULL;
}

int main(void)
{
    pthread_t t;
    int local = 5;

    root = malloc(sizeof(struct node));
    numbers = calloc(4, sizeof(*numbers));
    bag = malloc(sizeof(struct bag) + 3 * sizeof(int));
    for (int i = 0; i < 2; i++)
        pair[i] = malloc(sizeof(*pair[i]));
    one = malloc(sizeof *one);
    owner = malloc(sizeof(*owner));
    owner->items = malloc(3 * sizeof(*owner->items));
    raw = blank(16);
    pthread_create(&t, NULL, worker, &local);
    pthread_join(t, NULL);
    count();
    assert(local + shelf[1].items[2] + shelf[1].closed + (int)shelf[1].load +
               shelf[1].inner.x + (int)shelf[1].inner.number + grid[1][2] +
               letter + (limit > 0) + (where != NULL) + (root->next != NULL) +
               root->value + root->colour + (shelf[1].head != NULL) +
               numbers[3] + bag->items[2] + pair[0]->value + pair[1]->value +
               *one ==
           0);
    return 0;
}
