/* Sends signals to itself, names its threads and reads its options. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int caught, letters;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static void catch (int signal)
{
    caught += signal;
}

static void *work(void *unused)
{
    char name[16];
    sigset_t old, set;

    prctl(PR_SET_NAME, "worker");
    prctl(PR_GET_NAME, name);
    assert(strcmp(name, "worker") == 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_sigmask(SIG_UNBLOCK, &set, &old);
    assert(sigismember(&old, SIGUSR2) == 1 && sigismember(&old, SIGHUP) == 0);
    pthread_mutex_lock(&mu);
    raise(SIGUSR2);
    pthread_mutex_unlock(&mu);
    return unused;
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = catch }, old;
    pthread_t t;
    int c;

    while ((c = getopt(argc, argv, "ab")) != -1)
        letters += c;
    assert(letters == 'a' + 'b' && strcmp(argv[optind], "rest") == 0);
    assert(signal(SIGPIPE, SIG_IGN) == SIG_DFL);
    assert(sigaction(SIGUSR2, &action, NULL) == 0);
    assert(sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == catch);
    assert(sigaction(SIGKILL, &action, NULL) == -1);
    raise(SIGPIPE);
    pthread_create(&t, NULL, work, NULL);
    pthread_mutex_lock(&mu);
    raise(SIGUSR2);
    pthread_mutex_unlock(&mu);
    pthread_join(t, NULL);
    assert(caught == 2 * SIGUSR2);
#ifdef UNHANDLED
    raise(SIGTERM);
#endif
    return 0;
}
