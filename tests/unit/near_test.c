/* near_test.c - tests of NEAR: how it is read, what it finds and marks in a text, and
 * that this is what trying every combination of places gives.
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

#include "library.h"
#include "near.h"

/* ---- reading ----------------------------------------------------------------------- */

static void print_node(const cs_node *node, cs_buf *out)
{
    static const char signs[] = {[CS_MAY] = ' ', [CS_MUST] = '+', [CS_MUST_NOT] = '-'};
    if (node->occur != CS_MAY)
        cs_buf_add_char(out, signs[node->occur]);
    if (cs_node_is_leaf(node)) {
        cs_buf_add_string(out, node->field == CS_FIELD_HEADING ? "heading:" : "");
        cs_buf_add_string(out, node->text);
        cs_buf_add_string(out, node->kind == CS_NODE_PREFIX ? "*" : "");
        return;
    }
    if (node->kind == CS_NODE_NEAR)
        cs_buf_addf(out, "near/%u", node->distance);
    else
        cs_buf_add_string(out, node->kind == CS_NODE_AND  ? "and"
                               : node->kind == CS_NODE_OR ? "or"
                                                          : "");
    for (size_t i = 0; i < node->children.count; i++) {
        cs_buf_add_char(out, i == 0 ? '(' : ' ');
        print_node(node->children.items[i], out);
    }
    cs_buf_add_char(out, ')');
}

static void test_trees(void **state)
{
    static const char *const examples[][2] = {
        {"a NEAR b", "(near/10(a b))"},
        {"a NEAR/3 b", "(near/3(a b))"},
        {"a NEAR/1000 b", "(near/1000(a b))"},
        {"a NEAR/003 b", "(near/3(a b))"},
        {"a NEAR/5 b NEAR/5 c", "(near/5(a b c))"},
        {"a NEAR/2 b NEAR/7 c", "(near/7(a b c))"},
        {"a NEAR/12 b NEAR c", "(near/12(a b c))"},
        {"\"a b\" NEAR/3 valu*", "(near/3(a b valu*))"},
        {"(a OR \"b c\") NEAR/3 d", "(near/3((or(a b c)) d))"},
        {"(a) NEAR/3 ((b))", "(near/3((a) ((b))))"},
        {"x a NEAR/3 b y", "(x near/3(a b) y)"},
        {"a NEAR/3 b AND c", "(and(near/3(a b) c))"},
        {"c OR a NEAR/3 b", "(or(c near/3(a b)))"},
        {"-a NEAR/3 b +c NEAR d", "(-near/3(a b) +near/10(c d))"},
        {"NOT a NEAR/3 b", "(-(near/3(a b)))"},
        {"heading:(a NEAR/3 b)", "((near/3(heading:a heading:b)))"},
        {"near near/8 Near/8 NEARS", "(near near/8 Near/8 NEARS)"},
        {"\"a NEAR b\"", "(a NEAR b)"},
        {"a NEAR/3(b OR c)", "(near/3(a (or(b c))))"},
        {"a NEAR/3\"b c\"", "(near/3(a b c))"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 12};
        cs_error error = {0};
        cs_node *tree = NULL;
        if (cs_query_parse(examples[i][0], &tree, &error) != CS_OK)
            fail_msg("%s: %s", examples[i][0], error.message);
        print_node(tree, &text);
        cs_node_free(tree);
        assert_string_equal(text.data, examples[i][1]);
    }
}

