/* rt_signal.c: signals, of which there are none but those a thread sends to
 * itself.
 *
 * What would send one to others, or wait for one, is not modelled. So a
 * handler that the program installs is kept in mind, and runs in raise(). */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>

#include "rt.h"

static struct sigaction actions[NSIG];
static sigset_t masks[WBX_MAX_THREADS];

void wbx_signal_reset(void)
{
    memset(actions, 0, sizeof(actions));
    memset(masks, 0, sizeof(masks));
}

static bool can_be_caught(int signal)
{
    return signal > 0 && signal < NSIG && signal != SIGKILL &&
           signal != SIGSTOP;
}

WRAP(int, sigaction, int signal, const struct sigaction *new,
     struct sigaction *old)
{
    if (!can_be_caught(signal)) {
        errno = EINVAL;
        return -1;
    }
    if (old != NULL)
        *old = actions[signal];
    if (new != NULL)
        actions[signal] = *new;
    return 0;
}

WRAP(sighandler_t, signal, int signal, sighandler_t handler)
{
    const struct sigaction new = { .sa_handler = handler,
                                   .sa_flags = SA_RESTART };
    struct sigaction old;

    return __wrap_sigaction(signal, &new, &old) == 0 ? old.sa_handler : SIG_ERR;
}

WRAP(int, pthread_sigmask, int how, const sigset_t *set, sigset_t *old)
{
    sigset_t *mask = &masks[wbx.current->id];

    if (old != NULL)
        *old = *mask;
    if (set == NULL)
        return 0;
    switch (how) {
    case SIG_BLOCK: return sigorset(mask, mask, set);
    case SIG_SETMASK: *mask = *set; return 0;
    case SIG_UNBLOCK:
        for (int i = 1; i < NSIG; i++)
            if (sigismember(set, i) == 1)
                sigdelset(mask, i);
        return 0;
    default: return EINVAL;
    }
}

WRAP(int, sigprocmask, int how, const sigset_t *set, sigset_t *old)
{
    errno = __wrap_pthread_sigmask(how, set, old);
    return errno == 0 ? 0 : -1;
}

static bool is_harmless(int signal)
{
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG ||
           signal == SIGWINCH;
}

static void handle(int signal, const struct sigaction *a)
{
    siginfo_t info = { .si_signo = signal, .si_code = SI_TKILL };

    if (a->sa_flags & SA_SIGINFO)
        a->sa_sigaction(signal, &info, NULL);
    else
        a->sa_handler(signal);
}

WRAP(int, raise, int signal)
{
    const struct sigaction *a =
        &actions[signal < 0 || signal >= NSIG ? 0 : signal];

    if (signal < 0 || signal >= NSIG)
        return EINVAL;
    if (signal != 0 && sigismember(&masks[wbx.current->id], signal) == 1)
        wbx_refuse("a blocked signal that a thread sends to itself is not "
                   "modelled");
    if (signal == 0 || a->sa_handler == SIG_IGN ||
        (a->sa_handler == SIG_DFL && is_harmless(signal)))
        return 0;
    if (a->sa_handler != SIG_DFL) {
        handle(signal, a);
        return 0;
    }
    wbx_fail(WB_CRASH, wbx.current, WBX_PC, 0, "raises SIG%s",
             sigabbrev_np(signal));
    wbx_halt(wbx.current);
}

/* Of what it can do, the name of a thread. */
WRAP(int, prctl, int option, ...)
{
    char *name;
    va_list ap;

    va_start(ap, option);
    name = va_arg(ap, char *);
    va_end(ap);
    if (option == PR_SET_NAME)
        strncpy(wbx.current->name, name, sizeof(wbx.current->name) - 1);
    else if (option == PR_GET_NAME)
        strcpy(name, wbx.current->name);
    else
        wbx_refuse("prctl() is modelled for PR_SET_NAME and PR_GET_NAME only");
    return 0;
}
