/* glob_test.c - tests of lib/glob.c.
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

#include "glob.h"

typedef struct example {
    const char *pattern;
    const char *path;
    bool match;
} example;

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cs_glob_match(examples[i].pattern, examples[i].path) != examples[i].match)
            fail_msg("\"%s\" on \"%s\": not %s", examples[i].pattern, examples[i].path,
                     examples[i].match ? "matched" : "refused");
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_within_a_component(void **state)
{
    static const example examples[] = {
        {"a.md", "a.md", true},
        {"a.md", "a.mdx", false},
        {"a.md", "A.md", false},
        {"*.md", "a.md", true},
        {"*.md", ".md", true},
        {"*.md", "a.txt", false},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"?", "", false},
        {"?", "ab", false},
        {"a*b*c", "aXbXbXc", true},
        {"a*b*c", "aXcXb", false},
        {"*a", "aaab", false},
        {"a**b", "axyb", true},
        {"a**b", "a/b", false},
        {"*", "a/b", false},
        {"?", "/", false},
        {"a?c", "a/c", false},
        {"a[/]c", "a/c", false},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\\", "a\\", false},
        {"a\\", "a", false},
        {"\\a", "a", true},
        {"*\\?", "ab?", true},
        {"*.tar.*", "a.tar.tar.gz", true},
    };
    (void)state;
    CHECK(examples);
}

static void test_brackets(void **state)
{
    static const example examples[] = {
        {"[abc]", "b", true},        {"[abc]", "d", false},       {"[a-c]", "b", true},
        {"[a-c]", "d", false},       {"[!a-c]", "d", true},       {"[^a-c]", "b", false},
        {"[]]", "]", true},          {"[!]]", "]", false},        {"[a-]", "-", true},
        {"[-a]", "-", true},         {"[a-c-e]", "-", true},      {"[a-c-e]", "d", false},
        {"[\\]]", "]", true},        {"[\\-x]", "-", true},       {"[\\", "\\", false},
        {"[", "[", false},           {"[a", "a", false},          {"[a-", "a", false},
        {"[]", "]", false},          {"[[:digit:]]", "7", true},  {"[[:digit:]]", "a", false},
        {"[![:space:]]", "a", true}, {"[[:alpha:]_]", "_", true}, {"[[:nope:]]", "n", false},
        {"[[:alpha:", "a", false},   {"[[:]", ":", true},         {"20[12][0-9]", "2024", true},
        {"x[é-ü]", "xö", true},
    };
    (void)state;
    CHECK(examples);
}

static void test_characters_and_any_bytes(void **state)
{
    static const example examples[] = {
        {"caf?", "café", true},
        {"caf??", "café", false},
        {"[é]", "é", true},
        {"[!é]", "é", false},
        {"?", "日", true},
        {"?", "\xF0\x9F\x98\x80", true},
        {"?", "\xFF", true},
        {"?", "\xFF\xFE", false},
        {"\xFF", "\xFF", true},
        {"\xFF", "\xFE", false},
        {"a\xC3", "a\xC3", true},
        {"?", "\xC3", true},
        {"/", "\xC0\xAF", false},
        {"A", "\xC1\x81", false},
        {"?", "\xE0\x80\xAF", false},
        {"*\xA9", "é", false},
        {"[\x80-\xFF]", "\xFF", true},
        {"ÿ", "\xFF", false},
    };
    (void)state;
    CHECK(examples);
}

static void test_components(void **state)
{
    static const example examples[] = {
        {"**", "a", true},
        {"**", "a/b/c", true},
        {"**", "", true},
        {"**/c", "c", true},
        {"**/c", "a/b/c", true},
        {"**/c", "a/bc", false},
        {"a/**", "a", true},
        {"a/**", "a/b/c", true},
        {"a/**", "ab/c", false},
        {"a/**/*", "a", false},
        {"a/**/*", "a/b", true},
        {"a/**/d", "a/d", true},
        {"a/**/d", "a/b/c/d", true},
        {"a/**/d", "a/b/c/de", false},
        {"a/**/b/**/c", "a/b/c", true},
        {"a/**/b/**/c", "a/x/b/y/b/c", true},
        {"a/**/b/**/c", "a/c/b", false},
        {"**/a/b", "a/a/b", true},
        {"**/a/**/b", "x/a/a/y/b", true},
        {"a/b", "a", false},
        {"a", "a/b", false},
        {"*/b", "a/b", true},
        {"a/*", "a/b/c", false},
        {"a//b", "a/b", false},
        {"a/", "a", false},
        {"/a", "a", false},
        {"**/**/a", "a", true},
        {"2023/**/*.md", "2023/a.md", true},
    };
    (void)state;
    CHECK(examples);
}

static void test_what_is_a_pattern(void **state)
{
    (void)state;
    assert_true(cs_glob_is_pattern("*.md"));
    assert_true(cs_glob_is_pattern("a?"));
    assert_true(cs_glob_is_pattern("[a]"));
    assert_true(cs_glob_is_pattern("a\\b"));
    assert_false(cs_glob_is_pattern("2023/a-b (1).md"));
    assert_false(cs_glob_is_pattern(""));
}

/* Fills `text` with `count` times `part`, then `end`. */
static void repeat(char *text, const char *part, size_t count, const char *end)
{
    for (size_t i = 0; i < count; i++)
        text = stpcpy(text, part);
    strcpy(text, end);
}

/* Each of these takes longer than the age of the universe when stars are tried
 * in all combinations. */
static void test_stars_take_bounded_time(void **state)
{
    static char pattern[8192], path[8192];
    clock_t start = clock();

    (void)state;
    repeat(pattern, "**/a/", 500, "b");
    repeat(path, "a/", 2000, "c");
    assert_false(cs_glob_match(pattern, path));
    repeat(pattern, "*a", 1000, "b");
    repeat(path, "a", 4000, "");
    assert_false(cs_glob_match(pattern, path));
    repeat(pattern, "**/*a*a*a/", 100, "b");
    repeat(path, "aaaaaaaa/", 400, "c");
    assert_false(cs_glob_match(pattern, path));
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5.0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_within_a_component),
        cmocka_unit_test(test_brackets),
        cmocka_unit_test(test_characters_and_any_bytes),
        cmocka_unit_test(test_components),
        cmocka_unit_test(test_what_is_a_pattern),
        cmocka_unit_test(test_stars_take_bounded_time),
    };
    return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
