/* run.c */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "spawn.h"

enum {
    TICK_MS = 250,       /* between calls of progress */
    PATIENCE_MS = 30000, /* the runtime's own watchdog is far quicker */
    MOST_OUTPUT = 65536,
    MOST_WORKERS = 8,
    SPLIT_AFTER = 2000 /* executions: small programs never fork */
};

/* What is needed while the process runs. */
struct watch {
    const struct wbx_options *opt;
    struct wbx_run *run;
    pid_t pid;
    int pid_fd, output_fd;
    char *output;
    size_t noutput;
    uint64_t seen;    /* executions so far */
    int64_t moved_at; /* when that number last grew */
};

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Ours, without what would put code of others into the process. */
static char **make_environment(struct wbx_arena *a, int memory_fd)
{
    size_t n = 0, out = 0;
    char **envp;

    while (environ[n] != NULL)
        n++;
    envp = wbx_arena_alloc(a, (n + 2) * sizeof(*envp));
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LD_", 3) != 0 &&
            strncmp(environ[i], "MALLOC_", 7) != 0 &&
            strncmp(environ[i], "GLIBC_TUNABLES=", 15) != 0)
            envp[out++] = environ[i];
    envp[out] = wbx_arena_format(a, "%s=%d", WBX_FD_VARIABLE, memory_fd);
    return envp;
}

static const char *const *make_arguments(const struct wbx_options *opt,
                                         struct wbx_arena *a)
{
    const char **argv = wbx_arena_alloc(a, (opt->nargs + 2) * sizeof(*argv));

    argv[0] = opt->files[0];
    for (size_t i = 0; i < opt->nargs; i++)
        argv[i + 1] = opt->args[i];
    return argv;
}

/* A number from 1 that the user may set; 0: not set. */
static uint32_t number_in(const char *variable)
{
    const char *text = getenv(variable);
    long n = text != NULL ? atol(text) : 0;

    return n < 1 ? 0 : (uint32_t)n;
}

static uint32_t how_many_workers(const struct wbx_options *opt)
{
    uint32_t n = opt->workers ? opt->workers : number_in("WB_EXPLORE_WORKERS");
    cpu_set_t own;

    if (n == 0)
        n = sched_getaffinity(0, sizeof(own), &own) == 0
                ? (uint32_t)CPU_COUNT(&own)
                : 1;
    return n < MOST_WORKERS ? n : MOST_WORKERS;
}

static void make_request(struct wbx_shared *s, const struct wbx_options *opt,
                         const struct wbx_token *token)
{
    s->version = WBX_VERSION;
    s->all = opt->all;
    s->bound = opt->bound;
    s->naive = opt->naive;
    s->map = opt->map;
    s->budget = opt->budget;
    s->workers = how_many_workers(opt);
    s->split_after = opt->split_after ? opt->split_after
                                      : number_in("WB_EXPLORE_SPLIT_AFTER");
    if (s->split_after == 0)
        s->split_after = SPLIT_AFTER;
    if (token == NULL)
        return;
    s->replaying = 1;
    s->replay_kind = token->kind;
    s->nreplay = (uint32_t)token->nchoices;
    memcpy(s->replay, token->choices,
           token->nchoices * sizeof(*token->choices));
    if (token->ops == NULL)
        return;
    s->follow = 1;
    memcpy(s->replay_ops, token->ops, token->nchoices);
}

static int map_shared(struct wbx_run *run)
{
    int fd = wbx_spawn_high_fd(memfd_create("explorer", MFD_CLOEXEC));

    if (fd < 0)
        return fd;
    if (ftruncate(fd, sizeof(*run->shared)) == 0)
        run->shared = mmap(NULL, sizeof(*run->shared), PROT_READ | PROT_WRITE,
                           MAP_SHARED, fd, 0);
    if (run->shared != NULL && run->shared != MAP_FAILED)
        return fd;
    run->shared = NULL;
    close(fd);
    return -ENOMEM;
}

/* Keep what fits, throw the rest away: a full pipe would block it. */
static void drain(struct watch *w)
{
    char rest[4096];
    ssize_t n;

    do {
        size_t room = MOST_OUTPUT - w->noutput;

        n = room > 0 ? read(w->output_fd, w->output + w->noutput, room)
                     : read(w->output_fd, rest, sizeof(rest));
        if (n > 0 && room > 0)
            w->noutput += (size_t)n;
    } while (n > 0);
}

