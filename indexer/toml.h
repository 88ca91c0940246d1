/* toml.h - TOML as front matter has it.
 *
 * Read are (TOML 1.0): bare, quoted and dotted keys; [tables] and [[arrays of
 * tables]] as the first part of the keys below them; strings of all four kinds
 * with their escapes; numbers, booleans, dates and times, as they are written;
 * arrays and inline tables, over several lines and inside each other; comments.
 * Not checked: that a key stands once, and what a bare value is beyond its first
 * character.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TOML_H
#define CS_TOML_H

#include "buf.h"

enum {
    cs_toml_max_path = 256, /* bytes of a key with those above it; the rest is cut */
    cs_toml_max_depth = 16  /* arrays and inline tables inside each other */
};

/* Takes a value: `path` is its keys joined by dots, `plain` says that it stands
 * without quotes. Each item of an array is a value. */
typedef void (*cs_toml_fn)(void *context, const char *path, cs_view value, bool plain);

/* Reads a text; *ret_what is NULL, or what is wrong first, static text, in line
 * *ret_line (from 1). After a fault it goes on with the line of it,
 * if the value began above, else with the next. False without
 * memory. */
bool cs_toml_read(cs_view text, cs_toml_fn add, void *context, const char **ret_what,
                  uint32_t *ret_line);

#endif
