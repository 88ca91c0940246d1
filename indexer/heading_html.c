/* heading_html.c - HTML blocks: their headings, tables and text, and what lasts
 * over several of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "hidden.h"
#include "study_work.h"

typedef cs_study_work work;

/* ---- headings in HTML -------------------------------------------------------------- */

static bool ends_name(char c)
{
    return c == '>' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The level of a heading tag at `at` ("<h2", "<summary"), or 0. */
static uint32_t html_heading_level(cs_view text, size_t at)
{
    size_t left = text.len - at;
    const char *tag = text.data + at;
    if (left > 4 && strncasecmp(tag, "<h", 2) == 0 && tag[2] >= '1' && tag[2] <= '6' &&
        ends_name(tag[3]))
        return (uint32_t)(tag[2] - '0');
    if (left > 9 && strncasecmp(tag, "<summary", 8) == 0 && ends_name(tag[8]))
        return cs_bold_level;
    return 0;
}

/* Where the heading's closing tag begins; a heading that is not closed ends with
 * its line. */
static size_t html_heading_close(cs_view text, size_t at)
{
    bool summary = text.data[at + 1] == 's' || text.data[at + 1] == 'S';
    const char *name = summary ? "</summary" : "</h";
    size_t len = strlen(name), line_end = text.len;
    for (size_t i = at; i < text.len; i++) {
        if (text.data[i] == '\n' && line_end == text.len)
            line_end = i;
        if (text.data[i] == '<' && text.len - i >= len &&
            strncasecmp(text.data + i, name, len) == 0)
            return i;
        if (i > at && html_heading_level(text, i) != 0)
            break;
    }
    return line_end;
}

uint32_t cs_html_skip_hidden(work *w, uint32_t at)
{
    cs_view text = cs_buf_view(&w->study->source.text);
    unsigned kind = cs_hidden_kind(text, at);
    if (kind == 0 || (w->endless & kind) != 0)
        return at;
    size_t end = cs_hidden_end(text, at, kind);
    if (end == 0) {
        w->endless |= kind;
        return at;
    }
    return (uint32_t)end;
}

static bool begins(cs_view text, size_t at, const char *tag)
{
    size_t len = strlen(tag);
    return text.len - at > len && strncasecmp(text.data + at, tag, len) == 0 &&
           ends_name(text.data[at + len]);
}

/* ---- <details> --------------------------------------------------------------------- */

/* Keeps the section in which <details> begin: what follows </details> belongs to
 * it again. */
static void open_details(work *w)
{
    if (w->details < cs_max_details)
        w->around_details[w->details] = w->section;
    w->details++;
}

/* Back to that section, unless a heading has closed it. */
static void close_details(work *w)
{
    if (w->details == 0 || --w->details >= cs_max_details)
        return;
    uint32_t around = w->around_details[w->details], section = w->section;
    while (section != around && section != cs_no_parent)
        section = w->study->file.sections.items[section].parent;
    if (section == around)
        cs_study_enter_section(w, around);
}

/* Past the code span at `at` (CommonMark 6.1), or past the backticks where none begins. */
static size_t code_end(cs_view text, size_t at)
{
    size_t ticks = 0;
    while (at + ticks < text.len && text.data[at + ticks] == '`')
        ticks++;
    for (size_t i = at + ticks, run = 0; ticks <= cs_max_backticks && i <= text.len; i++) {
        bool tick = i < text.len && text.data[i] == '`';
        if (!tick && run == ticks)
            return i;
        run = tick ? run + 1 : 0;
    }
    return at + ticks;
}

void cs_html_close_details(work *w, uint32_t first, uint32_t last)
{
    uint32_t start = cs_study_line_start(w, first), inner = 0; /* of the paragraph's own */
    cs_view text = {w->study->source.text.data + start, cs_study_line_end(w, last) - start};
    for (size_t at = 0; w->details > 0 && at < text.len;) {
        if (text.data[at] == '`') {
            at = code_end(text, at);
            continue;
        }
        bool opens = text.data[at] == '<' && begins(text, at, "<details");
        bool closes = text.data[at] == '<' && begins(text, at, "</details");
        if (closes && inner == 0)
            close_details(w);
        inner += opens ? 1u : closes && inner > 0 ? UINT32_MAX : 0;
        at++;
    }
}

/* Past the closing tag and the blanks at `at`. */
static uint32_t after_close(cs_view text, uint32_t at, uint32_t end)
{
    if (at < end && text.data[at] == '<')
        while (at < end && text.data[at++] != '>')
            continue;
    while (at < end && strchr(" \t\r\n", text.data[at]) != NULL)
        at++;
    return at < end ? at : end;
}

uint32_t cs_html_bold_level(const work *w)
{
    return cs_bold_level + (w->details < cs_max_details ? w->details : cs_max_details);
}

void cs_study_flatten_range(work *w, const cs_block *block, uint32_t start, uint32_t end)
{
    const cs_source *source = &w->study->source;
    cs_flat_clear(&w->flat);
    for (uint32_t line = cs_source_line(source, start); start < end; line++) {
        uint32_t line_start, line_end;
        cs_study_block_line(w, block, line, &line_start, &line_end);
        line_start = line_start > start ? line_start : start;
        line_end = line_end < end ? line_end : end;
        if (line_start <= line_end)
            cs_flat_add(&w->flat, source, line_start, line_end);
        if (line + 1 >= source->lines.count)
            break;
        start = source->lines.items[line + 1];
    }
}

/* ---- HTML blocks ------------------------------------------------------------------- */

/* An HTML block while it is read. */
typedef struct reader {
    work *w;
    const cs_block *block;
    cs_view text;        /* the source up to the end of the block */
    uint32_t text_start; /* what is not added yet begins here */
    bool inside;         /* a quote or list: a heading there is text */
} reader;

static void add_text(reader *r, uint32_t end)
{
    uint32_t start = r->text_start;
    cs_study_flatten_range(r->w, r->block, start, end);
    if (start < end && r->w->flat.lines.count > 0)
        cs_study_add_piece(r->w, cs_study_piece_kind(r->block), CS_INLINE_HTML, start, end);
}

/* Reads the heading at `at`; returns where it closes. */
static uint32_t read_heading(reader *r, uint32_t at, uint32_t level)
{
    work *w = r->w;
    cs_view heading;
    uint32_t close = (uint32_t)html_heading_close(r->text, at);
    add_text(r, at);
    r->text_start = at;
    cs_study_flatten_range(w, r->block, at, close);
    if (!cs_heading_text(w, &heading))
        return close; /* as long as a paragraph: it stays text */
    cs_heading_form form = level == cs_bold_level ? CS_HEADING_SUMMARY : CS_HEADING_HTML;
    if (form == CS_HEADING_SUMMARY && w->details > 0)
        level = cs_html_bold_level(w) - 1;
    cs_study_open_section(w, form, level, cs_source_line(&w->study->source, at), heading);
    r->text_start = after_close(r->text, close, (uint32_t)r->text.len);
    return close;
}

/* Reads what begins at a '<'; returns the last byte of it. */
static uint32_t read_tag(reader *r, uint32_t at)
{
    work *w = r->w;
    uint32_t after = cs_html_skip_hidden(w, at), level = html_heading_level(r->text, at);
    if (after > r->text.len) {
        w->hidden_until = after;
        r->text.len = at;
        return at;
    }
    if (after > at)
        return after - 1;
    if (level != 0 && !r->inside)
        return read_heading(r, at, level);
    if (begins(r->text, at, "<details")) {
        add_text(r, at);
        r->text_start = at;
        open_details(w);
    } else if (begins(r->text, at, "</details")) {
        add_text(r, at);
        r->text_start = at;
        close_details(w);
    } else if (begins(r->text, at, "<table")) {
        after = cs_table_html_end(r->text, at);
        if (after != 0) {
            add_text(r, at);
            cs_table_read_html(w, r->block, at, after);
            r->text_start = after;
            return after - 1;
        }
    }
    return at;
}

void cs_html_read(work *w, const cs_block *block)
{
    uint32_t start = cs_study_line_start(w, block->first);
    reader r = {.w = w, .block = block, .inside = block->quotes > 0 || block->lists > 0};
    r.text = (cs_view){w->study->source.text.data, cs_study_line_end(w, block->last)};
    r.text_start = start > w->hidden_until ? start : w->hidden_until;
    for (uint32_t at = r.text_start; at < r.text.len; at++) /* both move: see read_tag */
        if (r.text.data[at] == '<')
            at = read_tag(&r, at);
    add_text(&r, (uint32_t)r.text.len);
}