static void test_faults(void **state)
{
    static const char number[] = "NEAR takes a number from 1 to 1000, as in NEAR/8";
    static const char operand[] = "NEAR takes words, phrases, prefixes, and (a OR b) of these";
    static const char sign[] = "NEAR takes no +, - or NOT inside";
    static const struct {
        const char *query, *message;
        int caret;
    } faults[] = {
        {"NEAR b", "NEAR needs something before it", 0},
        {"(NEAR/8 b)", "NEAR needs something before it", 1},
        {"a NEAR", "NEAR needs something after it", 2},
        {"(a NEAR/8)", "NEAR needs something after it", 3},
        {"a NEAR NEAR b", "NEAR needs something after it", 2},
        {"a NEAR AND b", "NEAR needs something after it", 2},
        {"a OR NEAR b", "OR needs something after it", 2},
        {"a NEAR/0 b", number, 7},
        {"a NEAR/x b", number, 7},
        {"a NEAR/ b", number, 7},
        {"a NEAR/3x b", number, 7},
        {"a NEAR/-3 b", number, 7},
        {"a NEAR/1001 b", number, 7},
        {"a NEAR/99999999999999999999999 b", number, 7},
        {"a NEAR -b", sign, 7},
        {"a NEAR +b", sign, 7},
        {"a NEAR NOT b", sign, 7},
        {"a NEAR (b c)", operand, 8},
        {"a NEAR (b AND c)", operand, 8},
        {"a NEAR (b NEAR c)", operand, 8},
        {"a NEAR (b OR -c)", operand, 14},
        {"a NEAR ...", operand, 7},
        {"... NEAR a", operand, 0},
        {"é NEAR (b OR path:x)", operand, 13},
        {"title:a NEAR b", operand, 0},
        {"title:(a NEAR b)", "NEAR looks into text, headings and sources only", 9},
        {"tags:(a NEAR b)", "NEAR looks into text, headings and sources only", 8},
        {"a NEAR a NEAR a NEAR a NEAR a NEAR a NEAR b", "too many words in one NEAR", 42},
        {"a NEAR )", "NEAR needs something after it", 2},
        {"a NEAR \"b", "a quote that is not closed", 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char expected[300];
        cs_error error = {0};
        cs_node *tree = NULL;
        snprintf(expected, sizeof expected, "%s\n  %s\n  %*s^", faults[i].message, faults[i].query,
                 faults[i].caret, "");
        assert_int_equal(cs_query_parse(faults[i].query, &tree, &error), CS_SYNTAX);
        assert_null(tree);
        assert_string_equal(error.message, expected);
    }
}

/* ---- texts ------------------------------------------------------------------------- */

static void add_parts(const cs_node *node, unsigned operand, cs_pattern *near)
{
    for (size_t i = 0; i < node->children.count; i++)
        add_parts(node->children.items[i], operand, near);
    if (!cs_node_is_leaf(node))
        return;
    cs_pattern *part = CS_PUSH(&near->parts);
    assert_non_null(part);
    part->kind = node->kind;
    part->overlaps = node->overlaps;
    part->operand = operand;
    for (size_t i = 0; i < node->words.count; i++)
        assert_true(cs_pattern_add_word(part, cs_view_of(node->words.items[i])));
    if (node->joined != NULL)
        assert_true(cs_pattern_add_word(cs_pattern_join(part), cs_view_of(node->joined)));
}

/* The NEAR of a query, once for each operand to be marked; words have no other forms.
 * Returns how many. */
static size_t make_patterns(const char *query, cs_pattern patterns[cs_max_near_operands])
{
    cs_error error = {0};
    cs_node *tree = NULL;
    if (cs_query_parse(query, &tree, &error) != CS_OK)
        fail_msg("%s", error.message);
    const cs_node *node = tree->children.items[0];
    size_t count = node->children.count;
    assert_int_equal(node->kind, CS_NODE_NEAR);
    for (size_t i = 0; i < count; i++) {
        patterns[i] = (cs_pattern){.kind = CS_NODE_NEAR, .distance = node->distance};
        patterns[i].operand = (unsigned)i;
        for (size_t k = 0; k < count; k++)
            add_parts(node->children.items[k], (unsigned)k, &patterns[i]);
    }
    cs_node_free(tree);
    return count;
}

static void release_patterns(cs_pattern *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cs_pattern_release(&patterns[i]);
}

static const struct {
    const char *query;
    const char *marked; /* the text, with braces round what is found */
} texts[] = {
    {"a NEAR/1 b", "{a} {b} x a x b"},
    {"a NEAR/1 b", "{b} {a}"},
    {"a NEAR/2 b", "{a} x {b} x x a"},
    {"a NEAR/2 b", "a x x {b}, {b} {a}"},
    {"a NEAR/3 b", "{a} {a} x {b} x x {a} x x x a"},
    {"a NEAR b", "{a} 1 2 3 4 5 6 7 8 9 {b}"},
    {"a NEAR b", "a 1 2 3 4 5 6 7 8 9 10 b"},
    {"a NEAR a", "{a} x {a}"},
    {"a NEAR a", "a x x"},
    {"a NEAR/1 a NEAR/1 a", "a a x {a} {a} {a}"},
    {"a NEAR/1 b NEAR/1 c", "{c} {a} {b} x b x c x a"},
    {"a NEAR/2 b NEAR/2 c", "{c} x {a} {b} x b x c x a"},
    {"a NEAR/3 b NEAR/3 c", "{c} x {a} {b} x {b} x {c} x {a}"},
    {"\"a b\" NEAR/1 c", "{a b} {c} {a b}, a c b"},
    {"\"a b\" NEAR/2 c", "{c} x {a b} x x c"},
    {"\"a b\" NEAR/9 b", "a b"},
    {"\"a b\" NEAR/9 b", "{a b} x {b}"},
    {"\"a b\" NEAR/1 \"b c\"", "a b c x a b x b c"},
    {"\"a b\" NEAR/1 \"b c\"", "{a b} {b c}"},
    {"valu* NEAR/2 b", "{Value} of {b}; {valuation} {b} x x valuing"},
    {"(a OR c) NEAR/1 b", "{a} {b} {c} x c a"},
    {"(a OR \"c d\") NEAR/1 b", "{c d} {b} d c {a} {b}"},
    {"GPT-4 NEAR/2 model", "GPT-4 is a gpt, {GPT4} {model}, {gpt 4} gpt 5"},
    {"gpt4 NEAR/1 model", "a {GPT-4} {model}; x GPT-4 the model"},
    {"open-source NEAR/1 free", "{open-source}, {free}; {free} {opensource}"},
    {"a NEAR/2 b", "{a} [^3] x {b}"},
    {"a NEAR/2 b", "{a}.\n\nx {b}"},
    {"東京 NEAR/1 京都", "東{京都} {東京} {京都}"},
    {"東 NEAR/2 都", "{東}京{都}"},
    {"東京 NEAR/2 大阪", "{東京}{大阪}"},
    {"café NEAR/1 O'Reilly", "{CAFE} {O’Reilly}'s"},
    {"a NEAR/3 b", "| {a} | x | {b} |"},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 12};
        CS_SCOPED(cs_buf) marked = {.limit = 1 << 12};
        cs_pattern patterns[cs_max_near_operands];
        cs_founds founds = {0};
        for (const char *at = texts[i].marked; *at != '\0'; at++)
            if (*at != '{' && *at != '}')
                cs_buf_add_char(&text, *at);
        size_t count = make_patterns(texts[i].query, patterns), at = 0;
        assert_true(cs_patterns_find(patterns, count, cs_buf_view(&text), &founds));
        for (size_t k = 0; k < founds.count; k++) {
            const cs_found *f = &founds.items[k];
            if (f->end <= at) /* again, by its joined form or as another operand */
                continue;
            assert_true(f->start >= at);
            cs_buf_add(&marked, text.data + at, f->start - at);
            cs_buf_addf(&marked, "{%.*s}", (int)(f->end - f->start), text.data + f->start);
            at = f->end;
        }
        cs_buf_add_string(&marked, text.data + at);
        if (strcmp(marked.data, texts[i].marked) != 0)
            fail_msg("%s: %s, not %s", texts[i].query, marked.data, texts[i].marked);
        assert_int_equal(cs_pattern_is_in(&patterns[0], cs_buf_view(&text)), founds.count > 0);
        free(founds.items);
        release_patterns(patterns, count);
    }
}

