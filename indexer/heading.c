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
    char last = text.data[text.len - 1];
    return last == '.' || last == ',' || last == ';' || last == '!';
}

bool cs_heading_is_bold_line(cs_view line, cs_view *ret_inner)
{
    while (line.len > 0 && strchr(" \t\\:", line.data[line.len - 1]) != NULL)
        line.len--;
    if (line.len < 5 || line.len > max_bold_heading + 4)
        return false;
    const char *mark = memcmp(line.data, "**", 2) == 0   ? "**"
                       : memcmp(line.data, "__", 2) == 0 ? "__"
                                                         : NULL;
    if (mark == NULL || memcmp(line.data + line.len - 2, mark, 2) != 0)
        return false;
    cs_view inner = {line.data + 2, line.len - 4};
    if (inner.len == 0 || memmem(inner.data, inner.len, mark, 2) != NULL ||
        memmem(inner.data, inner.len, ". ", 2) != NULL || inner.data[0] == ' ' ||
        inner.data[0] == mark[0] || ends_sentence(inner))
        return false;
    *ret_inner = inner;
    return true;
}

/* ---- headings in HTML --------------------------------------------------------------- */

/* The level of a heading tag at `at` ("<h2", "<summary"), or 0. */
static uint32_t html_heading_level(cs_view text, size_t at)
{
    size_t left = text.len - at;
    const char *tag = text.data + at;
    if (left > 4 && strncasecmp(tag, "<h", 2) == 0 && tag[2] >= '1' && tag[2] <= '6' &&
        (tag[3] == '>' || tag[3] == ' '))
        return (uint32_t)(tag[2] - '0');
    if (left > 9 && strncasecmp(tag, "<summary", 8) == 0 && (tag[8] == '>' || tag[8] == ' '))
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

/* Renders source text [start, end) line by line. */
static void flatten(work *w, uint32_t start, uint32_t end)
{
    cs_flat_clear(&w->flat);
    while (start < end) {
        uint32_t line = cs_source_line(&w->study->source, start);
        uint32_t line_start, line_end;
        cs_source_line_range(&w->study->source, line, &line_start, &line_end);
        cs_flat_add(&w->flat, &w->study->source, start, line_end < end ? line_end : end);
        if (line + 1 >= w->study->source.lines.count)
            break;
        start = w->study->source.lines.items[line + 1];
    }
}

static void add_html(work *w, uint32_t start, uint32_t end)
{
    flatten(w, start, end);
    if (start < end)
        cs_study_add_piece(w, CS_KIND_PROSE, CS_INLINE_HTML, start, end);
}

void cs_heading_read_html(work *w, uint32_t start, uint32_t end)
{
    cs_view text = {w->study->source.text.data, end};
    uint32_t text_start = start;
    for (uint32_t at = start; at < end; at++) {
        if (text.data[at] != '<')
            continue;
        uint32_t level = html_heading_level(text, at);
        if (level == 0)
            continue;
        uint32_t close = (uint32_t)html_heading_close(text, at);
        add_html(w, text_start, at);
        flatten(w, at, close);
        cs_study_open_section(w, level, cs_source_line(&w->study->source, at),
                              cs_study_heading_text(w));
        text_start = at = close;
        if (at >= end)
            break;
    }
    add_html(w, text_start, end);
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
        cs_buf_add_char(&title, path.data[i] == '_' ? ' ' : path.data[i]);
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
