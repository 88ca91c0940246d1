/* search_plan_test.c - tests of search/plan.c and search/fileset.c: which
 * passages a query finds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"

/* Several segments (a large first one, then smaller ones), dead files in them. */
static int make_cases(void **state)
{
    CS_SCOPED(cs_buf) large = {.limit = 1 << 20};

    library_make(state);
    cs_buf_add_string(&large, "# Filler\n\n");
    for (int i = 0; i < 6000; i++)
        cs_buf_addf(&large, "filler%s", i % 150 == 149 ? ".\n\n" : " ");
    library_write("filler.md", large.data);
    library_write("2022/old.md", "# Old\n\nDeleted valuation zebra.\n");
    library_write("2023/stripe.md", "---\ntitle: Stripe Payments\ntags: [fintech, open source]\n"
                                    "year: 2023\n---\n\n## Origin\n\nThe first words of it.\n\n"
                                    "## Results\n\nIt was valued. Zebra of old.\n");
    library_update();
    large.len = 0;
    for (int i = 0; i < 700; i++)
        cs_buf_addf(&large, "padding%s", i % 150 == 149 ? ".\n\n" : " ");
    library_write("2023/pad.md", large.data);
    library_write(
        "2023/hugging-face.md",
        "# Hugging Face\n\n## Overview\n\nAn open-source company. GPT-4 is not theirs.\n\n"
        "## Business Results\n\nIts valuation is high. Open the source.\n");
    library_delete("2022/old.md");
    library_write("2023/stripe.md", "---\ntitle: Stripe Payments\ntags: [fintech, open source]\n"
                                    "year: 2023\n---\n\n## Origin\n\nThe first words of it.\n\n"
                                    "## Results\n\nIt was valued at much.\n");
    library_update();
    library_write("2024/de.md", "---\ntitle: Die Bewertung\nlang: de\nfounded: June 30, 2021\n"
                                "revenue: [7, '1,000']\n---\n\nSie wurde bewertet. "
                                "LendingClub kam, gpt4 auch.\n");
    library_update();
    cs_collection *c = calloc(1, sizeof *c);
    scratch_must(c != NULL, "calloc");
    library_open(c);
    assert_int_equal(c->shard_count, 3);
    *state = c;
    return 0;
}

static int remove_cases(void **state)
{
    cs_collection_release(*state);
    free(*state);
    return scratch_remove(state);
}

/* The hits in order of path and line, so that ranking does not matter. */
static void found(const cs_collection *c, const char *query, const char *expected)
{
    CS_SCOPED(answer) a = {0};
    char *names[64], text[4096] = "";
    size_t len = 0;

    library_ask(c, query, false, NULL, &a);
    assert_true(a.hits.count < 64);
    for (size_t i = 0; i < a.hits.count; i++) {
        const cs_hit *hit = &a.hits.items[i];
        char name[256];
        snprintf(name, sizeof name, "%.*s:%u", (int)hit->path.len, hit->path.data,
                 library_line(c, hit));
        size_t at = i;
        for (; at > 0 && strcmp(names[at - 1], name) > 0; at--)
            names[at] = names[at - 1];
        names[at] = strdup(name);
    }
    for (size_t i = 0; i < a.hits.count; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i == 0 ? "" : " ", names[i]);
        free(names[i]);
    }
    if (strcmp(text, expected) != 0)
        fail_msg("%s: found \"%s\", not \"%s\"", query, text, expected);
    assert_int_equal(a.hits.total, a.hits.count);
    assert_true(a.hits.total_exact);
}

#define FACE_1   "2023/hugging-face.md:5"
#define FACE_2   "2023/hugging-face.md:9"
#define STRIPE_1 "2023/stripe.md:9"
#define STRIPE_2 "2023/stripe.md:13"
#define GERMAN   "2024/de.md:8"

static void test_words_and_their_forms(void **state)
{
    const cs_collection *c = *state;

    found(c, "valuation", FACE_2);
    found(c, "valuations", FACE_2);
    found(c, "valued", STRIPE_2);
    found(c, "values", STRIPE_2);
    found(c, "\"value\"", "");
    found(c, "bewertungen", GERMAN);
    found(c, "\"bewertungen\"", "");
    found(c, "valu*", FACE_2 " " STRIPE_2);
    found(c, "stripe", STRIPE_2 " " STRIPE_1); /* from the title */
    found(c, "nowhere", "");
}

