/* markdown_test.c - tests of indexer/markdown.c: which blocks a text has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "markdown.h"

typedef struct example {
    const char *text;
    const char *blocks; /* "p 1-2 +3 q1 l1 #2 i; ..." : kind, lines from 1, column, nesting */
} example;

static void describe(cs_buf *out, const cs_block *b)
{
    cs_buf_add_string(out, out->len > 0 ? "; " : "");
    cs_buf_add_string(out, b->kind == CS_BLOCK_PARAGRAPH ? "p"
                           : b->kind == CS_BLOCK_HEADING ? "h"
                           : b->kind == CS_BLOCK_CODE    ? "code"
                                                         : "html");
    if (b->kind == CS_BLOCK_HEADING)
        cs_buf_addf(out, "%u", b->level);
    cs_buf_addf(out, " %u", b->first + 1);
    if (b->last != b->first && b->kind != CS_BLOCK_CODE)
        cs_buf_addf(out, "-%u", b->last + 1);
    if (b->kind == CS_BLOCK_CODE)
        cs_buf_addf(out, " of %u", b->lines);
    if (b->column > 0)
        cs_buf_addf(out, " +%u", b->column);
    if (b->quotes > 0)
        cs_buf_addf(out, " q%u", b->quotes);
    if (b->lists > 0)
        cs_buf_addf(out, " l%u", b->lists);
    if (b->number > 0)
        cs_buf_addf(out, " #%u", b->number);
    if (b->begins_item)
        cs_buf_add_string(out, " i");
}

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_source) source = {0};
        CS_SCOPED(cs_blocks) blocks = {0};
        CS_SCOPED(cs_buf) found = {.limit = 10000};
        assert_int_equal(cs_source_decode(cs_view_of(examples[i].text), &source, NULL), CS_OK);
        assert_int_equal(cs_markdown_blocks(&source, 0, &blocks, NULL), CS_OK);
        cs_buf_add_string(&found, "");
        for (size_t b = 0; b < blocks.count; b++)
            describe(&found, &blocks.items[b]);
        if (strcmp(found.data, examples[i].blocks) != 0)
            fail_msg("\"%s\" has \"%s\", not \"%s\"", examples[i].text, found.data,
                     examples[i].blocks);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_paragraphs_and_headings(void **state)
{
    static const example examples[] = {
        {"", ""},
        {"\n\n", ""},
        {"a\nb\n\nc", "p 1-2; p 4"},
        {"a\r\nb\r\n\r\nc\r\n", "p 1-2; p 4"},
        {"a\rb\r\rc", "p 1-2; p 4"},
        {"# a\n## b ##\n#c\n####### d", "h1 1; h2 2; p 3-4"},
        {"a\n===\nb\nc\n---\n", "h1 1-2; h2 3-5"},
        {"a\n\n---\n\nb", "p 1; p 5"},
        {"   # a", "h1 1 +3"},
        {"[^3]: axios\n[^4]: wired", "p 1-2"}, /* cmark alone would swallow these */
        {"[a]: http://x", "p 1"},
        {"\\# a", "p 1"},
        {"**a**", "p 1"},
        {"***\na", "p 2"},
        /* a mark of byte order after the one that is left out */
        {"\uFEFF\uFEFF# a", "h1 1 +3"},
        {"\uFEFF\uFEFFa", "p 1 +3"},
        {"\uFEFF\uFEFF a", "p 1"},
    };
    (void)state;
    CHECK(examples);
}

static void test_containers(void **state)
{
    static const example examples[] = {
        {"> a\n> b", "p 1-2 +2 q1"},
        {"> a\nb", "p 1-2 +2 q1"},
        {"> > a", "p 1 +4 q2"},
        {"- a\n- b", "p 1 +2 l1 i; p 2 +2 l1 i"},
        {"- a\n\n  b", "p 1 +2 l1 i; p 3 +2 l1"},
        {"- a\n  - b", "p 1 +2 l1 i; p 2 +4 l2 i"},
        {"1. a\n2. b", "p 1 +3 l1 #1 i; p 2 +3 l1 #2 i"},
        {"7) a\n7) b", "p 1 +3 l1 #7 i; p 2 +3 l1 #8 i"},
        {"1. a\n   - b\n2. c", "p 1 +3 l1 #1 i; p 2 +5 l2 i; p 3 +3 l1 #2 i"},
        {"- # a", "h1 1 +2 l1 i"},
        {"> # a", "h1 1 +2 q1"},
        {"-\n\na", "p 3"}, /* an empty item begins nothing after it */
        {"1.\n\na", "p 3"},
        {"1986. A year", "p 1 l1 #1986 i"},
        {"- a\n\nb", "p 1 +2 l1 i; p 3"},
    };
    (void)state;
    CHECK(examples);
}

static void test_code(void **state)
{
    static const example examples[] = {
        {"```\na\n\nb\n```\nc", "code 1 of 3; p 6"},
        {"~~~ c\na\n~~~", "code 1 of 1"},
        {"```\na", "code 1 of 1"},
        {"```\n```\na", "code 1 of 0; p 3"},
        {"    a\n\n    b\n\nc", "code 1 of 3 +4; p 5"},
        {"- ```\n  a\n  ```\n- b", "code 1 of 1 +2 l1 i; p 4 +2 l1 i"},
        {"> ```\n> a\nb", "code 1 of 1 +2 q1; p 3"}, /* the fence ends with the quote */
        {"- ```\n  a\nb", "code 1 of 1 +2 l1 i; p 3"},
        {"```a```", "p 1"},
        {"```a``` b\nc", "p 1-2"},
        {"````\n```\n````", "code 1 of 1"},
    };
    (void)state;
    CHECK(examples);
}

