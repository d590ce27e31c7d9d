/* models.c: symbol tables against symbols.def. */
#include "models.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum opinion { UNKNOWN, MODEL, TOUCHES, PURE };

static const struct {
    const char *name;
    enum opinion opinion;
} known[] = {
#define MODEL(f)   { #f, MODEL },
#define TOUCHES(f) { #f, TOUCHES },
#define PURE(f)    { #f, PURE },
#define MATH(f)    { #f, PURE }, { #f "f", PURE }, { #f "l", PURE },
#include "symbols.def"
#undef MODEL
#undef TOUCHES
#undef PURE
#undef MATH
};

enum { NKNOWN = sizeof(known) / sizeof(known[0]) };

void wbx_names_add(struct wbx_names *names, struct wbx_arena *a,
                   const char *name)
{
    if (names->n == names->room) {
        size_t room = names->room ? 2 * names->room : 64;
        const char **at = wbx_arena_alloc(a, room * sizeof(*at));

        if (names->n > 0)
            memcpy(at, names->at, names->n * sizeof(*at));
        names->at = at;
        names->room = room;
    }
    names->at[names->n++] = wbx_arena_copy(a, name, strlen(name));
}

bool wbx_names_have(const struct wbx_names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->at[i], name) == 0)
            return true;
    return false;
}

typedef bool symbol_filter(const char *name, const GElf_Sym *sym);

static void scan_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                       symbol_filter *wanted, struct wbx_arena *a,
                       struct wbx_names *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

    for (size_t i = 1; data != NULL && i < n; i++) {
        GElf_Sym sym;
        const char *name;

        if (gelf_getsym(data, (int)i, &sym) == NULL)
            continue;
        name = elf_strptr(elf, header->sh_link, sym.st_name);
        if (name != NULL && *name != '\0' && wanted(name, &sym))
            wbx_names_add(out, a, name);
    }
}

static int scan(int fd, GElf_Word type, symbol_filter *wanted,
                struct wbx_arena *a, struct wbx_names *out)
{
    Elf_Scn *section = NULL;
    Elf *elf;

    if (elf_version(EV_CURRENT) == EV_NONE)
        return -ENOEXEC;
    elf = elf_begin(fd, ELF_C_READ, NULL);
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF) {
        elf_end(elf);
        return -ENOEXEC;
    }
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) != NULL && header.sh_type == type)
            scan_table(elf, section, &header, wanted, a, out);
    }
    elf_end(elf);
    return 0;
}

static int scan_file(const char *path, GElf_Word type, symbol_filter *wanted,
                     struct wbx_arena *a, struct wbx_names *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

    if (fd < 0)
        return -errno;
    rc = scan(fd, type, wanted, a, out);
    close(fd);
    return rc;
}

static bool is_defined(const char *name, const GElf_Sym *sym)
{
    (void)name;
    return sym->st_shndx != SHN_UNDEF &&
           GELF_ST_BIND(sym->st_info) != STB_LOCAL;
}

/* Weak ones are the toolchain's own (__gmon_start__, _ITM_...), and absent. */
static bool is_called(const char *name, const GElf_Sym *sym)
{
    int type = GELF_ST_TYPE(sym->st_info);

    (void)name;
    return sym->st_shndx == SHN_UNDEF && type != STT_OBJECT &&
           type != STT_TLS && GELF_ST_BIND(sym->st_info) == STB_GLOBAL;
}

int wbx_models_exported(const char *path, struct wbx_arena *a,
                        struct wbx_names *out)
{
    return scan_file(path, SHT_DYNSYM, is_defined, a, out);
}

int wbx_models_defined(const char *path, struct wbx_arena *a,
                       struct wbx_names *out)
{
    return scan_file(path, SHT_SYMTAB, is_defined, a, out);
}

void wbx_models_wrapped(const struct wbx_names *runtime,
                        const struct wbx_names *program, struct wbx_arena *a,
                        struct wbx_names *out)
{
    static const char prefix[] = "__wrap_";
    const size_t n = sizeof(prefix) - 1;

    for (size_t i = 0; i < runtime->n; i++)
        if (strncmp(runtime->at[i], prefix, n) == 0 &&
            !wbx_names_have(program, runtime->at[i] + n))
            wbx_names_add(out, a, runtime->at[i] + n);
}

static bool is_harmless(const char *name)
{
    for (size_t i = 0; i < NKNOWN; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].opinion != MODEL;
    return false;
}

int wbx_models_unknown(int fd, const struct wbx_names *runtime,
                       struct wbx_arena *a, struct wbx_names *out)
{
    struct wbx_names called = { 0 };
    int rc = scan(fd, SHT_DYNSYM, is_called, a, &called);

    for (size_t i = 0; i < called.n; i++)
        if (!wbx_names_have(runtime, called.at[i]) &&
            !is_harmless(called.at[i]))
            wbx_names_add(out, a, called.at[i]);
    return rc;
}

static bool is_stand_in(const char *name, const GElf_Sym *sym)
{
    return sym->st_shndx != SHN_UNDEF && strncmp(name, "__wrap_", 7) == 0;
}

int wbx_models_stand_ins(int fd, struct wbx_arena *a, struct wbx_names *out)
{
    return scan(fd, SHT_SYMTAB, is_stand_in, a, out);
}