static void test_dead_files_never_match(void **state)
{
    const cs_collection *c = *state;

    found(c, "zebra", "");
    found(c, "zebr*", "");
    found(c, "\"of old\"", "");
    found(c, "path:old", "");
    found(c, "title:old", "");
    found(c, "heading:results zebra", "");
}

static void test_phrases_stand_in_a_row(void **state)
{
    const cs_collection *c = *state;

    found(c, "\"open source\"", FACE_1);
    found(c, "\"source open\"", "");
    found(c, "\"open the source\"", FACE_2);
    found(c, "\"hugging face\"", FACE_1 " " FACE_2); /* in the title */
    found(c, "\"business results\"", FACE_2);        /* in a heading */
    found(c, "\"face business\"", "");               /* not from one into the other */
    found(c, "\"results its\"", "");
    found(c, "\"open-source company\"", FACE_1);
    found(c, "\"open-source valuation\"", "");
}

static void test_joined_forms(void **state)
{
    const cs_collection *c = *state;

    found(c, "GPT-4", FACE_1 " " GERMAN);
    found(c, "gpt4", FACE_1 " " GERMAN);
    found(c, "lending club", GERMAN);
    found(c, "\"lending club\"", "");
    found(c, "club lending", "");
}

static void test_fields(void **state)
{
    const cs_collection *c = *state;

    found(c, "title:stripe", STRIPE_2 " " STRIPE_1);
    found(c, "title:payment", STRIPE_2 " " STRIPE_1); /* a form */
    found(c, "title:\"stripe payments\"", STRIPE_2 " " STRIPE_1);
    found(c, "title:\"payments stripe\"", "");
    found(c, "title:pay*", STRIPE_2 " " STRIPE_1);
    found(c, "title:valued", "");
    found(c, "heading:results", FACE_2 " " STRIPE_2);
    found(c, "section:result", FACE_2 " " STRIPE_2);
    found(c, "heading:\"business results\"", FACE_2);
    found(c, "heading:hugging", ""); /* a title is none */
    found(c, "heading:orig*", STRIPE_1);
    found(c, "heading:valued", "");
    found(c, "path:2023/s", STRIPE_2 " " STRIPE_1);
    found(c, "path:STRIPE", STRIPE_2 " " STRIPE_1);
    found(c, "path:2024/*", GERMAN);
    found(c, "file:2024", "");
    found(c, "file:de.md", GERMAN);
    found(c, "file:d?.md", GERMAN);
    found(c, "tags:fintech", STRIPE_2 " " STRIPE_1);
    found(c, "Tags:FinTech", STRIPE_2 " " STRIPE_1);
    found(c, "tags:\"open source\"", STRIPE_2 " " STRIPE_1);
    found(c, "tags:\"fintech open\"", ""); /* not from one value into the next */
    found(c, "tags:fin*", STRIPE_2 " " STRIPE_1);
    found(c, "year:2023", STRIPE_2 " " STRIPE_1);
    found(c, "year:2024", "");
    found(c, "lang:de", GERMAN);
    found(c, "title:(stripe OR hugging) results", FACE_2 " " STRIPE_2);
}

static void test_numbers_and_dates(void **state)
{
    const cs_collection *c = *state;

    found(c, "year:2023", STRIPE_2 " " STRIPE_1);
    found(c, "year:2023.0", STRIPE_2 " " STRIPE_1);
    found(c, "year:2020..2023", STRIPE_2 " " STRIPE_1);
    found(c, "year:>2023", "");
    found(c, "year:>=2023-01", STRIPE_2 " " STRIPE_1);
    found(c, "year:..2022", "");
    found(c, "year:2023-06", "");
    found(c, "founded:2021-06-30", GERMAN);
    found(c, "founded:\"30 June 2021\"", GERMAN);
    found(c, "founded:2021-06", GERMAN);
    found(c, "founded:2021", GERMAN);
    found(c, "founded:2021-07", "");
    found(c, "founded:june", GERMAN); /* a word as typed */
    found(c, "founded:2021-06-30..", GERMAN);
    found(c, "founded:<2021-06-30", "");
    found(c, "revenue:1000", GERMAN);
    found(c, "revenue:1,000.0", GERMAN);
    found(c, "revenue:999..1000", GERMAN); /* any value of a list */
    found(c, "revenue:6..7", GERMAN);
    found(c, "revenue:8..999", "");
    found(c, "revenue:1001..", "");
    found(c, "lendingclub -founded:>2020", "");
    found(c, "founded:>2020 OR year:>2020", STRIPE_2 " " STRIPE_1 " " GERMAN);
}

