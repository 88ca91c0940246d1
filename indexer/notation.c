/* notation.c - see notation.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "notation.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static bool begins(cs_view line, const char *with)
{
    size_t len = strlen(with);
    return line.len >= len && memcmp(line.data, with, len) == 0;
}

static cs_view from(cs_view line, size_t at)
{
    at = at < line.len ? at : line.len;
    return (cs_view){line.data + at, line.len - at};
}

static cs_view trim(cs_view line)
{
    while (line.len > 0 && is_blank(line.data[0]))
        line = from(line, 1);
    while (line.len > 0 && (is_blank(line.data[line.len - 1]) || line.data[line.len - 1] == '\r'))
        line.len--;
    return line;
}

/* Past a name; 0 when there is none. */
static size_t name_end(cs_view line)
{
    size_t end = 0;
    while (end < line.len && is_name_byte(line.data[end]))
        end++;
    return end;
}

/* ---- hidden lines ------------------------------------------------------------------ */

/* Git's markers of a conflict stand at the start of a line, seven of a kind. */
static bool is_conflict(cs_notation *lines, cs_view line)
{
    if (begins(line, "<<<<<<< ")) {
        lines->conflict = true;
        return true;
    }
    if (!lines->conflict)
        return false;
    if (begins(line, ">>>>>>> ") || cs_view_equal(trim(line), cs_view_of(">>>>>>>"))) {
        lines->conflict = false;
        return true;
    }
    return begins(line, "||||||| ") || cs_view_equal(trim(line), cs_view_of("======="));
}

/* "{.class}" or "{#id}": attributes of the block before. */
static bool is_attributes(cs_view line)
{
    return line.len > 3 && line.data[0] == '{' && line.data[line.len - 1] == '}' &&
           strchr(".#:", line.data[1]) != NULL && memchr(line.data, '}', line.len - 1) == NULL;
}

static bool is_marker(cs_view line)
{
    static const char *const markers[] = {
        "[toc]",     "[[toc]]",     "[[_toc_]]",   "${toc}",
        "\\newpage", "\\pagebreak", "\\clearpage", "\\tableofcontents",
    };
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (strlen(markers[i]) == line.len && strncasecmp(markers[i], line.data, line.len) == 0)
            return true;
    return begins(line, "[//]:") || begins(line, "[comment]: <>") || begins(line, "[comment]: #");
}

bool cs_notation_is_toc(cs_view line)
{
    line = trim(line);
    return line.len >= 6 && strncasecmp(line.data, "{:toc", 5) == 0 &&
           line.data[line.len - 1] == '}';
}

bool cs_notation_is_hidden(cs_notation *lines, cs_view line)
{
    cs_view title, text = trim(line);
    if (text.len < 3)
        return false;
    switch (text.data[0]) {
    case '<':
    case '=':
    case '>':
    case '|':
        return is_conflict(lines, line);
    case '{':
        return is_attributes(text);
    case '[':
    case '$':
    case '\\':
        return is_marker(text);
    case ':':
        return begins(text, ":::") && cs_notation_is_callout(text, false, &title) && title.len == 0;
    default:
        return false;
    }
}

/* ---- callouts ---------------------------------------------------------------------- */

/* ":::note Title" of Docusaurus and VitePress, ":::note[Title]", "::: {.note}"
 * of Pandoc, ":::{note} Title" of MyST; ":::" ends one. */
static bool read_container(cs_view line, cs_view *ret_title)
{
    size_t colons = 0;
    while (colons < line.len && line.data[colons] == ':')
        colons++;
    cs_view rest = trim(from(line, colons));
    if (rest.len > 0 && rest.data[0] == '{') {
        const char *close = memchr(rest.data, '}', rest.len);
        rest = close == NULL ? from(rest, rest.len) : from(rest, (size_t)(close + 1 - rest.data));
    } else {
        rest = from(rest, name_end(rest));
    }
    rest = trim(rest);
    if (rest.len > 1 && rest.data[0] == '[' && rest.data[rest.len - 1] == ']')
        rest = trim((cs_view){rest.data + 1, rest.len - 2});
    if (rest.len > 0 && (rest.data[0] == '{' || rest.data[0] == ':'))
        rest.len = 0;
    *ret_title = rest;
    return true;
}

