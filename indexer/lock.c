/* lock.c - see lock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static cs_status locked(int fd, const char *directory, cs_error *error)
{
    char holder[128];
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    cs_fail(error, CS_LOCKED, "the index %s is being written by %s", directory,
            holder[0] != '\0' ? holder : "another process");
    cs_hint(error, "wait for it with --wait");
    return CS_LOCKED;
}

static cs_status write_holder(int fd, const char *path, cs_error *error)
{
    char host[64] = "", holder[128];
    gethostname(host, sizeof host - 1);
    int n = snprintf(holder, sizeof holder, "process %ld on %s\n", (long)getpid(), host);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, (size_t)n, 0) != n)
        return cs_fail_errno(error, CS_IO, errno, "cannot write %s", path);
    return CS_OK;
}

cs_status cs_lock_take(const char *directory, bool wait, int *ret_fd, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_buf_addf(&path, "%s/lock", directory);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    int fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot create %s", path.data);
    int failed;
    do
        failed = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
    while (failed != 0 && errno == EINTR && !wait);
    cs_status status = CS_OK;
    if (failed != 0 && errno == EWOULDBLOCK)
        status = locked(fd, directory, error);
    else if (failed != 0 && errno == EINTR)
        status = cs_fail(error, CS_INTERRUPTED, "interrupted while waiting for %s", path.data);
    else if (failed != 0)
        status = cs_fail_errno(error, CS_IO, errno, "cannot lock %s", path.data);
    if (status == CS_OK)
        status = write_holder(fd, path.data, error);
    if (status != CS_OK) {
        close(fd);
        return status;
    }
    *ret_fd = fd;
    return CS_OK;
}
