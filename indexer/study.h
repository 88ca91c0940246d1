/* study.h - one file as its reader sees it: sections, pieces of visible text,
 * sources.
 *
 * How to add a document shape (another kind of heading, another way to cite)
 *   1. the shape's line or block is seen in study.c (blocks), heading.c,
 *      table.c, inline.c or citation.c
 *   2. a file with it under tests/reading, its dump beside it  tests/cli/reading
 *   3. CHANGELOG, and cs_format_version when old indexes should be rebuilt
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_STUDY_H
#define CS_STUDY_H

#include "citation.h"
#include "frontmatter.h"
#include "markdown.h"

/* A block, a table row or a definition: visible text [start, end), which no
 * other piece shares; '\n' stands between pieces. */
typedef struct cs_piece {
    uint32_t kind; /* CS_KIND_* */
    uint32_t section;
    uint32_t start, end;         /* of the visible text */
    uint32_t source, source_end; /* of the source text */
    bool sources;                /* in a section of sources */
} cs_piece;

/* Stretches of a text, in order. */
typedef struct cs_range {
    uint32_t start, end;
} cs_range;
typedef struct cs_ranges {
    cs_range *items;
    size_t count, cap;
} cs_ranges;

typedef struct cs_study {
    cs_arena arena;
    cs_source source;
    cs_visible visible;
    cs_file file; /* sections, metadata, sources, title, language, note; views into
                     the arena. Path, stamp and hash are the caller's to set. */
    struct {
        cs_piece *items;
        size_t count, cap;
    } pieces;
    cs_marks marks;  /* in the visible text */
    cs_ranges code;  /* code spans, in the visible text; not the blocks of code */
    cs_ranges leads; /* texts of links to other places of the folder, likewise */
} cs_study;

void cs_study_release(cs_study *study);

/* Reads the bytes of a file. `path` serves for a title when there is no other;
 * `language` is the default. CS_MEMORY is the only failure: no text is refused. */
cs_status cs_study_read(cs_view bytes, cs_view path, const char *language, cs_study *ret_study,
                        cs_error *error);

#endif
