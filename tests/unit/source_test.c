/* source_test.c - tests of indexer/source.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>

#include "scratch.h"
#include "source.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define FFFD "\xEF\xBF\xBD"

/* ---- decoding ---------------------------------------------------------------------- */

static void test_text(void **state)
{
    static const struct {
        cs_view bytes, text;
        size_t lines;
    } examples[] = {
        {BYTES(""), BYTES(""), 1},
        {BYTES("a"), BYTES("a"), 1},
        {BYTES("a\n"), BYTES("a\n"), 2},
        {BYTES("a\r\nb\r\n"), BYTES("a\r\nb\r\n"), 3},
        {BYTES("a\rb\r"), BYTES("a\rb\r"), 3},
        {BYTES("a\n\rb"), BYTES("a\n\rb"), 3},
        {BYTES("\xEF\xBB\xBF"), BYTES(""), 1},
        {BYTES("\xEF\xBB\xBF# a"), BYTES("# a"), 1},
        {BYTES("caf\xC3\xA9"), BYTES("caf\xC3\xA9"), 1},
        {BYTES("caf\xE9 x"), BYTES("caf" FFFD " x"), 1},
        {BYTES("\xFF\xFF"), BYTES(FFFD FFFD), 1},
        {BYTES("a\xE2\x82"), BYTES("a" FFFD), 1},
        {BYTES("a\xED\xA0\x80"), BYTES("a" FFFD FFFD FFFD), 1},
        {BYTES(FFFD), BYTES(FFFD), 1},
        {BYTES("\xFF\xFE"), BYTES(""), 1},
        {BYTES("\xFF\xFE"
               "a\0\xE9\0"),
         BYTES("a\xC3\xA9"), 1},
        {BYTES("\xFE\xFF\0a\0\r\0\n\0b"), BYTES("a\r\nb"), 2},
        {BYTES("\xFF\xFE\x3D\xD8\x00\xDE"), BYTES("\xF0\x9F\x98\x80"), 1},
        {BYTES("\xFF\xFE\x3D\xD8"
               "a\0"),
         BYTES(FFFD "a"), 1},
        {BYTES("\xFF\xFE\x00\xDE"), BYTES(FFFD), 1},
        {BYTES("\xFF\xFE"
               "a\0b"),
         BYTES("a"), 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_source) source = {0};
        assert_int_equal(cs_source_decode(examples[i].bytes, &source, NULL), CS_OK);
        if (!cs_view_equal(cs_buf_view(&source.text), examples[i].text))
            fail_msg("example %zu: \"%s\"", i, source.text.data);
        if (source.lines.count != examples[i].lines)
            fail_msg("example %zu: %zu lines", i, source.lines.count);
    }
}

static void test_places_on_disk(void **state)
{
    static const struct {
        cs_view bytes;
        uint32_t at, disk;
    } examples[] = {
        {BYTES("abc"), 2, 2},
        {BYTES("abc"), 3, 3},
        {BYTES("\xEF\xBB\xBF"
               "abc"),
         0, 3},
        {BYTES("\xEF\xBB\xBF"
               "abc"),
         3, 6},
        {BYTES("a\xFF"
               "b"),
         1, 1},
        {BYTES("a\xFF"
               "b"),
         2, 1}, /* inside U+FFFD */
        {BYTES("a\xFF"
               "b"),
         4, 2},
        {BYTES("a\xFF"
               "b"),
         5, 3},
        {BYTES("\xEF\xBB\xBF"
               "a\xFF"
               "b"),
         4, 5},
        {BYTES("\xFF\xFE"
               "a\0\xE9\0b\0"),
         0, 2},
        {BYTES("\xFF\xFE"
               "a\0\xE9\0b\0"),
         3, 6},
        {BYTES("\xFF\xFE\x3D\xD8\x00\xDE"
               "a\0"),
         4, 6},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_source) source = {0};
        assert_int_equal(cs_source_decode(examples[i].bytes, &source, NULL), CS_OK);
        uint32_t disk = cs_source_disk(&source, examples[i].at);
        if (disk != examples[i].disk)
            fail_msg("example %zu: %u", i, disk);
    }
}

/* Far from the start of a line too, and between the steps that are kept. */
static void test_long_utf16_line(void **state)
{
    CS_SCOPED(cs_buf) bytes = {.limit = 1 << 20};
    CS_SCOPED(cs_source) source = {0};
    (void)state;
    cs_buf_add(&bytes, "\xFF\xFE", 2);
    for (int i = 0; i < 3000; i++)
        cs_buf_add(&bytes, i % 3 == 0 ? "\xE9\0" : i % 3 == 1 ? "a\0" : "\xE5\x65", 2);
    assert_int_equal(cs_source_decode(cs_buf_view(&bytes), &source, NULL), CS_OK);
    uint32_t at = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        assert_int_equal(cs_source_disk(&source, at), 2 + 2 * i);
        at += i % 3 == 0 ? 2 : i % 3 == 1 ? 1 : 3;
    }
    assert_int_equal(source.text.len, at);
    assert_int_equal(cs_source_disk(&source, at), 2 + 2 * 3000);
}

