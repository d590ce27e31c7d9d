#ifndef WB_WATCHDOG_H
#define WB_WATCHDOG_H

/*
 * The watchdog of a test program, for testkit.c.
 *
 * Start it once, before there are threads. It is a process of its own, so it
 * works however stuck this one is, and its parent is not this process, so no
 * test meets it in wait() or among its children. It ends when this process
 * ends, or after `seconds`, when it says what it sees and kills this process.
 *
 * test_name is memory that both share; it says which test runs.
 */
void wb_watchdog_start(int seconds, const char *test_name);

#endif
