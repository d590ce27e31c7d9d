/* One thread changes a text while another calls the function whose number is
 * the first argument; with a second argument, after it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char text[16] = "10,20";
static int numbers[4] = { 4, 3, 2, 1 };
static _Thread_local char own[32];
static _Thread_local char *where;
static _Thread_local long got;

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void call(int number)
{
    int n;

    switch (number) {
    case 0: got = (long)strtol(text, &where, 10); break;
    case 1: got = (long)strtoull(text, NULL, 0); break;
    case 2: got = (long)strtod(text, NULL); break;
    case 3: got = (long)atoi(text); break;
    case 4: got = (long)atof(text); break;
    case 5: (void)sscanf(text, "%d", &n); break;
    case 6: (void)sscanf("7 8", "%*d%3s", text); break;
    case 7: got = (long)strnlen(text, 8); break;
    case 8: got = (long)strcasecmp(text, "10,2"); break;
    case 9: got = (long)strncasecmp("10", text, 2); break;
    case 10: got = (long)strspn(text, "01"); break;
    case 11: got = (long)strcspn(text, ","); break;
    case 12: got = (long)strpbrk(text, ","); break;
    case 13: got = (long)strstr(text, "20"); break;
    case 14: got = (long)strcasestr(text, "20"); break;
    case 15: got = (long)strchrnul(text, ','); break;
    case 16: got = (long)memmem(text, 5, "2", 1); break;
    case 17: got = (long)memrchr(text, '1', 5); break;
    case 18: got = (long)rawmemchr(text, ','); break;
    case 19: stpcpy(own, text); break;
    case 20: stpncpy(own, text, 3); break;
    case 21: strcat(text, ",30"); break;
    case 22: strncat(own, text, 3); break;
    case 23: memccpy(own, text, ',', 5); break;
    case 24: mempcpy(own, text, 2); break;
    case 25: explicit_bzero(text, 2); break;
    case 26: strtok_r(text, ",", &where); break;
    case 27: where = text, strsep(&where, ","); break;
    case 28: qsort(numbers, 4, sizeof(numbers[0]), compare); break;
    default: abort();
    }
}

static void *use(void *number)
{
    call(atoi(number));
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t t;

    pthread_create(&t, NULL, use, argv[1]);
    if (argc > 2)
        pthread_join(t, NULL);
    text[0] = '3';
    numbers[3] = 5;
    if (argc <= 2)
        pthread_join(t, NULL);
    return 0;
}
