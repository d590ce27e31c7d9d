/* Explores the files it is given; its exit status is the explorer's. */
#include "explore.h"

int main(int argc, char **argv)
{
    struct wbx_options opt = { .files = (const char *const *)argv + 1,
                               .nfiles = (size_t)argc - 1 };
    struct wbx_report rep;
    enum wbx_status status = wbx_explore(&opt, &rep);

    wbx_print(stdout, &rep, &(struct wbx_style){ .ascii = true });
    wbx_report_free(&rep);
    return (int)status;
}
