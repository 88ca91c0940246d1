/* value_test.c - tests of lib/value.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "value.h"

typedef struct example {
    const char *text, *value; /* "" for text */
} example;

static void check(const example *examples, size_t count, bool plain, cs_value_type type)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) out = {.limit = 100};
        cs_value value = cs_value_read(cs_view_of(examples[i].text), plain);
        cs_buf_add_string(&out, "");
        cs_value_add(&out, &value);
        if (strcmp(out.data, examples[i].value) != 0)
            fail_msg("\"%s\" is \"%s\", not \"%s\"", examples[i].text, out.data, examples[i].value);
        assert_int_equal(value.type, out.len == 0 ? CS_VALUE_TEXT : type);
    }
}
#define CHECK(examples, plain, type)                                                               \
    check(examples, sizeof(examples) / sizeof *(examples), plain, type)

static void test_numbers(void **state)
{
    static const example examples[] = {
        {"2021", "2021"},
        {" 42\n", "42"},
        {"0", "0"},
        {"-0", "0"},
        {"+7", "7"},
        {"-12.50", "-12.5"},
        {"1,000", "1000"},
        {"12,345,678.9", "12345678.9"},
        {"1_000_000", "1000000"},
        {"1000.0", "1000"},
        {".5", "0.5"},
        {"3.", "3"},
        {"6.02e23", "6.02e+23"},
        {"1e3", "1000"},
        {"2.5E-1", "0.25"},
        {"999999999999999", "999999999999999"},
        {".789012789012334", "0.789012789012334"},
        {"0.789012789012334", "0.789012789012334"},
        {"-0.00012345678901234", "-0.00012345678901234"},
        {".0", "0"},
        /* text */
        {"", ""},
        {"-", ""},
        {".", ""},
        {"e5", ""},
        {"1,00", ""},
        {"1000,000", ""},
        {"1,0000", ""},
        {",100", ""},
        {"1,000_000", ""},
        {"_1", ""},
        {"1_", ""},
        {"1__0", ""},
        {"1e", ""},
        {"1e999", ""},
        {"$5", ""},
        {"5%", ""},
        {"1.2.3", ""},
        {"12:30", ""},
        {".inf", ""},
        {".nan", ""},
        {"nan", ""},
        {"inf", ""},
        {"007", ""},
        {"0x1F", ""},
        {"1234567890123456", ""},
        {"1 000", ""},
        {"one", ""},
    };
    (void)state;
    CHECK(examples, false, CS_VALUE_NUMBER);
}

static void test_other_bases_stand_plain(void **state)
{
    static const example examples[] = {
        {"0x1F", "31"},
        {"-0xff", "-255"},
        {"0b1010", "10"},
        {"017", "15"},
        {"0o17", "15"},
        {"0x_1_0", "16"},
        {"0x", ""},
        {"08", ""},
        {"0b2", ""},
        {"0xG", ""},
        {"00", "0"},
        {"0\x11", ""},
        {"0xfffffffffffffffff", ""},
    };
    (void)state;
    CHECK(examples, true, CS_VALUE_NUMBER);
}

