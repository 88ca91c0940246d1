/* inline_tag.c - HTML inside text: tags, links, raised numbers, comments, scripts. See
 * inline.h; CommonMark 0.30 sections 6.5 and 6.6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "hidden.h"
#include "inline_work.h"

typedef cs_inline_work work;

enum { max_tag_name = 16, max_mark = 24, max_expression = 1000 };

/* What a tag does to the text around it. */
typedef enum effect {
    EFFECT_NONE, /* of a name that HTML may not have */
    EFFECT_PLAIN,
    EFFECT_LINE,   /* ends a line: block elements and <br> */
    EFFECT_BLANK,  /* parts words: cells */
    EFFECT_HIDDEN, /* its content is not shown: scripts */
    EFFECT_LINK,   /* <a href> */
    EFFECT_IMAGE,  /* its alternative text is shown */
    EFFECT_MARK    /* <sup>: perhaps a footnote mark */
} effect;

static const struct {
    const char *name;
    effect effect;
} tags[] = {
    {"br", EFFECT_LINE},         {"p", EFFECT_LINE},          {"div", EFFECT_LINE},
    {"li", EFFECT_LINE},         {"tr", EFFECT_LINE},         {"table", EFFECT_LINE},
    {"ul", EFFECT_LINE},         {"ol", EFFECT_LINE},         {"details", EFFECT_LINE},
    {"summary", EFFECT_LINE},    {"h1", EFFECT_LINE},         {"h2", EFFECT_LINE},
    {"h3", EFFECT_LINE},         {"h4", EFFECT_LINE},         {"h5", EFFECT_LINE},
    {"h6", EFFECT_LINE},         {"hr", EFFECT_LINE},         {"section", EFFECT_LINE},
    {"article", EFFECT_LINE},    {"header", EFFECT_LINE},     {"footer", EFFECT_LINE},
    {"blockquote", EFFECT_LINE}, {"pre", EFFECT_LINE},        {"dt", EFFECT_LINE},
    {"dd", EFFECT_LINE},         {"figure", EFFECT_LINE},     {"figcaption", EFFECT_LINE},
    {"center", EFFECT_LINE},     {"thead", EFFECT_LINE},      {"tbody", EFFECT_LINE},
    {"td", EFFECT_BLANK},        {"th", EFFECT_BLANK},        {"script", EFFECT_HIDDEN},
    {"style", EFFECT_HIDDEN},    {"template", EFFECT_HIDDEN}, {"svg", EFFECT_HIDDEN},
    {"sup", EFFECT_MARK},        {"a", EFFECT_LINK},          {"span", EFFECT_PLAIN},
    {"img", EFFECT_IMAGE},       {"font", EFFECT_PLAIN},      {"iframe", EFFECT_PLAIN},
};

static effect effect_of(cs_view name)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strlen(tags[i].name) == name.len && strncasecmp(tags[i].name, name.data, name.len) == 0)
            return tags[i].effect;
    return EFFECT_NONE;
}

/* Past "<!-- ... -->", "<!...>" or "<?...?>"; 0 when it does not end. */
static uint32_t comment_end(work *w, uint32_t i)
{
    bool comment = cs_inline_looking_at(w, i, "<!--");
    if (w->no_comment_end && comment)
        return 0;
    uint32_t from = i + (comment ? 4 : 2);
    while (from < w->len) {
        const char *next = memchr(w->text + from, '>', w->len - from);
        if (next == NULL)
            break;
        uint32_t end = (uint32_t)(next - w->text);
        if (!comment || (end >= i + 4 && memcmp(w->text + end - 2, "--", 2) == 0))
            return end + 1;
        from = end + 1;
    }
    if (comment)
        w->no_comment_end = true;
    else
        w->no_tag_end = true;
    return 0;
}

