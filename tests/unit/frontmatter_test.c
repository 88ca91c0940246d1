/* frontmatter_test.c - tests of indexer/frontmatter.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "frontmatter.h"

typedef struct example {
    const char *text;
    uint32_t lines;
    bool broken;
    const char *metadata; /* "key=value;" of each */
} example;

typedef struct reading {
    cs_arena arena;
    cs_source source;
    cs_frontmatter front;
} reading;

static void read(reading *r, cs_view bytes)
{
    *r = (reading){0};
    assert_int_equal(cs_source_decode(bytes, &r->source, NULL), CS_OK);
    assert_int_equal(cs_frontmatter_read(&r->source, &r->arena, &r->front, NULL), CS_OK);
}

static void release(reading *r)
{
    cs_frontmatter_release(&r->front);
    cs_source_release(&r->source);
    cs_arena_release(&r->arena);
}

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const example *e = &examples[i];
        CS_SCOPED(cs_buf) found = {.limit = 10000};
        reading r;
        read(&r, cs_view_of(e->text));
        cs_buf_add_string(&found, "");
        for (size_t m = 0; m < r.front.metadata.count; m++)
            cs_buf_addf(&found, "%s=%s;", r.front.metadata.items[m].key.data,
                        r.front.metadata.items[m].value.data);
        if (r.front.lines != e->lines || r.front.broken != e->broken)
            fail_msg("\"%s\": %u lines, %s", e->text, r.front.lines,
                     r.front.broken ? "broken" : "whole");
        if (strcmp(found.data, e->metadata) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", e->text, found.data, e->metadata);
        if ((r.front.note.len > 0) != e->broken)
            fail_msg("\"%s\": note \"%s\"", e->text, r.front.note.data);
        release(&r);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_where_it_is(void **state)
{
    static const example examples[] = {
        {"---\ntitle: A\n---\ntext", 3, false, "title=A;"},
        {"---\r\ntitle: A\r\n---\r\n", 3, false, "title=A;"},
        {"---\rtitle: A\r---\r", 3, false, "title=A;"},
        {"\xEF\xBB\xBF---\ntitle: A\n---\n", 3, false, "title=A;"},
        {"--- \ntitle: A\n--- ", 3, false, "title=A;"},
        {"---\ntitle: A\n...\ntext", 3, false, "title=A;"},
        {"---\n---\n", 2, false, ""},
        {"---\n\n---\n", 3, false, ""},
        {"\n---\ntitle: A\n---\n", 0, false, ""},
        {"---\ntitle: A\n", 0, false, ""},
        {"----\ntitle: A\n----\n", 0, false, ""},
        {"# A\n---\nb: c\n---\n", 0, false, ""},
        {"", 0, false, ""},
        {"---", 0, false, ""},
        {"+++\ntitle = \"A\"\n+++\n", 3, false, "title=A;"},
        {"+++\ntitle = \"A\"\n---\n", 0, false, ""},
    };
    (void)state;
    CHECK(examples);
}

static void test_yaml(void **state)
{
    static const example examples[] = {
        {"---\nTitle: A\nkey with blanks: b\n---\n", 4, false, "title=A;key_with_blanks=b;"},
        {"---\ntitle: \"A: b\"\nother: 'it''s'\n---\n", 4, false, "title=A: b;other=it's;"},
        {"---\ntags: [a, b]\n---\n", 3, false, "tags=a;tags=b;"},
        {"---\ntags:\n  - a\n  - b\n---\n", 5, false, "tags=a;tags=b;"},
        {"---\na:\n  b:\n    c: d\n---\n", 5, false, "a.b.c=d;"},
        {"---\na:\n  - b: c\n  - b: d\n---\n", 5, false, "a.b=c;a.b=d;"},
        {"---\ntext: >\n  one\n  two\nn: 3\n---\n", 6, false, "text=one two\n;n=3;"},
        {"---\nempty:\nnull: ~\na: b # c\n---\n", 5, false, "null=~;a=b;"},
        {"---\na: &x b\nc: *x\n---\n", 4, false, "a=b;c=b;"},
        {"---\ndate: 2021-06-01\nok: yes\n---\n", 4, false, "date=2021-06-01;ok=yes;"},
    };
    (void)state;
    CHECK(examples);
}

static void test_broken_yaml(void **state)
{
    static const example examples[] = {
        {"---\ntitle: One: two\ntags: [a\n---\n", 4, true, "title=One: two;"},
        {"---\ntitle: \"A\nb: c\n---\n", 4, true, "title=\"A;b=c;"},
        {"---\na: b\n\tc: d\n---\n", 4, true, "a=b;"},
        /* text between two rules */
        {"---\nSome text.\n---\n", 0, false, ""},
        {"---\n- a\n- b\n---\n", 0, false, ""},
        {"---\nHe said: \"no.\n---\n", 0, false, ""},
        {"---\n\n# A\n\n**b**: c\n---\n", 0, false, ""},
    };
    (void)state;
    CHECK(examples);
}

static void test_toml(void **state)
{
    static const example examples[] = {
        {"+++\ntitle = \"A \\\"b\\\"\"\nn = 3 # c\n+++\n", 4, false, "title=A \\\"b\\\";n=3;"},
        {"+++\ntags = [\"a\", 'b', 3]\n+++\n", 3, false, "tags=a;tags=b;tags=3;"},
        {"+++\ntags = [\n  \"a\", # one\n  \"b\",\n]\nx = 1\n+++\n", 7, false,
         "tags=a;tags=b;x=1;"},
        {"+++\n# c\n[a.b]\nc = \"d\"\n[[e]]\nf = 1\n+++\n", 7, false, "a.b.c=d;e.f=1;"},
        {"+++\ndate = 2021-06-01T10:00:00Z\n+++\n", 3, false, "date=2021-06-01T10:00:00Z;"},
        {"+++\nno pair\n+++\n", 3, true, ""},
        {"+++\na = \n+++\n", 3, false, ""},
    };
    (void)state;
    CHECK(examples);
}

static void test_limits(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 22};
    reading r;
    (void)state;
    cs_buf_add_string(&text, "---\n");
    for (int i = 0; i < 1100; i++)
        cs_buf_addf(&text, "key%d: %d\n", i, i);
    cs_buf_add_string(&text, "---\n# A\n");
    read(&r, cs_buf_view(&text));
    assert_int_equal(r.front.lines, 1102);
    assert_int_equal(r.front.metadata.count, 1100);
    assert_string_equal(cs_frontmatter_value(&r.front, "key1099").data, "1099");
    assert_int_equal(cs_frontmatter_value(&r.front, "none").len, 0);
    release(&r);

    cs_buf_clear(&text);
    cs_buf_add_string(&text, "---\nlist:\n");
    for (int i = 0; i < cs_max_metadata + 10; i++)
        cs_buf_add_string(&text, "- a\n");
    cs_buf_add_string(&text, "long: ");
    for (int i = 0; i < 5000; i++)
        cs_buf_add_string(&text, "\xC3\xA9");
    cs_buf_add_string(&text, "\n---\n");
    read(&r, cs_buf_view(&text));
    assert_int_equal(r.front.metadata.count, cs_max_metadata);
    release(&r);
}

