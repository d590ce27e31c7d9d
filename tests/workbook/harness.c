/* A workbook of two chapters, and the real command run against it. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wb/base.h"

static void shell(const char *command)
{
    const char *argv[] = { "sh", "-ec", command, NULL };
    struct wb_subprocess_result r;
    wb_run_watched(argv, 60000, &r);
    if (r.outcome != WB_EXITED || r.code != 0)
        wb_fail(WB_CRASH, "%s: %s", command, r.message);
    wb_subprocess_result_free(&r);
}

void book_make(struct book *b)
{
    char command[6 * PATH_MAX], build[PATH_MAX + 16];
    *b = (struct book){ 0 };
    wb_scratch_path(b->root, sizeof b->root, "workbook-test");
    if (mkdtemp(b->root) == NULL)
        wb_fail(WB_CRASH, "cannot make %s", b->root);
    snprintf(command, sizeof command,
             "cp -r '%s/.' '%s'; cd '%s'; chmod -R u+w .; "
             "mkdir -p build/chapters/01_sum tmp; "
             "cp '%s/judge.conf' '%s/bad' '%s/good' build/chapters/01_sum",
             FIXTURE, b->root, b->root, FIXTURE_BUILD, FIXTURE_BUILD,
             FIXTURE_BUILD);
    shell(command);
    snprintf(build, sizeof build, "%s/build", b->root);
    setenv("WORKBOOK_ROOT", b->root, 1);
    setenv("WORKBOOK_BUILD", build, 1);
    snprintf(build, sizeof build, "%s/tmp", b->root);
    setenv("TMPDIR", build, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("WB_JUDGE_SECONDS", "30", 1);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
}

void book_remove(struct book *b)
{
    char command[PATH_MAX + 32];
    wb_subprocess_result_free(&b->result);
    unsetenv("TMPDIR");
    snprintf(command, sizeof command, "rm -rf '%s'", b->root);
    shell(command);
}

int book_set_up(void **state)
{
    static struct book b;
    book_make(&b);
    *state = &b;
    return 0;
}

int book_tear_down(void **state)
{
    book_remove(*state);
    return 0;
}

static void take_result(struct book *b)
{
    const struct wb_subprocess_result *r = &b->result;
    if (r->outcome != WB_EXITED && r->outcome != WB_SIGNALED)
        wb_fail(WB_CRASH, "workbook: %s", r->message);
    b->code = r->code + (r->outcome == WB_SIGNALED ? 1000 : 0);
    b->out = r->out;
    b->err = r->err;
    wb_expect(r->swept == 0, WB_LEAKED_THREAD,
              "workbook left %u processes behind", r->swept);
}

void book_run(struct book *b, ...)
{
    enum { MAX = 16 };
    const char *argv[MAX + 2] = { WORKBOOK };
    va_list words;
    va_start(words, b);
    for (int i = 1; i <= MAX; i++) {
        argv[i] = va_arg(words, const char *);
        if (argv[i] == NULL)
            break;
    }
    va_end(words);
    wb_subprocess_result_free(&b->result);
    struct wb_subprocess_options opt = {
        .argv = argv,
        .cwd = b->root,
        .out_path = b->terminal,
        .deadline = wb_deadline_in_ms(100000),
        .sweep = true,
    };
    int rc = wb_subprocess_run(&opt, &b->result);
    if (rc < 0)
        wb_fail(WB_CRASH, "cannot run %s: %s", WORKBOOK, strerror(-rc));
    take_result(b);
}

const char *book_command(void)
{
    return WORKBOOK;
}

const char *candidate_path(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.c", CANDIDATES, name);
    return path;
}

void book_attempt(struct book *b, const char *candidate)
{
    char command[3 * PATH_MAX];
    snprintf(command, sizeof command, "cp '%s' '%s/chapters/01_sum/exercise.c'",
             candidate_path(candidate), b->root);
    shell(command);
}

char *book_read(const struct book *b, const char *path)
{
    enum { MAX = 1 << 16 };
    char full[2 * PATH_MAX], *text = wb_alloc(MAX, 1);
    snprintf(full, sizeof full, "%s/%s", b->root, path);
    FILE *f = fopen(full, "re");
    if (f == NULL)
        wb_fail(WB_WRONG_ANSWER, "there is no %s", full);
    text[fread(text, 1, MAX - 1, f)] = '\0';
    fclose(f);
    return text;
}

void book_write(const struct book *b, const char *path, const char *text)
{
    char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", b->root, path);
    FILE *f = fopen(full, "we");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        wb_fail(WB_CRASH, "cannot write %s", full);
}

bool book_has(const struct book *b, const char *path)
{
    char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", b->root, path);
    return access(full, F_OK) == 0;
}

void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not hold \"%s\"", text, part);
}

void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" holds \"%s\"", text, part);
}
