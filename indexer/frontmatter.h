/* frontmatter.h - what stands between --- lines (YAML) or +++ lines (TOML) at
 * the very top of a file.
 *
 * YAML is read by libyaml (YAML 1.1); of what it refuses, the "key: value" lines
 * are taken. Of TOML, tables, strings on one line, numbers, dates and arrays of
 * those are read. Nested keys become "a.b"; each item of a list is
 * a value of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FRONTMATTER_H
#define CS_FRONTMATTER_H

#include "arena.h"
#include "source.h"

enum {
    cs_max_metadata = 4096,    /* values of one file; more are left out */
    cs_max_metadata_depth = 16 /* nesting */
};

typedef struct cs_frontmatter {
    uint32_t lines; /* that it takes, its fences included; 0: there is none */
    bool broken;    /* it could not be read: its lines are text */
    cs_view note;   /* why; in the arena */
    struct {
        cs_metadata *items;
        size_t count, cap;
    } metadata; /* strings in the arena */
} cs_frontmatter;

void cs_frontmatter_release(cs_frontmatter *front);

cs_status cs_frontmatter_read(const cs_source *source, cs_arena *arena, cs_frontmatter *ret_front,
                              cs_error *error);

/* The first value of a key (folded), or an empty view. */
cs_view cs_frontmatter_value(const cs_frontmatter *front, const char *key);

#endif