/* ---- every combination ------------------------------------------------------------- */

enum { max_words = 14 };

/* A text of letters, and operands of one or two of them. */
typedef struct puzzle {
    char text[max_words + 1];
    const char *operands[4]; /* as they are typed, without blanks and quotes */
    size_t count;
    int distance;
    bool marked[4][max_words]; /* by operand and word where it begins */
} puzzle;

/* Tries all places of operand `i` and those after it. */
static bool try_all(puzzle *p, size_t i, size_t *at)
{
    size_t first = max_words, last = 0, inside = 0;
    bool any = false;
    for (size_t w = 0; i < p->count && p->text[w] != '\0'; w++) {
        size_t len = strlen(p->operands[i]);
        if (strncmp(p->text + w, p->operands[i], len) != 0)
            continue;
        bool apart = true;
        for (size_t k = 0; k < i; k++)
            apart = apart && (at[k] + strlen(p->operands[k]) <= w || w + len <= at[k]);
        at[i] = w;
        any = (apart && try_all(p, i + 1, at)) || any;
    }
    if (i < p->count)
        return any;
    for (size_t k = 0; k < p->count; k++) {
        size_t end = at[k] + strlen(p->operands[k]);
        first = at[k] < first ? at[k] : first;
        last = end > last ? end : last;
        inside += strlen(p->operands[k]);
    }
    if ((int)(last - first - inside) >= p->distance)
        return false;
    for (size_t k = 0; k < p->count; k++)
        p->marked[k][at[k]] = true;
    return true;
}

