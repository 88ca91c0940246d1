/* inline_emit.c - the output side of inline.h: bytes by their actions, blanks
 * collapsed, notes moved from flat to visible places.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "inline_work.h"

typedef cs_inline_work work;

/* ---- flat text --------------------------------------------------------------------- */

enum { max_flat = INT32_MAX };

void cs_flat_clear(cs_flat *flat)
{
    flat->text.limit = max_flat;
    cs_buf_clear(&flat->text);
    flat->lines.count = 0;
    flat->failed = false;
}

void cs_flat_release(cs_flat *flat)
{
    cs_buf_release(&flat->text);
    free(flat->lines.items);
    *flat = (cs_flat){0};
}

void cs_flat_add(cs_flat *flat, const cs_source *source, uint32_t start, uint32_t end)
{
    if (flat->lines.count > 0)
        cs_buf_add_char(&flat->text, '\n');
    struct cs_flat_line *line = CS_PUSH(&flat->lines);
    if (line == NULL) {
        flat->failed = true;
        return;
    }
    line->flat = (uint32_t)flat->text.len;
    line->source = start;
    cs_buf_add(&flat->text, source->text.data + start, end - start);
    if (cs_buf_status(&flat->text) != CS_OK)
        flat->failed = true;
}

uint32_t cs_flat_source(const cs_flat *flat, uint32_t at)
{
    size_t low = 0, high = flat->lines.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (flat->lines.items[middle].flat <= at)
            low = middle;
        else
            high = middle;
    }
    return flat->lines.items[low].source + (at - flat->lines.items[low].flat);
}

/* ---- references -------------------------------------------------------------------- */

