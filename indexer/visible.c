/* visible.c - see visible.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "visible.h"

#include <stdlib.h>

#include "text.h"

enum {
    max_visible = INT32_MAX,
    max_utf16_span = 1024 /* a place within one is found by counting */
};

void cs_visible_init(cs_visible *visible, const cs_source *source)
{
    *visible = (cs_visible){.source = source};
    cs_buf_init(&visible->text, max_visible);
    cs_buf_add(&visible->text, "", 0); /* never NULL: others count from it */
}

void cs_visible_release(cs_visible *visible)
{
    cs_buf_release(&visible->text);
    free(visible->spans.items);
    *visible = (cs_visible){0};
}

uint32_t cs_visible_length(const cs_visible *visible)
{
    return (uint32_t)visible->text.len;
}

/* A copy that goes on where the last one stopped is the same span. */
static bool extend_last(cs_visible *v, cs_span_kind kind, uint32_t disk, uint32_t length)
{
    if (kind != CS_SPAN_COPY || v->spans.count == 0)
        return false;
    cs_span *last = &v->spans.items[v->spans.count - 1];
    if (last->kind != CS_SPAN_COPY || last->source + last->source_length != disk)
        return false;
    last->length += length;
    last->source_length += length;
    return true;
}

/* The line of a source offset: that of the span before, or found anew. */
static uint32_t line_of(cs_visible *v, uint32_t at)
{
    const uint32_t *starts = v->source->lines.items;
    uint32_t line = v->line;
    bool same = starts[line] <= at && (line + 1 == v->source->lines.count || at < starts[line + 1]);
    if (!same)
        v->line = cs_source_line(v->source, at);
    return v->line;
}

/* Adds a span for text that is about to be appended. [start, end) is source
 * text. */
static void add_span(cs_visible *v, cs_span_kind kind, uint32_t length, uint32_t start,
                     uint32_t end)
{
    uint32_t disk = cs_source_disk(v->source, start);
    uint32_t disk_end = end == start ? disk : cs_source_disk(v->source, end);
    if (length == 0 || extend_last(v, kind, disk, length))
        return;
    cs_span *span = CS_PUSH(&v->spans);
    if (span == NULL) {
        v->failed = true;
        return;
    }
    uint32_t line = line_of(v, start);
    uint32_t line_disk = cs_source_disk(v->source, v->source->lines.items[line]);
    *span = (cs_span){
        .kind = kind,
        .text = (uint32_t)v->text.len,
        .length = length,
        .source = disk,
        .source_length = disk_end - disk,
        .line = line + 1,
        .column = disk - line_disk + 1,
    };
}

void cs_visible_replace(cs_visible *visible, cs_view text, uint32_t start, uint32_t end)
{
    add_span(visible, CS_SPAN_WHOLE, (uint32_t)text.len, start, end);
    cs_buf_add_view(&visible->text, text);
}

void cs_visible_insert(cs_visible *visible, cs_view text, uint32_t at)
{
    add_span(visible, CS_SPAN_NOWHERE, (uint32_t)text.len, at, at);
    cs_buf_add_view(&visible->text, text);
}

/* The first patch with text that begins at or after `at`. */
static const cs_patch *next_patch(const cs_source *source, uint32_t at)
{
    size_t low = 0, high = source->patches.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->patches.items[middle].text < at)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < source->patches.count && source->patches.items[low].text_length == 0)
        low++;
    return low < source->patches.count ? &source->patches.items[low] : NULL;
}

/* Where the character that `at` is in begins. */
static uint32_t character_at(const char *text, uint32_t at)
{
    while (((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

void cs_visible_copy(cs_visible *visible, uint32_t start, uint32_t end)
{
    cs_visible *v = visible;
    const char *text = v->source->text.data;
    cs_span_kind kind = v->source->utf16 ? CS_SPAN_UTF16 : CS_SPAN_COPY;
    while (start < end) {
        const cs_patch *patch = next_patch(v->source, start);
        while (patch != NULL && patch->text == start && start < end) {
            cs_visible_replace(v, (cs_view){text + start, patch->text_length}, start,
                               start + patch->text_length);
            start += patch->text_length;
            patch = next_patch(v->source, start);
        }
        uint32_t stop = end;
        if (patch != NULL && patch->text > start && patch->text < end)
            stop = patch->text;
        if (start >= stop)
            break;
        if (kind == CS_SPAN_UTF16 && stop - start > max_utf16_span)
            stop = character_at(text, start + max_utf16_span);
        add_span(v, kind, stop - start, start, stop);
        cs_buf_add(&v->text, text + start, stop - start);
        start = stop;
    }
}

/* Bytes on disk of the first `kept` bytes of a span's text. */
static uint32_t kept_on_disk(const cs_visible *v, const cs_span *span, uint32_t kept)
{
    if (span->kind == CS_SPAN_COPY)
        return kept;
    if (span->kind == CS_SPAN_UTF16)
        return cs_text_utf16_size(v->text.data + span->text, kept);
    return span->source_length;
}

void cs_visible_truncate(cs_visible *visible, uint32_t length)
{
    cs_visible *v = visible;
    while (v->spans.count > 0) {
        cs_span *last = &v->spans.items[v->spans.count - 1];
        if (last->text < length) {
            uint32_t kept = length - last->text;
            if (kept < last->length) {
                last->source_length = kept_on_disk(v, last, kept);
                last->length = kept;
            }
            break;
        }
        v->spans.count--;
    }
    cs_buf_truncate(&v->text, length);
}

void cs_visible_trim(cs_visible *visible, uint32_t start)
{
    uint32_t length = cs_visible_length(visible);
    const char *text = visible->text.data;
    while (length > start &&
           (text[length - 1] == ' ' || text[length - 1] == '\n' || text[length - 1] == '\t'))
        length--;
    cs_visible_truncate(visible, length);
}
