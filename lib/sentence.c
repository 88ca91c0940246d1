/* sentence.c - see sentence.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence.h"

#include <string.h>
#include <strings.h>

#include "text.h"

enum { max_mark = 66 };

/* Words whose full stop does not end a sentence; lower case. */
static const char *const abbreviations[] = {
    "mr",   "mrs",  "ms",     "dr",  "prof", "st",   "vs",   "etc",  "inc", "ltd",  "co",
    "corp", "bros", "approx", "jr",  "sr",   "gen",  "sen",  "rep",  "gov", "capt", "col",
    "lt",   "sgt",  "rev",    "hon", "mt",   "dept", "univ", "assn", "jan", "feb",  "apr",
    "jun",  "jul",  "aug",    "sep", "sept", "oct",  "nov",  "dec",  "e.g", "i.e",  "cf",
    "al",   "u.s",  "u.k",    "ca",  "ed",   "ph.d", "b.sc", "m.sc", "bzw", "z.b",  "d.h",
    "u.a",  "usw",  "vgl",    "ggf", "inkl", "mio",  "mrd",  "evtl", "sog", "mme",  "mlle",
    "sra",  "dra",  "núm",    "pág", "млн",  "млрд", "тыс",  "руб",  "т.е", "т.д",
};

/* Those that are so before a number only: "No. 5", but "He said no." */
static const char *const before_number[] = {"no",  "nr",  "vol", "p",   "pp",
                                            "fig", "est", "art", "mar", "abb"};

/* What a number with a stop is an ordinal of, in German: "am 3. Mai". */
static const char *const after_ordinal[] = {
    "januar",    "februar", "märz",     "april",    "mai",     "juni",        "juli",  "august",
    "september", "oktober", "november", "dezember", "quartal", "jahrhundert", "platz",
};

typedef enum stop {
    STOP_NONE,
    STOP_FULL, /* '.': may be an abbreviation's */
    STOP_SURE, /* ! ? and the like, before a blank */
    STOP_WIDE  /* of scripts without blanks: ends at once */
} stop;

static bool is_digit_at(cs_view text, size_t at)
{
    size_t size;
    return at < text.len &&
           cs_text_class(cs_text_decode(text.data + at, text.len - at, &size)) == CS_CLASS_DIGIT;
}

static stop stop_at(cs_view text, size_t at, size_t *ret_size)
{
    unsigned char c = (unsigned char)text.data[at];
    *ret_size = 1;
    if (c == '.')
        return STOP_FULL;
    if (c == '!' || c == '?')
        return STOP_SURE;
    if (c < 0x80)
        return STOP_NONE;
    switch (cs_text_decode(text.data + at, text.len - at, ret_size)) {
    case 0x2026: /* ... */
    case 0x203C: /* !! in one sign, and its sisters */
    case 0x2047:
    case 0x2048:
    case 0x2049:
    case 0x0589: /* Armenian full stop */
    case 0x061F: /* Arabic question mark */
    case 0x06D4: /* Arabic full stop */
    case 0x0964: /* danda */
    case 0x0965: /* double danda */
    case 0x104B: /* Burmese section */
    case 0x1362: /* Ethiopic full stop */
    case 0x1367: /* Ethiopic question mark */
    case 0x17D4: /* Khmer khan */
    case 0x17D5: /* Khmer bariyoosan */
        return STOP_SURE;
    case 0x3002: /* ideographic full stop */
    case 0xFF61: /* its half-width form */
    case 0xFF01:
    case 0xFF1F:
        return STOP_WIDE;
    case 0xFF0E: /* also the point of a number in full width */
        return is_digit_at(text, at + *ret_size) ? STOP_NONE : STOP_WIDE;
    default:
        return STOP_NONE;
    }
}

