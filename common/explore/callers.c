/* callers.c: where a program calls a function, from its relocations. */
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "symbols.h"

struct search {
    Elf *elf;
    struct wbx_symbols *symbols;
    const char *function;
    struct wbx_sources *sources;
};

static bool is_wanted(struct search *s, const GElf_Rela *rela,
                      Elf_Data *symbols, const GElf_Shdr *table)
{
    size_t n = strlen(s->function);
    const char *name = NULL;
    GElf_Sym sym;

    if (gelf_getsym(symbols, (int)GELF_R_SYM(rela->r_info), &sym) != NULL)
        name = elf_strptr(s->elf, table->sh_link, sym.st_name);
    return name != NULL && strncmp(name, s->function, n) == 0 &&
           (name[n] == '\0' || name[n] == '@');
}

/* The first line of code among one section's relocations. */
static const char *caller_in(struct search *s, Elf_Scn *section,
                             const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    Elf_Scn *linked = elf_getscn(s->elf, header->sh_link);
    size_t n = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    GElf_Shdr table;

    if (data == NULL || linked == NULL ||
        gelf_getshdr(linked, &table) == NULL || table.sh_type != SHT_SYMTAB)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        GElf_Rela rela;
        struct wbx_line at;

        if (gelf_getrela(data, (int)i, &rela) != NULL &&
            is_wanted(s, &rela, elf_getdata(linked, NULL), &table) &&
            wbx_symbols_line(s->symbols, rela.r_offset + 1, &at))
            return wbx_arena_format(s->sources->arena, "%s:%d",
                                    wbx_source_name(s->sources, at.path),
                                    at.line);
    }
    return NULL;
}

static const char *search(struct search *s)
{
    Elf_Scn *section = NULL;
    const char *where = NULL;

    while (where == NULL && (section = elf_nextscn(s->elf, section)) != NULL) {
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) != NULL &&
            header.sh_type == SHT_RELA)
            where = caller_in(s, section, &header);
    }
    return where;
}

const char *wbx_symbols_caller(int fd, const char *function,
                               struct wbx_sources *sources)
{
    struct search s = { .function = function, .sources = sources };
    const char *where = NULL;

    if (fd < 0)
        return NULL;
    s.symbols = wbx_symbols_open(fd, sources->arena);
    s.elf = elf_begin(fd, ELF_C_READ, NULL);
    if (s.symbols != NULL && s.elf != NULL)
        where = search(&s);
    elf_end(s.elf);
    wbx_symbols_close(s.symbols);
    return where;
}
