/* Where `workbook explore --trace FILE` puts the failing schedule. */
#include "trace_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"
#include "trace.h"

/* What is there already and is no ordinary file cannot be replaced. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* The file itself, where path is a link to it: the link stays a link. */
static void resolve(const char *path, char real[PATH_MAX])
{
    if (realpath(path, real) == NULL)
        wb_path(real, "%s", path);
}

int wb_trace_file_check(const char *path)
{
    char real[PATH_MAX];
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return -EISDIR;
    if (is_special(path))
        return access(path, W_OK) < 0 ? -errno : 0;
    resolve(path, real);
    char *slash = strrchr(real, '/');
    if (slash == NULL)
        wb_path(real, ".");
    else
        slash[slash == real] = '\0';
    if (stat(real, &st) < 0)
        return -errno;
    if (!S_ISDIR(st.st_mode))
        return -ENOTDIR;
    return access(real, W_OK | X_OK) < 0 ? -errno : 0;
}

static int write_special(const char *path, const char *text, size_t size)
{
    FILE *out = fopen(path, "we");
    if (out == NULL)
        return -errno;
    errno = 0;
    fwrite(text, 1, size, out);
    /* A full device may say so only when the last of it is written. */
    bool failed = ferror(out) != 0;
    int error = errno;
    if (fclose(out) != 0 && !failed) {
        failed = true;
        error = errno;
    }
    return !failed ? 0 : error != 0 ? -error : -EIO;
}

int wb_trace_file_put(const char *path, const char *text, size_t size)
{
    char real[PATH_MAX];
    if (is_special(path))
        return write_special(path, text, size);
    resolve(path, real);
    return wb_file_replace(real, text, size);
}

int wb_trace_file_write(const char *path, const struct wbx_failure *f)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return -errno;
    wbx_print_trace(memory, f);
    bool failed = ferror(memory) != 0;
    int rc = fclose(memory) != 0 || failed ? -ENOMEM : 0;
    if (rc == 0)
        rc = wb_trace_file_put(path, text, size);
    free(text);
    return rc;
}
