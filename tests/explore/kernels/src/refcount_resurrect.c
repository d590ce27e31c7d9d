/* A reference is taken through a shared pointer after the owner has given up
 * the last one.
 * expect: use-after-free "object" */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
    atomic_int count;
};

static struct object *object;

static void drop(struct object *o)
{
    if (atomic_fetch_sub(&o->count, 1) == 1)
        free(o);
}

static void *borrow(void *arg)
{
    struct object *o = object;

#ifndef FIXED
    atomic_fetch_add(&o->count, 1);
#endif
    drop(o);
    return arg;
}

int main(void)
{
    pthread_t t;

    object = malloc(sizeof(struct object));
    atomic_init(&object->count, 1);
#ifdef FIXED
    atomic_fetch_add(&object->count, 1); /* the thread's own */
#endif
    pthread_create(&t, NULL, borrow, NULL);
    drop(object);
    pthread_join(t, NULL);
    return 0;
}
