/* unmodelled.c: stand-ins for what is not modelled. A call of f comes to
 * __wrap_f, which says its name to the runtime, and that refuses. */
#include "unmodelled.h"

#include <stdio.h>
#include <string.h>

static const char prefix[] = "__wrap_";

/* The address of the call is left where it is, on the stack. */
static void put_stand_in(FILE *f, const char *name, size_t number)
{
    fprintf(f,
            "\t.globl %s%s\n"
            "\t.type %s%s, @function\n"
            "%s%s:\n"
            "\tmovl $.Lname%zu, %%edi\n"
            "\tjmp __wbx_unmodelled\n"
            ".Lname%zu:\n"
            "\t.asciz \"%s\"\n",
            prefix, name, prefix, name, prefix, name, number, number, name);
}

int wbx_unmodelled_write(struct wbx_arena *a, const char *dir,
                         const struct wbx_names *functions)
{
    const char *path = wbx_arena_format(a, "%s/%s", dir, WBX_UNMODELLED);
    FILE *f = fopen(path, "we");
    int failed;

    if (f == NULL)
        return -1;
    fputs("\t.section .note.GNU-stack,\"\",@progbits\n\t.text\n", f);
    for (size_t i = 0; i < functions->n; i++)
        put_stand_in(f, functions->at[i], i);
    failed = ferror(f);
    return fclose(f) != 0 || failed ? -1 : 0;
}

/* The other functions that have a stand-in in the program. */
static const char *list_others(struct wbx_arena *a, int program,
                               const char *function)
{
    struct wbx_names all = { 0 };
    const char *list = "";

    wbx_models_stand_ins(program, a, &all);
    for (size_t i = 0; i < all.n; i++)
        if (strcmp(all.at[i] + sizeof(prefix) - 1, function) != 0)
            list = wbx_arena_format(a, "%s%s%s", list, *list ? ", " : "",
                                    all.at[i] + sizeof(prefix) - 1);
    return list;
}

const char *wbx_unmodelled_explain(struct wbx_arena *a, int program,
                                   const char *function, const char *at)
{
    const char *others = list_others(a, program, function);

    return wbx_arena_format(
        a,
        "the explorer has no model of %s%s%s%s, which the program calls%s%s\n"
        "It does not call it for real: then it would no longer decide who "
        "goes next.\n"
        "Leave the call out with #ifndef WB_EXPLORE, or look for races with "
        "-fsanitize=thread.",
        function, at ? " (" : "", at ? at : "", at ? ")" : "",
        *others ? ",\nnor of what it has not called so far: " : "", others);
}
