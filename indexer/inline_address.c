/* inline_address.c - addresses: of links, and such as stand bare in the text. See
 * inline.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "inline_work.h"

typedef cs_inline_work work;

/* The length of an entity that stands for '&' at i, or 0. */
static uint32_t ampersand(const work *w, uint32_t i, uint32_t end)
{
    return end - i >= 5 && memcmp(w->text + i, "&amp;", 5) == 0 ? 5 : 0;
}

static bool is_escape(const work *w, uint32_t i, uint32_t end)
{
    return w->text[i] == '\\' && i + 1 < end && is_punctuation(w->text[i + 1]);
}

cs_view cs_inline_keep_url(work *w, uint32_t start, uint32_t end)
{
    cs_view url = cs_inline_keep(w, start, end);
    bool plain = memchr(url.data, '\\', url.len) == NULL && memchr(url.data, '&', url.len) == NULL;
    if (plain)
        return url;
    char *bytes = (char *)(uintptr_t)url.data; /* the arena's copy is ours */
    size_t kept = 0;
    for (uint32_t i = start; i < start + url.len; i++) {
        uint32_t entity = ampersand(w, i, end);
        if (is_escape(w, i, end))
            i++;
        bytes[kept++] = w->text[i];
        i += entity > 0 ? entity - 1 : 0;
    }
    url.len = kept;
    return url;
}

/* Punctuation of CJK and curly quotes, which no address has: a stop after it. */
static bool is_foreign_stop(const work *w, uint32_t i)
{
    const unsigned char *c = (const unsigned char *)w->text + i;
    if (c[0] < 0xC2 || w->len - i < 3)
        return c[0] == 0xC2 && w->len - i > 1 && c[1] == 0xA0;
    return (c[0] == 0xC2 && c[1] == 0xA0) || (c[0] == 0xE3 && c[1] == 0x80) ||
           (c[0] == 0xEF && (c[1] == 0xBC || c[1] == 0xBD)) ||
           (c[0] == 0xE2 && c[1] == 0x80 && c[2] >= 0x98 && c[2] <= 0x9F);
}

static bool is_url_byte(char c)
{
    return !is_blank(c) && c != '<' && c != '>' && c != '"' && c != '|' && c != '`' && c != ']';
}

/* The length of "http://", "https://" or "www." at i, or 0. */
static uint32_t scheme_at(const work *w, uint32_t i)
{
    static const char *const schemes[] = {"https://", "http://", "www."};
    for (size_t s = 0; s < sizeof schemes / sizeof *schemes; s++) {
        size_t len = strlen(schemes[s]);
        if (w->len - i > len && strncasecmp(w->text + i, schemes[s], len) == 0)
            return (uint32_t)len;
    }
    return 0;
}

/* Without what is no part of an address at its end: GFM 6.9. */
static uint32_t trimmed_end(const work *w, uint32_t start, uint32_t end)
{
    for (;;) {
        uint32_t before = end;
        while (end > start && strchr(".,;:!?'*_~\\", w->text[end - 1]) != NULL &&
               w->text[end - 1] != ';')
            end--;
        if (end > start && w->text[end - 1] == ';') {
            uint32_t entity = end - 1;
            while (entity > start && is_word_byte(w->text[entity - 1]))
                entity--;
            bool whole = entity > start && w->text[entity - 1] == '&' && entity < end - 1;
            end = whole ? entity - 1 : end - 1;
        }
        if (end == before)
            return end;
    }
}

/* Whether a name with a dot begins at i: "example.com". */
static bool is_host(const work *w, uint32_t i)
{
    uint32_t start = i;
    while (is_word_byte(cs_inline_at(w, i)) || cs_inline_at(w, i) == '-')
        i++;
    return i > start && cs_inline_at(w, i) == '.' && is_word_byte(cs_inline_at(w, i + 1));
}

/* "http://" before an address that was written without it. */
static cs_view with_scheme(work *w, cs_view url)
{
    CS_SCOPED(cs_buf) whole = {.limit = INT32_MAX};
    cs_buf_add_string(&whole, "http://");
    cs_buf_add(&whole, url.data, url.len);
    if (cs_buf_status(&whole) != CS_OK)
        w->reader->failed = true;
    return cs_arena_copy(w->reader->arena, cs_buf_view(&whole));
}

/* Shows the address as the reader sees it: without escapes. */
static void show_address(work *w, uint32_t i, uint32_t end)
{
    for (; i < end; i++) {
        uint32_t entity = w->text[i] == '&' ? ampersand(w, i, end) : 0;
        if (entity > 0)
            cs_inline_replace(w, i, i + entity, cs_view_of("&"));
        else if (is_escape(w, i, end))
            cs_inline_drop(w, i, i + 1);
    }
}

uint32_t cs_inline_scan_url(work *w, uint32_t i)
{
    char before = i == 0 ? ' ' : w->text[i - 1];
    uint32_t scheme = is_word_byte(before) ? 0 : scheme_at(w, i);
    bool bare_host = scheme == 4;
    if (scheme == 0 || (bare_host && (memchr("/.@-_", before, 5) != NULL || !is_host(w, i + 4))))
        return 0;
    uint32_t end = i;
    int depth = 0;
    while (end < w->len && is_url_byte(w->text[end]) && !is_foreign_stop(w, end)) {
        depth += w->text[end] == '(' ? 1 : w->text[end] == ')' ? -1 : 0;
        if (depth < 0)
            break;
        end++;
    }
    end = trimmed_end(w, i, end);
    if (end <= i + scheme)
        return 0;
    cs_note *note = cs_inline_note(w, CS_NOTE_LINK, i, end);
    if (note != NULL) {
        note->url = cs_inline_keep_url(w, i, end);
        if (bare_host)
            note->url = with_scheme(w, note->url);
        note->bare = true;
    }
    show_address(w, i, end);
    return end;
}

/* <https://x.y> and <me@x.y>: the address is shown. */
uint32_t cs_inline_scan_autolink(work *w, uint32_t i)
{
    uint32_t end = i + 1;
    bool address = false;
    while (end < w->len && w->text[end] != '>' && w->text[end] != '<' && w->text[end] != ' ' &&
           w->text[end] != '\n') {
        if (w->text[end] == '@' || (w->text[end] == ':' && end > i + 2))
            address = true;
        end++;
    }
    bool web = scheme_at(w, i + 1) > 4;
    if (cs_inline_at(w, end) != '>' || !address ||
        (!web && memchr(w->text + i, '=', end - i) != NULL))
        return 0;
    cs_inline_drop(w, i, i + 1);
    cs_inline_drop(w, end, end + 1);
    cs_note *note = cs_inline_note(w, CS_NOTE_LINK, i + 1, end);
    if (note != NULL) {
        note->url = cs_inline_keep_url(w, i + 1, end);
        note->bare = true;
    }
    return end + 1;
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
uint32_t cs_inline_scan_data(work *w, uint32_t i)
{
    bool starts = i == 0 || !is_word_byte(w->text[i - 1]);
    size_t length = starts ? cs_inline_data_uri((cs_view){w->text + i, w->len - i}) : 0;
    cs_inline_drop(w, i, i + (uint32_t)length);
    return i + (length > 0 ? (uint32_t)length : 1);
}
