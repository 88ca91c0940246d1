/* terms.c - see terms.h.
 *
 * Nearly all text is ASCII, so every decision looks at a table of bytes first
 * and decodes only what is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "terms.h"

#include <string.h>

#include "amount.h"
#include "characters.h"

enum {
    max_mark_label = 64, /* bytes of a footnote mark's label */
    max_mark_digits = 3, /* of a mark that is a number: [2023] is a year */
    max_unit = 3,        /* letters of a unit before its exponent: km, and not a word */
    amount_begins = 4    /* bytes of a word that tell whether it may begin an amount */
};

/* ---- one word ---------------------------------------------------------------------- */

/* The raw bytes of a word while it is read; what is left out (a comma in 1,000,
 * the dots of U.S.) is not copied. */
typedef struct word {
    char bytes[cs_text_max_word];
    uint32_t len;
    bool ascii;
    bool digits;  /* nothing but digits and their dots so far */
    bool grouped; /* digits, with thousands parted */
    bool full;    /* what follows is left out */
} word;

static void word_add(word *w, const char *bytes, uint32_t size)
{
    w->full = w->full || w->len + size > sizeof w->bytes;
    if (w->full)
        return;
    memcpy(w->bytes + w->len, bytes, size);
    w->len += size;
}

/* The elided article or pronoun before an apostrophe, which is a word. */
static bool is_elision(const word *w)
{
    static const char *const elisions[] = {
        "c",      "d",      "j",    "l",    "m",   "n",    "s",    "t",     "qu", "jusqu",
        "lorsqu", "puisqu", "dell", "nell", "all", "sull", "dall", "quell", "un", "quoiqu"};
    char lower[8];
    if (w->len >= sizeof lower)
        return false;
    for (uint32_t i = 0; i < w->len; i++)
        lower[i] = (char)(w->bytes[i] | 0x20);
    lower[w->len] = '\0';
    for (size_t i = 0; i < sizeof elisions / sizeof *elisions; i++)
        if (strcmp(lower, elisions[i]) == 0)
            return true;
    return false;
}

static bool is_possessive(const cs_tokenizer *t, uint32_t after)
{
    return after < t->len && (t->text[after] == 's' || t->text[after] == 'S') &&
           !is_word_at(t, after + 1) && apostrophe_size(t, after + 1) == 0;
}

/* What to do at the apostrophe of `size` bytes at *at. False when it ends the word,
 * with *at past what is consumed. */
static bool take_apostrophe(const cs_tokenizer *t, uint32_t *at, uint32_t size, word *w)
{
    if (!is_letter_at(t, *at + size))
        return false;
    if (is_possessive(t, *at + size)) {
        *at += size + 1;
        return false;
    }
    if (is_elision(w))
        return false;
    word_add(w, "'", 1);
    *at += size;
    return true;
}

/* The & of R&D, and the second one of B&B&B; `end` is where it ends. */
static bool is_inner_and(const cs_tokenizer *t, uint32_t end, const word *w)
{
    if (w->len > cs_max_and_side || !w->ascii)
        return false;
    for (uint32_t i = 0; i < w->len; i++)
        if (!is_ascii_letter(w->bytes[i]) && w->bytes[i] != '&')
            return false;
    uint32_t start = end;
    while (end < t->len && is_ascii_letter(t->text[end]))
        end++;
    uint32_t side = end - start;
    return side >= 1 && side <= cs_max_and_side && !goes_on_at(t, end);
}

/* The comma of 1,000, the blank of 1 000, the apostrophe of 1'000: up to three
 * digits before the first, exactly three after each. */
static bool parts_thousands(const cs_tokenizer *t, uint32_t after, const word *w)
{
    if (!w->digits || w->len == 0 || (w->len > 3 && !w->grouped))
        return false;
    for (int i = 0; i < 3; i++) {
        uint32_t size = digit_size(t, after);
        if (size == 0)
            return false;
        after += size;
    }
    return !is_digit_at(t, after);
}

