/* amount.c - see amount.h. From the number outwards: the currency before it, the scale and the
 * currency after it, and the scale that the other end of a range says for both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "amount.h"

#include <string.h>

#include "characters.h"

enum {
    max_name = 10,  /* letters of a scale's or a currency's name */
    max_digits = 18 /* of a number, with its point */
};

/* ---- names ------------------------------------------------------------------------- */

/* What a number is multiplied by. A short one may mean something else, metres or tonnes. */
static const struct {
    char name[max_name + 1];
    uint8_t zeros;
    enum { SURE, GLUED, WITH_CURRENCY } when;
} scales[] = {
    {"k", 3, GLUED},          {"m", 6, GLUED},          {"b", 9, GLUED},
    {"t", 12, WITH_CURRENCY}, {"mm", 6, WITH_CURRENCY}, {"bn", 9, SURE},
    {"mn", 6, SURE},          {"tn", 12, SURE},         {"mln", 6, SURE},
    {"mio", 6, SURE},         {"bln", 9, SURE},         {"mrd", 9, SURE},
    {"trn", 12, SURE},        {"thousand", 3, SURE},    {"million", 6, SURE},
    {"millions", 6, SURE},    {"billion", 9, SURE},     {"billions", 9, SURE},
    {"trillion", 12, SURE},   {"trillions", 12, SURE},  {"lakh", 5, SURE},
    {"lakhs", 5, SURE},       {"crore", 7, SURE},       {"crores", 7, SURE},
    {"millionen", 6, SURE},   {"milliarden", 9, SURE},  {"milliard", 9, SURE},
    {"milliards", 9, SURE},   {"millones", 6, SURE},    {"miljoen", 6, SURE},
    {"miljard", 9, SURE},     {"milioni", 6, SURE},     {"miliardi", 9, SURE},
};

/* The currencies; 0 is none. A term names one by its code. The last ones are known by their sign
 * only: their codes are words (try, rub), or of something else (php). */
static const char currencies[][4] = {
    "",    "usd", "eur", "gbp", "inr", "jpy", "cny", "aud", "cad", "chf", "hkd", "sgd",
    "nzd", "brl", "krw", "sek", "nok", "dkk", "zar", "twd", "mxn", "idr", "myr", "kes",
    "pln", "aed", "sar", "rub", "ils", "try", "ngn", "php", "vnd", "thb", "uah", "btc",
};
enum { first_by_sign = 27 };

static const struct {
    char name[max_name + 1];
    char code[4];
} names[] = {
    {"dollar", "usd"},  {"dollars", "usd"}, {"euro", "eur"},     {"euros", "eur"},
    {"pound", "gbp"},   {"pounds", "gbp"},  {"sterling", "gbp"}, {"yen", "jpy"},
    {"yuan", "cny"},    {"rmb", "cny"},     {"renminbi", "cny"}, {"rupee", "inr"},
    {"rupees", "inr"},  {"rs", "inr"},      {"ruble", "rub"},    {"rubles", "rub"},
    {"roubles", "rub"}, {"naira", "ngn"},   {"bitcoin", "btc"},  {"bitcoins", "btc"},
};

/* Whose dollar: before $, and before its name. */
static const struct {
    char name[max_name + 1];
    char code[4];
} countries[] = {
    {"us", "usd"}, {"a", "aud"},        {"au", "aud"},       {"c", "cad"},
    {"ca", "cad"}, {"hk", "hkd"},       {"s", "sgd"},        {"sg", "sgd"},
    {"nz", "nzd"}, {"nt", "twd"},       {"r", "brl"},        {"mx", "mxn"},
    {"u", "usd"},  {"american", "usd"}, {"canadian", "cad"}, {"australian", "aud"},
};
enum { countries_of_sign = 12 }; /* those that stand before $ */

