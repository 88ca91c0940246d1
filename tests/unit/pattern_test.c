/* pattern_test.c - tests of search/pattern.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pattern.h"

/* A pattern of a query's single leaf; words are not widened to their forms. */
static void make_pattern(const char *query, cs_pattern *pattern)
{
    cs_error error = {0};
    cs_node *tree = NULL;

    if (cs_query_parse(query, &tree, &error) != CS_OK)
        fail_msg("%s", error.message);
    const cs_node *leaf = tree->children.items[0];
    *pattern = (cs_pattern){.kind = leaf->kind, .overlaps = leaf->overlaps};
    for (size_t i = 0; i < leaf->words.count; i++)
        assert_true(cs_pattern_add_word(pattern, cs_view_of(leaf->words.items[i])));
    if (leaf->joined != NULL)
        assert_true(cs_pattern_add_word(cs_pattern_join(pattern), cs_view_of(leaf->joined)));
    cs_node_free(tree);
}

/* The text with each place found in braces, as cs_found says. */
static void mark(cs_view text, const cs_founds *founds, cs_buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < founds->count; i++) {
        const cs_found *f = &founds->items[i];
        if (f->start < at || f->end > text.len || f->end <= f->start)
            fail_msg("place %u-%u after %zu of %zu", f->start, f->end, at, text.len);
        cs_buf_add(out, text.data + at, f->start - at);
        cs_buf_add_char(out, '{');
        cs_buf_add(out, text.data + f->start, f->end - f->start);
        cs_buf_add_char(out, '}');
        at = f->end;
    }
    cs_buf_add(out, text.data + at, text.len - at);
}

typedef struct example {
    const char *query;
    const char *marked; /* the text, with braces round what is found */
} example;

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
        CS_SCOPED(cs_buf) marked = {.limit = 1 << 16};
        CS_SCOPED(cs_pattern) pattern = {0};
        cs_founds founds = {0};
        for (const char *at = examples[i].marked; *at != '\0'; at++)
            if (*at != '{' && *at != '}')
                cs_buf_add_char(&text, *at);
        make_pattern(examples[i].query, &pattern);
        assert_true(cs_patterns_find(&pattern, 1, cs_buf_view(&text), &founds));
        mark(cs_buf_view(&text), &founds, &marked);
        if (strcmp(marked.data, examples[i].marked) != 0)
            fail_msg("%s: %s, not %s", examples[i].query, marked.data, examples[i].marked);
        assert_int_equal(cs_pattern_is_in(&pattern, cs_buf_view(&text)), founds.count > 0);
        free(founds.items);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_words(void **state)
{
    static const example examples[] = {
        {"valuation", "A {valuation}, the {Valuation} and {VALUATION}'s valuations."},
        {"kaarmann", "{Käärmann} said."},
        {"acme", "{Acme}'s and {ACME}’s site, not acmes."},
        {"1000", "{1,000} or {1000}, not 10000 nor 1,000,000"},
        {"4.5", "${4.5} billion, not 34.5 nor 4.55"},
        {"us", "The {U.S}. and {us}."},
        {"valuation", "{valuation}.[^3] {valuation}[4] x[^valuation]"},
        {"x", "no such word"},
        {"4", "GPT-{4}"},
    };
    (void)state;
    CHECK(examples);
}

static void test_forms(void **state)
{
    CS_SCOPED(cs_pattern) pattern = {.kind = CS_NODE_WORD};
    cs_view text = cs_view_of("He raised; they raise. Raises. A raiser.");
    cs_founds founds = {0};

    (void)state;
    assert_true(cs_pattern_add_word(&pattern, cs_view_of("raise")));
    assert_true(cs_pattern_add_word(&pattern, cs_view_of("raised")));
    assert_true(cs_pattern_add_word(&pattern, cs_view_of("raises")));
    assert_true(cs_patterns_find(&pattern, 1, text, &founds));
    assert_int_equal(founds.count, 3);
    assert_int_equal(founds.items[0].start, 3);
    assert_int_equal(founds.items[0].end, 9);
    assert_int_equal(founds.items[2].start, 23);
    free(founds.items);
}

static void test_prefixes(void **state)
{
    static const example examples[] = {
        {"valu*", "{value} {Valuation} {valu} val devalue"},
        {"東*", "{東}京都 の{東}"},
        {"u*", "{U.S}. {usa} bus"},
    };
    (void)state;
    CHECK(examples);
}

static void test_phrases(void **state)
{
    static const example examples[] = {
        {"\"open source\"", "{open source} and {Open  Source}, source open, open the source"},
        {"\"open source\"", "an {open-source} way, {open,\nsource}, {open. Source} {open‑source}"},
        {"\"open source\"", "{open[^3] source} and {open.[^3] Source}"},
        {"\"open source\"", "open open {open source} source"},
        {"東京都", "東京 京都、{東京都}、京都 東京"},
        {"\"東京 京都\"", "{東京 京都}、東京都"},
        {"京都大学", "{京都大学} 京都 都大 大学"},
        {"ทำงาน", "คน{ทำงาน}ที่นี่"},
        {"กิ", "{กิ}นข้าว"},
        {"한국어", "{한국어}는 한국 국어"},
        {"\"open source\"", "opensource open"},
        {"\"new york new jersey\"", "new york {new york new jersey}"},
        {"\"valued\"", "{valued} valuing value"},
        {"\"opensource\"", "an {open-source} way, {opensource}, open source"},
        {"\"raised $4.5 billion\"", "They {raised $4.5 billion}."},
        {"node.js", "{Node.js}, {node js}, nodejs"},
        {"\"東京都\"", "ここは{東京都}です。 東京"},
        {"\"open\"", "{open}-source"},
        {"\"source code\"", "open-{source code}"},
        {"\"o'reilly media\"", "{O’Reilly Media}"},
    };
    (void)state;
    CHECK(examples);
}

