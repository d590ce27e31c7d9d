/* build.c: the steps from files to a vetted program. */
#include "build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spawn.h"
#include "symbols.h"
#include "token.h"
#include "unmodelled.h"
#include "wbx_config.h"

int wbx_build_fail(struct wbx_build *b, enum wbx_status status,
                   enum wb_verdict verdict, const char *format, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, format);
    if (vasprintf(&text, format, ap) < 0)
        text = NULL;
    va_end(ap);
    b->rep->status = status;
    b->rep->verdict = verdict;
    b->rep->message =
        wbx_arena_format(b->arena, "%s", text ? text : "out of memory");
    free(text);
    return -1;
}

static int check_source(struct wbx_build *b, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st = { 0 };
    const char *why = NULL;

    if (fd < 0 || fstat(fd, &st) < 0)
        why = strerror(errno);
    else if (S_ISDIR(st.st_mode))
        why = strerror(EISDIR);
    else if (!S_ISREG(st.st_mode))
        why = "not a regular file";
    if (fd >= 0)
        close(fd);
    if (why == NULL)
        return 0;
    return wbx_build_fail(b, WBX_USAGE, WB_CLEAN, "cannot read %s: %s", path,
                          why);
}

static int check_sources(struct wbx_build *b)
{
    if (b->opt->nfiles == 0)
        return wbx_build_fail(b, WBX_USAGE, WB_CLEAN,
                              "name at least one C file to explore");
    for (size_t i = 0; i < b->opt->nfiles; i++)
        if (check_source(b, b->opt->files[i]) < 0)
            return -1;
    return 0;
}

static int make_directory(struct wbx_build *b)
{
    const char *tmp = getenv("TMPDIR");
    int n;

    if (tmp == NULL || *tmp == '\0')
        tmp = "/tmp";
    n = snprintf(b->dir, sizeof(b->dir), "%s/wbx-XXXXXX", tmp);
    if (n < 0 || (size_t)n >= sizeof(b->dir))
        errno = ENAMETOOLONG;
    else if (mkdtemp(b->dir) != NULL)
        return 0;
    n = errno;
    b->dir[0] = '\0';
    return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                          "cannot make a temporary directory in %s: %s; set "
                          "TMPDIR to a directory with room",
                          tmp, strerror(n));
}

static void remove_directory(struct wbx_build *b)
{
    DIR *d = b->dir[0] != '\0' ? opendir(b->dir) : NULL;
    struct dirent *e;

    if (d == NULL)
        return;
    while ((e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(b->dir);
}

/* Calls go to a model when the runtime has one, unless the program defines a
 * function of that name itself. */
static int choose_models(struct wbx_build *b)
{
    struct wbx_names defined = { 0 };

    for (size_t i = 0; i < b->opt->nfiles; i++) {
        const char *object = wbx_arena_format(b->arena, "%s/%zu.o", b->dir, i);

        wbx_models_defined(object, b->arena, &defined);
    }
    if (wbx_models_exported(WBX_RUNTIME, b->arena, &b->runtime) < 0)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "the explorer's runtime %s is missing: build "
                              "the project again",
                              WBX_RUNTIME);
    wbx_models_wrapped(&b->runtime, &defined, b->arena, &b->wrapped);
    return 0;
}

static int open_program(struct wbx_build *b)
{
    const char *path = wbx_arena_format(b->arena, "%s/program", b->dir);
    int fd = wbx_spawn_high_fd(open(path, O_RDONLY | O_CLOEXEC));

    if (fd < 0)
        wbx_build_fail(b, WBX_CANNOT, WB_CLEAN, "cannot open %s: %s", path,
                       strerror(-fd));
    return fd;
}

/* Calls that nobody has a model of lead to the runtime, which refuses when the
 * program really makes one. */
static int vet(struct wbx_build *b, struct wbx_program *p)
{
    struct wbx_names unknown = { 0 };
    int rc = wbx_models_unknown(p->fd, &b->runtime, b->arena, &unknown);

    if (rc < 0)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "cannot read the linked program: %s",
                              strerror(-rc));
    if (unknown.n == 0)
        return 0;
    close(p->fd);
    p->fd = -1;
    if (wbx_unmodelled_write(b->arena, b->dir, &unknown) < 0)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN, "cannot write to %s: %s",
                              b->dir, strerror(errno));
    for (size_t i = 0; i < unknown.n; i++)
        wbx_names_add(&b->wrapped, b->arena, unknown.at[i]);
    if (wbx_toolchain_link(b, WBX_UNMODELLED) < 0)
        return -1;
    p->fd = open_program(b);
    return p->fd < 0 ? -1 : 0;
}