static const struct {
    uint32_t point;
    char code[4];
} symbols[] = {
    {'$', "usd"},    {0xA3, "gbp"},   {0xA5, "jpy"},   {0xE3F, "thb"},  {0x20A6, "ngn"},
    {0x20A9, "krw"}, {0x20AA, "ils"}, {0x20AB, "vnd"}, {0x20AC, "eur"}, {0x20B1, "php"},
    {0x20B4, "uah"}, {0x20B9, "inr"}, {0x20BA, "try"}, {0x20BD, "rub"}, {0x20BF, "btc"},
    {0xFE69, "usd"}, {0xFF04, "usd"}, {0xFFE1, "gbp"}, {0xFFE5, "jpy"}, {0xFFE6, "krw"},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static uint8_t currency_of(const char *code)
{
    uint8_t i = COUNT(currencies) - 1;
    while (i > 0 && strcmp(currencies[i], code) != 0)
        i--;
    return i;
}

static uint8_t currency_of_symbol(uint32_t point)
{
    for (size_t i = 0; i < COUNT(symbols); i++)
        if (symbols[i].point == point)
            return currency_of(symbols[i].code);
    return 0;
}

static uint8_t currency_of_country(const char *name, bool sign)
{
    for (size_t i = 0; i < (sign ? countries_of_sign : COUNT(countries)); i++)
        if (strcmp(countries[i].name, name) == 0)
            return currency_of(countries[i].code);
    return 0;
}

/* By a code or, unless only codes can stand here, a name. */
static uint8_t currency_of_name(const char *name, bool code)
{
    uint8_t currency = strlen(name) == 3 ? currency_of(name) : 0;
    if (currency != 0 && currency < first_by_sign)
        return currency;
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i].name, name) == 0 && (!code || strlen(name) <= 3))
            return currency_of(names[i].code);
    return 0;
}

/* ---- reading ----------------------------------------------------------------------- */

/* The bytes of a blank that does not end a line, or of a hyphen, at `at`; 0 for none. */
static uint32_t gap_size(const cs_tokenizer *t, uint32_t at, bool hyphens)
{
    if (at >= t->len || t->text[at] == '\n')
        return 0;
    size_t size;
    if (cs_text_is_space(cs_text_decode(t->text + at, t->len - at, &size)))
        return (uint32_t)size;
    return hyphens ? hyphen_size(t, at) : 0;
}

/* Where the character before `at` begins. */
static uint32_t before(const cs_tokenizer *t, uint32_t at)
{
    do
        at--;
    while (at > 0 && ((unsigned char)t->text[at] & 0xC0) == 0x80);
    return at;
}

/* Copies letters in lower case. False when there are none, or too many for a name. */
static bool copy_name(const char *letters, size_t len, char name[max_name + 1])
{
    if (len == 0 || len > max_name)
        return false;
    for (size_t i = 0; i < len; i++)
        name[i] = (char)(letters[i] | 0x20);
    name[len] = '\0';
    return true;
}

/* The word of ASCII letters at `at`, in lower case. Returns where it ends; `at` itself when there
 * is none, or it is no name. */
static uint32_t read_name(const cs_tokenizer *t, uint32_t at, char name[max_name + 1])
{
    uint32_t end = at;
    while (end < t->len && end - at <= max_name && is_ascii_letter(t->text[end]))
        end++;
    return copy_name(t->text + at, end - at, name) && !goes_on_at(t, end) ? end : at;
}

/* The currency whose sign stands at `at`, with letters or without: $, US$; 0 for none. */
static uint8_t read_sign(const cs_tokenizer *t, uint32_t at, uint32_t *ret_end)
{
    char name[max_name + 1];
    uint32_t end = read_name(t, at, name);
    size_t size;
    if (end >= t->len)
        return 0;
    uint8_t currency = currency_of_symbol(cs_text_decode(t->text + end, t->len - end, &size));
    *ret_end = end + (uint32_t)size;
    return end == at || currency == 0 ? currency : currency_of_country(name, true);
}

