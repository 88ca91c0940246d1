/* words_test.c - tests of search/words.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"
#include "words.h"

static void assert_words(const cs_pattern *pattern, const char *expected)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};

    for (size_t i = 0; i < pattern->words.count; i++)
        cs_buf_addf(&text, "%s%s", i == 0 ? "" : " ", pattern->words.items[i]);
    assert_string_equal(text.data == NULL ? "" : text.data, expected);
}

static void check_forms(const cs_collection *c, const char *word, const char *expected)
{
    CS_SCOPED(cs_pattern) pattern = {0};
    cs_error error = {0};

    if (cs_words_add_forms(c, word, &pattern, &error) != CS_OK)
        fail_msg("%s", error.message);
    assert_words(&pattern, expected);
}

static void check_expansion(const cs_collection *c, cs_field field, const char *key,
                            const char *prefix, const char *expected)
{
    CS_SCOPED(cs_pattern) pattern = {0};
    cs_error error = {0};

    if (cs_words_expand(c, field, key, prefix, cs_max_expansions, &pattern, &error) != CS_OK)
        fail_msg("%s", error.message);
    assert_words(&pattern, expected);
}

static void test_stop_words(void **state)
{
    (void)state;
    assert_true(cs_is_stop_word("a"));
    assert_true(cs_is_stop_word("the"));
    assert_true(cs_is_stop_word("your"));
    assert_true(cs_is_stop_word("from"));
    assert_false(cs_is_stop_word(""));
    assert_false(cs_is_stop_word("valuation"));
    assert_false(cs_is_stop_word("thee"));
    assert_false(cs_is_stop_word("th"));
    assert_false(cs_is_stop_word("zz"));
}

/* Snowball: valuation, valuations -> valuat; valued, values -> valu. */
static void test_forms_are_of_one_stem(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "# A\n\nThe valuation, valuations; valued, values. Running runs.\n");
    library_update();
    library_open(&c);
    check_forms(&c, "valuation", "valuation valuations");
    check_forms(&c, "valuations", "valuations valuation");
    check_forms(&c, "valued", "valued values");
    check_forms(&c, "valuing", "valuing valued values");
    check_forms(&c, "ran", "ran");
    check_forms(&c, "nowhere", "nowhere");
    check_forms(&c, "2023", "2023");
    cs_collection_release(&c);
}

static void test_forms_are_of_the_language_of_the_study(void **state)
{
    cs_collection c;

    (void)state;
    /* German: Bewertungen -> bewert; English: bewertungen -> bewertungen */
    library_write("de.md", "---\nlang: de\n---\n# D\n\nBewertung, Bewertungen.\n");
    library_write("en.md", "# E\n\nBewertungs funding funded.\n");
    library_write("none.md", "---\nlang: none\n---\n# N\n\nfunds\n");
    library_update();
    library_open(&c);
    check_forms(&c, "bewertung", "bewertung bewertungen bewertungs");
    check_forms(&c, "bewertungen", "bewertungen bewertung"); /* no English form */
    check_forms(&c, "funding", "funding funded");
    cs_collection_release(&c);
}

static void test_forms_of_all_segments_once(void **state)
{
    CS_SCOPED(cs_buf) large = {.limit = 1 << 16};
    cs_collection c;

    (void)state;
    cs_buf_add_string(&large, "# A\n\nfunded\n\n");
    for (int i = 0; i < 1000; i++)
        cs_buf_addf(&large, "filler%d ", i);
    library_write("a.md", large.data);
    library_update();
    library_write("b.md", "# B\n\nfunded funding\n");
    library_update();
    library_open(&c);
    assert_int_equal(c.shard_count, 2);
    check_forms(&c, "fund", "fund funded funding");
    check_expansion(&c, CS_FIELD_TEXT, NULL, "fund", "funded funding");
    cs_collection_release(&c);
}