static bool is_hebrew_letter(const char *bytes)
{
    return (unsigned char)bytes[0] == 0xD7 && (unsigned char)bytes[1] >= 0x90 &&
           (unsigned char)bytes[1] <= 0xAA;
}

/* The gershayim of a Hebrew acronym, which is left out. */
static bool is_gershayim(const cs_tokenizer *t, uint32_t after, const word *w)
{
    return w->len >= 2 && t->len - after >= 2 && is_hebrew_letter(w->bytes + w->len - 2) &&
           is_hebrew_letter(t->text + after);
}

/* Takes the sign that stands inside a word at *at; false when the word ends there. */
static bool take_inner(const cs_tokenizer *t, uint32_t *at, word *w)
{
    uint32_t size;
    char sign = sign_at(t, *at, &size);
    uint32_t after = *at + size;
    if (sign == '.' && w->digits && is_digit_at(t, after)) {
        word_add(w, ".", 1);
    } else if (sign == '&' && is_inner_and(t, after, w)) {
        word_add(w, "&", 1);
        w->digits = false;
    } else if ((sign == ',' || sign == ' ' || sign == '\'') && parts_thousands(t, after, w)) {
        w->grouped = true;
    } else if (sign == '\'') {
        return take_apostrophe(t, at, size, w);
    } else if (sign != '"' || !is_gershayim(t, after, w)) {
        return false;
    }
    *at = after;
    return true;
}

/* U.S., e.g., U.S.A: single letters parted by dots; J.P of J.P.Morgan. Returns its
 * end, or 0. */
static uint32_t acronym_end(const cs_tokenizer *t, uint32_t at)
{
    uint32_t letters = 0;
    while (at < t->len && is_ascii_letter(t->text[at])) {
        letters++;
        bool dotted = at + 1 < t->len && t->text[at + 1] == '.';
        if (!dotted || at + 2 >= t->len || !is_ascii_letter(t->text[at + 2])) {
            at++;
            break;
        }
        at += 2;
    }
    if (letters >= 2 && goes_on_at(t, at)) {
        letters--; /* the last one begins a word */
        at -= 2;
    }
    return letters >= 2 ? at : 0;
}

/* After U.S: past the 's of U.S's and U.S.'s, else where it stands. */
static uint32_t past_possessive(const cs_tokenizer *t, uint32_t at)
{
    uint32_t mark = at < t->len && t->text[at] == '.' ? at + 1 : at;
    uint32_t size = apostrophe_size(t, mark);
    return size > 0 && is_possessive(t, mark + size) ? mark + size + 1 : at;
}

static void take_acronym(const cs_tokenizer *t, uint32_t end, word *w)
{
    for (uint32_t i = t->at; i < end; i++)
        if (t->text[i] != '.')
            word_add(w, t->text + i, 1);
}

/* Letters and digits of ASCII, most of most words: copied without a look at their
 * class. */
static uint32_t take_ascii(const cs_tokenizer *t, uint32_t at, word *w)
{
    uint32_t start = at, room = (uint32_t)sizeof w->bytes - w->len;
    bool digits = true;
    for (; at < t->len && is_ascii_word(t->text[at]); at++) {
        digits = digits && is_ascii_digit(t->text[at]);
        if (at - start < room && !w->full)
            w->bytes[w->len + (at - start)] = t->text[at];
    }
    uint32_t size = at - start;
    if (!w->full)
        w->len += size < room ? size : room;
    w->full = w->full || size > room;
    w->digits = w->digits && digits;
    return at;
}

/* Whether the raised digit after `w` belongs to it: the exponent of a unit. */
static bool takes_raised(const word *w)
{
    uint32_t letters = 0;
    for (uint32_t i = 0; i < w->len; i++)
        letters += ((unsigned char)w->bytes[i] & 0xC0) != 0x80;
    return !w->digits && letters <= max_unit;
}

/* Takes a character beyond ASCII, or a lone one of it, of the class; false when the
 * word ends before it. */
