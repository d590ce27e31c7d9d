#ifndef WB_TESTS_COUNTED_H
#define WB_TESTS_COUNTED_H

/*
 * For tests that run programs: short ways to say what to run, and a fixture
 * that counts descriptors and children before and after each test. A test
 * that leaves one behind fails in its teardown.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "wb/base.h"
#include "wb/testkit.h"

#define OPTIONS(...) (&(struct wb_subprocess_options){ __VA_ARGS__ })

#define COUNTED(test)                                                          \
    cmocka_unit_test_setup_teardown(test, count_before, compare_after)

/* owner thread only: the main one */
static int descriptors, children;

static inline int count_before(void **state)
{
    (void)state;
    descriptors = wb_proc_descriptors(getpid());
    children = wb_proc_children(getpid());
    return descriptors > 0 && children >= 0 ? 0 : -1;
}

static inline int compare_after(void **state)
{
    (void)state;
    int now = wb_proc_descriptors(getpid());
    int kids = wb_proc_children(getpid());
    if (now == descriptors && kids == children)
        return 0;
    printf("descriptors: %d before, %d after; children: %d before, %d after\n",
           descriptors, now, children, kids);
    return -1;
}

/* Run a program that can be started. */
static inline struct wb_subprocess_result
run(const struct wb_subprocess_options *opt)
{
    struct wb_subprocess_result res;
    WB_MUST(wb_subprocess_run(opt, &res));
    return res;
}

/* A killed process may wait, as a zombie, for a slow init to reap it. */
static inline bool is_running(pid_t pid)
{
    struct wb_blocked at;
    int rc = wb_proc_blocked(pid, &at);
    return rc != -ESRCH && at.state != 'Z' && at.state != 'X';
}

#endif