static void test_joined_forms(void **state)
{
    CS_SCOPED(cs_pattern) pattern = {0};

    (void)state;
    make_pattern("GPT-4", &pattern);
    assert_string_equal(pattern.joined->words.items[0], "gpt4");
    assert_true(cs_pattern_is_in(&pattern, cs_view_of("the GPT4 model")));
    assert_true(cs_pattern_is_in(&pattern, cs_view_of("the gpt-4 model")));
    assert_true(cs_pattern_is_in(&pattern, cs_view_of("the gpt 4 model")));
    assert_false(cs_pattern_is_in(&pattern, cs_view_of("the gpt40, gpt model 4")));
    CS_SCOPED(cs_pattern) word = {0};
    make_pattern("gpt4", &word);
    assert_true(cs_pattern_is_in(&word, cs_view_of("the GPT-4 model")));
    assert_false(cs_pattern_is_in(&word, cs_view_of("the GPT 4 model")));
}

static void check_order(const cs_founds *founds, const uint32_t (*expected)[3], size_t count)
{
    assert_int_equal(founds->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(founds->items[i].start, expected[i][0]);
        assert_int_equal(founds->items[i].end, expected[i][1]);
        assert_int_equal(founds->items[i].pattern, expected[i][2]);
    }
}

static void test_several_patterns_overlap_in_order_of_start(void **state)
{
    static const uint32_t expected[][3] = {{0, 4, 0}, {0, 11, 1}, {5, 11, 2}, {12, 16, 0}};
    cs_pattern patterns[3];
    cs_founds founds = {0};

    (void)state;
    make_pattern("open", &patterns[0]);
    make_pattern("\"open source\"", &patterns[1]);
    make_pattern("sourc*", &patterns[2]);
    assert_true(cs_patterns_find(patterns, 3, cs_view_of("open-source open"), &founds));
    check_order(&founds, expected, 4);
    free(founds.items);
    for (size_t i = 0; i < 3; i++)
        cs_pattern_release(&patterns[i]);
}

/* The joined form is given after its words, and begins before them. */
static void test_joined_form_stands_in_order_too(void **state)
{
    static const uint32_t expected[][3] = {{0, 5, 1}, {4, 5, 0}, {6, 7, 0}};
    cs_pattern patterns[2];
    cs_founds founds = {0};

    (void)state;
    make_pattern("4", &patterns[0]);
    make_pattern("gpt4", &patterns[1]);
    assert_true(cs_patterns_find(patterns, 2, cs_view_of("GPT-4 4"), &founds));
    check_order(&founds, expected, 3);
    free(founds.items);
    cs_pattern_release(&patterns[0]);
    cs_pattern_release(&patterns[1]);
}

static void test_nothing_in_nothing(void **state)
{
    CS_SCOPED(cs_pattern) pattern = {0};
    const cs_pattern empty = {.kind = CS_NODE_PHRASE};
    cs_founds founds = {0};

    (void)state;
    make_pattern("\"a b\"", &pattern);
    assert_true(cs_patterns_find(&pattern, 1, (cs_view){"", 0}, &founds));
    assert_true(cs_patterns_find(&pattern, 1, cs_view_of("... a"), &founds));
    assert_true(cs_patterns_find(NULL, 0, cs_view_of("a b"), &founds));
    assert_int_equal(founds.count, 0);
    assert_false(cs_pattern_is_in(&empty, cs_view_of("a b")));
}

/* Quadratic at worst in the phrase, never in the text. */
static void test_long_phrases_in_long_texts(void **state)
{
    enum { words = 20000 };
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    CS_SCOPED(cs_pattern) pattern = {.kind = CS_NODE_PHRASE};

    (void)state;
    for (int i = 0; i < words; i++)
        cs_buf_add_string(&text, "a ");
    for (int i = 0; i < cs_max_phrase - 1; i++)
        assert_true(cs_pattern_add_word(&pattern, cs_view_of("a")));
    assert_true(cs_pattern_add_word(&pattern, cs_view_of("b")));
    assert_false(cs_pattern_is_in(&pattern, cs_buf_view(&text)));
    cs_buf_add_string(&text, "b");
    assert_true(cs_pattern_is_in(&pattern, cs_buf_view(&text)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_joined_forms),
        cmocka_unit_test(test_several_patterns_overlap_in_order_of_start),
        cmocka_unit_test(test_joined_form_stands_in_order_too),
        cmocka_unit_test(test_nothing_in_nothing),
        cmocka_unit_test(test_long_phrases_in_long_texts),
    };
    return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
