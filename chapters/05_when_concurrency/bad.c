/* A dashboard: fetch the samples of each weather station, then smooth them.
 *
 * Symptom: it is slow, although there are threads, and most of its time
 *          nothing happens.
 * Cause:   it has threads where there is nothing to gain, and none where all
 *          the time is spent. Nobody has looked where that is.
 * Provoke: ./workbook run 05 bad
 * Next:    good.c */
#include "stations.h"

/* region: dashboard */
static void dashboard(struct station *s, int n)
{
    for (int i = 0; i < n; i++)
        fetch(&s[i]);
    report("fetch");

    fan_out(smooth, s, n); /* threads make it fast */
    report("smooth");
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
