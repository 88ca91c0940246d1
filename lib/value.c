/* value.c - see value.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    max_digits = 15, /* that a double tells apart */
    max_number = 64, /* bytes */
    min_year = 1000, /* that four digits can stand for */
    max_year = 9999
};

static const cs_value text_value = {.type = CS_VALUE_TEXT};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static cs_view trim(cs_view v)
{
    while (v.len > 0 && is_blank(v.data[0]))
        v.data++, v.len--;
    while (v.len > 0 && is_blank(v.data[v.len - 1]))
        v.len--;
    return v;
}

static void skip(cs_view *rest, size_t count)
{
    rest->data += count;
    rest->len -= count;
}

static bool take_char(cs_view *rest, const char *any_of)
{
    if (rest->len == 0 || rest->data[0] == '\0' || strchr(any_of, rest->data[0]) == NULL)
        return false;
    skip(rest, 1);
    return true;
}

static void skip_blanks(cs_view *rest)
{
    while (rest->len > 0 && is_blank(rest->data[0]))
        skip(rest, 1);
}

static size_t count_digits(cs_view v)
{
    size_t n = 0;
    while (n < v.len && is_digit(v.data[n]))
        n++;
    return n;
}

/* A number of `min` to `max` digits, and no digit after it. */
static bool take_digits(cs_view *rest, size_t min, size_t max, int *ret)
{
    size_t n = count_digits(*rest);
    if (n < min || n > max)
        return false;
    *ret = 0;
    for (size_t i = 0; i < n; i++)
        *ret = *ret * 10 + (rest->data[i] - '0');
    skip(rest, n);
    return true;
}

/* ---- numbers ----------------------------------------------------------------------- */

/* The digits of the whole part into `out`, without signs between them: _ between
 * digits, or a comma before each three. False when they stand wrong. */
static bool take_whole(cs_view *rest, char *out, size_t *len)
{
    size_t run = 0, commas = 0;
    for (; rest->len > 0; skip(rest, 1)) {
        char c = rest->data[0];
        bool between = run > 0 && rest->len > 1 && is_digit(rest->data[1]);
        if (is_digit(c)) {
            out[(*len)++] = c;
            run++;
        } else if (c == ',' && between && (commas > 0 ? run == 3 : run <= 3)) {
            commas++;
            run = 0;
        } else if (c != '_' || !between || commas > 0) {
            break;
        }
    }
    return commas == 0 || run == 3;
}

static void take_fraction(cs_view *rest, char *out, size_t *len)
{
    for (; rest->len > 0 && (is_digit(rest->data[0]) || rest->data[0] == '_'); skip(rest, 1))
        if (rest->data[0] != '_')
            out[(*len)++] = rest->data[0];
}

/* "e" and digits, as strtod reads them. */
static void take_exponent(cs_view *rest, char *out, size_t *len)
{
    size_t sign = rest->len > 1 && strchr("+-", rest->data[1]) != NULL ? 1 : 0;
    if (rest->len < 2 + sign || strchr("eE", rest->data[0]) == NULL ||
        !is_digit(rest->data[1 + sign]))
        return;
    size_t n = 1 + sign + count_digits((cs_view){rest->data + 1 + sign, rest->len - 1 - sign});
    memcpy(out + *len, rest->data, n);
    *len += n;
    skip(rest, n);
}

static cs_value make_number(double number)
{
    if (!isfinite(number))
        return text_value;
    return (cs_value){.type = CS_VALUE_NUMBER, .number = number == 0 ? 0 : number};
}

/* The digits from the first that is not 0: what a double must tell apart. */
static size_t count_significant(const char *digits, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += is_digit(digits[i]) && (count > 0 || digits[i] != '0');
    return count;
}

