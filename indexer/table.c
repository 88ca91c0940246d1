/* table.c - tables, GFM 4.10: each row is a piece of its own, in which every
 * cell says its column: "Year: 2023 | Revenue: $50M".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "study_work.h"

typedef cs_study_work work;

enum {
    max_columns = 64,
    max_header = 300 /* bytes of a column's header that is said before its cells */
};

typedef struct cell {
    uint32_t start, end; /* source text, blanks trimmed */
} cell;

typedef struct row {
    cell cells[max_columns];
    size_t count;
} row;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void add_cell(const char *text, row *r, uint32_t start, uint32_t end)
{
    while (start < end && is_blank(text[start]))
        start++;
    while (end > start && is_blank(text[end - 1]))
        end--;
    if (r->count < max_columns)
        r->cells[r->count++] = (cell){start, end};
}

/* Cuts a line at its pipes; escaped ones are text. */
static void split_row(const work *w, uint32_t line, uint32_t quotes, row *r)
{
    const char *text = w->study->source.text.data;
    uint32_t start, end;
    cs_study_line(w, line, quotes, &start, &end);
    while (end > start && is_blank(text[end - 1]))
        end--;
    r->count = 0;
    if (start < end && text[start] == '|')
        start++;
    for (uint32_t at = start; at < end; at++) {
        if (text[at] == '\\')
            at++;
        else if (text[at] == '|') {
            add_cell(text, r, start, at);
            start = at + 1;
        }
    }
    if (start < end)
        add_cell(text, r, start, end);
}

/* :---:, at least one dash. */
static bool is_delimiter_cell(const char *text, const cell *c)
{
    uint32_t at = c->start, end = c->end;
    if (at < end && text[at] == ':')
        at++;
    if (at < end && text[end - 1] == ':')
        end--;
    if (at >= end)
        return false;
    for (; at < end; at++)
        if (text[at] != '-')
            return false;
    return true;
}

bool cs_table_begins(work *w, uint32_t line, uint32_t quotes)
{
    const char *text = w->study->source.text.data;
    uint32_t start, end;
    cs_study_line(w, line + 1, quotes, &start, &end);
    if (start >= end || strchr("|:-", text[start]) == NULL)
        return false;
    row header, delimiter;
    split_row(w, line + 1, quotes, &delimiter);
    for (size_t i = 0; i < delimiter.count; i++)
        if (!is_delimiter_cell(text, &delimiter.cells[i]))
            return false;
    cs_study_line(w, line, quotes, &start, &end);
    bool pipes = memchr(text + start, '|', end - start) != NULL;
    split_row(w, line, quotes, &header);
    return pipes && delimiter.count > 0 && header.count == delimiter.count;
}

static void render_cell(work *w, const cell *c)
{
    cs_flat_clear(&w->flat);
    cs_flat_add(&w->flat, &w->study->source, c->start, c->end);
    cs_inline_render(&w->inline_reader, &w->flat, CS_INLINE_LINE, &w->study->visible);
}

/* The header once more before each cell; what it cites is noted only once. The
 * budget keeps wide headers over many short rows from growing without bound. */
static void render_header(work *w, const cell *header, uint32_t at)
{
    cs_visible *visible = &w->study->visible;
    size_t notes = w->inline_reader.notes.count;
    uint32_t before = cs_visible_length(visible), size = header->end - header->start;
    if (size > max_header || size > w->header_budget)
        return;
    w->header_budget -= size;
    render_cell(w, header);
    w->inline_reader.notes.count = notes;
    if (cs_visible_length(visible) > before)
        cs_visible_insert(visible, cs_view_of(": "), at);
}

static void add_row(work *w, const row *header, const row *r, uint32_t line)
{
    cs_visible *visible = &w->study->visible;
    uint32_t before = cs_visible_length(visible), source, source_end;
    cs_source_line_range(&w->study->source, line, &source, &source_end);
    if (before > 0)
        cs_visible_insert(visible, cs_view_of("\n"), source);
    uint32_t start = cs_visible_length(visible);
    for (size_t i = 0; i < r->count; i++) {
        const cell *c = &r->cells[i];
        if (c->start == c->end)
            continue;
        if (cs_visible_length(visible) > start)
            cs_visible_insert(visible, cs_view_of(" | "), c->start);
        if (header != NULL && i < header->count)
            render_header(w, &header->cells[i], c->start);
        render_cell(w, c);
    }
    cs_visible_trim(visible, start);
    cs_piece piece = {
        .kind = CS_KIND_TABLE, .start = start, .source = source, .source_end = source_end};
    cs_study_end_piece(w, piece, before);
}

uint32_t cs_table_read(work *w, uint32_t first, uint32_t last, uint32_t quotes)
{
    row header, r;
    split_row(w, first, quotes, &header);
    uint32_t line = first + 2;
    if (line > last)
        add_row(w, NULL, &header, first); /* no rows: the header is all there is */
    for (; line <= last; line++) {
        split_row(w, line, quotes, &r);
        add_row(w, &header, &r, line);
    }
    return line;
}
