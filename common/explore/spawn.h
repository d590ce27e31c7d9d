#ifndef WBX_SPAWN_H
#define WBX_SPAWN_H

/**
 * @file spawn.h
 * Start a child so that it cannot outlive us, and wait for it with a limit.
 *
 * The child gets a process group of its own, /dev/null as stdin, no core
 * dumps and no descriptor but those named here. The kernel kills it when the
 * thread that started it ends. Calls may run in several threads at once.
 */

#include <stdbool.h>
#include <sys/types.h>

struct wbx_command {
    const char *const *argv; /**< argv[0] is looked for in PATH */
    char *const *envp;       /**< NULL: ours */
    int program_fd;          /**< run this file instead of argv[0]; -1: no */
    int output_fd;           /**< becomes stdout and stderr */
    int kept_fd;             /**< stays open under its number; -1: none */
};

/**
 * Start it.
 * @return the child's pid, or -errno: -ENOENT when there is no such program.
 */
pid_t wbx_spawn(const struct wbx_command *command);

/**
 * Wait until the child ends, at most timeout_ms milliseconds (-1: no limit).
 * @return true when it has ended; *status then is as from waitpid(), or -1
 * when somebody else reaped it
 */
bool wbx_spawn_wait(pid_t pid, int timeout_ms, int *status);

/** Kill the child's process group and reap the child. */
void wbx_spawn_kill(pid_t pid);

/** @return fd or a duplicate above stderr, close-on-exec; -errno. */
int wbx_spawn_high_fd(int fd);

#endif
