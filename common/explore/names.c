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

/* The start of the identifier that ends at `end`; end when there is none. */
static const char *word_start(const char *text, const char *end)
{
    const char *start = end;

    while (start > text && is_word(start[-1]))
        start--;
    return start < end && isdigit((unsigned char)*start) ? end : start;
}

/* What is assigned to before `end`: "q", "q->items", "s.head". */
static const char *word_before(struct wbx_naming *n, const char *text,
                               const char *end)
{
    const char *start;

    while (end > text && end[-1] == ' ')
        end--;
    if (end > text && end[-1] == ']') /* the blocks of an array's elements */
        while (end > text && *end != '[')
            end--;
    start = word_start(text, end);
    while (start < end && start > text + 1) {
        const char *dot = start[-1] == '.'                   ? start - 1
                          : strncmp(start - 2, "->", 2) == 0 ? start - 2
                                                             : NULL;

        if (dot == NULL || word_start(text, dot) == dot)
            break;
        start = word_start(text, dot);
    }
    return start < end ? wbx_arena_copy(n->arena, start, (size_t)(end - start))
                       : NULL;
}

/* The end of an expression such as "q", "q->items", "s.head". */
static const char *path_end(const char *at)
{
    while (is_word(*at)) {
        while (is_word(*at))
            at++;
        if (at[0] == '.' && is_word(at[1]))
            at++;
        else if (at[0] == '-' && at[1] == '>' && is_word(at[2]))
            at += 2;
    }
    return at;
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
    end = path_end(at);
    if (end == at)
        return false;
    pointee |= *end == '[';
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

/* Is a block of that size made of such pieces, and nothing else? */
static bool fills(Dwarf_Die *type, uint64_t size)
{
    uint64_t piece = wbx_type_size(type);

    return piece > 0 && piece <= size &&
           (size % piece == 0 || wbx_type_is_open(type));
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
        *typed = (type_in_sizeof(n, b->pc, text, type) &&
                  wbx_type_size(type) <= b->size) ||
                 (name != NULL &&
                  wbx_symbols_pointee(n->symbols, b->pc, name, type) &&
                  fills(type, b->size));
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

/* A part of a block of which no more is known than where it came from. */
static const char *plain_part(struct wbx_naming *n,
                              const struct wbx_allocation *b, uint64_t offset,
                              uint64_t size)
{
    const char *where = wbx_name_pc(n, b->pc);
    const char *bytes =
        size > 0 ? wbx_arena_format(n->arena, "%lu bytes at ", size) : "";

    return wbx_arena_format(n->arena, "%soffset %lu of the block%s%s", bytes,
                            offset, where ? " allocated at " : "",
                            where ? where : "");
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
    if (step == 0 || (single && offset >= step && !wbx_type_is_open(&type)) ||
        (!single && offset % step + size > step)) {
        if (offset > 0 || size > 0)
            out->name = plain_part(n, b, offset, size);
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

/* Locals of calls that had returned by the end: as the last step there saw
 * it, else the last step in a call whose local it can be. */
static bool name_returned(struct wbx_naming *n, uint64_t address, uint64_t size,
                          struct wbx_place *out)
{
    const struct wbx_failure_record *r = n->record;
    uint64_t tried = 0;

    for (int same = 1; same >= 0; same--)
        for (uint32_t i = r->nsteps; i-- > 0;) {
            const struct wbx_step *s = &r->steps[i];

            if (s->frame_rbp < address || s->frame_rbp == tried ||
                s->frame_rbp - address >= WBX_STACK_SIZE ||
                (same && s->address != address))
                continue;
            tried = s->frame_rbp;
            if (wbx_symbols_local(n->symbols, s->frame_pc, s->frame_rbp,
                                  address, size, out))
                return true;
        }
    return false;
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
    if (name_returned(n, address, size, out))
        return true;
    *out = (struct wbx_place){ .name = wbx_arena_format(
                                   n->arena, "a local of %s",
                                   wbx_name_thread(n, (int)thread)) };
    return true;
}

/* The same variable of every thread has one entry, as if thread 0's. */
static bool name_thread_local(struct wbx_naming *n, uint64_t address,
                              uint64_t size, struct wbx_place *out)
{
    uint64_t thread = (address - WBX_LOCALS) / WBX_LOCAL_SIZE;

    if (address < WBX_LOCALS || thread >= WBX_MAX_THREADS ||
        !wbx_symbols_global(n->symbols,
                            WBX_LOCALS + (address & (WBX_LOCAL_SIZE - 1)) -
                                n->record->locals_from,
                            size, out))
        return false;
    out->name = wbx_arena_format(n->arena, "%s of %s", out->name,
                                 wbx_name_thread(n, (int)thread));
    return true;
}

void wbx_name_address(struct wbx_naming *n, uint64_t address, uint64_t size,
                      struct wbx_place *out)
{
    const struct wbx_allocation *b;

    if (wbx_symbols_global(n->symbols, address, size, out) ||
        name_on_stack(n, address, size, out) ||
        name_thread_local(n, address, size, out))
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
