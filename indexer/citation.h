/* citation.h - what a study says of its sources: definitions, the marks that
 * cite them, and links.
 *
 * How to add a name for a section of sources: a line in the table of citation.c
 * (lower case); tests/unit/citation_test checks that it is found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_CITATION_H
#define CS_CITATION_H

#include "inline.h"

/* Whether a heading names a section of sources: "Resources", "3. Works cited:". */
bool cs_is_source_heading(cs_view heading);

/* Whether such a heading may as well stand above a whole study: "Notes", "Links". */
bool cs_is_vague_heading(cs_view heading);

/* Whether an address is one of a source: not a place in the same page, a person,
 * data, or the machine itself. */
bool cs_is_source_address(cs_view url);

/* Whether a line begins a definition, of which kind (CS_CITATION_NOTE, LOOSE,
 * NUMBER, or in sources ITEM), and its label: a view into the line. */
bool cs_definition_at(cs_view line, bool in_sources, cs_citation_kind *ret_kind,
                      cs_view *ret_label);

typedef struct cs_definition {
    cs_citation_kind kind;
    cs_view label;
    cs_view text; /* without the label; in the arena */
    cs_view url;  /* the first of its links */
    uint32_t line;
} cs_definition;

typedef struct cs_definitions {
    cs_definition *items;
    size_t count, cap;
} cs_definitions;

/* Resolves the notes of a file, in order of place: fills the file's sources (the
 * definitions first, as written, then links and marks without definition) and
 * the marks. `text` is the file's visible text. False without memory. */
bool cs_citations_resolve(const cs_definitions *definitions, const cs_note *notes, size_t count,
                          cs_view text, const cs_source *source, cs_file *file,
                          cs_marks *ret_marks);

#endif
