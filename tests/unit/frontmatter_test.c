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
    const char *note;     /* NULL: none, or any if it is broken */
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
        if (e->note == NULL ? (r.front.note.len > 0) != e->broken
                            : !cs_view_equal(r.front.note, cs_view_of(e->note)))
            fail_msg("\"%s\": note \"%s\"", e->text, r.front.note.data);
        release(&r);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_where_it_is(void **state)
{
    static const example examples[] = {
        {"---\ntitle: A\n---\ntext", 3, false, "title=A;", NULL},
        {"---\r\ntitle: A\r\n---\r\n", 3, false, "title=A;", NULL},
        {"---\rtitle: A\r---\r", 3, false, "title=A;", NULL},
        {"\xEF\xBB\xBF---\ntitle: A\n---\n", 3, false, "title=A;", NULL},
        {"--- \ntitle: A\n--- ", 3, false, "title=A;", NULL},
        {"---\ntitle: A\n...\ntext", 3, false, "title=A;", NULL},
        {"---\n---\n", 2, false, "", NULL},
        {"---\n\n---\n", 3, false, "", NULL},
        {"\n---\ntitle: A\n---\n", 0, false, "", NULL},
        {"---\ntitle: A\n", 0, false, "", "front matter, line 1: it is never closed"},
        {"---\n\n# A\n", 0, false, "", NULL},
        {"----\ntitle: A\n----\n", 0, false, "", NULL},
        {"# A\n---\nb: c\n---\n", 0, false, "", NULL},
        {"", 0, false, "", NULL},
        {"---", 0, false, "", NULL},
        {"+++\ntitle = \"A\"\n+++\n", 3, false, "title=A;", NULL},
        {"+++\ntitle = \"A\"\n---\n", 0, false, "", "front matter, line 1: it is never closed"},
    };
    (void)state;
    CHECK(examples);
}

static void test_yaml(void **state)
{
    static const example examples[] = {
        {"---\nTitle: A\nkey with blanks: b\n---\n", 4, false, "title=A;key_with_blanks=b;", NULL},
        {"---\ntitle: \"A: b\"\nother: 'it''s'\n---\n", 4, false, "title=A: b;other=it's;", NULL},
        {"---\ntags: [a, b]\n---\n", 3, false, "tags=a;tags=b;", NULL},
        {"---\ntags:\n  - a\n  - b\n---\n", 5, false, "tags=a;tags=b;", NULL},
        {"---\na:\n  b:\n    c: d\n---\n", 5, false, "a.b.c=d;", NULL},
        {"---\na:\n  - b: c\n  - b: d\n---\n", 5, false, "a.b=c;a.b=d;", NULL},
        {"---\ntext: >\n  one\n  two\nn: 3\n---\n", 6, false, "text=one two;n=3;", NULL},
        {"---\nempty:\nnull: ~\na: b # c\n---\n", 5, false, "a=b;", NULL},
        {"---\na: &x b\nc: *x\n---\n", 4, false, "a=b;c=b;", NULL},
        {"---\ndate: 2021-06-01\nok: yes\n---\n", 4, false, "date=2021-06-01;ok=yes;", NULL},
    };
    (void)state;
    CHECK(examples);
}

/* YAML 1.1, as libyaml has it. */
static void test_yaml_scalars(void **state)
{
    static const example examples[] = {
        {"---\na: null\nb: Null\nc: 'null'\nd: \"~\"\n---\n", 6, false, "c=null;d=~;", NULL},
        {"---\na: yes\nb: Off\nc: 'on'\n---\n", 5, false, "a=yes;b=Off;c=on;", NULL},
        {"---\na: \"t\\tab \\u00e9 \\x41 \\\"q\\\"\"\n---\n", 3, false, "a=t\tab \xC3\xA9 A \"q\";",
         NULL},
        {"---\na: one\n  two\n  three\nb: c\n---\n", 6, false, "a=one two three;b=c;", NULL},
        {"---\na: |\n  one\n  two\n\nb: >-\n  three\n  four\n---\n", 8 + 1, false,
         "a=one\ntwo;b=three four;", NULL},
        {"---\n# c\na: 1 # d\nb: 'x # y'\n---\n", 5, false, "a=1;b=x # y;", NULL},
        {"---\na: !!str 1\nb: !own x\nc: !!binary aGVsbG8=\n---\n", 5, false, "a=1;b=x;", NULL},
        {"---\na: 1\na: 2\n---\n", 4, false, "a=1;a=2;", NULL},
        {"---\r\na: |\r\n  one\r\n  two\r\nb: c\r\n---\r\n", 6, false, "a=one\ntwo;b=c;", NULL},
        {"---\n公司: 华为\n\"key: 2\": x\nRevenue (USD): 5\n---\n", 5, false,
         "公司=华为;key_2=x;revenue_usd=5;", NULL},
        {"---\n? [a, b]\n: c\nd: e\n---\n", 5, false, "d=e;", NULL},
    };
    (void)state;
    CHECK(examples);
}

