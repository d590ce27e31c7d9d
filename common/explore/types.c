/* types.c: walks debug information entries of types. */
#include "types.h"

#include <ctype.h>
#include <dwarf.h>
#include <string.h>

bool wbx_type_of(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute attr;

    return dwarf_attr_integrate(die, DW_AT_type, &attr) != NULL &&
           dwarf_formref_die(&attr, type) != NULL;
}

uint64_t wbx_type_size(Dwarf_Die *type)
{
    Dwarf_Word size;

    return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

/* Objects of the C library that a reader knows as one thing. */
static bool is_opaque(const char *name)
{
    static const char *const opaque[] = {
        "pthread_mutex_t",
        "pthread_cond_t",
        "pthread_rwlock_t",
        "pthread_barrier_t",
        "pthread_spinlock_t",
        "pthread_once_t",
        "pthread_attr_t",
        "pthread_mutexattr_t",
        "pthread_condattr_t",
        "pthread_rwlockattr_t",
        "pthread_barrierattr_t",
        "sem_t",
        "mtx_t",
        "cnd_t",
        "once_flag",
    };

    for (size_t i = 0; name && i < sizeof(opaque) / sizeof(opaque[0]); i++)
        if (strcmp(name, opaque[i]) == 0)
            return true;
    return false;
}

/* Look through typedefs and qualifiers. @return false at an opaque one */
static bool strip(Dwarf_Die *type)
{
    for (;;) {
        Dwarf_Die under;

        switch (dwarf_tag(type)) {
        case DW_TAG_typedef:
            if (is_opaque(dwarf_diename(type)))
                return false;
            break;
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_restrict_type:
        case DW_TAG_atomic_type: break;
        default: return true;
        }
        if (!wbx_type_of(type, &under))
            return true;
        *type = under;
    }
}

bool wbx_type_pointee(Dwarf_Die *pointer, Dwarf_Die *type)
{
    Dwarf_Die p = *pointer, element;

    while (strip(&p) && dwarf_tag(&p) == DW_TAG_array_type &&
           wbx_type_of(&p, &element))
        p = element;
    return strip(&p) && dwarf_tag(&p) == DW_TAG_pointer_type &&
           wbx_type_of(&p, type);
}

bool wbx_type_is_struct(Dwarf_Die *type)
{
    Dwarf_Die t = *type;

    return strip(&t) && (dwarf_tag(&t) == DW_TAG_structure_type ||
                         dwarf_tag(&t) == DW_TAG_union_type);
}

bool wbx_type_is_pointer(const struct wbx_place *place)
{
    Dwarf_Die t = place->type;

    return place->typed && strip(&t) && dwarf_tag(&t) == DW_TAG_pointer_type;
}

static bool number(Dwarf_Die *die, unsigned name, uint64_t *value)
{
    Dwarf_Attribute attr;
    Dwarf_Word word;

    if (dwarf_attr(die, name, &attr) == NULL ||
        dwarf_formudata(&attr, &word) != 0)
        return false;
    *value = word;
    return true;
}

/* "items[]" at the end of a struct. */
static bool is_open_array(Dwarf_Die *type)
{
    Dwarf_Die t = *type;

    return strip(&t) && dwarf_tag(&t) == DW_TAG_array_type &&
           wbx_type_size(&t) == 0;
}

/* The member that holds size bytes at offset. Bit-fields share their bytes,
 * so that none of them can be named. */
static bool find_member(Dwarf_Die *type, uint64_t offset, uint64_t size,
                        Dwarf_Die *member, uint64_t *from)
{
    if (dwarf_child(type, member) != 0)
        return false;
    do {
        Dwarf_Die its;
        uint64_t room;

        if (dwarf_tag(member) != DW_TAG_member || !wbx_type_of(member, &its) ||
            dwarf_hasattr(member, DW_AT_bit_size))
            continue;
        *from = 0;
        number(member, DW_AT_data_member_location, from);
        room = wbx_type_size(&its);
        if (offset >= *from &&
            (is_open_array(&its) || offset + (size ? size : 1) <= *from + room))
            return true;
    } while (dwarf_siblingof(member, member) == 0);
    return false;
}

bool wbx_type_member(Dwarf_Die *type, const char *name, Dwarf_Die *its)
{
    Dwarf_Die t = *type, member, target;

    if (wbx_type_pointee(type, &target))
        t = target;
    if (!wbx_type_is_struct(&t) || !strip(&t) || dwarf_child(&t, &member))
        return false;
    do {
        const char *word = dwarf_diename(&member);

        if (word != NULL && strcmp(word, name) == 0)
            return wbx_type_of(&member, its);
    } while (dwarf_siblingof(&member, &member) == 0);
    return false;
}

bool wbx_type_is_open(Dwarf_Die *type)
{
    Dwarf_Die t = *type, member, its;
    bool open = false;

    if (!wbx_type_is_struct(type) || !strip(&t) || dwarf_child(&t, &member))
        return false;
    do
        if (dwarf_tag(&member) == DW_TAG_member && wbx_type_of(&member, &its))
            open = is_open_array(&its);
    while (dwarf_siblingof(&member, &member) == 0);
    return open;
}

static bool into_member(struct wbx_place *place, Dwarf_Die *type,
                        uint64_t *offset, uint64_t size, struct wbx_arena *a)
{
    Dwarf_Die member, next;
    const char *name;
    uint64_t from;

    if (!find_member(type, *offset, size, &member, &from) ||
        !wbx_type_of(&member, &next))
        return false;
    name = dwarf_diename(&member);
    /* Not of an anonymous struct or union, nor of what the compilers have in
     * an atomic_flag. */
    if (name != NULL && strcmp(name, "__val") != 0 &&
        strcmp(name, "_Value") != 0)
        place->name = wbx_arena_format(a, "%s.%s", place->name, name);
    *type = next;
    *offset -= from;
    return true;
}

/* Bytes of one step of the array's first index: the element for a plain
 * array, a row for the first of several dimensions. */
static uint64_t stride_after(Dwarf_Die *array, int dimension, uint64_t element)
{
    Dwarf_Die range;
    int i = 0;

    if (dwarf_child(array, &range) != 0)
        return element;
    do {
        uint64_t count;

        if (dwarf_tag(&range) != DW_TAG_subrange_type)
            continue;
        if (i++ > dimension) {
            if (number(&range, DW_AT_upper_bound, &count))
                element *= count + 1;
            else if (number(&range, DW_AT_count, &count))
                element *= count;
        }
    } while (dwarf_siblingof(&range, &range) == 0);
    return element;
}

static int count_dimensions(Dwarf_Die *array)
{
    Dwarf_Die range;
    int n = 0;

    if (dwarf_child(array, &range) != 0)
        return 1;
    do
        n += dwarf_tag(&range) == DW_TAG_subrange_type;
    while (dwarf_siblingof(&range, &range) == 0);
    return n ? n : 1;
}

static bool into_element(struct wbx_place *place, Dwarf_Die *type,
                         uint64_t *offset, uint64_t size, struct wbx_arena *a)
{
    int dimensions = count_dimensions(type);
    Dwarf_Die next;
    uint64_t element;

    if (!wbx_type_of(type, &next) || (element = wbx_type_size(&next)) == 0)
        return false;
    for (int d = 0; d < dimensions; d++) {
        uint64_t stride = stride_after(type, d, element);
        uint64_t first = *offset / stride;
        uint64_t last = (*offset + (size ? size : 1) - 1) / stride;

        if (last > first) {
            place->name =
                wbx_arena_format(a, "%s[%lu..%lu]", place->name, first, last);
            return false;
        }
        place->name = wbx_arena_format(a, "%s[%lu]", place->name, first);
        *offset %= stride;
    }
    *type = next;
    return true;
}

/* All elements at once, as memset() touches them: the array by its name. */
static bool is_whole_array(Dwarf_Die *type, uint64_t offset, uint64_t size)
{
    Dwarf_Die element;

    return dwarf_tag(type) == DW_TAG_array_type && offset == 0 && size > 0 &&
           wbx_type_size(type) == size && wbx_type_of(type, &element) &&
           wbx_type_size(&element) < size;
}

void wbx_type_descend(struct wbx_place *place, Dwarf_Die *type, uint64_t offset,
                      uint64_t size, struct wbx_arena *a)
{
    Dwarf_Die t = *type;
    bool inside = true;

    while (inside && strip(&t)) {
        int tag = dwarf_tag(&t);

        place->typed = true;
        place->type = t;
        if (is_whole_array(&t, offset, size))
            return;
        if (tag == DW_TAG_structure_type || tag == DW_TAG_union_type)
            inside = into_member(place, &t, &offset, size, a);
        else if (tag == DW_TAG_array_type)
            inside = into_element(place, &t, &offset, size, a);
        else
            return;
        place->typed = false;
    }
    if (offset > 0 && place->typed)
        place->name = wbx_arena_format(a, "%s+%lu", place->name, offset);
}

static uint64_t encoding(const struct wbx_place *place, Dwarf_Die *type)
{
    uint64_t e = 0;

    *type = place->type;
    if (place->typed && strip(type)) {
        if (dwarf_tag(type) == DW_TAG_enumeration_type)
            return DW_ATE_signed;
        number(type, DW_AT_encoding, &e);
    }
    return e;
}

int64_t wbx_type_number(const struct wbx_place *place, uint64_t bits,
                        uint64_t size)
{
    unsigned unused = size < 8 ? (unsigned)(64 - 8 * size) : 0;
    Dwarf_Die type;

    if (size == 0)
        return (int64_t)bits;
    switch (encoding(place, &type)) {
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
    case DW_ATE_boolean: return (int64_t)(bits << unused >> unused);
    default:
        return wbx_type_is_pointer(place) ? (int64_t)bits
                                          : (int64_t)(bits << unused) >> unused;
    }
}

static const char *enumerator(Dwarf_Die *type, int64_t value)
{
    Dwarf_Die die;

    if (dwarf_tag(type) != DW_TAG_enumeration_type ||
        dwarf_child(type, &die) != 0)
        return NULL;
    do {
        Dwarf_Attribute attr;
        Dwarf_Sword its;

        if (dwarf_attr(&die, DW_AT_const_value, &attr) != NULL &&
            dwarf_formsdata(&attr, &its) == 0 && its == value)
            return dwarf_diename(&die);
    } while (dwarf_siblingof(&die, &die) == 0);
    return NULL;
}

static const char *float_text(uint64_t bits, uint64_t size, struct wbx_arena *a)
{
    double d;
    float f;

    memcpy(&d, &bits, sizeof(d));
    if (size == sizeof(f)) {
        memcpy(&f, &bits, sizeof(f));
        d = (double)f;
    }
    return wbx_arena_format(a, "%g", d);
}

const char *wbx_type_text(const struct wbx_place *place, uint64_t bits,
                          uint64_t size, struct wbx_arena *a)
{
    int64_t value = wbx_type_number(place, bits, size);
    const char *name;
    Dwarf_Die type;

    if (wbx_type_is_pointer(place))
        return bits ? wbx_arena_format(a, "0x%lx", bits) : "NULL";
    switch (encoding(place, &type)) {
    case DW_ATE_boolean: return value ? "true" : "false";
    case DW_ATE_float: return float_text(bits, size, a);
    case DW_ATE_signed_char:
    case DW_ATE_unsigned_char:
        if (value > 0 && value < 127 && isprint((int)value))
            return wbx_arena_format(a, "'%c'", (int)value);
        break;
    case DW_ATE_unsigned:
        return wbx_arena_format(a, "%lu", (unsigned long)value);
    default: break;
    }
    name = place->typed ? enumerator(&type, value) : NULL;
    return name ? wbx_arena_copy(a, name, strlen(name))
                : wbx_arena_format(a, "%ld", (long)value);
}
