/* token.c: bytes first, then base32 around them. */
#include "token.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = '1', HEADER = 7, CHECKSUM = 4, THREADS = 32 };

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

struct bytes {
    uint8_t *at;
    size_t n, room;
};

uint64_t wbx_hash(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * 0x100000001b3ul;
    return hash;
}

static uint32_t checksum(const uint8_t *bytes, size_t n)
{
    uint64_t hash = wbx_hash(WBX_HASH, bytes, n);

    return (uint32_t)(hash ^ hash >> 32);
}

static void *must(void *p)
{
    if (p == NULL) {
        fputs("explore: out of memory\n", stderr);
        abort();
    }
    return p;
}

static void put(struct bytes *b, uint64_t byte)
{
    if (b->n == b->room) {
        b->room = b->room ? 2 * b->room : 64;
        b->at = must(realloc(b->at, b->room));
    }
    b->at[b->n++] = (uint8_t)byte;
}

static void put_fixed(struct bytes *b, uint64_t value, int nbytes)
{
    for (int i = 0; i < nbytes; i++)
        put(b, value >> 8 * i & 0xff);
}

static void put_number(struct bytes *b, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        put(b, value % 128 + 128);
    put(b, value);
}

static void put_runs(struct bytes *b, const struct wbx_choice *c, size_t n)
{
    size_t length;

    for (size_t i = 0; i < n; i += length) {
        for (length = 1; i + length < n; length++)
            if (c[i + length].thread != c[i].thread ||
                c[i + length].outcome != c[i].outcome)
                break;
        put_number(b, c[i].thread % THREADS + (c[i].outcome ? THREADS : 0) +
                          (length - 1) * 2 * THREADS);
        if (c[i].outcome)
            put(b, c[i].outcome);
    }
}

static char *to_word(const struct bytes *b)
{
    size_t nbits = b->n * 8, out = 2;
    char *word = must(malloc((nbits + 4) / 5 + 3));

    word[0] = 'w';
    word[1] = VERSION;
    for (size_t bit = 0; bit < nbits; bit += 5) {
        unsigned pair = (unsigned)b->at[bit / 8] << 8;

        if (bit / 8 + 1 < b->n)
            pair |= b->at[bit / 8 + 1];
        word[out++] = digits[pair >> (11 - bit % 8) & 31];
    }
    word[out] = '\0';
    return word;
}

char *wbx_token_encode(const struct wbx_token *token)
{
    struct bytes b = { 0 };
    char *word;

    put(&b, token->clang + 2u * token->kind);
    put_fixed(&b, token->program, HEADER - 1);
    put_number(&b, token->nchoices);
    put_runs(&b, token->choices, token->nchoices);
    put_fixed(&b, checksum(b.at, b.n), CHECKSUM);
    word = to_word(&b);
    free(b.at);
    return word;
}

static bool from_word(const char *word, struct bytes *b)
{
    unsigned have = 0, bits = 0;

    for (; *word != '\0'; word++) {
        const char *digit = strchr(digits, tolower((unsigned char)*word));

        if (digit == NULL)
            return false;
        have = have << 5 | (unsigned)(digit - digits);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            put(b, have >> bits & 0xff);
        }
    }
    return (have & ((1u << bits) - 1)) == 0;
}

static uint64_t get_fixed(const uint8_t *at, int nbytes)
{
    uint64_t value = 0;

    for (int i = nbytes; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

/* Numbers here stay far below 2^32; a longer one is damage. */
static bool get_number(const struct bytes *b, size_t *at, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; *at < b->n && shift < 35; shift += 7) {
        uint8_t byte = b->at[(*at)++];

        *value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    return false;
}

static bool get_runs(const struct bytes *b, size_t at, struct wbx_token *t)
{
    size_t n = 0;
    uint64_t run;

    while (n < t->nchoices) {
        struct wbx_choice c = { 0 };
        uint64_t length;

        if (!get_number(b, &at, &run))
            return false;
        c.thread = run % THREADS;
        if (run & THREADS) {
            if (at == b->n)
                return false;
            c.outcome = b->at[at++];
        }
        length = run / (2ul * THREADS) + 1;
        if (length > t->nchoices - n)
            return false;
        while (length-- > 0)
            t->choices[n++] = c;
    }
    return at == b->n;
}

static int decode_bytes(struct bytes *b, struct wbx_token *t)
{
    size_t at = HEADER;
    uint64_t count;

    if (b->n < HEADER + 1 + CHECKSUM)
        return -EINVAL;
    b->n -= CHECKSUM;
    if (get_fixed(b->at + b->n, CHECKSUM) != checksum(b->at, b->n))
        return -EINVAL;
    t->clang = b->at[0] & 1;
    t->kind = b->at[0] >> 1;
    t->program = get_fixed(b->at + 1, HEADER - 1);
    if (!get_number(b, &at, &count))
        return -EINVAL;
    if (count > WBX_MAX_STEPS)
        return -E2BIG;
    t->nchoices = count;
    t->choices = must(calloc(count + 1, sizeof(*t->choices)));
    if (get_runs(b, at, t))
        return 0;
    free(t->choices);
    t->choices = NULL;
    return -EINVAL;
}

int wbx_token_decode(const char *word, struct wbx_token *token)
{
    struct bytes b = { 0 };
    int rc = -EINVAL;

    *token = (struct wbx_token){ 0 };
    if (word[0] != 'w' || !isdigit((unsigned char)word[1]))
        return -EINVAL;
    if (word[1] != VERSION)
        return -EPROTO;
    if (from_word(word + 2, &b))
        rc = decode_bytes(&b, token);
    free(b.at);
    return rc;
}