/* The next word of a make rule; a backslash protects a blank and joins lines,
 * a dollar is doubled. */
static bool next_word(FILE *f, char *word, size_t size)
{
    size_t n = 0;
    int c;

    while ((c = getc(f)) != EOF && !(n > 0 && (c == ' ' || c == '\n'))) {
        if (c == '\\' || c == '$')
            c = getc(f);
        else if (c == ' ')
            continue;
        if (c != '\n' && c != EOF && n + 1 < size)
            word[n++] = (char)c;
    }
    word[n] = '\0';
    return n > 0;
}

/* Every source and the headers it includes, but those of the system. */
static void list_sources(struct wbx_build *b)
{
    for (size_t i = 0; i < b->opt->nfiles; i++) {
        const char *rule = wbx_arena_format(b->arena, "%s/%zu.d", b->dir, i);
        FILE *f = fopen(rule, "re");
        char path[PATH_MAX];

        if (f == NULL)
            continue;
        next_word(f, path, sizeof(path)); /* the target */
        while (next_word(f, path, sizeof(path)))
            wbx_kept_add_source(&b->kept, path);
        fclose(f);
    }
}

/* Not -I: its paths differ from place to place, and the headers it leads to
 * are in already. */
static uint64_t hash_program(const struct wbx_options *o, uint64_t hash)
{
    for (size_t i = 0; i < o->ncflags; i++)
        if (strncmp(o->cflags[i], "-I", 2) == 0)
            i += o->cflags[i][2] == '\0';
        else
            hash = wbx_hash(hash, o->cflags[i], strlen(o->cflags[i]) + 1);
    for (size_t i = 0; i < o->nargs; i++)
        hash = wbx_hash(hash, o->args[i], strlen(o->args[i]) + 1);
    return hash & WBX_PROGRAM_MASK;
}

static int build(struct wbx_build *b, struct wbx_program *p)
{
    if (check_sources(b) < 0 || make_directory(b) < 0 ||
        wbx_toolchain_probe(b) < 0 || wbx_toolchain_compile(b) < 0 ||
        choose_models(b) < 0 || wbx_toolchain_link(b, NULL) < 0)
        return -1;
    p->fd = open_program(b);
    if (p->fd < 0)
        return -1;
    if (vet(b, p) < 0) {
        if (p->fd >= 0)
            close(p->fd);
        return -1;
    }
    b->kept.fd = p->fd;
    b->kept.clang = b->clang;
    list_sources(b);
    if (wbx_asm_check(b) == 0)
        return 0;
    close(p->fd);
    for (size_t i = 0; i < b->kept.nsources; i++)
        free(b->kept.sources[i]);
    free(b->kept.sources);
    return -1;
}

int wbx_build(const struct wbx_options *opt, struct wbx_report *rep,
              struct wbx_arena *a, struct wbx_program *p)
{
    struct wbx_build b = { .opt = opt, .rep = rep, .arena = a };
    int rc = 0;

    if (!wbx_kept_find(opt, &b.kept)) {
        rc = build(&b, p);
        remove_directory(&b);
        if (rc == 0)
            wbx_kept_keep(&b.kept);
    }
    p->fd = b.kept.fd;
    p->clang = b.kept.clang;
    p->hash = hash_program(opt, b.kept.sources_hash);
    return rc;
}
