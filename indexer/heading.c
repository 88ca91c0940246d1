/* heading.c - headings in disguise, and what a study is called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "study_work.h"
#include "text.h"

typedef cs_study_work work;

enum { max_bold_heading = 120 }; /* bytes; a longer bold line is a sentence */

/* ---- a bold line ------------------------------------------------------------------ */

static bool ends_sentence(cs_view text)
{
    static const char *const ends[] = {
        ".", ",", ";", "!", "\xE3\x80\x82", "\xEF\xBC\x8C", "\xEF\xBC\x9B", "\xEF\xBC\x81"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) { /* the last ones: 。，；！ */
        size_t len = strlen(ends[i]);
        if (text.len >= len && memcmp(text.data + text.len - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

/* "3", "IV", "B". */
static bool is_number(const char *text, size_t len)
{
    enum { max_number = 4 };
    if (len == 0 || len > max_number)
        return false;
    return strspn(text, "0123456789") >= len || strspn(text, "IVX") >= len || len == 1;
}

/* Whether a sentence ends within a text; "3. Results" is none. */
static bool holds_sentence(cs_view text)
{
    const char *stop = memmem(text.data, text.len, ". ", 2);
    if (stop != NULL && is_number(text.data, (size_t)(stop - text.data))) {
        size_t rest = (size_t)(stop + 2 - text.data);
        stop = memmem(stop + 2, text.len - rest, ". ", 2);
    }
    return stop != NULL || ends_sentence(text);
}

/* Without blanks, colons and a hard break at the end. */
static cs_view without_break(cs_view line)
{
    static const char *const ends[] = {" ", "\t", "\\", ":", "<br>", "<br/>", "<br />"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (line.len < len || strncasecmp(line.data + line.len - len, ends[i], len) != 0)
            continue;
        line.len -= len;
        i = SIZE_MAX; /* from the first one again */
    }
    return line;
}

/* <b>text</b> and <strong>text</strong>. */
static bool is_bold_element(cs_view line, cs_view *ret_inner)
{
    static const char *const tags[][2] = {{"<b>", "</b>"}, {"<strong>", "</strong>"}};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t open = strlen(tags[i][0]), close = open + 1;
        if (line.len <= open + close || line.len > max_bold_heading + open + close ||
            strncasecmp(line.data, tags[i][0], open) != 0 ||
            strncasecmp(line.data + line.len - close, tags[i][1], close) != 0)
            continue;
        *ret_inner = (cs_view){line.data + open, line.len - open - close};
        return memmem(ret_inner->data, ret_inner->len, tags[i][1], close) == NULL &&
               !holds_sentence(*ret_inner);
    }
    return false;
}

bool cs_heading_is_bold_line(cs_view line, cs_view *ret_inner)
{
    line = without_break(line);
    if (line.len > 0 && line.data[0] == '<')
        return is_bold_element(line, ret_inner);
    size_t marks = 0; /* 2, or 3 for bold italics */
    while (marks < 3 && marks < line.len && line.data[marks] == line.data[0])
        marks++;
    if (marks < 2 || line.len < 2 * marks + 1 || line.len > max_bold_heading + 2 * marks ||
        (line.data[0] != '*' && line.data[0] != '_') ||
        memcmp(line.data + line.len - marks, line.data, marks) != 0)
        return false;
    cs_view inner = {line.data + marks, line.len - 2 * marks};
    if (memmem(inner.data, inner.len, line.data, 2) != NULL || inner.data[0] == ' ' ||
        inner.data[0] == line.data[0] || holds_sentence(inner))
        return false;
    *ret_inner = inner;
    return true;
}

/* ---- headings in HTML --------------------------------------------------------------- */

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

/* Where `what` begins after `at`, in any case; text.len when it does not. */
static size_t find(cs_view text, size_t at, const char *what)
{
    size_t len = strlen(what);
    while (at + len <= text.len) {
        const char *next = memchr(text.data + at, what[0], text.len - at);
        if (next == NULL)
            break;
        at = (size_t)(next - text.data);
        if (at + len <= text.len && strncasecmp(next, what, len) == 0)
            return at;
        at++;
    }
    return text.len;
}

uint32_t cs_heading_skip_hidden(work *w, uint32_t at)
{
    static const char *const hidden[][2] = {
        {"<!--", "-->"}, {"<script", "</script"}, {"<style", "</style"}};
    cs_view text = cs_buf_view(&w->study->source.text);
    for (unsigned i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        size_t len = strlen(hidden[i][0]);
        if ((w->endless & 1u << i) != 0 || text.len - at <= len ||
            strncasecmp(text.data + at, hidden[i][0], len) != 0)
            continue;
        size_t end = find(text, at + len, hidden[i][1]);
        end = end < text.len ? find(text, end, ">") : end;
        if (end < text.len)
            return (uint32_t)end + 1;
        w->endless |= 1u << i;
    }
    return at;
}

/* Past the closing tag and the blanks at `at`. */
static uint32_t after_close(cs_view text, uint32_t at, uint32_t end)
{
    if (at < end && text.data[at] == '<')
        at += (uint32_t)find((cs_view){text.data + at, end - at}, 0, ">") + 1;
    while (at < end && strchr(" \t\r\n", text.data[at]) != NULL)
        at++;
    return at < end ? at : end;
}

/* Lays source text [start, end) of a block out line by line. */
static void flatten(work *w, const cs_block *block, uint32_t start, uint32_t end)
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

static void add_html(work *w, const cs_block *block, uint32_t start, uint32_t end)
{
    flatten(w, block, start, end);
    if (start < end && w->flat.lines.count > 0)
        cs_study_add_piece(w, cs_study_piece_kind(block), CS_INLINE_HTML, start, end);
}

void cs_heading_read_html(work *w, const cs_block *block)
{
    uint32_t start = cs_study_line_start(w, block->first);
    uint32_t end = cs_study_line_end(w, block->last);
    start = start > w->hidden_until ? start : w->hidden_until;
    bool inside = block->quotes > 0 || block->lists > 0; /* a heading there is text */
    cs_view text = {w->study->source.text.data, end};
    uint32_t text_start = start;
    for (uint32_t at = start; at < end; at++) {
        if (text.data[at] != '<')
            continue;
        uint32_t after = cs_heading_skip_hidden(w, at), level = html_heading_level(text, at);
        if (after > end) {
            w->hidden_until = after;
            end = at;
        } else if (after > at) {
            at = after - 1;
        } else if (level != 0 && !inside) {
            uint32_t close = (uint32_t)html_heading_close(text, at);
            add_html(w, block, text_start, at);
            flatten(w, block, at, close);
            cs_heading_form form = level == cs_bold_level ? CS_HEADING_SUMMARY : CS_HEADING_HTML;
            cs_study_open_section(w, form, level, cs_source_line(&w->study->source, at),
                                  cs_study_heading_text(w));
            text_start = after_close(text, close, end);
            at = close;
        }
    }
    add_html(w, block, text_start, end);
}

/* ---- the title ------------------------------------------------------------------------ */

/* Where the last `parts` components of a path begin. */
static size_t tail_of_path(cs_view path, size_t parts)
{
    size_t start = path.len;
    while (start > 0 && !(path.data[start - 1] == '/' && --parts == 0))
        start--;
    return start;
}

/* "a/fintech/case_study.md" becomes "fintech/case study". */
static cs_view title_of_path(work *w, cs_view path)
{
    size_t start = tail_of_path(path, 2), name = tail_of_path(path, 1), end = path.len;
    while (end > name && path.data[end - 1] != '.')
        end--;
    end = end > name + 1 ? end - 1 : path.len;
    CS_SCOPED(cs_buf) title = {.limit = 1 << 13};
    for (size_t i = start; i < end; i++)
        if (path.data[i] != '_')
            cs_buf_add_char(&title, path.data[i]);
        else if (i > start && path.data[i - 1] != '_')
            cs_buf_add_char(&title, ' ');
    CS_SCOPED(cs_buf) valid = {.limit = 1 << 15}; /* names are any bytes */
    cs_text_add_printable(&valid, title.data, title.len);
    return cs_arena_copy(&w->study->arena, cs_buf_view(&valid));
}

/* The first heading, when nothing stands before it and no other has its level. */
static cs_view lone_first_heading(const cs_study *study)
{
    const cs_view none = {"", 0};
    const cs_file *file = &study->file;
    if (file->sections.count == 0)
        return none;
    if (study->pieces.count > 0 && study->pieces.items[0].section == cs_no_parent)
        return none;
    const cs_section *first = &file->sections.items[0];
    for (size_t i = 1; i < file->sections.count; i++)
        if (file->sections.items[i].level <= first->level)
            return none;
    return file->sections.count > 1 ? first->heading : none;
}

void cs_heading_set_title(work *w, cs_view front_title, cs_view path)
{
    cs_file *file = &w->study->file;
    file->title = front_title;
    for (size_t i = 0; i < file->sections.count && file->title.len == 0; i++)
        if (file->sections.items[i].level == 1)
            file->title = file->sections.items[i].heading;
    if (file->title.len == 0)
        file->title = lone_first_heading(w->study);
    if (file->title.len == 0)
        file->title = title_of_path(w, path);
}
