/* fresh_test.c - tests of search/fresh.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "fresh.h"
#include "library.h"

#define TEXT "# T\n\nAlpha *came* first.\nThe valuation &amp; more.\n\n## Two\n\nOther words.\n"

typedef struct checked {
    cs_freshness freshness;
    bool gone;
    cs_position place; /* of the match */
} checked;

static bool same_stamp, racy; /* after the change the index has the new stamp */

/* Indexes a.md, lets `change` do what it likes, and looks again at the passage
 * that has "valuation" in it. */
static checked look_after(const void *bytes, size_t len, void (*change)(void))
{
    cs_collection c;
    CS_SCOPED(answer) a = {0};
    CS_SCOPED(cs_context) context = {0};
    checked result = {.gone = true};
    cs_error error = {0};

    scratch_bytes(library_name("a.md"), bytes, len);
    library_update();
    library_open(&c);
    library_ask(&c, "valuation", false, NULL, &a);
    assert_int_equal(a.hits.count, 1);
    assert_int_equal(cs_context_make(&c, &a.plan, &a.hits.items[0], NULL, &context, &error), CS_OK);
    change();
    if (same_stamp) {
        struct stat st;
        assert_int_equal(stat(scratch_path(library_name("a.md")), &st), 0);
        context.file.stamp = cs_stamp_of(&st);
        context.file.racy = racy;
    }
    CS_SCOPED(cs_fresh) fresh = {0};
    assert_int_equal(cs_fresh_check(&fresh, &context, &result.gone, &error), CS_OK);
    result.freshness = context.freshness;
    result.place = cs_context_place(&context);
    cs_collection_release(&c);
    return result;
}

static checked look(void (*change)(void))
{
    return look_after(TEXT, sizeof TEXT - 1, change);
}

static const char *new_text;

static void rewrite(void)
{
    library_write("a.md", new_text);
}

/* After the file became `text`. */
static checked look_at(const char *text)
{
    new_text = text;
    return look(rewrite);
}

static void nothing(void)
{
}

static void touch(void)
{
    scratch_must(utimensat(AT_FDCWD, scratch_path(library_name("a.md")), NULL, 0) == 0, "touch");
}

static void test_unchanged(void **state)
{
    (void)state;
    checked r = look(nothing);
    assert_false(r.gone);
    assert_int_equal(r.freshness, CS_FRESH);
    assert_int_equal(r.place.line, 4);
    assert_int_equal(r.place.start, 29);
}

static void test_touched_is_as_it_was(void **state)
{
    (void)state;
    checked r = look(touch);
    assert_false(r.gone);
    assert_int_equal(r.freshness, CS_FRESH);
    assert_int_equal(r.place.line, 4);
}

/* Its characters are not bytes of the file, yet it is the same file. */
static void test_touched_utf16(void **state)
{
    static const char text[] = "The valuation.";
    char bytes[2 + 2 * (sizeof text - 1)] = {(char)0xFF, (char)0xFE};

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++)
        bytes[2 + 2 * i] = text[i];
    checked r = look_after(bytes, sizeof bytes, touch);
    assert_int_equal(r.freshness, CS_FRESH);
    assert_int_equal(r.place.line, 1);
}

static void test_moved_by_lines_above(void **state)
{
    (void)state;
    checked r = look_at("# New\n\nMore.\n\n" TEXT);
    assert_int_equal(r.freshness, CS_MOVED);
    assert_int_equal(r.place.line, 8);
    assert_int_equal(r.place.column, 5);
    assert_int_equal(r.place.start, 29 + 14);
    assert_int_equal(r.place.end, 29 + 14 + 9);
}

static void test_moved_up(void **state)
{
    (void)state;
    checked r = look_at(&TEXT[5]);
    assert_int_equal(r.freshness, CS_MOVED);
    assert_int_equal(r.place.line, 2);
    assert_int_equal(r.place.start, 24);
}

static void test_changed_below(void **state)
{
    (void)state;
    checked r = look_at(TEXT "\n## Three\n\nMore.\n");
    assert_int_equal(r.freshness, CS_MOVED);
    assert_int_equal(r.place.line, 4);
    assert_int_equal(r.place.start, 29);
}

/* Of two copies the one nearest to the old place. */
static void test_copied(void **state)
{
    (void)state;
    checked r = look_at(TEXT "\n" TEXT);
    assert_int_equal(r.place.line, 4);
    r = look_at("# New\n\n" TEXT "\n" TEXT);
    assert_int_equal(r.freshness, CS_MOVED);
    assert_int_equal(r.place.line, 6);
}

static void test_lines_as_editors_count(void **state)
{
    (void)state;
    checked r = look_at("one\r\ntwo\rthree\n" TEXT);
    assert_int_equal(r.freshness, CS_MOVED);
    assert_int_equal(r.place.line, 7);
}

static void test_changed_inside(void **state)
{
    static const char *const texts[] = {
        "# T\n\nAlpha *came* first.\nThe valuations &amp; more.\n",
        "# T\n\nAlpha *came* twice.\nThe valuation &amp; more.\n",
        "# T\n\nAlpha *came* first.\n\nThe valuation &amp; more.\n",
        "# T\n\nAlpha *came* first.\nThe valuation &amp; less.\n",
        "",
        "x",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        checked r = look_at(texts[i]);
        assert_false(r.gone);
        if (r.freshness != CS_STALE)
            fail_msg("%s: %d", texts[i], r.freshness);
    }
}

