/* narrow.h - filters that are options: --in and --since become fields of the query.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_NARROW_H
#define CS_NARROW_H

#include "collection.h"
#include "query.h"

enum { cs_max_globs = 16 };

typedef struct cs_narrowing {
    const char *globs[cs_max_globs]; /* of paths, as path: takes them; any of them */
    size_t glob_count;
    bool since_given;
    cs_value since; /* a date */
} cs_narrowing;

/* A day, month or year; or so many days, weeks, months or years before today: 30d, 6w, 18m, 2y.
 * CS_USAGE for anything else. */
cs_status cs_narrow_read_since(const char *text, cs_value *ret_since, cs_error *error);

/* Adds the filters to a tree, which may be NULL: all passages. CS_USAGE when no study has a
 * date to go by. */
cs_status cs_narrow_tree(const cs_collection *collection, const cs_narrowing *narrowing,
                         cs_node **tree, cs_error *error);

#endif
