/* tidy_test.c - tests of indexer/tidy.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lock.h"
#include "scratch.h"
#include "tidy.h"

#define KEPT "0123456789abcdef"
#define OLD  "fedcba9876543210"

static bool is_there(const char *name)
{
    struct stat st;
    return lstat(scratch_path(name), &st) == 0;
}

static const char *const left[] = {OLD ".db",
                                   OLD ".store",
                                   OLD ".db.a1B2c3/0-0/postlist.glass",
                                   KEPT ".db.a1B2c3/0-1/iamglass",
                                   "new-" OLD "-0-store",
                                   "new-" OLD "-0-1/postlist.glass",
                                   "new-" KEPT "-3-0/postlist.glass",
                                   "manifest.new"};
static const char *const others[] = {"photos.db",         "book.store", "new-year.md",
                                     "manifest.txt",      "note.md",    "cafe.db",
                                     "folder/0123.store", OLD ".md",    OLD "0.db"};

static void make(void)
{
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        scratch_file(left[i], "x");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        scratch_file(others[i], "precious");
    scratch_file(KEPT ".db", "x");
    scratch_file(KEPT ".store", "x");
    scratch_file("manifest", "x");
    scratch_file("lock", "x");
}

static void check(void)
{
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        char top[100];
        snprintf(top, sizeof top, "%.*s", (int)strcspn(left[i], "/"), left[i]);
        if (is_there(top))
            fail_msg("%s is left", top);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!is_there(others[i]))
            fail_msg("%s was removed", others[i]);
}

static void test_only_what_the_manifest_does_not_name(void **state)
{
    cs_segment segment = {.name = KEPT};
    cs_manifest manifest = {0};

    (void)state;
    manifest.segments.items = &segment;
    manifest.segments.count = 1;
    make();
    cs_tidy(scratch_root, &manifest);
    check();
    assert_true(is_there(KEPT ".db") && is_there(KEPT ".store"));
    assert_true(is_there("manifest") && is_there("lock"));
}

static void test_links_are_not_followed(void **state)
{
    const cs_manifest nothing = {0};

    (void)state;
    scratch_file("elsewhere/precious", "x");
    scratch_folder("index");
    scratch_must(symlink(scratch_path("elsewhere"), scratch_path("index/" OLD ".db")) == 0, "link");
    cs_tidy(scratch_path("index"), &nothing);
    assert_true(is_there("elsewhere/precious"));
}

static void test_an_index_is_removed(void **state)
{
    int lock;
    cs_error error = {0};

    (void)state;
    make();
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, NULL), CS_OK);
    assert_int_equal(cs_tidy_away(scratch_root, false, &error), CS_LOCKED);
    assert_true(is_there("manifest"));
    close(lock);
    assert_int_equal(cs_tidy_away(scratch_root, false, &error), CS_OK);
    check();
    assert_false(is_there(KEPT ".db") || is_there("manifest") || is_there("lock"));
    scratch_file("only/manifest", "x");
    scratch_file("only/" OLD ".db", "x");
    assert_int_equal(cs_tidy_away(scratch_path("only"), true, &error), CS_OK);
    assert_false(is_there("only"));
    assert_int_equal(cs_tidy_away(scratch_path("only"), true, &error), CS_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_only_what_the_manifest_does_not_name),
        TEST(test_links_are_not_followed),
        TEST(test_an_index_is_removed),
    };
    return cmocka_run_group_tests_name("tidy", tests, NULL, NULL);
}
