/* passage.h - from the pieces of a study to passages: whole pieces of one
 * section, up to about cs_passage_words words, cut at a sentence where one piece
 * alone is longer, never across a heading.
 *
 * 200 words: success@1 on judged questions over real case studies was 67 % with
 * passages of that size against 57 % with whole sections (doc/decisions.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PASSAGE_H
#define CS_PASSAGE_H

#include "study.h"

enum { cs_passage_words = 200 };

/* Walks over the passages of a study. Zero-initialise, set `study`. */
typedef struct cs_passages {
    const cs_study *study;
    size_t piece;    /* the next one */
    uint32_t offset; /* in it: where the next cut begins */
    size_t span;     /* the first span that can still matter */
    size_t mark, code, lead;
} cs_passages;

/* The next passage, in order of place; its text points into the study. False at
 * the end. CS_MEMORY is the only failure. */
cs_status cs_passages_next(cs_passages *passages, cs_passage *ret_passage, bool *ret_found,
                           cs_error *error);

#endif