static int compare_references(const void *a, const void *b)
{
    const cs_reference *x = a, *y = b;
    int order = cs_view_compare(x->label, y->label);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

void cs_references_sort(cs_references *references)
{
    if (references->count > 1)
        qsort(references->items, references->count, sizeof *references->items, compare_references);
}

const cs_reference *cs_references_find(const cs_references *references, cs_view label)
{
    if (references->count == 0 || label.len > cs_max_label)
        return NULL;
    char bytes[cs_max_label];
    cs_view folded = {bytes, cs_reference_fold(bytes, label)};
    size_t low = 0, high = references->count;
    while (low < high) { /* the first that is not before it */
        size_t middle = low + (high - low) / 2;
        if (cs_view_compare(references->items[middle].label, folded) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < references->count && cs_view_equal(references->items[low].label, folded);
    return found ? &references->items[low] : NULL;
}

size_t cs_reference_fold(char *bytes, cs_view label)
{
    size_t kept = 0;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.data[i];
        bool blank = c == ' ' || c == '\n' || c == '\t';
        if (blank && (kept == 0 || bytes[kept - 1] == ' '))
            continue;
        bytes[kept++] = blank ? ' ' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    while (kept > 0 && bytes[kept - 1] == ' ')
        kept--;
    return kept;
}

cs_view cs_reference_label(cs_arena *arena, cs_view label)
{
    cs_view copy = cs_arena_copy(arena, label);
    copy.len = cs_reference_fold((char *)(uintptr_t)copy.data, copy);
    return copy;
}

/* ---- actions ----------------------------------------------------------------------- */

bool cs_inline_looking_at(const work *w, uint32_t i, const char *string)
{
    size_t len = strlen(string);
    return i <= w->len && w->len - i >= len && memcmp(w->text + i, string, len) == 0;
}

void cs_inline_drop(work *w, uint32_t start, uint32_t end)
{
    memset(w->actions + start, CS_DROP, end - start);
}

void cs_inline_replace(work *w, uint32_t start, uint32_t end, cs_view text)
{
    if (text.len > sizeof w->replacements.items->text || end == start)
        return;
    cs_replacement *r = CS_PUSH(&w->replacements);
    if (r == NULL) {
        w->reader->failed = true;
        return;
    }
    r->start = start;
    r->end = end;
    r->length = (uint8_t)text.len;
    memcpy(r->text, text.data, text.len);
    cs_inline_drop(w, start, end);
    w->actions[start] = CS_REPLACE;
}

cs_note *cs_inline_note(work *w, cs_note_kind kind, uint32_t start, uint32_t end)
{
    cs_note *note = CS_PUSH(&w->reader->notes);
    if (note == NULL) {
        w->reader->failed = true;
        return NULL;
    }
    *note = (cs_note){.kind = kind, .start = start, .end = end};
    note->source = cs_flat_source(w->flat, start);
    return note;
}

cs_view cs_inline_keep(work *w, uint32_t start, uint32_t end)
{
    return cs_arena_copy(w->reader->arena, (cs_view){w->text + start, end - start});
}

/* ---- the output -------------------------------------------------------------------- */

typedef struct emitter {
    work *w;
    cs_visible *out;
    uint32_t begin; /* where this block begins in the visible text */
    size_t replacement;
} emitter;

static bool after_blank(const emitter *e)
{
    size_t len = e->out->text.len;
    return len == e->begin || e->out->text.data[len - 1] == ' ' ||
           e->out->text.data[len - 1] == '\n';
}

/* A blank of the source: the first of several stands, as ' '. */
static void emit_blank(emitter *e, uint32_t i)
{
    if (after_blank(e))
        return;
    uint32_t source = cs_flat_source(e->w->flat, i);
    if (e->w->text[i] == ' ')
        cs_visible_copy(e->out, source, source + 1);
    else if (e->w->text[i] == '\n' && source >= e->out->source->text.len)
        cs_visible_insert(e->out, cs_view_of(" "), source);
    else
        cs_visible_replace(e->out, cs_view_of(" "), source, source + 1);
}

static void emit_line_end(emitter *e, uint32_t source)
{
    cs_visible_trim(e->out, e->begin);
    if (!after_blank(e))
        cs_visible_insert(e->out, cs_view_of("\n"), source);
}

static uint32_t emit_replacement(emitter *e, uint32_t i)
{
    const work *w = e->w;
    while (w->replacements.items[e->replacement].start != i)
        e->replacement++;
    const cs_replacement *r = &w->replacements.items[e->replacement];
    cs_view text = {r->text, r->length};
    uint32_t start = cs_flat_source(w->flat, r->start);
    uint32_t end = cs_flat_source(w->flat, r->end - 1) + 1;
    bool blank = text.len == 1 && (text.data[0] == ' ' || text.data[0] == '\n');
    bool hard_blank = text.len == 2 && memcmp(text.data, "\xC2\xA0", 2) == 0;
    if (blank && text.data[0] == '\n')
        emit_line_end(e, start);
    else if ((blank || hard_blank) && !after_blank(e))
        cs_visible_replace(e->out, cs_view_of(" "), start, end);
    else if (!blank && !hard_blank)
        cs_visible_replace(e->out, text, start, end);
    return r->end;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* Copies kept bytes up to the next thing that is not a plain copy. */
static uint32_t emit_run(emitter *e, uint32_t i)
{
    const work *w = e->w;
    uint32_t end = i;
    while (end < w->len && w->actions[end] == CS_KEEP && !is_control(w->text[end]) &&
           !(w->text[end] == ' ' && cs_inline_at(w, end + 1) == ' '))
        end++;
    if (end == i)
        return i;
    uint32_t source = cs_flat_source(w->flat, i);
    cs_visible_copy(e->out, source, source + (end - i));
    return end;
}

/* A note's flat places become visible ones as they are passed. Notes nest at
 * most, so all of a block are looked at: few. */
static void place_notes(work *w, const uint32_t *visible_of)
{
    for (size_t n = w->first_note; n < w->reader->notes.count; n++) {
        cs_note *note = &w->reader->notes.items[n];
        note->start = visible_of[note->start];
        note->end = visible_of[note->end];
    }
}

static void emit_bytes(emitter *e, uint32_t *visible_of)
{
    work *w = e->w;
    for (uint32_t i = 0; i < w->len;) {
        uint32_t from = i, before = cs_visible_length(e->out);
        if (w->actions[i] == CS_DROP)
            i++;
        else if (w->actions[i] == CS_REPLACE)
            i = emit_replacement(e, i);
        else if (w->text[i] == ' ' && (after_blank(e) || cs_inline_at(w, i + 1) == ' '))
            emit_blank(e, i++);
        else if (is_control(w->text[i]))
            emit_blank(e, i++);
        else
            i = emit_run(e, i);
        bool copied = cs_visible_length(e->out) - before == i - from;
        for (uint32_t at = from; visible_of != NULL && at < i; at++)
            visible_of[at] = copied ? before + (at - from) : before;
    }
}

void cs_inline_emit(work *w, cs_visible *out)
{
    emitter e = {.w = w, .out = out, .begin = cs_visible_length(out)};
    bool noted = w->reader->notes.count > w->first_note;
    uint32_t *visible_of = noted ? malloc(((size_t)w->len + 1) * sizeof *visible_of) : NULL;
    if (noted && visible_of == NULL) {
        w->reader->failed = true;
        return;
    }
    emit_bytes(&e, visible_of);
    cs_visible_trim(out, e.begin);
    if (noted) {
        visible_of[w->len] = cs_visible_length(out);
        place_notes(w, visible_of);
    }
    free(visible_of);
    if (out->failed || cs_buf_status(&out->text) != CS_OK)
        w->reader->failed = true;
}