static bool is_closer(cs_view text, size_t at, size_t *ret_size)
{
    unsigned char c = (unsigned char)text.data[at];
    *ret_size = 1;
    if (c < 0x80)
        return c != '\0' && strchr("\"')]}*_", c) != NULL;
    switch (cs_text_decode(text.data + at, text.len - at, ret_size)) {
    case 0xBB:
    case 0x2019:
    case 0x201D:
    case 0x203A:
    case 0x3009: /* CJK brackets, with those below */
    case 0x300B:
    case 0x300D:
    case 0x300F:
    case 0x3011:
    case 0xFF02:
    case 0xFF09:
    case 0xFF63:
        return true;
    default:
        return false;
    }
}

/* Quotes that open in one language and close in another; here they close when
 * nothing but a blank follows. */
static bool closes_here(cs_view text, size_t at, size_t *ret_size)
{
    uint32_t point = cs_text_decode(text.data + at, text.len - at, ret_size);
    if (point != 0xAB && point != 0x2018 && point != 0x201C && point != 0x2039)
        return false;
    size_t next = at + *ret_size;
    return next >= text.len || strchr(" \n", text.data[next]) != NULL;
}

/* [^3] or [12] at `at`: its end, or `at`. */
static size_t mark_end(cs_view text, size_t at)
{
    if (at >= text.len || text.data[at] != '[')
        return at;
    size_t end = at + 1;
    bool named = end < text.len && text.data[end] == '^';
    end += named;
    size_t start = end;
    for (; end < text.len && end - at < max_mark; end++) {
        char c = text.data[end];
        if (c == ']')
            return end > start ? end + 1 : at;
        if (named ? c == '\n' || c == '[' : memchr("0123456789, ;-\xE2\x80\x93", c, 17) == NULL)
            return at;
    }
    return at;
}

static size_t skip_blanks(cs_view text, size_t at)
{
    for (size_t size; at < text.len; at += size) {
        uint32_t point = cs_text_decode(text.data + at, text.len - at, &size);
        if (point != ' ' && (point < 0x80 || !cs_text_is_space(point)))
            break;
    }
    return at;
}

static cs_class class_at(cs_view text, size_t at, size_t *ret_size)
{
    return cs_text_class(cs_text_decode(text.data + at, text.len - at, ret_size));
}

/* Past raised digits, which are the mark of a footnote after a stop. */
static size_t raised_end(cs_view text, size_t at)
{
    size_t size;
    while (at < text.len && class_at(text, at, &size) == CS_CLASS_RAISED)
        at += size;
    return at;
}

/* Past closing quotes and brackets, and what belongs to them unseen. */
static size_t skip_closers(cs_view text, size_t at)
{
    for (size_t size; at < text.len; at += size) {
        cs_class class = class_at(text, at, &size);
        if (class == CS_CLASS_MARK || class == CS_CLASS_IGNORED)
            continue;
        if (!is_closer(text, at, &size) && !closes_here(text, at, &size))
            break;
    }
    return at;
}

/* Past what closes and past marks, with blanks before marks. */
static size_t skip_tail(cs_view text, size_t at, bool *ret_marked)
{
    *ret_marked = false;
    for (;;) {
        at = skip_closers(text, at);
        size_t mark = skip_blanks(text, at);
        size_t end = mark_end(text, mark);
        if (end == mark && *ret_marked && mark < text.len && text.data[mark] == ',') {
            mark = skip_blanks(text, mark + 1); /* [^1], [^2] */
            end = mark_end(text, mark);
        }
        if (end == mark)
            end = raised_end(text, at);
        if (end == at)
            return at;
        at = end;
        *ret_marked = true;
    }
}

/* Where the word that ends at `at` begins: after a blank, an opening bracket or
 * quote. */
static size_t word_start(cs_view text, size_t start, size_t at)
{
    for (; at > start; at--) {
        char c = text.data[at - 1];
        bool curly = at - start >= 3 && (memcmp(text.data + at - 3, "\xE2\x80\x9C", 3) == 0 ||
                                         memcmp(text.data + at - 3, "\xE2\x80\x98", 3) == 0);
        if (curly || strchr(" \t\n([{\"'*_", c) != NULL)
            break;
    }
    return at;
}

