/* passage.c - see passage.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "passage.h"

#include <ctype.h>
#include <stdlib.h>

#include "sentence.h"
#include "template.h"
#include "text.h"

/* A run without an end of sentence is cut at a blank when it has this many
 * times the words of a passage: code, tables of numbers, transcripts. */
enum { run_on = 2 };

/* Bytes of a passage at most, for text without blanks or ends of sentences. */
enum { max_passage = 1 << 13 };

/* Whether a character begins here of Thai, Lao, Burmese or Khmer (U+0E00-0EFF,
 * U+1000-109F, U+1780-17FF). */
static bool is_southeastern(cs_view text, size_t i)
{
    unsigned char lead = (unsigned char)text.data[i];
    if ((lead != 0xE0 && lead != 0xE1) || i + 1 >= text.len)
        return false;
    unsigned char next = (unsigned char)text.data[i + 1];
    return lead == 0xE0 ? next >= 0xB8 && next <= 0xBB
                        : next <= 0x82 || next == 0x9E || next == 0x9F;
}

/* Words of a text, roughly: runs between blanks; of scripts without blanks, two
 * characters make a word of East Asia, four one of South-East Asia. */
static uint32_t count_words(cs_view text)
{
    uint32_t words = 0, wide = 0, dense = 0;
    bool inside = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool blank = c == ' ' || c == '\n';
        words += inside && blank;
        inside = !blank;
        wide += c >= 0xE3 && c <= 0xED;
        dense += is_southeastern(text, i);
    }
    return words + inside + wide / 2 + dense / 4;
}

/* After the last blank before `end`, if one is after `floor`; else `end`. */
static uint32_t blank_before(cs_view text, uint32_t floor, uint32_t end)
{
    for (uint32_t at = end; at > floor; at--)
        if (text.data[at - 1] == ' ' || text.data[at - 1] == '\n')
            return at;
    return end;
}

/* The text up to max_passage bytes after `at`, cut at a blank, or at least
 * between grapheme clusters. */
static cs_view within_reach(cs_view text, uint32_t at)
{
    if (text.len - at <= max_passage)
        return text;
    uint32_t end = at + max_passage, blank = blank_before(text, at + max_passage / 2, end);
    if (blank == end)
        blank = at + (uint32_t)cs_text_cut(text.data + at, text.len - at, max_passage);
    return (cs_view){text.data, blank};
}

/* Where to cut a piece that is too long: after the last sentence that fits, and
 * after at least one. `at` is where the passage begins. */
static uint32_t cut(cs_view piece, uint32_t at, uint32_t room)
{
    cs_view text = within_reach(piece, at);
    uint32_t end = at, words = 0;
    while (end < text.len) {
        uint32_t next = (uint32_t)cs_sentence_end(text, end);
        words += count_words((cs_view){text.data + end, next - end});
        if (words > room && end > at)
            break;
        end = next;
        if (words > room)
            break;
    }
    if (words <= cs_passage_words * run_on)
        return end;
    uint32_t blank = at;
    for (words = 0; blank < end && words < cs_passage_words; blank++)
        words += text.data[blank] == ' ' || text.data[blank] == '\n';
    if (blank == end || words < cs_passage_words) { /* few blanks: by bytes */
        const uint32_t bytes = cs_passage_words * 6;
        blank = blank_before(text, at + bytes / 2,
                             at + (uint32_t)cs_text_cut(text.data + at, end - at, bytes));
    }
    return blank < end ? blank : end;
}

/* Copies the spans that overlap [start, end), clipped and counted from start. */
static bool take_spans(cs_passages *p, uint32_t start, uint32_t end, cs_passage *passage)
{
    const cs_spans *all = &p->study->visible.spans;
    while (p->span < all->count && all->items[p->span].text + all->items[p->span].length <= start)
        p->span++;
    for (size_t i = p->span; i < all->count && all->items[i].text < end; i++) {
        cs_span *span = CS_PUSH(&passage->spans);
        if (span == NULL)
            return false;
        *span = all->items[i];
        uint32_t skip = span->text < start ? start - span->text : 0;
        uint32_t after = span->text + span->length;
        bool copied = span->kind == CS_SPAN_COPY;
        span->length -= skip + (after > end ? after - end : 0);
        span->text = span->text + skip - start;
        if (copied) {
            span->source += skip;
            span->column += skip;
            span->source_length = span->length;
        } else if (span->kind == CS_SPAN_UTF16 && (skip > 0 || after > end)) {
            passage->text = (cs_view){p->study->visible.text.data + start, end - start};
            cs_span whole = all->items[i];
            cs_spans one = {&whole, 1, 1};
            cs_passage view = {.text = cs_buf_view(&p->study->visible.text), .spans = one};
            cs_position at =
                cs_passage_locate(&view, whole.text + skip, whole.text + skip + span->length);
            span->source = at.start;
            span->column = at.column;
            span->source_length = at.end - at.start;
        }
    }
    return true;
}

