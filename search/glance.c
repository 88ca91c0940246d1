/* glance.c - see glance.h. The text is copied in lower case; then the first word is
 * looked for where a word can begin, and the others after what terms.h passes over
 * between words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "glance.h"

#include <string.h>

#include "text.h"

typedef struct copy {
    char bytes[cs_max_glance + 1];
    size_t len;
    bool folds; /* it has letters beyond ASCII, which may fold to ASCII ones */
} copy;

enum { other_letter = 0x01 }; /* stands for any of them */

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == other_letter;
}

/* What to copy for a character beyond ASCII: the apostrophe, a sign that parts
 * words, or a letter. */
static char beyond_ascii(const char *at, size_t left, size_t *ret_size)
{
    uint32_t point = cs_text_decode(at, left, ret_size);
    if (cs_text_sign(point) == '\'')
        return '\'';
    return cs_text_class(point) == CS_CLASS_OTHER ? ';' : other_letter;
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* U.S. - the letters are one word: of `letters` at least, so that it may be one of a phrase. */
static bool has_acronym(const copy *c, size_t letters)
{
    const char *s = c->bytes, *end = s + c->len;
    for (const char *dot = s; (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL; dot++) {
        size_t count = 1;
        if (dot == s || !is_letter(dot[-1]) || (dot > s + 1 && is_alnum(dot[-2])))
            continue;
        for (const char *at = dot; at[0] == '.' && is_letter(at[1]); at += 2)
            count++;
        if (count > 1 && count >= letters)
            return true;
    }
    return false;
}

/* Eight bytes in lower case. False, and nothing is done, when some are beyond ASCII. */
static bool lower_eight(const char *from, char *to)
{
    const uint64_t high = 0x8080808080808080u, each = 0x0101010101010101u;
    uint64_t x;
    memcpy(&x, from, sizeof x);
    if ((x & high) != 0)
        return false;
    uint64_t from_a = x + each * (0x80 - 'A'), after_z = x + each * (0x80 - 'Z' - 1);
    x |= ((from_a ^ after_z) & high) >> 2; /* 0x80 of a capital becomes 0x20 */
    memcpy(to, &x, sizeof x);
    return true;
}

/* False when the text is beyond a glance: too long, or with acronyms of so many letters, which
 * lose their dots. */
static bool make_copy(cs_view text, size_t letters, copy *out)
{
    const char *s = text.data;
    if (text.len > cs_max_glance)
        return false;
    out->len = 0;
    out->folds = false;
    for (size_t i = 0, size; i < text.len; i += size) {
        size = sizeof(uint64_t);
        if (text.len - i >= size && lower_eight(s + i, out->bytes + out->len)) {
            out->len += size;
            continue;
        }
        char c = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] | 0x20 : s[i]);
        size = 1;
        if ((unsigned char)c >= 0x80)
            c = beyond_ascii(s + i, text.len - i, &size);
        out->folds = out->folds || c == other_letter;
        out->bytes[out->len++] = c;
    }
    out->bytes[out->len] = '\0';
    return !has_acronym(out, letters);
}

/* Only letters: numbers may stand with commas in the text. */
static bool is_plain_word(const char *word)
{
    for (; *word != '\0'; word++)
        if (*word < 'a' || *word > 'z')
            return false;
    return true;
}

/* Past what can stand between two words: a possessive 's, and all that is no letter
 * or digit. Marks of footnotes can too: they stop it, with *ret_mark. */
static size_t skip_gap(const copy *c, size_t at, bool *ret_mark)
{
    if (c->bytes[at] == '\'' && c->bytes[at + 1] == 's' && !is_alnum(c->bytes[at + 2]))
        at += 2;
    for (; at < c->len && !is_alnum(c->bytes[at]); at++)
        if (c->bytes[at] == '[' && (c->bytes[at + 1] == '^' || is_alnum(c->bytes[at + 1])))
            *ret_mark = true;
    return at;
}

static bool is_blank(const char *at, const char *end)
{
    return at == end || *at == ' ' || *at == '\n';
}

/* What cannot be of a word, nor change what the word before it is. */
static bool ends_plainly(const char *at, const char *end)
{
    return is_blank(at, end) || strchr(");:!?\"-/", *at) != NULL ||
           ((*at == '.' || *at == ',') && is_blank(at + 1, end));
}

