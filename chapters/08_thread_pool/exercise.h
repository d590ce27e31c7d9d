#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A laboratory: reports on samples, in the order in which they are finished.
 *
 * So many samples are in the machines, numbered from 0. Each machine calls
 * lab_finish() when it is through with one. Doctors call lab_next() for the
 * next report that is finished: each report goes to one doctor, once. This is
 * an executor's as_completed(), with samples in the place of futures.
 *
 * Implement the four functions in exercise.c with pthreads. Several machines
 * and several doctors may be inside lab_finish() and lab_next() at the same
 * time. Nobody waits by looking again and again.
 */

/** What came of one sample. */
struct report {
    int sample;
    int error; /**< 0, or why there is no value: a negative errno */
    int value;
};

/** What is in it is yours to decide; define it in exercise.c. */
struct lab;

/**
 * Make a laboratory in which so many samples are being worked on.
 * @return 0, -EINVAL if there is not one sample, or -ENOMEM; *out is set only
 * on 0, and is then freed with lab_free()
 */
int lab_create(struct lab **out, int samples);

/** Free it. Nobody uses it any more; not all reports need be fetched. */
void lab_free(struct lab *lab);

/**
 * Hand in a report. A report of a failure is a report like any other. Never
 * waits for a doctor.
 * @return 0, -EINVAL if there is no such sample, or -EEXIST if there is a
 * report on it already: that one stays as it is
 */
int lab_finish(struct lab *lab, struct report report);

/**
 * Take the report that was finished first, of those that nobody has taken.
 * Waits until there is one, as long as there may be.
 * @return 0, or -ENODATA if every sample is finished and no report is left,
 * or becomes so while we wait; *out is set only on 0
 */
int lab_next(struct lab *lab, struct report *out);

#endif
