/* Says nothing of how it fails. */
#include "exercise.h"

int sum(int a, int b)
{
    return a - b; /* rejected: wrong-answer, but not in the head comment */
}
