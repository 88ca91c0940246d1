/* inline.c - see inline.h. First every byte of the block gets an action (scan),
 * then the bytes are written out by their actions (emit, in inline_emit.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "inline.h"

#include <stdlib.h>
#include <string.h>

#include "inline_work.h"
#include "markdown.h"

enum {
    max_backticks = 32,    /* longer runs are text */
    retry_budget = 1 << 20 /* bytes that failed attempts may look at, and 16 x the length */
};

typedef cs_inline_work work;

/* ---- memory ------------------------------------------------------------------ */

void cs_inline_release(cs_inline *reader)
{
    work *w = reader->work;
    if (w != NULL) {
        free(w->actions);
        free(w->replacements.items);
        free(w->brackets.items);
        for (size_t i = 0; i < 3; i++)
            free(w->delimiters[i].items);
        free(w);
    }
    free(reader->notes.items);
    *reader = (cs_inline){0};
}

static bool prepare(cs_inline *r, const cs_flat *flat)
{
    if (r->work == NULL && (r->work = calloc(1, sizeof *r->work)) == NULL)
        return false;
    work *w = r->work;
    size_t len = flat->text.len;
    if (len + 1 > w->actions_cap) {
        free(w->actions);
        w->actions_cap = 0;
        w->actions = malloc((len + 1) * 2);
        if (w->actions == NULL)
            return false;
        w->actions_cap = (len + 1) * 2;
    }
    memset(w->actions, CS_KEEP, len + 1);
    w->text = flat->text.data;
    w->len = (uint32_t)len;
    w->flat = flat;
    w->reader = r;
    w->replacements.count = w->brackets.count = 0;
    for (size_t i = 0; i < 3; i++)
        w->delimiters[i].count = 0;
    memset(w->no_backticks, 0, sizeof w->no_backticks);
    w->no_quote[0] = w->no_quote[1] = w->no_tag_end = w->no_comment_end = false;
    w->budget = retry_budget + (uint64_t)len * 16;
    w->plain_until = 0;
    w->in_anchor = false;
    w->first_note = r->notes.count;
    return true;
}

/* ---- escapes, code spans, entities ----------------------------------------------- */

static uint32_t scan_escape(work *w, uint32_t i)
{
    char next = cs_inline_at(w, i + 1);
    uint32_t mark = next == '[' ? cs_inline_scan_escaped_mark(w, i) : 0;
    if (mark != 0)
        return mark;
    if (is_punctuation(next)) {
        cs_inline_drop(w, i, i + 1);
        return i + 2;
    }
    if (next == '\n')
        cs_inline_drop(w, i, i + 1);
    return i + 1;
}

static uint32_t run_length(const work *w, uint32_t i)
{
    uint32_t n = 1;
    while (cs_inline_at(w, i + n) == w->text[i])
        n++;
    return n;
}

/* Where a run of exactly `n` backticks begins after i, or 0. */
static uint32_t closing_backticks(work *w, uint32_t i, uint32_t n)
{
    if (n > max_backticks || w->no_backticks[n])
        return 0;
    while (i < w->len) {
        const char *next = memchr(w->text + i, '`', w->len - i);
        if (next == NULL)
            break;
        i = (uint32_t)(next - w->text);
        uint32_t m = run_length(w, i);
        if (m == n)
            return i;
        i += m;
    }
    if (n <= max_backticks)
        w->no_backticks[n] = true;
    return 0;
}

static uint32_t scan_code(work *w, uint32_t i)
{
    uint32_t n = run_length(w, i);
    uint32_t close = closing_backticks(w, i + n, n);
    if (close == 0)
        return i + n;
    cs_inline_note(w, CS_NOTE_CODE, i, close + n);
    cs_inline_drop(w, i, i + n);
    cs_inline_drop(w, close, close + n);
    for (uint32_t at = i + n; w->mode == CS_INLINE_LINE && at + 1 < close; at++)
        if (w->text[at] == '\\' && w->text[at + 1] == '|') /* GFM 4.10 */
            cs_inline_drop(w, at, at + 1);
    return close + n;
}