static void test_lines(void **state)
{
    CS_SCOPED(cs_source) source = {0};
    uint32_t start, end;
    (void)state;
    assert_int_equal(cs_source_decode(cs_view_of("one\r\ntwo\rthree\n\nlast"), &source, NULL),
                     CS_OK);
    static const uint32_t starts[] = {0, 5, 9, 15, 16}, ends[] = {3, 8, 14, 15, 20};
    assert_int_equal(source.lines.count, 5);
    for (uint32_t line = 0; line < 5; line++) {
        cs_source_line_range(&source, line, &start, &end);
        assert_int_equal(start, starts[line]);
        assert_int_equal(end, ends[line]);
        assert_int_equal(cs_source_line(&source, start), line);
        assert_int_equal(cs_source_line(&source, end), line);
    }
    assert_int_equal(cs_source_line(&source, 4), 0); /* between CR and LF */
}

static void test_binary(void **state)
{
    static const struct {
        cs_view bytes;
        bool binary;
    } examples[] = {
        {BYTES(""), false},
        {BYTES("text"), false},
        {BYTES("\x89PNG\r\n\x1A\n\0"), true},
        {BYTES("PK\x03\x04 a .docx named .md"), true},
        {BYTES("PK\x03 is not"), false},
        {BYTES("%PDF-1.7"), true},
        {BYTES("a\0b"), true},
        {BYTES("\xFF\xFE"
               "a\0"),
         false},
        {BYTES("\xFE\xFF\0a"), false},
    };
    static char late[cs_binary_probe + 1];
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        if (cs_source_is_binary(examples[i].bytes) != examples[i].binary)
            fail_msg("example %zu", i);
    memset(late, 'a', cs_binary_probe);
    assert_false(cs_source_is_binary((cs_view){late, sizeof late}));
    late[cs_binary_probe - 1] = '\0';
    assert_true(cs_source_is_binary((cs_view){late, sizeof late}));
}

/* ---- reading ----------------------------------------------------------------------- */

static cs_status read_scratch(const char *name, bool follow, uint64_t max_size, cs_buf *out)
{
    const char *why = NULL;
    cs_stamp stamp;
    cs_status status =
        cs_read_file(AT_FDCWD, scratch_path(name), follow, max_size, out, &stamp, &why);
    assert_true((status == CS_OK) == (why == NULL));
    return status;
}

static void test_reading(void **state)
{
    CS_SCOPED(cs_buf) out = {0};
    (void)state;
    scratch_bytes("a.md", "ab\0c", 4);
    assert_int_equal(read_scratch("a.md", false, 4, &out), CS_OK);
    assert_int_equal(out.len, 4);
    assert_memory_equal(out.data, "ab\0c", 4);
    assert_int_equal(read_scratch("a.md", false, 3, &out), CS_LIMIT);
    assert_int_equal(read_scratch("none.md", false, 4, &out), CS_GONE);
    assert_int_equal(read_scratch("a.md/b", false, 4, &out), CS_GONE);
    scratch_file("empty.md", "");
    assert_int_equal(read_scratch("empty.md", false, 4, &out), CS_OK);
    assert_int_equal(out.len, 0);
}

static void test_only_regular_files(void **state)
{
    CS_SCOPED(cs_buf) out = {0};
    (void)state;
    scratch_file("target.md", "text");
    scratch_folder("folder.md");
    scratch_must(mkfifo(scratch_path("fifo.md"), 0600) == 0, "fifo");
    scratch_must(symlink("target.md", scratch_path("link.md")) == 0, "link");
    scratch_must(symlink("fifo.md", scratch_path("to-fifo.md")) == 0, "link");
    assert_int_equal(read_scratch("folder.md", false, 100, &out), CS_GONE);
    assert_int_equal(read_scratch("fifo.md", false, 100, &out), CS_GONE); /* at once */
    assert_int_equal(read_scratch("to-fifo.md", true, 100, &out), CS_GONE);
    assert_int_equal(read_scratch("link.md", false, 100, &out), CS_GONE);
    assert_int_equal(read_scratch("link.md", true, 100, &out), CS_OK);
}

static void test_lines_beyond_the_limit(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 24};
    (void)state;
    for (int extra = 0; extra < 3; extra++) {
        CS_SCOPED(cs_source) source = {0};
        cs_buf_clear(&text);
        for (int i = 0; i < cs_max_lines; i++)
            cs_buf_add_string(&text, i + 1 < cs_max_lines ? "a\r\n" : "a");
        cs_buf_add(&text, "\r\nb", (size_t)extra + (extra > 0));
        assert_int_equal(cs_source_decode(cs_buf_view(&text), &source, NULL), CS_OK);
        assert_int_equal(source.lines.count, cs_max_lines);
        assert_int_equal(source.cut, extra == 2);
        assert_int_equal(source.text.len, cs_max_lines * 3 - (extra == 0 ? 2 : 0));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_places_on_disk),
        cmocka_unit_test(test_long_utf16_line),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_beyond_the_limit),
        cmocka_unit_test(test_binary),
        cmocka_unit_test_setup_teardown(test_reading, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_only_regular_files, scratch_make, scratch_remove),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
