/* paragraph.c - paragraphs: text, and the tables, addresses, callouts, definitions
 * and lines of MDX that Markdown takes for text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "study_work.h"

typedef cs_study_work work;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *source_text(const work *w)
{
    return w->study->source.text.data;
}

static cs_view line_view(const work *w, uint32_t start, uint32_t end)
{
    return (cs_view){source_text(w) + start, end - start};
}

/* ---- paragraphs -------------------------------------------------------------------- */

/* "[ ] " and "[x] " of a task list. */
static void skip_task_box(work *w, cs_block *block)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    const char *text = source_text(w) + start;
    if (!block->begins_item || end - start < 4 || text[0] != '[' || text[2] != ']' ||
        text[3] != ' ' || strchr(" xX", text[1]) == NULL)
        return;
    block->column += 4;
}

/* A line that is one address: in a list of sources each is a line of its own. */
static bool is_address(const work *w, const cs_block *block, uint32_t line)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    while (end > start && is_blank(source_text(w)[end - 1]))
        end--;
    cs_view text = line_view(w, start, end);
    bool web = text.len > 8 &&
               (memcmp(text.data, "https://", 8) == 0 || memcmp(text.data, "http://", 7) == 0);
    return web && memchr(text.data, ' ', text.len) == NULL;
}

/* A line that begins a piece of its own: 0, or how many of its bytes are a mark.
 * ": text" defines the term above it. */
static uint32_t definition_mark(const work *w, const cs_block *block, uint32_t line)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    uint32_t at = start;
    if (at < end && source_text(w)[at] == ':')
        while (++at < end && is_blank(source_text(w)[at]))
            continue;
    return at > start + 1 && at < end ? at - start : 0;
}

/* Lines of text; `skip` bytes of the first one are a mark. */
void cs_paragraph_add(work *w, const cs_block *block, uint32_t first, uint32_t last, uint32_t skip)
{
    if (first > last)
        return;
    cs_flat_clear(&w->flat);
    for (uint32_t line = first; line <= last; line++) {
        uint32_t start, end;
        cs_study_block_line(w, block, line, &start, &end);
        cs_flat_add(&w->flat, &w->study->source, line == first ? start + skip : start, end);
    }
    cs_study_add_piece(w, cs_study_piece_kind(block), CS_INLINE_PROSE,
                       cs_study_line_start(w, first), cs_study_line_end(w, last));
}

/* Whether a line begins a callout, and its title. */
static bool starts_callout(const work *w, const cs_block *block, uint32_t line, cs_view *ret_title)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    bool alert = block->quotes > 0 && line == block->first;
    return cs_notation_is_callout(line_view(w, start, end), alert, ret_title);
}

/* The title of the callout that `line` begins, as a piece. */
static void read_callout(work *w, const cs_block *block, uint32_t line)
{
    cs_view title;
    if (!starts_callout(w, block, line, &title) || title.len == 0)
        return;
    uint32_t from = (uint32_t)(title.data - source_text(w));
    cs_flat_clear(&w->flat);
    cs_flat_add(&w->flat, &w->study->source, from, from + (uint32_t)title.len);
    cs_study_add_piece(w, cs_study_piece_kind(block), CS_INLINE_LINE, cs_study_line_start(w, line),
                       cs_study_line_end(w, line));
}

/* Text, with the tables, addresses, callouts and definitions that stand between
 * its lines. */
static void read_lines(work *w, const cs_block *block, uint32_t first)
{
    uint32_t text = first, skip = 0;
    cs_view title;
    for (uint32_t line = first; line <= block->last;) {
        uint32_t mark = definition_mark(w, block, line), next = line + 1;
        bool table = line < block->last && cs_table_begins(w, block, line);
        bool address = !table && is_address(w, block, line), own = table || address;
        if (!own && mark == 0 && !starts_callout(w, block, line, &title)) {
            line++;
            continue;
        }
        if (line > text)
            cs_paragraph_add(w, block, text, line - 1, skip);
        if (table)
            next = cs_table_read(w, block, line, block->last);
        else if (address)
            cs_paragraph_add(w, block, line, line, 0);
        else if (mark == 0)
            read_callout(w, block, line);
        text = mark > 0 && !own ? line : next;
        skip = own ? 0 : mark;
        line = next;
    }
    cs_paragraph_add(w, block, text, block->last, skip);
}

