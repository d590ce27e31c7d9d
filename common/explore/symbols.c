/* symbols.c: an index of functions and static variables, built once, because
 * clang writes no address ranges for libdw to find compilation units by. */
#include "symbols.h"

#include <dwarf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"
#include "types.h"

struct function {
    uint64_t low, high;
    Dwarf_Die die, unit;
};

struct variable {
    uint64_t low, size;
    const char *name;
    Dwarf_Die die;
};

struct wbx_symbols {
    Elf *elf;
    Dwarf *dwarf;
    struct wbx_arena *arena;
    struct function *functions;
    size_t nfunctions, functions_room;
    struct variable *variables;
    size_t nvariables, variables_room;
};

/* Make room for one more element; the old array stays in the arena. */
static void *grow(struct wbx_arena *a, void *at, size_t n, size_t *room,
                  size_t size)
{
    void *more;

    if (n < *room)
        return at;
    *room = *room ? 2 * *room : 64;
    more = wbx_arena_alloc(a, *room * size);
    if (n > 0)
        memcpy(more, at, n * size);
    return more;
}

static void add_function(struct wbx_symbols *s, Dwarf_Die *die, Dwarf_Die *unit)
{
    struct function f = { .die = *die, .unit = *unit };
    Dwarf_Addr low, high;

    if (dwarf_lowpc(die, &low) != 0 || dwarf_highpc(die, &high) != 0)
        return;
    f.low = low;
    f.high = high;
    s->functions = grow(s->arena, s->functions, s->nfunctions,
                        &s->functions_room, sizeof(f));
    s->functions[s->nfunctions++] = f;
}

static void add_variable(struct wbx_symbols *s, Dwarf_Die *die)
{
    struct variable v = { .die = *die };
    Dwarf_Attribute attr;
    Dwarf_Die type;
    Dwarf_Op *op;
    size_t n;

    v.name = dwarf_diename(die);
    if (v.name == NULL || dwarf_attr(die, DW_AT_location, &attr) == NULL ||
        dwarf_getlocation(&attr, &op, &n) != 0)
        return;
    if (n == 1 && op[0].atom == DW_OP_addr)
        v.low = op[0].number;
    else if (n == 2 && (op[1].atom == DW_OP_GNU_push_tls_address ||
                        op[1].atom == DW_OP_form_tls_address))
        v.low = WBX_LOCALS + op[0].number;
    else
        return;
    v.name = wbx_arena_copy(s->arena, v.name, strlen(v.name));
    v.size = wbx_type_of(die, &type) ? wbx_type_size(&type) : 0;
    s->variables = grow(s->arena, s->variables, s->nvariables,
                        &s->variables_room, sizeof(v));
    s->variables[s->nvariables++] = v;
}

static void index_children(struct wbx_symbols *s, Dwarf_Die *parent,
                           Dwarf_Die *unit)
{
    Dwarf_Die die;

    if (dwarf_child(parent, &die) != 0)
        return;
    do {
        switch (dwarf_tag(&die)) {
        case DW_TAG_subprogram:
            add_function(s, &die, unit);
            index_children(s, &die, unit);
            break;
        case DW_TAG_lexical_block: index_children(s, &die, unit); break;
        case DW_TAG_variable: add_variable(s, &die); break;
        default: break;
        }
    } while (dwarf_siblingof(&die, &die) == 0);
}

static int by_address(const void *a, const void *b)
{
    const struct variable *x = a, *y = b;

    return (x->low > y->low) - (x->low < y->low);
}

static void index_units(struct wbx_symbols *s)
{
    Dwarf_Off at = 0, next;
    size_t header;

    while (dwarf_nextcu(s->dwarf, at, &next, &header, NULL, NULL, NULL) == 0) {
        Dwarf_Die unit;

        if (dwarf_offdie(s->dwarf, at + header, &unit) != NULL)
            index_children(s, &unit, &unit);
        at = next;
    }
    if (s->nvariables > 0)
        qsort(s->variables, s->nvariables, sizeof(*s->variables), by_address);
}

