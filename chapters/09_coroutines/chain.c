/* Two links of a chain: the price of a ware is fetched, and then what was
 * fetched is processed, which waits for another answer.
 *
 * Each ware goes through its own chain. The second link of one overlaps the
 * first link of another: the tea is at the scales while the coffee's price is
 * still awaited, and neither gets on before the other is there.
 *
 * Run:     ./workbook run 09 chain
 *
 * explore: no, it has one thread, which waits for sockets */
#include <stdio.h>
#include <stdlib.h>

#include "wb/base.h"
#include "wb/coro.h"
#include "wb/server.h"
#include "wb/verdict.h"

struct ware {
    const char *name, *prices, *scales; /* whom to ask for what */
    int result;
};

static int port; /* const while coroutines run */

/* region: links */
/* @return the price of a pound, or a negative errno */
static int fetch(const char *path)
{
    char text[WB_FETCH_MAX];
    int code = wb_coro_fetch(port, path, text, WB_FOREVER);

    if (code < 0)
        return code;
    return atoi(text);
}

/* @return the price of what is on the scales, or a negative errno */
static int process(const char *path, int price)
{
    char pounds[WB_FETCH_MAX];
    int code = wb_coro_fetch(port, path, pounds, WB_FOREVER);

    if (code < 0)
        return code;
    return price * atoi(pounds);
}

static int weigh(void *arg)
{
    struct ware *w = arg;
    int price = fetch(w->prices);

    if (price < 0)
        return price;
    w->result = process(w->scales, price);
    return w->result < 0 ? w->result : 0;
}
/* endregion: links */

static int weigh_both(void *arg)
{
    struct ware *ware = arg;
    struct wb_coro *c[] = { wb_coro_spawn(weigh, &ware[0]),
                            wb_coro_spawn(weigh, &ware[1]) };

    return wb_coro_gather(c, 2);
}

int main(void)
{
    struct ware ware[] = { { "tea", "/echo/12", "/gate/2/3", 0 },
                           { "coffee", "/gate/2/9", "/echo/5", 0 } };
    struct wb_server *server;
    struct wb_server_counts seen;

    WB_MUST(wb_server_start(&server, NULL));
    port = wb_server_port(server);
    WB_MUST(wb_coro_run(weigh_both, ware));
    wb_server_counts(server, &seen);
    wb_server_stop(server);
    for (int i = 0; i < 2; i++)
        printf("%s: %d\n", ware[i].name, ware[i].result);
    WB_JUDGE(seen.refused == 0, WB_NOT_CONCURRENT,
             "one ware went through both links before the other began");
    return 0;
}
