/* definition.c - lines that define: sources ("[^3]: text", "[3] text", "3. text")
 * and link references ("[label]: url").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "study_work.h"

typedef cs_study_work work;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static cs_view line_view(const work *w, uint32_t start, uint32_t end)
{
    return (cs_view){w->study->source.text.data + start, end - start};
}

/* ---- sources ----------------------------------------------------------------------- */

static cs_view skip(cs_view text, const char *bytes)
{
    while (text.len > 0 && strchr(bytes, text.data[0]) != NULL)
        text.data++, text.len--;
    return text;
}

/* "[^3]: text", "[3] text", "3 text", "$^{[3]}$ text" without what stands before
 * the text. */
static cs_view without_label(cs_view text, cs_view label)
{
    cs_view rest = skip(text, "[^${(");
    if (rest.len < label.len || memcmp(rest.data, label.data, label.len) != 0)
        return text;
    rest.data += label.len;
    rest.len -= label.len;
    rest = skip(skip(rest, "]}$"), ":.) \t");
    return rest.len > 2 && memcmp(rest.data, "- ", 2) == 0 ? skip(rest, "- ") : rest;
}

/* Takes the notes of the last piece off, but for those of code; the first address
 * among them. */
static cs_view take_links(work *w, size_t before)
{
    cs_inline *reader = &w->inline_reader;
    cs_view url = {"", 0};
    size_t kept = before;
    for (size_t i = before; i < reader->notes.count; i++) {
        cs_note *note = &reader->notes.items[i];
        if (url.len == 0 && cs_is_source_address(note->url))
            url = note->url;
        if (note->kind == CS_NOTE_CODE)
            reader->notes.items[kept++] = *note;
    }
    reader->notes.count = kept;
    return url;
}

/* Adds what w->flat says as a piece whose links are no marks of the passage;
 * false when it says nothing. */
static bool add_text(work *w, uint32_t first, uint32_t last, cs_view *ret_text, cs_view *ret_url)
{
    const cs_study *study = w->study;
    size_t notes = w->inline_reader.notes.count, pieces = study->pieces.count;
    cs_study_add_piece(w, CS_KIND_PROSE, CS_INLINE_LINE, cs_study_line_start(w, first),
                       cs_study_line_end(w, last));
    if (study->pieces.count == pieces)
        return false;
    uint32_t start = study->pieces.items[pieces].start;
    *ret_text = (cs_view){study->visible.text.data + start, study->visible.text.len - start};
    *ret_url = take_links(w, notes);
    return true;
}

/* Keeps what w->flat says as a definition; `labelled` when it begins with its label. */
static void add_definition(work *w, cs_citation_kind kind, cs_view label, bool labelled,
                           uint32_t first, uint32_t last)
{
    cs_arena *arena = &w->study->arena;
    cs_view text, url;
    if (!add_text(w, first, last, &text, &url))
        return;
    cs_definition *d = CS_PUSH(&w->definitions);
    if (d == NULL) {
        w->failed = true;
        return;
    }
    if (labelled)
        text = without_label(text, label);
    if (text.len == 0 || (url.len > 0 && text.data[0] == '(' && text.len <= url.len + 2))
        text = url; /* "(url)" */
    *d = (cs_definition){kind, cs_arena_copy(arena, label), cs_arena_copy(arena, text), url,
                         first + 1};
}

/* Adds what w->flat says to what the last definition says. */
static void extend_definition(work *w, uint32_t first, uint32_t last, cs_buf *joined)
{
    cs_definition *d = &w->definitions.items[w->definitions.count - 1];
    cs_view text, url;
    if (!add_text(w, first, last, &text, &url))
        return;
    if (joined->len > 0)
        cs_buf_add_char(joined, ' ');
    cs_buf_add_view(joined, text);
    d->url = d->url.len > 0 ? d->url : url;
}

/* A line of a note's later paragraphs, without its indent and without the marker
 * of a list item; whether it had one. */