/* Past the quoted value of an attribute; 0 when the quote is never closed. */
static uint32_t quote_end(work *w, uint32_t i)
{
    bool single = w->text[i] == '\'';
    if (w->no_quote[single])
        return 0;
    const char *close = memchr(w->text + i + 1, w->text[i], w->len - i - 1);
    if (close == NULL) {
        w->no_quote[single] = true;
        return 0;
    }
    return (uint32_t)(close - w->text) + 1;
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Past {an expression of JSX}; 0 when it is long or not closed. */
static uint32_t expression_end(const work *w, uint32_t i)
{
    uint32_t depth = 0;
    for (uint32_t end = i; end < w->len && end - i < max_expression; end++) {
        depth += w->text[end] == '{';
        depth -= w->text[end] == '}';
        if (depth == 0)
            return end + 1;
    }
    return 0;
}

/* Past the value of an attribute, CommonMark 6.6; 0 when it is none. */
static uint32_t value_end(work *w, uint32_t i)
{
    char c = cs_inline_at(w, i);
    if (c == '"' || c == '\'')
        return quote_end(w, i);
    if (c == '{')
        return expression_end(w, i);
    uint32_t end = i;
    while (end < w->len && !is_gap(w->text[end]) && strchr("\"'<>`", w->text[end]) == NULL)
        end++;
    return end > i ? end : 0;
}

/* Past an attribute: its name, and = with a value; 0 when it is none. */
static uint32_t attribute_end(work *w, uint32_t i)
{
    char c = cs_inline_at(w, i);
    if (c == '{')
        return expression_end(w, i);
    uint32_t end = i;
    while (end < w->len && (is_word_byte(w->text[end]) || strchr("_.:@#-", w->text[end]) != NULL))
        end++;
    if (end == i || (c >= '0' && c <= '9') || c == '-' || c == '.')
        return 0;
    uint32_t equals = end;
    while (is_gap(cs_inline_at(w, equals)))
        equals++;
    if (cs_inline_at(w, equals) != '=')
        return end;
    do
        equals++;
    while (is_gap(cs_inline_at(w, equals)));
    return value_end(w, equals);
}

/* The dot of <Menu.Item>, a component of JSX; <example.io> is text. */
static bool is_member(const work *w, uint32_t i)
{
    char next = cs_inline_at(w, i + 1);
    return cs_inline_at(w, i) == '.' && next >= 'A' && next <= 'Z';
}

/* Past the '>' of a tag whose name ends at i; 0 when it is no tag: "<5 people,
 * 3 days>" is text. */
static uint32_t tag_end(work *w, uint32_t i)
{
    while (is_word_byte(cs_inline_at(w, i)) || cs_inline_at(w, i) == '-' ||
           cs_inline_at(w, i) == ':' || is_member(w, i))
        i++;
    for (uint32_t end = i; end != 0 && end < w->len; end = attribute_end(w, end)) {
        bool parted = is_gap(w->text[end]) || end > i;
        while (is_gap(cs_inline_at(w, end)))
            end++;
        if (cs_inline_at(w, end) == '/')
            end++;
        if (cs_inline_at(w, end) == '>')
            return end + 1;
        if (!parted)
            return 0;
    }
    return 0;
}

/* The same as browsers read it: up to the next '>', unless a '<' comes first.
 * Only for what surely is HTML. */
static uint32_t sloppy_tag_end(const work *w, uint32_t i)
{
    while (i < w->len && w->text[i] != '>' && w->text[i] != '<')
        i++;
    return cs_inline_at(w, i) == '>' ? i + 1 : 0;
}

/* Whether what ends at i is raised to a power: "10", a unit of length, a single letter. */
static bool has_power(const work *w, uint32_t i)
{
    static const char *const bases[] = {"10", "nm", "mm", "cm", "dm", "km", "ft", "yd"};
    static const char *const words[] = {"in", "mi", "ha"}; /* units behind a number only */
    uint32_t start = i;
    while (start > 0 && is_word_byte(w->text[start - 1]) && i - start < 3)
        start--;
    if (i - start == 1 && (w->text[start] < '0' || w->text[start] > '9'))
        return true;
    cs_view base = {w->text + start, i - start};
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++)
        if (cs_view_equal(base, cs_view_of(bases[b])))
            return true;
    bool counted = start > 1 && w->text[start - 1] == ' ' && w->text[start - 2] >= '0' &&
                   w->text[start - 2] <= '9';
    for (size_t b = 0; counted && b < sizeof words / sizeof *words; b++)
        if (cs_view_equal(base, cs_view_of(words[b])))
            return true;
    return false;
}

static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

void cs_inline_raise(work *w, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++)
        cs_inline_replace(w, i, i + 1, cs_view_of(raised[w->text[i] - '0']));
}