static cs_value read_decimal(cs_view text)
{
    char digits[max_number + 1] = {0};
    size_t len = 0;
    if (text.len > 0 && strchr("+-", text.data[0]) != NULL) {
        digits[len++] = text.data[0];
        skip(&text, 1);
    }
    size_t start = len;
    if (!take_whole(&text, digits, &len))
        return text_value;
    if (len - start > 1 && digits[start] == '0')
        return text_value; /* an identifier: 007 */
    if (take_char(&text, ".")) {
        digits[len++] = '.';
        take_fraction(&text, digits, &len);
    }
    if (!is_digit(digits[start]) && !is_digit(digits[start + 1]))
        return text_value; /* neither 5 nor .5 */
    if (count_significant(digits + start, len - start) > max_digits)
        return text_value;
    take_exponent(&text, digits, &len);
    digits[len] = '\0';
    return text.len == 0 ? make_number(strtod(digits, NULL)) : text_value;
}

/* YAML 1.1: 0x1F, 0b101, 017; TOML: 0o17. */
static cs_value read_other_base(cs_view text)
{
    double sign = text.len > 0 && text.data[0] == '-' ? -1 : 1, number = 0;
    take_char(&text, "+-");
    if (text.len < 2 || text.data[0] != '0')
        return text_value;
    skip(&text, 1);
    int base = take_char(&text, "xX") ? 16 : take_char(&text, "bB") ? 2 : 8;
    if (base == 8)
        take_char(&text, "oO");
    size_t digits = 0;
    for (; text.len > 0; skip(&text, 1)) {
        char c = text.data[0];
        if (c == '_')
            continue;
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : base;
        if (digit >= base || ++digits > 50)
            return text_value;
        number = number * base + digit;
    }
    return digits > 0 && number < 1e15 ? make_number(sign * number) : text_value;
}

/* ---- dates ------------------------------------------------------------------------- */

