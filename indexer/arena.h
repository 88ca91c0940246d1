/* arena.h - many small strings that live and die together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_ARENA_H
#define CS_ARENA_H

#include "buf.h"

typedef struct cs_arena {
    struct cs_arena_block *blocks;
    bool failed; /* no memory: every copy since is empty */
} cs_arena;

/* A NUL-terminated copy that lives until the arena is released. */
cs_view cs_arena_copy(cs_arena *arena, cs_view bytes);
void cs_arena_release(cs_arena *arena);

#endif