/* Where the content of a <sup> that begins at `from` ends, and what it ends with: a
 * tag, <sup> and </sub> too, for both are typed for </sup>; or, never closed, the line
 * after its number. False when it is longer than a mark. */
static bool find_sup_end(const work *w, uint32_t from, uint32_t *ret_end, uint32_t *ret_after)
{
    uint32_t close = from;
    while (close < w->len && close - from < max_mark && w->text[close] != '<')
        close++;
    uint32_t name = close + 1 + (cs_inline_at(w, close + 1) == '/');
    bool closing = name > close + 1, fits = name < w->len && w->len - name >= 4;
    if (fits && (strncasecmp(w->text + name, "sup>", 4) == 0 ||
                 (closing && strncasecmp(w->text + name, "sub>", 4) == 0))) {
        *ret_end = close;
        *ret_after = name + 4;
        return true;
    }
    close = cs_inline_number_end(w, from);
    *ret_end = *ret_after = close;
    return close > from && (close == w->len || w->text[close] == '\n');
}

/* <sup>3</sup> after a word or a full stop is a mark, shown as [3]; after a
 * letter or digit without a list of sources it is an exponent. `i` is where the
 * tag begins, `end` where its content does. Returns the end of the element, or
 * 0. */
static uint32_t scan_sup(work *w, uint32_t i, uint32_t end)
{
    uint32_t first = end, last, after;
    if (!find_sup_end(w, end, &last, &after))
        return 0;
    while (first < last && (w->text[first] == '[' || w->text[first] == ' '))
        first++;
    while (last > first && (w->text[last - 1] == ']' || w->text[last - 1] == ' '))
        last--;
    if (first == last || cs_inline_numbers_end(w, first) != last)
        return 0;
    bool several = cs_inline_number_end(w, first) != last;
    bool glued = i > 0 && is_word_byte(w->text[i - 1]);
    if (glued && !several && (!w->reader->numbered_sources || has_power(w, i))) {
        cs_inline_raise(w, first, last);
        return 0;
    }
    cs_inline_replace(w, i, first, cs_view_of("["));
    cs_note *note = cs_inline_note(w, CS_NOTE_NUMBER, i, after);
    if (note != NULL)
        note->label = cs_inline_keep(w, first, last);
    char digit[] = {w->text[last - 1], ']'};
    if (after > last)
        cs_inline_replace(w, last, after, cs_view_of("]"));
    else
        cs_inline_replace(w, last - 1, last, (cs_view){digit, sizeof digit});
    return after;
}

/* The raised digit at i, -1 for none; its size. */
static int raised_digit(const work *w, uint32_t i, uint32_t *ret_size)
{
    for (int digit = 0; digit <= 9; digit++)
        if (cs_inline_looking_at(w, i, raised[digit])) {
            *ret_size = (uint32_t)strlen(raised[digit]);
            return digit;
        }
    return -1;
}

/* Whether a raised number at i can be a mark: the file has a list of sources, and
 * what stands before is a word or its full stop, not m² or 10³. */
static bool can_mark(const work *w, uint32_t i)
{
    char before = i == 0 ? ' ' : w->text[i - 1];
    return w->reader->numbered_sources && !is_blank(before) && !has_power(w, i);
}

uint32_t cs_inline_scan_raised(work *w, uint32_t i)
{
    enum { max_digits = 3 };
    char shown[8] = "[";
    size_t digits = 0;
    uint32_t end = i, size;
    for (int digit; (digit = raised_digit(w, end, &size)) >= 0; end += size)
        if (++digits <= max_digits)
            shown[digits] = (char)('0' + digit);
    if (digits == 0 || digits > max_digits || !can_mark(w, i))
        return end > i ? end : i + 1;
    cs_note *note = cs_inline_note(w, CS_NOTE_NUMBER, i, end);
    if (note != NULL)
        note->label = cs_arena_copy(w->reader->arena, (cs_view){shown + 1, digits});
    shown[digits + 1] = ']';
    cs_inline_replace(w, i, end, (cs_view){shown, digits + 2});
    return end;
}

