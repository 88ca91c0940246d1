/* visible_test.c - tests of indexer/visible.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "visible.h"

typedef struct both {
    cs_source source;
    cs_visible visible;
} both;

static void make(both *b, const char *bytes, size_t len)
{
    *b = (both){0};
    assert_int_equal(cs_source_decode((cs_view){bytes, len}, &b->source, NULL), CS_OK);
    cs_visible_init(&b->visible, &b->source);
}
#define MAKE(b, literal) make(b, literal, sizeof(literal) - 1)

static void release(both *b)
{
    cs_visible_release(&b->visible);
    cs_source_release(&b->source);
}

/* Spans as "KIND text+length disk+length line:column" lines. */
static void check(const both *b, const char *text, const char *spans)
{
    char found[1000] = "";
    size_t used = 0;
    for (size_t i = 0; i < b->visible.spans.count; i++) {
        const cs_span *s = &b->visible.spans.items[i];
        used += (size_t)snprintf(found + used, sizeof found - used, "%c %u+%u %u+%u %u:%u\n",
                                 "CUWN"[s->kind], s -> text, s -> length, s -> source,
                                 s -> source_length, s -> line, s -> column);
    }
    assert_string_equal(b->visible.text.data, text);
    assert_string_equal(found, spans);
    assert_int_equal(cs_visible_length(&b->visible), strlen(text));
}

static void test_copies_join(void **state)
{
    both b;
    (void)state;
    MAKE(&b, "one two\nthree");
    cs_visible_copy(&b.visible, 0, 3);
    cs_visible_copy(&b.visible, 3, 7);
    cs_visible_copy(&b.visible, 8, 13);
    check(&b, "one twothree", "C 0+7 0+7 1:1\nC 7+5 8+5 2:1\n");
    release(&b);
}

static void test_replace_and_insert(void **state)
{
    both b;
    (void)state;
    MAKE(&b, "a &amp; b");
    cs_visible_copy(&b.visible, 0, 2);
    cs_visible_replace(&b.visible, cs_view_of("&"), 2, 7);
    cs_visible_copy(&b.visible, 7, 9);
    cs_visible_insert(&b.visible, cs_view_of("\n"), 9);
    cs_visible_insert(&b.visible, cs_view_of(""), 9);
    check(&b, "a & b\n", "C 0+2 0+2 1:1\nW 2+1 2+5 1:3\nC 3+2 7+2 1:8\nN 5+1 9+0 1:10\n");
    release(&b);
}

static void test_mark_and_invalid_bytes(void **state)
{
    both b;
    (void)state;
    MAKE(&b, "\xEF\xBB\xBF"
             "a\xFF"
             "b\nc");
    cs_visible_copy(&b.visible, 0, 5);
    cs_visible_copy(&b.visible, 6, 7);
    check(&b,
          "a\xEF\xBF\xBD"
          "bc",
          "C 0+1 3+1 1:1\nW 1+3 4+1 1:2\nC 4+1 5+1 1:3\nC 5+1 7+1 2:1\n");
    release(&b);
}

static void test_utf16(void **state)
{
    both b;
    (void)state;
    MAKE(&b, "\xFF\xFE"
             "a\0\n\0\xE9\0\x3D\xD8\x00\xDE"
             "c\0 \0");
    cs_visible_copy(&b.visible, 0, 1);
    cs_visible_copy(&b.visible, 2, 10);
    check(&b,
          "a\xC3\xA9\xF0\x9F\x98\x80"
          "c ",
          "U 0+1 2+2 1:1\nU 1+8 6+10 2:1\n");
    cs_visible_trim(&b.visible, 0);
    check(&b,
          "a\xC3\xA9\xF0\x9F\x98\x80"
          "c",
          "U 0+1 2+2 1:1\nU 1+7 6+8 2:1\n");
    cs_visible_truncate(&b.visible, 3);
    check(&b, "a\xC3\xA9", "U 0+1 2+2 1:1\nU 1+2 6+2 2:1\n");
    release(&b);
}

/* A place within a span is found by counting, so none is long. */
static void test_long_utf16_spans_are_cut(void **state)
{
    CS_SCOPED(cs_buf) bytes = {.limit = 1 << 16};
    both b;
    (void)state;
    cs_buf_add(&bytes, "\xFF\xFE", 2);
    for (int i = 0; i < 5000; i++)
        cs_buf_add(&bytes, "\xE5\x65", 2);
    make(&b, bytes.data, bytes.len);
    cs_visible_copy(&b.visible, 0, 15000);
    uint32_t text = 0, disk = 2;
    assert_true(b.visible.spans.count > 5);
    for (size_t i = 0; i < b.visible.spans.count; i++) {
        const cs_span *s = &b.visible.spans.items[i];
        assert_int_equal(s->text, text);
        assert_int_equal(s->source, disk);
        assert_int_equal(s->length % 3, 0);
        assert_int_equal(s->length / 3 * 2, s->source_length);
        text += s->length;
        disk += s->source_length;
    }
    assert_int_equal(text, 15000);
    release(&b);
}

static void test_trim_and_truncate(void **state)
{
    both b;
    (void)state;
    MAKE(&b, "one  two");
    cs_visible_copy(&b.visible, 0, 5);
    cs_visible_insert(&b.visible, cs_view_of("\n"), 5);
    cs_visible_trim(&b.visible, 0);
    check(&b, "one", "C 0+3 0+3 1:1\n");
    cs_visible_insert(&b.visible, cs_view_of("  "), 3);
    cs_visible_trim(&b.visible, 4);
    check(&b, "one ", "C 0+3 0+3 1:1\nN 3+1 3+0 1:4\n");
    cs_visible_truncate(&b.visible, 2);
    check(&b, "on", "C 0+2 0+2 1:1\n");
    cs_visible_copy(&b.visible, 2, 8); /* goes on where the cut was */
    check(&b, "one  two", "C 0+8 0+8 1:1\n");
    cs_visible_truncate(&b.visible, 0);
    check(&b, "", "");
    release(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_join),
        cmocka_unit_test(test_replace_and_insert),
        cmocka_unit_test(test_mark_and_invalid_bytes),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_long_utf16_spans_are_cut),
        cmocka_unit_test(test_trim_and_truncate),
    };
    return cmocka_run_group_tests_name("visible", tests, NULL, NULL);
}
