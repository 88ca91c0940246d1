/* template.c - see template.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "template.h"

#include <string.h>

#include "sentence.h"

/* Of the bytes of a passage at most one in so many may say something. */
enum { one_in = 10 };

typedef struct reading {
    size_t said; /* bytes that are neither question nor prompt */
    unsigned questions, prompts, hints;
    bool asked;  /* the sentence before was a question, or a hint to one */
    bool inside; /* a hint of several sentences */
} reading;

static bool begins_with(cs_view text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.data, word, len) == 0;
}

static bool ends_with(cs_view text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

static bool cut_end(cs_view *text, const char *end)
{
    bool cut = ends_with(*text, end);
    text->len -= cut ? strlen(end) : 0;
    return cut;
}

/* Without blanks, closing quotes and marks of emphasis at its end. */
static cs_view without_closers(cs_view text)
{
    static const char *const closers[] = {
        " ", "\t",           "\"",           "'",        "*",           "_",
        ":", "\xE2\x80\x9D", "\xE2\x80\x99", "\xC2\xBB", "\xE3\x80\x8D"};
    for (size_t i = 0; i < sizeof closers / sizeof *closers;)
        i = cut_end(&text, closers[i]) ? 0 : i + 1;
    return text;
}

static bool is_question(cs_view sentence)
{
    cs_view text = without_closers(sentence);
    return ends_with(text, "?") || ends_with(text, "\xEF\xBC\x9F") || /* full-width */
           ends_with(text, "\xD8\x9F");                               /* Arabic */
}

static bool is_prompt(cs_view line)
{
    static const char *const begins[] = {"TODO", "TBD", "Lorem ipsum", "lorem ipsum"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (begins_with(line, begins[i]))
            return true;
    if (line.len < 2 || line.data[0] != '[' || line.data[line.len - 1] != ']')
        return false;
    cs_view inner = {line.data + 1, line.len - 2};
    return memchr(inner.data, ' ', inner.len) != NULL &&
           memchr(inner.data, '[', inner.len) == NULL && memchr(inner.data, ']', inner.len) == NULL;
}

/* Reads on in a hint; returns what stands after it. */
static cs_view skip_hint(reading *r, cs_view sentence)
{
    const char *close = memchr(sentence.data, ')', sentence.len);
    r->hints += !r->inside;
    r->inside = close == NULL;
    if (close == NULL)
        return (cs_view){"", 0};
    cs_view rest = {close + 1, (size_t)(sentence.data + sentence.len - close - 1)};
    while (rest.len > 0 && strchr(" .", rest.data[0]) != NULL)
        rest = (cs_view){rest.data + 1, rest.len - 1};
    return rest;
}

static void read_sentence(reading *r, cs_view sentence)
{
    if (r->inside || (r->asked && begins_with(sentence, "(")))
        sentence = skip_hint(r, sentence);
    if (sentence.len == 0)
        return;
    r->asked = is_question(sentence);
    r->questions += r->asked;
    r->said += r->asked ? 0 : sentence.len;
}

static void read_line(reading *r, cs_view line)
{
    r->inside = r->asked = false;
    if (is_prompt(line)) {
        r->prompts++;
        return;
    }
    for (size_t at = 0; at < line.len;) {
        size_t end = cs_sentence_end(line, at);
        read_sentence(r, (cs_view){line.data + at, end - at});
        at = end;
    }
}

bool cs_template_is(cs_view text)
{
    reading r = {0};
    for (size_t start = 0; start < text.len;) {
        const char *end = memchr(text.data + start, '\n', text.len - start);
        size_t stop = end == NULL ? text.len : (size_t)(end - text.data);
        read_line(&r, (cs_view){text.data + start, stop - start});
        if (r.said > text.len / one_in)
            return false;
        start = stop + 1;
    }
    return r.hints * 2 <= r.questions && (r.questions >= 2 || r.prompts > 0);
}
