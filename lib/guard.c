/* guard.c - see guard.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "status.h"

static const char *program_name;
static pid_t owner;

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

/* Calls only what may be called in a handler of signals. */
static void end(int number)
{
    if (getpid() != owner) { /* a worker: its parent sees what killed it */
        signal(number, SIG_DFL);
        return; /* to the same byte, and the end */
    }
    say(program_name);
    say(": the index is damaged: a file of it was cut short or cannot be read\n"
        "hint: build it anew with caseindex --rebuild\n");
    _exit(CS_EXIT_INDEX);
}

/* glibc does the same for setuid programs. */
void cs_guard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void cs_guard_install(const char *program)
{
    program_name = program;
    owner = getpid();
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGBUS, &action, NULL);
}
