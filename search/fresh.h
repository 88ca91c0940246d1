/* fresh.h - whether a file that is about to be shown is still as it was indexed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FRESH_H
#define CS_FRESH_H

#include "context.h"

typedef enum cs_change {
    CS_CHANGE_NONE,
    CS_CHANGE_GONE,
    CS_CHANGE_CONTENT,
    CS_CHANGE_UNREADABLE
} cs_change;

/* What became of the file that was looked at last: passages of one file are asked for one after
 * the other, and it is read once for them. Zero-initialise, release. */
typedef struct cs_fresh {
    bool known;
    uint32_t shard, file; /* which one */
    cs_change change;
    cs_buf bytes; /* of one that changed */
    struct {
        uint32_t *items; /* lines that begin before each cs_fresh_step bytes, as far as counted */
        size_t count, cap;
    } steps;
    int64_t shift;     /* by which the passage before was moved */
    uint64_t searched; /* bytes */
} cs_fresh;

void cs_fresh_release(cs_fresh *fresh);

/* Looks at the file of a hit. When it changed, or was written so shortly before it was
 * indexed that its stamp proves nothing, it is read again: a passage whose
 * visible text stands in it at the same distances is CS_MOVED, with its new
 * place, the nearest to the old one; else it is CS_STALE, as are those of a file of which too
 * much was searched through already. *ret_gone: there is no such file any more. */
cs_status cs_fresh_check(cs_fresh *fresh, cs_context *context, bool *ret_gone, cs_error *error);

#endif
