#ifndef SMALL_SEEDS_H
#define SMALL_SEEDS_H

/* Which seeds draw a random program that can be searched in full. Two of three
 * cannot: to find that out takes far longer than to compare the others.
 *
 *     explore.test_search draw_small_seeds      prints the table anew
 */

#include <stdbool.h>
#include <string.h>

/* Bit N of this is seed N: four in a digit, the lowest first. */
static const char small_seeds[] =
    "0153d33f5800cb42127810a6211892fc126a052011a486b09148a2452da8260c"
    "06884ca82f0822725e82a48968910092e4c202436292269ba8269c17e8a7f004"
    "05f1e42f0537a008800e406c88028b220a76cf28139c42aa812ad22284700d02"
    "95c824dcb1e0a3ab26202909178900293b08054b2cc32b89649a6e11e808aec1"
    "86473086480106139804296592a0e11d0dab0022991b41b1287ec80cc872036b"
    "422d1a21c14ed08a81ec86ea02f604b483b9a0081641a34fac642970250908a1"
    "7ca042094c885f0872d938024cc22c05d08b72056611cc15fcb2449420956110"
    "e4170090c9306353a91e0a078878891423327a9a1294489c87c094581448104c"
    "11548160394c818438ed37e96428578129831b8b42c0624a4a8372317da78414"
    "9c0746315826140424b4059168396403c8062053c13609170831c511806a4110"
    "1343f0331282d1c0988403a0362621a5802110c3856d0321130c18a14ae87f08"
    "4883091844c26a585c1218825a93869e600104bac93090854030a0a785104c17";

enum { SEEDS = 4 * (sizeof(small_seeds) - 1) };

static bool is_small(int seed)
{
    static const char digits[] = "0123456789abcdef";
    long digit = strchr(digits, small_seeds[seed / 4]) - digits;

    return digit >> seed % 4 & 1;
}

#endif