static bool take_other(const cs_tokenizer *t, uint32_t at, uint32_t size, cs_class class, word *w)
{
    size_t unused;
    if (class == CS_CLASS_BIGRAM || class == CS_CLASS_SIGN ||
        (class == CS_CLASS_RAISED && !takes_raised(w)))
        return false;
    int digit =
        class == CS_CLASS_DIGIT ? cs_text_digit(cs_text_decode(t->text + at, size, &unused)) : -1;
    if (digit >= 0) {
        word_add(w, &"0123456789"[digit], 1);
        return true;
    }
    w->ascii = false;
    w->digits = w->digits && (class == CS_CLASS_DIGIT || class == CS_CLASS_IGNORED);
    word_add(w, t->text + at, size);
    return true;
}

/* The rest of a word from `at` on. Returns where it ends, without signs that are not
 * seen; t->at moves past these too. */
static uint32_t read_rest(cs_tokenizer *t, uint32_t at, word *w)
{
    uint32_t end = at;
    for (;;) {
        uint32_t run = take_ascii(t, at, w);
        if (run > at)
            end = run;
        at = run;
        uint32_t size;
        if (at >= t->len)
            break;
        cs_class class = class_at(t, at, &size);
        if (class == CS_CLASS_OTHER) {
            if (!take_inner(t, &at, w))
                break;
            continue;
        }
        if (!take_other(t, at, size, class, w))
            break;
        at += size;
        if (class != CS_CLASS_IGNORED)
            end = at;
    }
    t->at = at;
    return end;
}

/* Reads the word at t->at, of a class that begins one, into `w` and moves past it.
 * Returns where it ends. */
static uint32_t read_word(cs_tokenizer *t, cs_class class, word *w)
{
    w->len = 0; /* not the whole of it: the bytes are many and need no zeros */
    memset(w->bytes, 0, amount_begins);
    w->ascii = w->digits = true;
    w->grouped = w->full = false;
    uint32_t at = t->at;
    if (class == CS_CLASS_SIGN) {
        uint32_t end;
        t->at = past_cluster(t, at, &end);
        w->ascii = false;
        word_add(w, t->text + at, end - at);
        return end;
    }
    if (at + 2 < t->len && t->text[at + 1] == '.') {
        uint32_t end = acronym_end(t, at);
        if (end != 0) {
            take_acronym(t, end, w);
            t->at = past_possessive(t, end);
            return end;
        }
    }
    return read_rest(t, at, w);
}

/* The end of a cut at `size` bytes that parts no character. */
static size_t cut_at_character(const char *bytes, size_t size)
{
    while (size > 0 && ((unsigned char)bytes[size] & 0xC0) == 0x80)
        size--;
    return size;
}