uint32_t cs_inline_scan_caret(work *w, uint32_t i)
{
    uint32_t first = i + 1, last = cs_inline_number_end(w, first);
    if (last == first || cs_inline_at(w, last) != '^' || !can_mark(w, i))
        return 0;
    cs_note *note = cs_inline_note(w, CS_NOTE_NUMBER, i, last + 1);
    if (note != NULL)
        note->label = cs_inline_keep(w, first, last);
    cs_inline_replace(w, i, first, cs_view_of("["));
    cs_inline_replace(w, last, last + 1, cs_view_of("]"));
    return last + 1;
}

uint32_t cs_inline_scan_tex(work *w, uint32_t i)
{
    if (!cs_inline_looking_at(w, i, "$^{"))
        return 0;
    bool bracket = cs_inline_at(w, i + 3) == '[';
    uint32_t first = i + 3 + bracket, last = cs_inline_numbers_end(w, first);
    uint32_t close = last + (bracket && cs_inline_at(w, last) == ']');
    if (last == first || (bracket && close == last) || !cs_inline_looking_at(w, close, "}$") ||
        (!bracket && !can_mark(w, i)))
        return 0;
    cs_note *note = cs_inline_note(w, CS_NOTE_NUMBER, i, close + 2);
    if (note != NULL)
        note->label = cs_inline_keep(w, first, last);
    cs_inline_replace(w, i, first, cs_view_of("["));
    cs_inline_replace(w, last, close + 2, cs_view_of("]"));
    return close + 2;
}

/* The value of an attribute of the tag whose name ends at i and which ends at `end`. */
static bool find_attribute(const work *w, uint32_t i, uint32_t end, const char *name,
                           uint32_t *ret_start, uint32_t *ret_end)
{
    size_t len = strlen(name);
    for (uint32_t at = i; at < end; at++) {
        char quote = w->text[at];
        if (quote == '"' || quote == '\'') { /* the value of another */
            const char *close = memchr(w->text + at + 1, quote, end - at - 1);
            at = close == NULL ? end : (uint32_t)(close - w->text);
            continue;
        }
        if (!is_gap(quote) || end - at <= len + 1 || strncasecmp(w->text + at + 1, name, len) != 0)
            continue;
        uint32_t value = at + 1 + (uint32_t)len;
        while (value < end && is_gap(w->text[value]))
            value++;
        if (value >= end || w->text[value] != '=')
            continue;
        do
            value++;
        while (value < end && is_gap(w->text[value]));
        quote = value < end ? w->text[value] : '\0';
        bool quoted = quote == '"' || quote == '\'';
        *ret_start = value += quoted;
        while (value < end &&
               (quoted ? w->text[value] != quote
                       : !is_gap(w->text[value]) && memchr("\"'>", w->text[value], 3) == NULL))
            value++;
        *ret_end = value;
        return true;
    }
    return false;
}

/* <a href="#fn3">3</a>, glued to what it stands after or raised, is a mark, shown as
 * [3]; its end, or 0. `i` is where the tag begins, `end` where it ends. */
static uint32_t scan_mark_anchor(work *w, uint32_t i, uint32_t end, cs_view url)
{
    uint32_t first = end + (cs_inline_at(w, end) == '['), last = cs_inline_number_end(w, first);
    uint32_t close = last + (first > end && cs_inline_at(w, last) == ']');
    char before = i == 0 ? ' ' : w->text[i - 1];
    if (last == first || is_blank(before) || before == '(' || w->len - close < 4 ||
        strncasecmp(w->text + close, "</a>", 4) != 0)
        return 0;
    cs_inline_replace(w, i, first, cs_view_of("["));
    cs_inline_note_mark_link(w, cs_inline_keep(w, first, last), i, close + 4, url);
    cs_inline_replace(w, last, close + 4, cs_view_of("]"));
    return close + 4;
}

/* <a href="url"> opens a link, </a> ends it. Returns where to go on. */
static uint32_t apply_anchor(work *w, uint32_t i, uint32_t end, uint32_t name_end, bool closing)
{
    uint32_t url, url_end;
    if (closing && w->in_anchor)
        cs_inline_note_link(w, w->anchor, i, w->anchor_url);
    w->in_anchor = !closing && find_attribute(w, name_end, end, "href", &url, &url_end);
    if (w->in_anchor) {
        w->anchor = end;
        w->anchor_url = cs_inline_keep_url(w, url, url_end);
    }
    uint32_t after = w->in_anchor ? scan_mark_anchor(w, i, end, w->anchor_url) : 0;
    if (after != 0) {
        w->in_anchor = false;
        return after;
    }
    cs_inline_drop(w, i, end);
    return end;
}

