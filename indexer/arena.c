/* arena.c - see arena.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { block_size = 1 << 14 };

struct cs_arena_block {
    struct cs_arena_block *next;
    size_t used, size;
    char bytes[];
};

static struct cs_arena_block *room_for(cs_arena *arena, size_t need)
{
    struct cs_arena_block *block = arena->blocks;
    if (block != NULL && block->size - block->used >= need)
        return block;
    size_t size = need > block_size ? need : block_size;
    block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    *block = (struct cs_arena_block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    return block;
}

cs_view cs_arena_copy(cs_arena *arena, cs_view bytes)
{
    struct cs_arena_block *block = room_for(arena, bytes.len + 1);
    if (block == NULL) {
        arena->failed = true;
        return (cs_view){"", 0};
    }
    char *copy = block->bytes + block->used;
    if (bytes.len > 0)
        memcpy(copy, bytes.data, bytes.len);
    copy[bytes.len] = '\0';
    block->used += bytes.len + 1;
    return (cs_view){copy, bytes.len};
}

void cs_arena_release(cs_arena *arena)
{
    while (arena->blocks != NULL) {
        struct cs_arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (cs_arena){0};
}
