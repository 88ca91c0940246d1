/* inline.h - the inside of a block: Markdown and HTML markup off, what a reader
 * sees left, with exact positions.
 *
 * cmark knows where blocks are, but its columns for what is inside them are
 * wrong in known cases and it knows no footnotes, wiki links or shortcodes. So
 * the inside is read here, in one pass that is linear in its length: every byte
 * is kept, dropped, or replaced. It follows CommonMark 0.30 sections 6.1 to 6.9
 * where they decide what is shown; nesting that only decides which of two
 * elements is emphasised is not tracked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_INLINE_H
#define CS_INLINE_H

#include "arena.h"
#include "visible.h"

/* The text of a block on one level: its lines without container prefixes,
 * joined by '\n', and where each was. */
typedef struct cs_flat {
    cs_buf text;
    struct {
        struct cs_flat_line {
            uint32_t flat, source;
        } * items;
        size_t count, cap;
    } lines;
    bool failed;
} cs_flat;

void cs_flat_clear(cs_flat *flat);
void cs_flat_release(cs_flat *flat);

/* Appends source text [start, end) as one line. */
void cs_flat_add(cs_flat *flat, const cs_source *source, uint32_t start, uint32_t end);

/* The source offset of a flat one. */
uint32_t cs_flat_source(const cs_flat *flat, uint32_t at);

/* What is to be kept of a block beside its text: what it says of its sources, and
 * where its code is. */
typedef enum cs_note_kind {
    CS_NOTE_MARK,   /* [^label] */
    CS_NOTE_NUMBER, /* [3], [1, 2] or <sup>3</sup>: a mark if the file defines it */
    CS_NOTE_LINK,   /* [text](url), <url>, or a bare url */
    CS_NOTE_CODE    /* a code span */
} cs_note_kind;

typedef struct cs_note {
    cs_note_kind kind;
    cs_view label; /* of a mark; of a link that is shown as a number */
    cs_view url;
    cs_view text;   /* of a link in a heading; the visible bytes it covers of others */
    bool bare;      /* of a link: its text is its url */
    uint32_t start; /* visible bytes it covers */
    uint32_t end;
    uint32_t source; /* source offset, for its line */
    uint32_t line;   /* of a link: of its reference, from 1; 0 without one */
} cs_note;

/* Link reference definitions of the file: [label]: url */
typedef struct cs_reference {
    cs_view label; /* folded */
    cs_view url;
    uint32_t line; /* from 1 */
} cs_reference;

typedef struct cs_references {
    cs_reference *items; /* sorted by cs_references_sort */
    size_t count, cap;
} cs_references;

/* By label; of those with the same label the first of the file counts. */
void cs_references_sort(cs_references *references);

/* The one with that label, as it is written; NULL when there is none. */
const cs_reference *cs_references_find(const cs_references *references, cs_view label);

enum { cs_max_backticks = 32 }; /* that a code span begins with; longer runs are text */

enum { cs_max_label = 200 }; /* bytes of a label in brackets (CommonMark allows 999) */

/* A label as it is compared: ASCII lower case, blanks collapsed. */
cs_view cs_reference_label(cs_arena *arena, cs_view label);

typedef enum cs_inline_mode {
    CS_INLINE_PROSE, /* <br> ends a line */
    CS_INLINE_LINE,  /* headings and cells: one line */
    CS_INLINE_HTML,  /* an HTML block: block tags end a line */
} cs_inline_mode;

/* A reader of insides; its memory is used again and again. Zero-initialise, set
 * the first two members. */
typedef struct cs_inline {
    cs_arena *arena; /* where labels and urls are kept */
    const cs_references *references;
    bool numbered_sources; /* the file has a list of numbered sources */
    struct {
        cs_note *items;
        size_t count, cap;
    } notes; /* of all blocks since the caller last emptied it */
    struct cs_inline_work *work;
    bool failed;
} cs_inline;

void cs_inline_release(cs_inline *reader);

/* Appends what a reader sees of the block to `out`. Blanks are collapsed, and
 * none is left at the ends. */
void cs_inline_render(cs_inline *reader, const cs_flat *flat, cs_inline_mode mode, cs_visible *out);

/* The length of the address "data:type/subtype,..." that `text` begins with, or 0. */
size_t cs_inline_data_uri(cs_view text);

#endif
