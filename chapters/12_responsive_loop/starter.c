/* Exercise 12: a loop freed from a library that blocks.
 *
 * rejected: blocked-loop "open() blocked the loop"
 *
 * Every name is looked up, and the directory is closed. But each call of the
 * library holds the loop, and with it the whole exchange:
 *
 *     ./workbook check 12
 *
 * The contract is in exercise.h, the judge in test_exercise.c. */
#include "exercise.h"

int find_all(struct directory *d, struct entry *entries, int n)
{
    int rc = d->open(d);
    if (rc < 0)
        return rc;
    for (int i = 0; i < n; i++)
        entries[i].rc = d->look_up(d, entries[i].name, entries[i].number);
    d->close(d);
    return 0;
}
