/* toolchain.c: the compiler's command lines, and its complaints in words.
 *
 * It runs with LC_ALL=C, so that a full disk can be told from a bad program,
 * and with TMPDIR in our own directory, so that a killed one leaves nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build.h"
#include "spawn.h"
#include "wbx_config.h"

enum { PATIENCE_MS = 120000, MOST_OUTPUT = 65536 };

/* An argument vector that grows. */
struct words {
    struct wbx_names list;
    struct wbx_arena *arena;
};

static void add(struct words *w, const char *word)
{
    wbx_names_add(&w->list, w->arena, word);
}

static void add_all(struct words *w, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(w, words[i]);
}

static const char *const *end(struct words *w)
{
    const char **argv =
        wbx_arena_alloc(w->arena, (w->list.n + 1) * sizeof(*argv));

    memcpy(argv, w->list.at, w->list.n * sizeof(*argv));
    return argv;
}

static char **make_environment(struct wbx_build *b)
{
    size_t n = 0, out = 0;
    char **envp;

    while (environ[n] != NULL)
        n++;
    envp = wbx_arena_alloc(b->arena, (n + 3) * sizeof(*envp));
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "TMPDIR=", 7) != 0 &&
            strncmp(environ[i], "LC_ALL=", 7) != 0)
            envp[out++] = environ[i];
    envp[out++] = wbx_arena_format(b->arena, "LC_ALL=C");
    envp[out] = wbx_arena_format(b->arena, "TMPDIR=%s", b->dir);
    return envp;
}

/* One run of the compiler. */
struct job {
    pid_t pid;
    int output_fd;
    int status;
    const char *output;
};

static int no_compiler(struct wbx_build *b, int error)
{
    if (error == ENOENT)
        wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                       "there is no compiler `%s` here: install gcc or "
                       "clang, or name another one",
                       b->compiler);
    else
        wbx_build_fail(b, WBX_CANNOT, WB_CLEAN, "cannot start `%s`: %s",
                       b->compiler, strerror(error));
    return -1;
}

static int start_job(struct wbx_build *b, struct words *w, struct job *j)
{
    struct wbx_command c = { .argv = end(w),
                             .envp = make_environment(b),
                             .program_fd = -1,
                             .kept_fd = -1 };

    j->output_fd =
        wbx_spawn_high_fd(memfd_create("compiler output", MFD_CLOEXEC));
    if (j->output_fd < 0)
        return no_compiler(b, -j->output_fd);
    c.output_fd = j->output_fd;
    j->pid = wbx_spawn(&c);
    if (j->pid > 0)
        return 0;
    close(j->output_fd);
    return no_compiler(b, -j->pid);
}

static const char *read_output(struct wbx_build *b, int fd)
{
    char *text = wbx_arena_alloc(b->arena, MOST_OUTPUT + 1);
    ssize_t n = pread(fd, text, MOST_OUTPUT, 0);

    text[n > 0 ? n : 0] = '\0';
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    return text;
}

static int finish_job(struct wbx_build *b, struct job *j)
{
    bool ended = wbx_spawn_wait(j->pid, PATIENCE_MS, &j->status);

    if (!ended)
        wbx_spawn_kill(j->pid);
    j->output = read_output(b, j->output_fd);
    close(j->output_fd);
    if (!ended)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "the compiler ran for %d seconds and was "
                              "stopped: does a source include a device?",
                              PATIENCE_MS / 1000);
    return 0;
}

/* The compiler's own troubles; -1 when it is one of them. */
static int check_health(struct wbx_build *b, const struct job *j)
{
    if (strstr(j->output, "No space left on device") != NULL)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "the disk is full where temporary files go: "
                              "make room, or set TMPDIR to another "
                              "directory\n%s",
                              j->output);
    if (strstr(j->output, "Resource temporarily unavailable") != NULL ||
        strstr(j->output, "Cannot allocate memory") != NULL)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "the compiler ran short of memory or "
                              "processes: try again\n%s",
                              j->output);
    if (j->status == -1 || WIFSIGNALED(j->status) ||
        strstr(j->output, "cannot execute") != NULL ||
        strstr(j->output, "internal compiler error") != NULL)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "the compiler itself broke down\n%s", j->output);
    return 0;
}

int wbx_toolchain_probe(struct wbx_build *b)
{
    struct words w = { .arena = b->arena };
    struct job j;

    b->compiler = b->opt->compiler != NULL ? b->opt->compiler : WBX_COMPILER;
    b->clang = WBX_IS_CLANG;
    if (strcmp(b->compiler, WBX_COMPILER) == 0)
        return 0;
    add(&w, b->compiler);
    add(&w, "--version");
    if (start_job(b, &w, &j) < 0 || finish_job(b, &j) < 0)
        return -1;
    b->clang = strstr(j.output, "clang") != NULL;
    return 0;
}

static const char *in_dir(struct wbx_build *b, size_t number,
                          const char *ending)
{
    return wbx_arena_format(b->arena, "%s/%zu%s", b->dir, number, ending);
}

static void add_flags(struct wbx_build *b, struct words *w)
{
    static const char *const all[] = { WBX_FLAGS };
    static const char *const gcc[] = { WBX_FLAGS_GCC };
    static const char *const clang[] = { WBX_FLAGS_CLANG };

    add_all(w, all, sizeof(all) / sizeof(all[0]));
    if (b->clang)
        add_all(w, clang, sizeof(clang) / sizeof(clang[0]));
    else
        add_all(w, gcc, sizeof(gcc) / sizeof(gcc[0]));
}

