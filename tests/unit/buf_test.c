/* buf_test.c - tests of lib/buf.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void test_views(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } examples[] = {
        {"", "", 0}, {"", "a", -1}, {"a", "ab", -1}, {"ab", "b", -1}, {"a", "a", 0}, {"z", "é", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_view a = cs_view_of(examples[i].a), b = cs_view_of(examples[i].b);
        int order = cs_view_compare(a, b), back = cs_view_compare(b, a);
        assert_int_equal((order > 0) - (order < 0), examples[i].order);
        assert_int_equal((back > 0) - (back < 0), -examples[i].order);
        assert_int_equal(cs_view_equal(a, b), examples[i].order == 0);
    }
    assert_true(cs_view_equal((cs_view){0}, cs_view_of("")));
    assert_int_equal(cs_view_compare((cs_view){0}, (cs_view){0}), 0);
    assert_false(cs_view_equal((cs_view){"a\0b", 3}, (cs_view){"a\0c", 3}));
}

/* In this order; in folders, what is in one before what is in one of a longer name. */
static void test_paths(void **state)
{
    static const char *const paths[] = {"",      "a",    "a/b", "a/b/c", "a/b-c",   "a!/b",
                                        "a-b/a", "a.md", "aa",  "b",     "\xC3\xA4"};
    enum { count = sizeof paths / sizeof *paths };

    (void)state;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < count; k++) {
            int order = cs_path_compare(cs_view_of(paths[i]), cs_view_of(paths[k]));
            if ((order > 0) - (order < 0) != (i > k) - (i < k))
                fail_msg("\"%s\" and \"%s\": %d", paths[i], paths[k], order);
        }
}

static void test_adding(void **state)
{
    CS_SCOPED(cs_buf) buf;

    (void)state;
    cs_buf_init(&buf, 1000);
    assert_null(buf.data);
    assert_int_equal(cs_buf_view(&buf).len, 0);
    cs_buf_add(&buf, "ab\0c", 4);
    cs_buf_add_view(&buf, cs_view_of("de"));
    cs_buf_add_string(&buf, "f");
    cs_buf_add_char(&buf, 'g');
    cs_buf_addf(&buf, "%03d|%s", 7, "h");
    cs_buf_add(&buf, NULL, 0);
    assert_int_equal(cs_buf_status(&buf), CS_OK);
    assert_int_equal(buf.len, 13);
    assert_memory_equal(buf.data, "ab\0cdefg007|h", 14);
    cs_buf_truncate(&buf, 100);
    assert_int_equal(buf.len, 13);
    cs_buf_truncate(&buf, 2);
    assert_string_equal(buf.data, "ab");
    cs_buf_clear(&buf);
    assert_string_equal(buf.data, "");
}

static void test_grows_to_its_limit_exactly(void **state)
{
    CS_SCOPED(cs_buf) buf;

    (void)state;
    cs_buf_init(&buf, 5000);
    for (size_t i = 0; i < 5000; i++) {
        cs_buf_add_char(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.len, i + 1);
        assert_int_equal(buf.data[i + 1], '\0');
    }
    assert_int_equal(cs_buf_status(&buf), CS_OK);
    cs_buf_add(&buf, "", 0);
    assert_int_equal(cs_buf_status(&buf), CS_OK);
    cs_buf_add_char(&buf, 'x');
    assert_int_equal(cs_buf_status(&buf), CS_LIMIT);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
}

static void test_a_failure_sticks(void **state)
{
    CS_SCOPED(cs_buf) buf;

    (void)state;
    cs_buf_init(&buf, 4);
    cs_buf_add_string(&buf, "ab");
    cs_buf_addf(&buf, "%s", "cde");
    assert_int_equal(cs_buf_status(&buf), CS_LIMIT);
    cs_buf_add_char(&buf, 'c');
    cs_buf_add_varint(&buf, 1);
    cs_buf_add_u32(&buf, 1);
    cs_buf_addf(&buf, "%s", "");
    assert_string_equal(buf.data, "ab");
    assert_int_equal(cs_buf_status(&buf), CS_LIMIT);
    cs_buf_clear(&buf);
    cs_buf_add_string(&buf, "abcd");
    assert_int_equal(cs_buf_status(&buf), CS_OK);
    cs_buf_add(&buf, "x", SIZE_MAX);
    assert_int_equal(cs_buf_status(&buf), CS_LIMIT);
    assert_string_equal(buf.data, "abcd");
}

