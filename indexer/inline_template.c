/* inline_template.c - what other programs put in before a reader sees the text:
 * shortcodes, variables, attributes; and data that nobody reads. See inline.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "inline_work.h"

typedef cs_inline_work work;

/* ---- shortcodes -------------------------------------------------------------------- */

/* The next value in quotes of a shortcode that is shown: the first of all for
 * "heading", else that of an attribute for readers. Text in [*start, *end). */
static bool next_shown(const work *w, uint32_t i, uint32_t stop, bool heading, uint32_t *start,
                       uint32_t *end)
{
    static const char *const shown[] = {
        "text=", "title=", "caption=", "alt=", "label=", "header=", "heading="};
    for (; i < stop; i++) {
        size_t name = heading && w->text[i] == '"' ? 1 : 0;
        for (size_t s = 0; name == 0 && s < sizeof shown / sizeof *shown; s++)
            if (is_blank(w->text[i - 1]) && cs_inline_looking_at(w, i, shown[s]))
                name = strlen(shown[s]) + 1;
        if (name == 0 || i + name > stop || strchr("\"'`", w->text[i + name - 1]) == NULL)
            continue;
        *start = i + (uint32_t)name;
        char quote = w->text[*start - 1];
        const char *close = *start < stop ? memchr(w->text + *start, quote, stop - *start) : NULL;
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

/* Past what ends with `close`, from i on; 0 when it does not. */
static uint32_t past(work *w, uint32_t i, const char *close)
{
    size_t size = strlen(close);
    const char *at = w->budget == 0 ? NULL : memmem(w->text + i, w->len - i, close, size);
    if (at != NULL)
        return (uint32_t)(at - w->text) + (uint32_t)size;
    w->budget -= w->len - i < w->budget ? w->len - i : w->budget;
    return 0;
}

/* {{< x >}} and {{% x %}} of Hugo, {% x %} of Liquid, {: .x} of kramdown,
 * comments of MDX and Jinja. */
static uint32_t scan_shortcode(work *w, uint32_t i)
{
    static const char *const marks[][2] = {{"{{<", ">}}"}, {"{{%", "%}}"}, {"{%", "%}"},
                                           {"{:", "}"},    {"{/*", "*/}"}, {"{# ", "#}"}};
    size_t kind = 0, count = sizeof marks / sizeof *marks;
    while (kind < count && !cs_inline_looking_at(w, i, marks[kind][0]))
        kind++;
    uint32_t end = kind == count ? 0 : past(w, i + 2, marks[kind][1]);
    if (end == 0)
        return i;
    if (kind < 2) {
        drop_shortcode(w, i, end);
        return end;
    }
    if (kind == 2 && cs_inline_looking_at(w, skip_blanks(w, i + 2), "comment")) {
        uint32_t close = past(w, end, "endcomment");
        close = close == 0 ? 0 : past(w, close, "%}");
        end = close == 0 ? end : close;
    }
    cs_inline_drop(w, i, end);
    return end;
}

/* ---- variables and attributes ------------------------------------------------------ */

/* {{ page.title | upcase }}: its value is shown, and not known here. Formulas,
 * "x_{{a}}" and "{{-\\frac", are none. */
static uint32_t scan_variable(work *w, uint32_t i)
{
    enum { max_variable = 200 };
    uint32_t at = i + 2;
    char before = i > 0 ? w->text[i - 1] : ' ';
    if (!cs_inline_looking_at(w, i, "{{") || strchr("_^\\{}$", before) != NULL)
        return i;
    at += cs_inline_at(w, at) == '-'; /* {{- trims the blanks before it */
    at = skip_blanks(w, at);
    char first = cs_inline_at(w, at);
    bool name = is_word_byte(first) && !(first >= '0' && first <= '9');
    if (!name && strchr("\"'.$_", first) == NULL)
        return i;
    for (; at < w->len && at - i < max_variable; at++) {
        char c = w->text[at];
        if (cs_inline_looking_at(w, at, "}}")) {
            cs_inline_drop(w, i, at + 2);
            return at + 2;
        }
        if (!is_word_byte(c) && strchr(" ._-'\"|:,/()[]$#?&+", c) == NULL)
            break;
    }
    return i;
}

/* {width=50%}, {.class} and {#id} right after a link, picture or code. */
static uint32_t scan_attributes(work *w, uint32_t i)
{
    enum { max_attributes = 200 };
    if (i == 0 || w->actions[i - 1] != CS_DROP || strchr(")]`", w->text[i - 1]) == NULL)
        return i;
    uint32_t end = i + 1;
    bool equals = strchr(".#", cs_inline_at(w, end)) != NULL;
    for (; end < w->len && end - i < max_attributes && w->text[end] != '}'; end++) {
        if (w->text[end] == '\n' || w->text[end] == '{')
            return i;
        equals = equals || w->text[end] == '=';
    }
    if (cs_inline_at(w, end) != '}' || !equals)
        return i;
    cs_inline_drop(w, i, end + 1);
    return end + 1;
}

uint32_t cs_inline_scan_brace(work *w, uint32_t i)
{
    uint32_t end = scan_shortcode(w, i);
    if (end == i)
        end = scan_variable(w, i);
    if (end == i)
        end = scan_attributes(w, i);
    return end == i ? i + 1 : end;
}

/* ---- data -------------------------------------------------------------------------- */

static bool is_base64(char c)
{
    return is_word_byte(c) || c == '+' || c == '/' || c == '=';
}

/* Whether a run is of data: no word is as long as this, and a shorter run is
 * none when it has digits and both cases, as hardly any path has. */
static bool is_data(cs_view run, bool plain)
{
    enum { max_run = 600, max_mixed = 100, max_wrapped = 180 };
    bool wrapped = memchr(run.data, '\n', run.len) != NULL;
    size_t least = wrapped ? max_wrapped : max_mixed;
    size_t upper = 0, lower = 0, digits = 0;
    if (run.len >= max_run && !wrapped)
        return true;
    for (size_t i = 0; plain && run.len >= least && i < run.len; i++) {
        upper += run.data[i] >= 'A' && run.data[i] <= 'Z';
        lower += run.data[i] >= 'a' && run.data[i] <= 'z';
        digits += run.data[i] >= '0' && run.data[i] <= '9';
    }
    return upper > 0 && lower > 0 && digits > 0;
}

/* Past a word. A run of base64 or hexadecimal digits that no word is as long as
 * is dropped: pictures and files pasted as text, also in lines. */
uint32_t cs_inline_scan_word(work *w, uint32_t i)
{
    enum { min_run = 60 }; /* of a line that goes on in the next */
    uint32_t end = i, line = i;
    while (is_word_byte(cs_inline_at(w, end)))
        end++;
    if (i < w->plain_until || (end - i < min_run && memchr("+/=", cs_inline_at(w, end), 3) == NULL))
        return end;
    while (end < w->len) {
        bool wraps = w->text[end] == '\n' && end - line >= min_run && end + 1 < w->len &&
                     is_base64(w->text[end + 1]);
        if (!wraps && !is_base64(w->text[end]))
            break;
        end++;
        line = wraps ? end : line;
    }
    w->plain_until = end;
    char before = i > 0 ? w->text[i - 1] : ' ';
    bool plain = before != '/' && before != '.' && before != '-' && before != '_';
    if (!is_data((cs_view){w->text + i, end - i}, plain))
        return i + 1;
    cs_inline_drop(w, i, end);
    return end;
}
