/* names.c: looks in static memory, then on the stacks, then on the heap.
 *
 * Debug information does not say what a heap block is for. The line that
 * allocates it usually does: in "q = malloc(sizeof(struct queue))" the block
 * is best called q, and its parts q->count and so on. */
#include "names.h"

#include <ctype.h>
#include <string.h>

#include "types.h"

const char *wbx_name_thread(struct wbx_naming *n, int thread)
{
    return thread == 0 ? "main" : wbx_arena_format(n->arena, "T%d", thread);
}

const char *wbx_name_pc(struct wbx_naming *n, uint64_t pc)
{
    struct wbx_line at;

    if (pc == 0 || !wbx_symbols_line(n->symbols, pc, &at))
        return NULL;
    return wbx_arena_format(n->arena, "%s:%d",
                            wbx_source_name(n->sources, at.path), at.line);
}

const struct wbx_allocation *wbx_name_block(struct wbx_naming *n,
                                            uint64_t address)
{
    const struct wbx_failure_record *r = n->record;

    for (uint32_t i = r->nallocations; i-- > 0;) {
        const struct wbx_allocation *b = &r->allocations[i];

        if (address >= b->address &&
            address < b->address + (b->size ? b->size : 1))
            return b;
    }
    return NULL;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The identifier that ends before `end`. */
static const char *word_before(struct wbx_naming *n, const char *text,
                               const char *end)
{
    const char *start;

    while (end > text && end[-1] == ' ')
        end--;
    if (end > text && end[-1] == ']') /* the blocks of an array's elements */
        while (end > text && *end != '[')
            end--;
    for (start = end; start > text && is_word(start[-1]);)
        start--;
    return start < end && !isdigit((unsigned char)*start)
               ? wbx_arena_copy(n->arena, start, (size_t)(end - start))
               : NULL;
}

/* The allocation on a source line: its start and what stands before the '='
 * that takes its result. */
static const char *find_allocation(const char *text, const char **assign)
{
    static const char *const calls[] = { "malloc(", "calloc(", "realloc(",
                                         "aligned_alloc(", "strdup(" };
    const char *call = NULL;

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && !call; i++)
        call = strstr(text, calls[i]);
    *assign = NULL;
    for (const char *c = call; c != NULL && c > text && *assign == NULL; c--)
        if (*c == '=' && c[-1] != '=' && c[-1] != '!')
            *assign = c;
    return call;
}

/* The type that sizeof names on the line: "sizeof(struct node)",
 * "sizeof *node", "sizeof(*node)". */
static bool type_in_sizeof(struct wbx_naming *n, uint64_t pc, const char *text,
                           Dwarf_Die *type)
{
    const char *at = strstr(text, "sizeof");
    const char *end, *word;
    bool pointee;

    if (at == NULL)
        return false;
    at += strlen("sizeof");
    at += strspn(at, " (");
    pointee = *at == '*';
    at += strspn(at, "* ");
    if (strncmp(at, "struct ", 7) == 0)
        at += 7;
    for (end = at; is_word(*end);)
        end++;
    if (end == at || *end == '-' || *end == '.')
        return false;
    word = wbx_arena_copy(n->arena, at, (size_t)(end - at));
    return pointee ? wbx_symbols_pointee(n->symbols, pc, word, type)
                   : wbx_symbols_type(n->symbols, pc, word, type);
}

/* Blocks allocated at the same place before this one. */
static int count_older(struct wbx_naming *n, const struct wbx_allocation *b)
{
    int older = 0;

    for (const struct wbx_allocation *o = n->record->allocations; o < b; o++)
        older += o->pc == b->pc;
    return older;
}

