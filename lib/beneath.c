/* beneath.c - see beneath.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { file_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, max_name = 255 };

/* A name of the path at a time: for paths over PATH_MAX, and kernels before 5.6. */
static int open_by_names(int folder, const char *path, bool follow)
{
    int at = folder, fd = -1;
    const int no_link = follow ? 0 : O_NOFOLLOW;
    for (;;) {
        char name[max_name + 1];
        size_t len = strcspn(path, "/");
        if (len > max_name) {
            errno = ENAMETOOLONG;
            break;
        }
        memcpy(name, path, len);
        name[len] = '\0';
        bool last = path[len] == '\0';
        fd = openat(at, name,
                    last ? file_flags | no_link : O_PATH | O_DIRECTORY | O_CLOEXEC | no_link);
        if (fd < 0 || last)
            break;
        if (at != folder)
            close(at);
        at = fd;
        path += len + 1;
    }
    int code = errno;
    if (at != folder)
        close(at);
    errno = code;
    return fd;
}

int cs_open_beneath(int folder, const char *path, bool follow)
{
    int fd;
    if (follow) {
        fd = openat(folder, path, file_flags);
        return fd < 0 && errno == ENAMETOOLONG ? open_by_names(folder, path, follow) : fd;
    }
    struct open_how how = {.flags = file_flags, .resolve = RESOLVE_NO_SYMLINKS};
    fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    /* EPERM: a sandbox that does not know the call */
    bool unknown = fd < 0 && (errno == ENOSYS || errno == EPERM);
    return unknown || (fd < 0 && errno == ENAMETOOLONG) ? open_by_names(folder, path, follow) : fd;
}