static void test_expansions_are_of_a_field(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "---\ntitle: Valley\ntags: [value, vale]\n---\n\nvalued valued.\n\n"
                          "# Two\n\nvalued\n");
    library_write("b.md", "# B\n\nvaluable valued\n");
    library_update();
    library_open(&c);
    check_expansion(&c, CS_FIELD_TEXT, NULL, "val", "valued valley valuable");
    check_expansion(&c, CS_FIELD_TITLE, NULL, "val", "valley");
    check_expansion(&c, CS_FIELD_META, "tags", "val", "vale value");
    check_expansion(&c, CS_FIELD_META, "tag", "val", "");
    check_expansion(&c, CS_FIELD_TEXT, NULL, "nowhere", "");
    cs_collection_release(&c);
}

static void test_caps_on_forms_and_expansions(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    CS_SCOPED(cs_pattern) pattern = {0};
    cs_collection c;

    (void)state;
    cs_buf_add_string(&text, "# A\n\n");
    for (char a = 'a'; a <= 'z'; a++) /* more words than are taken, one of them twice */
        for (char b = 'a'; b <= 'f'; b++)
            cs_buf_addf(&text, "pre%c%cx ", a, b);
    cs_buf_add_string(&text, "\n\n# Again\n\nprezfx\n");
    library_write("a.md", text.data);
    library_update();
    library_open(&c);
    assert_int_equal(
        cs_words_expand(&c, CS_FIELD_TEXT, NULL, "pre", cs_max_expansions, &pattern, NULL), CS_OK);
    assert_int_equal(pattern.words.count, cs_max_expansions);
    assert_string_equal(pattern.words.items[0], "prezfx"); /* the commonest stays */
    cs_collection_release(&c);
}

/* The best weight of a query of these words. */
static double best_weight(const cs_collection *c, const char *const *words, size_t count,
                          const char *typed, double *ret_class)
{
    char *list[8] = {NULL};
    xc_query *query = NULL;
    xc_mset mset;

    for (size_t i = 0; i < count; i++)
        list[i] = strdup(words[i]);
    assert_int_equal(
        cs_words_query(c, CS_FIELD_TEXT, NULL, list, count, typed, &query, ret_class, NULL), CS_OK);
    assert_int_equal(xc_search(c->database, query, &cs_weighting, 10, 100, &mset, NULL), XC_OK);
    double weight = mset.count > 0 ? mset.items[0].weight : 0;
    xc_mset_free(&mset);
    xc_query_free(query);
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    return weight;
}

/* A rare form weighs as much as a common one of its stem: as if all were one
 * word. The one that was typed weighs more. */
static void test_forms_weigh_as_one_word(void **state)
{
    static const char *const both[] = {"common", "rareform"}, *const none[] = {"nowhere"};
    char path[32];
    double as_class, nothing, alone;
    cs_collection c;

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "%02d.md", i);
        library_write(path, i < 8     ? "# T\n\ncommon word here\n"
                            : i == 19 ? "# T\n\nrareform word here\n"
                                      : "# T\n\nother word here\n");
    }
    library_update();
    library_open(&c);
    double plain = best_weight(&c, both, 2, NULL, &as_class);
    double typed_rare = best_weight(&c, both, 2, "rareform", &as_class);
    double typed_common = best_weight(&c, both, 2, "common", &as_class);
    best_weight(&c, &both[1], 1, NULL, &alone);
    double typed_other = best_weight(&c, both, 2, "commons", &as_class);
    assert_true(plain > 0 && fabs(typed_other - plain) < 1e-6);
    assert_true(typed_rare > plain * 1.05);
    assert_true(fabs(typed_rare - typed_common) < 1e-6);
    assert_true(as_class > 0 && alone > as_class); /* rarer alone */
    assert_true(best_weight(&c, none, 1, NULL, &nothing) <= 0);
    assert_true(nothing <= 0);
    cs_collection_release(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_words),
        TEST(test_forms_are_of_one_stem),
        TEST(test_forms_are_of_the_language_of_the_study),
        TEST(test_forms_of_all_segments_once),
        TEST(test_expansions_are_of_a_field),
        TEST(test_caps_on_forms_and_expansions),
        TEST(test_forms_weigh_as_one_word),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