static void test_ranges_over_text(void **state)
{
    CS_SCOPED(answer) a = {0};
    cs_error error = {0};

    assert_int_equal(library_plan(*state, "x tags:>2020", false, &a, &error), CS_SYNTAX);
    assert_string_equal(error.message,
                        "no study has a number or a date in \"tags\"\n  x tags:>2020\n    ^");
    assert_non_null(strstr(error.hint, "tags:"));
    answer_release(&a);
    assert_int_equal(library_plan(*state, "yaer:>2020", false, &a, &error), CS_SYNTAX);
    assert_non_null(strstr(error.hint, "year:"));
}

static void test_operators(void **state)
{
    const cs_collection *c = *state;

    found(c, "valued OR valuation", FACE_2 " " STRIPE_2);
    found(c, "valued AND valuation", "");
    found(c, "stripe AND valued", STRIPE_2);
    found(c, "+stripe valued", STRIPE_2 " " STRIPE_1);
    found(c, "stripe -valued", STRIPE_1);
    found(c, "stripe NOT valued", STRIPE_1);
    found(c, "stripe AND NOT valued", STRIPE_1);
    found(c, "NOT path:filler NOT path:pad",
          FACE_1 " " FACE_2 " " STRIPE_2 " " STRIPE_1 " " GERMAN);
    found(c, "title:stripe -heading:results", STRIPE_1);
    found(c, "title:stripe OR valuation", FACE_2 " " STRIPE_2 " " STRIPE_1);
    found(c, "(title:stripe OR title:hugging) AND heading:results", FACE_2 " " STRIPE_2);
    found(c, "stripe -\"valued at\"", STRIPE_1);
    found(c, "stripe -valu*", STRIPE_1);
    found(c, "-(valued OR origin) stripe", "");
    found(c, "NOT NOT valued", STRIPE_2);
    found(c, "valued title:hugging", "");
    found(c, "valuation title:hugging", FACE_2);
    found(c, "valued OR - OR nowhere", STRIPE_2);
    found(c, "valued AND -", STRIPE_2);
}

/* A sign inside an operator excludes as it does beside other words. */
static void test_signs_inside_operators(void **state)
{
    const cs_collection *c = *state;

    found(c, "title:stripe AND -valued", STRIPE_1);
    found(c, "title:stripe AND (origin OR -valued)", STRIPE_1);
    found(c, "title:stripe AND (valued OR -origin)", STRIPE_2);
    found(c, "title:stripe NOT -valued", STRIPE_2);
}

static void test_stop_words_are_dropped_beside_content_words_only(void **state)
{
    const cs_collection *c = *state;

    found(c, "the valuation", FACE_2);
    found(c, "what is the valuation of it", FACE_2);
    found(c, "the", FACE_2 " " STRIPE_1);
    found(c, "the of", FACE_2 " " STRIPE_1);
    found(c, "+the valuation", FACE_2 " " STRIPE_1);
    found(c, "the title:stripe", STRIPE_1);
    found(c, "the AND first", STRIPE_1);
    found(c, "the AND valued", "");
    found(c, "the -first", FACE_2);
}

static void test_all_words(void **state)
{
    const cs_collection *c = *state;
    CS_SCOPED(answer) both = {0};
    CS_SCOPED(answer) stop = {0};

    library_ask(c, "stripe valued", true, NULL, &both);
    assert_string_equal(library_hits(c, &both.hits), STRIPE_2);
    library_ask(c, "the valued", true, NULL, &stop);
    assert_int_equal(stop.hits.count, 0);
}

static void test_unknown_fields(void **state)
{
    CS_SCOPED(answer) a = {0};
    cs_error error = {0};

    assert_int_equal(library_plan(*state, "x tag:fintech", false, &a, &error), CS_SYNTAX);
    assert_string_equal(error.message, "no study has a field \"tag\"\n  x tag:fintech\n    ^");
    assert_non_null(strstr(error.hint, "tags:"));
    answer_release(&a);
    assert_int_equal(library_plan(*state, "titel:stripe", false, &a, &error), CS_SYNTAX);
    assert_non_null(strstr(error.hint, "title:"));
    answer_release(&a);
    assert_int_equal(library_plan(*state, "whatever:x", false, &a, &error), CS_SYNTAX);
    assert_null(strstr(error.hint, "mean"));
}

