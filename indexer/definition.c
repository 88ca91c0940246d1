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

/* ---- sources ---------------------------------------------------------------- */

/* Keeps what w->flat says as the definition of `label`; its links are its own,
 * no marks of the passage. */
static void add_definition(work *w, cs_citation_kind kind, cs_view label, uint32_t first,
                           uint32_t last)
{
    bool bracketed = kind != CS_CITATION_ITEM;
    cs_visible *visible = &w->study->visible;
    size_t notes = w->inline_reader.notes.count;
    size_t pieces = w->study->pieces.count;
    cs_study_add_piece(w, CS_KIND_PROSE, CS_INLINE_LINE, cs_study_line_start(w, first),
                       cs_study_line_end(w, last));
    if (w->study->pieces.count == pieces)
        return;
    cs_definition *d = CS_PUSH(&w->definitions);
    if (d == NULL) {
        w->failed = true;
        return;
    }
    cs_view text = {visible->text.data + w->study->pieces.items[pieces].start, 0};
    text.len = visible->text.len - w->study->pieces.items[pieces].start;
    const char *close = bracketed && text.data[0] == '[' ? memchr(text.data, ']', text.len) : NULL;
    if (close != NULL) {
        text.len -= (size_t)(close + 1 - text.data);
        text.data = close + 1;
        while (text.len > 0 && (text.data[0] == ':' || is_blank(text.data[0])))
            text.data++, text.len--;
    }
    *d = (cs_definition){.kind = kind,
                         .label = cs_arena_copy(&w->study->arena, label),
                         .text = cs_arena_copy(&w->study->arena, text),
                         .url = {"", 0},
                         .line = first + 1};
    for (size_t i = notes; i < w->inline_reader.notes.count && d->url.len == 0; i++)
        d->url = w->inline_reader.notes.items[i].url.len > 0 ? w->inline_reader.notes.items[i].url
                                                             : d->url;
    size_t kept = notes;
    for (size_t i = notes; i < w->inline_reader.notes.count; i++)
        if (w->inline_reader.notes.items[i].kind == CS_NOTE_CODE)
            w->inline_reader.notes.items[kept++] = w->inline_reader.notes.items[i];
    w->inline_reader.notes.count = kept;
}

static bool definition_at(work *w, const cs_block *block, uint32_t line, cs_citation_kind *kind,
                          cs_view *label)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    return cs_definition_at(line_view(w, start, end), w->in_sources, kind, label);
}

/* A paragraph whose first line begins a definition: each line that does begins
 * another. */
bool cs_definition_read_all(work *w, const cs_block *block)
{
    cs_view label, next_label = {"", 0};
    cs_citation_kind kind, next_kind = CS_CITATION_NOTE;
    if (!definition_at(w, block, block->first, &kind, &label))
        return false;
    for (uint32_t first = block->first, last; first <= block->last; first = last + 1) {
        last = first;
        while (last < block->last && !definition_at(w, block, last + 1, &next_kind, &next_label))
            last++;
        cs_study_flatten(w, block, first, last);
        add_definition(w, kind, label, first, last);
        label = next_label;
        kind = next_kind;
    }
    return true;
}

/* "3. text" as an item of an ordered list under a heading of sources. */
bool cs_definition_read_item(work *w, const cs_block *block)
{
    if (!w->in_sources || block->number == 0 || block->lists != 1)
        return false;
    char label[16];
    int n = snprintf(label, sizeof label, "%u", (unsigned)block->number);
    cs_study_flatten(w, block, block->first, block->last);
    add_definition(w, CS_CITATION_ITEM, (cs_view){label, (size_t)n}, block->first, block->last);
    return true;
}

/* ---- link references ------------------------------------------------------------------ */

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

void cs_definition_find_references(work *w, uint32_t first_line)
{
    cs_study *study = w->study;
    for (uint32_t line = first_line; line < study->source.lines.count; line++) {
        uint32_t start, end;
        cs_study_line(w, line, 0, &start, &end);
        cs_view label, url;
        if (start >= end || w->study->source.text.data[start] != '[' ||
            !is_reference_line(line_view(w, start, end), &label, &url))
            continue;
        cs_reference *r = CS_PUSH(&w->references);
        if (r == NULL) {
            w->failed = true;
            return;
        }
        r->label = cs_reference_label(&study->arena, label);
        r->url = cs_arena_copy(&study->arena, url);
    }
    cs_references_sort(&w->references);
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
