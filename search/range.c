/* range.c - see range.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "range.h"

#include <string.h>

static const char *find_dots(cs_view text)
{
    return text.len < 2 ? NULL : memmem(text.data, text.len, "..", 2);
}

bool cs_range_is_meant(cs_view text)
{
    return text.len > 0 && (text.data[0] == '<' || text.data[0] == '>' || find_dots(text) != NULL);
}

static const char *read_bound(cs_view text, cs_bound *bound)
{
    bound->given = true;
    if (text.data[0] != '.') /* a third dot, or ".5": write 0.5 */
        bound->value = cs_value_read(text, false);
    return bound->value.type == CS_VALUE_TEXT ? "a bound that is neither a number nor a date"
                                              : NULL;
}

static const char *read_comparison(cs_view text, cs_value_range *range, size_t *ret_at)
{
    cs_bound *bound = text.data[0] == '>' ? &range->lower : &range->upper;
    size_t sign = text.len > 1 && text.data[1] == '=' ? 2 : 1;
    bound->exclusive = sign == 1;
    *ret_at = sign;
    if (text.len == sign)
        return "a range without a bound";
    return read_bound((cs_view){text.data + sign, text.len - sign}, bound);
}

/* Both as numbers. */
static bool are_numbers(const cs_value *a, const cs_value *b)
{
    return a->type == CS_VALUE_NUMBER && b->type == CS_VALUE_NUMBER;
}

static const char *compare_bounds(const cs_value_range *range)
{
    const cs_value *lower = &range->lower.value, *upper = &range->upper.value;
    static const char *const backwards = "a range that ends before it begins";
    int32_t first, last, end_first, end_last;
    if (are_numbers(lower, upper))
        return lower->number > upper->number ? backwards : NULL;
    if (!cs_value_days(lower, &first, &last) || !cs_value_days(upper, &end_first, &end_last))
        return "a range from a number to a date";
    return first > end_last ? backwards : NULL;
}

const char *cs_range_read(cs_view text, cs_value_range *ret_range, size_t *ret_at)
{
    *ret_range = (cs_value_range){0};
    *ret_at = 0;
    const char *dots = find_dots(text), *wrong = NULL;
    if (text.len > 0 && (text.data[0] == '<' || text.data[0] == '>'))
        return read_comparison(text, ret_range, ret_at);
    if (dots == NULL || text.len == 2)
        return "a range without a bound";
    size_t before = (size_t)(dots - text.data), after = before + 2;
    if (before > 0)
        wrong = read_bound((cs_view){text.data, before}, &ret_range->lower);
    if (wrong == NULL && after < text.len) {
        *ret_at = after;
        wrong = read_bound((cs_view){dots + 2, text.len - after}, &ret_range->upper);
    }
    if (wrong != NULL || !ret_range->lower.given || !ret_range->upper.given)
        return wrong;
    *ret_at = 0;
    return compare_bounds(ret_range);
}

/* ---- what is in it ----------------------------------------------------------------- */

static bool holds_number(const cs_value_range *range, double number)
{
    const cs_bound *lower = &range->lower, *upper = &range->upper;
    bool above = !lower->given || number > lower->value.number ||
                 (!lower->exclusive && number >= lower->value.number);
    bool below = !upper->given || number < upper->value.number ||
                 (!upper->exclusive && number <= upper->value.number);
    return above && below;
}

static bool is_number(const cs_bound *bound)
{
    return !bound->given || bound->value.type == CS_VALUE_NUMBER;
}

bool cs_range_holds(const cs_value_range *range, const cs_value *value)
{
    int32_t first, last, from, to;
    if (value->type == CS_VALUE_NUMBER && is_number(&range->lower) && is_number(&range->upper))
        return holds_number(range, value->number);
    if (!cs_value_days(value, &first, &last))
        return false;
    if (range->lower.given && (!cs_value_days(&range->lower.value, &from, &to) ||
                               first < (range->lower.exclusive ? to + 1 : from)))
        return false;
    return !range->upper.given || (cs_value_days(&range->upper.value, &from, &to) &&
                                   last <= (range->upper.exclusive ? from - 1 : to));
}

cs_value_range cs_range_of(const cs_value *value)
{
    return (cs_value_range){.lower = {true, false, *value}, .upper = {true, false, *value}};
}
