#ifndef WB_TEXT_H
#define WB_TEXT_H

/**
 * @file text.h
 * Files and words, as the commands need them. Any thread, but for the two
 * calls that write a file: main thread, as they look at the umask.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Refuses larger files: nothing the workbook reads comes near. */
enum { WB_FILE_MAX = 4 << 20 };

/** Join into dst of PATH_MAX bytes; aborts when it does not fit. */
void wb_path(char *dst, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * The whole file, NUL-terminated, to free(); *len may be NULL.
 * @return 0 or negative errno; -EFBIG above WB_FILE_MAX.
 */
int wb_file_read(const char *path, char **text, size_t *len);

/** @return whether path can be stat'ed and is a regular file. */
bool wb_file_exists(const char *path);

/** @return 1 when both hold the same bytes, 0 when not, negative errno. */
int wb_file_same(const char *a, const char *b);

/**
 * Copy from to a path that must not exist yet. The copy appears whole or
 * not at all. @return 0, -EEXIST, or another negative errno.
 */
int wb_file_copy_new(const char *from, const char *to);

/**
 * Put text at path: a temporary file beside it, fsync, rename. A reader
 * sees the old or the new file; on error the old one is untouched.
 * @return 0 or negative errno.
 */
int wb_file_replace(const char *path, const char *text, size_t len);

/**
 * Move a file to PATH.MARK-N, N the first number that is free, and write that
 * name to kept, of PATH_MAX bytes. @return 0 or negative errno.
 */
int wb_file_set_aside(const char *path, const char *mark, char *kept);

/** mkdir -p. @return 0 or negative errno. */
int wb_dir_make(const char *path);

/** Remove the directory and what is in it, as far as that is possible. */
void wb_dir_remove(const char *path);

/** @return edits (insert, delete, change) from a to b, at most 99. */
int wb_text_distance(const char *a, const char *b);

/** @return where the line after the one at p begins: at the NUL if none does */
const char *wb_text_next_line(const char *p);

/** @return whether the line of Markdown is a heading: hashes and a blank */
bool wb_text_is_heading(const char *line);

/** @return what follows label at the start of a line of text, or NULL */
char *wb_text_line(char *text, const char *label);

/**
 * The first comment of a C source, without its marks: what stands before
 * the first line of code. Truncated to fit. @return dst.
 */
char *wb_text_head(const char *source, char *dst, size_t size);

#endif
