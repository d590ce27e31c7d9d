/* workbook book and doctor: what they say of what is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness.h"
#include "wb/base.h"

static void make_dir(const struct book *b, const char *path)
{
    char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", b->root, path);
    WB_MUST_SYS(mkdir(full, 0777));
}

/* A build directory whose builds are done by that program. */
static void put_cache(const struct book *b, const char *program)
{
    char text[256];
    snprintf(text, sizeof text,
             "CMAKE_PROJECT_NAME:STATIC=book\n"
             "CMAKE_GENERATOR:INTERNAL=Ninja\n"
             "CMAKE_MAKE_PROGRAM:FILEPATH=%s\n",
             program);
    book_write(b, "build/CMakeCache.txt", text);
}

static void test_book_says_what_it_made(void **state)
{
    struct book *b = *state;
    make_dir(b, "build/book");
    put_cache(b, "/bin/true");
    book_run(b, "book", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "holds none of it");
    book_write(b, "build/book/interleave.epub", "");
    book_write(b, "build/book/missing", "There is no PDF: it needs a tool\n");
    book_run(b, "book", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "EPUB      file://");
    assert_holds(b->out, "build/book/interleave.epub");
    assert_holds(b->out, "Open the pages in your browser");
    assert_holds(b->out, "build/book/html/index.html");
    assert_holds(b->out, "There is no PDF: it needs a tool");
    assert_lacks(b->out, "Pages");
    put_cache(b, "/bin/false");
    book_run(b, "book", NULL);
    assert_int_equal(b->code, 1);
    assert_lacks(b->out, "EPUB");
}

static void test_book_mine_is_a_copy(void **state)
{
    struct book *b = *state;
    make_dir(b, "build/book");
    put_cache(b, "/bin/true");
    book_run(b, "book", "--mine", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->err, "holds none of it");
    make_dir(b, "build/book/mine");
    book_write(b, "build/book/mine/index.html", "");
    book_run(b, "book", "--mine", "--again", NULL);
    assert_int_equal(b->code, 0);
    assert_holds(b->out, "Your copy file://");
    assert_holds(b->out, "build/book/mine/index.html");
    assert_lacks(b->out, "html/index.html");
    put_cache(b, "/bin/false");
    book_run(b, "book", "--mine", NULL);
    assert_int_equal(b->code, 1);
    assert_lacks(b->out, "Your copy");
}

static void test_book_again_is_for_mine(void **state)
{
    struct book *b = *state;
    book_run(b, "book", "--again", NULL);
    assert_int_equal(b->code, 2);
    assert_holds(b->err, "--again is for --mine");
}

/* A program in the tests' PATH that says what version it is. */
static void put_tool(const struct book *b, const char *name,
                     const char *version)
{
    char path[2 * PATH_MAX], text[128];
    snprintf(path, sizeof path, "tmp/%s", name);
    snprintf(text, sizeof text, "#!/bin/sh\necho '%s'\n", version);
    book_write(b, path, text);
    snprintf(path, sizeof path, "%s/tmp/%s", b->root, name);
    WB_MUST_SYS(chmod(path, 0755));
}

static void test_doctor_looks_at_versions(void **state)
{
    struct book *b = *state;
    const char *old = getenv("PATH");
    char *path = strdup(old != NULL ? old : ""), tools[2 * PATH_MAX];
    snprintf(tools, sizeof tools, "%s/tmp", b->root);
    setenv("PATH", tools, 1);
    book_run(b, "doctor", NULL);
    assert_int_equal(b->code, 4);
    assert_holds(b->out, "optional weasyprint    makes the book's PDF: "
                         "apt-get install weasyprint\n");
    assert_holds(b->out, "optional epubcheck     checks the book's EPUB: "
                         "apt-get install epubcheck\n");
    assert_lacks(b->out, "doxygen epubcheck");
    assert_lacks(b->out, "doxygen weasyprint");
    put_tool(b, "weasyprint", "WeasyPrint version 57.2");
    put_tool(b, "cmake", "cmake version 3.24.9");
    book_run(b, "doctor", NULL);
    assert_holds(b->out, "weasyprint    57.2 (makes the book's PDF)\n");
    assert_holds(b->out, "too old  cmake         3.24.9, 3.25 is needed\n");
    put_tool(b, "cmake", "cmake version 3.25.0");
    book_run(b, "doctor", NULL);
    assert_holds(b->out, "ok       cmake         3.25.0\n");
    setenv("PATH", path, 1);
    free(path);
}

static const struct CMUnitTest tests[] = {
    BOOK_TEST(test_book_says_what_it_made),
    BOOK_TEST(test_book_mine_is_a_copy),
    BOOK_TEST(test_book_again_is_for_mine),
    BOOK_TEST(test_doctor_looks_at_versions),
};
WB_TEST_MAIN(tests)