static bool starts_plainly(const char *start, const char *at)
{
    return at == start || is_blank(at - 1, NULL) || strchr("(\":-/", at[-1]) != NULL;
}

/* The words from the second on, after the first at `at`. YES only when a single
 * blank or hyphen parts them and the ends are plain; NO when they do not follow. */
static cs_glance follow(const copy *c, const cs_pattern *pattern, size_t at)
{
    const char *end = c->bytes + c->len;
    bool plain = starts_plainly(c->bytes, c->bytes + at);
    at += strlen(pattern->words.items[0]);
    for (size_t i = 1; i < pattern->words.count; i++) {
        const char *word = pattern->words.items[i];
        bool mark = false;
        size_t len = strlen(word), next = skip_gap(c, at, &mark);
        if (mark)
            return CS_GLANCE_UNSURE;
        plain = plain && next == at + 1 && (c->bytes[at] == ' ' || c->bytes[at] == '-');
        if (c->len - next < len || memcmp(c->bytes + next, word, len) != 0)
            return CS_GLANCE_NO;
        at = next + len;
    }
    if (is_alnum(c->bytes[at]))
        return CS_GLANCE_NO;
    return plain && ends_plainly(c->bytes + at, end) ? CS_GLANCE_YES : CS_GLANCE_UNSURE;
}

/* Most phrases stand as they were typed, often in lower case: all words in one search. */
static bool has_plainly(cs_view text, cs_view phrase)
{
    const char *at = text.data, *end = at + text.len;
    for (; (at = memmem(at, (size_t)(end - at), phrase.data, phrase.len)) != NULL; at++)
        if (starts_plainly(text.data, at) && ends_plainly(at + phrase.len, end))
            return true;
    return false;
}

/* The words with blanks between them; empty when it would be too long. */
static cs_view join_words(const cs_pattern *pattern, char *all, size_t size)
{
    const cs_view none = {"", 0};
    size_t len = 0;
    for (size_t i = 0; i < pattern->words.count; i++) {
        const char *word = pattern->words.items[i];
        size_t word_len = strlen(word);
        if (len + 1 + word_len > size)
            return none;
        if (i > 0)
            all[len++] = ' ';
        memcpy(all + len, word, word_len);
        len += word_len;
    }
    return (cs_view){all, len};
}

cs_glance cs_glance_at(const cs_pattern *pattern, cs_view text)
{
    copy c;
    if (pattern->kind != CS_NODE_PHRASE || pattern->words.count == 0 || pattern->joined != NULL)
        return CS_GLANCE_UNSURE;
    size_t letters = SIZE_MAX; /* of the shortest word */
    bool has_and = false;      /* which may be written & */
    for (size_t i = 0; i < pattern->words.count; i++) {
        size_t len = strlen(pattern->words.items[i]);
        if (!is_plain_word(pattern->words.items[i]))
            return CS_GLANCE_UNSURE;
        letters = len < letters ? len : letters;
        has_and = has_and || strcmp(pattern->words.items[i], "and") == 0;
    }
    char buffer[256];
    cs_view phrase = join_words(pattern, buffer, sizeof buffer);
    if (phrase.len > 0 && has_plainly(text, phrase))
        return CS_GLANCE_YES;
    if (!make_copy(text, letters, &c))
        return CS_GLANCE_UNSURE;
    if (phrase.len > 0 && has_plainly((cs_view){c.bytes, c.len}, phrase))
        return CS_GLANCE_YES;
    const char *first = pattern->words.items[0];
    cs_glance best = CS_GLANCE_NO;
    for (size_t from = 0; from < c.len && best != CS_GLANCE_YES;) {
        const char *at = memmem(c.bytes + from, c.len - from, first, strlen(first));
        if (at == NULL)
            break;
        size_t start = (size_t)(at - c.bytes);
        cs_glance here =
            start > 0 && is_alnum(c.bytes[start - 1]) ? CS_GLANCE_NO : follow(&c, pattern, start);
        if (here != CS_GLANCE_NO)
            best = here;
        from = start + 1;
    }
    bool unseen = c.folds || (has_and && memchr(c.bytes, '&', c.len) != NULL);
    return best == CS_GLANCE_NO && unseen ? CS_GLANCE_UNSURE : best;
}
