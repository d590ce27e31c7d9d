/* The learner's progress on disk: locked, replaced whole, never lost. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "state_format.h"
#include "text.h"
#include "wb/base.h"

static int lock_state(struct wb_state *st, const char *root)
{
    char path[PATH_MAX];
    wb_path(path, "%s/.workbook", root);
    int rc = wb_dir_make(path);
    if (rc < 0)
        return rc;
    wb_path(path, "%s/.workbook/lock", root);
    st->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (st->lock < 0)
        return -errno;
    while (flock(st->lock, LOCK_EX) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/* @return 0 or negative errno, and then nothing was set aside */
static int set_aside(struct wb_state *st)
{
    int rc = wb_file_set_aside(st->path, "corrupt", st->set_aside);
    if (rc < 0)
        st->set_aside[0] = '\0';
    return rc;
}

static void forget(struct wb_state *st)
{
    free(st->items);
    st->items = NULL;
    st->count = 0;
    st->current[0] = '\0';
}

int wb_state_open(struct wb_state *st, const char *root)
{
    char *text;
    size_t len;
    *st = (struct wb_state){ .lock = -1 };
    wb_path(st->path, "%s/.workbook/state", root);
    int rc = lock_state(st, root);
    if (rc < 0)
        return rc;
    rc = wb_file_read(st->path, &text, &len);
    if (rc == -ENOENT)
        return 0;
    if (rc < 0)
        return rc;
    rc = strlen(text) == len ? wb_state_parse(st, text) : -EBADMSG;
    free(text);
    if (rc < 0)
        forget(st);
    return rc == -EBADMSG ? set_aside(st) : rc;
}

int wb_state_save(struct wb_state *st)
{
    char *text = wb_state_print(st);
    if (text == NULL)
        return -ENOMEM;
    int rc = wb_file_replace(st->path, text, strlen(text));
    free(text);
    return rc;
}

void wb_state_close(struct wb_state *st)
{
    forget(st);
    if (st->lock >= 0)
        close(st->lock);
    st->lock = -1;
}

static struct wb_progress *find(const struct wb_state *st, const char *name)
{
    for (size_t i = 0; i < st->count; i++) {
        if (strcmp(st->items[i].name, name) == 0)
            return &st->items[i];
    }
    return NULL;
}

struct wb_progress *wb_state_of(struct wb_state *st, const char *name)
{
    struct wb_progress *p = find(st, name);
    if (p != NULL)
        return p;
    struct wb_progress *grown = wb_alloc(st->count + 1, sizeof *grown);
    if (st->count > 0)
        memcpy(grown, st->items, st->count * sizeof *grown);
    free(st->items);
    st->items = grown;
    p = &grown[st->count++];
    snprintf(p->name, sizeof p->name, "%s", name);
    return p;
}

const struct wb_progress *wb_state_look(const struct wb_state *st,
                                        const char *name)
{
    static const struct wb_progress nothing;
    const struct wb_progress *p = find(st, name);
    return p != NULL ? p : &nothing;
}
