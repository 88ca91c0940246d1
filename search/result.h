/* result.h - what every format tells of a hit in the same way: its id, its lines, its
 * snippet, its sources.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_RESULT_H
#define CS_RESULT_H

#include "context.h"

/* A hit's id: 8 hex digits of its path, 8 of the headings above it and its text. So it
 * stays the same while these do, wherever in the file the passage moves; and a passage
 * is found by its id without reading more than the files of that path. */
enum { cs_id_size = 17 };

typedef struct cs_id {
    uint32_t path, passage;
} cs_id;

/* False without memory. */
bool cs_result_id(cs_view path, const cs_view *trail, size_t depth, cs_view text, cs_id *ret_id);
void cs_result_write_id(cs_id id, char out[cs_id_size]);

/* The part of an id that is of the path. */
uint32_t cs_result_path_id(cs_view path);

/* Reads 16 hex digits; false when it is none. */
bool cs_result_read_id(const char *text, cs_id *ret_id);

/* First and last line of the passage in the file as it is now; not of a stale one. */
void cs_result_lines(const cs_context *context, uint32_t *ret_first, uint32_t *ret_last);

/* Appends the excerpts on one line, with an ellipsis where something is left out. */
void cs_result_add_snippet(const cs_context *context, cs_buf *out);

/* The source of mark i of the passage; NULL when a mark before it has the same. */
const cs_citation *cs_result_source(const cs_context *context, size_t mark);

#endif
