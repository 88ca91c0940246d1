/* context.h - a hit as it is shown: its passage, the places that match, the
 * sentences around the best of them, the sources these rest on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_CONTEXT_H
#define CS_CONTEXT_H

#include "match.h"

enum {
    cs_max_snippet = 600, /* bytes of text shown of one hit */
    cs_max_sentences = 3,
    cs_cut_margin = 120 /* bytes kept around a match in a sentence that is cut */
};

/* A stretch of the visible text that is shown. */
typedef struct cs_excerpt {
    uint32_t start, end;
    bool cut_before, cut_after; /* it is not the whole sentence */
} cs_excerpt;

/* How a shown file stands to the index. */
typedef enum cs_freshness {
    CS_FRESH,
    CS_MOVED, /* the file changed; the passage is there, `shift` bytes and lines on */
    CS_STALE  /* the file changed and the passage is not there as it was */
} cs_freshness;

typedef struct cs_context {
    const cs_hit *hit;
    const cs_index *index;
    cs_passage passage;
    cs_file file;
    bool borrowed; /* the file's arrays are another context's */
    cs_view trail[cs_max_trail];
    size_t depth;
    cs_founds matches;                     /* in the passage: rising, not overlapping */
    cs_excerpt excerpts[cs_max_sentences]; /* rising; at least one */
    size_t excerpt_count;
    size_t best; /* the excerpt with the best sentence */
    cs_freshness freshness;
    int64_t byte_shift, line_shift; /* of CS_MOVED */
} cs_context;

/* `same`: a context of another hit of the same study, which outlives this one, or
 * NULL; then the study's record, which may list thousands of sources, is read once. */
cs_status cs_context_make(const cs_collection *collection, const cs_search_plan *plan,
                          const cs_hit *hit, const cs_context *same, cs_context *ret_context,
                          cs_error *error);
void cs_context_release(cs_context *context);

/* Shows so many more sentences before and after each excerpt, as far as the passage goes; sentences
 * that were cut are whole then. Excerpts that meet are one. */
void cs_context_widen(cs_context *context, uint32_t sentences);

/* Where visible bytes are in the file as it is now. */
cs_position cs_context_locate(const cs_context *context, uint32_t start, uint32_t end);

/* The place to open: the first match of the best excerpt, else its start. */
cs_position cs_context_place(const cs_context *context);

/* Whether a mark's source belongs to the excerpts. */
bool cs_context_shows(const cs_context *context, const cs_mark *mark);

#endif
