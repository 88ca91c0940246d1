/* table.c - tables, GFM 4.10: each row is a piece of its own, in which every
 * cell says its column: "Year: 2023 | Revenue: $50M". A row that ends before its
 * columns do has no more cells; a column without a header says its cells alone. A
 * header that no cell says is a row as others are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "study_work.h"

typedef cs_study_work work;

enum { max_header = 300 }; /* bytes of a column's header that is said before its cells */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void add_cell(const char *text, cs_row *r, uint32_t start, uint32_t end)
{
    while (start < end && is_blank(text[start]))
        start++;
    while (end > start && is_blank(text[end - 1]))
        end--;
    if (r->count < cs_max_columns)
        r->cells[r->count++] = (struct cs_cell){start, end};
}

/* Past "{{ an expression }}" or "{% a tag %}" at `at`, in which a '|' is a filter;
 * `at` when there is none. */
static uint32_t skip_template(const char *text, uint32_t at, uint32_t end)
{
    enum { max_template = 200 };
    if (end - at < 4 || (text[at + 1] != '{' && text[at + 1] != '%'))
        return at;
    char close = text[at + 1] == '{' ? '}' : '%';
    for (uint32_t i = at + 2; i + 1 < end && i - at < max_template; i++)
        if (text[i] == close && text[i + 1] == '}')
            return i + 1;
    return at;
}

/* Cuts a line at its pipes; escaped ones are text. */
static void split_row(const work *w, const cs_block *block, uint32_t line, cs_row *r)
{
    const char *text = w->study->source.text.data;
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    while (end > start && is_blank(text[end - 1]))
        end--;
    r->count = 0;
    r->names = 0;
    if (start < end && text[start] == '|')
        start++;
    for (uint32_t at = start; at < end; at++) {
        if (text[at] == '\\')
            at++;
        else if (text[at] == '{')
            at = skip_template(text, at, end);
        else if (text[at] == '|') {
            add_cell(text, r, start, at);
            start = at + 1;
        }
    }
    if (start < end)
        add_cell(text, r, start, end);
}

/* :---:, at least one dash. */
static bool is_delimiter_cell(const char *text, const struct cs_cell *c)
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

/* GFM wants as many cells in both rows. Where there are two and more in each,
 * other numbers are a slip, and what follows is read as the table it looks like. */
bool cs_table_begins(work *w, const cs_block *block, uint32_t line)
{
    const char *text = w->study->source.text.data;
    uint32_t start, end;
    cs_study_block_line(w, block, line + 1, &start, &end);
    if (start >= end || strchr("|:-", text[start]) == NULL)
        return false;
    cs_row header, delimiter;
    split_row(w, block, line + 1, &delimiter);
    for (size_t i = 0; i < delimiter.count; i++)
        if (!is_delimiter_cell(text, &delimiter.cells[i]))
            return false;
    cs_study_block_line(w, block, line, &start, &end);
    bool pipes = start < end && memchr(text + start, '|', end - start) != NULL;
    split_row(w, block, line, &header);
    bool same = header.count == delimiter.count && delimiter.count > 0;
    return pipes && (same || (header.count > 1 && delimiter.count > 1));
}

static void render_cell(work *w, const cs_block *block, const struct cs_cell *c)
{
    cs_study_flatten_range(w, block, c->start, c->end);
    cs_inline_render(&w->inline_reader, &w->flat, CS_INLINE_LINE, &w->study->visible);
}

static bool ends_with_colon(const cs_visible *visible)
{
    return visible->text.len > 0 && visible->text.data[visible->text.len - 1] == ':';
}

/* The header once more before each cell, with what it cites: the cell rests on that
 * too. The budget keeps wide headers over many short rows from growing without bound. */
static void render_header(work *w, const cs_block *block, const struct cs_cell *header, uint32_t at)
{
    cs_visible *visible = &w->study->visible;
    uint32_t before = cs_visible_length(visible), size = header->end - header->start;
    if (size == 0 || size > max_header || size > w->header_budget)
        return;
    w->header_budget -= size;
    render_cell(w, block, header);
    if (cs_visible_length(visible) > before)
        cs_visible_insert(visible, cs_view_of(ends_with_colon(visible) ? " " : ": "), at);
}

void cs_table_add_row(work *w, const cs_block *block, const cs_row *header, const cs_row *r)
{
    cs_visible *visible = &w->study->visible;
    if (r->count == 0)
        return;
    uint32_t before = cs_visible_length(visible);
    uint32_t first = cs_source_line(&w->study->source, r->cells[0].start);
    uint32_t last = cs_source_line(&w->study->source, r->cells[r->count - 1].end);
    uint32_t source = cs_study_line_start(w, first);
    if (before > 0)
        cs_visible_insert(visible, cs_view_of("\n"), source);
    uint32_t start = cs_visible_length(visible);
    const char *parting = NULL;
    for (size_t i = 0; i < r->count; i++) {
        const struct cs_cell *c = &r->cells[i];
        uint32_t cell = cs_visible_length(visible);
        size_t notes = w->inline_reader.notes.count;
        if (c->start == c->end)
            continue;
        if (parting != NULL)
            cs_visible_insert(visible, cs_view_of(parting), c->start);
        uint32_t parted = cs_visible_length(visible);
        if (header != NULL && i < header->count)
            render_header(w, block, &header->cells[i], c->start);
        uint32_t headed = cs_visible_length(visible);
        render_cell(w, block, c);
        if (cs_visible_length(visible) == headed) { /* a picture, say */
            cs_visible_truncate(visible, cell);
            w->inline_reader.notes.count = notes;
            continue;
        }
        bool names = header == NULL && (r->names >> i & 1) != 0 && !ends_with_colon(visible);
        parting = names ? ": " : ends_with_colon(visible) && parted == headed ? " " : " | ";
    }
    cs_visible_trim(visible, start);
    cs_piece piece = {.kind = CS_KIND_TABLE,
                      .start = start,
                      .source = source,
                      .source_end = cs_study_line_end(w, last)};
    cs_study_end_piece(w, piece, before);
}

/* Whether each column with a header has a cell that says it. */
static bool says_headers(const work *w, const cs_block *block, const cs_row *header, uint32_t line,
                         uint32_t last)
{
    uint64_t unsaid = 0;
    for (size_t i = 0; i < header->count; i++)
        if (header->cells[i].end > header->cells[i].start)
            unsaid |= UINT64_C(1) << i;
    for (cs_row r; unsaid != 0 && line <= last; line++) {
        split_row(w, block, line, &r);
        for (size_t i = 0; i < r.count && i < header->count; i++)
            if (r.cells[i].end > r.cells[i].start &&
                header->cells[i].end - header->cells[i].start <= max_header)
                unsaid &= ~(UINT64_C(1) << i);
    }
    return unsaid == 0;
}

uint32_t cs_table_read(work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    cs_row header, r;
    split_row(w, block, first, &header);
    uint32_t line = first + 2;
    if (!says_headers(w, block, &header, line, last))
        cs_table_add_row(w, block, NULL, &header);
    for (; line <= last; line++) {
        split_row(w, block, line, &r);
        cs_table_add_row(w, block, &header, &r);
    }
    return line;
}
