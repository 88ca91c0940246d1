/* hash.c - checksums of contents; the only file that knows xxHash.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include <xxhash.h>

#include "hash.h"

enum { BLOCK_BYTES = 65536 };

uint64_t cs_hash(const void *data, size_t len)
{
    return XXH3_64bits(data, len);
}

typedef XXH3_state_t *state_pointer;

static void state_pointer_release(state_pointer *state)
{
    XXH3_freeState(*state);
}

/* read(2) rather than mmap(2): a file cut short meanwhile is then a short file,
 * not a SIGBUS. */
cs_status cs_hash_file(int fd, const char *name, uint64_t *ret_hash, uint64_t *ret_size,
                       cs_error *error)
{
    CS_SCOPED(state_pointer) state = XXH3_createState();
    char block[BLOCK_BYTES];
    uint64_t size = 0;

    if (!state || XXH3_64bits_reset(state) != XXH_OK)
        return cs_fail_memory(error);
    for (;;) {
        ssize_t got = pread(fd, block, sizeof block, (off_t)size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cs_fail_errno(error, CS_IO, errno, "cannot read %s", name);
        if (got == 0)
            break;
        XXH3_64bits_update(state, block, (size_t)got);
        size += (uint64_t)got;
    }
    *ret_hash = XXH3_64bits_digest(state);
    *ret_size = size;
    return CS_OK;
}