static void test_yaml_nodes(void **state)
{
    static const example examples[] = {
        {"---\nauthors: [{name: A, at: {city: B}}, {name: C}]\n---\n", 3, false,
         "authors.name=A;authors.at.city=B;authors.name=C;", NULL},
        {"---\na: [[1, 2], [], {}]\n---\n", 3, false, "a=1;a=2;", NULL},
        {"---\na: &x {b: 1, c: 2}\nd: *x\n---\n", 4, false, "a.b=1;a.c=2;d.b=1;d.c=2;", NULL},
        {"---\nbase: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n---\n", 6, false,
         "base.b=1;base.c=2;d.b=1;d.c=3;", NULL},
        {"---\nx: &x {b: 1}\ny: &y {c: 2}\nd: {<<: [*x, *y]}\n---\n", 5, false,
         "x.b=1;y.c=2;d.b=1;d.c=2;", NULL},
        {"---\nd: {'<<': 1}\n---\n", 3, false, "d.=1;", NULL},
        {"---\na: &a\n  b: *a\nc: d\n---\n", 5, false, "c=d;",
         "front matter: more than 4096 values, or nested deeper than 16, are left out"},
        {"---\na: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\nb: c\n---\n", 4, false, "b=c;",
         "front matter: more than 4096 values, or nested deeper than 16, are left out"},
    };
    (void)state;
    CHECK(examples);
}