static void test_release(void **state)
{
    cs_buf zeroed = {0}, buf;

    (void)state;
    cs_buf_release(&zeroed);
    cs_buf_init(&buf, 3);
    cs_buf_add_string(&buf, "abcd");
    cs_buf_release(&buf);
    assert_int_equal(cs_buf_status(&buf), CS_OK);
    assert_int_equal(buf.limit, 3);
    cs_buf_add_string(&buf, "abc");
    assert_int_equal(cs_buf_status(&buf), CS_OK);
    cs_buf_release(&buf);
    assert_null(buf.data);
}

static void test_encoding_of_numbers(void **state)
{
    CS_SCOPED(cs_buf) buf = {.limit = 100};

    (void)state;
    cs_buf_add_varint(&buf, 300);
    assert_memory_equal(buf.data, "\xAC\x02", 2);
    cs_buf_clear(&buf);
    cs_buf_add_svarint(&buf, -1);
    cs_buf_add_svarint(&buf, 1);
    assert_memory_equal(buf.data, "\x01\x02", 2);
    cs_buf_clear(&buf);
    cs_buf_add_u32(&buf, 0x01020384);
    cs_buf_add_u64(&buf, 0x0102030405060788);
    assert_memory_equal(buf.data, "\x84\x03\x02\x01\x88\x07\x06\x05\x04\x03\x02\x01", 12);
    cs_buf_clear(&buf);
    cs_buf_add_sized(&buf, cs_view_of("abc"));
    assert_memory_equal(buf.data, "\3abc", 4);
}

/* The numbers next to each power of two, where the encoding grows. */
static void test_numbers_round_trip(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (uint64_t near = 0; near < 3; near++) {
            uint64_t value = ((uint64_t)1 << bit) + near - 1;
            CS_SCOPED(cs_buf) buf = {.limit = 100};
            cs_reader in;
            cs_buf_add_varint(&buf, value);
            size_t bits = 1;
            while (bits < 64 && value >> bits != 0)
                bits++;
            assert_int_equal(buf.len, (bits + 6) / 7);
            cs_buf_add_svarint(&buf, (int64_t)value);
            cs_buf_add_svarint(&buf, (int64_t)(0 - value));
            cs_buf_add_u32(&buf, (uint32_t)value);
            cs_buf_add_u64(&buf, value);
            cs_reader_init(&in, cs_buf_view(&buf));
            assert_true(cs_read_varint(&in) == value);
            assert_true(cs_read_svarint(&in) == (int64_t)value);
            assert_true(cs_read_svarint(&in) == (int64_t)(0 - value));
            assert_int_equal(cs_read_u32(&in), (uint32_t)value);
            assert_true(cs_read_u64(&in) == value);
            assert_false(in.failed);
            assert_ptr_equal(in.at, in.end);
        }
    }
}

