/* Files that must not replace others, also where a file has one name only:
 * this program is linked with a link() that fails as it does there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "text.h"
#include "wb/base.h"

int __wrap_link(const char *from, const char *to);
int __real_link(const char *from, const char *to);

static int refusal; /* errno of link(); 0: it works */

int __wrap_link(const char *from, const char *to)
{
    if (refusal == 0)
        return __real_link(from, to);
    errno = refusal;
    return -1;
}

static const int refusals[] = { 0, EPERM, EOPNOTSUPP, ENOSYS };

static void assert_file(const struct book *b, const char *path,
                        const char *text)
{
    char *found = book_read(b, path);
    assert_string_equal(found, text);
    free(found);
}

static int files_in(const struct book *b)
{
    char command[PATH_MAX + 32];
    struct wb_subprocess_result r;
    snprintf(command, sizeof command, "ls '%s/tmp' | wc -l", b->root);
    wb_run_watched(WB_ARGV("sh", "-c", command), 60000, &r);
    int n = atoi(r.out);
    wb_subprocess_result_free(&r);
    return n;
}

static void test_copy_replaces_nothing(void **state)
{
    struct book *b = *state;
    char from[2 * PATH_MAX], to[2 * PATH_MAX];
    snprintf(from, sizeof from, "%s/tmp/from", b->root);
    snprintf(to, sizeof to, "%s/tmp/to", b->root);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        refusal = refusals[i];
        book_write(b, "tmp/from", "new\n");
        WB_MUST(wb_file_copy_new(from, to));
        assert_file(b, "tmp/to", "new\n");
        book_write(b, "tmp/to", "mine\n");
        assert_int_equal(wb_file_copy_new(from, to), -EEXIST);
        assert_file(b, "tmp/to", "mine\n");
        assert_int_equal(files_in(b), 2);
        WB_MUST_SYS(unlink(to));
    }
    refusal = 0;
}

static void test_set_aside_keeps_all(void **state)
{
    struct book *b = *state;
    char path[2 * PATH_MAX], kept[PATH_MAX], name[64], text[16];
    snprintf(path, sizeof path, "%s/tmp/it", b->root);
    assert_int_equal(wb_file_set_aside(path, "bak", kept), -ENOENT);
    for (int i = 0; i < (int)(sizeof refusals / sizeof *refusals); i++) {
        refusal = refusals[i];
        snprintf(text, sizeof text, "%d\n", i);
        book_write(b, "tmp/it", text);
        WB_MUST(wb_file_set_aside(path, "bak", kept));
        snprintf(name, sizeof name, "tmp/it.bak-%d", i + 1);
        assert_string_equal(kept + strlen(kept) - strlen(name), name);
        assert_file(b, name, text);
        assert_int_equal(files_in(b), i + 1);
    }
    refusal = EPERM;
    assert_int_equal(wb_file_set_aside(path, "bak", kept), -ENOENT);
    assert_int_equal(files_in(b), 4);
    refusal = 0;
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_copy_replaces_nothing),
    BOOK_TEST(test_set_aside_keeps_all),
};
WB_TEST_MAIN(tests)
