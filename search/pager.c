/* pager.c - see pager.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *pager_command(void)
{
    const char *pager = getenv("PAGER");
    return pager == NULL ? "less" : pager;
}

/* Lines on the screen, as far as there are rows; escape sequences may make a line seem longer
 * than it is. */
static size_t count_lines(const cs_buf *out, unsigned rows, unsigned columns)
{
    size_t lines = 0;
    for (size_t at = 0; at < out->len && lines < rows;) {
        const char *end = memchr(out->data + at, '\n', out->len - at);
        size_t len = end == NULL ? out->len - at : (size_t)(end - out->data) - at;
        lines += memchr(out->data + at, '\033', len) != NULL || len == 0
                     ? 1
                     : (len + columns - 1) / columns;
        at += len + 1;
    }
    return lines;
}

bool cs_pager_is_possible(void)
{
    const char *term = getenv("TERM"), *pager = pager_command();
    if (!isatty(STDOUT_FILENO) || term == NULL || strcmp(term, "dumb") == 0)
        return false;
    return pager[0] != '\0' && strcmp(pager, "cat") != 0;
}

bool cs_pager_is_wanted(const cs_buf *notes, const cs_buf *out)
{
    struct winsize size;
    if (!cs_pager_is_possible() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
        return false;
    unsigned columns = size.ws_col > 0 ? size.ws_col : 80;
    return count_lines(notes, size.ws_row, columns) + count_lines(out, size.ws_row, columns) >=
           size.ws_row;
}

static void run_pager(int in)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    dup2(in, STDIN_FILENO);
    setenv("LESS", "FRX", 0);
    setenv("LESSCHARSET", "utf-8", 0); /* what it is given, in any locale */
    setenv("LV", "-c", 0);
    execl("/bin/sh", "sh", "-c", pager_command(), (char *)NULL);
    _exit(127);
}

/* SIGPIPE is ignored: a pager that is quit early only ends the writing. */
static void feed(int fd, const cs_buf *out)
{
    for (size_t done = 0; done < out->len;) {
        ssize_t n = write(fd, out->data + done, out->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        done += (size_t)n;
    }
}

bool cs_pager_show(const cs_buf *notes, const cs_buf *out)
{
    int ends[2], code = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    sigaction(SIGINT, &ignore, &interrupt); /* they are the pager's */
    sigaction(SIGQUIT, &ignore, &quit);
    pid_t child = fork();
    if (child == 0)
        run_pager(ends[0]);
    close(ends[0]);
    if (child > 0) {
        feed(ends[1], notes);
        feed(ends[1], out);
    }
    close(ends[1]);
    while (child > 0 && waitpid(child, &code, 0) < 0 && errno == EINTR)
        continue;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    return child > 0 && !(WIFEXITED(code) && WEXITSTATUS(code) == 127);
}