static void test_varint_that_does_not_fit(void **state)
{
    static const struct {
        cs_view bytes;
        uint64_t value;
        bool failed;
    } examples[] = {
        {{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10}, UINT64_MAX, false},
        {{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10}, 0, true},
        {{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 10}, 0, true},
        {{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11}, 0, true},
        {{"\x80", 1}, 0, true},
        {{"", 0}, 0, true},
        {{NULL, 0}, 0, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_reader in;
        cs_reader_init(&in, examples[i].bytes);
        uint64_t value = cs_read_varint(&in);
        if (value != examples[i].value || in.failed != examples[i].failed)
            fail_msg("example %zu: %llu, %s", i, (unsigned long long)value,
                     in.failed ? "failed" : "read");
    }
}

static void test_narrow_numbers_and_counts(void **state)
{
    CS_SCOPED(cs_buf) buf = {.limit = 100};
    cs_reader in;

    (void)state;
    cs_buf_add_varint(&buf, UINT32_MAX);
    cs_reader_init(&in, cs_buf_view(&buf));
    assert_int_equal(cs_read_varint32(&in), UINT32_MAX);
    assert_false(in.failed);
    cs_buf_clear(&buf);
    cs_buf_add_varint(&buf, (uint64_t)UINT32_MAX + 1);
    cs_reader_init(&in, cs_buf_view(&buf));
    assert_int_equal(cs_read_varint32(&in), 0);
    assert_true(in.failed);
    cs_reader_init(&in, (cs_view){"\2ab", 3});
    assert_int_equal(cs_read_count(&in), 2);
    assert_false(in.failed);
    cs_reader_init(&in, (cs_view){"\3ab", 3});
    assert_int_equal(cs_read_count(&in), 0);
    assert_true(in.failed);
}

static void test_bytes_past_the_end(void **state)
{
    cs_reader in;

    (void)state;
    cs_reader_init(&in, cs_view_of("abc"));
    assert_true(cs_view_equal(cs_read_bytes(&in, 2), cs_view_of("ab")));
    assert_int_equal(cs_read_bytes(&in, 2).len, 0);
    assert_true(in.failed);
    assert_int_equal(cs_read_bytes(&in, 1).len, 0); /* the rest is not read by mistake */
    cs_reader_init(&in, cs_view_of("\5abc"));
    assert_int_equal(cs_read_sized(&in).len, 0);
    assert_true(in.failed);
    cs_reader_init(&in, (cs_view){0});
    assert_int_equal(cs_read_sized(&in).len, 0);
    assert_int_equal(cs_read_u64(&in), 0);
    assert_true(in.failed);
}

/* One of each; what is cut off fails, whatever byte it is cut at. */
static void test_every_truncation_fails(void **state)
{
    CS_SCOPED(cs_buf) buf = {.limit = 100};

    (void)state;
    cs_buf_add_varint(&buf, 70000);
    cs_buf_add_svarint(&buf, -70000);
    cs_buf_add_u32(&buf, 1);
    cs_buf_add_sized(&buf, cs_view_of("some text"));
    cs_buf_add_varint(&buf, 70000);
    cs_buf_add_u64(&buf, 1);
    for (size_t len = 0; len <= buf.len; len++) {
        char *exact = malloc(len + 1); /* so that the sanitizer sees a read too far */
        assert_non_null(exact);
        char *end = exact + 1;
        memcpy(end, buf.data, len);
        cs_reader in;
        cs_reader_init(&in, (cs_view){end, len});
        cs_read_varint(&in);
        cs_read_svarint(&in);
        cs_read_u32(&in);
        cs_read_sized(&in);
        cs_read_varint32(&in);
        cs_read_u64(&in);
        assert_int_equal(in.failed, len < buf.len);
        assert_true(in.at <= in.end);
        free(exact);
    }
}

static void test_growing_arrays(void **state)
{
    struct {
        uint64_t *items;
        size_t count, cap;
    } array = {0};

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        uint64_t *item = CS_PUSH(&array);
        assert_non_null(item);
        assert_ptr_equal(item, &array.items[i]);
        assert_true(*item == 0);
        *item = i;
    }
    assert_int_equal(array.count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(array.items[i], i);
    size_t cap = SIZE_MAX / 16 + 1; /* twice as many would be 0 bytes */
    assert_null(cs_grow(array.items, cap, &cap, 8));
    assert_int_equal(cap, SIZE_MAX / 16 + 1);
    free(array.items);
}

static void test_copying(void **state)
{
    (void)state;
    char *copy = cs_copy_string((cs_view){"abcd", 3});
    assert_string_equal(copy, "abc");
    free(copy);
    copy = cs_copy_string((cs_view){0});
    assert_string_equal(copy, "");
    free(copy);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_grows_to_its_limit_exactly),
        cmocka_unit_test(test_a_failure_sticks),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_encoding_of_numbers),
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_varint_that_does_not_fit),
        cmocka_unit_test(test_narrow_numbers_and_counts),
        cmocka_unit_test(test_bytes_past_the_end),
        cmocka_unit_test(test_every_truncation_fails),
        cmocka_unit_test(test_growing_arrays),
        cmocka_unit_test(test_copying),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
