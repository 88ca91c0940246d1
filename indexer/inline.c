/* inline.c - see inline.h. First every byte of the block gets an action (scan),
 * then the bytes are written out by their actions (emit, in inline_emit.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "inline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inline_work.h"
#include "markdown.h"

enum {
    max_backticks = 32, /* longer runs are text */
    max_label = 200,    /* bytes of a link label (CommonMark allows 999) */
    max_destination_depth = 32,
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
    w->first_note = r->notes.count;
    return true;
}

/* ---- escapes, code spans, entities ----------------------------------------------- */

static bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

static uint32_t scan_escape(work *w, uint32_t i)
{
    char next = cs_inline_at(w, i + 1);
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
    cs_inline_drop(w, i, i + n);
    cs_inline_drop(w, close, close + n);
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

static uint32_t scan_entity(work *w, uint32_t i)
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

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\0';
}

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

/* ---- links --------------------------------------------------------------------------- */

/* [^label], and [12]: a mark of a footnote; its end, or 0. */
static uint32_t mark_end(const work *w, uint32_t i)
{
    bool named = cs_inline_at(w, i + 1) == '^';
    uint32_t end = i + (named ? 2 : 1);
    uint32_t start = end;
    while (end < w->len && end - start < max_label) {
        char c = w->text[end];
        if (c == ']')
            break;
        if (named ? c == '\n' || c == '[' : c < '0' || c > '9')
            return 0;
        end++;
    }
    if (end == start || cs_inline_at(w, end) != ']' || (!named && end - start > 4))
        return 0;
    return end + 1;
}

