/* inline.c - see inline.h. First every byte of the block gets an action (scan),
 * then the bytes are written out by their actions (emit, in inline_emit.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "inline.h"

#include <stdlib.h>
#include <string.h>

#include "inline_work.h"
#include "markdown.h"

enum { retry_budget = 1 << 20 }; /* bytes that failed attempts may look at, and 16 x the length */

typedef cs_inline_work work;

/* ---- memory ------------------------------------------------------------------------ */

void cs_inline_release(cs_inline *reader)
{
    work *w = reader->work;
    if (w != NULL) {
        free(w->actions);
        free(w->replacements.items);
        free(w->brackets.items);
        for (size_t i = 0; i < cs_delimiter_kinds; i++)
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
    if (w->actions == NULL || len >= w->actions_cap) {
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
    for (size_t i = 0; i < cs_delimiter_kinds; i++)
        w->delimiters[i].count = 0;
    memset(w->no_backticks, 0, sizeof w->no_backticks);
    w->no_quote[0] = w->no_quote[1] = w->no_tag_end = w->no_comment_end = false;
    w->endless = 0;
    w->budget = retry_budget + (uint64_t)len * 16;
    w->plain_until = 0;
    w->in_anchor = false;
    w->first_note = r->notes.count;
    return true;
}

/* ---- escapes, code spans, entities ------------------------------------------------- */

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
    if (n > cs_max_backticks || w->no_backticks[n])
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
    if (n <= cs_max_backticks)
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
    size_t length;
    if (!cs_markdown_entity(name, entity->text, sizeof entity->text, &length))
        w->reader->failed = true;
    entity->length = (uint8_t)length;
    unsigned char first = (unsigned char)entity->text[0];
    if (entity->length == 1 && (first < 0x20 || first == 0x7F))
        entity->text[0] = ' '; /* no control character hides as an entity */
    return entity;
}

/* "&amp;amp;" and "&amp;nbsp;": text that was escaped once too often, at most
 * three times. *after is moved past what is decoded. */
static const cs_entity *find_escaped(work *w, const cs_entity *entity, uint32_t *after)
{
    enum { max_times = 3 };
    for (int times = 0; times < max_times; times++) {
        char name[cs_max_entity] = "&";
        uint32_t end = *after, len = 1;
        while (len + 1 < sizeof name &&
               (is_word_byte(cs_inline_at(w, end)) || cs_inline_at(w, end) == '#'))
            name[len++] = w->text[end++];
        name[len++] = ';';
        if (cs_inline_at(w, end) != ';' || len < 4)
            break;
        const cs_entity *next = find_entity(w, (cs_view){name, len});
        if (next->length == 0)
            break;
        *after = end + 1;
        entity = next;
        if (next->length != 1 || next->text[0] != '&')
            break;
    }
    return entity;
}

/* An entity of HTML 4 that has no semicolon, as browsers read it: not before a
 * letter, a digit or '=' ("?a=1&copy=2" is an address). */
static uint32_t scan_bare_entity(work *w, uint32_t i, uint32_t end)
{
    static const char *const names[] = {"&amp", "&lt", "&gt", "&quot", "&nbsp", "&copy", "&reg"};
    size_t len = end - i;
    if (cs_inline_at(w, end) == '=')
        return i + 1;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        if (strlen(names[n]) != len || memcmp(w->text + i, names[n], len) != 0)
            continue;
        char name[8];
        memcpy(name, names[n], len);
        name[len] = ';';
        const cs_entity *entity = find_entity(w, (cs_view){name, len + 1});
        cs_inline_replace(w, i, end, (cs_view){entity->text, entity->length});
        return end;
    }
    return i + 1;
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
        return scan_bare_entity(w, i, end);
    const cs_entity *entity = find_entity(w, (cs_view){w->text + i, end + 1 - i});
    if (entity->length == 0)
        return i + 1;
    uint32_t after = end + 1;
    if (entity->length == 1 && entity->text[0] == '&')
        entity = find_escaped(w, entity, &after);
    cs_inline_replace(w, i, after, (cs_view){entity->text, entity->length});
    return after;
}

/* ---- emphasis ---------------------------------------------------------------------- */

/* CommonMark 6.2, flanking; bytes beyond ASCII count as letters. */
static void flanking(const work *w, uint32_t i, uint32_t n, bool *opens, bool *closes)
{
    char before = i == 0 ? ' ' : w->text[i - 1], after = cs_inline_at(w, i + n);
    bool left =
        !is_blank(after) && (!is_punctuation(after) || is_blank(before) || is_punctuation(before));
    bool right =
        !is_blank(before) && (!is_punctuation(before) || is_blank(after) || is_punctuation(after));
    if (w->text[i] == '_' || w->text[i] == '=') {
        *opens = left && (!right || is_punctuation(before));
        *closes = right && (!left || is_punctuation(after));
    } else {
        *opens = left;
        *closes = right;
    }
}

