/* fingerprint_test.c - tests of lib/fingerprint.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fingerprint.h"

static cs_fingerprint print_of(const char *text)
{
    cs_fingerprinter maker;
    cs_tokenizer tokenizer;
    cs_token token;

    cs_fingerprint_begin(&maker);
    cs_tokenizer_init(&tokenizer, text, strlen(text));
    while (cs_tokenizer_next(&tokenizer, &token))
        cs_fingerprint_add(&maker, cs_view_of(text), &token);
    return cs_fingerprint_end(&maker);
}

static bool alike(const char *a, const char *b)
{
    bool there = cs_fingerprint_alike(print_of(a), print_of(b));
    assert_int_equal(there, cs_fingerprint_alike(print_of(b), print_of(a)));
    return there;
}

/* Word i of endless prose without figures; no three words stand in it twice. */
static void add_word(cs_buf *out, uint32_t i)
{
    uint32_t x = (i + 1) * 2654435761u;
    cs_buf_addf(out, "%c%c%c%c ", 'a' + (int)(x >> 27 & 15), 'a' + (int)(x >> 22 & 15),
                'a' + (int)(x >> 17 & 15), 'a' + (int)(x >> 12 & 15));
}

/* `count` words, with `replaced` put over every word whose number is a multiple of
 * `each` (0: over none). */
static const char *words(uint32_t count, uint32_t each, const char *replaced)
{
    static cs_buf texts[4];
    static unsigned turn;
    cs_buf *out = &texts[turn++ % 4];

    out->limit = 1 << 20;
    cs_buf_clear(out);
    for (uint32_t i = 0; i < count; i++)
        if (each != 0 && i % each == each / 2)
            cs_buf_addf(out, "%s ", replaced);
        else
            add_word(out, i);
    assert_int_equal(cs_buf_status(out), CS_OK);
    return out->data;
}

static void test_equal_words_are_alike(void **state)
{
    (void)state;
    assert_true(alike("Zebras run.", "zebras   RUN"));
    assert_true(alike("Zebra", "zebra!"));
    assert_true(alike(words(63, 0, ""), words(63, 0, "")));
    assert_true(alike(words(64, 0, ""), words(64, 0, "")));
    assert_true(alike(words(500, 0, ""), words(500, 0, "")));
    assert_false(alike(words(200, 0, ""), words(200, 1, "other")));
}

static void test_a_short_passage_is_a_copy_only_of_its_equal(void **state)
{
    (void)state;
    assert_false(alike("Zebras run", "run zebras"));
    assert_false(alike("Acme is a private company", "Zeta is a private company"));
    assert_false(alike("It was a success", "It was not a success"));
    assert_false(alike(words(63, 0, ""), words(63, 63, "name")));
    assert_false(alike(words(63, 0, ""), words(62, 0, "")));
}

static void test_a_long_one_may_be_edited_a_little(void **state)
{
    (void)state;
    assert_true(alike(words(200, 0, ""), words(200, 200, "edited")));
    assert_true(alike(words(200, 0, ""), words(200, 90, "edited")));
    assert_true(alike(words(200, 0, ""), words(196, 0, "")));
    assert_false(alike(words(200, 0, ""), words(200, 10, "edited")));
    assert_false(alike(words(200, 0, ""), words(120, 0, "")));
}

static void test_another_figure_is_no_copy(void **state)
{
    static const char *const figures[] = {
        "5 million",       "6 million",  "5 billion",   "-5 million",  "$5 million",
        "\u20ac5 million", "5% million", "5.5 million", "5 5 million", "a million",
    };
    size_t count = sizeof figures / sizeof *figures;

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            bool same = i == j;
            assert_int_equal(alike(figures[i], figures[j]), same);
            assert_int_equal(alike(words(200, 200, figures[i]), words(200, 200, figures[j])), same);
        }
    assert_false(alike("Revenue 2022: $5M", "Revenue 2023: $6M"));
    assert_false(alike(words(200, 70, "in 2022"), words(200, 70, "in 2023")));
    assert_true(alike("It had 1,000 users.[^3]", "It had 1000 users"));
    assert_true(alike("in 5-10 years, GPT-4", "in 5\u201310 years: GPT 4."));
    assert_false(alike("by 5\u2013", "by 5"));
    assert_false(alike("5%", "5"));
    assert_true(alike("the 5", "The 5 "));
    assert_true(alike("at -5", "at -5."));
}

static void test_no_words_are_a_copy_of_nothing(void **state)
{
    (void)state;
    assert_false(alike("", ""));
    assert_false(alike("--", "--"));
    assert_false(alike("", "zebra"));
}

static void test_scripts_without_blanks(void **state)
{
    (void)state;
    assert_true(alike("\u81ea\u50cd\u5316", "\u81ea\u50cd\u5316"));
    assert_false(alike("\u81ea\u50cd\u5316", "\u81ea\u50cd"));
}

/* The same run of words over and over fills few bins: the others borrow. */
static void test_few_runs(void **state)
{
    cs_buf text = {.limit = 1 << 20}, other = {.limit = 1 << 20};

    (void)state;
    for (int i = 0; i < 100; i++) {
        cs_buf_add_string(&text, "zebra ");
        cs_buf_add_string(&other, "quagga ");
    }
    assert_true(alike(text.data, text.data));
    assert_false(alike(text.data, other.data));
    cs_buf_release(&text);
    cs_buf_release(&other);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_words_are_alike),
        cmocka_unit_test(test_a_short_passage_is_a_copy_only_of_its_equal),
        cmocka_unit_test(test_a_long_one_may_be_edited_a_little),
        cmocka_unit_test(test_another_figure_is_no_copy),
        cmocka_unit_test(test_no_words_are_a_copy_of_nothing),
        cmocka_unit_test(test_scripts_without_blanks),
        cmocka_unit_test(test_few_runs),
    };
    return cmocka_run_group_tests_name("fingerprint", tests, NULL, NULL);
}
