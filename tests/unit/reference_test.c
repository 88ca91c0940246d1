/* reference_test.c - tests of search/reference.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../search/reference.h"

static cs_reference read(const char *text)
{
    cs_reference reference;
    cs_error error = {0};
    if (cs_reference_read(text, &reference, &error) != CS_OK)
        fail_msg("%s: %s", text, error.message);
    return reference;
}

static void test_kinds(void **state)
{
    static const struct {
        const char *text;
        cs_reference_kind kind;
        const char *path;
        uint32_t first, last;
    } examples[] = {
        {"a.md", CS_REFERENCE_STUDY, "a.md", 0, 0},
        {"a.md:9", CS_REFERENCE_LINE, "a.md", 9, 9},
        {"a.md:9-20", CS_REFERENCE_LINES, "a.md", 9, 20},
        {"a.md:9-9", CS_REFERENCE_LINES, "a.md", 9, 9},
        {"a.md:9:12", CS_REFERENCE_LINE, "a.md", 9, 9},
        {"a.md:9:12:Title: text 3:4", CS_REFERENCE_LINE, "a.md", 9, 9},
        {"a:b.md:9", CS_REFERENCE_LINE, "a:b.md", 9, 9},
        {"a:b.md", CS_REFERENCE_STUDY, "a:b.md", 0, 0},
        {"a.md:", CS_REFERENCE_STUDY, "a.md:", 0, 0},
        {"a.md:9x", CS_REFERENCE_STUDY, "a.md:9x", 0, 0},
        {"a.md:9-", CS_REFERENCE_STUDY, "a.md:9-", 0, 0},
        {"a.md:9999999999", CS_REFERENCE_STUDY, "a.md:9999999999", 0, 0},
        {"./12", CS_REFERENCE_STUDY, "./12", 0, 0},
        {"0123456789ABCDEF", CS_REFERENCE_STUDY, "0123456789ABCDEF", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_reference r = read(examples[i].text);
        bool lines = r.kind == CS_REFERENCE_LINE || r.kind == CS_REFERENCE_LINES;
        if (r.kind != examples[i].kind || !cs_view_equal(r.path, cs_view_of(examples[i].path)) ||
            (lines && (r.first != examples[i].first || r.last != examples[i].last)))
            fail_msg("%s", examples[i].text);
    }
}

static void test_ids_and_hits(void **state)
{
    (void)state;
    cs_reference r = read("00000001ffffffff");
    assert_int_equal(r.kind, CS_REFERENCE_ID);
    assert_int_equal(r.id.path, 1);
    assert_int_equal(r.id.passage, UINT32_MAX);
    assert_int_equal(read("1234567890123456").kind, CS_REFERENCE_ID);
    r = read("12");
    assert_int_equal(r.kind, CS_REFERENCE_HIT);
    assert_int_equal(r.hit, 12);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    cs_error error = {0};
    cs_reference r = {.hit = 7};
    assert_int_equal(cs_reference_read("", &r, &error), CS_USAGE);
    assert_int_equal(cs_reference_read(":9", &r, &error), CS_USAGE);
    assert_int_equal(cs_reference_read(":9-12", &r, &error), CS_USAGE);
    assert_int_equal(cs_reference_read("a.md:9-8", &r, &error), CS_USAGE);
    assert_int_equal(r.hit, 7); /* untouched */
}

static void test_an_id_and_back(void **state)
{
    (void)state;
    cs_id id = {0}, again = {0}, moved = {0};
    char text[cs_id_size];
    const cs_view trail[] = {cs_view_of("Title"), cs_view_of("Section")};
    assert_true(cs_result_id(cs_view_of("a.md"), trail, 2, cs_view_of("Text."), &id));
    cs_result_write_id(id, text);
    assert_true(cs_result_read_id(text, &again));
    assert_memory_equal(&id, &again, sizeof id);
    assert_int_equal(id.path, cs_result_path_id(cs_view_of("a.md")));
    assert_true(cs_result_id(cs_view_of("b.md"), trail, 2, cs_view_of("Text."), &moved));
    assert_int_not_equal(id.path, moved.path);
    assert_int_equal(id.passage, moved.passage);
    assert_true(cs_result_id(cs_view_of("a.md"), trail, 1, cs_view_of("Text."), &moved));
    assert_int_not_equal(id.passage, moved.passage);
    assert_false(cs_result_read_id("0123456789abcde", &again));
    assert_false(cs_result_read_id("0123456789abcdeg", &again));
    assert_false(cs_result_read_id("0123456789abcdef0", &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_ids_and_hits),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_an_id_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
