/* study_work.h - what the files that make a study share: study.c (blocks),
 * heading.c (headings, titles), heading_html.c, paragraph.c, table.c (rows), code.c,
 * definition.c (sources and link references).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_STUDY_WORK_H
#define CS_STUDY_WORK_H

#include "notation.h"
#include "study.h"

enum { cs_bold_level = 7 }; /* of a bold line or <summary> as a heading, see cs_html_bold_level */

enum { cs_max_details = 8 }; /* <details> in each other whose place is kept */

enum { cs_max_columns = 64 }; /* of a table; cells beyond are left out */

/* A row of a table: cells of source text, blanks trimmed. `names` has a bit for
 * each cell that names its row, <th> before <td>. */
typedef struct cs_row {
    struct cs_cell {
        uint32_t start, end;
    } cells[cs_max_columns];
    size_t count;
    uint64_t names;
} cs_row;

typedef struct cs_study_work {
    cs_study *study;
    cs_inline inline_reader;
    cs_references references;
    cs_references notes; /* labels that a "[^label]:" defines, wherever it stands */
    cs_definitions definitions;
    cs_flat flat;
    const cs_blocks *blocks;
    size_t block;     /* the one that is read */
    uint32_t section; /* the one that is open */
    struct {
        size_t start, end;
    } heading_notes;                         /* notes of headings that no piece stands under yet */
    uint32_t around_details[cs_max_details]; /* the sections in which open <details> stand */
    uint32_t details;                        /* how many are open */
    bool in_sources;                         /* it is one of sources */
    uint32_t hidden_until;  /* source text before it is in a script that spans blocks */
    unsigned endless;       /* kinds of hidden.h that are never closed */
    uint64_t header_budget; /* bytes that tables may still repeat of their headers */
    bool after_html;        /* the block before was HTML, or nearly */
    bool after_note;        /* the block before defines a note, or goes on with one */
    bool failed;            /* no memory */
} cs_study_work;

/* Opens a section. An empty heading opens none. */
void cs_study_open_section(cs_study_work *w, cs_heading_form form, uint32_t level, uint32_t line,
                           cs_view heading);

/* Ends a piece that begins at piece.start of the visible text; what separates it
 * from the one before began at `before`. Without text there is no piece, and the separator is taken
 * back. */
void cs_study_end_piece(cs_study_work *w, cs_piece piece, uint32_t before);

/* Renders w->flat as a piece of `kind`; source range for its lines. */
void cs_study_add_piece(cs_study_work *w, uint32_t kind, cs_inline_mode mode, uint32_t source,
                        uint32_t source_end);

/* Opens an existing section, or none, again. */
void cs_study_enter_section(cs_study_work *w, uint32_t section);

/* Whether text stands before the first heading. */
bool cs_study_begins_bare(const cs_study *study);

/* Lets a block begin at a later line of it. */
void cs_study_begin_block_at(const cs_study_work *w, cs_block *block, uint32_t line);

/* heading.c: reads a heading of Markdown. */
void cs_heading_read(cs_study_work *w, cs_block *block);

/* heading.c: reads the "##heading" without a blank that a paragraph begins with,
 * and takes it off the block. */
void cs_heading_read_glued(cs_study_work *w, cs_block *block);

/* heading.c: the line of the next such heading of a paragraph, not its first line; last + 1 when
 * there is none. */
uint32_t cs_heading_next_glued(const cs_study_work *w, const cs_block *block);

/* heading.c: reads a paragraph that is one bold line, as a heading. False when it
 * is none. */
bool cs_heading_read_bold(cs_study_work *w, const cs_block *block);

/* heading.c: renders w->flat as a heading's text into the arena; what the visible
 * text got is taken back. False when it is as long as a paragraph: then it is one. */
bool cs_heading_text(cs_study_work *w, cs_view *ret_text);

/* paragraph.c: reads a paragraph. */
void cs_paragraph_read(cs_study_work *w, cs_block *block);

/* paragraph.c: adds lines of a block as a piece; `skip` bytes of the first are a
 * mark. */
void cs_paragraph_add(cs_study_work *w, const cs_block *block, uint32_t first, uint32_t last,
                      uint32_t skip);

/* heading_html.c: reads an HTML block, with the <h1>-<h6> and <summary> in it. */
void cs_html_read(cs_study_work *w, const cs_block *block);