struct wbx_symbols *wbx_symbols_open(int fd, struct wbx_arena *a)
{
    struct wbx_symbols *s = wbx_arena_alloc(a, sizeof(*s));

    s->arena = a;
    elf_version(EV_CURRENT);
    s->elf = elf_begin(fd, ELF_C_READ, NULL);
    s->dwarf = s->elf ? dwarf_begin_elf(s->elf, DWARF_C_READ, NULL) : NULL;
    if (s->dwarf == NULL) {
        elf_end(s->elf);
        return NULL;
    }
    index_units(s);
    return s;
}

void wbx_symbols_close(struct wbx_symbols *s)
{
    if (s == NULL)
        return;
    dwarf_end(s->dwarf);
    elf_end(s->elf);
}

static struct function *find_function(struct wbx_symbols *s, uint64_t address)
{
    for (size_t i = 0; s != NULL && i < s->nfunctions; i++)
        if (address >= s->functions[i].low && address < s->functions[i].high)
            return &s->functions[i];
    return NULL;
}

bool wbx_symbols_line(struct wbx_symbols *s, uint64_t pc, struct wbx_line *out)
{
    struct function *f = find_function(s, pc - 1);
    Dwarf_Line *line = f ? dwarf_getsrc_die(&f->unit, pc - 1) : NULL;

    return line != NULL && dwarf_lineno(line, &out->line) == 0 &&
           (out->path = dwarf_linesrc(line, NULL, NULL)) != NULL;
}

static const char *function_name(struct wbx_symbols *s, struct function *f)
{
    const char *name = f ? dwarf_diename(&f->die) : NULL;

    return name ? wbx_arena_copy(s->arena, name, strlen(name)) : NULL;
}

const char *wbx_symbols_function(struct wbx_symbols *s, uint64_t pc)
{
    struct function *f = find_function(s, pc);

    if (f == NULL || f->low != pc)
        f = find_function(s, pc - 1);
    return function_name(s, f);
}

const char *wbx_symbols_entry(struct wbx_symbols *s, uint64_t address)
{
    struct function *f = find_function(s, address);

    return f != NULL && f->low == address ? function_name(s, f) : NULL;
}