/* A dollar by its country: US dollars, U.S. dollars, Canadian dollar; 0 for none. */
static uint8_t read_dollar(const cs_tokenizer *t, uint32_t at, uint32_t *ret_end)
{
    char name[max_name + 1];
    uint32_t end = read_name(t, at, name);
    uint8_t currency = end == at ? 0 : currency_of_country(name, false);
    if (currency == 0)
        return 0;
    if (strcmp(name, "u") == 0 && t->len - end >= 3 && memcmp(t->text + end, ".S.", 3) == 0)
        end += 3;
    uint32_t start = end + gap_size(t, end, false);
    *ret_end = read_name(t, start, name);
    return *ret_end > start && strncmp(name, "dollar", 6) == 0 ? currency : 0;
}

/* The currency after a number: $, USD, (USD), US dollars, -dollar. Sets its end. Where a number
 * comes next, it is of that one. */
static uint8_t read_currency_after(const cs_tokenizer *t, uint32_t at, uint32_t *ret_end)
{
    char name[max_name + 1];
    uint32_t gap = gap_size(t, at, true), start = at + gap, end;
    bool bracket = start < t->len && t->text[start] == '(';
    start += bracket;
    uint8_t currency = read_sign(t, start, &end);
    if (currency == 0) {
        end = read_name(t, start, name);
        currency = end == start ? 0 : currency_of_name(name, false);
    }
    if (currency == 0)
        currency = read_dollar(t, start, &end);
    if (currency == 0 || is_digit_at(t, end) ||
        (gap > 0 && is_digit_at(t, end + gap_size(t, end, false))))
        return 0;
    if (bracket && (end >= t->len || t->text[end] != ')'))
        return 0;
    *ret_end = end + bracket;
    return currency;
}

/* What stands after a number. */
typedef struct tail {
    uint32_t end;
    uint8_t currency;
    int zeros;   /* of the scale */
    bool unsure; /* it is a scale only if there is a currency */
} tail;

/* The scale of that name, or -1. */
static int scale_of(const char *name, bool glued, bool *ret_unsure)
{
    for (size_t i = 0; i < COUNT(scales); i++)
        if (strcmp(scales[i].name, name) == 0) {
            *ret_unsure = scales[i].when == WITH_CURRENCY || (scales[i].when == GLUED && !glued);
            return scales[i].zeros;
        }
    return -1;
}

/* Reads it; `glued` are letters before `end`. False when they are neither scale nor currency. */
static bool read_tail(const cs_tokenizer *t, uint32_t end, cs_view glued, tail *ret)
{
    char name[max_name + 1];
    *ret = (tail){.end = end};
    if (glued.len > 0) {
        if (!copy_name(glued.data, glued.len, name))
            return false;
        ret->zeros = scale_of(name, true, &ret->unsure);
        ret->currency = ret->zeros < 0 ? currency_of_name(name, false) : 0;
        if (ret->zeros < 0)
            return ret->zeros = 0, ret->currency != 0;
    }
    for (int i = glued.len > 0; i < 2; i++) { /* lakh crore */
        uint32_t start = ret->end + gap_size(t, ret->end, true);
        uint32_t stop = read_name(t, start, name);
        int zeros = stop == start ? -1 : scale_of(name, false, &ret->unsure);
        if (zeros < 0)
            break;
        ret->zeros += zeros;
        ret->end = stop;
    }
    ret->currency = read_currency_after(t, ret->end, &end);
    if (ret->currency != 0)
        ret->end = end;
    return true;
}

/* Letters that end at `end`, as a word of its own, in lower case. Where they begin, or `end`. */
static uint32_t read_name_before(const cs_tokenizer *t, uint32_t end, char name[max_name + 1])
{
    enum { most = 3 }; /* letters of a code */
    uint32_t start = end;
    while (start > 0 && end - start <= most && is_ascii_letter(t->text[start - 1]))
        start--;
    bool whole = start == 0 || !goes_on_at(t, before(t, start));
    return whole && end - start <= most && copy_name(t->text + start, end - start, name) ? start
                                                                                         : end;
}

/* The currency before a number that begins at `at`: $4, US$ 4, EUR 4, Rs. 4. Sets where it
 * begins, and how many words it is. */