/* What an entity stands for, kept for the next time; length 0 when it is none. */
static const cs_entity *find_entity(work *w, cs_view name)
{
    uint32_t hash = 5381;
    for (size_t i = 0; i < name.len; i++)
        hash = hash * 33 + (unsigned char)name.data[i];
    cs_entity *entity = &w->entities[hash % cs_entities];
    if (cs_view_equal((cs_view){entity->name, entity->name_length}, name))
        return entity;
    entity->name_length = (uint8_t)name.len;
    memcpy(entity->name, name.data, name.len);
    entity->length = (uint8_t)cs_markdown_entity(name, entity->text, sizeof entity->text);
    unsigned char first = (unsigned char)entity->text[0];
    if (entity->length == 1 && (first < 0x20 || first == 0x7F))
        entity->text[0] = ' '; /* no control character hides as an entity */
    return entity;
}

uint32_t cs_inline_scan_entity(work *w, uint32_t i)
{
    uint32_t end = i + 1;
    while (end - i < cs_max_entity - 1 && is_word_byte(cs_inline_at(w, end)))
        end++;
    if (end == i + 1 && cs_inline_at(w, end) == '#') {
        end++;
        while (end - i < cs_max_entity - 1 && is_word_byte(cs_inline_at(w, end)))
            end++;
    }
    if (cs_inline_at(w, end) != ';' || end == i + 1)
        return i + 1;
    const cs_entity *entity = find_entity(w, (cs_view){w->text + i, end + 1 - i});
    if (entity->length == 0)
        return i + 1;
    cs_inline_replace(w, i, end + 1, (cs_view){entity->text, entity->length});
    return end + 1;
}

/* ---- emphasis --------------------------------------------------------------------- */

/* CommonMark 6.2, flanking; bytes beyond ASCII count as letters. */
static void flanking(const work *w, uint32_t i, uint32_t n, bool *opens, bool *closes)
{
    char before = i == 0 ? ' ' : w->text[i - 1], after = cs_inline_at(w, i + n);
    bool left =
        !is_blank(after) && (!is_punctuation(after) || is_blank(before) || is_punctuation(before));
    bool right =
        !is_blank(before) && (!is_punctuation(before) || is_blank(after) || is_punctuation(after));
    if (w->text[i] == '_') {
        *opens = left && (!right || is_punctuation(before));
        *closes = right && (!left || is_punctuation(after));
    } else {
        *opens = left;
        *closes = right;
    }
}

static uint32_t scan_delimiter(work *w, uint32_t i)
{
    uint32_t n = run_length(w, i), left = n;
    size_t kind = w->text[i] == '*' ? 0 : w->text[i] == '_' ? 1 : 2;
    if (kind == 2 && n != 2)
        return i + n;
    bool opens, closes;
    flanking(w, i, n, &opens, &closes);
    cs_delimiters *stack = &w->delimiters[kind];
    while (closes && left > 0 && stack->count > 0) {
        cs_delimiter *opener = &stack->items[stack->count - 1];
        uint32_t both = opener->length < left ? opener->length : left;
        cs_inline_drop(w, opener->at + opener->length - both, opener->at + opener->length);
        cs_inline_drop(w, i + n - left, i + n - left + both);
        opener->length -= both;
        left -= both;
        if (opener->length == 0)
            stack->count--;
    }
    if (opens && left > 0) {
        cs_delimiter *opener = CS_PUSH(stack);
        if (opener == NULL)
            w->reader->failed = true;
        else
            *opener = (cs_delimiter){i + n - left, left};
    }
    return i + n;
}

/* ---- shortcodes, words -------------------------------------------------------------- */

/* The next value in quotes of a shortcode that is shown: the first of all for
 * "heading", else that of an attribute for readers. Text in [*start, *end). */
static bool next_shown(const work *w, uint32_t i, uint32_t stop, bool heading, uint32_t *start,
                       uint32_t *end)
{
    static const char *const shown[] = {"text=\"", "title=\"", "caption=\"", "alt=\""};
    for (; i < stop; i++) {
        size_t name = heading && w->text[i] == '"' ? 1 : 0;
        for (size_t s = 0; name == 0 && s < sizeof shown / sizeof *shown; s++)
            if (w->text[i - 1] == ' ' && cs_inline_looking_at(w, i, shown[s]))
                name = strlen(shown[s]);
        if (name == 0)
            continue;
        *start = i + (uint32_t)name;
        const char *close = *start < stop ? memchr(w->text + *start, '"', stop - *start) : NULL;
        *end = close == NULL ? stop : (uint32_t)(close - w->text);
        return close != NULL;
    }
    return false;
}

