/* A post office: reads the address of each letter and puts a stamp on it.
 *
 * Symptom: all is well until an address cannot be read: then the bag never
 *          comes to an end. And with two frankers the office never closes.
 * Cause:   the calls were moved into workers, and what a call does unasked
 *          was left behind: it returns, it hands back its error, and it ends.
 * Provoke: ./workbook explore 07 bad
 *          ./workbook explore 07 bad -- 1 2 1
 * Next:    good.c */
#include <stdio.h>
#include <string.h>

#include "post.h"
#include "wb/queue.h"

/* region: letter */
struct letter {
    char address;
    int district; /* whoever has popped the letter fills it in */
    int cents;    /* its stamp */
};

static struct wb_queue *unread, *addressed;
static char no_more; /* its address is the sentinel */
/* endregion: letter */

/* region: workers */
static void *read_letters(void *unused)
{
    void *item;

    while (wb_queue_pop(unread, &item) == 0 && item != &no_more) {
        struct letter *letter = item;
        letter->district = read_address(letter->address);
        if (letter->district < 0)
            return NULL;
        WB_MUST(wb_queue_push(addressed, letter));
    }
    WB_MUST(wb_queue_push(addressed, &no_more)); /* tell the next stage */
    return unused;
}

static void *frank_letters(void *unused)
{
    void *item;

    while (wb_queue_pop(addressed, &item) == 0 && item != &no_more) {
        struct letter *letter = item;
        letter->cents = frank(letter->district);
        if (letter->cents < 0)
            return NULL;
        wb_queue_task_done(unread);
    }
    return unused;
}
/* endregion: workers */

/* region: bag */
static void empty_bag(const char *bag)
{
    size_t n = strlen(bag), sent = 0;
    struct letter *letters = wb_alloc(n, sizeof(*letters));

    for (size_t i = 0; i < n; i++) {
        letters[i].address = bag[i];
        WB_MUST(wb_queue_push(unread, &letters[i]));
    }
    wb_queue_join(unread);
    for (size_t i = 0; i < n; i++)
        sent += tell(bag[i], letters[i].cents);
    printf("bag %s: %zu of %zu sent\n", bag, sent, n);
    free(letters);
}
/* endregion: bag */

int main(int argc, char **argv)
{
    struct staff readers, frankers;

    WB_MUST(wb_queue_create(&unread, ROOM));
    WB_MUST(wb_queue_create(&addressed, ROOM));
    staff_start(&readers, argc > 1 ? argv[1] : "1", read_letters);
    staff_start(&frankers, argc > 2 ? argv[2] : "1", frank_letters);
    if (argc < 4)
        empty_bag("x");
    for (int i = 3; i < argc; i++)
        empty_bag(argv[i]);
    /* region: end */
    for (int i = 0; i < readers.n; i++)
        WB_MUST(wb_queue_push(unread, &no_more));
    staff_join(&readers);
    staff_join(&frankers);
    /* endregion: end */
    wb_queue_free(addressed);
    wb_queue_free(unread);
    return 0;
}