/* J, and J.P: capital letters parted by dots. */
static bool is_initials(const char *word, size_t len)
{
    if (len % 2 == 0)
        return false;
    for (size_t i = 0; i < len; i++)
        if (i % 2 == 0 ? word[i] < 'A' || word[i] > 'Z' : word[i] != '.')
            return false;
    return true;
}

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; len > 0 && i < count; i++) /* the letter first: most differ there */
        if (((words[i][0] ^ word[0]) & 0x5F) == 0 && strncasecmp(words[i], word, len) == 0 &&
            words[i][len] == '\0')
            return true;
    return false;
}
#define IS_ONE_OF(words, word, len) is_one_of(words, sizeof(words) / sizeof *(words), word, len)

/* A number with its stop: "1." that begins a sentence, and ordinals. */
static bool is_ordinal(cs_view text, bool first, const char *word, size_t len, size_t next)
{
    enum { max_digits = 3 };
    if (len == 0 || len > max_digits)
        return false;
    for (size_t i = 0; i < len; i++)
        if (word[i] < '0' || word[i] > '9')
            return false;
    size_t end = next, size;
    while (end < text.len && class_at(text, end, &size) == CS_CLASS_LETTER)
        end += size;
    return first || IS_ONE_OF(after_ordinal, text.data + next, end - next);
}

/* Whether the word before the full stop at `at` is an abbreviation, an initial or
 * an ordinal; `next` is what follows the stop. */
static bool is_abbreviation(cs_view text, size_t start, size_t at, size_t next)
{
    size_t begin = word_start(text, start, at);
    const char *word = text.data + begin;
    size_t len = at - begin;
    return is_initials(word, len) || IS_ONE_OF(abbreviations, word, len) ||
           (is_digit_at(text, next) && IS_ONE_OF(before_number, word, len)) ||
           is_ordinal(text, begin == start, word, len, next);
}

/* Whether a sentence can begin with what stands at `next`: no mark, which is of the
 * blank before it, and where blanks part words nothing in lower case. */
static bool can_begin(cs_view text, size_t next, stop kind)
{
    size_t size;
    if (next >= text.len)
        return true;
    if (class_at(text, next, &size) == CS_CLASS_MARK)
        return false;
    return kind == STOP_WIDE ||
           !cs_text_is_lower(cs_text_decode(text.data + next, text.len - next, &size));
}

/* Past the stops that follow one: "?!". */
static size_t skip_wide_stops(cs_view text, size_t at)
{
    for (size_t size; at < text.len && stop_at(text, at, &size) != STOP_NONE; at += size)
        ;
    return at;
}

/* Past the line end at `at`, and past lines after it that are nothing but marks:
 * they are of the sentence before. */
static size_t line_end(cs_view text, size_t at)
{
    for (;;) {
        size_t next = ++at, end;
        while ((end = mark_end(text, next)) > next)
            next = skip_blanks(text, end);
        if (next == at || (next < text.len && text.data[next] != '\n'))
            return at;
        at = next;
        if (at >= text.len)
            return at;
    }
}

size_t cs_sentence_end(cs_view text, size_t start)
{
    size_t size;
    for (size_t at = start; at < text.len; at += size) {
        if (text.data[at] == '\n')
            return line_end(text, at);
        stop kind = stop_at(text, at, &size);
        if (kind == STOP_NONE)
            continue;
        if (kind == STOP_WIDE)
            size = skip_wide_stops(text, at + size) - at;
        bool marked;
        size_t tail = skip_tail(text, at + size, &marked);
        size_t next = skip_blanks(text, tail);
        bool parted = next > tail || next >= text.len || text.data[next] == '\n' || marked;
        bool ends = (kind == STOP_WIDE || parted) && can_begin(text, next, kind);
        if (ends && kind == STOP_FULL && !marked && next < text.len && text.data[next] != '\n')
            ends = !is_abbreviation(text, start, at, next);
        if (ends)
            return next < text.len && text.data[next] == '\n' ? line_end(text, next) : next;
    }
    return text.len;
}
