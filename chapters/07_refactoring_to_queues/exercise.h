#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A laboratory: a pipeline of stages, each of which can fail.
 *
 *     const struct stage stages[] = { { prepare, 1 }, { measure, 2 } };
 *     lab_open(&lab, stages, 2, 4);
 *     for (int i = 0; i < n; i++)
 *         lab_submit(lab, &samples[i]);
 *     lab_wait(lab);                      // now look at samples[i].result
 *     lab_close(lab);
 *
 * A sample goes through the stages in their order. As long as it is in the
 * laboratory, only one thread at a time has to do with it.
 *
 * Implement the four functions in exercise.c, with pthreads and wb_queue. All
 * four are called by one thread, which is none of the workers.
 */

/** What goes through the stages. */
struct sample {
    int number; /**< for the stages; the laboratory does not look at it */
    int result; /**< set by the laboratory: 0, or what the failed stage gave */
};

/** One stage: what is done there, and by how many threads at once. */
struct stage {
    /** Called by a worker of this stage. @return 0, or a negative error */
    int (*work)(struct sample *s);
    int workers;
};

/** What is in it is yours to decide; define it in exercise.c. */
struct lab;

/**
 * Make a laboratory of n stages and let all workers of each begin.
 *
 * @param stages  copied
 * @param room    so many samples may wait in front of each stage
 * @return 0, or -EINVAL if n, room or the workers of a stage are less than 1;
 * *out is set only on 0, and is then freed with lab_close()
 */
int lab_open(struct lab **out, const struct stage *stages, int n, int room);

/**
 * Hand a sample over to the first stage. Waits while there is no room.
 *
 * When a stage gives an error, that is the result of the sample, and no later
 * stage gets it. The worker goes on with the next sample.
 *
 * @param s  the laboratory's until lab_wait() or lab_close() has returned
 */
void lab_submit(struct lab *lab, struct sample *s);

/**
 * Wait until each sample that was submitted has a result. More may be
 * submitted afterwards.
 */
void lab_wait(struct lab *lab);

/**
 * Finish all samples that were submitted, wait until every worker has ended,
 * and free the laboratory.
 */
void lab_close(struct lab *lab);

#endif
