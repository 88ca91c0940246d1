/* visible.h - the text a reader sees, built from pieces of the source, with the
 * spans that lead back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_VISIBLE_H
#define CS_VISIBLE_H

#include "source.h"

typedef struct cs_visible {
    const cs_source *source;
    cs_buf text;
    cs_spans spans;
    uint32_t line; /* of the last span, from 0 */
    bool failed;   /* no memory */
} cs_visible;

void cs_visible_init(cs_visible *visible, const cs_source *source);
void cs_visible_release(cs_visible *visible);

/* Appends source text [start, end), which lies within one line. */
void cs_visible_copy(cs_visible *visible, uint32_t start, uint32_t end);

/* Appends `text`, which stands for all of source text [start, end). */
void cs_visible_replace(cs_visible *visible, cs_view text, uint32_t start, uint32_t end);

/* Appends `text` that is not in the source; it stands at `at`. */
void cs_visible_insert(cs_visible *visible, cs_view text, uint32_t at);

/* Drops blanks at the end, back to `start` at most. */
void cs_visible_trim(cs_visible *visible, uint32_t start);

/* Cuts back to `length` bytes of text. */
void cs_visible_truncate(cs_visible *visible, uint32_t length);

uint32_t cs_visible_length(const cs_visible *visible);

#endif
