/* code.c - blocks of code: as they stand, but for the indentation that all their
 * lines share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "study_work.h"

typedef cs_study_work work;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_fence(const char *text, uint32_t start, uint32_t end)
{
    return end - start >= 3 &&
           (memcmp(text + start, "```", 3) == 0 || memcmp(text + start, "~~~", 3) == 0);
}

/* Copies a line without the data of "data:" addresses and with blanks for NULs. */
static void copy_code(cs_visible *visible, uint32_t start, uint32_t end)
{
    const char *text = visible->source->text.data;
    uint32_t clean = start;
    for (uint32_t at = start; at < end; at++) {
        size_t data = text[at] == 'd' ? cs_inline_data_uri((cs_view){text + at, end - at}) : 0;
        if (data == 0 && text[at] != '\0')
            continue;
        cs_visible_copy(visible, clean, at);
        if (data == 0)
            cs_visible_replace(visible, cs_view_of(" "), at, at + 1);
        else
            at += (uint32_t)data - 1;
        clean = at + 1;
    }
    cs_visible_copy(visible, clean, end);
}

/* A line of code from its first character that is no blank; before it are
 * *ret_indent blanks. */
static void code_line(const work *w, const cs_block *block, uint32_t line, uint32_t *ret_start,
                      uint32_t *ret_end, uint32_t *ret_indent)
{
    const char *text = w->study->source.text.data;
    uint32_t begin = cs_study_line_start(w, line);
    cs_study_block_line(w, block, line, ret_start, ret_end);
    while (*ret_start < *ret_end && is_blank(text[*ret_start]))
        ++*ret_start;
    *ret_indent = 0;
    while (*ret_start - *ret_indent > begin && is_blank(text[*ret_start - *ret_indent - 1]))
        ++*ret_indent;
}

/* An indented script is code to Markdown and nothing to a reader. Where the
 * block is to end: before the line of one, or at `last` + 1. */
static uint32_t before_script(work *w, uint32_t first, uint32_t last)
{
    cs_view text = cs_buf_view(&w->study->source.text);
    uint32_t at = cs_study_line_start(w, first), end = cs_study_line_end(w, last);
    while (at < end && is_blank(text.data[at]))
        at++;
    if (at >= end || text.data[at] != '<')
        return last + 1;
    for (; at < end; at++) {
        uint32_t after = text.data[at] == '<' ? cs_html_skip_hidden(w, at) : at;
        if (after == at)
            continue;
        w->hidden_until = after;
        return cs_source_line(&w->study->source, at);
    }
    return last + 1;
}

/* Indented HTML after HTML and a blank line is code to Markdown, and tags to its
 * author. */
static bool is_html(const work *w, const cs_block *block)
{
    const char *text = w->study->source.text.data;
    for (uint32_t line = block->first; line < block->first + block->lines; line++) {
        uint32_t start, end, indent;
        code_line(w, block, line, &start, &end, &indent);
        bool tag = end - start > 2 && text[start] == '<' &&
                   (text[start + 1] == '/' || (text[start + 1] | 0x20) >= 'a');
        if (start < end && !tag)
            return false;
    }
    return true;
}

/* What all lines are indented by, which is no part of the code. */
static uint32_t common_indent(const work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    uint32_t common = UINT32_MAX, start, end, indent;
    for (uint32_t line = first; line <= last; line++) {
        code_line(w, block, line, &start, &end, &indent);
        if (start < end && indent < common)
            common = indent;
    }
    return common;
}

/* Code is shown as it stands; each line is copied, blank ones left out. */
static void copy_lines(work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    cs_visible *visible = &w->study->visible;
    uint32_t common = common_indent(w, block, first, last), start, end, indent;
    for (uint32_t line = first; line <= last; line++) {
        code_line(w, block, line, &start, &end, &indent);
        if (start == end)
            continue;
        if (cs_visible_length(visible) > 0)
            cs_visible_insert(visible, cs_view_of("\n"), start);
        copy_code(visible, start - (indent - common), end);
    }
}

/* Lines of code as a piece. */
static void add_code(work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    uint32_t before = cs_visible_length(&w->study->visible);
    cs_piece piece = {
        .kind = CS_KIND_CODE,
        .start = before > 0 ? before + 1 : 0, /* after the line end */
        .source = cs_study_line_start(w, first),
        .source_end = cs_study_line_end(w, last),
    };
    copy_lines(w, block, first, last);
    cs_study_end_piece(w, piece, before);
}

void cs_code_read(work *w, const cs_block *block)
{
    uint32_t first = block->first, start, end;
    uint32_t count = (uint32_t)w->study->source.lines.count;
    cs_study_block_line(w, block, first, &start, &end);
    bool fenced = is_fence(w->study->source.text.data, start, end);
    first += fenced;
    if (block->lines == 0 || first >= count)
        return;
    uint32_t last = first + block->lines - 1;
    last = last < count ? last : count - 1;
    if (!fenced && w->after_note && w->definitions.count > 0) {
        cs_definition_read_indented(w, block, first, last);
        return;
    }
    if (!fenced && w->after_html && is_html(w, block)) {
        cs_block html = *block;
        html.last = last;
        cs_html_read(w, &html);
        return;
    }
    if (!fenced)
        last = before_script(w, first, last) - 1;
    if (last + 1 > first)
        add_code(w, block, first, last);
}
