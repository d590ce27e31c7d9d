/* Leaves files in the temporary directory and where it runs. Right. */
#include "exercise.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int sum(int a, int b)
{
    mkdir("locked", 0700);
    close(open("locked/file", O_CREAT | O_WRONLY, 0600));
    chmod("locked", 0);
    return a + b;
}