/* Skips the code of MDX that a paragraph begins with; false when it is nothing
 * else. An export goes on until its braces are closed. */
static bool skip_modules(work *w, cs_block *block)
{
    enum { max_export = 400 };
    const cs_source *source = &w->study->source;
    uint32_t start, end;
    while (block->quotes == 0 && block->lists == 0 && block->first <= block->last) {
        cs_study_block_line(w, block, block->first, &start, &end);
        cs_view line = line_view(w, start, end);
        if (cs_notation_is_export(line)) {
            int depth = 0;
            uint32_t at = block->first;
            for (; at < source->lines.count && at - block->first < max_export; at++) {
                cs_source_line_range(source, at, &start, &end);
                for (uint32_t i = start; i < end; i++)
                    depth += source_text(w)[i] == '{' ? 1 : source_text(w)[i] == '}' ? -1 : 0;
                if (at >= block->last && depth <= 0)
                    break;
            }
            if (depth <= 0 && at > block->last && at < source->lines.count)
                w->hidden_until = end;
            return false;
        }
        if (!cs_notation_is_import(line))
            return true;
        block->first++;
        block->column = 0;
    }
    return block->first <= block->last;
}

/* "=====" and the like, alone: a rule to its author, no text. */
static bool is_ornament(const work *w, const cs_block *block)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    while (end > start && is_blank(source_text(w)[end - 1]))
        end--;
    if (block->first != block->last || end - start < 3 ||
        strchr("=-_*~#+.", source_text(w)[start]) == NULL)
        return false;
    for (uint32_t at = start; at < end; at++)
        if (source_text(w)[at] != source_text(w)[start])
            return false;
    return true;
}

/* A paragraph of text, of definitions, or of both one after the other. */
static void read_text(work *w, cs_block *block)
{
    uint32_t defined = cs_definition_first(w, block), last = block->last;
    if (defined > block->first) {
        block->last = defined - 1;
        skip_task_box(w, block);
        uint32_t first = cs_definition_skip_references(w, block);
        if (first <= block->last)
            read_lines(w, block, first);
        block->last = last;
    }
    if (defined <= last)
        cs_definition_read_all(w, block, defined);
}

/* A table, unlike a text, does not begin with the year that numbers its item. */
static void skip_year_of_table(work *w, cs_block *block)
{
    cs_block inner = *block;
    inner.column = block->inner;
    if (block->column != block->inner && block->first < block->last &&
        cs_table_begins(w, &inner, block->first))
        block->column = block->inner;
}

static void read_paragraph(work *w, cs_block *block)
{
    skip_year_of_table(w, block);
    if (is_ornament(w, block))
        return;
    cs_heading_read_glued(w, block);
    if (block->first > block->last)
        return;
    if (cs_heading_read_bold(w, block) || !skip_modules(w, block))
        return;
    if (!cs_definition_read_item(w, block))
        read_text(w, block);
}

static bool begins_module(const work *w, const cs_block *block)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    cs_view line = line_view(w, start, end);
    return cs_notation_is_export(line) || cs_notation_is_import(line);
}

void cs_paragraph_read(work *w, cs_block *block)
{
    uint32_t first = block->first, last = block->last, next;
    do { /* up to the next "##heading", but for code */
        bool code = begins_module(w, block);
        next = code ? last + 1 : cs_heading_next_glued(w, block);
        block->last = next - 1;
        read_paragraph(w, block);
        block->last = last;
        cs_study_begin_block_at(w, block, next);
    } while (next <= last);
    cs_html_close_details(w, first, last);
}
