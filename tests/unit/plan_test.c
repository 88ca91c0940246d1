/* plan_test.c - tests of indexer/plan.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>

#include "plan.h"
#include "scratch.h"

/* A file of the index: path, size (as its stamp), whether racy or dead. */
typedef struct indexed {
    const char *path;
    uint64_t size;
    bool racy, dead;
} indexed;

static void add_segment(cs_index *index, const char *name, const indexed *files, size_t count)
{
    cs_segment *segment = CS_PUSH(&index->manifest.segments);
    assert_non_null(segment);
    cs_store_writer *writer;
    assert_int_equal(cs_store_writer_new(scratch_path(name), &writer, NULL), CS_OK);
    for (uint32_t i = 0; i < count; i++) {
        cs_file file = {.path = cs_view_of(files[i].path),
                        .stamp = {.size = files[i].size},
                        .racy = files[i].racy,
                        .hash = i,
                        .language = cs_view_of("en"),
                        .title = cs_view_of("t"),
                        .note = {"", 0}};
        assert_int_equal(cs_store_writer_end_file(writer, &file, NULL), CS_OK);
        if (files[i].dead)
            assert_true(cs_segment_kill(segment, i));
    }
    assert_int_equal(cs_store_writer_finish(writer, true, NULL), CS_OK);
    cs_store_writer_free(writer);
    segment->files = (uint32_t)count;
    int fd = open(scratch_path(name), O_RDONLY);
    assert_true(fd >= 0);
    cs_store *store = &index->stores[index->manifest.segments.count - 1];
    assert_int_equal(cs_store_open(fd, name, store, NULL), CS_OK);
    close(fd);
}

static void add_candidate(cs_walk *walk, const char *path, uint64_t size)
{
    cs_candidate *candidate = CS_PUSH(&walk->files);
    assert_non_null(candidate);
    candidate->path = cs_copy_string(cs_view_of(path));
    candidate->stamp.size = size;
}

static void add_note(cs_walk *walk, const char *path, bool failure)
{
    cs_walk_note *note = CS_PUSH(&walk->notes);
    assert_non_null(note);
    *note = (cs_walk_note){cs_copy_string(cs_view_of(path)), "a reason", failure};
}

static void release_index(cs_index *index)
{
    for (size_t i = 0; i < index->manifest.segments.count; i++)
        cs_store_release(&index->stores[i]);
    cs_manifest_release(&index->manifest);
}

/* Tasks as "path K", "path P", "path R" (new) or "path C" (changed); deleted
 * entries as "path D". */
static void describe(cs_buf *out, const cs_plan *plan)
{
    for (size_t i = 0; i < plan->tasks.count; i++) {
        const cs_task *t = &plan->tasks.items[i];
        char what = t->action == CS_ACTION_KEEP    ? 'K'
                    : t->action == CS_ACTION_PROVE ? 'P'
                    : t->entry == cs_no_segment    ? 'R'
                                                   : 'C';
        cs_buf_addf(out, "%s %c; ", t->candidate->path, what);
        if (t->entry != cs_no_segment)
            assert_true(
                cs_view_equal(plan->entries.items[t->entry].path, cs_view_of(t->candidate->path)));
    }
    for (size_t i = 0; i < plan->deleted.count; i++) {
        cs_view path = plan->entries.items[plan->deleted.items[i]].path;
        cs_buf_addf(out, "%.*s D; ", (int)path.len, path.data);
    }
}

static void check(const cs_index *index, const cs_walk *walk, const char *expected)
{
    CS_SCOPED(cs_plan) plan = {0};
    CS_SCOPED(cs_buf) found = {.limit = 10000};
    assert_int_equal(cs_plan_make(index, walk, &plan, NULL), CS_OK);
    cs_buf_add_string(&found, "");
    describe(&found, &plan);
    assert_string_equal(found.data, expected);
}

static void test_comparison(void **state)
{
    static const indexed first[] = {
        {"d", 1, false, false}, {"b", 1, true, false}, {"a", 1, false, true}};
    static const indexed second[] = {
        {"a", 2, false, false}, {"c/x", 1, false, false}, {"c/y", 1, false, false}};
    cs_index index = {0};
    CS_SCOPED(cs_walk) walk = {0};
    (void)state;
    check(&index, &walk, "");
    add_segment(&index, "one", first, 3);
    add_segment(&index, "two", second, 3);
    check(&index, &walk, "a D; b D; c/x D; c/y D; d D; ");
    add_candidate(&walk, "a", 2); /* the dead entry of the same path is not looked at */
    add_candidate(&walk, "aa", 1);
    add_candidate(&walk, "b", 1);
    add_candidate(&walk, "c/y", 7);
    add_candidate(&walk, "d", 1);
    add_candidate(&walk, "e", 1);
    check(&index, &walk, "a K; aa R; b P; c/y C; d K; e R; c/x D; ");
    release_index(&index);
}

static void test_where_an_entry_is(void **state)
{
    static const indexed first[] = {{"b", 1, false, false}, {"a", 5, false, false}};
    cs_index index = {0};
    CS_SCOPED(cs_walk) walk = {0};
    CS_SCOPED(cs_plan) plan = {0};
    (void)state;
    add_segment(&index, "one", first, 1);
    add_segment(&index, "two", first, 2);
    assert_int_equal(cs_plan_make(&index, &walk, &plan, NULL), CS_OK);
    assert_int_equal(plan.entries.count, 3);
    assert_int_equal(plan.entries.items[0].segment, 1);
    assert_int_equal(plan.entries.items[0].file, 1);
    assert_int_equal(plan.entries.items[0].hash, 1);
    assert_int_equal(plan.entries.items[0].stamp.size, 5);
    release_index(&index);
}

