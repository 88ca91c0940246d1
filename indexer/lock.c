/* lock.c - see lock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    max_holder = 160,  /* bytes of its description */
    dying_naps = 2000, /* how long the processes of a dead holder may take to go ... */
    nap_ns = 1000000   /* ... in naps of this */
};

static void read_holder(int fd, char *holder)
{
    ssize_t n = pread(fd, holder, max_holder - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
}

static cs_status locked(int fd, const char *directory, cs_error *error)
{
    char holder[max_holder];
    read_holder(fd, holder);
    cs_fail(error, CS_LOCKED, "the index %s is being written by %s", directory,
            holder[0] != '\0' ? holder : "another process");
    cs_hint(error, "wait for it with --wait");
    return CS_LOCKED;
}

/* Whether a process is gone, or only waits for its parent to ask how it ended. */
static bool is_gone(long pid)
{
    char path[40], stat[512] = "";
    if (kill((pid_t)pid, 0) != 0)
        return errno == ESRCH;
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, stat, sizeof stat - 1);
    if (fd >= 0)
        close(fd);
    const char *state = n <= 0 ? NULL : strrchr(stat, ')'); /* proc(5): pid (name) state */
    return state != NULL && (state[2] == 'Z' || state[2] == 'X');
}

/* Whether the holder that is named is a process of this machine and dead. Then its
 * children have the lock, and are about to go. */
static bool is_dead(int fd)
{
    char holder[max_holder], host[64] = "", named[64];
    long pid;
    read_holder(fd, holder);
    gethostname(host, sizeof host - 1);
    return sscanf(holder, "process %ld on %63s", &pid, named) == 2 && pid > 0 &&
           strcmp(named, host) == 0 && is_gone(pid);
}

static cs_status write_holder(int fd, const char *path, cs_error *error)
{
    char host[64] = "", since[32] = "", holder[max_holder];
    struct tm local;
    time_t now = time(NULL);
    gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &local) != NULL)
        strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%S%z", &local);
    int n = snprintf(holder, sizeof holder, "process %ld on %s since %s\n", (long)getpid(), host,
                     since);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, (size_t)n, 0) != n)
        return cs_fail_errno(error, CS_IO, errno, "cannot write %s", path);
    return CS_OK;
}

static cs_status wait_for(int fd, bool wait, const char *directory, cs_error *error)
{
    for (int naps = 0;;) {
        if (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) == 0)
            return CS_OK;
        if (errno == EINTR && wait)
            return cs_fail(error, CS_INTERRUPTED, "interrupted while waiting for %s/lock",
                           directory);
        if (errno != EWOULDBLOCK && errno != EINTR)
            return cs_fail_errno(error, CS_IO, errno, "cannot lock %s/lock", directory);
        if (errno == EINTR)
            continue;
        if (naps++ >= dying_naps || !is_dead(fd))
            return locked(fd, directory, error);
        nanosleep(&(struct timespec){0, nap_ns}, NULL);
    }
}

/* Whether the file that was locked is still the one of that name: the index may have
 * been removed while we waited for it. */
static bool is_current(int fd, const char *path)
{
    struct stat locked_file, named;
    return fstat(fd, &locked_file) == 0 && lstat(path, &named) == 0 &&
           locked_file.st_ino == named.st_ino && locked_file.st_dev == named.st_dev;
}

cs_status cs_lock_take(const char *directory, bool wait, int *ret_fd, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_buf_addf(&path, "%s/lock", directory);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    for (;;) {
        int fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return cs_fail_errno(error, CS_IO, errno, "cannot create %s", path.data);
        cs_status status = wait_for(fd, wait, directory, error);
        bool current = status == CS_OK && is_current(fd, path.data);
        if (current)
            status = write_holder(fd, path.data, error);
        if (current && status == CS_OK) {
            *ret_fd = fd;
            return CS_OK;
        }
        close(fd);
        if (status != CS_OK)
            return status;
    }
}