static bool take_marks(cs_passages *p, uint32_t start, uint32_t end, cs_passage *passage)
{
    const cs_marks *all = &p->study->marks;
    while (p->mark < all->count && all->items[p->mark].text < start)
        p->mark++;
    for (size_t i = p->mark; i < all->count && all->items[i].text < end; i++) {
        cs_mark *mark = CS_PUSH(&passage->marks);
        if (mark == NULL)
            return false;
        *mark = (cs_mark){all->items[i].text - start, all->items[i].source};
    }
    return true;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Lines and bytes: of the whole pieces, or of what a cut left of one. */
static void set_range(const cs_passages *p, const cs_piece *first, const cs_piece *last,
                      bool is_cut, cs_passage *passage)
{
    const cs_source *source = &p->study->source;
    if (!is_cut) {
        uint32_t end = last->source_end; /* of a block of code or HTML: after empty lines */
        while (end > last->source && is_line_end(source->text.data[end - 1]))
            end--;
        passage->first_line = cs_source_line(source, first->source) + 1;
        passage->last_line = cs_source_line(source, end) + 1;
        passage->start = cs_source_disk(source, first->source);
        passage->end = cs_source_disk(source, end);
        return;
    }
    const cs_spans *spans = &passage->spans;
    passage->first_line = passage->start = UINT32_MAX;
    for (size_t i = 0; i < spans->count; i++) {
        const cs_span *s = &spans->items[i];
        if (s->line < passage->first_line)
            passage->first_line = s->line;
        if (s->line > passage->last_line)
            passage->last_line = s->line;
        if (s->source < passage->start)
            passage->start = s->source;
        if (s->source + s->source_length > passage->end)
            passage->end = s->source + s->source_length;
    }
}

/* How many whole pieces from p->piece on make a passage; 0 when the first alone
 * is too long. */
static size_t whole_pieces(const cs_passages *p)
{
    const cs_piece *pieces = p->study->pieces.items;
    const char *text = p->study->visible.text.data;
    uint32_t words = 0;
    size_t n = 0;
    while (p->piece + n < p->study->pieces.count) {
        const cs_piece *piece = &pieces[p->piece + n];
        if (n > 0 && piece->section != pieces[p->piece].section)
            break;
        words += count_words((cs_view){text + piece->start, piece->end - piece->start});
        if (words > cs_passage_words || piece->end - pieces[p->piece].start > max_passage)
            break;
        n++;
    }
    return n;
}

/* Whether a code span is in [start, end). */
static bool has_code(cs_passages *p, uint32_t start, uint32_t end)
{
    while (p->code < p->study->code.count && p->study->code.items[p->code].end <= start)
        p->code++;
    return p->code < p->study->code.count && p->study->code.items[p->code].start < end;
}

/* Bytes of letters and digits, as far as ASCII goes. */
static uint32_t count_letters(cs_view text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (unsigned char)text.data[i] >= 0x80 || isalnum((unsigned char)text.data[i]);
    return count;
}

/* Whether four fifths of [start, end) and more are texts of links to other places of the folder,
 * three and more. */
static bool is_contents(cs_passages *p, uint32_t start, uint32_t end)
{
    enum { least = 3, part = 5 }; /* all but a fifth */
    const cs_ranges *leads = &p->study->leads;
    const char *text = p->study->visible.text.data;
    uint32_t count = 0, led = 0;
    while (p->lead < leads->count && leads->items[p->lead].end <= start)
        p->lead++;
    for (size_t i = p->lead; i < leads->count && leads->items[i].end <= end; i++, count++)
        led += count_letters(
            (cs_view){text + leads->items[i].start, leads->items[i].end - leads->items[i].start});
    if (count < least)
        return false;
    uint32_t all = count_letters((cs_view){text + start, end - start});
    return (uint64_t)led * part >= (uint64_t)all * (part - 1);
}

static cs_status fill(cs_passages *p, uint32_t start, uint32_t end, const cs_piece *first,
                      const cs_piece *last, bool is_cut, cs_passage *passage, cs_error *error)
{
    passage->text = (cs_view){p->study->visible.text.data + start, end - start};
    passage->section = first->section;
    for (const cs_piece *piece = first; piece <= last; piece++)
        passage->kinds |= piece->kind;
    if (has_code(p, start, end))
        passage->kinds |= CS_KIND_CODE;
    if (first->sources)
        passage->kinds |= CS_KIND_SOURCES;
    if ((passage->kinds & (CS_KIND_CODE | CS_KIND_SOURCES)) == 0 && cs_template_is(passage->text))
        passage->kinds |= CS_KIND_QUESTIONS;
    if (is_contents(p, start, end))
        passage->kinds |= CS_KIND_CONTENTS;
    if (!take_spans(p, start, end, passage) || !take_marks(p, start, end, passage))
        return cs_fail_memory(error);
    set_range(p, first, last, is_cut, passage);
    return CS_OK;
}

cs_status cs_passages_next(cs_passages *passages, cs_passage *ret_passage, bool *ret_found,
                           cs_error *error)
{
    cs_passages *p = passages;
    *ret_found = p->piece < p->study->pieces.count;
    if (!*ret_found)
        return CS_OK;
    const cs_piece *first = &p->study->pieces.items[p->piece];
    const char *text = p->study->visible.text.data;
    size_t n = p->offset == 0 ? whole_pieces(p) : 0;
    if (n > 0) {
        p->piece += n;
        const cs_piece *last = first + n - 1;
        return fill(p, first->start, last->end, first, last, false, ret_passage, error);
    }
    cs_view piece = {text + first->start, first->end - first->start};
    uint32_t start = p->offset, end = cut(piece, start, cs_passage_words);
    uint32_t shown = end;
    while (shown > start + 1 &&
           (text[first->start + shown - 1] == ' ' || text[first->start + shown - 1] == '\n'))
        shown--;
    p->offset = end;
    if (end >= piece.len) {
        p->offset = 0;
        p->piece++;
    }
    return fill(p, first->start + start, first->start + shown, first, first, true, ret_passage,
                error);
}
