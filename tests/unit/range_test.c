/* range_test.c - tests of search/range.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "range.h"

static cs_value_range read(const char *text)
{
    cs_value_range range;
    size_t at;
    const char *wrong = cs_range_read(cs_view_of(text), &range, &at);
    if (wrong != NULL)
        fail_msg("%s: %s", text, wrong);
    return range;
}

static void test_which_are_meant(void **state)
{
    (void)state;
    assert_true(cs_range_is_meant(cs_view_of("1..2")));
    assert_true(cs_range_is_meant(cs_view_of("..")));
    assert_true(cs_range_is_meant(cs_view_of(">")));
    assert_true(cs_range_is_meant(cs_view_of("<=x")));
    assert_false(cs_range_is_meant(cs_view_of("")));
    assert_false(cs_range_is_meant(cs_view_of("a>b")));
    assert_false(cs_range_is_meant(cs_view_of("4.5")));
}

static void test_what_they_hold(void **state)
{
    static const struct {
        const char *range, *inside, *outside; /* values parted by semicolons */
    } examples[] = {
        {"2..4", "2;3.5;4", "1.99;4.01;-3;text"},
        {"-1,000..1_000", "-1000;0;1000", "-1001;1000.5"},
        {"2..", "2;1e9", "1.9"},
        {"..2", "2;-5", "2.1"},
        {">2", "2.1;3", "2;1"},
        {">=2", "2;3", "1"},
        {"<2", "1;-2", "2;3"},
        {"<=2", "2;1", "3"},
        {"2020..2021", "2020;2021;2020-01-01;2021-12-31;June 2020", "2019-12-31;2022-01-01;2022"},
        {"2021-06..2021-07", "2021-06-01;2021-07-31;2021-06", "2021;2021-05-31;2021-08-01;2021-08"},
        {"2021-06-10..2021-06-20", "2021-06-10;June 20, 2021", "2021-06;2021-06-09;2021-06-21"},
        {">2021", "2022;2022-01-01", "2021;2021-12-31"},
        {">2021-06", "2021-07-01;2022;2021-07", "2021-06-30;2021;2021-06"},
        {">=2021-06", "2021-06-01;2022", "2021-05-31;2021"},
        {"<2021-06", "2021-05-31;2020", "2021-06-01;2021"},
        {"<=2021-06", "2021-06-30;2020", "2021-07-01;2021;2021-07"},
        {"2020..2021-06", "2020;2020-05-05;2021-06-30", "2021;2021-07-01;2019"},
        {">2021-06-30T12:00", "2021-07-01", "2021-06-30"},
        {"1..5", "3", "2021-06-30"}, /* no years */
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_value_range range = read(examples[i].range);
        for (int inside = 0; inside < 2; inside++) {
            char values[200];
            strcpy(values, inside ? examples[i].inside : examples[i].outside);
            for (char *v = strtok(values, ";"); v != NULL; v = strtok(NULL, ";")) {
                cs_value value = cs_value_read(cs_view_of(v), false);
                if (cs_range_holds(&range, &value) != (inside == 1))
                    fail_msg("%s %s %s", examples[i].range, inside ? "lacks" : "holds", v);
            }
        }
    }
}

static void test_faults(void **state)
{
    static const struct {
        const char *range, *wrong;
        size_t at;
    } examples[] = {
        {"..", "a range without a bound", 0},
        {">", "a range without a bound", 1},
        {"<=", "a range without a bound", 2},
        {"abc..", "a bound that is neither a number nor a date", 0},
        {"2020..abc", "a bound that is neither a number nor a date", 6},
        {"2020...2021", "a bound that is neither a number nor a date", 6},
        {">abc", "a bound that is neither a number nor a date", 1},
        {">2020..2021", "a bound that is neither a number nor a date", 1},
        {"2023..2020", "a range that ends before it begins", 0},
        {"2021-06..2021-05", "a range that ends before it begins", 0},
        {"5..2021-06-01", "a range from a number to a date", 0},
        {"2021-06-01..4.5", "a range from a number to a date", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_value_range range;
        size_t at;
        const char *wrong = cs_range_read(cs_view_of(examples[i].range), &range, &at);
        if (wrong == NULL)
            fail_msg("%s is read", examples[i].range);
        assert_string_equal(wrong, examples[i].wrong);
        assert_int_equal(at, examples[i].at);
    }
}

static void test_the_range_of_a_value(void **state)
{
    static const struct {
        const char *value, *other;
        bool same;
    } examples[] = {
        {"1000", "1,000.0", true},        {"1000", "1001", false},
        {"2021", "2021-06-30", true},     {"2021-06", "June 30, 2021", true},
        {"2021-06", "2021", false},       {"2021-06-30", "30 June 2021", true},
        {"2021-06-30", "2021-06", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_value value = cs_value_read(cs_view_of(examples[i].value), false);
        cs_value other = cs_value_read(cs_view_of(examples[i].other), false);
        cs_value_range range = cs_range_of(&value);
        assert_int_equal(cs_range_holds(&range, &other), examples[i].same);
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_which_are_meant),
        TEST(test_what_they_hold),
        TEST(test_faults),
        TEST(test_the_range_of_a_value),
    };
    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