static void test_html(void **state)
{
    static const example examples[] = {
        {"<div>\na\n</div>\nb\n\nc", "html 1-4; p 6"},
        {"<!-- a -->\nb", "html 1; p 2"}, /* ends on its own line */
        {"<!-- a\n\nb -->\nc", "html 1-3; p 4"},
        {"<!-- a", "html 1"},
        {"<pre>a\n\nb</pre>\nc", "html 1-3; p 4"},
        {"<script>\n\na = b\n</script>\nc", "html 1-4; p 5"},
        {"<b>a</b>\nc", "p 1-2"},
        {"<a name=\"x_y\">\nb", "html 1-2"},
        {"<details><summary>a</summary>\n\nb", "html 1; p 3"},
        {"> <div>\n> a\n\nb", "html 1-2 +2 q1; p 4"},
        {"- <div>\n  a\n- b", "html 1-2 +2 l1 i; p 3 +2 l1 i"},
        {"<https://x.y>", "p 1"},
        {"a\n<div>", "p 1; html 2"},
        {"<!-- a -->\r\n<!-- b -->\r\nc", "html 1; html 2; p 3"},
        {"<!-- a -->\r<!-- b -->\rc", "html 1; html 2; p 3"},
    };
    (void)state;
    CHECK(examples);
}

static void test_from_a_line_on(void **state)
{
    CS_SCOPED(cs_source) source = {0};
    CS_SCOPED(cs_blocks) blocks = {0};
    (void)state;
    assert_int_equal(cs_source_decode(cs_view_of("---\na: b\n---\n# c"), &source, NULL), CS_OK);
    assert_int_equal(cs_markdown_blocks(&source, 3, &blocks, NULL), CS_OK);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(blocks.items[0].first, 3);
    assert_int_equal(blocks.items[0].kind, CS_BLOCK_HEADING);
    cs_blocks_release(&blocks);
    assert_int_equal(cs_markdown_blocks(&source, 4, &blocks, NULL), CS_OK);
    assert_int_equal(blocks.count, 0);
}

static size_t decode(const char *entity, char *out, size_t size)
{
    size_t length;
    assert_true(cs_markdown_entity(cs_view_of(entity), out, size, &length));
    return length;
}

static void test_entities(void **state)
{
    char out[16];
    (void)state;
    assert_int_equal(decode("&amp;", out, sizeof out), 1);
    assert_int_equal(out[0], '&');
    assert_int_equal(decode("&hearts;", out, sizeof out), 3);
    assert_memory_equal(out, "\xE2\x99\xA5", 3);
    assert_int_equal(decode("&hearts;", out, 2), 0);
    assert_int_equal(decode("&nope;", out, sizeof out), 0);
    assert_int_equal(decode("&#x1F600;", out, sizeof out), 4);
}

/* Seconds to find the blocks of `count` times `part`, then `rest` line ends. */
static double time_of(const char *part, size_t count, size_t rest)
{
    CS_SCOPED(cs_source) source = {0};
    CS_SCOPED(cs_blocks) blocks = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 24};
    for (size_t i = 0; i < count; i++)
        cs_buf_add_string(&text, part);
    for (size_t i = 0; i < rest; i++)
        cs_buf_add_string(&text, "\n");
    assert_int_equal(cs_source_decode(cs_buf_view(&text), &source, NULL), CS_OK);
    clock_t start = clock();
    assert_int_equal(cs_markdown_blocks(&source, 0, &blocks, NULL), CS_OK);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* On these cmark takes seconds to minutes when it is given the text itself. */
static void test_time_is_bounded(void **state)
{
    static const struct {
        const char *part;
        size_t count, rest;
    } examples[] = {
        {"- ", 8000, 8000},     {"> ", 8000, 8000},        {"1. ", 8000, 8000},
        {"![[]()", 16000, 0},   {"[a](", 30000, 0},        {"`a``", 30000, 0},
        {"*a **b ", 30000, 0},  {"a\n<z <?<!A", 20000, 0}, {"<b></", 30000, 0},
        {"[a]: b\n", 20000, 0}, {" ", 100000, 10},         {"\t", 50000, 10},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        double seconds = time_of(examples[i].part, examples[i].count, examples[i].rest);
        if (seconds > 1.0)
            fail_msg("\"%s\" takes %.1f s", examples[i].part, seconds);
    }
}

static void test_nesting_is_capped(void **state)
{
    CS_SCOPED(cs_source) source = {0};
    CS_SCOPED(cs_blocks) blocks = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    (void)state;
    for (int i = 0; i < 1000; i++)
        cs_buf_add_string(&text, "> ");
    cs_buf_add_string(&text, "a");
    assert_int_equal(cs_source_decode(cs_buf_view(&text), &source, NULL), CS_OK);
    assert_int_equal(cs_markdown_blocks(&source, 0, &blocks, NULL), CS_OK);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(blocks.items[0].quotes, cs_max_nesting);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paragraphs_and_headings),
        cmocka_unit_test(test_containers),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_from_a_line_on),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_time_is_bounded),
        cmocka_unit_test(test_nesting_is_capped),
    };
    return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