/* '!!! note "Title"', and "???" for one that is folded; "" is no title. */
static bool read_admonition(cs_view line, cs_view *ret_title)
{
    if (!begins(line, "!!!") && !begins(line, "???"))
        return false;
    cs_view rest = from(line, line.len > 3 && line.data[3] == '+' ? 4 : 3);
    if (rest.len == 0 || rest.data[0] != ' ')
        return false;
    rest = trim(rest);
    size_t end = 0; /* a type, and perhaps "inline end" */
    while (end < rest.len && (is_name_byte(rest.data[end]) || is_blank(rest.data[end])))
        end++;
    cs_view title = trim(from(rest, end));
    bool quoted = title.len > 1 && title.data[0] == '"' && title.data[title.len - 1] == '"';
    *ret_title = quoted ? (cs_view){title.data + 1, title.len - 2} : from(title, title.len);
    return end > 0 && (title.len == 0 || quoted);
}

/* "[!NOTE]" of GitHub, "[!tip]- Title" of Obsidian; an include of DocFX has no
 * text here. */
static bool read_alert(cs_view line, cs_view *ret_title)
{
    enum { max_type = 60 };
    if (!begins(line, "[!"))
        return false;
    size_t end = 2 + name_end(from(line, 2));
    const char *close = memchr(line.data, ']', line.len < max_type ? line.len : max_type);
    bool plain = end > 2 && end < line.len && (line.data[end] == ']' || line.data[end] == '|');
    bool include = end > 2 && end < line.len && line.data[end] == ' ';
    if (include) {
        *ret_title = from(line, line.len);
        return true;
    }
    if (!plain || close == NULL)
        return false;
    cs_view rest = from(line, (size_t)(close + 1 - line.data));
    if (rest.len > 0 && (rest.data[0] == '-' || rest.data[0] == '+'))
        rest = from(rest, 1);
    *ret_title = trim(rest);
    return rest.len == 0 || is_blank(rest.data[0]);
}

bool cs_notation_is_admonition(cs_view line)
{
    cs_view title;
    return read_admonition(trim(line), &title);
}

bool cs_notation_is_callout(cs_view line, bool quoted, cs_view *ret_title)
{
    line = trim(line);
    if (begins(line, ":::"))
        return read_container(line, ret_title);
    return read_admonition(line, ret_title) || (quoted && read_alert(line, ret_title));
}

/* ---- MDX --------------------------------------------------------------------------- */

bool cs_notation_is_import(cs_view line)
{
    line = trim(line);
    if (!begins(line, "import "))
        return false;
    if (line.data[line.len - 1] == ';')
        line.len--;
    char quote = line.data[line.len - 1];
    if (quote != '"' && quote != '\'')
        return false;
    cs_view rest = trim(from(line, 6));
    return rest.data[0] == quote || memmem(rest.data, rest.len, " from ", 6) != NULL ||
           memmem(rest.data, rest.len, "}from", 5) != NULL;
}

bool cs_notation_is_export(cs_view line)
{
    static const struct {
        const char *words, *needs;
    } exports[] = {
        {"export const ", "="},  {"export let ", "="},      {"export var ", "="},
        {"export default ", ""}, {"export function ", "("}, {"export async function ", "("},
        {"export { ", "}"},      {"export * from ", ""},    {"import {", ""},
    };
    line = trim(line);
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++)
        if (begins(line, exports[i].words) &&
            memmem(line.data, line.len, exports[i].needs, strlen(exports[i].needs)) != NULL)
            return true;
    return false;
}