/* Of <img alt="text"> the text is shown. */
static void apply_image(work *w, uint32_t i, uint32_t end, uint32_t name_end)
{
    uint32_t alt, alt_end;
    if (!find_attribute(w, name_end, end, "alt", &alt, &alt_end)) {
        cs_inline_drop(w, i, end);
        return;
    }
    cs_inline_drop(w, i, alt);
    for (uint32_t at = alt; at < alt_end;)
        at = w->text[at] == '&' ? cs_inline_scan_entity(w, at) : at + 1;
    cs_inline_drop(w, alt_end, end);
}

/* Past the element that begins with the tag [i, end) when it is not shown, else
 * 0. One that is never closed hides the rest of its block where a browser reads
 * it so: in HTML, and scripts everywhere. */
static uint32_t hidden_end(work *w, uint32_t i, uint32_t end, cs_view name)
{
    cs_view text = {w->text, w->len};
    unsigned kind = cs_hidden_kind(text, i);
    if (kind == 0 || w->text[end - 2] == '/')
        return kind == 0 ? 0 : end;
    size_t after = (w->endless & kind) != 0 ? 0 : cs_hidden_end(text, i, kind);
    if (after != 0)
        return (uint32_t)after;
    w->endless |= kind;
    return w->mode == CS_INLINE_HTML || effect_of(name) == EFFECT_HIDDEN ? w->len : 0;
}

static uint32_t apply_tag(work *w, uint32_t i, uint32_t end, cs_view name, bool closing)
{
    effect what = effect_of(name);
    bool line = what == EFFECT_LINE && w->mode != CS_INLINE_LINE;
    uint32_t after_hidden = closing ? 0 : hidden_end(w, i, end, name);
    if (after_hidden != 0) {
        cs_inline_drop(w, i, after_hidden);
        return after_hidden;
    }
    if (what == EFFECT_MARK && !closing) {
        uint32_t after = scan_sup(w, i, end);
        if (after != 0)
            return after;
    }
    uint32_t name_end = (uint32_t)(name.data - w->text) + (uint32_t)name.len;
    if (what == EFFECT_LINK)
        return apply_anchor(w, i, end, name_end, closing);
    if (what == EFFECT_IMAGE && !closing)
        apply_image(w, i, end, name_end);
    else if (line)
        cs_inline_replace(w, i, end, cs_view_of("\n"));
    else if (what == EFFECT_LINE || what == EFFECT_BLANK)
        cs_inline_replace(w, i, end, cs_view_of(" "));
    else
        cs_inline_drop(w, i, end);
    return end;
}

uint32_t cs_inline_scan_tag(work *w, uint32_t i)
{
    char next = cs_inline_at(w, i + 1);
    if (next == '!' || next == '?') {
        uint32_t end = w->no_tag_end ? 0 : comment_end(w, i);
        if (end == 0 && w->mode == CS_INLINE_HTML && cs_inline_looking_at(w, i, "<!--"))
            end = w->len; /* never closed: the rest is one */
        if (end != 0)
            cs_inline_drop(w, i, end);
        return end != 0 ? end : i + 1;
    }
    bool closing = next == '/';
    uint32_t start = i + (closing ? 2 : 1), name_end = start;
    while (name_end - start <= max_tag_name && (is_word_byte(cs_inline_at(w, name_end))))
        name_end++;
    bool letter = (cs_inline_at(w, start) | 0x20) >= 'a' && (cs_inline_at(w, start) | 0x20) <= 'z';
    if (!letter)
        return i + 1;
    uint32_t link = closing ? 0 : cs_inline_scan_autolink(w, i);
    if (link != 0)
        return link;
    cs_view name = {w->text + start, name_end - start};
    uint32_t end = tag_end(w, name_end);
    if (end == 0 && (w->mode == CS_INLINE_HTML || effect_of(name) != EFFECT_NONE))
        end = sloppy_tag_end(w, name_end);
    if (end == 0)
        return i + 1;
    return apply_tag(w, i, end, name, closing);
}
