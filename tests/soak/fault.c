/* fault.c - a library to preload: calls that write to the disk fail, and files are
 * cut short under a reader. Calls are counted over all processes of a run.
 *
 *   FAULT_STATE  a file that holds the counts (struct state), made by the caller
 *   FAULT_DIR    only files below this folder count
 *   FAULT_AT     the number of the call that fails, from 1; 0: none, only count
 *   FAULT_ERRNO  with what
 *   FAULT_STAY   all later calls that need room fail too, as on a full disk
 *   FAULT_CUT    a file that is emptied before the first *.db is opened for reading
 *
 * It also watches over the order: the manifest is renamed only when what it may name,
 * and the names themselves, are synced; a segment is removed only when the manifest
 * without it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct state {
    atomic_uint_fast64_t calls;
    char failed[56];  /* the call that was made to fail first */
    char broken[64];  /* what was done too early, see "the order" below */
    atomic_flag busy; /* while the names below are looked at */
    char dirty[32][64];
} state;

static state *shared;
static const char *folder, *victim;
static unsigned long at;
static int code;
static bool stay;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("FAULT_STATE"), *number = getenv("FAULT_AT");
    const char *error = getenv("FAULT_ERRNO");

    folder = getenv("FAULT_DIR");
    victim = getenv("FAULT_CUT");
    at = number == NULL ? 0 : strtoul(number, NULL, 10);
    code = error == NULL ? EIO : atoi(error);
    stay = getenv("FAULT_STAY") != NULL;
    if (name == NULL || folder == NULL)
        return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR);
    void *map = mmap(NULL, sizeof(state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    shared = map == MAP_FAILED ? NULL : map;
}

static bool is_below(const char *path)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* ---- the order --------------------------------------------------------------------- */

/* Names in the folder itself that are written and not synced, by whichever process:
 * state.dirty. "" is the folder. */
enum { max_dirty = sizeof(((state *)0)->dirty) / sizeof(((state *)0)->dirty[0]), dirty_size = 64 };

static void enter(void)
{
    while (atomic_flag_test_and_set(&shared->busy))
        continue;
}

static void leave(void)
{
    atomic_flag_clear(&shared->busy);
}

/* The name of a file that stands in the folder itself, but is not aside; the folder's
 * is "". NULL for all others. */
static const char *name_of(const char *path)
{
    size_t len = folder == NULL ? 0 : strlen(folder);

    if (shared == NULL || strncmp(path, folder, len) != 0 ||
        (path[len] != '/' && path[len] != '\0'))
        return NULL;
    const char *name = path[len] == '\0' ? path + len : path + len + 1;
    bool is_named = strchr(name, '/') == NULL && strncmp(name, "new-", 4) != 0 &&
                    strcmp(name, "lock") != 0 && strlen(name) < dirty_size - 1;
    return is_named ? name : NULL;
}

static const char *name_of_fd(int fd)
{
    static char path[4096];
    char link[64];
    int saved = errno;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = shared == NULL ? -1 : readlink(link, path, sizeof path - 1);
    errno = saved;
    if (len < 0)
        return NULL;
    path[len] = '\0';
    return name_of(path);
}

/* Entries are the name with a mark before it, so that "" is one too. */
static void set_dirty(const char *name, bool is_dirty)
{
    char entry[dirty_size];
    int room = -1;

    if (name == NULL)
        return;
    snprintf(entry, sizeof entry, "/%.60s", name);
    enter();
    bool known = false;
    for (int i = 0; i < max_dirty; i++) {
        char *at_i = shared->dirty[i];
        if (strcmp(at_i, entry) == 0 && !is_dirty)
            at_i[0] = '\0';
        known = known || strcmp(at_i, entry) == 0;
        if (at_i[0] == '\0')
            room = i;
    }
    if (is_dirty && !known && room >= 0)
        memcpy(shared->dirty[room], entry, sizeof entry);
    leave();
}

static void demand_all_synced(const char *before)
{
    enter();
    for (int i = 0; i < max_dirty; i++)
        if (shared->dirty[i][0] != '\0' && shared->broken[0] == '\0')
            snprintf(shared->broken, sizeof shared->broken, "%s, with %.40s not synced", before,
                     shared->dirty[i]);
    leave();
}

static void watch_rename(const char *to)
{
    const char *name = name_of(to);

    if (name == NULL || strcmp(name, "manifest") != 0)
        return;
    demand_all_synced("renamed");
    set_dirty("", true);
}

static void watch_removal(const char *path)
{
    const char *name = name_of(path);

    if (name == NULL || strchr(name, '.') == NULL)
        return;
    set_dirty(name, false);
    demand_all_synced("removed");
}

int unlink(const char *path)
{
    watch_removal(path);
    return (int)syscall(SYS_unlink, path);
}

/* ---- failures ---------------------------------------------------------------------- */

/* When a sync has failed, each descriptor of the file that was open then is told once
 * more, as Linux does; one opened later is not. Of this process. */
enum { max_fds = 4096 };
static unsigned long opened[max_fds]; /* the count of calls at that time */
static ino_t lost_file;
static unsigned long lost_at;

static void note_open(int fd)
{
    if (shared != NULL && fd >= 0 && fd < max_fds)
        opened[fd] = atomic_load(&shared->calls);
}

static ino_t file_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static int sync_file(int fd, long number, bool fails_now)
{
    bool ours = shared != NULL && fd >= 0 && fd < max_fds;
    ino_t file = ours ? file_of(fd) : 0;

    if (fails_now) {
        lost_file = file;
        lost_at = atomic_load(&shared->calls);
        opened[fd] = lost_at; /* it has been told */
        return -1;
    }
    if (ours && lost_at > 0 && file == lost_file && opened[fd] < lost_at) {
        opened[fd] = lost_at;
        errno = code;
        return -1;
    }
    set_dirty(name_of_fd(fd), false);
    return (int)syscall(number, fd);
}

/* Whether this call is to fail; errno is set. */
static bool fails(const char *call, bool needs_room)
{
    unsigned long number = atomic_fetch_add(&shared->calls, 1) + 1;

    if (at == 0 || number < at || (number > at && !(stay && needs_room)))
        return false;
    if (shared->failed[0] == '\0')
        snprintf(shared->failed, sizeof shared->failed, "%s", call);
    errno = code;
    return true;
}

static bool path_fails(const char *call, const char *path)
{
    return shared != NULL && is_below(path) && fails(call, true);
}

/* The same of a descriptor, if it is one of ours that was opened for writing. */
static bool fd_fails(const char *call, int fd, bool needs_room)
{
    char link[64], path[4096];

    if (shared == NULL)
        return false;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    int flags = fcntl(fd, F_GETFL);
    errno = saved;
    if (len < 0 || flags < 0)
        return false;
    path[len] = '\0';
    bool written = (flags & O_ACCMODE) != O_RDONLY || strcmp(call, "fsync") == 0;
    return written && is_below(path) && fails(call, needs_room);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    set_dirty(name_of_fd(fd), true);
    return fd_fails("write", fd, true) ? -1 : syscall(SYS_write, fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t where)
{
    set_dirty(name_of_fd(fd), true);
    return fd_fails("pwrite", fd, true) ? -1 : syscall(SYS_pwrite64, fd, bytes, len, where);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t where)
{
    return pwrite(fd, bytes, len, where);
}

int fsync(int fd)
{
    return sync_file(fd, SYS_fsync, fd_fails("fsync", fd, true));
}

int fdatasync(int fd)
{
    return sync_file(fd, SYS_fdatasync, fd_fails("fdatasync", fd, true));
}

int ftruncate(int fd, off_t len)
{
    return fd_fails("ftruncate", fd, true) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate64(int fd, off_t len)
{
    return ftruncate(fd, len);
}

/* Closes it all the same, as Linux does. */
int close(int fd)
{
    bool failed = fd_fails("close", fd, false);
    int error = errno, result = (int)syscall(SYS_close, fd);

    if (!failed)
        return result;
    errno = error;
    return -1;
}

int rename(const char *from, const char *to)
{
    watch_rename(to);
    return path_fails("rename", from) ? -1 : (int)syscall(SYS_rename, from, to);
}

int mkdir(const char *path, mode_t mode)
{
    struct stat st;

    if (stat(path, &st) == 0) { /* it fails anyhow */
        errno = EEXIST;
        return -1;
    }
    return path_fails("mkdir", path) ? -1 : (int)syscall(SYS_mkdir, path, mode);
}

static void cut_short(const char *path, int flags)
{
    size_t len = strlen(path);

    if (victim == NULL || (flags & O_ACCMODE) != O_RDONLY || len < 3 ||
        strcmp(path + len - 3, ".db") != 0)
        return;
    syscall(SYS_truncate, victim, 0);
    victim = NULL;
}

static int open_at(int folder_fd, const char *path, int flags, mode_t mode)
{
    cut_short(path, flags);
    if ((flags & O_ACCMODE) != O_RDONLY && path_fails("open", path))
        return -1;
    if ((flags & O_CREAT) != 0 && name_of(path) != NULL)
        set_dirty("", true);
    int fd = (int)syscall(SYS_openat, folder_fd, path, flags, mode);
    note_open(fd);
    return fd;
}

static mode_t mode_of(int flags, va_list args)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list args;                                                                              \
        va_start(args, flags);                                                                     \
        mode_t mode = mode_of(flags, args);                                                        \
        va_end(args);                                                                              \
        return open_at(AT_FDCWD, path, flags, mode);                                               \
    }
#define OPENAT(name)                                                                               \
    int name(int folder_fd, const char *path, int flags, ...)                                      \
    {                                                                                              \
        va_list args;                                                                              \
        va_start(args, flags);                                                                     \
        mode_t mode = mode_of(flags, args);                                                        \
        va_end(args);                                                                              \
        return open_at(folder_fd, path, flags, mode);                                              \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