static int days_of_month(int year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01. A year begins in March here, so that the leap day is its
 * last one; 400 years are 146,097 days (the Gregorian calendar's cycle). */
static int32_t day_number(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1, m = (month + 9) % 12;
    int cycle = y / 400, of_cycle = y % 400;
    int of_year = (153 * m + 2) / 5 + day - 1;
    return cycle * 146097 + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year - 719468;
}

/* `day` 0: the whole month. */
static cs_value make_date(int year, int month, int day)
{
    if (year < 1 || month < 1 || month > 12 || day > days_of_month(year, month))
        return text_value;
    cs_value value = {.type = CS_VALUE_DATE};
    value.first = day_number(year, month, day > 0 ? day : 1);
    value.last = day > 0 ? value.first : day_number(year, month, days_of_month(year, month));
    return value;
}

/* "Z", "+02", "+02:00", "+0200" or "UTC", up to the end. */
static bool is_zone(cs_view text)
{
    int hours, minutes;
    if (text.len == 0 || (text.len == 3 && strncasecmp(text.data, "UTC", 3) == 0))
        return true;
    if (take_char(&text, "Zz"))
        return text.len == 0;
    if (!take_char(&text, "+-"))
        return false;
    if (count_digits(text) == 4)
        return text.len == 4;
    return take_digits(&text, 1, 2, &hours) &&
           (text.len == 0 ||
            (take_char(&text, ":") && take_digits(&text, 2, 2, &minutes) && text.len == 0));
}

/* A time of day after "T" or blanks, up to the end. */
static bool is_time(cs_view text)
{
    int hour, minute, second = 0;
    if (!take_char(&text, "Tt"))
        skip_blanks(&text);
    if (!take_digits(&text, 1, 2, &hour) || !take_char(&text, ":") ||
        !take_digits(&text, 2, 2, &minute))
        return false;
    if (take_char(&text, ":")) {
        if (!take_digits(&text, 2, 2, &second))
            return false;
        if (take_char(&text, ".,"))
            skip(&text, count_digits(text));
    }
    skip_blanks(&text);
    return hour <= 24 && minute <= 59 && second <= 60 && is_zone(text);
}

static cs_value read_iso(cs_view text)
{
    int year, month, day;
    if (!take_digits(&text, 4, 4, &year) || text.len == 0)
        return text_value;
    const char separator[2] = {text.data[0], '\0'};
    bool dashes = separator[0] == '-';
    if (!take_char(&text, "-/"))
        return text_value;
    size_t digits = count_digits(text);
    if (!take_digits(&text, 1, 2, &month))
        return text_value;
    if (text.len == 0)
        return dashes && digits == 2 ? make_date(year, month, 0) : text_value;
    if (!take_char(&text, separator) || !take_digits(&text, 1, 2, &day) || day == 0)
        return text_value;
    bool timed = text.len > 0 && strchr("Tt \t", text.data[0]) != NULL && is_time(text);
    return text.len == 0 || timed ? make_date(year, month, day) : text_value;
}

/* The number of an English month, whole or its first three letters; else 0. */
static int take_month(cs_view *rest)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    size_t len = 0;
    while (len < rest->len && ((rest->data[len] | 0x20) >= 'a' && (rest->data[len] | 0x20) <= 'z'))
        len++;
    for (int i = 0; i < 12; i++) {
        bool whole = len == strlen(names[i]);
        if ((!whole && len != 3 && !(i == 8 && len == 4)) ||
            strncasecmp(rest->data, names[i], len) != 0)
            continue;
        skip(rest, len);
        if (!whole)
            take_char(rest, ".");
        return i + 1;
    }
    return 0;
}

/* A day with or without "st", "nd", "rd", "th". */
static bool take_day(cs_view *rest, int *ret_day)
{
    if (!take_digits(rest, 1, 2, ret_day) || *ret_day == 0)
        return false;
    static const char *const endings[] = {"st", "nd", "rd", "th"};
    for (size_t i = 0; i < 4; i++)
        if (rest->len >= 2 && strncasecmp(rest->data, endings[i], 2) == 0) {
            skip(rest, 2);
            return true;
        }
    return true;
}

static bool take_gap(cs_view *rest)
{
    const char *before = rest->data;
    take_char(rest, ",");
    skip_blanks(rest);
    return rest->data > before;
}

static cs_value read_english(cs_view text)
{
    int day = 0, year = 0;
    if (take_day(&text, &day))
        skip_blanks(&text);
    int month = take_month(&text);
    if (month == 0 || !take_gap(&text))
        return text_value;
    if (day == 0 && count_digits(text) <= 2 && (!take_day(&text, &day) || !take_gap(&text)))
        return text_value;
    if (!take_digits(&text, 4, 4, &year) || text.len > 0)
        return text_value;
    return make_date(year, month, day);
}

/* ---- both -------------------------------------------------------------------------- */

cs_value cs_value_read(cs_view text, bool plain)
{
    text = trim(text);
    if (text.len == 0 || text.len > max_number)
        return text_value;
    cs_value value = read_decimal(text);
    if (value.type == CS_VALUE_TEXT && plain)
        value = read_other_base(text);
    if (value.type == CS_VALUE_TEXT)
        value = read_iso(text);
    if (value.type == CS_VALUE_TEXT)
        value = read_english(text);
    return value;
}

bool cs_value_days(const cs_value *value, int32_t *ret_first, int32_t *ret_last)
{
    if (value->type == CS_VALUE_DATE) {
        *ret_first = value->first;
        *ret_last = value->last;
        return true;
    }
    if (value->type != CS_VALUE_NUMBER || value->number < min_year || value->number > max_year ||
        value->number != floor(value->number))
        return false;
    *ret_first = day_number((int)value->number, 1, 1);
    *ret_last = day_number((int)value->number, 12, 31);
    return true;
}

/* The date of a day number: the inverse of day_number. */
static void add_date(cs_buf *out, int32_t days, bool with_day)
{
    int shifted = days + 719468, cycle = shifted / 146097, of_cycle = shifted % 146097;
    int year_of_cycle = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
    int of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    int m = (5 * of_year + 2) / 153, month = m < 10 ? m + 3 : m - 9;
    int year = cycle * 400 + year_of_cycle + (month <= 2);
    cs_buf_addf(out, "%04d-%02d", year, month);
    if (with_day)
        cs_buf_addf(out, "-%02d", of_year - (153 * m + 2) / 5 + 1);
}

void cs_value_add(cs_buf *out, const cs_value *value)
{
    if (value->type == CS_VALUE_DATE)
        add_date(out, value->first, value->first == value->last);
    if (value->type == CS_VALUE_NUMBER)
        cs_buf_addf(out, "%.15g", value->number);
}
