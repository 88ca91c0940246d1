/* extract.h - what is read on: the passages of a section, of some lines or of a whole
 * study, in the order of the file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_EXTRACT_H
#define CS_EXTRACT_H

#include "fresh.h"
#include "reference.h"

typedef struct cs_extract {
    const cs_index *index;
    cs_file file;
    bool borrowed;        /* the file's arrays are a context's */
    cs_hit *hits;         /* one for each passage */
    cs_context *passages; /* each shown whole, or as far as it is of the lines */
    size_t count;
} cs_extract;

void cs_extract_release(cs_extract *extract);

/* What of a study is read: a section, lines, or all of it. */
typedef struct cs_part_asked {
    uint32_t section;     /* cs_no_parent: whichever */
    uint32_t first, last; /* lines; 0 and UINT32_MAX: all */
} cs_part_asked;

/* The part of a study at a line: its section. */
cs_status cs_extract_section_at(const cs_collection *collection, cs_file_place place, uint32_t line,
                                cs_part_asked *ret_part, cs_error *error);

/* What parts are read with: an index, what is looked for and marked, which may be nothing, and
 * whether files that changed are looked at again; and what was learnt of the last study. */
typedef struct cs_extractor {
    const cs_collection *collection;
    const cs_search_plan *plan;
    bool check;     /* whether the file changed */
    cs_fresh fresh; /* what is known of that */
    cs_file_place place;
    uint32_t *sections; /* one for each passage of the study there, or NULL */
    uint32_t first, count;
} cs_extractor;

void cs_extractor_release(cs_extractor *extractor);

/* Reads a part. A section without text of its own is read with those below it. `same`: a context
 * of the study, which outlives the extract, or NULL. */
cs_status cs_extract_make(cs_extractor *extractor, cs_file_place place, const cs_part_asked *part,
                          const cs_context *same, cs_extract *ret_extract, cs_error *error);

#endif