static bool note_line(const work *w, const cs_block *block, uint32_t line, uint32_t *ret_start,
                      uint32_t *ret_end)
{
    cs_study_line(w, line, block->quotes, ret_start, ret_end);
    cs_view text = line_view(w, *ret_start, *ret_end);
    bool item = text.len > 2 && strchr("-*+", text.data[0]) != NULL && is_blank(text.data[1]);
    *ret_start += item ? 2 : 0;
    return item;
}

void cs_definition_read_indented(work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    uint32_t from = first, start, end;
    cs_definition *d = &w->definitions.items[w->definitions.count - 1];
    CS_SCOPED(cs_buf) joined = {.limit = INT32_MAX};
    cs_buf_add_view(&joined, d->text);
    cs_flat_clear(&w->flat);
    for (uint32_t line = first; line <= last; line++) {
        bool item = note_line(w, block, line, &start, &end);
        if (w->flat.lines.count > 0 && (item || start == end)) {
            extend_definition(w, from, line - 1, &joined);
            cs_flat_clear(&w->flat);
        }
        if (start == end)
            continue;
        if (w->flat.lines.count == 0)
            from = line;
        cs_flat_add(&w->flat, &w->study->source, start, end);
    }
    if (w->flat.lines.count > 0)
        extend_definition(w, from, last, &joined);
    d->text = cs_arena_copy(&w->study->arena, cs_buf_view(&joined));
    w->failed = w->failed || cs_buf_status(&joined) != CS_OK;
}

/* Whether a line has marks of notes only: "[^1][^2]" under a quotation. */
static bool is_all_marks(cs_view line)
{
    size_t i = 0;
    while (i + 2 < line.len && memcmp(line.data + i, "[^", 2) == 0) {
        const char *close = memchr(line.data + i, ']', line.len - i);
        if (close == NULL)
            return false;
        i = (size_t)(close - line.data) + 1;
        while (i < line.len && strchr(" \t,;.", line.data[i]) != NULL)
            i++;
    }
    return i == line.len;
}

/* "[^3] text" outside a section of sources is a definition only where nothing else defines it: a
 * sentence may begin with a mark. */
static bool definition_at(work *w, const cs_block *block, uint32_t line, cs_citation_kind *kind,
                          cs_view *label)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    cs_view text = line_view(w, start, end);
    if (!cs_definition_at(text, w->in_sources, kind, label))
        return false;
    bool loose = *kind == CS_CITATION_LOOSE && !w->in_sources;
    return !loose || (!is_all_marks(text) && cs_references_find(&w->notes, *label) == NULL);
}

/* Whether a line can be the definition of a note: of all, that one needs no blank line
 * before it (GitHub; "[^3]text" may go on with a sentence). */
static bool is_note_line(const work *w, const cs_block *block, uint32_t line)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    return end - start > 4 && memcmp(w->study->source.text.data + start, "[^", 2) == 0;
}

uint32_t cs_definition_first(work *w, const cs_block *block)
{
    cs_view label;
    cs_citation_kind kind;
    for (uint32_t line = block->first; line <= block->last; line++) {
        bool note = line > block->first && !w->in_sources;
        if (note && !is_note_line(w, block, line))
            continue;
        if (definition_at(w, block, line, &kind, &label) && (!note || kind == CS_CITATION_NOTE))
            return line;
    }
    return block->last + 1;
}

void cs_definition_read_all(work *w, const cs_block *block, uint32_t from)
{
    cs_view label, next_label = {"", 0};
    cs_citation_kind kind, next_kind = CS_CITATION_NOTE;
    if (!definition_at(w, block, from, &kind, &label))
        return;
    for (uint32_t first = from, last; first <= block->last; first = last + 1) {
        last = first;
        while (last < block->last && !definition_at(w, block, last + 1, &next_kind, &next_label))
            last++;
        cs_study_flatten(w, block, first, last);
        add_definition(w, kind, label, true, first, last);
        w->after_note = kind == CS_CITATION_NOTE || kind == CS_CITATION_LOOSE;
        label = next_label;
        kind = next_kind;
    }
}

