/* limit.c - see limit.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "limit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "source.h"

static bool counting;
static uint64_t size_before, memory_limit, data_limit;
static struct itimerval left; /* while it is paused, as what follows */
static uint64_t data_when_paused;

unsigned cs_limit_seconds_of(uint64_t bytes)
{
    uint64_t seconds = bytes / cs_limit_bytes * cs_limit_seconds;
    return (unsigned)(seconds < cs_limit_seconds ? cs_limit_seconds : seconds);
}

unsigned cs_limit_memory_of(uint64_t bytes)
{
    uint64_t share = bytes <= cs_default_max_size ? 0 : (bytes * cs_limit_memory_share) >> 20;
    return (unsigned)(share < cs_limit_memory ? cs_limit_memory : share);
}

/* Address space and data of this process, bytes. See proc(5), statm. */
static bool measure(uint64_t *ret_size, uint64_t *ret_data)
{
    static int fd = -1;
    static pid_t owner;
    char text[256];
    unsigned long size, data;
    if (owner != getpid()) { /* a descriptor from before the fork tells of the parent */
        fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
        owner = getpid();
    }
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (n <= 0)
        return false;
    text[n] = '\0';
    if (sscanf(text, "%lu %*u %*u %*u %*u %lu", &size, &data) != 2)
        return false;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *ret_size = size * page;
    *ret_data = data * page;
    return true;
}

/* RLIM_INFINITY lifts it. The hard limit stays as it is. */
static void limit_data(rlim_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0)
        return;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_DATA, &limit);
}

void cs_limit_begin(uint64_t bytes)
{
    uint64_t data;
    struct itimerval timer = {.it_value.tv_sec =
                                  (time_t)cs_limit_seconds_of(bytes) * cs_limit_lenience};
    memory_limit = ((uint64_t)cs_limit_memory_of(bytes) << 20) * cs_limit_lenience;
    signal(SIGPROF, SIG_DFL);
    setitimer(ITIMER_PROF, &timer, NULL);
    counting = true;
    data_limit = measure(&size_before, &data) ? data + memory_limit : RLIM_INFINITY;
    limit_data(data_limit);
}

void cs_limit_end(void)
{
    const struct itimerval none = {0};
    if (!counting)
        return;
    setitimer(ITIMER_PROF, &none, NULL);
    limit_data(RLIM_INFINITY);
    counting = false;
}

void cs_limit_pause(void)
{
    const struct itimerval none = {0};
    uint64_t size;
    if (!counting)
        return;
    setitimer(ITIMER_PROF, &none, &left);
    limit_data(RLIM_INFINITY);
    if (!measure(&size, &data_when_paused))
        data_when_paused = UINT64_MAX;
}

void cs_limit_resume(void)
{
    uint64_t size, data;
    if (!counting)
        return;
    if (data_limit != RLIM_INFINITY && measure(&size, &data) && data > data_when_paused)
        data_limit += data - data_when_paused;
    limit_data(data_limit);
    setitimer(ITIMER_PROF, &left, NULL);
}

/* The most address space that there has been, bytes. */
static uint64_t peak(void)
{
    char line[128];
    unsigned long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmPeak: %lu", &kilobytes) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return (uint64_t)kilobytes << 10;
}

/* What fails is often the doubling of what is large, and memory that files before have left
 * is used first: a part of the limit is enough to tell it from a machine without any. */
bool cs_limit_was_reached(void)
{
    if (!counting)
        return false;
    cs_limit_end();
    return peak() > size_before + memory_limit / 8;
}
