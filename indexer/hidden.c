/* hidden.c - see hidden.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "hidden.h"

#include <string.h>
#include <strings.h>

enum { max_tag = 400 }; /* bytes of a tag that are looked at for "hidden" */

static const struct {
    const char *name;
    bool nests; /* the others hold text, in which tags mean nothing */
} elements[] = {
    {"script", false}, {"style", false},   {"noscript", false}, {"iframe", false},
    {"title", false},  {"template", true}, {"svg", true},       {"video", true},
    {"audio", true},   {"object", true},   {"canvas", true},    {"datalist", true},
};
enum {
    elements_count = sizeof elements / sizeof *elements,
    kind_comment = 1 << elements_count,
    kind_attribute = kind_comment << 1
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_byte(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static bool same(cs_view name, const char *other)
{
    return name.len == strlen(other) && strncasecmp(name.data, other, name.len) == 0;
}

static cs_view name_at(cs_view text, size_t at)
{
    size_t end = at;
    while (end < text.len && is_name_byte(text.data[end]))
        end++;
    return (cs_view){text.data + at, end - at};
}

/* ---- the attribute ----------------------------------------------------------------- */

/* "display: none" in a style. */
static bool hides(cs_view style)
{
    const char *at = memmem(style.data, style.len, "display", 7);
    if (at == NULL)
        return false;
    size_t i = (size_t)(at - style.data) + 7;
    while (i < style.len && (is_gap(style.data[i]) || style.data[i] == ':'))
        i++;
    return style.len - i >= 4 && strncasecmp(style.data + i, "none", 4) == 0;
}

/* Past the value of an attribute at i, in quotes or bare. */
static size_t value_end(cs_view tag, size_t i, cs_view *ret_value)
{
    char quote = i < tag.len ? tag.data[i] : '\0';
    bool quoted = quote == '"' || quote == '\'';
    size_t end = i + quoted;
    while (end < tag.len &&
           (quoted ? tag.data[end] != quote : !is_gap(tag.data[end]) && tag.data[end] != '>'))
        end++;
    *ret_value = (cs_view){tag.data + i + quoted, end - i - quoted};
    return end + quoted;
}

/* Whether a tag, from the end of its name on, says that it is not shown. */
static bool has_hidden(cs_view tag)
{
    for (size_t i = 0; i < tag.len && tag.data[i] != '>' && tag.data[i] != '<';) {
        cs_view name = name_at(tag, i), value = {"", 0};
        if (name.len == 0) {
            i++;
            continue;
        }
        i += name.len;
        while (i < tag.len && is_gap(tag.data[i]))
            i++;
        if (i < tag.len && tag.data[i] == '=') {
            do
                i++;
            while (i < tag.len && is_gap(tag.data[i]));
            i = value_end(tag, i, &value);
        }
        if (same(name, "hidden") && !same(value, "until-found") && !same(value, "false"))
            return true;
        if (same(name, "style") && hides(value))
            return true;
    }
    return false;
}

/* Past the '>' of a tag; 0 without one. *ret_closed: it has no content. */
static size_t tag_end(cs_view text, size_t at, bool *ret_closed)
{
    static const char *const empty[] = {"img",    "br",   "hr",   "input",
                                        "source", "link", "meta", "col"};
    cs_view name = name_at(text, at + 1);
    const char *end = memchr(text.data + at, '>', text.len - at);
    if (end == NULL)
        return 0;
    *ret_closed = end[-1] == '/';
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        *ret_closed = *ret_closed || same(name, empty[i]);
    return (size_t)(end - text.data) + 1;
}

/* ---- elements ---------------------------------------------------------------------- */

unsigned cs_hidden_kind(cs_view text, size_t at)
{
    if (text.len - at >= 4 && memcmp(text.data + at, "<!--", 4) == 0)
        return kind_comment;
    cs_view name = name_at(text, at + 1);
    if (name.len == 0 || !is_letter(name.data[0]))
        return 0;
    size_t after = at + 1 + name.len;
    bool ends = after < text.len &&
                (is_gap(text.data[after]) || text.data[after] == '>' || text.data[after] == '/');
    for (unsigned i = 0; ends && i < elements_count; i++)
        if (same(name, elements[i].name))
            return 1u << i;
    size_t left = text.len - after;
    cs_view tag = {text.data + after, left < max_tag ? left : max_tag};
    return ends && text.data[after] != '>' && has_hidden(tag) ? kind_attribute : 0;
}

/* Where the element `name` whose content begins at `at` ends, others of its name
 * within it counted; 0 when it does not. */
static size_t close_of(cs_view text, size_t at, cs_view name, bool nests)
{
    size_t depth = 1;
    while (at < text.len) {
        const char *next = memchr(text.data + at, '<', text.len - at);
        if (next == NULL)
            return 0;
        at = (size_t)(next - text.data) + 1;
        bool closing = at < text.len && text.data[at] == '/';
        size_t start = at + closing;
        if (text.len - start < name.len ||
            strncasecmp(text.data + start, name.data, name.len) != 0 ||
            (text.len - start > name.len && is_name_byte(text.data[start + name.len])))
            continue;
        if (closing && --depth == 0) {
            const char *end = memchr(text.data + at, '>', text.len - at);
            return end == NULL ? 0 : (size_t)(end - text.data) + 1;
        }
        depth += !closing && nests;
    }
    return 0;
}

size_t cs_hidden_end(cs_view text, size_t at, unsigned kind)
{
    if (kind == kind_comment) {
        const char *end = memmem(text.data + at + 4, text.len - at - 4, "-->", 3);
        return end == NULL ? 0 : (size_t)(end - text.data) + 3;
    }
    bool closed, nests = true;
    for (unsigned i = 0; i < elements_count; i++)
        if (kind == 1u << i)
            nests = elements[i].nests;
    size_t content = tag_end(text, at, &closed);
    if (content == 0 || closed)
        return content;
    return close_of(text, content, name_at(text, at + 1), nests);
}