/* WBX_PATIENCE_MS is for tests. */
static int64_t patience(void)
{
    const char *ms = getenv("WBX_PATIENCE_MS");
    long n = ms != NULL ? strtol(ms, NULL, 10) : 0;

    return n > 0 ? n : PATIENCE_MS;
}

/* @return false when nothing has moved for too long */
static bool check_progress(struct watch *w)
{
    const struct wbx_shared *s = w->run->shared;
    uint64_t seen = atomic_load(&s->beats);

    if (seen != w->seen) {
        w->seen = seen;
        w->moved_at = now_ms();
    }
    if (w->opt->progress != NULL)
        w->opt->progress(w->opt->progress_arg, seen);
    w->run->patience_ms = patience();
    return now_ms() - w->moved_at < w->run->patience_ms;
}

static void watch(struct watch *w)
{
    int64_t tick = now_ms() + TICK_MS;
    bool ended = false;

    w->moved_at = now_ms();
    while (!ended) {
        struct pollfd p[2] = { { .fd = w->pid_fd, .events = POLLIN },
                               { .fd = w->output_fd, .events = POLLIN } };
        int64_t left = tick - now_ms();
        int n = poll(p, 2, left > 0 ? (int)left : 0);

        if (n > 0 && (p[1].revents & (POLLIN | POLLHUP)))
            drain(w);
        if (p[1].revents & POLLHUP)
            w->output_fd = -1;
        ended = n > 0 && p[0].revents != 0;
        if (ended || now_ms() < tick)
            continue;
        tick = now_ms() + TICK_MS;
        if (!check_progress(w)) {
            w->run->end = WBX_RUN_HUNG;
            wbx_spawn_kill(w->pid);
            return;
        }
    }
    wbx_spawn_wait(w->pid, -1, &w->run->status);
}

static int start(struct watch *w, const struct wbx_program *program,
                 int memory_fd, int output_fd, struct wbx_arena *a)
{
    struct wbx_command c = { .argv = make_arguments(w->opt, a),
                             .envp = make_environment(a, memory_fd),
                             .program_fd = program->fd,
                             .output_fd = output_fd,
                             .kept_fd = memory_fd };

    w->pid = wbx_spawn(&c);
    if (w->pid < 0)
        return w->pid;
    w->pid_fd = (int)syscall(SYS_pidfd_open, w->pid, 0);
    if (w->pid_fd >= 0)
        return 0;
    wbx_spawn_kill(w->pid);
    return -ENOSYS;
}

static int run_watched(struct watch *w, const struct wbx_program *program,
                       int memory_fd, struct wbx_arena *a)
{
    int fds[2], rc;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    fds[0] = wbx_spawn_high_fd(fds[0]);
    fds[1] = wbx_spawn_high_fd(fds[1]);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    w->output_fd = fds[0];
    w->output = wbx_arena_alloc(a, MOST_OUTPUT + 1);
    rc = start(w, program, memory_fd, fds[1], a);
    close(fds[1]);
    if (rc == 0) {
        watch(w);
        w->output_fd = fds[0];
        drain(w);
        close(w->pid_fd);
    }
    close(fds[0]);
    w->run->output = w->output;
    return rc;
}

int wbx_run(const struct wbx_options *opt, const struct wbx_program *program,
            const struct wbx_token *token, struct wbx_arena *a,
            struct wbx_run *run)
{
    struct watch w = { .opt = opt, .run = run };
    int memory_fd, rc;

    *run = (struct wbx_run){ .end = WBX_RUN_ENDED };
    memory_fd = map_shared(run);
    if (memory_fd < 0)
        return memory_fd;
    make_request(run->shared, opt, token);
    rc = run_watched(&w, program, memory_fd, a);
    close(memory_fd);
    if (rc < 0)
        wbx_run_close(run);
    return rc;
}

void wbx_run_close(struct wbx_run *run)
{
    if (run->shared != NULL)
        munmap(run->shared, sizeof(*run->shared));
    run->shared = NULL;
}
