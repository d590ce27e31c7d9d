#ifndef WB_TESTS_SERVED_H
#define WB_TESTS_SERVED_H

/*
 * For tests with a server of wb/server.h: a fixture that starts and stops it
 * around each test, counted as in counted.h. Each test is run twice: a thread
 * serves, and a process does.
 */

#include "counted.h"
#include "wb/server.h"

static struct wb_server *server; /* const while clients run */

static inline int start(void **state, bool process, int max)
{
    struct wb_server_options opt = { .process = process,
                                     .connections_max = max };

    if (count_before(state) != 0)
        return -1;
    return wb_server_start(&server, &opt);
}

static inline int start_thread(void **state)
{
    return start(state, false, 0);
}

static inline int start_process(void **state)
{
    return start(state, true, 0);
}

static inline int start_narrow(void **state)
{
    return start(state, false, 2);
}

static inline int stop(void **state)
{
    wb_server_stop(server);
    return compare_after(state);
}

static inline struct wb_server_counts seen(void)
{
    struct wb_server_counts counts;

    wb_server_counts(server, &counts);
    return counts;
}

static inline int ask(const char *path, char *body)
{
    return wb_fetch(wb_server_port(server), path, body, WB_FOREVER);
}

#define THREAD(test)                                                           \
    {                                                                          \
#test "[thread]", test, start_thread, stop, NULL                       \
    }
#define PROCESS(test)                                                          \
    {                                                                          \
#test "[process]", test, start_process, stop, NULL                     \
    }
#define BOTH(test) THREAD(test), PROCESS(test)

#endif
