/* kept.c: programs that need not be built again. See kept.h. */
#include "kept.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "token.h"

enum { MOST = 4 };

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct wbx_kept all[MOST]; /* guarded by mu; free when no sources */
static int next;                  /* guarded by mu: to be replaced next */

/* A file that cannot be read counts as one that is empty. */
static uint64_t hash_file(uint64_t hash, const char *path)
{
    FILE *f = fopen(path, "re");
    char block[4096];
    size_t n;

    if (f == NULL)
        return hash;
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        hash = wbx_hash(hash, block, n);
    fclose(f);
    return wbx_hash(hash, "", 1);
}

static uint64_t hash_words(uint64_t hash, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = wbx_hash(hash, words[i], strlen(words[i]) + 1);
    return wbx_hash(hash, "", 1);
}

static uint64_t key_of(const struct wbx_options *o)
{
    uint64_t key = hash_words(WBX_HASH, o->files, o->nfiles);
    char *here = getcwd(NULL, 0);
    const char *rest[] = { o->compiler != NULL ? o->compiler : "",
                           here != NULL ? here : "" };

    key = hash_words(key, o->cflags, o->ncflags);
    key = hash_words(key, rest, 2);
    free(here);
    return key;
}

static uint64_t hash_all(const struct wbx_kept *k)
{
    uint64_t hash = WBX_HASH;

    for (size_t i = 0; i < k->nsources; i++)
        hash = hash_file(hash, k->sources[i]);
    return hash;
}

static void drop_locked(struct wbx_kept *k)
{
    if (k->nsources == 0)
        return;
    for (size_t i = 0; i < k->nsources; i++)
        free(k->sources[i]);
    free(k->sources);
    close(k->fd);
    *k = (struct wbx_kept){ .fd = -1 };
}

bool wbx_kept_find(const struct wbx_options *opt, struct wbx_kept *out)
{
    *out = (struct wbx_kept){ .key = key_of(opt),
                              .fd = -1,
                              .sources_hash = WBX_HASH };
    pthread_mutex_lock(&mu);
    for (struct wbx_kept *k = all; k < all + MOST && out->fd < 0; k++)
        if (k->nsources > 0 && k->key == out->key) {
            if (hash_all(k) == k->sources_hash)
                out->fd = fcntl(k->fd, F_DUPFD_CLOEXEC, 0);
            else
                drop_locked(k);
            out->clang = k->clang;
            if (out->fd >= 0)
                out->sources_hash = k->sources_hash;
        }
    pthread_mutex_unlock(&mu);
    return out->fd >= 0;
}

void wbx_kept_add_source(struct wbx_kept *k, const char *path)
{
    char **more = realloc(k->sources, (k->nsources + 1) * sizeof(*more));
    char *copy = strdup(path);

    if (more == NULL || copy == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(WBX_CANNOT);
    }
    k->sources = more;
    k->sources[k->nsources++] = copy;
    k->sources_hash = hash_file(k->sources_hash, path);
}

void wbx_kept_keep(const struct wbx_kept *k)
{
    int fd = fcntl(k->fd, F_DUPFD_CLOEXEC, 0);
    struct wbx_kept taken = *k;

    taken.fd = fd;
    pthread_mutex_lock(&mu);
    drop_locked(&all[next]);
    if (fd >= 0)
        all[next] = taken;
    else
        drop_locked(&taken);
    next = (next + 1) % MOST;
    pthread_mutex_unlock(&mu);
}

void wbx_kept_forget(void)
{
    pthread_mutex_lock(&mu);
    for (int i = 0; i < MOST; i++)
        drop_locked(&all[i]);
    pthread_mutex_unlock(&mu);
}