static const char *block_name(struct wbx_naming *n,
                              const struct wbx_allocation *b, Dwarf_Die *type,
                              bool *typed)
{
    const char *text = NULL, *assign = NULL, *name = NULL;
    struct wbx_line at;
    int older = count_older(n, b);

    *typed = false;
    if (wbx_symbols_line(n->symbols, b->pc, &at))
        text = wbx_source_line(n->sources, at.path, at.line);
    if (text != NULL && find_allocation(text, &assign) != NULL) {
        if (assign != NULL)
            name = word_before(n, text, assign);
        *typed = type_in_sizeof(n, b->pc, text, type) ||
                 (name != NULL &&
                  wbx_symbols_pointee(n->symbols, b->pc, name, type));
    }
    if (name == NULL) {
        const char *where = wbx_name_pc(n, b->pc);

        name = where ? wbx_arena_format(n->arena, "block from %s", where)
                     : "heap block";
    }
    return older ? wbx_arena_format(n->arena, "%s#%d", name, older + 1) : name;
}

/* path is what comes after the one object that `name` points to. */
static const char *through_pointer(struct wbx_naming *n, const char *name,
                                   const char *path, uint64_t offset,
                                   Dwarf_Die *type)
{
    if (path[0] == '.')
        return wbx_arena_format(n->arena, "%s->%s", name, path + 1);
    if (!wbx_type_is_struct(type))
        return wbx_arena_format(n->arena, "*%s%s", name, path);
    return offset > 0 ? wbx_arena_format(n->arena, "%s+%lu", name, offset)
                      : name;
}

/* "q", "q->count", "q[2]", "q[2].count". */
static void name_in_block(struct wbx_naming *n, const struct wbx_allocation *b,
                          uint64_t offset, uint64_t size, struct wbx_place *out)
{
    Dwarf_Die type;
    bool typed;
    const char *name = block_name(n, b, &type, &typed);
    uint64_t step = typed ? wbx_type_size(&type) : 0;
    bool single = step > 0 && (b->size / step <= 1 || wbx_type_is_open(&type));

    *out = (struct wbx_place){ .name = name };
    if ((size >= b->size && size != step) ||
        (size == 0 && offset == 0 && step != 0 && !single))
        return;
    if (step == 0 || (!single && offset % step + size > step)) {
        if (offset > 0)
            out->name = wbx_arena_format(n->arena, "%s+%lu", name, offset);
        return;
    }
    if (!single)
        name = wbx_arena_format(n->arena, "%s[%lu]", name, offset / step);
    out->name = single ? "" : name;
    wbx_type_descend(out, &type, single ? offset : offset % step, size,
                     n->arena);
    if (single)
        out->name = through_pointer(n, name, out->name, offset, &type);
}

/* Locals of calls that are still under way. */
static bool name_on_stack(struct wbx_naming *n, uint64_t address, uint64_t size,
                          struct wbx_place *out)
{
    const struct wbx_failure_record *r = n->record;
    uint64_t thread = (address - WBX_STACKS) / WBX_STACK_SIZE;

    if (address < WBX_STACKS || thread >= WBX_MAX_THREADS)
        return false;
    for (uint32_t i = 0; i < r->nframes; i++)
        if (r->frames[i].thread == thread &&
            wbx_symbols_local(n->symbols, r->frames[i].pc, r->frames[i].rbp,
                              address, size, out))
            return true;
    *out = (struct wbx_place){ .name = wbx_arena_format(
                                   n->arena, "a local of %s",
                                   wbx_name_thread(n, (int)thread)) };
    return true;
}

void wbx_name_address(struct wbx_naming *n, uint64_t address, uint64_t size,
                      struct wbx_place *out)
{
    const struct wbx_allocation *b;

    if (wbx_symbols_global(n->symbols, address, size, out) ||
        name_on_stack(n, address, size, out))
        return;
    b = wbx_name_block(n, address);
    if (b != NULL) {
        name_in_block(n, b, address - b->address, size, out);
        return;
    }
    *out = (struct wbx_place){
        .name = address ? wbx_arena_format(n->arena, "0x%lx", address) : "NULL"
    };
}
