/* hash.h - checksums of contents: XXH3 of xxHash (libxxhash), which is not a
 * cryptographic hash; it guards against accidents, not against forgery.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_HASH_H
#define CS_HASH_H

#include "buf.h"

/* XXH3, 64 bits. */
uint64_t cs_hash(const void *data, size_t len);

/* The same of a whole file, from offset 0, read through `fd` (its offset is not
 * moved). */
cs_status cs_hash_file(int fd, const char *name, uint64_t *ret_hash, uint64_t *ret_size,
                       cs_error *error);

#endif
