/* extract.h - what is read on: the passages of a section, of some lines or of a whole
 * study, in the order of the file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_EXTRACT_H
#define CS_EXTRACT_H

#include "context.h"
#include "reference.h"

typedef struct cs_extract {
    const cs_index *index;
    cs_file file;
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

/* Reads a part. A section without text of its own is read with those below it. What the
 * plan looks for is marked; it may be empty. With `check`, files that changed are looked
 * at again. */
cs_status cs_extract_make(const cs_collection *collection, const cs_search_plan *plan,
                          cs_file_place place, const cs_part_asked *part, bool check,
                          cs_extract *ret_extract, cs_error *error);

#endif
