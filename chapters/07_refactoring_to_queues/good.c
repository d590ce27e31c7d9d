/* A post office: reads the address of each letter and puts a stamp on it.
 *
 * A letter carries all that is known of it, its error included, and whoever
 * is the last to hold it says that it is done, whatever has become of it. The
 * stages end in their order: a queue is closed when all who push have ended.
 *
 * Prove:   ./workbook explore 07 good
 *          ./workbook explore 07 good -- 1 2 x
 * Next:    limit.c, for what more queues do not help against */
#include <stdio.h>
#include <string.h>

#include "post.h"
#include "wb/queue.h"

/* region: letter */
struct letter {
    char address;
    int district; /* whoever has popped the letter fills it in */
    int result;   /* its stamp in cents, or why it goes back */
};

static struct wb_queue *unread, *addressed;
/* endregion: letter */

/* region: workers */
/* It leaves the office here, franked or not, and belongs to main again. */
static void finish(struct letter *letter, int result)
{
    letter->result = result;
    wb_queue_task_done(unread);
}

static void *read_letters(void *unused)
{
    void *item;

    while (wb_queue_pop(unread, &item) == 0) {
        struct letter *letter = item;
        letter->district = read_address(letter->address);
        if (letter->district < 0)
            finish(letter, letter->district);
        else
            WB_MUST(wb_queue_push(addressed, letter));
    }
    return unused;
}

static void *frank_letters(void *unused)
{
    void *item;

    while (wb_queue_pop(addressed, &item) == 0) {
        struct letter *letter = item;
        finish(letter, frank(letter->district));
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
        sent += tell(bag[i], letters[i].result);
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
    wb_queue_close(unread);
    staff_join(&readers);
    wb_queue_close(addressed);
    staff_join(&frankers);
    /* endregion: end */
    wb_queue_free(addressed);
    wb_queue_free(unread);
    return 0;
}
