/* document_test.c - tests of indexer/document.c: the terms of schema.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"

/* The documents of a term in the only segment, in order. */
static void documents(const cs_collection *c, const char *term, const char *expected)
{
    xc_query *query;
    xc_mset mset;
    char found[64] = "";

    assert_int_equal(c->shard_count, 1);
    assert_int_equal(xc_query_term(term, strlen(term), &query, NULL), XC_OK);
    assert_int_equal(
        xc_search(c->database, query, &(xc_bm25){1, 0, 1, 0, 0.5}, 20, 100, &mset, NULL), XC_OK);
    assert_true(mset.count < 10);
    for (uint32_t doc = 1; doc < 10; doc++)
        for (size_t i = 0; i < mset.count; i++)
            if (mset.items[i].docid == doc)
                snprintf(found + strlen(found), sizeof found - strlen(found), "%u", doc);
    xc_mset_free(&mset);
    xc_query_free(query);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: in %s, not in %s", term, found, expected);
}

/* The weight of a term in a document, with nothing but its count in it. */
static double weight(const cs_collection *c, const char *term, uint32_t doc)
{
    xc_query *query;
    xc_mset mset;
    double found = 0;

    assert_int_equal(xc_query_term(term, strlen(term), &query, NULL), XC_OK);
    assert_int_equal(
        xc_search(c->database, query, &(xc_bm25){1, 0, 1, 0, 0.5}, 20, 100, &mset, NULL), XC_OK);
    for (size_t i = 0; i < mset.count; i++)
        if (mset.items[i].docid == doc)
            found = mset.items[i].weight;
    xc_mset_free(&mset);
    xc_query_free(query);
    return found;
}

static void test_terms_of_passages(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "---\ntitle: Stripe Payments\nTags: [FinTech, open source]\n---\n\n"
                          "Before GPT-4.\n\n## Origin\n\nIrish founders.\n\n### Deep\n\nEnd.\n");
    library_write("b.md", "# Other\n\nStripe 東京都.\n");
    library_update();
    library_open(&c);
    documents(&c, "stripe", "1234"); /* the title goes into every passage below it */
    documents(&c, "origin", "23");
    documents(&c, "deep", "3");
    documents(&c, "irish", "2");
    documents(&c, "gpt", "1");
    documents(&c, "gpt4", "1");
    documents(&c, "東京", "4");
    documents(&c, "京都", "4");
    documents(&c, "Irish", "");
    cs_collection_release(&c);
}

static void test_terms_of_files_are_in_the_first_passage(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "---\ntitle: Stripe Payments\nTags: [FinTech, open source]\n---\n\n"
                          "Before.\n\n## Origin\n\nIrish founders.\n");
    library_write("b.md", "# Stripe too\n\nOne.\n\n## Two\n\nTwo.\n");
    library_update();
    library_open(&c);
    documents(&c, "Sstripe", "13");
    documents(&c, "Spayments", "1");
    documents(&c, "Sorigin", "");
    documents(&c, "Ftags:fintech", "1");
    documents(&c, "Ftags:open", "1");
    documents(&c, "Ftags:source", "1");
    documents(&c, "fintech", "");
    assert_false(weight(&c, "Sstripe", 1) > 0); /* it picks, and does not rank */
    cs_collection_release(&c);
}

/* An amount is a term beside its words, which does not make the passage longer. */
static void test_amounts(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "# One\n\nsome $4.5 billion, or 5 million.\n");
    library_write("b.md", "# One\n\nsome 4.5 things, or 5 others.\n");
    library_update();
    library_open(&c);
    documents(&c, "$usd4500000000", "1");
    documents(&c, "5000000", "1");
    documents(&c, "4.5", "12");
    assert_int_equal(cs_store_length(c.shards[0].store, 0), cs_store_length(c.shards[0].store, 1));
    cs_collection_release(&c);
}

/* Title and headings count twice, the body once: k1 makes more of more. */
static void test_counts(void **state)
{
    cs_collection c;

    (void)state;
    library_write("1.md", "# Alpha\n\nword\n");
    library_write("2.md", "# T\n\nalpha alpha\n");
    library_write("3.md", "# T\n\nalpha\n");
    library_write("4.md", "# T\n\n## Alpha\n\nword\n");
    library_write("5.md", "# Alpha\n\nalpha\n");
    library_write("6.md", "# T\n\nother\n");
    library_update();
    library_open(&c);
    documents(&c, "alpha", "12345");
    double one = weight(&c, "alpha", 3), two = weight(&c, "alpha", 2);
    assert_true(one > 0 && two > one);
    assert_true(weight(&c, "alpha", 1) > two);
    assert_true(weight(&c, "alpha", 4) == two);
    assert_true(weight(&c, "alpha", 5) > two);
    cs_collection_release(&c);
}

static void test_caps_on_front_matter(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    cs_collection c;
    char term[40];

    (void)state;
    cs_buf_add_string(&text, "---\ntags:\n");
    for (int i = 0; i < cs_max_field_words + 50; i++)
        cs_buf_addf(&text, "%stag%d%s", i % 50 == 0 ? "  - " : " ", i, i % 50 == 49 ? "\n" : "");
    cs_buf_add_string(&text, "title: Late\n---\n\nBody.\n");
    library_write("a.md", text.data);
    library_update();
    library_open(&c);
    documents(&c, "Ftags:tag0", "1");
    snprintf(term, sizeof term, "Ftags:tag%d", cs_max_field_words - 1);
    documents(&c, term, "1");
    snprintf(term, sizeof term, "Ftags:tag%d", cs_max_field_words);
    documents(&c, term, "");
    documents(&c, "Slate", "1"); /* a title has room of its own */
    cs_collection_release(&c);
}

/* Longer words and keys than fit a term are cut, on both sides alike. */
static void test_long_words_and_keys(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    CS_SCOPED(cs_buf) query = {.limit = 1 << 20};
    cs_collection c;

    (void)state;
    cs_buf_add_string(&text, "---\n");
    for (int i = 0; i < 300; i++)
        cs_buf_add_string(&text, "k");
    cs_buf_add_string(&text, ": value\n---\n\n");
    for (int i = 0; i < 500; i++)
        cs_buf_add_string(&query, "é");
    cs_buf_add_view(&text, cs_buf_view(&query));
    cs_buf_add_string(&text, "\n");
    library_write("a.md", text.data);
    library_update();
    library_open(&c);
    assert_string_equal(library_find(&c, query.data), "a.md:5");
    cs_buf_clear(&query);
    for (int i = 0; i < 300; i++)
        cs_buf_add_string(&query, "k");
    cs_buf_add_string(&query, ":value");
    assert_string_equal(library_find(&c, query.data), "a.md:5");
    cs_collection_release(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_terms_of_passages),
        TEST(test_terms_of_files_are_in_the_first_passage),
        TEST(test_amounts),
        TEST(test_counts),
        TEST(test_caps_on_front_matter),
        TEST(test_long_words_and_keys),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
