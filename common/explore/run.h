#ifndef WBX_RUN_H
#define WBX_RUN_H

/**
 * @file run.h
 * One run of a linked program under the runtime, in a process that dies with
 * us and is killed when it makes no progress.
 */

#include "arena.h"
#include "build.h"
#include "explore.h"
#include "protocol.h"
#include "token.h"

enum wbx_run_end { WBX_RUN_ENDED, WBX_RUN_HUNG };

struct wbx_run {
    struct wbx_shared *shared; /**< what the runtime says; mapped */
    enum wbx_run_end end;
    int status;          /**< as from waitpid() */
    int64_t patience_ms; /**< how long it may stand still before it is hung */
    const char *output;  /**< of the process itself, first 64 KiB */
};

/**
 * Start the program and wait for it, calling opt->progress.
 *
 * @param token  the schedule to replay, or NULL
 * @return 0 or -errno; after 0, end with wbx_run_close()
 */
int wbx_run(const struct wbx_options *opt, const struct wbx_program *program,
            const struct wbx_token *token, struct wbx_arena *a,
            struct wbx_run *run);

void wbx_run_close(struct wbx_run *run);

#endif
