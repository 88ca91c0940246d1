/* range.h - ranges over numbers and dates of front matter, as typed after a field:
 * A..B, ..B, A.., >A, >=A, <A, <=A.
 *
 * Both ends of `..` are included. A month or year as a bound is all of its days:
 * >2021 begins on 1 January 2022, <=2021 ends on 31 December 2021. A value is in
 * the range when all of its days are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_RANGE_H
#define CS_RANGE_H

#include "value.h"

typedef struct cs_bound {
    bool given;     /* else there is no bound on this side */
    bool exclusive; /* > or < */
    cs_value value; /* no text */
} cs_bound;

typedef struct cs_value_range {
    cs_bound lower, upper;
} cs_value_range;

/* Whether a text is meant as a range: it begins with < or >, or holds "..". */
bool cs_range_is_meant(cs_view text);

/* Reads one. Returns NULL, or what is wrong (static text) and at which byte of the
 * text in *ret_at. */
const char *cs_range_read(cs_view text, cs_value_range *ret_range, size_t *ret_at);

/* Numbers are compared with numbers; days with days, where a year is one. */
bool cs_range_holds(const cs_value_range *range, const cs_value *value);

/* The range of what is the same as a value: equal numbers, days within its days. */
cs_value_range cs_range_of(const cs_value *value);

#endif
