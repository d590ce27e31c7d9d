#ifndef EXERCISE_H
#define EXERCISE_H

/**
 * @file exercise.h
 * A booth at a fair, where players guess a number.
 *
 * starter.c does all of it, with a thread for each player. Port it: implement
 * run_booth() in exercise.c with the coroutines of wb/coro.h and the streams
 * of wb/coro_io.h.
 */

enum { LINE_SIZE = 64 /**< a line of a player is shorter, with its newline */ };

/**
 * Play so many games, and return when all are over. Each player is one
 * connection, accepted from fd, and plays one game. All play at the same time;
 * one who thinks, or who has not come yet, holds up nobody.
 *
 * A player writes lines, and each gets an answer, which is a line as well:
 *
 *     higher       the number is higher than that
 *     lower        it is lower
 *     won T B      that is it, at the T-th guess; B is the smallest T of all
 *                  who have won until now, this one included
 *     what?        that was no number; it does not count as a guess
 *
 * After "won" the connection is closed. A player whose connection ends before
 * has left: that game is over, too, and the others go on.
 *
 * It uses the calling thread, from which it runs a loop of its own, and starts
 * no other.
 *
 * @param fd      a listening socket; it now belongs to the booth, which closes
 *                it when the last player has come: others are turned away
 * @param number  that is to be guessed
 * @param best    receives the last B, or 0 when nobody has won
 * @return 0; that memory can be had may be taken for granted (WB_MUST)
 */
int run_booth(int fd, int games, int number, int *best);

#endif
