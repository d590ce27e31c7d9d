/* A post office: reads the address of each letter and puts a stamp on it.
 *
 * One call after another, and little to get wrong: when a call returns, its
 * work is done, and its result says whether it has failed. It is slow, as each
 * letter waits until the one before has been through both calls.
 *
 * Run:     ./workbook run 07 before 12x 30
 * Next:    bad.c, with the same calls moved behind queues */
#include <stdio.h>
#include <string.h>

#include "post.h"

/* region: letter */
/* @return the stamp in cents, or why the letter goes back to its sender */
static int send_letter(char address)
{
    int district = read_address(address);

    if (district < 0)
        return district;
    return frank(district);
}
/* endregion: letter */

/* region: bag */
static void empty_bag(const char *bag)
{
    size_t n = strlen(bag), sent = 0;

    for (size_t i = 0; i < n; i++)
        sent += tell(bag[i], send_letter(bag[i]));
    printf("bag %s: %zu of %zu sent\n", bag, sent, n);
}
/* endregion: bag */

int main(int argc, char **argv)
{
    if (argc < 2)
        empty_bag("x");
    for (int i = 1; i < argc; i++)
        empty_bag(argv[i]);
    return 0;
}
