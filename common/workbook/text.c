/* Files and words. */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void wb_path(char *dst, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(dst, PATH_MAX, fmt, args);
    va_end(args);
    if (n < 0 || n >= PATH_MAX) {
        fprintf(stderr, "workbook: path too long: %s\n", dst);
        abort();
    }
}

static int read_all(int fd, char *buf, size_t size, size_t *len)
{
    *len = 0;
    while (*len < size) {
        ssize_t n = read(fd, buf + *len, size - *len);
        if (n == 0)
            break;
        if (n > 0)
            *len += (size_t)n;
        else if (errno != EINTR)
            return -errno;
    }
    buf[*len] = '\0';
    return 0;
}

int wb_file_read(const char *path, char **text, size_t *len)
{
    struct stat st;
    size_t got = 0;
    int rc, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *text = NULL;
    if (fd < 0)
        return -errno;
    rc = fstat(fd, &st) < 0         ? -errno
         : S_ISDIR(st.st_mode)      ? -EISDIR
         : st.st_size > WB_FILE_MAX ? -EFBIG
                                    : 0;
    if (rc == 0) {
        *text = malloc((size_t)st.st_size + 1);
        rc = *text == NULL ? -ENOMEM
                           : read_all(fd, *text, (size_t)st.st_size, &got);
    }
    close(fd);
    if (rc < 0) {
        free(*text);
        *text = NULL;
        return rc;
    }
    if (len != NULL)
        *len = got;
    return 0;
}

bool wb_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int wb_file_same(const char *a, const char *b)
{
    char *ta = NULL, *tb = NULL;
    size_t na = 0, nb = 0;
    int rc = wb_file_read(a, &ta, &na);
    if (rc == 0)
        rc = wb_file_read(b, &tb, &nb);
    if (rc == 0)
        rc = na == nb && (na == 0 || memcmp(ta, tb, na) == 0);
    free(ta);
    free(tb);
    return rc;
}

static int write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* What a new file may be; mkostemp() keeps its own to the owner. The mask can
 * be seen only by changing it. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(077);
    umask(mask);
    return 0666 & ~mask;
}

/* Write a temporary file beside path, whose name goes to tmp. */
static int write_beside(const char *path, char *tmp, const char *text,
                        size_t len)
{
    int rc, fd;
    wb_path(tmp, "%s.new-XXXXXX", path);
    fd = mkostemp(tmp, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    rc = write_all(fd, text, len);
    if (rc == 0 && (fchmod(fd, usual_mode()) < 0 || fsync(fd) < 0))
        rc = -errno;
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    if (rc < 0)
        unlink(tmp);
    return rc;
}

/* Where files have one name only, as on a memory stick or in a folder shared
 * with a virtual machine: an empty file holds the name until it is replaced. */
static int move_to_held_name(const char *from, const char *to)
{
    int rc = 0, fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    close(fd);
    if (rename(from, to) < 0) {
        rc = -errno;
        unlink(to);
    }
    return rc;
}

/* @return -EEXIST when the name is taken, where rename() would replace it */
static int move_new(const char *from, const char *to)
{
    if (link(from, to) == 0)
        return unlink(from) < 0 ? -errno : 0;
    return errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS
               ? move_to_held_name(from, to)
               : -errno;
}

int wb_file_copy_new(const char *from, const char *to)
{
    char *text, tmp[PATH_MAX];
    size_t len = 0;
    int rc = wb_file_read(from, &text, &len);
    if (rc < 0)
        return rc;
    rc = write_beside(to, tmp, text, len);
    free(text);
    if (rc < 0)
        return rc;
    rc = move_new(tmp, to);
    if (rc < 0)
        unlink(tmp);
    return rc;
}

int wb_file_set_aside(const char *path, const char *mark, char *kept)
{
    for (int n = 1;; n++) {
        wb_path(kept, "%s.%s-%d", path, mark, n);
        int rc = move_new(path, kept);
        if (rc != -EEXIST)
            return rc;
    }
}

/* The rename itself must survive a power cut, not only the content. */
static void sync_directory_of(const char *path)
{
    char dir[PATH_MAX];
    wb_path(dir, "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash == NULL)
        return;
    *slash = '\0';
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

int wb_file_replace(const char *path, const char *text, size_t len)
{
    char tmp[PATH_MAX];
    int rc = write_beside(path, tmp, text, len);
    if (rc < 0)
        return rc;
    if (rename(tmp, path) < 0) {
        rc = -errno;
        unlink(tmp);
        return rc;
    }
    sync_directory_of(path);
    return 0;
}

int wb_dir_make(const char *path)
{
    char partial[PATH_MAX];
    wb_path(partial, "%s", path);
    for (char *p = partial + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char keep = *p;
        *p = '\0';
        if (mkdir(partial, 0777) < 0 && errno != EEXIST)
            return -errno;
        *p = keep;
        if (keep == '\0')
            return 0;
    }
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

/* A program under test may leave a directory nobody can enter. */
static int open_up(const char *path, const struct stat *st, int type,
                   struct FTW *where)
{
    (void)st;
    (void)where;
    if (type == FTW_D || type == FTW_DNR)
        chmod(path, 0700);
    return 0;
}

void wb_dir_remove(const char *path)
{
    nftw(path, open_up, 16, FTW_PHYS);
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *wb_text_next_line(const char *p)
{
    const char *end = strchr(p, '\n');
    return end == NULL ? p + strlen(p) : end + 1;
}

bool wb_text_is_heading(const char *line)
{
    return line[0] == '#' && line[strspn(line, "#")] == ' ';
}

int wb_text_distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    int row[MAX + 1];
    size_t na = strlen(a), nb = strlen(b);
    if (na > MAX || nb > MAX)
        return 99;
    for (size_t j = 0; j <= nb; j++)
        row[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int best = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[nb];
}

/* Skip blanks and the marks that begin a comment or one of its lines. */
static const char *skip_marks(const char *p)
{
    p += strspn(p, " \t");
    if (p[0] == '/' && (p[1] == '/' || p[1] == '*'))
        return p + 2 + strspn(p + 2, "*! \t");
    if (p[0] == '*' && p[1] != '/')
        return p + 1 + strspn(p + 1, " \t");
    return p;
}

char *wb_text_head(const char *source, char *dst, size_t size)
{
    const char *p = source + strspn(source, " \t\r\n");
    bool block = strncmp(p, "/*", 2) == 0;
    const char *end = block ? strstr(p, "*/") : NULL;
    size_t n = 0;
    while (*p != '\0' && (end == NULL || p < end)) {
        if (!block && strncmp(p + strspn(p, " \t"), "//", 2) != 0)
            break;
        p = skip_marks(p);
        for (; *p != '\0' && *p != '\n' && p != end; p++) {
            if (n + 2 < size)
                dst[n++] = *p;
        }
        dst[n++] = '\n';
        if (n + 1 >= size)
            break;
        p += *p == '\n';
    }
    dst[n] = '\0';
    return dst;
}

char *wb_text_line(char *text, const char *label)
{
    size_t n = strlen(label);
    for (char *p = text; p != NULL; p = strchr(p, '\n')) {
        p += *p == '\n';
        if (strncmp(p, label, n) == 0)
            return p + n;
    }
    return NULL;
}
