/* A dashboard: fetch the samples of each weather station, then smooth them.
 *
 * It does the first station by itself and looks what that takes. Work that
 * waits is fanned out over threads, and so is work that computes for long; what
 * is done in no time is done in a loop.
 *
 * Run:     ./workbook run 05 good
 * Next:    kinds.c, for what else work can be like */
#include "measure.h"
#include "stations.h"

/* region: dashboard */
static void run(const char *phase, void *(*job)(void *), struct station *s,
                int n)
{
    struct usage u = measure(job, &s[0]);

    print_usage(phase, &u);
    if (kind_of(&u) != TINY)
        fan_out(job, s + 1, n - 1);
    else
        for (int i = 1; i < n; i++)
            job(&s[i]);
    report(phase);
}

static void dashboard(struct station *s, int n)
{
    run("fetch", fetch, s, n);
    run("smooth", smooth, s, n);
}
/* endregion: dashboard */

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : STATIONS;
    static struct station s[STATIONS_MAX];

    if (n < 1 || n > STATIONS_MAX)
        wb_die("usage: %s [STATIONS]", argv[0]);
    struct wb_server *server = start_stations(s, n);
    dashboard(s, n);
    return judge(server, n);
}
