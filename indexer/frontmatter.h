/* frontmatter.h - what stands between --- lines (YAML) or +++ lines (TOML) at
 * the very top of a file.
 *
 * YAML is read by libyaml (YAML 1.1), with aliases and merge keys; TOML as toml.h
 * says. Nested keys become "a.b", in lists of maps too (`authors: [{name: x}]` is
 * authors.name); each item of a list is a value of its own, as is each value of a
 * key that stands twice. Values are kept as they are written, without quotes and
 * the blanks around them; null and what YAML tags as binary are none. Other tags
 * say nothing: what a value is worth as a number or date, value.h decides. A
 * boolean is text.
 *
 * Broken front matter is text, and a note says what is wrong in which line. What
 * can be read of it can still be filtered on. YAML is read again with values such
 * as "One: two" in quotes and the two halves of JSON's characters joined; if that
 * does not help, its "key: value" lines are. Of TOML the lines without a fault
 * are. Without a closing fence there is no front matter, which a note says too.
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
    cs_view note;   /* why, or what was left out; in the arena */
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