static void remove_file(void)
{
    library_delete("a.md");
}

static void replace_by_folder(void)
{
    library_delete("a.md");
    scratch_folder(library_name("a.md"));
}

static void replace_by_fifo(void)
{
    library_delete("a.md");
    scratch_must(mkfifo(scratch_path(library_name("a.md")), 0600) == 0, "mkfifo");
}

static void remove_tree(void)
{
    library_delete("a.md");
    scratch_must(rmdir(scratch_path(LIBRARY_FOLDER)) == 0, "rmdir");
    scratch_file(LIBRARY_FOLDER, "no folder any more");
}

/* A stamp is believed, unless the file was indexed a moment after it was written. */
static void test_racy(void **state)
{
    (void)state;
    same_stamp = true;
    assert_int_equal(look_at("# T\n\nOther words.\n").freshness, CS_FRESH);
    racy = true;
    assert_int_equal(look_at("# T\n\nOther words.\n").freshness, CS_STALE);
    assert_int_equal(look(nothing).freshness, CS_FRESH);
    same_stamp = racy = false;
}

static void test_gone(void **state)
{
    (void)state;
    assert_true(look(remove_file).gone);
}

/* There is something of that name, but not that file. */
static void test_replaced_by_a_folder(void **state)
{
    (void)state;
    assert_true(look(replace_by_folder).gone);
}

static void test_replaced_by_a_fifo(void **state)
{
    (void)state;
    assert_true(look(replace_by_fifo).gone);
}

static void test_folder_above_is_gone(void **state)
{
    (void)state;
    assert_true(look(remove_tree).gone);
}

/* ---- many passages of one file ----------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    return *seed = *seed * 1664525u + 1013904223u, *seed >> 16;
}

/* Sections that often have the same text, some of them left out, doubled or with lines above
 * that were not there before. */
static void add_sections(cs_buf *text, uint32_t seed, bool changed)
{
    cs_buf_clear(text);
    for (uint32_t i = 0; i < 30; i++) {
        uint32_t kind = next_random(&seed) % 12, copies = 1;
        if (changed && kind == 0)
            cs_buf_add_string(text, "New words.\r\n\n");
        if (changed && kind == 1)
            copies = 0;
        if (changed && kind == 2)
            copies = 2;
        for (; copies > 0; copies--)
            cs_buf_addf(text, "## Part %u\n\nThe valuation %u%s.\n\n", i, i % 20,
                        changed && kind == 3 ? "!" : "");
    }
}

static void check_alone(const cs_collection *c, const answer *a, size_t i,
                        const cs_context *together)
{
    CS_SCOPED(cs_context) alone = {0};
    CS_SCOPED(cs_fresh) fresh = {0};
    bool gone;
    assert_int_equal(cs_context_make(c, &a->plan, &a->hits.items[i], NULL, &alone, NULL), CS_OK);
    assert_int_equal(cs_fresh_check(&fresh, &alone, &gone, NULL), CS_OK);
    assert_int_equal(together->freshness, alone.freshness);
    assert_int_equal(together->byte_shift, alone.byte_shift);
    assert_int_equal(together->line_shift, alone.line_shift);
}

/* What is known of a file from the passage before changes nothing but the time it takes. */
static void test_together_as_alone(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    size_t moved = 0, stale = 0;
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        cs_collection c;
        CS_SCOPED(answer) a = {0};
        CS_SCOPED(cs_fresh) fresh = {0};
        add_sections(&text, seed, false);
        library_write("a.md", text.data);
        library_update();
        library_open(&c);
        library_ask(&c, "valuation", false, NULL, &a);
        assert_int_equal(a.hits.count, 30);
        add_sections(&text, seed, true);
        library_write("a.md", text.data);
        for (size_t i = 0; i < a.hits.count; i++) {
            CS_SCOPED(cs_context) context = {0};
            bool gone;
            assert_int_equal(cs_context_make(&c, &a.plan, &a.hits.items[i], NULL, &context, NULL),
                             CS_OK);
            assert_int_equal(cs_fresh_check(&fresh, &context, &gone, NULL), CS_OK);
            assert_false(gone);
            check_alone(&c, &a, i, &context);
            moved += context.freshness == CS_MOVED;
            stale += context.freshness == CS_STALE;
        }
        cs_collection_release(&c);
    }
    if (moved < 500 || stale < 20)
        fail_msg("%zu moved, %zu stale", moved, stale);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_unchanged),
        TEST(test_touched_is_as_it_was),
        TEST(test_touched_utf16),
        TEST(test_moved_by_lines_above),
        TEST(test_moved_up),
        TEST(test_changed_below),
        TEST(test_copied),
        TEST(test_lines_as_editors_count),
        TEST(test_changed_inside),
        TEST(test_racy),
        TEST(test_gone),
        TEST(test_replaced_by_a_folder),
        TEST(test_replaced_by_a_fifo),
        TEST(test_folder_above_is_gone),
        TEST(test_together_as_alone),
    };
    return cmocka_run_group_tests_name("fresh", tests, NULL, NULL);
}