static uint8_t read_currency_before(const cs_tokenizer *t, uint32_t at, uint32_t *ret_start,
                                    uint32_t *ret_words)
{
    char name[max_name + 1];
    uint32_t end = at;
    size_t size;
    if (end > 0 && gap_size(t, before(t, end), false) > 0)
        end = before(t, end);
    if (end == 0)
        return 0;
    uint32_t sign = before(t, end);
    uint8_t currency = currency_of_symbol(cs_text_decode(t->text + sign, t->len - sign, &size));
    if (currency != 0 && end < at && sign > 0 && is_digit_at(t, before(t, sign)))
        return 0; /* it is of the number before: 150,000$ 300 */
    uint32_t stop = currency != 0 || t->text[sign] == '.' ? sign : end;
    uint32_t start = read_name_before(t, stop, name);
    uint8_t named = start == stop   ? 0
                    : currency != 0 ? currency_of_country(name, true)
                                    : currency_of_name(name, true);
    *ret_start = named != 0 ? start : sign;
    *ret_words = named != 0;
    return named != 0 ? named : currency;
}

/* ---- ranges ------------------------------------------------------------------------ */

/* The second number of a range, when one goes on at `at`: where it begins, and what is after it. */
static bool read_range(const cs_tokenizer *t, uint32_t at, uint32_t *ret_start, tail *ret)
{
    char name[max_name + 1];
    uint32_t sign;
    at += gap_size(t, at, false);
    bool dash = at < t->len && hyphen_size(t, at) > 0;
    if (dash)
        at += hyphen_size(t, at);
    else if (read_name(t, at, name) == at + 2 && strcmp(name, "to") == 0)
        at += 2;
    else
        return false;
    at += gap_size(t, at, false);
    if (!is_digit_at(t, at) && read_sign(t, at, &sign) != 0)
        at = sign;
    if (at >= t->len || !is_ascii_digit(t->text[at]))
        return false;
    *ret_start = at;
    while (at + 1 < t->len &&
           (is_ascii_digit(t->text[at]) ||
            ((t->text[at] == '.' || t->text[at] == ',') && is_ascii_digit(t->text[at + 1]))))
        at++;
    at += at < t->len && is_ascii_digit(t->text[at]);
    uint32_t letters = at;
    while (at < t->len && at - letters <= max_name && is_ascii_letter(t->text[at]))
        at++;
    if (!read_tail(t, at, (cs_view){t->text + letters, at - letters}, ret))
        return false;
    return dash || ret->zeros > 0;
}

/* ---- amounts ----------------------------------------------------------------------- */

/* Appends a number times a power of ten, without zeros that say nothing. */
static void write_value(cs_amount *a, cs_view number, int zeros)
{
    char digits[cs_max_amount] = "";
    size_t count = 0, first = 0, whole = number.len;
    if (number.len + (size_t)zeros > sizeof digits)
        return; /* it never is: max_digits, and two scales */
    for (size_t i = 0; i < number.len; i++)
        if (number.data[i] == '.')
            whole = i;
        else
            digits[count++] = number.data[i];
    for (whole += (size_t)zeros; count < whole;)
        digits[count++] = '0';
    while (first + 1 < whole && digits[first] == '0')
        first++;
    while (count > whole && digits[count - 1] == '0')
        count--;
    for (size_t i = first; i < count; i++) {
        if (i == whole)
            a->term[a->len++] = '.';
        a->term[a->len++] = digits[i];
    }
}

/* Whether the number is a fraction without its nought: .5 of "$.5 million". */
static bool is_after_point(const cs_tokenizer *t, uint32_t start)
{
    return start > 0 && t->text[start - 1] == '.' &&
           (start == 1 || (t->text[start - 2] != '.' && !goes_on_at(t, before(t, start - 1))));
}

/* The number itself: digits, with at most one point. What is glued to it is left over. False when
 * it is none: 1.2.3. */
