/* toml.c - see toml.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "toml.h"

#include <string.h>

#include "text.h"

typedef struct reader {
    const char *at, *end;
    uint32_t line;          /* of `at`, from 1 */
    const char *line_start; /* where it begins */
    char path[cs_toml_max_path];
    cs_buf string; /* what a string says */
    cs_toml_fn add;
    void *context;
    const char *what; /* the first fault, or NULL */
    uint32_t what_line;
} reader;

/* Always false. */
static bool fault(reader *r, uint32_t line, const char *what)
{
    if (r->what == NULL) {
        r->what = what;
        r->what_line = line;
    }
    return false;
}

/* ---- characters -------------------------------------------------------------------- */

static bool is_at(const reader *r, const char *string)
{
    size_t len = strlen(string);
    return (size_t)(r->end - r->at) >= len && memcmp(r->at, string, len) == 0;
}

static bool take(reader *r, const char *string)
{
    if (!is_at(r, string))
        return false;
    r->at += strlen(string);
    return true;
}

static bool is_line_end(const reader *r)
{
    return r->at < r->end && (*r->at == '\n' || *r->at == '\r');
}

static void skip_line_end(reader *r)
{
    r->at += is_at(r, "\r\n") ? 2 : 1;
    r->line++;
    r->line_start = r->at;
}

static void skip_blanks(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

static void skip_to_line_end(reader *r)
{
    while (r->at < r->end && !is_line_end(r))
        r->at++;
}

/* Blanks, comments and line ends. */
static void skip_space(reader *r)
{
    for (;;) {
        skip_blanks(r);
        if (is_at(r, "#"))
            skip_to_line_end(r);
        if (!is_line_end(r))
            return;
        skip_line_end(r);
    }
}

/* ---- strings ----------------------------------------------------------------------- */

/* The character of `digits` hexadecimal digits. */
static bool take_code_point(reader *r, size_t digits)
{
    uint32_t c = 0;
    for (size_t i = 0; i < digits; i++, r->at++) {
        static const char hex[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = r->at < r->end ? memchr(hex, *r->at, sizeof hex - 1) : NULL;
        if (digit == NULL)
            return false;
        c = c << 4 | ((uint32_t)(digit - hex) & 15);
    }
    char bytes[4];
    if (c == 0)
        return false;
    cs_buf_add(&r->string, bytes, cs_text_encode(c, bytes));
    return true;
}

/* What stands after a backslash. One before a line end takes that away, and all
 * blanks and line ends after it. */
static bool take_escape(reader *r, bool lines)
{
    static const char from[] = "btnfre\"\\", to[] = "\b\t\n\f\r\033\"\\";
    const char *known = r->at < r->end ? memchr(from, *r->at, sizeof from - 1) : NULL;
    if (known != NULL) {
        cs_buf_add_char(&r->string, to[known - from]);
        r->at++;
        return true;
    }
    if (take(r, "u"))
        return take_code_point(r, 4);
    if (take(r, "U"))
        return take_code_point(r, 8);
    skip_blanks(r);
    if (!lines || !is_line_end(r))
        return false;
    while (is_line_end(r)) {
        skip_line_end(r);
        skip_blanks(r);
    }
    return true;
}

/* A string that began with `quote`, once or three times; its text in r->string. */
static bool take_string(reader *r, char quote)
{
    const char one[2] = {quote, '\0'}, three[4] = {quote, quote, quote, '\0'};
    const char *first_start = r->line_start;
    uint32_t first_line = r->line;
    bool lines = take(r, three);
    if (!lines)
        r->at++;
    else if (is_line_end(r))
        skip_line_end(r);
    const char *start = r->at;
    cs_buf_clear(&r->string);
    cs_buf_add_string(&r->string, "");
    for (;;) {
        if (r->at >= r->end || (!lines && is_line_end(r))) {
            if (lines) { /* go on below the line where it began */
                r->at = start;
                r->line = first_line;
                r->line_start = first_start;
            }
            return fault(r, first_line, "a string that is not closed");
        }
        if (lines ? is_at(r, three) && !(r->end - r->at > 3 && r->at[3] == quote) : *r->at == quote)
            break;
        if (quote == '"' && take(r, "\\")) {
            if (!take_escape(r, lines))
                return fault(r, r->line, "a backslash before what it does not stand before");
        } else if (is_line_end(r)) {
            cs_buf_add_char(&r->string, '\n');
            skip_line_end(r);
        } else {
            cs_buf_add_char(&r->string, *r->at++);
        }
    }
    return take(r, lines ? three : one);
}

/* ---- keys -------------------------------------------------------------------------- */

/* A letter, a digit, '_' or '-'; any byte of a letter beyond ASCII. */
static bool is_key_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || (unsigned char)c >= 0x80;
}

static void add_to_path(reader *r, cs_view part)
{
    size_t used = strlen(r->path), room = sizeof r->path - 1 - used;
    if (used > 0 && room > 0) {
        r->path[used++] = '.';
        room--;
    }
    size_t len = part.len < room ? part.len : room;
    memcpy(r->path + used, part.data, len);
    r->path[used + len] = '\0';
}

/* One or more keys with dots between them, added to the path. */
static bool take_keys(reader *r)
{
    for (;;) {
        skip_blanks(r);
        const char *start = r->at;
        if (is_at(r, "\"") || is_at(r, "'")) {
            if (!take_string(r, *r->at))
                return false;
            add_to_path(r, cs_buf_view(&r->string));
        } else {
            while (r->at < r->end && is_key_byte(*r->at))
                r->at++;
            if (r->at == start)
                return fault(r, r->line, "a key is missing");
            add_to_path(r, (cs_view){start, (size_t)(r->at - start)});
        }
        skip_blanks(r);
        if (!take(r, "."))
            return true;
    }
}

/* ---- values ------------------------------------------------------------------------ */

static bool take_value(reader *r, unsigned depth);

/* "key = value", below the path. */
static bool take_pair(reader *r, unsigned depth)
{
    size_t used = strlen(r->path);
    bool ok = take_keys(r);
    if (ok && !take(r, "="))
        ok = fault(r, r->line, "a key without =");
    skip_blanks(r);
    ok = ok && take_value(r, depth);
    r->path[used] = '\0';
    return ok;
}

/* The items of an array, or the pairs of an inline table, after its bracket. */
static bool take_items(reader *r, unsigned depth, const char *close)
{
    uint32_t first_line = r->line;
    if (depth > cs_toml_max_depth)
        return fault(r, r->line, "nested too deep");
    for (;;) {
        skip_space(r);
        if (take(r, close))
            return true;
        if (r->at >= r->end)
            return fault(r, first_line, "a bracket that is not closed");
        if (!(*close == ']' ? take_value(r, depth) : take_pair(r, depth)))
            return false;
        skip_space(r);
        if (!take(r, ",") && !is_at(r, close))
            return fault(r, r->line, "a comma is missing");
    }
}

/* A number, boolean or date. A text without quotes is kept, but is a fault. */
static bool take_bare(reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && !is_line_end(r) && strchr(",]}#", *r->at) == NULL)
        r->at++;
    const char *end = r->at;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    cs_view value = {start, (size_t)(end - start)};
    if (value.len == 0)
        return fault(r, r->line, "a value is missing");
    static const char *const words[] = {"true", "false", "inf", "nan"};
    bool known = strchr("+-0123456789", *start) != NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        known = known || cs_view_equal(value, cs_view_of(words[i]));
    if (known || memchr(value.data, '=', value.len) == NULL)
        r->add(r->context, r->path, value, true);
    return known || fault(r, r->line, "a text without quotes");
}