static void test_dates(void **state)
{
    static const example examples[] = {
        {"2021-06-30", "2021-06-30"},
        {"2021-6-3", "2021-06-03"},
        {"2021/06/30", "2021-06-30"},
        {"2021-06", "2021-06"},
        {"2021-06-30T23:59:59Z", "2021-06-30"},
        {"2021-06-30t07:00:00.123-05:00", "2021-06-30"},
        {"2021-06-30 07:00", "2021-06-30"},
        {"2021-06-30 07:00:00 +0800", "2021-06-30"},
        {"2001-12-14 21:59:43.10 -5", "2001-12-14"},
        {"2021-06-30 07:00:00 UTC", "2021-06-30"},
        {"June 30, 2021", "2021-06-30"},
        {"june 30 2021", "2021-06-30"},
        {"Jun. 3rd, 2021", "2021-06-03"},
        {"30 June 2021", "2021-06-30"},
        {"1st Sept 2021", "2021-09-01"},
        {"Jun 2021", "2021-06"},
        {"December, 1999", "1999-12"},
        {"May 1, 0999", "0999-05-01"},
        {"2020-02-29", "2020-02-29"},
        {"2000-02-29", "2000-02-29"},
        {"1969-12-31", "1969-12-31"},
        {"0001-01-01", "0001-01-01"},
        {"9999-12-31", "9999-12-31"},
        /* text */
        {"06/07/2021", ""},
        {"2021-02-29", ""},
        {"1900-02-29", ""},
        {"2021-13", ""},
        {"2021-00-01", ""},
        {"2021-01-00", ""},
        {"2021-06-31", ""},
        {"2021-6", ""},
        {"2021/06", ""},
        {"2021-06/30", ""},
        {"2021-22", ""},
        {"0000-01-01", ""},
        {"21-06-30", ""},
        {"2021-06-30x", ""},
        {"2021-06-30T", ""},
        {"2021-06-30 25:00", ""},
        {"2021-06-30 07:00 PM", ""},
        {"2021-06-30 07:00 +123456", ""},
        {"June 2021 report", ""},
        {"June", ""},
        {"June 31, 2021", ""},
        {"June 0, 2021", ""},
        {"June2021", ""},
        {"Juni 2021", ""},
        {"Q2 2021", ""},
        {"June 30", ""},
        {"30 2021", ""},
        {"2021-06-30 to 2021-07-01", ""},
    };
    (void)state;
    CHECK(examples, false, CS_VALUE_DATE);
}

/* Every day of four centuries follows the one before, and comes back. */
static void test_days_follow_each_other(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t before = 0;
    (void)state;
    for (int year = 1800; year < 2200; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int length = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= length; day++) {
                char text[40];
                CS_SCOPED(cs_buf) out = {.limit = 100};
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                cs_value value = cs_value_read(cs_view_of(text), false);
                cs_value_add(&out, &value);
                assert_string_equal(out.data, text);
                if (year > 1800 || month > 1 || day > 1)
                    assert_int_equal(value.first, before + 1);
                before = value.first;
            }
        }
    cs_value epoch = cs_value_read(cs_view_of("1970-01-01"), false);
    assert_int_equal(epoch.first, 0);
}

static void test_days_of_months_and_years(void **state)
{
    int32_t first, last;
    (void)state;
    cs_value value = cs_value_read(cs_view_of("1970"), false);
    assert_true(cs_value_days(&value, &first, &last));
    assert_int_equal(first, 0);
    assert_int_equal(last, 364);
    value = cs_value_read(cs_view_of("February 1972"), false);
    assert_true(cs_value_days(&value, &first, &last));
    assert_int_equal(first, 365 + 365 + 31);
    assert_int_equal(last - first, 28);
    static const char *const none[] = {"999", "10000", "1970.5", "-1970", "text"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        value = cs_value_read(cs_view_of(none[i]), false);
        assert_false(cs_value_days(&value, &first, &last));
    }
}

/* Any text is something, in bounded space. */
static void test_anything(void **state)
{
    static const char alphabet[] = "0123456789-+/:,._eExXoObBTZ JunMay, stth\t\x80";
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[80];
        size_t len = 0;
        for (size_t want = (size_t)round % 70; len < want; len++) {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            text[len] = alphabet[seed % sizeof alphabet];
        }
        CS_SCOPED(cs_buf) out = {.limit = 100};
        cs_value value = cs_value_read((cs_view){text, len}, round % 2 == 0), again;
        cs_value_add(&out, &value);
        if (value.type == CS_VALUE_TEXT)
            continue;
        again = cs_value_read(cs_buf_view(&out), false);
        assert_int_equal(again.type, value.type);
        assert_true(again.number == value.number && again.first == value.first &&
                    again.last == value.last);
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_numbers),
        TEST(test_other_bases_stand_plain),
        TEST(test_dates),
        TEST(test_days_follow_each_other),
        TEST(test_days_of_months_and_years),
        TEST(test_anything),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
