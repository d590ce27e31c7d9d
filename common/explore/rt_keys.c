/* rt_keys.c: thread-specific data. Nothing here is seen by other threads but
 * the keys themselves, which are made before they are used. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "rt.h"

enum { MOST_KEYS = 32, ROUNDS = 4 };

static struct {
    bool used;
    void (*destructor)(void *);
} keys[MOST_KEYS];
static void *values[WBX_MAX_THREADS][MOST_KEYS];
static int nkeys;

void wbx_keys_reset(void)
{
    if (nkeys == 0)
        return;
    memset(keys, 0, sizeof(keys));
    memset(values, 0, sizeof(values));
    nkeys = 0;
}

/* As POSIX has it: destructors may set values again, for a few rounds. */
void wbx_keys_destroy(wbx_thread *t)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool again = false;

        for (int i = 0; i < nkeys; i++) {
            void *value = values[t->id][i];

            if (value == NULL || keys[i].destructor == NULL)
                continue;
            values[t->id][i] = NULL;
            keys[i].destructor(value);
            again = true;
        }
        if (!again)
            return;
    }
}

/* All that t has set. */
const void *wbx_keys_values(const wbx_thread *t, size_t *size)
{
    *size = (size_t)nkeys * sizeof(values[0][0]);
    return values[t->id];
}

WRAP(int, pthread_key_create, pthread_key_t *key, void (*destructor)(void *))
{
    if (nkeys == MOST_KEYS)
        return EAGAIN;
    keys[nkeys].used = true;
    keys[nkeys].destructor = destructor;
    *key = (pthread_key_t)nkeys++;
    return 0;
}

WRAP(int, pthread_key_delete, pthread_key_t key)
{
    if (key >= (pthread_key_t)nkeys || !keys[key].used)
        return EINVAL;
    keys[key].used = false;
    keys[key].destructor = NULL;
    return 0;
}

WRAP(void *, pthread_getspecific, pthread_key_t key)
{
    return key < (pthread_key_t)nkeys ? values[wbx.current->id][key] : NULL;
}

WRAP(int, pthread_setspecific, pthread_key_t key, const void *value)
{
    if (key >= (pthread_key_t)nkeys || !keys[key].used)
        return EINVAL;
    values[wbx.current->id][key] = (void *)value;
    return 0;
}
