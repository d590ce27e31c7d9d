/* Declares another reason than the true one.
 * rejected: wrong-answer "sum(2, 3) is 7" */
#include "exercise.h"

int sum(int a, int b)
{
    return a + b + 1;
}
