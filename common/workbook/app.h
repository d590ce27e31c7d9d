#ifndef WB_APP_H
#define WB_APP_H

/**
 * @file app.h
 * What every command of the workbook is given: where the workbook lies and
 * how its output may look.
 */

#include <limits.h>
#include <stdbool.h>

#include "screen.h"

/** Exit codes of every command. */
enum wb_exit {
    WB_EXIT_OK = 0,             /**< passed, clean, done */
    WB_EXIT_FAULT = 1,          /**< a fault was found or a check failed */
    WB_EXIT_USAGE = 2,          /**< the command line is wrong */
    WB_EXIT_NOT_EXHAUSTIVE = 3, /**< budget spent, nothing found */
    WB_EXIT_CANNOT = 4,         /**< something the tool cannot handle */
    WB_EXIT_SKIPPED = 77 /**< not attempted or not told: ctest says Skipped */
};

struct wb_app {
    char root[PATH_MAX];  /* absolute: holds chapters/ and .workbook/ */
    char build[PATH_MAX]; /* absolute: the CMake build directory */
    struct wb_screen screen;
};

/** Runs with argv[0] the command's name; returns an enum wb_exit. */
typedef int wb_command_fn(struct wb_app *app, int argc, char **argv);

wb_command_fn wb_cmd_where, wb_cmd_list, wb_cmd_start, wb_cmd_check,
    wb_cmd_hint, wb_cmd_reset, wb_cmd_run, wb_cmd_diff, wb_cmd_explore,
    wb_cmd_replay, wb_cmd_solution, wb_cmd_book, wb_cmd_test, wb_cmd_bench,
    wb_cmd_doctor, wb_cmd_judge;

#endif