static const cs_reference *find_reference(const work *w, cs_view label)
{
    const cs_references *all = w->reader->references;
    if (all == NULL || all->count == 0 || label.len > max_label)
        return NULL;
    char bytes[max_label];
    cs_view folded = {bytes, cs_reference_fold(bytes, label)};
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = cs_view_compare(all->items[middle].label, folded);
        if (order == 0)
            return &all->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static uint32_t scan_mark(work *w, uint32_t i, uint32_t end)
{
    bool named = w->text[i + 1] == '^';
    char next = cs_inline_at(w, end);
    if (!named && (next == '(' || next == '['))
        return 0;
    cs_note *note = cs_inline_note(w, named ? CS_NOTE_MARK : CS_NOTE_NUMBER, i, end);
    if (note == NULL)
        return end;
    note->label = cs_inline_keep(w, i + (named ? 2 : 1), end - 1);
    const cs_reference *reference = named ? NULL : find_reference(w, note->label);
    if (reference != NULL) {
        note->kind = CS_NOTE_LINK;
        note->url = reference->url;
    }
    return end;
}

/* [[Page|Label]]: shows Label. */
static uint32_t scan_wiki_link(work *w, uint32_t i)
{
    uint32_t bar = 0, end = i + 2;
    bool number = true; /* [[20]] is a mark */
    for (; end < w->len && end - i < max_label; end++) {
        char c = w->text[end];
        if (c == '\n' || c == '[')
            return 0;
        if (c == '|')
            bar = end;
        if (c == ']')
            break;
        number = number && c >= '0' && c <= '9';
    }
    if (!cs_inline_looking_at(w, end, "]]") || cs_inline_at(w, end + 2) == '(' || number)
        return 0;
    cs_inline_drop(w, i, bar != 0 ? bar + 1 : i + 2);
    cs_inline_drop(w, end, end + 2);
    return end + 2;
}

static uint32_t scan_open_bracket(work *w, uint32_t i, bool image)
{
    uint32_t bracket = i + (image ? 1 : 0);
    uint32_t end = image ? 0 : mark_end(w, bracket);
    if (end != 0)
        end = scan_mark(w, i, end);
    if (end == 0 && cs_inline_at(w, bracket + 1) == '[')
        end = scan_wiki_link(w, bracket);
    if (end != 0) {
        if (image)
            cs_inline_drop(w, i, i + 1);
        return end;
    }
    cs_bracket *open = CS_PUSH(&w->brackets);
    if (open == NULL)
        w->reader->failed = true;
    else
        *open = (cs_bracket){i, bracket + 1, image};
    return bracket + 1;
}

static uint32_t skip_blanks(const work *w, uint32_t i)
{
    while (i < w->len && is_blank(w->text[i]))
        i++;
    return i;
}

/* The end of a link destination at i; 0 when it is none. */
static uint32_t destination_end(work *w, uint32_t i)
{
    uint32_t depth = 0, start = i;
    bool angle = cs_inline_at(w, i) == '<';
    for (i += angle; i < w->len; i++) {
        char c = w->text[i];
        if (c == '\n' || (angle && c == '>') || (!angle && is_blank(c)))
            break;
        if (c == '\\' && is_punctuation(cs_inline_at(w, i + 1)))
            i++;
        else if (!angle && c == '(' && ++depth > max_destination_depth)
            break;
        else if (!angle && c == ')' && depth-- == 0)
            return i;
    }
    w->budget -= i - start < w->budget ? i - start : w->budget;
    if (angle)
        return cs_inline_at(w, i) == '>' ? i : 0;
    return depth == 0 ? i : 0;
}

/* A title in quotes or brackets at i: its end, or i without one. */
static uint32_t title_end(work *w, uint32_t i)
{
    char open = cs_inline_at(w, i);
    if (open != '"' && open != '\'' && open != '(')
        return i;
    char close = open == '(' ? ')' : open;
    uint32_t end = i + 1;
    while (end < w->len && w->text[end] != close)
        end += w->text[end] == '\\' ? 2 : 1;
    if (end >= w->len) {
        w->budget -= end - i < w->budget ? end - i : w->budget;
        return i;
    }
    return end + 1;
}

/* "(url "title")" after a link's text; its end, or 0. */
static uint32_t inline_link_end(work *w, uint32_t i, uint32_t *url_start, uint32_t *url_end)
{
    if (cs_inline_at(w, i) != '(' || w->budget == 0)
        return 0;
    uint32_t start = skip_blanks(w, i + 1);
    uint32_t end = destination_end(w, start);
    if (end == 0)
        return 0;
    bool angle = cs_inline_at(w, start) == '<';
    *url_start = start + (angle ? 1 : 0);
    *url_end = end;
    end = skip_blanks(w, end + (angle ? 1 : 0));
    end = skip_blanks(w, title_end(w, end));
    return cs_inline_at(w, end) == ')' ? end + 1 : 0;
}

/* "[label]", "[]" or nothing after a link's text whose label is defined. */
static uint32_t reference_link_end(work *w, uint32_t i, const cs_bracket *open,
                                   const cs_reference **ret_reference)
{
    cs_view label = {w->text + open->text, i - 1 - open->text};
    uint32_t end = i;
    if (cs_inline_at(w, i) == '[') {
        while (end < w->len && end - i < max_label && w->text[end] != ']')
            end++;
        if (cs_inline_at(w, end) != ']')
            return 0;
        if (end > i + 1)
            label = (cs_view){w->text + i + 1, end - i - 1};
        end++;
    }
    *ret_reference = find_reference(w, label);
    return *ret_reference != NULL ? end : 0;
}

/* A link around nothing but a mark, [[20]](url), is that mark's source. */
static void note_link(work *w, const cs_bracket *open, uint32_t close, cs_view url)
{
    cs_view label = {"", 0};
    size_t count = w->reader->notes.count;
    if (count > w->first_note) {
        const cs_note *last = &w->reader->notes.items[count - 1];
        if (last->kind == CS_NOTE_NUMBER && last->start == open->text && last->end == close) {
            label = last->label;
            w->reader->notes.count--;
        }
    }
    cs_note *note = cs_inline_note(w, CS_NOTE_LINK, open->text, close);
    if (note == NULL)
        return;
    note->label = label;
    note->url = url;
}

static uint32_t scan_close_bracket(work *w, uint32_t i)
{
    if (w->brackets.count == 0)
        return i + 1;
    cs_bracket open = w->brackets.items[--w->brackets.count];
    uint32_t url_start, url_end;
    const cs_reference *reference = NULL;
    uint32_t end = inline_link_end(w, i + 1, &url_start, &url_end);
    bool inlined = end != 0;
    if (!inlined)
        end = reference_link_end(w, i + 1, &open, &reference);
    if (end == 0)
        return i + 1;
    cs_inline_drop(w, open.at, open.text);
    cs_inline_drop(w, i, end);
    if (!open.image)
        note_link(w, &open, i, inlined ? cs_inline_keep(w, url_start, url_end) : reference->url);
    return end;
}

/* ---- bare addresses ----------------------------------------------------------------- */

static bool is_url_byte(char c)
{
    return !is_blank(c) && c != '<' && c != '>' && c != '"' && c != '|' && c != '`' && c != ']';
}

/* An address in the text, GFM 6.9: it is shown, and is a source. */
static uint32_t scan_url(work *w, uint32_t i)
{
    bool starts = i == 0 || !is_word_byte(w->text[i - 1]);
    if (!starts ||
        !(cs_inline_looking_at(w, i, "http://") || cs_inline_looking_at(w, i, "https://")))
        return i + 1;
    uint32_t end = i;
    int depth = 0;
    while (end < w->len && is_url_byte(w->text[end])) {
        depth += w->text[end] == '(' ? 1 : w->text[end] == ')' ? -1 : 0;
        if (depth < 0)
            break;
        end++;
    }
    while (end > i && strchr(".,;:!?'*_~", w->text[end - 1]) != NULL)
        end--;
    if (end - i <= sizeof "https://" - 1)
        return end > i ? end : i + 1;
    cs_note *note = cs_inline_note(w, CS_NOTE_LINK, i, end);
    if (note != NULL)
        note->url = cs_inline_keep(w, i, end);
    return end;
}

size_t cs_inline_data_uri(cs_view text)
{
    enum { max_type = 120 };
    if (text.len < 8 || strncasecmp(text.data, "data:", 5) != 0)
        return 0;
    size_t end = 5;
    bool slash = false;
    while (end < text.len && end < max_type &&
           (is_word_byte(text.data[end]) || memchr("/+.-;=", text.data[end], 6) != NULL))
        slash = text.data[end++] == '/' || slash;
    if (!slash || end >= text.len || text.data[end] != ',')
        return 0;
    while (end < text.len && is_url_byte(text.data[end]) && text.data[end] != ')' &&
           text.data[end] != '\'')
        end++;
    return end;
}

/* data:image/png;base64,...: nobody reads it. */
static uint32_t scan_data(work *w, uint32_t i)
{
    bool starts = i == 0 || !is_word_byte(w->text[i - 1]);
    size_t length = starts ? cs_inline_data_uri((cs_view){w->text + i, w->len - i}) : 0;
    cs_inline_drop(w, i, i + (uint32_t)length);
    return i + (length > 0 ? (uint32_t)length : 1);
}

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

/* ---- the scan --------------------------------------------------------------------------- */

static uint32_t scan_one(work *w, uint32_t i)
{
    switch (w->text[i]) {
    case '\\':
        return scan_escape(w, i);
    case '`':
        return scan_code(w, i);
    case '&':
        return scan_entity(w, i);
    case '*':
    case '_':
    case '~':
        return scan_delimiter(w, i);
    case '!':
        return cs_inline_at(w, i + 1) == '[' ? scan_open_bracket(w, i, true) : i + 1;
    case '[':
        return scan_open_bracket(w, i, false);
    case ']':
        return scan_close_bracket(w, i);
    case '<':
        return cs_inline_scan_tag(w, i);
    case '{':
        return scan_shortcode(w, i);
    case 'h':
        return scan_url(w, i);
    case 'd':
        return scan_data(w, i);
    default:
        return i + 1;
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
