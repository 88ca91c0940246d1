/* value.h - what a word of front matter, or of a query, is worth: a number, a
 * date, or neither. The one place that decides it.
 *
 * Numbers: decimal, with a point, an exponent, _ between digits or commas before
 * each three (1,000). No units. What YAML 1.1 reads in another base (0x1F, 0b11,
 * 017) is a number where it stands plain, without quotes. Not numbers: base 60
 * (12:30 is a time of day), .inf and .nan, more than 15 digits (an identifier,
 * which a double would confuse with its neighbours).
 *
 * Dates (ISO 8601, YAML 1.1 timestamps, English): 2021-06-30, also with a time of
 * day, which does not count; 2021-06; 2021/06/30; June 30, 2021; 30 June 2021;
 * Jun 2021. A day is one of the proleptic Gregorian calendar, years 1 to 9999, as
 * written: no time zone is applied. 06/07/2021 is text: it means two days.
 *
 * A year alone, four digits, is a number that counts as a date where dates are
 * asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_VALUE_H
#define CS_VALUE_H

#include "buf.h"

typedef enum cs_value_type {
    CS_VALUE_TEXT,
    CS_VALUE_NUMBER,
    CS_VALUE_DATE /* a day, or all days of a month */
} cs_value_type;
enum { cs_value_types = CS_VALUE_DATE + 1 };

typedef struct cs_value {
    cs_value_type type;
    double number;       /* of a number; finite */
    int32_t first, last; /* of a date: days since 1970-01-01, both included */
} cs_value;

/* Reads a text, blanks around it allowed. `plain`: it stands without quotes where
 * YAML 1.1 or TOML holds. */
cs_value cs_value_read(cs_view text, bool plain);

/* Sets the days that a date, or a year, covers; false when it is neither. */
bool cs_value_days(const cs_value *value, int32_t *ret_first, int32_t *ret_last);

/* Appends it in one spelling: 1000, 4.5, 2021-06-30, 2021-06. Nothing for text. */
void cs_value_add(cs_buf *out, const cs_value *value);

#endif