/* target is "-c" or "-S", ending that of its output. */
static int start_compile(struct wbx_build *b, size_t number, const char *target,
                         const char *ending, struct job *j)
{
    static const char *const more[] = { "-fdiagnostics-color=never", "-pipe",
                                        "-DWB_EXPLORE=1", WBX_INCLUDE };
    const char *file = b->opt->files[number];
    struct words w = { .arena = b->arena };

    add(&w, b->compiler);
    add_flags(b, &w);
    add_all(&w, more, sizeof(more) / sizeof(more[0]));
    add_all(&w, b->opt->cflags, b->opt->ncflags);
    add(&w, "-MMD");
    add(&w, "-MF");
    add(&w, in_dir(b, number, ".d"));
    add(&w, target);
    add(&w, "-o");
    add(&w, in_dir(b, number, ending));
    add(&w, "-x");
    add(&w, "c");
    if (file[0] == '-')
        file = wbx_arena_format(b->arena, "./%s", file);
    add(&w, file);
    return start_job(b, &w, j);
}

int wbx_toolchain_compile(struct wbx_build *b)
{
    size_t n = b->opt->nfiles, started = 0;
    struct job *jobs = wbx_arena_alloc(b->arena, n * sizeof(*jobs));
    int rc = 0;

    while (started < n && rc == 0) {
        rc = start_compile(b, started, "-c", ".o", &jobs[started]);
        started += rc == 0;
    }
    for (size_t i = 0; i < started; i++) {
        if (finish_job(b, &jobs[i]) < 0 || rc < 0)
            rc = -1;
        else if (jobs[i].status != 0 && check_health(b, &jobs[i]) < 0)
            rc = -1;
        else if (jobs[i].status != 0)
            rc = wbx_build_fail(b, WBX_USAGE, WB_DOES_NOT_COMPILE, "%s",
                                jobs[i].output);
    }
    return rc;
}

int wbx_toolchain_assembly(struct wbx_build *b, size_t i)
{
    struct job j;

    if (start_compile(b, i, "-S", ".s", &j) < 0 || finish_job(b, &j) < 0)
        return -1;
    return j.status == 0 ? 0 : check_health(b, &j);
}

static void add_libraries(struct wbx_build *b, struct words *w)
{
    add(w, WBX_ARCHIVE);
    add(w, WBX_RUNTIME);
    add(w, "-Wl,-rpath," WBX_RUNTIME_DIR);
    add(w, "-lm");
    add(w, "-lpthread");
    for (size_t i = 0; i < b->wrapped.n; i++)
        add(w, wbx_arena_format(b->arena, "-Wl,--wrap=%s", b->wrapped.at[i]));
}

/* Of what the linker says, the lines that name an undefined reference,
 * without paths of temporary files and of the working directory. */
static const char *undefined_references(struct wbx_build *b, const char *output)
{
    char here[PATH_MAX] = "";
    size_t n = getcwd(here, sizeof(here)) != NULL ? strlen(here) : 0;
    const char *said = "";

    for (const char *line = output; *line != '\0'; line += *line == '\n') {
        const char *stop = line + strcspn(line, "\n");
        const char *hit = strstr(line, "undefined reference to ");
        const char *ld = strstr(line, "ld: ");

        if (hit != NULL && hit < stop) {
            if (ld != NULL && ld < hit)
                line = ld + 4;
            if (n > 0 && strncmp(line, here, n) == 0 && line[n] == '/')
                line += n + 1;
            said =
                wbx_arena_format(b->arena, "%s%s%.*s", said, *said ? "\n" : "",
                                 (int)(stop - line), line);
        }
        line = stop;
    }
    return said;
}

static int explain_link(struct wbx_build *b, const struct job *j)
{
    const char *said = undefined_references(b, j->output);

    if (check_health(b, j) < 0)
        return -1;
    if (strstr(said, "reference to `main'") != NULL)
        return wbx_build_fail(b, WBX_USAGE, WB_DOES_NOT_COMPILE,
                              "the program has no main(): name the file that "
                              "has one as well");
    if (strstr(said, "reference to `__tsan_") != NULL ||
        strstr(said, "reference to `__atomic_") != NULL)
        return wbx_build_fail(b, WBX_CANNOT, WB_CLEAN,
                              "the explorer has no model of this kind of "
                              "memory access\n%s",
                              said);
    return wbx_build_fail(b, WBX_USAGE, WB_DOES_NOT_COMPILE, "%s",
                          *said ? said : j->output);
}

/* No relocation may be left for later, and no page turned read-only: the
 * runtime copies the data segment back whole. */
int wbx_toolchain_link(struct wbx_build *b, const char *more)
{
    static const char *const flags[] = { "-no-pie", "-rdynamic",
                                         "-Wl,-z,now,-z,norelro",
                                         "-Wl,--build-id=none", "-o" };
    struct words w = { .arena = b->arena };
    struct job j;

    add(&w, b->compiler);
    add_all(&w, flags, sizeof(flags) / sizeof(flags[0]));
    add(&w, wbx_arena_format(b->arena, "%s/program", b->dir));
    if (more != NULL)
        add(&w, wbx_arena_format(b->arena, "%s/%s", b->dir, more));
    for (size_t i = 0; i < b->opt->nfiles; i++)
        add(&w, in_dir(b, i, ".o"));
    add_libraries(b, &w);
    if (start_job(b, &w, &j) < 0 || finish_job(b, &j) < 0)
        return -1;
    return j.status == 0 ? 0 : explain_link(b, &j);
}
