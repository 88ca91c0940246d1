/* inline_link.c - what stands in brackets: links, images, marks of footnotes,
 * wiki links. See inline.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "inline_work.h"

typedef cs_inline_work work;

enum {
    max_mark_list = 24,  /* bytes of a mark of several sources */
    max_mark_digits = 3, /* of a mark that is a number, as in terms.c: [2023] is a year */
    max_destination_depth = 32
};

uint32_t cs_inline_number_end(const work *w, uint32_t i)
{
    uint32_t end = i;
    while (cs_inline_at(w, end) >= '0' && cs_inline_at(w, end) <= '9')
        end++;
    return end - i <= max_mark_digits ? end : i;
}

uint32_t cs_inline_numbers_end(const work *w, uint32_t i)
{
    uint32_t end = cs_inline_number_end(w, i), next;
    for (uint32_t from = i; end > from; end = next) {
        bool dash = cs_inline_looking_at(w, end, "\xE2\x80\x93");
        if (!dash && memchr(",-;", cs_inline_at(w, end), 3) == NULL)
            return end;
        if (end - i > max_mark_list)
            return i;
        from = end + (dash ? 3 : 1);
        from += cs_inline_at(w, from) == ' ' || cs_inline_at(w, from) == '\n';
        next = cs_inline_number_end(w, from);
    }
    return i;
}

/* [1, 2] and [1-3]: marks of several sources at once; the end, or 0. */
static uint32_t list_end(const work *w, uint32_t i)
{
    uint32_t end = cs_inline_numbers_end(w, i + 1);
    return end > i + 1 && cs_inline_at(w, end) == ']' ? end + 1 : 0;
}

/* [^label], and [12] or [12\]: a mark of a footnote; its end, or 0. */
static uint32_t mark_end(const work *w, uint32_t i)
{
    bool named = cs_inline_at(w, i + 1) == '^';
    uint32_t end = i + (named ? 2 : 1);
    uint32_t start = end;
    while (end < w->len && end - start < cs_max_label) {
        char c = w->text[end];
        if (c == ']' || (!named && c == '\\'))
            break;
        if (named ? c == '\n' || c == '[' || c == '<' : c < '0' || c > '9')
            return 0;
        end++;
    }
    if (end == start || (!named && end - start > max_mark_digits))
        return 0;
    end += cs_inline_at(w, end) == '\\';
    return cs_inline_at(w, end) == ']' ? end + 1 : 0;
}

static const cs_reference *find_reference(const work *w, cs_view label)
{
    const cs_references *all = w->reader->references;
    return all == NULL ? NULL : cs_references_find(all, label);
}

/* Whether the mark that ends at i is the text of a link: [3](url), [3][label].
 * [3][4] are two marks. */
static bool is_link_text(const work *w, uint32_t i)
{
    if (cs_inline_at(w, i) != '[')
        return cs_inline_at(w, i) == '(';
    uint32_t end = i + 1;
    while (end < w->len && end - i < cs_max_label && w->text[end] != ']')
        end++;
    cs_view label = {w->text + i + 1, end - i - 1};
    return mark_end(w, i) == 0 && cs_inline_at(w, end) == ']' && find_reference(w, label) != NULL;
}

static uint32_t scan_mark(work *w, uint32_t i, uint32_t end)
{
    bool named = w->text[i + 1] == '^';
    if (!named && is_link_text(w, end))
        return 0;
    if (named && cs_inline_at(w, end) == '(' && memchr(w->text + i, ' ', end - i) != NULL)
        return 0; /* [^ operator](url) */
    cs_note *note = cs_inline_note(w, named ? CS_NOTE_MARK : CS_NOTE_NUMBER, i, end);
    if (note == NULL)
        return end;
    bool escaped = w->text[end - 2] == '\\';
    if (escaped)
        cs_inline_drop(w, end - 2, end - 1);
    note->label = cs_inline_keep(w, i + (named ? 2 : 1), end - (escaped ? 2 : 1));
    const cs_reference *reference = named ? NULL : find_reference(w, note->label);
    if (reference != NULL) {
        note->kind = CS_NOTE_LINK;
        note->url = reference->url;
        note->line = reference->line;
    }
    return end;
}

/* Whether text [i, end) names a picture or another file that is shown and not
 * read; or, after a bar, its size: 300 or 300x200. */
static bool is_embedded(const work *w, uint32_t i, uint32_t end, uint32_t bar)
{
    static const char *const kinds[] = {"png", "jpg", "jpeg", "gif", "svg", "webp", "bmp",   "avif",
                                        "pdf", "mp4", "webm", "mov", "mp3", "wav",  "canvas"};
    uint32_t dot = bar != 0 ? bar : end;
    const char *hash = memchr(w->text + i, '#', dot - i); /* "#page=2" */
    dot = hash != NULL ? (uint32_t)(hash - w->text) : dot;
    uint32_t stop = dot;
    for (uint32_t at = bar; bar != 0 && at < end; at++)
        if (w->text[at] != '|' && w->text[at] != 'x' && (w->text[at] < '0' || w->text[at] > '9'))
            return false; /* a caption */
    while (dot > i && w->text[dot - 1] != '.')
        dot--;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strlen(kinds[k]) == stop - dot && strncasecmp(w->text + dot, kinds[k], stop - dot) == 0)
            return true;
    return false;
}

/* Shows of [[Page#Heading|Label]] the label, else "Page > Heading"; the page
 * alone of [[Page#^block]]. `i` is where it begins, `end` its "]]". */