static const char *const operands[][2] = {{"a", "a"},        {"b", "b"},        {"c", "c"},
                                          {"ab", "\"a b\""}, {"bb", "\"b b\""}, {"bc", "\"b c\""}};

static void make_puzzle(puzzle *p, char query[200], uint32_t *seed)
{
    size_t words = 1 + library_random(seed, max_words);
    *p = (puzzle){.count = 2 + library_random(seed, 3),
                  .distance = 1 + (int)library_random(seed, 4)};
    for (size_t w = 0; w < words; w++)
        p->text[w] = "abbcxx"[library_random(seed, 6)];
    query[0] = '\0';
    for (size_t i = 0; i < p->count; i++) {
        const char *const *operand = operands[library_random(seed, 6)];
        p->operands[i] = operand[0];
        if (i > 0)
            sprintf(query + strlen(query), " NEAR/%d ", p->distance);
        strcat(query, operand[1]);
    }
}

static void check_puzzle(puzzle *p, const char *query)
{
    char text[2 * max_words + 1] = "";
    size_t at[4], count = 0;
    cs_pattern patterns[cs_max_near_operands];
    cs_founds founds = {0};
    bool found = try_all(p, 0, at);
    for (size_t w = 0; p->text[w] != '\0'; w++)
        sprintf(text + 2 * w, "%c ", p->text[w]);
    make_patterns(query, patterns);
    if (cs_near_is_in(&patterns[0], cs_view_of(text)) != found)
        fail_msg("%s is%s in: %s", query, found ? "" : " not", text);
    assert_true(cs_patterns_find(patterns, p->count, cs_view_of(text), &founds));
    for (size_t i = 0; i < founds.count; i++)
        if (!p->marked[founds.items[i].pattern][founds.items[i].start / 2])
            fail_msg("%s: marked at %u of: %s", query, founds.items[i].start, text);
    for (size_t i = 0; i < 4 * max_words; i++)
        count += p->marked[i / max_words][i % max_words];
    if (founds.count != count)
        fail_msg("%s: %zu marks, not %zu in: %s", query, founds.count, count, text);
    free(founds.items);
    release_patterns(patterns, p->count);
}

static void test_as_every_combination(void **state)
{
    uint32_t seed = 2024;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        puzzle p;
        char query[200];
        make_puzzle(&p, query, &seed);
        check_puzzle(&p, query);
    }
}

/* ---- in an index ------------------------------------------------------------------- */

static void test_finds_forms_headings_and_sources(void **state)
{
    static const char *const asked[][2] = {
        {"raise NEAR/4 valuation", "a.md:5"},
        {"valuations NEAR/4 raising", "a.md:5"},
        {"raise NEAR/3 valuation", ""},
        {"raise NEAR/99 origin", ""}, /* one in the text, one in the heading */
        {"origin NEAR/2 overview", "a.md:5"},
        {"heading:(origin NEAR/2 overview)", "a.md:5"},
        {"heading:(raise NEAR/4 valuation)", ""},
        {"cite:(news NEAR/2 daily)", "a.md:5"},
        {"cite:(raised NEAR example)", ""}, /* one in the text, one in the source */
        {"valuation NOT raise NEAR/4 valuation", "b.md:3"},
        {"raised NEAR valuation OR \"a barn\"", "a.md:5 b.md:3"},
        {"(barn OR billion) NEAR/3 (valuation OR fund*)", "a.md:5 b.md:3"},
        {"nosuchword NEAR raised", ""},
    };
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\n## Overview and Origin\n\nThey raised it at a valuation of a "
                          "billion.[^1]\n\n[^1]: Daily Business News, https://example.com/x\n");
    library_write("b.md", "# T\n\nRaised in a barn, funded by one; no valuation.\n");
    library_update();
    library_open(&c);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        const char *hits = library_find(&c, asked[i][0]);
        if (strstr(asked[i][1], " ") == NULL ? strcmp(hits, asked[i][1]) != 0
                                             : strlen(hits) != strlen(asked[i][1]))
            fail_msg("%s: %s, not %s", asked[i][0], hits, asked[i][1]);
    }
    cs_collection_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_as_every_combination),
        cmocka_unit_test_setup_teardown(test_finds_forms_headings_and_sources, library_make,
                                        scratch_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
