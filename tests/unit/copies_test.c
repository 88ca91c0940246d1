/* copies_test.c - tests of search/match.c: copies are folded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"

/* The hits and the copies that are named: "a.md:3 (2: b.md:3 c.md:3) d.md:1". */
static const char *folded(const cs_collection *c, const char *query, const cs_page *page)
{
    static char text[1 << 14];
    CS_SCOPED(cs_buf) out = {.limit = sizeof text};
    CS_SCOPED(answer) a = {0};

    library_ask(c, query, false, page, &a);
    for (size_t i = 0; i < a.hits.count; i++) {
        const cs_hit *hit = &a.hits.items[i];
        cs_buf_addf(&out, "%s%.*s:%u", i == 0 ? "" : " ", (int)hit->path.len, hit->path.data,
                    library_line(c, hit));
        if (hit->copies > 0)
            cs_buf_addf(&out, " (%u:", hit->copies);
        for (uint32_t k = 0; k < hit->named; k++) {
            const cs_copy *copy = &a.hits.copies.items[hit->first_copy + k];
            cs_buf_addf(&out, " %.*s:%u", (int)copy->path.len, copy->path.data, copy->line);
        }
        cs_buf_add_string(&out, hit->copies > 0 ? ")" : "");
    }
    snprintf(text, sizeof text, "%s", out.data == NULL ? "" : out.data);
    return text;
}

static const cs_page all_folded = {.limit = UINT32_MAX, .fold = true};

static void test_copies_of_a_file(void **state)
{
    cs_collection c;

    (void)state;
    library_write("b.md", "# T\n\nZebras run fast.\n\n## U\n\nThe zebra sleeps.\n");
    library_write("c/b.md", "# T\n\nZebras run *fast*.\n\n## U\n\nThe zebra sleeps.\n");
    library_update();
    library_write("a.md", "# T\n\nzebras run fast\n");
    library_write("d.md", "# T\n\nA zebra, another.\n");
    library_update();
    library_open(&c);
    assert_string_equal(folded(&c, "zebras", &all_folded),
                        "a.md:3 (2: b.md:3 c/b.md:3) d.md:3 b.md:7 (1: c/b.md:7)");
    assert_string_equal(folded(&c, "zebras", NULL),
                        "a.md:3 b.md:3 c/b.md:3 d.md:3 b.md:7 c/b.md:7");
    assert_string_equal(folded(&c, "zebras -path:c", &all_folded),
                        "a.md:3 (1: b.md:3) d.md:3 b.md:7");
    cs_collection_release(&c);
}

/* Copies take no place of their study; of what a study left out they are no part. */
static void test_copies_do_not_count_against_their_study(void **state)
{
    CS_SCOPED(answer) a = {0};
    const cs_page page = {.limit = 10, .per_file = 1, .fold = true};
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\nword\n\n# T\n\nword\n\n# T\n\nword\n\n# T\n\nword other\n");
    library_write("b.md", "# T\n\nword\n\n# T\n\nword again\n");
    library_update();
    library_open(&c);
    assert_string_equal(folded(&c, "word", &all_folded),
                        "a.md:3 (3: a.md:7 a.md:11 b.md:3) a.md:15 b.md:7");
    assert_string_equal(folded(&c, "word", &page), "a.md:3 (3: a.md:7 a.md:11 b.md:3) b.md:7");
    library_ask(&c, "word", false, &page, &a);
    assert_int_equal(a.hits.items[0].more, 1);
    assert_int_equal(a.hits.items[1].more, 0);
    assert_int_equal(a.hits.total, 6);
    assert_int_equal(a.hits.files, 2);
    cs_collection_release(&c);
}

/* A hit that --per-file leaves out folds nothing: its copy elsewhere is shown. */
static void test_what_is_not_shown_folds_nothing(void **state)
{
    const cs_page page = {.limit = 10, .per_file = 1, .fold = true};
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\nword\n\n# T\n\nword other\n");
    library_write("b.md", "# T\n\nword other\n");
    library_update();
    library_open(&c);
    assert_string_equal(folded(&c, "word", &page), "a.md:3 b.md:3");
    cs_collection_release(&c);
}

