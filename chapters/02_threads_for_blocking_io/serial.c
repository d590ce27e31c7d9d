/* Four weather stations are asked one after the other, by no thread but main.
 *
 * The server holds every request back until nobody else can come. It never
 * has more than one to hold.
 *
 * Run:     ./workbook run 02 serial
 * Next:    bad.c, which has threads, and gains nothing by it
 *
 * explore: no, it waits for a socket */
#include <stdio.h>

#include "wb/base.h"
#include "wb/server.h"
#include "wb/verdict.h"

enum { STATIONS = 4 };

int main(void)
{
    struct wb_server *server;
    struct wb_server_counts seen;

    WB_MUST(wb_server_start(&server, NULL));
    /* region: serial */
    for (int i = 0; i < STATIONS; i++) {
        char answer[WB_FETCH_MAX];
        int code = wb_fetch(wb_server_port(server), "/gate/4/11 degrees",
                            answer, WB_FOREVER);

        printf("station %d: %d %s\n", i + 1, code, answer);
    }
    /* endregion: serial */
    wb_server_counts(server, &seen);
    wb_server_stop(server);
    WB_JUDGE(seen.peak == STATIONS, WB_NOT_CONCURRENT,
             "%d requests, and never more than %d under way at once", STATIONS,
             seen.peak);
    return 0;
}
