/* glob.c - shell patterns on paths; see glob.h.
 *
 * Two loops of one shape: over components with "**", and over characters with
 * '*'. Either goes back to the last star only, which is enough because an
 * earlier star cannot reach anything that the last one does not. So the time is
 * a product of lengths, never a power, however many stars there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "glob.h"

/* What is left of a component. */
typedef struct span {
    const char *at;
    const char *end;
} span;

/* An ill-formed byte counts as one character beyond all code points, so that
 * names of any bytes can be matched. */
#define ILL_FORMED 0x110000u

static uint32_t next_char(const char **at, const char *end)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)*at;
    size_t len = s[0] < 0xC0 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    uint32_t c = s[0] & (0xFFu >> (len + 1));

    if (s[0] < 0x80) {
        ++*at;
        return s[0];
    }
    if (len > 1 && s[0] < 0xF5 && len <= (size_t)(end - *at)) {
        size_t i = 1;
        for (; i < len && (s[i] & 0xC0) == 0x80; i++)
            c = c << 6 | (s[i] & 0x3Fu);
        if (i == len && c >= smallest[len]) {
            *at += len;
            return c;
        }
    }
    ++*at;
    return ILL_FORMED + s[0];
}

/* Takes "[:name:]" at *at. False when it does not stand there. */
static bool take_class(const char **at, const char *end, uint32_t c, bool *hit)
{
    static const struct {
        const char *name;
        int (*has)(int);
    } classes[] = {
        {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
        {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
        {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
    };
    if (end - *at < 4 || memcmp(*at, "[:", 2) != 0)
        return false;
    const char *name = *at + 2;
    const char *close = memchr(name, ':', (size_t)(end - name));
    if (!close || close + 1 == end || close[1] != ']')
        return false;

    size_t len = (size_t)(close - name);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0)
            *hit |= c < 0x80 && classes[i].has((int)c);
    *at = close + 2;
    return true;
}

/* Takes one, possibly escaped, character of a bracket expression. */
static bool take_bracket_char(const char **at, const char *end, uint32_t *ret_c)
{
    if (*at < end && **at == '\\')
        ++*at;
    if (*at == end)
        return false;
    *ret_c = next_char(at, end);
    return true;
}

/* `pattern` stands on '['; behind the ']' afterwards. One that is never closed
 * matches nothing, as in git. */
static bool match_bracket(span *pattern, uint32_t c)
{
    const char *at = pattern->at + 1;
    const char *end = pattern->end;
    bool negated = at < end && (*at == '!' || *at == '^');
    bool hit = false;

    at += negated;
    for (bool first = true; at < end && (first || *at != ']'); first = false) {
        uint32_t low, high;
        if (take_class(&at, end, c, &hit))
            continue;
        if (!take_bracket_char(&at, end, &low))
            return false;
        high = low;
        if (end - at >= 2 && at[0] == '-' && at[1] != ']') {
            at++;
            if (!take_bracket_char(&at, end, &high))
                return false;
        }
        hit |= low <= c && c <= high;
    }
    if (at == end)
        return false;
    pattern->at = at + 1;
    return hit != negated;
}

/* One character against what stands in the pattern, which is not '*'. Both
 * advance only when they match. */
static bool match_one(span *pattern, span *text)
{
    char first = *pattern->at;
    if (first != '?' && first != '[' && first != '\\' && (unsigned char)first < 0x80) {
        bool same = first == *text->at; /* most characters of most patterns */
        pattern->at += same;
        text->at += same;
        return same;
    }

    span rest = *pattern;
    const char *next = text->at;
    uint32_t c = next_char(&next, text->end);
    bool match = false;
    switch (first) {
    case '?':
        rest.at++;
        match = true;
        break;
    case '[':
        match = match_bracket(&rest, c);
        break;
    case '\\':
        if (++rest.at == rest.end)
            return false;
        match = next_char(&rest.at, rest.end) == c;
        break;
    default:
        match = next_char(&rest.at, rest.end) == c;
    }
    if (match) {
        *pattern = rest;
        text->at = next;
    }
    return match;
}

static bool match_component(span pattern, span text)
{
    const char *after_star = NULL, *retry = NULL;

    while (text.at < text.end) {
        if (pattern.at < pattern.end && *pattern.at == '*') {
            after_star = ++pattern.at;
            retry = text.at;
            continue;
        }
        if (pattern.at < pattern.end && match_one(&pattern, &text))
            continue;
        if (!retry)
            return false;
        next_char(&retry, text.end);
        text.at = retry;
        pattern.at = after_star;
    }
    while (pattern.at < pattern.end && *pattern.at == '*')
        pattern.at++;
    return pattern.at == pattern.end;
}

static span component_at(const char *at)
{
    return (span){at, strchrnul(at, '/')};
}

/* The start of the component after the one that ends at `end`; NULL after the
 * last. */
static const char *next_component(const char *end)
{
    return *end ? end + 1 : NULL;
}

static bool is_double_star(const char *at)
{
    return at[0] == '*' && at[1] == '*' && (at[2] == '\0' || at[2] == '/');
}

bool cs_glob_match(const char *pattern, const char *path)
{
    const char *after_star = NULL, *retry = NULL;

    while (path) {
        if (pattern && is_double_star(pattern)) {
            pattern = after_star = next_component(pattern + 2);
            if (!pattern)
                return true;
            retry = path;
            continue;
        }
        if (pattern) {
            span wanted = component_at(pattern), text = component_at(path);
            if (match_component(wanted, text)) {
                pattern = next_component(wanted.end);
                path = next_component(text.end);
                continue;
            }
        }
        if (!retry)
            return false;
        retry = next_component(strchrnul(retry, '/'));
        path = retry;
        pattern = after_star;
    }
    while (pattern && is_double_star(pattern))
        pattern = next_component(pattern + 2);
    return !pattern;
}

bool cs_glob_is_pattern(const char *string)
{
    return strpbrk(string, "*?[\\") != NULL;
}
