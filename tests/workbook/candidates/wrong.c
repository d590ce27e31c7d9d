// Adds one too many.
// rejected: data-race|wrong-answer "sum(2, 3) is 6"
#include "exercise.h"

int sum(int a, int b)
{
    return a + b + 1;
}