/* "3. text" as an item of an ordered list under a heading of sources. */
bool cs_definition_read_item(work *w, const cs_block *block)
{
    if (!w->in_sources || block->number == 0 || block->lists != 1)
        return false;
    char label[16];
    int n = snprintf(label, sizeof label, "%u", (unsigned)block->number);
    cs_block text = *block;
    text.column = block->inner;
    cs_study_flatten(w, &text, text.first, text.last);
    add_definition(w, CS_CITATION_ITEM, (cs_view){label, (size_t)n}, false, text.first, text.last);
    return true;
}

/* ---- link references --------------------------------------------------------------- */

/* "[Interviewer]: Yes." is no reference, though Markdown takes it for one. */
static bool is_address(cs_view url)
{
    const char *dot = memchr(url.data, '.', url.len);
    return url.len > 0 && (url.data[0] == '#' || memchr(url.data, '/', url.len) != NULL ||
                           memchr(url.data, ':', url.len) != NULL ||
                           (dot != NULL && dot + 1 < url.data + url.len));
}

/* Whether there is at most a title from `at` on. */
static bool is_title(cs_view line, size_t at)
{
    while (at < line.len && is_blank(line.data[at]))
        at++;
    return at >= line.len || strchr("\"'(", line.data[at]) != NULL;
}

/* [label]: url - defined somewhere, shown nowhere. */
static bool is_reference_line(cs_view line, cs_view *ret_label, cs_view *ret_url)
{
    if (line.len < 5 || line.data[0] != '[' || line.data[1] == '^')
        return false;
    const char *close = memchr(line.data, ']', line.len);
    if (close == NULL || close == line.data + 1 || close + 2 >= line.data + line.len ||
        close[1] != ':')
        return false;
    size_t at = (size_t)(close - line.data) + 2;
    while (at < line.len && is_blank(line.data[at]))
        at++;
    bool angle = at < line.len && line.data[at] == '<';
    at += angle;
    size_t end = at;
    while (end < line.len && (angle ? line.data[end] != '>' : !is_blank(line.data[end])))
        end++;
    *ret_label = (cs_view){line.data + 1, (size_t)(close - line.data) - 1};
    *ret_url = (cs_view){line.data + at, end - at};
    return is_address(*ret_url) && is_title(line, end + angle);
}

static void add_label(work *w, cs_references *labels, cs_view label, cs_view url, uint32_t line)
{
    cs_reference *r = CS_PUSH(labels);
    if (r == NULL) {
        w->failed = true;
        return;
    }
    r->label = cs_reference_label(&w->study->arena, label);
    r->url = cs_arena_copy(&w->study->arena, url);
    r->line = line + 1;
}

void cs_definition_find_labels(work *w, uint32_t first_line)
{
    cs_study *study = w->study;
    for (uint32_t line = first_line; line < study->source.lines.count; line++) {
        uint32_t start, end;
        cs_study_line(w, line, 0, &start, &end);
        cs_view label, url, text = line_view(w, start, end);
        cs_citation_kind kind;
        if (text.len == 0 || text.data[0] != '[')
            continue;
        if (is_reference_line(text, &label, &url))
            add_label(w, &w->references, label, url, line);
        else if (cs_definition_at(text, false, &kind, &label) && kind == CS_CITATION_NOTE)
            add_label(w, &w->notes, label, (cs_view){"", 0}, line);
    }
    cs_references_sort(&w->references);
    cs_references_sort(&w->notes);
}

/* Leading reference definitions are no text. */
uint32_t cs_definition_skip_references(const work *w, const cs_block *block)
{
    uint32_t first = block->first;
    while (first <= block->last) {
        uint32_t start, end;
        cs_view label, url;
        cs_study_block_line(w, block, first, &start, &end);
        if (!is_reference_line(line_view(w, start, end), &label, &url))
            break;
        first++;
    }
    return first;
}
