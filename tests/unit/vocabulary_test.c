/* vocabulary_test.c - tests of indexer/vocabulary.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "vocabulary.h"

static void count(cs_vocabulary *v, const char *word, uint32_t wdf)
{
    cs_token token = {.term = cs_view_of(word)};
    assert_int_equal(cs_vocabulary_count(v, &token, wdf, NULL), CS_OK);
}

static cs_vocabulary *new_vocabulary(const char *language)
{
    cs_vocabulary *v = NULL;
    assert_int_equal(cs_vocabulary_new(&v, NULL), CS_OK);
    assert_int_equal(cs_vocabulary_set_language(v, cs_view_of(language), NULL), CS_OK);
    return v;
}

static void counted(const cs_vocabulary *v, const char *expected)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};

    for (size_t i = 0; i < cs_vocabulary_counted(v); i++) {
        uint32_t wdf;
        cs_view word = cs_vocabulary_word(v, i, &wdf);
        cs_buf_addf(&text, "%s%.*s:%u", i == 0 ? "" : " ", (int)word.len, word.data, wdf);
    }
    assert_string_equal(text.data == NULL ? "" : text.data, expected);
}

static void test_counts_of_each_passage(void **state)
{
    cs_vocabulary *v = new_vocabulary("en");

    (void)state;
    cs_vocabulary_begin(v);
    counted(v, "");
    count(v, "zebra", 2);
    count(v, "apple", 1);
    count(v, "zebra", 1);
    counted(v, "zebra:3 apple:1"); /* in order of first place */
    cs_vocabulary_begin(v);
    counted(v, "");
    count(v, "apple", 5);
    counted(v, "apple:5");
    cs_vocabulary_free(v);
    cs_vocabulary_free(NULL);
}

static void test_many_words(void **state)
{
    enum { words = 40000 }; /* the table grows */
    cs_vocabulary *v = new_vocabulary("none");
    char word[20];
    uint32_t wdf;

    (void)state;
    for (int round = 1; round <= 2; round++) {
        cs_vocabulary_begin(v);
        for (int i = 0; i < words; i++)
            for (int n = 0; n < 1 + i % 2; n++) {
                snprintf(word, sizeof word, "w%d", i);
                count(v, word, (uint32_t)round);
            }
        assert_int_equal(cs_vocabulary_counted(v), words);
        for (size_t i = 0; i < words; i++) {
            snprintf(word, sizeof word, "w%zu", i);
            assert_true(cs_view_equal(cs_vocabulary_word(v, i, &wdf), cs_view_of(word)));
            assert_int_equal(wdf, (size_t)round * (1 + i % 2));
        }
    }
    cs_vocabulary_free(v);
}

/* Writes the forms into a store and opens it. */
static void store_forms(cs_vocabulary *v, cs_store *store)
{
    cs_store_writer *writer;

    assert_int_equal(cs_store_writer_new(scratch_path("store"), &writer, NULL), CS_OK);
    assert_int_equal(cs_vocabulary_store(v, writer, NULL), CS_OK);
    assert_int_equal(cs_store_writer_finish(writer, true, NULL), CS_OK);
    cs_store_writer_free(writer);
    int fd = open(scratch_path("store"), O_RDONLY);
    assert_int_equal(cs_store_open(fd, "store", store, NULL), CS_OK);
    close(fd);
}

static void forms(const cs_store *store, const char *code, const char *stem, const char *expected)
{
    CS_SCOPED(cs_views) found = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};

    for (size_t i = 0; i < store->languages.count; i++)
        if (cs_view_equal(store->languages.items[i].code, cs_view_of(code)))
            assert_true(
                cs_store_forms(store, &store->languages.items[i], cs_view_of(stem), &found));
    for (size_t i = 0; i < found.count; i++)
        cs_buf_addf(&text, "%s%.*s", i == 0 ? "" : " ", (int)found.items[i].len,
                    found.items[i].data);
    assert_string_equal(text.data == NULL ? "" : text.data, expected);
}

static void test_forms_of_each_language(void **state)
{
    cs_vocabulary *v = new_vocabulary("en");
    const cs_token pair = {.term = cs_view_of("東京"), .pair = true};
    cs_store store;

    (void)state;
    cs_vocabulary_begin(v);
    count(v, "raises", 1);
    count(v, "raised", 1);
    count(v, "raised", 1);
    count(v, "bewertungen", 1);
    count(v, "4.5", 1);
    count(v, "x", 1);
    assert_int_equal(cs_vocabulary_count(v, &pair, 1, NULL), CS_OK);
    assert_int_equal(cs_vocabulary_set_language(v, cs_view_of("de"), NULL), CS_OK);
    cs_vocabulary_begin(v);
    count(v, "bewertung", 1);
    count(v, "bewertungen", 1);
    assert_int_equal(cs_vocabulary_set_language(v, cs_view_of("en"), NULL), CS_OK);
    cs_vocabulary_begin(v);
    count(v, "raise", 1);
    store_forms(v, &store);
    cs_vocabulary_free(v);
    assert_int_equal(store.languages.count, 2);
    assert_int_equal(store.form_count, 6); /* numbers, pairs and single letters have none */
    forms(&store, "en", "rais", "raise raised raises");
    forms(&store, "en", "bewertungen", "bewertungen");
    forms(&store, "de", "bewert", "bewertung bewertungen");
    forms(&store, "de", "rais", "");
    cs_store_release(&store);
}

static void test_no_words_no_languages(void **state)
{
    cs_vocabulary *v = new_vocabulary("en");
    cs_store store;

    (void)state;
    store_forms(v, &store);
    assert_int_equal(store.languages.count, 0);
    cs_store_release(&store);
    cs_vocabulary_free(v);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_of_each_passage),
        cmocka_unit_test(test_many_words),
        TEST(test_forms_of_each_language),
        TEST(test_no_words_no_languages),
    };
    return cmocka_run_group_tests_name("vocabulary", tests, NULL, NULL);
}