static bool read_digits(const cs_tokenizer *t, const cs_number *number, char digits[max_digits],
                        size_t *ret_len, uint32_t *ret_end, cs_view *ret_glued)
{
    cs_view word = number->word;
    size_t len = 0, points = 0;
    for (; len < word.len && (is_ascii_digit(word.data[len]) || word.data[len] == '.'); len++)
        points += word.data[len] == '.';
    if (len > max_digits - 3 || points > 1)
        return false;
    memcpy(digits, word.data, len);
    *ret_end = number->end;
    *ret_glued = (cs_view){word.data + len, word.len - len};
    uint32_t at = number->end + 1;
    if (points == 0 && is_after_point(t, number->start)) {
        memmove(digits + 2, digits, len);
        memcpy(digits, "0.", 2);
        *ret_len = len + 2;
        return true;
    }
    if (points == 0 && len <= 3 && ret_glued->len == 0 && at < t->len && t->text[at - 1] == ',' &&
        is_ascii_digit(t->text[at])) { /* the comma of 4,5 Milliarden; three digits are thousands */
        digits[len++] = '.';
        for (int i = 0; i < 2 && at < t->len && is_ascii_digit(t->text[at]); i++)
            digits[len++] = t->text[at++];
        uint32_t letters = at;
        while (at < t->len && at - letters <= max_name && is_ascii_letter(t->text[at]))
            at++;
        *ret_glued = (cs_view){t->text + letters, at - letters};
        *ret_end = at;
        if (is_word_at(t, at))
            return false;
    }
    *ret_len = len;
    return true;
}

bool cs_amount_read(const cs_tokenizer *t, const cs_number *number, cs_amount *ret)
{
    cs_view glued;
    char digits[max_digits];
    size_t len;
    tail after, other = {0};
    uint32_t end, second = 0;
    if (!read_digits(t, number, digits, &len, &end, &glued) || !read_tail(t, end, glued, &after))
        return false;
    uint32_t start = number->start - is_after_point(t, number->start);
    *ret = (cs_amount){.start = start};
    uint8_t currency = read_currency_before(t, start, &ret->start, &ret->words);
    bool own = currency != 0;
    if (!own)
        ret->start = start;
    currency = own ? currency : number->currency != 0 ? number->currency : after.currency;
    bool range = read_range(t, after.end, &second, &other);
    currency = currency == 0 && range ? other.currency : currency;
    if (range && after.zeros == 0 && (!other.unsure || currency != 0))
        after.zeros = other.zeros;
    if (after.unsure && currency == 0)
        return false;
    ret->end = after.end;
    ret->currency = currency;
    ret->range_to = range && own ? second : 0;
    if (currency == 0 && after.zeros == 0)
        return false;
    if (currency != 0) {
        ret->term[ret->len++] = cs_amount_mark;
        memcpy(ret->term + ret->len, currencies[currency], 3);
        ret->len += 3;
    }
    write_value(ret, (cs_view){digits, len}, after.zeros);
    return true;
}

uint32_t cs_amount_glued(const char *word, size_t len)
{
    char name[max_name + 1];
    size_t letters = 0;
    while (letters < len && is_ascii_letter(word[letters]))
        letters++;
    if (letters < 2 || letters > 3 || letters == len || !is_ascii_digit(word[letters]))
        return 0;
    copy_name(word, letters, name);
    return currency_of_name(name, true) != 0 ? (uint32_t)letters : 0;
}

bool cs_amount_other(cs_view term, size_t i, char other[cs_max_amount], size_t *ret_len)
{
    enum { code = 4 }; /* bytes before the number */
    bool named = term.len > code && term.data[0] == cs_amount_mark;
    if (named ? i > 0 : i + 1 >= COUNT(currencies))
        return false;
    cs_view number = named ? (cs_view){term.data + code, term.len - code} : term;
    size_t len = 0;
    if (number.len + code > cs_max_amount)
        return false;
    if (!named) {
        other[len++] = cs_amount_mark;
        memcpy(other + len, currencies[i + 1], code - 1);
        len = code;
    }
    memcpy(other + len, number.data, number.len);
    *ret_len = len + number.len;
    return true;
}