bool wbx_symbols_global(struct wbx_symbols *s, uint64_t address, uint64_t size,
                        struct wbx_place *out)
{
    size_t low = 0, high = s ? s->nvariables : 0;
    struct variable *v;
    Dwarf_Die type;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (s->variables[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    v = &s->variables[low - 1];
    if (address >= v->low + (v->size ? v->size : 1))
        return false;
    *out = (struct wbx_place){ .name = v->name };
    if (wbx_type_of(&v->die, &type))
        wbx_type_descend(out, &type, address - v->low, size, s->arena);
    return true;
}

/* Where the function's frame base lies, seen from rbp. */
static uint64_t frame_base(struct function *f, uint64_t rbp)
{
    Dwarf_Attribute attr;
    Dwarf_Op *op;
    size_t n;

    if (dwarf_attr(&f->die, DW_AT_frame_base, &attr) != NULL &&
        dwarf_getlocation(&attr, &op, &n) == 0 && n > 0 &&
        op[0].atom == DW_OP_call_frame_cfa)
        return rbp + 16;
    return rbp;
}

static bool is_variable(Dwarf_Die *die)
{
    int tag = dwarf_tag(die);

    return tag == DW_TAG_variable || tag == DW_TAG_formal_parameter;
}

/* A variable of the frame that covers the byte at offset from its base. */
static bool covers(Dwarf_Die *die, int64_t offset, int64_t *from,
                   Dwarf_Die *type)
{
    Dwarf_Attribute attr;
    Dwarf_Op *op;
    size_t n;

    if (!is_variable(die) || dwarf_attr(die, DW_AT_location, &attr) == NULL ||
        dwarf_getlocation(&attr, &op, &n) != 0 || n != 1 ||
        op[0].atom != DW_OP_fbreg || !wbx_type_of(die, type))
        return false;
    *from = (int64_t)op[0].number;
    return offset >= *from && offset < *from + (int64_t)wbx_type_size(type);
}

/* Inner blocks first; blocks that do not contain pc may share their bytes
 * with one that does, so they come last. */
static bool find_local(Dwarf_Die *parent, uint64_t pc, int64_t offset,
                       Dwarf_Die *found, int64_t *from, Dwarf_Die *type)
{
    for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
        Dwarf_Die die;

        if (dwarf_child(parent, &die) != 0)
            return false;
        do {
            if (dwarf_tag(&die) == DW_TAG_lexical_block &&
                (dwarf_haspc(&die, pc) > 0) == !elsewhere &&
                find_local(&die, pc, offset, found, from, type))
                return true;
            if (elsewhere && covers(&die, offset, from, type)) {
                *found = die;
                return true;
            }
        } while (dwarf_siblingof(&die, &die) == 0);
    }
    return false;
}

bool wbx_symbols_local(struct wbx_symbols *s, uint64_t pc, uint64_t rbp,
                       uint64_t address, uint64_t size, struct wbx_place *out)
{
    struct function *f = find_function(s, pc - 1);
    Dwarf_Die die, type;
    int64_t offset, from;

    if (f == NULL)
        return false;
    offset = (int64_t)(address - frame_base(f, rbp));
    if (!find_local(&f->die, pc - 1, offset, &die, &from, &type))
        return false;
    *out = (struct wbx_place){ .name = dwarf_diename(&die) };
    if (out->name == NULL)
        return false;
    wbx_type_descend(out, &type, (uint64_t)(offset - from), size, s->arena);
    out->name = wbx_arena_format(s->arena, "%s of %s", out->name,
                                 dwarf_diename(&f->die));
    return true;
}

/* Find a named child for which wanted() holds, in blocks below as well. */
static bool find_named(Dwarf_Die *parent, const char *name,
                       bool (*wanted)(Dwarf_Die *), Dwarf_Die *found)
{
    Dwarf_Die die;

    if (dwarf_child(parent, &die) != 0)
        return false;
    do {
        const char *its = dwarf_diename(&die);

        if (its != NULL && strcmp(its, name) == 0 && wanted(&die)) {
            *found = die;
            return true;
        }
        if (dwarf_tag(&die) == DW_TAG_lexical_block &&
            find_named(&die, name, wanted, found))
            return true;
    } while (dwarf_siblingof(&die, &die) == 0);
    return false;
}

/* Follow "->items.at" from a variable's type to that member's. */
static bool follow_path(const char *path, Dwarf_Die *type)
{
    while (*path != '\0') {
        char word[64];
        size_t n;

        path += *path == '.' ? 1 : 2;
        n = strcspn(path, ".-");
        if (n >= sizeof(word))
            return false;
        memcpy(word, path, n);
        word[n] = '\0';
        path += n;
        if (!wbx_type_member(type, word, type))
            return false;
    }
    return true;
}

bool wbx_symbols_pointee(struct wbx_symbols *s, uint64_t pc, const char *name,
                         Dwarf_Die *type)
{
    struct function *f = find_function(s, pc - 1);
    size_t n = strcspn(name, ".-");
    const char *base = wbx_arena_copy(s->arena, name, n);
    Dwarf_Die variable, pointer;

    if (f == NULL || (!find_named(&f->die, base, is_variable, &variable) &&
                      !find_named(&f->unit, base, is_variable, &variable)))
        return false;
    return wbx_type_of(&variable, &pointer) &&
           follow_path(name + n, &pointer) && wbx_type_pointee(&pointer, type);
}

static bool is_type(Dwarf_Die *die)
{
    int tag = dwarf_tag(die);

    return (tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
            tag == DW_TAG_typedef || tag == DW_TAG_base_type ||
            tag == DW_TAG_enumeration_type) &&
           wbx_type_size(die) > 0;
}

bool wbx_symbols_type(struct wbx_symbols *s, uint64_t pc, const char *name,
                      Dwarf_Die *type)
{
    struct function *f = find_function(s, pc - 1);

    return f != NULL && find_named(&f->unit, name, is_type, type);
}