static size_t fold(const char *bytes, uint32_t len, bool ascii, char out[cs_max_term])
{
    if (!ascii)
        return cs_text_fold(bytes, len, out, cs_max_term);
    if (len > cs_max_term)
        len = cs_max_term;
    for (uint32_t i = 0; i < len; i++) {
        char c = bytes[i]; /* NOLINT(clang-analyzer-core.uninitialized.Assign): all of len are */
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return len;
}

/* ---- compounds --------------------------------------------------------------------- */

static void join(cs_tokenizer *t, const cs_token *token)
{
    if (t->joined_parts == 0) {
        t->joined_start = token->start;
        t->joined_position = token->position;
        t->joined_len = 0;
    }
    t->joined_parts++;
    t->joined_end = token->end;
    size_t room = sizeof t->joined - t->joined_len;
    size_t len = token->term.len;
    if (len > room)
        len = cut_at_character(token->term.data, room);
    memcpy(t->joined + t->joined_len, token->term.data, len);
    t->joined_len += (uint32_t)len;
}

/* After a word: does a hyphen lead to another part of the same compound? */
static void follow_compound(cs_tokenizer *t, const cs_token *token)
{
    uint32_t size = token->end == t->at ? hyphen_size(t, t->at) : 0;
    bool goes_on = size > 0 && is_word_at(t, t->at + size);
    if (!goes_on && t->joined_parts == 0)
        return;
    join(t, token);
    if (goes_on) {
        t->at += size;
        return;
    }
    t->joined_due = t->joined_parts <= cs_max_joined_parts;
    t->joined_parts = 0;
}

static void give_joined(cs_tokenizer *t, cs_token *token)
{
    t->joined_due = false;
    *token = (cs_token){
        .term = {t->joined, t->joined_len},
        .start = t->joined_start,
        .end = t->joined_end,
        .position = t->joined_position,
        .extra = true,
    };
}

/* ---- amounts ----------------------------------------------------------------------- */

/* 4, USD4, Rs4: most words do not. */
static bool may_begin_amount(const word *w)
{
    return is_ascii_digit(w->bytes[0]) || is_ascii_digit(w->bytes[2]) ||
           is_ascii_digit(w->bytes[amount_begins - 1]);
}

/* Looks for an amount whose number begins with the word that was read, from `start` to `end`. */
static void find_amount(cs_tokenizer *t, uint32_t start, uint32_t end, const word *w)
{
    cs_amount amount;
    word after;
    cs_number number = {start, end, {w->bytes, w->len}, 0};
    if (start < t->amount_end)
        return;
    uint32_t letters = cs_amount_glued(w->bytes, w->len);
    if (letters > 0) { /* USD4.5bn: the number within */
        cs_tokenizer within = *t;
        within.at = start + letters;
        number = (cs_number){.start = within.at};
        number.end = read_word(&within, CS_CLASS_DIGIT, &after);
        number.word = (cs_view){after.bytes, after.len};
    }
    number.currency = number.start == t->range_to ? t->currency : 0;
    if (!cs_amount_read(t, &number, &amount))
        return;
    if (letters > 0)
        amount.words = 0;
    t->amount_due = true;
    t->amount_start = amount.start;
    t->amount_end = amount.end;
    t->amount_position = t->position - amount.words;
    t->range_to = amount.range_to;
    t->currency = amount.currency;
    t->amount_len = amount.len;
    memcpy(t->amount, amount.term, amount.len);
}

/* Whether all words of the amount have been given: the next one begins at t->at. */
static bool is_amount_next(const cs_tokenizer *t)
{
    return t->amount_due && t->at >= t->amount_end;
}

static void give_amount(cs_tokenizer *t, cs_token *token)
{
    t->amount_due = false;
    *token = (cs_token){
        .term = {t->amount, t->amount_len},
        .start = t->amount_start,
        .end = t->amount_end,
        .position = t->amount_position,
        .extra = true,
        .amount = true,
    };
}

/* ---- scripts without blanks -------------------------------------------------------- */

static uint32_t run_end(const cs_tokenizer *t, uint32_t at)
{
    uint32_t size, end;
    while (class_at(t, at, &size) == CS_CLASS_BIGRAM)
        at = past_cluster(t, at, &end);
    return at;
}

static bool give_span(cs_tokenizer *t, uint32_t start, uint32_t end, bool extra, cs_token *token)
{
    size_t len = fold(t->text + start, end - start, false, t->term);
    *token = (cs_token){
        .term = {t->term, len},
        .start = start,
        .end = end,
        .position = extra ? t->position - 1 : t->position,
        .extra = extra,
        .pair = true,
    };
    if (!extra)
        t->position++;
    return len > 0;
}

/* One step through a run: a pair, or at its last character the end of it. */
static bool next_pair(cs_tokenizer *t, cs_token *token)
{
    uint32_t start = t->at, end;
    uint32_t first = past_cluster(t, start, &end);
    bool last = first >= t->run_end;
    if (!last)
        past_cluster(t, first, &end);
    bool alone = last && t->joined_start == start;
    t->at = first;
    if (last)
        t->run_end = 0;
    return give_span(t, start, end, last && !alone, token);
}

static void enter_run(cs_tokenizer *t)
{
    t->run_end = run_end(t, t->at);
    t->joined_start = t->at; /* where the run began: free while no compound is read */
    t->joined_parts = 0;
}

/* ---- the walk ---------------------------------------------------------------------- */

/* [^label] and [12]: the end of a footnote mark at `at`, or 0. */
static uint32_t mark_end(const cs_tokenizer *t, uint32_t at)
{
    bool named = at + 1 < t->len && t->text[at + 1] == '^';
    uint32_t max = named ? max_mark_label : max_mark_digits + 1;
    for (uint32_t i = at + 1; i < t->len && i - at <= max; i++) {
        char c = t->text[i];
        if (c == ']')
            return i > at + 1 ? i + 1 : 0;
        if (named ? (c == '\n' || c == '[') : !is_ascii_digit(c))
            return 0;
    }
    return 0;
}

/* The & of Procter & Gamble; not that of code (&x, a && b, a&amp;b), and not one typed alone. */
static bool is_and(const cs_tokenizer *t, uint32_t at)
{
    if (at == 0 || at + 1 >= t->len)
        return false;
    if (t->text[at - 1] == ' ' && t->text[at + 1] == ' ')
        return true;
    uint32_t end = at + 1;
    while (end < t->len && is_ascii_letter(t->text[end]))
        end++;
    return is_ascii_letter(t->text[at - 1]) && end > at + 1 &&
           (end == t->len || memchr(";=", t->text[end], 2) == NULL);
}

/* Moves to the next word; false at the end of the text. */
static bool seek_word(cs_tokenizer *t, cs_class *ret_class)
{
    while (t->at < t->len) {
        uint32_t size;
        cs_class class = class_at(t, t->at, &size);
        if (class == CS_CLASS_LETTER || class == CS_CLASS_DIGIT || class == CS_CLASS_BIGRAM ||
            class == CS_CLASS_SIGN) {
            *ret_class = class;
            return true;
        }
        if (t->text[t->at] == '&' && is_and(t, t->at)) {
            *ret_class = CS_CLASS_OTHER;
            return true;
        }
        uint32_t mark = t->text[t->at] == '[' ? mark_end(t, t->at) : 0;
        t->at = mark != 0 ? mark : t->at + size;
    }
    return false;
}

void cs_tokenizer_init(cs_tokenizer *tokenizer, const char *text, size_t len)
{
    tokenizer->text = text;
    tokenizer->len = (uint32_t)len;
    tokenizer->at = 0;
    tokenizer->position = 0;
    tokenizer->run_end = 0;
    tokenizer->joined_parts = 0;
    tokenizer->joined_due = tokenizer->amount_due = false;
    tokenizer->amount_end = tokenizer->range_to = 0;
    tokenizer->currency = 0;
}

static bool give_and(cs_tokenizer *t, cs_token *token)
{
    *token =
        (cs_token){.term = {"and", 3}, .start = t->at, .end = t->at + 1, .position = t->position++};
    t->at++;
    return true;
}

static bool next_word(cs_tokenizer *t, cs_class class, cs_token *token)
{
    if (class == CS_CLASS_OTHER)
        return give_and(t, token);
    word w;
    uint32_t start = t->at;
    uint32_t end = read_word(t, class, &w);
    size_t len = fold(w.bytes, w.len, w.ascii, t->term);
    if (may_begin_amount(&w))
        find_amount(t, start, end, &w);
    if (len == 0) {
        t->joined_parts = 0;
        return false;
    }
    *token =
        (cs_token){.term = {t->term, len}, .start = start, .end = end, .position = t->position++};
    follow_compound(t, token);
    return true;
}

bool cs_tokenizer_next(cs_tokenizer *tokenizer, cs_token *ret_token)
{
    cs_tokenizer *t = tokenizer;
    cs_class class;
    for (;;) {
        if (t->joined_due) {
            give_joined(t, ret_token);
            return true;
        }
        if (t->run_end == 0) {
            bool more = seek_word(t, &class);
            if (is_amount_next(t)) {
                give_amount(t, ret_token);
                return true;
            }
            if (!more)
                return false;
            if (class == CS_CLASS_BIGRAM)
                enter_run(t);
        }
        if (t->run_end != 0 ? next_pair(t, ret_token) : next_word(t, class, ret_token))
            return true;
    }
}