static void show_page(work *w, uint32_t i, uint32_t bar, uint32_t end, bool image)
{
    uint32_t start = bar != 0 ? bar + 1 : i + 2;
    cs_inline_drop(w, i, start);
    cs_inline_drop(w, end, end + 2);
    if (image && is_embedded(w, i + 2, end, bar)) {
        cs_inline_drop(w, start, end);
        return;
    }
    for (uint32_t at = start; bar == 0 && at < end; at++) {
        if (w->text[at] != '#')
            continue;
        if (cs_inline_at(w, at + 1) == '^')
            cs_inline_drop(w, at, end);
        else if (at == start)
            cs_inline_drop(w, at, at + 1);
        else
            cs_inline_replace(w, at, at + 1, cs_view_of(" > "));
        at = cs_inline_at(w, at + 1) == '^' ? end : at;
    }
}

uint32_t cs_inline_scan_escaped_mark(work *w, uint32_t i)
{
    uint32_t first = i + 2, last = cs_inline_numbers_end(w, first);
    if (last == first || !cs_inline_looking_at(w, last, "\\]"))
        return 0;
    cs_note *note = cs_inline_note(w, CS_NOTE_NUMBER, i, last + 2);
    if (note != NULL)
        note->label = cs_inline_keep(w, first, last);
    cs_inline_drop(w, i, i + 1);
    cs_inline_drop(w, last, last + 1);
    return last + 2;
}

/* [[Page|Label]]: shows Label. */
static uint32_t scan_wiki_link(work *w, uint32_t i, bool image)
{
    uint32_t bar = 0, end = i + 2;
    bool number = true; /* [[20]] is a mark */
    for (; end < w->len && end - i < cs_max_label; end++) {
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
    show_page(w, i, bar, end, image);
    return end + 2;
}

uint32_t cs_inline_open_bracket(work *w, uint32_t i, bool image)
{
    uint32_t bracket = i + (image ? 1 : 0);
    uint32_t end = image ? 0 : mark_end(w, bracket);
    if (end == 0 && !image)
        end = list_end(w, bracket);
    if (end != 0)
        end = scan_mark(w, i, end);
    if (end == 0 && cs_inline_at(w, bracket + 1) == '[')
        end = scan_wiki_link(w, bracket, image);
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

/* Past {{ an expression }} of Hugo, Jekyll or MkDocs; 0 when there is none. */
static uint32_t template_end(const work *w, uint32_t i)
{
    enum { max_template = 100 };
    if (!cs_inline_looking_at(w, i, "{{"))
        return 0;
    for (uint32_t end = i + 2; end - i < max_template && end < w->len; end++) {
        if (w->text[end] == '\n')
            break;
        if (cs_inline_looking_at(w, end, "}}"))
            return end + 2;
    }
    return 0;
}

/* The end of a link destination at i; 0 when it is none. */
static uint32_t destination_end(work *w, uint32_t i)
{
    uint32_t depth = 0, start = i, expression;
    bool angle = cs_inline_at(w, i) == '<';
    for (i += angle; i < w->len; i++) {
        char c = w->text[i];
        if (c == '{' && (expression = template_end(w, i)) != 0) {
            i = expression - 1;
            continue;
        }
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
        while (end < w->len && end - i < cs_max_label && w->text[end] != ']')
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

void cs_inline_note_mark_link(work *w, cs_view label, uint32_t start, uint32_t end, cs_view url)
{
    bool anchor = cs_inline_is_anchor(url);
    cs_note *note = cs_inline_note(w, anchor ? CS_NOTE_NUMBER : CS_NOTE_LINK, start, end);
    if (note == NULL)
        return;
    note->label = label;
    if (!anchor)
        note->url = url;
}

void cs_inline_note_link(work *w, uint32_t start, uint32_t end, cs_view url)
{
    cs_view label = {"", 0};
    size_t count = w->reader->notes.count;
    while (count > w->first_note && w->reader->notes.items[count - 1].kind == CS_NOTE_LINK &&
           w->reader->notes.items[count - 1].start >= start)
        w->reader->notes.count = --count;
    if (count > w->first_note) {
        const cs_note *last = &w->reader->notes.items[count - 1];
        if (last->kind == CS_NOTE_NUMBER && last->start == start && last->end == end) {
            label = last->label;
            w->reader->notes.count--;
        }
    }
    if (label.len > 0) {
        cs_inline_note_mark_link(w, label, start, end, url);
        return;
    }
    cs_note *note = cs_inline_note(w, CS_NOTE_LINK, start, end);
    if (note != NULL)
        note->url = url;
}

/* "grew.[21](url)": a number glued to what it stands after is a mark and is shown as
 * one, or it would end as a part of that word. So is one that leads into the page:
 * [21](#references). */
static bool is_mark_link(const work *w, const cs_bracket *open, uint32_t close, cs_view url)
{
    char before = open->at == 0 ? ' ' : w->text[open->at - 1];
    bool glued = !is_blank(before) && before != '(';
    return !open->image && close > open->text && cs_inline_number_end(w, open->text) == close &&
           (glued || cs_inline_is_anchor(url));
}

static void apply_link(work *w, const cs_bracket *open, uint32_t close, uint32_t end, cs_view url)
{
    if (is_mark_link(w, open, close, url)) {
        cs_inline_note_mark_link(w, cs_inline_keep(w, open->text, close), open->at, close + 1, url);
        cs_inline_drop(w, close + 1, end);
        return;
    }
    cs_inline_drop(w, open->at, open->text);
    cs_inline_drop(w, close, end);
    if (!open->image)
        cs_inline_note_link(w, open->text, close, url);
}

uint32_t cs_inline_close_bracket(work *w, uint32_t i)
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
    apply_link(w, &open, i, end,
               inlined ? cs_inline_keep_url(w, url_start, url_end) : reference->url);
    if (!inlined && !open.image && w->reader->notes.count > w->first_note)
        w->reader->notes.items[w->reader->notes.count - 1].line = reference->line;
    return end;
}