/* Drops [i, end) but for what it shows. */
static void drop_shortcode(work *w, uint32_t i, uint32_t end)
{
    bool heading = cs_inline_looking_at(w, skip_blanks(w, i + 3), "heading");
    uint32_t at = i, start, stop;
    while (next_shown(w, at + 1, end, heading, &start, &stop)) {
        if (at == i)
            cs_inline_drop(w, at, start);
        else
            cs_inline_replace(w, at, start, cs_view_of(" "));
        at = stop;
    }
    cs_inline_drop(w, at, end);
}

/* {{< x >}} and {{% x %}} of Hugo, {% x %} of Liquid, {: .x} of kramdown and
 * comments of MDX. */
static uint32_t scan_shortcode(work *w, uint32_t i)
{
    static const char *const marks[][2] = {
        {"{{<", ">}}"}, {"{{%", "%}}"}, {"{%", "%}"}, {"{:", "}"}, {"{/*", "*/}"}};
    size_t kind = 0, count = sizeof marks / sizeof *marks;
    while (kind < count && !cs_inline_looking_at(w, i, marks[kind][0]))
        kind++;
    if (kind == count || w->budget == 0)
        return i + 1;
    size_t size = strlen(marks[kind][1]);
    const char *close = memmem(w->text + i + 2, w->len - i - 2, marks[kind][1], size);
    if (close == NULL) {
        w->budget -= w->len - i < w->budget ? w->len - i : w->budget;
        return i + 1;
    }
    uint32_t end = (uint32_t)(close - w->text) + (uint32_t)size;
    if (kind < 2)
        drop_shortcode(w, i, end);
    else
        cs_inline_drop(w, i, end);
    return end;
}

/* Past a word. A run of base64 or hexadecimal digits that no word is as long as
 * is dropped: pictures pasted as text. */
static uint32_t scan_word(work *w, uint32_t i)
{
    enum { max_run = 600 };
    uint32_t end = i;
    while (is_word_byte(cs_inline_at(w, end)))
        end++;
    if (i < w->plain_until || (end - i < max_run && memchr("+/=", cs_inline_at(w, end), 3) == NULL))
        return end;
    while (end < w->len && (is_word_byte(w->text[end]) || memchr("+/=", w->text[end], 3) != NULL))
        end++;
    w->plain_until = end;
    if (end - i < max_run)
        return i + 1;
    cs_inline_drop(w, i, end);
    return end;
}

/* ---- the scan --------------------------------------------------------------------------- */

static uint32_t scan_one(work *w, uint32_t i)
{
    uint32_t next;
    switch (w->text[i]) {
    case '\\':
        return scan_escape(w, i);
    case '`':
        return scan_code(w, i);
    case '&':
        return cs_inline_scan_entity(w, i);
    case '*':
    case '_':
    case '~':
        return scan_delimiter(w, i);
    case '!':
        return cs_inline_at(w, i + 1) == '[' ? cs_inline_open_bracket(w, i, true) : i + 1;
    case '[':
        return cs_inline_open_bracket(w, i, false);
    case ']':
        return cs_inline_close_bracket(w, i);
    case '<':
        return cs_inline_scan_tag(w, i);
    case '{':
        return scan_shortcode(w, i);
    case 'h':
    case 'H':
    case 'w':
    case 'W':
        next = cs_inline_scan_url(w, i);
        return next != 0 ? next : scan_word(w, i);
    case 'd':
        return cs_inline_scan_data(w, i);
    case '^':
        return cs_inline_scan_caret(w, i);
    case '$':
        return cs_inline_scan_tex(w, i);
    case '\xC2': /* ¹²³ */
    case '\xE2': /* ⁰⁴ to ⁹ */
        return w->reader->numbered_sources ? cs_inline_scan_raised(w, i) : i + 1;
    default:
        return is_word_byte(w->text[i]) ? scan_word(w, i) : i + 1;
    }
}

void cs_inline_render(cs_inline *reader, const cs_flat *flat, cs_inline_mode mode, cs_visible *out)
{
    if (flat->failed || !prepare(reader, flat)) {
        reader->failed = true;
        return;
    }
    work *w = reader->work;
    w->mode = mode;
    for (uint32_t i = 0; i < w->len;)
        i = scan_one(w, i);
    cs_inline_emit(w, out);
}
