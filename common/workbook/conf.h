#ifndef WB_CONF_H
#define WB_CONF_H

/**
 * @file conf.h
 * Reads BUILD/chapters/NN_name/judge.conf, which CMake writes: how this
 * build compiles, and what a candidate is linked with.
 *
 *     compiler=/usr/bin/cc
 *     cflag=-g               (any number, in this order)
 *     include=/usr/include/x (any number)
 *     judge=.../test_exercise.c.o
 *     link=.../libwb.a       (any number, in this order)
 *     seconds=200            (optional: what its run may take at least)
 */

#include <limits.h>
#include <stddef.h>

enum { WB_CONF_WORDS = 64 };

struct wb_conf {
    char *text;
    const char *compiler, *judge;
    int seconds; /* 0: as long as other judges */
    const char *cflags[WB_CONF_WORDS], *includes[WB_CONF_WORDS],
        *links[WB_CONF_WORDS];
    size_t ncflags, nincludes, nlinks;
    char path[PATH_MAX];
};

/**
 * @return 0; -ENOENT when the chapter was never built; -EBADMSG when a line
 * makes no sense or something is missing. Free it whatever is returned.
 */
int wb_conf_load(struct wb_conf *conf, const char *build, const char *chapter);

void wb_conf_free(struct wb_conf *conf);

#endif