static bool take_value(reader *r, unsigned depth)
{
    if (is_at(r, "\"") || is_at(r, "'")) {
        if (!take_string(r, *r->at))
            return false;
        r->add(r->context, r->path, cs_buf_view(&r->string), false);
        return true;
    }
    if (take(r, "["))
        return take_items(r, depth + 1, "]");
    if (take(r, "{"))
        return take_items(r, depth + 1, "}");
    return take_bare(r);
}

/* ---- lines ------------------------------------------------------------------------- */

/* [table] or [[array of tables]]. */
static bool take_header(reader *r)
{
    bool array = take(r, "[[");
    if (!array)
        take(r, "[");
    r->path[0] = '\0';
    if (!take_keys(r))
        return false;
    return take(r, array ? "]]" : "]") || fault(r, r->line, "a bracket that is not closed");
}

bool cs_toml_read(cs_view text, cs_toml_fn add, void *context, const char **ret_what,
                  uint32_t *ret_line)
{
    reader r = {.at = text.data, .end = text.data + text.len, .line = 1};
    r.line_start = text.data;
    r.add = add;
    r.context = context;
    cs_buf_init(&r.string, text.len * 3 + 8); /* an escape of 6 bytes is 3 at most */
    for (skip_space(&r); r.at < r.end; skip_space(&r)) {
        uint32_t first_line = r.line;
        bool ok = is_at(&r, "[") ? take_header(&r) : take_pair(&r, 0);
        skip_blanks(&r);
        if (ok && r.at < r.end && !is_line_end(&r) && !is_at(&r, "#"))
            fault(&r, r.line, "more than one value");
        if (!ok && r.line > first_line)
            r.at = r.line_start; /* the line may be a pair of its own */
        else
            skip_to_line_end(&r);
    }
    *ret_what = r.what;
    *ret_line = r.what_line;
    bool memory = cs_buf_status(&r.string) == CS_OK;
    cs_buf_release(&r.string);
    return memory;
}
