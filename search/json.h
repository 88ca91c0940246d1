/* json.h - JSON values. The only file that includes <jansson.h>; everything that builds
 * or reads JSON goes through it.
 *
 * Functions that make a value give NULL without memory, which cs_json_append and cs_json_set
 * take note of, so that it is checked once, by cs_json_add: no part is ever left out unsaid.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_JSON_H
#define CS_JSON_H

#include <jansson.h>

#include "buf.h"

/* Raised when a member is removed or changes its type or meaning; doc/json.md has the history. */
enum { cs_json_schema = 1 };

/* A text that is UTF-8, as all that an index holds that nobody forged. */
json_t *cs_json_text(cs_view text);

/* A path or another text that may be any bytes: those that are not UTF-8 become U+FFFD. */
json_t *cs_json_bytes(const char *bytes, size_t len);

json_t *cs_json_pair(uint32_t first, uint32_t last);

/* Put a value into an array or an object, which own it then. */
void cs_json_append(json_t *array, json_t *value);
void cs_json_set(json_t *object, const char *name, json_t *value);

/* Appends a value and a line end, and frees it. `flags` are jansson's. CS_MEMORY when there was
 * none, here or for any part of the value. */
cs_status cs_json_add(json_t *value, size_t flags, cs_buf *out, cs_error *error);

/* For an object that is written part by part, in lines of two spaces a level: an object with at
 * least one member and without its end, and a value that stands so many spaces in. */
cs_status cs_json_add_open(json_t *object, cs_buf *out, cs_error *error);
cs_status cs_json_add_inner(json_t *value, int indent, cs_buf *out, cs_error *error);

#endif
