#ifndef WB_SCENES_H
#define WB_SCENES_H

/**
 * @file scenes.h
 * Small plays for the explorer: one program, and which of its scenes is played
 * is said by its argument, or left to the scheduler.
 *
 *     static const struct wb_scene scenes[] = { { "alone", play_alone, 0 } };
 *
 *     int main(int argc, char **argv)
 *     {
 *         return wb_scene_pick(scenes, 1, 1, argc > 1 ? argv[1] :
 * NULL)->play();
 *     }
 *
 * All is in this header, so that it is compiled as the explored program is.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "wb/base.h"

/** A scene: its name, what plays it, and a number for it to use. */
struct wb_scene {
    const char *name;
    int (*play)(void); /**< @return the program's exit status */
    size_t size;
};

/** A number that a thread moves on while another looks at it. */
struct wb_wheel {
    atomic_int at; /* atomic: when it is looked at is the choice */
    int end;
};

/** The wheel's thread. */
static inline void *wb_scene_turn(void *arg)
{
    struct wb_wheel *wheel = arg;

    for (int i = 1; i < wheel->end; i++)
        atomic_store(&wheel->at, i);
    return NULL;
}

/**
 * The scene of that name, of n; without a name any of the first `ending`, in
 * so many interleavings: the explorer stops the wheel at every moment. An
 * unknown name ends the program with a message. Main thread.
 */
static inline const struct wb_scene *
wb_scene_pick(const struct wb_scene *scenes, int n, int ending,
              const char *name)
{
    static struct wb_wheel wheel;
    pthread_t thread;

    for (int i = 0; name != NULL && i < n; i++)
        if (strcmp(scenes[i].name, name) == 0)
            return &scenes[i];
    if (name != NULL)
        wb_die("there is no scene %s", name);
    wheel.end = ending;
    WB_MUST(pthread_create(&thread, NULL, wb_scene_turn, &wheel));
    int scene = atomic_load(&wheel.at);
    WB_MUST(pthread_join(thread, NULL));
    return &scenes[scene];
}

#endif