/* heading_html.c: closes the <details> that end in lines of a paragraph, outside of code. */
void cs_html_close_details(cs_study_work *w, uint32_t first, uint32_t last);

/* heading_html.c: the level of a bold line as a heading: in <details> it is below
 * that of their <summary>. */
uint32_t cs_html_bold_level(const cs_study_work *w);

/* heading_html.c: past a comment, a script or another element that is not shown
 * and begins at `at`; it may end blocks later, for a blank line is one's end to
 * Markdown only. `at` when none begins or it never ends. */
uint32_t cs_html_skip_hidden(cs_study_work *w, uint32_t at);

/* definition.c: the first line of a paragraph that begins a definition: its own
 * first, in a section of sources any, elsewhere any of a note ("[^3]: text"); last + 1
 * when none does. */
uint32_t cs_definition_first(cs_study_work *w, const cs_block *block);

/* definition.c: reads a paragraph from that line on: each line that begins a
 * definition begins another. */
void cs_definition_read_all(cs_study_work *w, const cs_block *block, uint32_t from);

/* definition.c: reads "3. text", an item of an ordered list under a heading of
 * sources. False when it is none. */
bool cs_definition_read_item(cs_study_work *w, const cs_block *block);

/* definition.c: reads lines that are indented after the definition of a note: they
 * are its later paragraphs (Markdown takes them for code). */
void cs_definition_read_indented(cs_study_work *w, const cs_block *block, uint32_t first,
                                 uint32_t last);

/* definition.c: collects the link references from a line on, for links before
 * and after them, and the labels of notes. */
void cs_definition_find_labels(cs_study_work *w, uint32_t first_line);

/* definition.c: the first line of a paragraph after its link references, which
 * are no text. */
uint32_t cs_definition_skip_references(const cs_study_work *w, const cs_block *block);

/* code.c: reads a block of code. */
void cs_code_read(cs_study_work *w, const cs_block *block);

/* heading.c: sets the title of the study: front matter, first H1, a lone first
 * heading, else folder and file name. */
void cs_heading_set_title(cs_study_work *w, cs_view front_title, cs_view path);

/* Lays source text [start, end) of a block out in w->flat, line by line. */
void cs_study_flatten_range(cs_study_work *w, const cs_block *block, uint32_t start, uint32_t end);

/* table.c: whether `line` of a block is the header row of a table, with a
 * delimiter row after it (GFM 4.10). */
bool cs_table_begins(cs_study_work *w, const cs_block *block, uint32_t line);

/* table.c: reads the table at `first`, each row a piece; returns the line after
 * its last row, at most last + 1. */
uint32_t cs_table_read(cs_study_work *w, const cs_block *block, uint32_t first, uint32_t last);

/* table.c: adds a row as a piece, each cell after its column's header. `header`
 * is NULL when there is none. */
void cs_table_add_row(cs_study_work *w, const cs_block *block, const cs_row *header,
                      const cs_row *row);

/* table_html.c: past the </table> of the table at `at`; 0 when it holds what is
 * no row of cells: headings, another table. */
uint32_t cs_table_html_end(cs_view text, size_t at);

/* table_html.c: reads that table, each row a piece. */
void cs_table_read_html(cs_study_work *w, const cs_block *block, uint32_t at, uint32_t end);

/* CS_KIND_* of text in a block. */
uint32_t cs_study_piece_kind(const cs_block *block);

/* Lays lines of a block out in w->flat. */
void cs_study_flatten(cs_study_work *w, const cs_block *block, uint32_t first, uint32_t last);

/* Source text of a line of a block: the first begins at its column, the others
 * after their prefixes. */
void cs_study_block_line(const cs_study_work *w, const cs_block *block, uint32_t line,
                         uint32_t *ret_start, uint32_t *ret_end);

uint32_t cs_study_line_start(const cs_study_work *w, uint32_t line);
uint32_t cs_study_line_end(const cs_study_work *w, uint32_t line);

/* The text of a line without the prefixes of its containers: blanks and up to
 * `quotes` '>'. */
void cs_study_line(const cs_study_work *w, uint32_t line, uint32_t quotes, uint32_t *ret_start,
                   uint32_t *ret_end);

#endif
