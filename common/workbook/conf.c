/* Reads judge.conf. */
#include "conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static int append(const char **list, size_t *n, const char *value)
{
    if (*n == WB_CONF_WORDS)
        return -EBADMSG;
    /* CMake leaves an empty value where a list is empty. */
    if (value[0] != '\0')
        list[(*n)++] = value;
    return 0;
}

static int take(struct wb_conf *c, const char *key, const char *value)
{
    if (strcmp(key, "compiler") == 0)
        c->compiler = value;
    else if (strcmp(key, "judge") == 0)
        c->judge = value;
    else if (strcmp(key, "seconds") == 0)
        c->seconds = atoi(value);
    else if (strcmp(key, "cflag") == 0)
        return append(c->cflags, &c->ncflags, value);
    else if (strcmp(key, "include") == 0)
        return append(c->includes, &c->nincludes, value);
    else if (strcmp(key, "link") == 0)
        return append(c->links, &c->nlinks, value);
    else
        return -EBADMSG;
    return 0;
}

static int parse(struct wb_conf *c)
{
    char *rest = NULL;
    for (char *line = strtok_r(c->text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *equals = strchr(line, '=');
        if (line[0] == '#')
            continue;
        if (equals == NULL)
            return -EBADMSG;
        *equals = '\0';
        int rc = take(c, line, equals + 1);
        if (rc < 0)
            return rc;
    }
    return c->compiler != NULL && c->judge != NULL ? 0 : -EBADMSG;
}

int wb_conf_load(struct wb_conf *conf, const char *build, const char *chapter)
{
    *conf = (struct wb_conf){ 0 };
    wb_path(conf->path, "%s/chapters/%s/judge.conf", build, chapter);
    int rc = wb_file_read(conf->path, &conf->text, NULL);
    return rc < 0 ? rc : parse(conf);
}

void wb_conf_free(struct wb_conf *conf)
{
    free(conf->text);
    *conf = (struct wb_conf){ 0 };
}
