/* Right, and says in vain that it is:
 * rejected: wrong-answer */
#include "exercise.h"

int sum(int a, int b)
{
    return a + b;
}
