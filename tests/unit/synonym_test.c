/* synonym_test.c - tests of search/synonym.c and what plan_more.c makes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"
#include "synonym.h"

static void check(const char *lines, const char *word, const char *expected)
{
    CS_SCOPED(cs_synonyms) synonyms = {0};
    CS_SCOPED(cs_pattern) pattern = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    cs_error error = {0};

    if (cs_synonyms_read("own", cs_view_of(lines), &synonyms, &error) != CS_OK)
        fail_msg("%s: %s", lines, error.message);
    assert_true(cs_synonyms_find(&synonyms, word, &pattern));
    for (size_t i = 0; i < pattern.words.count; i++)
        cs_buf_addf(&text, "%s%s", i == 0 ? "" : " ", pattern.words.items[i]);
    if (strcmp(text.data == NULL ? "" : text.data, expected) != 0)
        fail_msg("%s: %s gives \"%s\", not \"%s\"", lines, word, text.data, expected);
}

static void test_families_of_the_table(void **state)
{
    (void)state;
    check("", "valuation", "valuations valued valuing");
    check("", "valued", "valuation valuations valuing");
    check("", "founders", "founder founded founding cofounder cofounders cofounded");
    check("", "organise", "organised organising organize organized organizing");
    check("", "found", ""); /* no form that is not listed */
    check("", "value", "");
    check("", "valuatio", "");
    check("", "aluation", "");
    check("", "", "");
    check("", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "");
}

static void test_one_way(void **state)
{
    (void)state;
    check("", "flotation", "ipo ipos");
    check("", "ipo", "");
    check("a1 a2 > b1 b2", "a1", "b1 b2");
    check("a1 a2 > b1 b2", "a2", "b1 b2");
    check("a1 a2 > b1 b2", "b1", "");
}

static void test_lines_of_the_user(void **state)
{
    (void)state;
    check("runway burn", "burn", "runway");
    check("runway burn", "runway", "burn");
    check("runway burn\nburn cash", "burn", "runway cash");
    check("runway,burn, cash", "burn", "runway cash");
    check("  Runway\tBURN  # money left\r\n", "burn", "runway");
    check("# runway burn", "burn", "");
    check("Käärmann wise", "wise", "kaarmann");
    check("start-up venture", "venture", "startup");
    check("start-up venture", "startup", "venture");
    check("R&D research", "research", "r&d");
    check("runway burn", "run", "");
    check("valuation worth", "valuation", "worth valuations valued valuing");
    check("burn burn runway runway", "burn", "runway");
}

static void test_a_line_can_leave_families_out(void **state)
{
    (void)state;
    check("- valuation", "valuation", "");
    check("- valuation retention", "retention", "");
    check("- valuation", "valued", "valuation valuations valuing");
    check("- valuation\nvaluation worth", "valuation", "worth");
}

static void left_out(const char *lines, const char *faults)
{
    CS_SCOPED(cs_synonyms) synonyms = {0};
    CS_SCOPED(cs_pattern) pattern = {0};
    cs_error error = {0};

    assert_int_equal(cs_synonyms_read("own", cs_view_of(lines), &synonyms, &error), CS_OK);
    assert_string_equal(synonyms.faults.data, faults);
    assert_true(cs_synonyms_find(&synonyms, "burn", &pattern));
    assert_int_equal(pattern.words.count, 1); /* the line after it counts */
    assert_string_equal(pattern.words.items[0], "runway");
}

static void test_what_is_no_word_is_said_and_left_out(void **state)
{
    CS_SCOPED(cs_synonyms) many = {0};
    const char *lines = "...\n...\n...\n...\n...\n...\n...\n...\n...\n...\n";

    (void)state;
    left_out("a b\n... burn c\nburn runway", "own:2: left out: not a single word: ...\n");
    left_out("burn node.js\nburn runway", "own:1: left out: not a single word: node.js\n");
    left_out("burn > b > c\nburn runway", "own:1: left out: more than one >: burn > b > c\n");
    left_out("burn a-b-c-d\nburn, runway", "own:1: left out: not a single word: a-b-c-d\n");
    assert_int_equal(cs_synonyms_read("own", cs_view_of(lines), &many, NULL), CS_OK);
    assert_non_null(strstr(many.faults.data, "own:8:"));
    assert_null(strstr(many.faults.data, "own:9:"));
    assert_non_null(strstr(many.faults.data, "own: 2 more lines left out\n"));
}

/* Every form of the table is a word as texts have it, once in its line. */
static void test_the_table_is_sound(void **state)
{
    (void)state;
    assert_true(cs_synonym_lines > 80);
    for (size_t i = 0; i < cs_synonym_lines; i++) {
        const char *line = cs_synonym_table[i];
        size_t len = strlen(line), words = 0;
        assert_true(line[0] == ' ' && line[len - 1] == ' ' && strstr(line, "  ") == NULL);
        for (const char *at = line + 1; *at != '\0'; words++) {
            size_t size = strcspn(at, " ");
            char word[80];
            cs_tokenizer tokenizer;
            cs_token token;
            snprintf(word, sizeof word, " %.*s ", (int)size, at);
            const char *first = strstr(line, word);
            assert_ptr_equal(first, at - 1);
            assert_null(strstr(first + 1, word));
            cs_tokenizer_init(&tokenizer, at, size);
            if (*at != '>') {
                assert_true(cs_tokenizer_next(&tokenizer, &token));
                assert_int_equal(token.term.len, size);
                assert_memory_equal(token.term.data, at, size);
            }
            at += size + 1;
        }
        assert_true(words >= 2 && words <= cs_max_synonyms);
    }
}

/* The word itself, then its synonyms; only where words are ranked. */
static void test_a_ranked_word_finds_them(void **state)
{
    CS_SCOPED(cs_synonyms) own = {0};
    cs_collection c;

    (void)state;
    library_write("a.md", "# A\n\nIt was valued at much.\n");
    library_write("b.md", "# B\n\nThe valuation was high.\n");
    library_write("c.md", "# C\n\nThe value of it.\n");
    library_write("d.md", "# D\n\nNothing of this.\n");
    library_update();
    library_open(&c);
    library_synonyms = &own;
    assert_string_equal(library_find(&c, "valuation"), "b.md:3 a.md:3");
    assert_string_equal(library_find(&c, "valuation high"), "b.md:3 a.md:3");
    assert_string_equal(library_find(&c, "(valuation)"), "b.md:3 a.md:3");
    assert_string_equal(library_find(&c, "+valuation"), "b.md:3");
    assert_string_equal(library_find(&c, "\"valuation\""), "b.md:3");
    assert_string_equal(library_find(&c, "valuation AND high"), "b.md:3");
    assert_string_equal(library_find(&c, "valuation OR nowhere"), "b.md:3");
    assert_string_equal(library_find(&c, "valuation NEAR high"), "b.md:3");
    assert_string_equal(library_find(&c, "title:a NOT valuation"), "a.md:3");
    library_synonyms = NULL;
    assert_string_equal(library_find(&c, "valuation"), "b.md:3");
    cs_collection_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families_of_the_table),
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_lines_of_the_user),
        cmocka_unit_test(test_a_line_can_leave_families_out),
        cmocka_unit_test(test_what_is_no_word_is_said_and_left_out),
        cmocka_unit_test(test_the_table_is_sound),
        cmocka_unit_test_setup_teardown(test_a_ranked_word_finds_them, library_make,
                                        scratch_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
