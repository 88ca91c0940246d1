/* collection_test.c - tests of search/collection.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"

/* Files of 2, 0, 1 and 3 passages. */
static void write_files(void)
{
    library_write("a.md", "# T\n\none\n\n# T\n\ntwo\n");
    library_write("b.md", "\n");
    library_write("c.md", "three\n");
    library_write("d.md", "# T\n\nfour\n\n# T\n\nfive\n\n# T\n\nsix\n");
    library_update();
}

static void accepts(cs_docset *set, const char *expected)
{
    for (uint32_t doc = 1; expected[doc - 1] != '\0'; doc++) {
        uint32_t next = 0;
        bool accepted = cs_docset_accept(set, 0, doc, &next);
        assert_int_equal(accepted, expected[doc - 1] == '1');
        const char *one = strchr(expected + doc - 1, '1');
        if (!accepted && one != NULL)
            assert_int_equal(next, one - expected + 1);
        if (!accepted && one == NULL)
            assert_int_equal(next, UINT32_MAX);
    }
}

static void test_sets_of_files(void **state)
{
    CS_SCOPED(cs_docset) set = {0};
    CS_SCOPED(cs_docset) none = {0};
    cs_collection c;

    (void)state;
    write_files();
    library_open(&c);
    assert_int_equal(c.documents, 6);
    assert_true(cs_docset_init(&set, c.shard_count));
    assert_true(cs_docset_add_file(&set, &c, 0, 3)); /* any order */
    assert_true(cs_docset_add_file(&set, &c, 0, 1));
    assert_true(cs_docset_add_file(&set, &c, 0, 0));
    cs_docset_finish(&set);
    assert_int_equal(set.documents, 5);
    accepts(&set, "1101110");
    assert_true(cs_docset_init(&none, c.shard_count));
    cs_docset_finish(&none);
    accepts(&none, "000000");
    cs_collection_release(&c);
}

static void test_dead_files(void **state)
{
    CS_SCOPED(cs_docset) dead = {0};
    cs_collection c;

    (void)state;
    CS_SCOPED(cs_buf) large = {.limit = 1 << 16};
    for (int i = 0; i < 1000; i++)
        cs_buf_add_string(&large, "filler ");
    library_write("z.md", large.data);
    write_files();
    library_delete("c.md");
    library_update();
    library_open(&c);
    assert_int_equal(cs_collection_dead(&c, &dead, NULL), CS_OK);
    assert_int_equal(dead.documents, 1);
    accepts(&dead, "0010000");
    cs_collection_release(&c);
}

static void test_several_indexes(void **state)
{
    char first[2 * PATH_MAX], second[2 * PATH_MAX];
    char *const both[] = {first, second};
    cs_update_result result;
    cs_error error = {0};
    cs_collection c;

    (void)state;
    library_write("a.md", "alpha one\n");
    library_update();
    scratch_folder("second");
    library_write("b.md", "alpha two\n");
    library_delete("a.md");
    assert_int_equal(library_run("second", NULL, &result, NULL), CS_OK);
    snprintf(first, sizeof first, "%s", scratch_path(LIBRARY_INDEX));
    snprintf(second, sizeof second, "%s", scratch_path("second"));
    assert_int_equal(cs_collection_open(both, 2, &c, &error), CS_OK);
    assert_int_equal(c.index_count, 2);
    assert_int_equal(c.shard_count, 2);
    assert_ptr_equal(c.shards[1].index, &c.indexes[1]);
    assert_string_equal(library_find(&c, "alpha"), "a.md:1 b.md:1");
    assert_string_equal(library_find(&c, "two"), "b.md:1");
    cs_collection_release(&c);
}

static void test_empty_index(void **state)
{
    cs_collection c;

    (void)state;
    library_update();
    library_open(&c);
    assert_int_equal(c.documents, 0);
    assert_string_equal(library_find(&c, "alpha"), "");
    assert_string_equal(library_find(&c, "NOT alpha"), "");
    assert_string_equal(library_find(&c, "al* path:x \"a b\""), "");
    cs_collection_release(&c);
    library_write("blank.md", "\n"); /* a segment without passages */
    library_update();
    library_open(&c);
    assert_int_equal(c.shard_count, 1);
    assert_string_equal(library_find(&c, "alpha OR al*"), "");
    assert_string_equal(library_find(&c, "path:blank"), "");
    cs_collection_release(&c);
}

static void test_failures(void **state)
{
    char none[2 * PATH_MAX];
    char *many[cs_max_indexes + 1];
    cs_error error = {0};
    cs_collection c;

    (void)state;
    snprintf(none, sizeof none, "%s", scratch_path("none"));
    for (size_t i = 0; i <= cs_max_indexes; i++)
        many[i] = none;
    assert_int_equal(cs_collection_open(many, 1, &c, &error), CS_NO_INDEX);
    cs_collection_release(&c);
    assert_int_equal(cs_collection_open(many, cs_max_indexes + 1, &c, &error), CS_USAGE);
    cs_collection_release(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_sets_of_files), TEST(test_dead_files), TEST(test_several_indexes),
        TEST(test_empty_index),   TEST(test_failures),
    };
    return cmocka_run_group_tests_name("collection", tests, NULL, NULL);
}