/* ~below~ and ^above^, of a few letters: "H~2~O", "x^2^", "4^th^". */
static uint32_t scan_small(work *w, uint32_t i)
{
    enum { max_small = 12 };
    uint32_t end = i + 1;
    while (end - i <= max_small && is_word_byte(cs_inline_at(w, end)))
        end++;
    char before = i > 0 ? w->text[i - 1] : ' ', mark = w->text[i];
    bool glued = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
                 before == ')' || (mark == '^' && (is_blank(before) || is_word_byte(before)));
    if (!glued || end == i + 1 || cs_inline_at(w, end) != mark || cs_inline_at(w, end + 1) == mark)
        return i + 1;
    if (mark == '^' && cs_inline_number_end(w, i + 1) == end)
        cs_inline_raise(w, i + 1, end);
    cs_inline_drop(w, i, i + 1);
    cs_inline_drop(w, end, end + 1);
    return end + 1;
}

/* $math$ and $$math$$ are text as they stand, whatever would be markup in them.
 * A '$' that opens has no blank after it, one that closes none before and no
 * digit after it; between are no links, and something of mathematics. */
static uint32_t scan_math(work *w, uint32_t i)
{
    enum { max_math = 1000 };
    uint32_t n = run_length(w, i), start = i + n, end = start;
    if (n > 2 || (n == 1 && (is_blank(cs_inline_at(w, start)) ||
                             (i > 0 && (is_word_byte(w->text[i - 1]) || w->text[i - 1] == '\\')))))
        return i + n;
    bool maths = n == 2;
    for (; end < w->len && end - start < max_math && w->text[end] != '$'; end++) {
        char c = w->text[end];
        if (c == '`' || (c == ']' && cs_inline_at(w, end + 1) == '(') ||
            (c == ':' && cs_inline_at(w, end + 1) == '/') || (c == '\n' && n == 1))
            return i + n;
        maths = maths || strchr("\\^_={", c) != NULL;
        end += c == '\\' && end + 1 < w->len;
    }
    char last = end > start ? w->text[end - 1] : ' ';
    if (end >= w->len || !maths || w->text[end] != '$' || end == start ||
        (n == 2 ? cs_inline_at(w, end + 1) != '$' : is_blank(last)) ||
        is_word_byte(cs_inline_at(w, end + n)))
        return i + n;
    for (uint32_t at = start; at < end; at += w->text[at] == '\\' ? 2 : 1)
        if (w->text[at] == '\\' && cs_inline_at(w, at + 1) == '_') /* escaped for Markdown */
            cs_inline_drop(w, at, at + 1);
    return end + n;
}

static uint32_t scan_delimiter(work *w, uint32_t i)
{
    uint32_t n = run_length(w, i), left = n;
    size_t kind = w->text[i] == '*' ? 0 : w->text[i] == '_' ? 1 : w->text[i] == '~' ? 2 : 3;
    if (kind >= 2 && n != 2)
        return n == 1 && kind == 2 ? scan_small(w, i) : i + n;
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

/* ---- the scan ---------------------------------------------------------------------- */

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
    case '=':
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
        return cs_inline_scan_brace(w, i);
    case 'h':
    case 'H':
    case 'w':
    case 'W':
        next = cs_inline_scan_url(w, i);
        return next != 0 ? next : cs_inline_scan_word(w, i);
    case 'd':
        return cs_inline_scan_data(w, i);
    case '^':
        next = cs_inline_scan_caret(w, i);
        return next != 0 ? next : scan_small(w, i);
    case '$':
        next = cs_inline_scan_tex(w, i);
        return next != 0 ? next : scan_math(w, i);
    case '\xC2': /* ¹²³ */
    case '\xE2': /* ⁰⁴ to ⁹ */
        return w->reader->numbered_sources ? cs_inline_scan_raised(w, i) : i + 1;
    default:
        return is_word_byte(w->text[i]) ? cs_inline_scan_word(w, i) : i + 1;
    }
}

/* " ^identifier" at the end of a block, of Obsidian. */
static void drop_block_id(work *w)
{
    enum { min_id = 4, max_id = 40 };
    uint32_t start = w->len;
    while (start > 0 && w->len - start < max_id &&
           (is_word_byte(w->text[start - 1]) || w->text[start - 1] == '-'))
        start--;
    if (w->len - start >= min_id && start > 0 && w->text[start - 1] == '^' &&
        (start == 1 || is_blank(w->text[start - 2])))
        cs_inline_drop(w, start - 1, w->len);
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
    drop_block_id(w);
    cs_inline_emit(w, out);
}