static void test_words_not_to_be_found_are_not_marked(void **state)
{
    CS_SCOPED(answer) a = {0};

    library_ask(*state, "stripe -valued title:payments NOT \"open source\"", false, NULL, &a);
    assert_int_equal(a.plan.patterns.count, 1);
    assert_string_equal(a.plan.patterns.items[0].words.items[0], "stripe");
}

/* Any query gives an answer or a message. */
static void test_anything_is_planned(void **state)
{
    static const char *const parts[] = {"stripe ",
                                        "valu* ",
                                        "the ",
                                        "\"open source\" ",
                                        "OR ",
                                        "AND ",
                                        "NOT ",
                                        "(",
                                        ") ",
                                        "+",
                                        "-",
                                        "title:",
                                        "heading:",
                                        "path:",
                                        "file:",
                                        "tags:",
                                        "x* ",
                                        "GPT-4 ",
                                        "nowhere ",
                                        "\"\" ",
                                        "lending club ",
                                        "year:2020..2023 ",
                                        "year:>1 ",
                                        "tags:<2 "};
    uint32_t seed = 99;

    for (int round = 0; round < 1500; round++) {
        char query[400] = "";
        cs_error error = {0};
        CS_SCOPED(answer) a = {0};
        const cs_page page = {.limit = 10, .per_file = 3};
        for (uint32_t n = 1 + library_random(&seed, 10); n > 0; n--)
            strcat(query, parts[library_random(&seed, sizeof parts / sizeof *parts)]);
        cs_status status = library_plan(*state, query, round % 2 == 0, &a, &error);
        if (status == CS_OK)
            status = cs_match_run(*state, &a.plan, &page, &a.hits, &error);
        if (status != CS_OK && status != CS_SYNTAX)
            fail_msg("%s: %s", query, error.message);
    }
}

#define TEST(name) cmocka_unit_test(name)

/* What every passage must pass can be checked after the match; else it cannot. */
static void test_which_checks_are_required(void **state)
{
    static const struct {
        const char *query;
        size_t required;
    } examples[] = {
        {"\"a b\"", 1},
        {"a NEAR b", 1},
        {"\"a b\" title:t", 1},
        {"\"a b\" NOT c", 1},
        {"+\"a b\" c", 1},
        {"\"a b\" AND \"c d\" AND e", 2},
        {"(\"a b\")", 1},
        {"(+\"a b\" c) AND d", 1},
        {"a", 0},
        {"\"a\"", 0},
        {"\"a b\" c", 0},
        {"\"a b\" \"c d\"", 0},
        {"+a \"b c\"", 0},
        {"\"a b\" OR c", 0},
        {"(\"a b\" OR c) AND d", 0},
        {"c NOT \"a b\"", 0},
        {"c NOT (d NOT \"a b\")", 0},
        {"-\"a b\"", 0},
        {"heading:\"a b\"", 0},
        {"cite:\"a b\"", 0},
        {"a-b", 0}, /* or ab */
    };
    cs_collection c;

    (void)state;
    library_open(&c);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(answer) a = {0};
        assert_int_equal(library_plan(&c, examples[i].query, false, &a, NULL), CS_OK);
        if (a.plan.required.count != examples[i].required ||
            (a.plan.loose != NULL) != (a.plan.required.count > 0))
            fail_msg("%s: %zu required", examples[i].query, a.plan.required.count);
    }
    cs_collection_release(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_which_checks_are_required),
        TEST(test_words_and_their_forms),
        TEST(test_dead_files_never_match),
        TEST(test_phrases_stand_in_a_row),
        TEST(test_joined_forms),
        TEST(test_fields),
        TEST(test_numbers_and_dates),
        TEST(test_ranges_over_text),
        TEST(test_operators),
        TEST(test_signs_inside_operators),
        TEST(test_stop_words_are_dropped_beside_content_words_only),
        TEST(test_all_words),
        TEST(test_unknown_fields),
        TEST(test_words_not_to_be_found_are_not_marked),
        TEST(test_anything_is_planned),
    };
    return cmocka_run_group_tests_name("search_plan", tests, make_cases, remove_cases);
}