static void test_no_more_than_some_are_named(void **state)
{
    char name[20], expected[400] = "00.md:1 (14:";

    (void)state;
    for (int i = 0; i < 15; i++) {
        snprintf(name, sizeof name, "%02d.md", i);
        library_write(name, "the same word\n");
        if (i > 0 && i <= cs_named_copies)
            sprintf(expected + strlen(expected), " %s:1", name);
    }
    strcat(expected, ")");
    library_update();
    cs_collection c;
    library_open(&c);
    assert_string_equal(folded(&c, "word path:md", &all_folded), expected);
    cs_collection_release(&c);
}

static void test_a_copy_takes_the_place_of_a_hit(void **state)
{
    CS_SCOPED(answer) a = {0};
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\nword\n");
    library_write("b.md", "# T\n\nword\n");
    library_write("c.md", "# T\n\nword\n");
    library_update();
    library_open(&c);
    library_ask(&c, "word", false, &all_folded, &a);
    assert_int_equal(a.hits.count, 1);
    assert_true(cs_match_replace(&a.hits, 0));
    assert_string_equal(library_hits(&c, &a.hits), "b.md:3");
    assert_int_equal(a.hits.items[0].copies, 1);
    assert_true(cs_match_replace(&a.hits, 0));
    assert_string_equal(library_hits(&c, &a.hits), "c.md:3");
    assert_int_equal(a.hits.items[0].copies, 0);
    assert_false(cs_match_replace(&a.hits, 0));
    cs_collection_release(&c);
}

/* Studies of sections, most of which stand in others too; of two segments. */
static void write_random(uint32_t *random)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    char name[20];

    for (int file = 0; file < 200; file++) {
        cs_buf_clear(&text);
        uint32_t sections = 1 + library_random(random, 12);
        for (uint32_t i = 0; i < sections; i++)
            cs_buf_addf(&text, "# T\n\nword number %u\n\n", library_random(random, 300));
        snprintf(name, sizeof name, "%03d.md", file);
        library_write(name, text.data);
        if (file == 120)
            library_update();
    }
    library_update();
}

static void test_pages_cover_all_and_do_not_overlap(void **state)
{
    static const uint32_t limits[] = {1, 7, 50};
    uint32_t random = 4711;
    cs_collection c;

    (void)state;
    write_random(&random);
    library_open(&c);
    for (uint32_t per_file = 0; per_file < 3; per_file++) {
        const cs_page everything = {.limit = UINT32_MAX, .per_file = per_file, .fold = true};
        CS_SCOPED(answer) all = {0};
        library_ask(&c, "word", false, &everything, &all);
        uint32_t copies = 0;
        for (size_t i = 0; i < all.hits.count; i++)
            copies += all.hits.items[i].copies;
        assert_true(all.hits.count <= 300);
        if (per_file == 0)
            assert_int_equal(all.hits.count + copies, all.hits.total);
        for (size_t l = 0; l < 3; l++)
            for (uint32_t seen = 0; seen < all.hits.count; seen += limits[l]) {
                const cs_page page = {seen, limits[l], per_file, true};
                CS_SCOPED(answer) a = {0};
                library_ask(&c, "word", false, &page, &a);
                for (size_t i = 0; i < a.hits.count; i++) {
                    assert_int_equal(a.hits.items[i].shard, all.hits.items[seen + i].shard);
                    assert_int_equal(a.hits.items[i].passage, all.hits.items[seen + i].passage);
                }
                assert_true(a.hits.count == limits[l] || seen + a.hits.count == all.hits.count);
            }
    }
    cs_collection_release(&c);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_copies_of_a_file),
        TEST(test_copies_do_not_count_against_their_study),
        TEST(test_what_is_not_shown_folds_nothing),
        TEST(test_no_more_than_some_are_named),
        TEST(test_a_copy_takes_the_place_of_a_hit),
        TEST(test_pages_cover_all_and_do_not_overlap),
    };
    return cmocka_run_group_tests_name("copies", tests, NULL, NULL);
}
