/* toml_test.c - tests of indexer/toml.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "toml.h"

static void add(void *context, const char *path, cs_view value, bool plain)
{
    cs_buf_addf(context, "%s%s%.*s;", path, plain ? "=" : ":", (int)value.len, value.data);
}

typedef struct example {
    const char *text;
    const char *values; /* "key:string;" or "key=bare value;" of each */
    const char *what;   /* NULL: whole */
    uint32_t line;
} example;

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const example *e = &examples[i];
        CS_SCOPED(cs_buf) out = {.limit = 10000};
        const char *what;
        uint32_t line;
        cs_buf_add_string(&out, "");
        assert_true(cs_toml_read(cs_view_of(e->text), add, &out, &what, &line));
        if (strcmp(out.data, e->values) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", e->text, out.data, e->values);
        if ((what == NULL) != (e->what == NULL) || (what != NULL && strcmp(what, e->what) != 0) ||
            (what != NULL && line != e->line))
            fail_msg("%s: %s in line %u", e->text, what == NULL ? "whole" : what, line);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_keys(void **state)
{
    static const example examples[] = {
        {"", "", NULL, 0},
        {"# only this\n\n", "", NULL, 0},
        {"a = 1", "a=1;", NULL, 0},
        {"a=1\r\nb = 2\rc = 3\n", "a=1;b=2;c=3;", NULL, 0},
        {"a.b . \"c d\".'e' = 1", "a.b.c d.e=1;", NULL, 0},
        {"\"a\\u00e9\" = 1\n1-2_x = 2", "a\xC3\xA9=1;1-2_x=2;", NULL, 0},
        {"größe = 1", "größe=1;", NULL, 0},
        {"[t]\na = 1\n[ t . u ] # c\na = 2\n", "t.a=1;t.u.a=2;", NULL, 0},
        {"[[l]]\na = 1\n[[l]]\na = 2\n[l.m]\nb = 3", "l.a=1;l.a=2;l.m.b=3;", NULL, 0},
        {"[\"x.y\"]\na = 1", "x.y.a=1;", NULL, 0},
    };
    (void)state;
    CHECK(examples);
}

static void test_strings(void **state)
{
    static const example examples[] = {
        {"a = \"x\"", "a:x;", NULL, 0},
        {"a = ''", "a:;", NULL, 0},
        {"a = \"q\\\"\\\\ \\t\\u00e9\\U0001F600\" # c", "a:q\"\\ \t\xC3\xA9\xF0\x9F\x98\x80;", NULL,
         0},
        {"a = 'C:\\new' # c", "a:C:\\new;", NULL, 0},
        {"a = \"x # y\"", "a:x # y;", NULL, 0},
        {"a = \"\"\"\none\ntwo\"\"\"\nb = 1", "a:one\ntwo;b=1;", NULL, 0},
        {"a = \"\"\"one \\\n\n   two \"quoted\"\"\"\"", "a:one two \"quoted\";", NULL, 0},
        {"a = '''\r\none\r\n\\two'''\nb = 1", "a:one\n\\two;b=1;", NULL, 0},
        {"a = \"\"\"\"\"\"", "a:;", NULL, 0},
    };
    (void)state;
    CHECK(examples);
}

static void test_values(void **state)
{
    static const example examples[] = {
        {"a = 1_000 # c\nb = -4.5e3\nc = true\nd=inf", "a=1_000;b=-4.5e3;c=true;d=inf;", NULL, 0},
        {"a = 2021-06-30T07:00:00Z\nb = 2021-06-30 07:00:00",
         "a=2021-06-30T07:00:00Z;b=2021-06-30 07:00:00;", NULL, 0},
        {"a = [1, 'x', \"y\"]", "a=1;a:x;a:y;", NULL, 0},
        {"a = [ # c\n  1,\n\n  2, # d\n] # e\nb = 3", "a=1;a=2;b=3;", NULL, 0},
        {"a = [[1, 2], [\"x, ]\"], []]", "a=1;a=2;a:x, ];", NULL, 0},
        {"a = { b = 1, c.d = 'x' }\ne = 2", "a.b=1;a.c.d:x;e=2;", NULL, 0},
        {"a = [{n = 'x'}, {n = 'y'}]", "a.n:x;a.n:y;", NULL, 0},
        {"a = {}", "", NULL, 0},
    };
    (void)state;
    CHECK(examples);
}

/* The first is named; the lines after it are read. */
static void test_faults(void **state)
{
    static const example examples[] = {
        {"a = 1\nno pair\nb = 2", "a=1;b=2;", "a key without =", 2},
        {"a =\nb = 2", "b=2;", "a value is missing", 1},
        {"a = Acme Corp\nb = 2", "a=Acme Corp;b=2;", "a text without quotes", 1},
        {"a = \"x\nb = 2", "b=2;", "a string that is not closed", 1},
        {"z = 0\na = \"\"\"x\nb = 2", "z=0;b=2;", "a string that is not closed", 2},
        {"a = \"\\q\"\nb = 2", "b=2;", "a backslash before what it does not stand before", 1},
        {"a = \"\\u12\"\nb = 2", "b=2;", "a backslash before what it does not stand before", 1},
        {"a = [1\nb = 2", "a=1;b=2;", "a comma is missing", 2},
        {"a = [\nb = 2\nc = 3", "b=2;c=3;", "a text without quotes", 2},
        {"a = [1,", "a=1;", "a bracket that is not closed", 1},
        {"[t\na = 1", "t.a=1;", "a bracket that is not closed", 1},
        {"= 1\na = 1", "a=1;", "a key is missing", 1},
        {"a = 1 2\nb = 'x' y", "a=1 2;b:x;", "more than one value", 2},
        {"a = [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\nb = 1", "b=1;", "nested too deep", 1},
    };
    (void)state;
    CHECK(examples);
}

/* Any text is read, in time that grows with its length. */
static void test_time_is_bounded(void **state)
{
    static const char *const parts[] = {"a = [\n", "a = \"\"\"x\n", "a = '''", "[",   "{a=", "a.",
                                        "\\",      "a = {b = [",    "\"",      "]]\n"};
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 22};
        CS_SCOPED(cs_buf) out = {.limit = 1 << 24};
        const char *what;
        uint32_t line;
        for (int n = 0; n < 100000; n++)
            cs_buf_add_string(&text, parts[i]);
        clock_t start = clock();
        assert_true(cs_toml_read(cs_buf_view(&text), add, &out, &what, &line));
        if ((double)(clock() - start) / CLOCKS_PER_SEC > 1)
            fail_msg("\"%s\" takes too long", parts[i]);
    }
}

static void test_anything(void **state)
{
    static const char alphabet[] = "ab.=[]{}\"'\\#,\n\r 1-u\xC3\xA9";
    uint32_t seed = 3;
    (void)state;
    for (int round = 0; round < 100000; round++) {
        char text[60];
        size_t len = (size_t)round % sizeof text;
        for (size_t i = 0; i < len; i++) {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            text[i] = alphabet[seed % sizeof alphabet];
        }
        CS_SCOPED(cs_buf) out = {.limit = 10000};
        const char *what;
        uint32_t line;
        assert_true(cs_toml_read((cs_view){text, len}, add, &out, &what, &line));
        assert_true(what == NULL || (line >= 1 && line <= 60));
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_keys),   TEST(test_strings),         TEST(test_values),
        TEST(test_faults), TEST(test_time_is_bounded), TEST(test_anything),
    };
    return cmocka_run_group_tests_name("toml", tests, NULL, NULL);
}