static void test_a_long_value_is_cut_between_characters(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 22};
    reading r;
    (void)state;
    cs_buf_add_string(&text, "---\na: x");
    for (int i = 0; i < 5000; i++)
        cs_buf_add_string(&text, "\xC3\xA9");
    cs_buf_add_string(&text, "\n---\n");
    read(&r, cs_buf_view(&text));
    cs_view value = cs_frontmatter_value(&r.front, "a");
    assert_int_equal(value.len, 999);
    release(&r);
}

/* libyaml's time grows by the square of brackets and anchors; aliases of aliases
 * grow without bound. */
static void test_time_is_bounded(void **state)
{
    static const struct {
        const char *before, *part, *after;
        size_t count;
    } examples[] = {
        {"---\na: ", "[", "\n---\n", 50000},    {"---\na: ", "{a: ", "\n---\n", 30000},
        {"---\n", "a: &b c\n", "---\n", 30000}, {"---\n", "- ", "\n---\n", 20000},
        {"---\n", "? ", "\n---\n", 20000},      {"---\n", "a: b\n", "---\n", 50000},
        {"+++\n", "a = [\n", "+++\n", 50000},   {"---\na: \"", "x", "\n---\n", 1 << 20},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 22};
        cs_buf_add_string(&text, examples[i].before);
        for (size_t n = 0; n < examples[i].count; n++)
            cs_buf_add_string(&text, examples[i].part);
        cs_buf_add_string(&text, examples[i].after);
        reading r;
        clock_t start = clock();
        read(&r, cs_buf_view(&text));
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (seconds > 1.0)
            fail_msg("\"%s\" takes %.1f s", examples[i].part, seconds);
        release(&r);
    }
}

static void test_aliases_are_bounded(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    reading r;
    (void)state;
    cs_buf_add_string(&text, "---\na0: &a0 []\n");
    for (int i = 1; i < 14; i++) {
        cs_buf_addf(&text, "a%d: &a%d [", i, i);
        for (int n = 0; n < 50; n++)
            cs_buf_addf(&text, "%s*a%d", n > 0 ? "," : "", i - 1);
        cs_buf_add_string(&text, "]\n");
    }
    cs_buf_add_string(&text, "---\n");
    clock_t start = clock();
    read(&r, cs_buf_view(&text));
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 1.0);
    release(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_is),
        cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_broken_yaml),
        cmocka_unit_test(test_toml),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_a_long_value_is_cut_between_characters),
        cmocka_unit_test(test_time_is_bounded),
        cmocka_unit_test(test_aliases_are_bounded),
    };
    return cmocka_run_group_tests_name("frontmatter", tests, NULL, NULL);
}