/* What lies in a folder that could not be read this time is not deleted. */
static void test_unreadable_folders(void **state)
{
    static const indexed files[] = {{"a/x", 1, false, false},
                                    {"ab/x", 1, false, false},
                                    {"b", 1, false, false},
                                    {"c/x", 1, false, false}};
    cs_index index = {0};
    CS_SCOPED(cs_walk) walk = {0};
    (void)state;
    add_segment(&index, "one", files, 4);
    add_note(&walk, "a", true);
    add_note(&walk, "b", true);
    add_note(&walk, "c", false); /* left out by a rule */
    check(&index, &walk, "ab/x D; c/x D; ");
    release_index(&index);
}

static void test_merges(void **state)
{
    static const struct {
        cs_load loads[9];
        uint64_t new_bytes;
        const char *merged; /* numbers of segments */
    } examples[] = {
        {{{100, 0, false}}, 0, ""},
        {{{100, 0, false}}, 24, ""},
        {{{100, 0, false}}, 25, "0"},
        {{{100, 101, false}}, 0, "0"},         /* more than half dead */
        {{{1000000, 1000001, false}}, 1, ""},  /* but too much to read again now */
        {{{1000000, 4000001, false}}, 1, "0"}, /* dead but for a fifth */
        {{{1000000, 1000001, false}}, 250000, "0"},
        {{{60000, 0, false}, {50000, 0, false}}, 15000, "1"}, /* both are 110,000 */
        {{{60000, 0, false}, {50000, 0, false}}, 27500, "01"},
        {{{100, 100, false}}, 0, ""},
        {{{1000, 0, false}, {30, 0, false}, {100, 0, false}}, 10, "12"}, /* one after the other */
        {{{1000, 0, false}, {30, 0, false}, {100, 0, false}}, 7, ""},
        {{{9, 0, false},
          {1, 0, false},
          {2, 0, false},
          {3, 0, false},
          {4, 0, false},
          {5, 0, false},
          {6, 0, false}},
         0,
         ""},
        {{{10000000, 0, false},
          {10000, 0, false},
          {20000, 0, false},
          {30000, 0, false},
          {40000, 0, false},
          {50000, 0, false},
          {60000, 0, false},
          {70000, 0, false}},
         1,
         "12345"}, /* too many: down to few */
        {{{0, 0, false}}, 1, "0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_load loads[9];
        char merged[16] = "";
        size_t count = 9;
        memcpy(loads, examples[i].loads, sizeof loads);
        while (count > 1 && loads[count - 1].live == 0 && loads[count - 1].dead == 0)
            count--;
        cs_plan_merges(loads, count, examples[i].new_bytes, 100000);
        for (size_t n = 0; n < count; n++)
            if (loads[n].merged)
                merged[strlen(merged)] = (char)('0' + n);
        if (strcmp(merged, examples[i].merged) != 0)
            fail_msg("example %zu: \"%s\", not \"%s\"", i, merged, examples[i].merged);
    }
}

/* A folder of 200 MB, of which one file of 5 KB after the other changes or comes new:
 * there are few segments, a byte is read again few times, most runs read little, and none
 * reads all. (doc/decisions.md has the figures that the failures print.) */
static void check_growth(bool changes)
{
    enum { file = 5000, files = 40000, runs = 40000 };
    cs_load loads[cs_max_segments + 1] = {{(uint64_t)file * files, 0, false}};
    size_t count = 1, large = 0;
    uint64_t again = 0, most = 0, live = 0, whole = 0, random = 1;
    for (int run = 0; run < runs; run++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t place = (random >> 33) % ((uint64_t)file * files);
        for (size_t i = 0; changes && i < count; i++) {
            if (place < loads[i].live) { /* the file that changes is in this one */
                uint64_t size = loads[i].live < file ? loads[i].live : file;
                loads[i].live -= size;
                loads[i].dead += size;
                break;
            }
            place -= loads[i].live;
        }
        for (size_t i = 0; i < count; i++)
            loads[i].merged = false;
        cs_plan_merges(loads, count, file, cs_merge_most);
        cs_load made = {file, 0, false};
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            if (loads[i].merged)
                made.live += loads[i].live;
            else
                loads[kept++] = loads[i];
        }
        loads[kept++] = made;
        count = kept;
        assert_true(count <= cs_max_segments);
        uint64_t read = made.live - file;
        again += read;
        large += read > 1000000;
        most = read > most ? read : most;
    }
    for (size_t i = 0; i < count; i++) {
        live += loads[i].live;
        whole += loads[i].live + loads[i].dead;
    }
    if (again > (uint64_t)20 * runs * file || large > runs / 100 || most > 80000000 ||
        whole > 2 * live)
        fail_msg("again %.1f times, over 1 MB %zu of %d, at most %.1f MB, size %.2f",
                 (double)again / runs / file, large, runs, (double)most / 1e6,
                 (double)whole / (double)live);
    print_message("again %.1f times, over 1 MB %zu of %d, at most %.1f MB, size %.2f\n",
                  (double)again / runs / file, large, runs, (double)most / 1e6,
                  (double)whole / (double)live);
}

static void test_growth(void **state)
{
    (void)state;
    check_growth(false);
    check_growth(true);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_comparison, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_where_an_entry_is, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_unreadable_folders, scratch_make, scratch_remove),
        cmocka_unit_test(test_merges),
        cmocka_unit_test(test_growth),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