static void test_values_are_typed(void **state)
{
    static const struct {
        const char *text, *types; /* of each value: t, n or d */
    } examples[] = {
        {"---\na: 2021\nb: '2021'\nc: 0x1F\nd: '0x1F'\ne: 017\nf: '017'\n---\n", "nnntnt"},
        {"---\na: 1,000\nb: \"1,000\"\nc: 1_000\nd: 4.50\ne: 12:30\n---\n", "nnnnt"},
        {"---\na: 2021-06-30\nb: June 30, 2021\nc: 06/07/2021\nd: 2021-06\n---\n", "ddtd"},
        {"---\na: [1, x, 2021-06-30]\nb: yes\nc: 5%\n---\n", "ntdtt"},
        {"+++\na = 2021-06-30\nb = '1,000'\nc = 0x1F\nd = '0x1F'\ne = true\n+++\n", "dnntt"},
        {"---\ntitle: A: b\nyear: 2021\n---\n", "tn"},
        {"---\ntitle: A: b\nyear: 2021\nbad: [\n---\n", "tn"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char types[20] = "";
        reading r;
        read(&r, cs_view_of(examples[i].text));
        for (size_t m = 0; m < r.front.metadata.count; m++)
            types[m] = "tnd"[r.front.metadata.items[m].typed.type];
        if (strcmp(types, examples[i].types) != 0)
            fail_msg("%s: %s, not %s", examples[i].text, types, examples[i].types);
        release(&r);
    }
}

/* In UTF-16, little endian, with its mark. */
static void test_utf16(void **state)
{
    static const char bytes[] = "\xFF\xFE-\0-\0-\0\n\0a\0:\0 \0\xE9\0\n\0-\0-\0-\0\n\0";
    reading r;
    (void)state;
    read(&r, (cs_view){bytes, sizeof bytes - 1});
    assert_int_equal(r.front.lines, 3);
    assert_string_equal(cs_frontmatter_value(&r.front, "a").data, "\xC3\xA9");
    release(&r);
}

static void test_broken_yaml(void **state)
{
    static const example examples[] = {
        {"---\ntitle: One: two\ntags: [a\n---\n", 4, true, "title=One: two;", NULL},
        {"---\ntitle: \"A\nb: c\n---\n", 4, true, "title=\"A;b=c;", NULL},
        {"---\na: b\n\tc: d\n---\n", 4, true, "a=b;", NULL},
        {"---\ntitle: \"A\" and B\nn: 1\n---\n", 4, true, "title=\"A\" and B;n=1;", NULL},
        {"---\nby: @home\ntags:\n  - x\n  - note: y: z\n---\n", 6, true,
         "by=@home;tags=x;tags.note=y: z;",
         "front matter, line 2: found character that cannot start any token"},
        {"---\ntitle: Ada's: one\ntags: [a, b]\nat: {c: d}\n---\n", 5, true,
         "title=Ada's: one;tags=a;tags=b;at.c=d;",
         "front matter, line 2: mapping values are not allowed in this context"},
        {"---\na: b\nc: \"d\ne: f\n---\n", 5, true, "a=b;c=\"d;e=f;",
         "front matter, line 5: found unexpected end of stream while scanning a quoted scalar that "
         "begins in line 3"},
        {"---\na: b\nc: *none\n---\n", 4, true, "a=b;",
         "front matter, line 3: found undefined alias"},
        {"---\na: \"x \\ud83c\\udfd7 y\"\nb: [c]\n---\n", 4, true, "a=x \xF0\x9F\x8F\x97 y;b=c;",
         "front matter, line 2: found invalid Unicode character escape code"},
        {"---\na: \"x \\ud83c \\udfd7 y\"\nb: [c]\n---\n", 4, true, "a=x \\ud83c \\udfd7 y;", NULL},
        /* keys of several words; a pair without its blank */
        {"---\nCompany Name: Acme: one\nField: fintech\n---\n", 4, true,
         "company_name=Acme: one;field=fintech;", NULL},
        {"---\ntitle:No blank\nauthor: me\nby: x\n---\n", 5, true, "author=me;by=x;", NULL},
        /* signs of YAML that begin text, and those that are meant */
        {"---\ntitle: [Case] Acme grows\nby: me\n---\n", 4, true, "title=[Case] Acme grows;by=me;",
         NULL},
        {"---\ntitle: {A} and {B} too\nby: me\n---\n", 4, true, "title={A} and {B} too;by=me;",
         NULL},
        {"---\ntitle: *Acme* story\nby: me\n---\n", 4, true, "title=*Acme* story;by=me;", NULL},
        {"---\ntitle: > 50% growth\nby: me\n---\n", 4, true, "title=> 50% growth;by=me;", NULL},
        {"---\nt: |- # x\n  block\nl: [a, b] # y\nm: [a,\n  b]\nz: a: b\n---\n", 8, true,
         "t=block;l=a;l=b;m=a;m=b;z=a: b;", NULL},
        {"---\ntitle: One: two\nmenu: {main: {weight: 1}, \n  side: {weight: 2}}\nlinks: [[a, b], "
         "[c,\n"
         "  d]]\n---\n",
         7, true,
         "title=One: two;menu.main.weight=1;menu.side.weight=2;links=a;links=b;links=c;links=d;",
         NULL},
        {"---\ntitle: One: two\ntags: [a\n# draft: true\n# TODO: check figures\nby: me\n---\n", 7,
         true, "title=One: two;by=me;", NULL},
        /* text between two rules */
        {"---\n\n# One: how it grew\n\n## Key facts\n\n- Founded: 2010\n- Offices: A: B\n\n"
         "## Who says so\n\nWritten by: Ada\n\n---\n",
         0, false, "", NULL},
        {"---\nKey takeaways from our interview:\n- Founded: 2010: late\n- Revenue: 14\n---\n", 0,
         false, "", NULL},
        {"---\nPoint one: we grow: fast\nAnd we do it well.\n- a\n---\n", 0, false, "", NULL},
        {"---\nSome prose: and: more\nthat goes on\nand on.\n---\n", 0, false, "", NULL},
        {"---\nSome text.\n---\n", 0, false, "", NULL},
        {"---\n- a\n- b\n---\n", 0, false, "", NULL},
        {"---\nHe said: \"no.\n---\n", 0, false, "", NULL},
        {"---\n\n# A\n\n**b**: c\n---\n", 0, false, "", NULL},
    };
    (void)state;
    CHECK(examples);
}

static void test_toml(void **state)
{
    static const example examples[] = {
        {"+++\ntitle = \"A \\\"b\\\"\"\nn = 3 # c\n+++\n", 4, false, "title=A \"b\";n=3;", NULL},
        {"+++\ntags = [\"a\", 'b', 3]\n+++\n", 3, false, "tags=a;tags=b;tags=3;", NULL},
        {"+++\ntags = [\n  \"a\", # one\n  \"b\",\n]\nx = 1\n+++\n", 7, false, "tags=a;tags=b;x=1;",
         NULL},
        {"+++\n# c\n[a.b]\nc = \"d\"\n[[e]]\nf = 1\n+++\n", 7, false, "a.b.c=d;e.f=1;", NULL},
        {"+++\ndate = 2021-06-01T10:00:00Z\n+++\n", 3, false, "date=2021-06-01T10:00:00Z;", NULL},
        {"+++\nno pair\n+++\n", 3, true, "", NULL},
        {"+++\na = \nb = 1\n+++\n", 4, true, "b=1;", "front matter, line 2: a value is missing"},
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
        {"---\na: ", "[", "\n---\n", 50000},
        {"---\na: ", "{a: ", "\n---\n", 30000},
        {"---\n", "a: &b c\n", "---\n", 30000},
        {"---\n", "- ", "\n---\n", 20000},
        {"---\n", "? ", "\n---\n", 20000},
        {"---\n", "a: b\n", "---\n", 50000},
        {"+++\n", "a = [\n", "+++\n", 50000},
        {"---\na: \"", "x", "\n---\n", 1 << 20},
        {"---\na: b: c\n", "d: e: f\n", "---\n", 50000},
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
        cmocka_unit_test(test_yaml_scalars),
        cmocka_unit_test(test_yaml_nodes),
        cmocka_unit_test(test_values_are_typed),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_broken_yaml),
        cmocka_unit_test(test_toml),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_a_long_value_is_cut_between_characters),
        cmocka_unit_test(test_time_is_bounded),
        cmocka_unit_test(test_aliases_are_bounded),
    };
    return cmocka_run_group_tests_name("frontmatter", tests, NULL, NULL);
}
