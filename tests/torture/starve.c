/* starve.c - a library to preload: the n-th allocation fails, counted over all processes of
 * a run. C++'s new goes through malloc(3), so it is among them.
 *
 *   STARVE_STATE  a file of 16 bytes that holds the counts (struct state), made by the caller
 *   STARVE_AT     the number of the allocation that fails, from 1; 0: none, only count
 *   STARVE_STAY   all later ones fail too
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct state {
    atomic_uint_fast64_t calls, failed;
} state;

static state *shared;
static unsigned long at;
static bool stay;

/* glibc's own, under the names that it keeps for such libraries. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("STARVE_STATE"), *number = getenv("STARVE_AT");
    at = number == NULL ? 0 : strtoul(number, NULL, 10);
    stay = getenv("STARVE_STAY") != NULL;
    int fd = name == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR);
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof(state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    shared = map == MAP_FAILED ? NULL : map;
}

/* Counts an allocation; whether it is to fail. */
static bool is_refused(void)
{
    if (shared == NULL)
        return false;
    unsigned long call = atomic_fetch_add(&shared->calls, 1) + 1;
    if (at == 0 || (call != at && !(stay && call > at)))
        return false;
    atomic_fetch_add(&shared->failed, 1);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return is_refused() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *memory = is_refused() ? NULL : __libc_memalign(alignment, size);
    if (memory == NULL)
        return ENOMEM;
    *out = memory;
    return 0;
}
