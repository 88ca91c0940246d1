/* update_fixture.h - what the tests of updates share: what an index holds, and what a clean build
 * would.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UPDATE_FIXTURE_H
#define UPDATE_FIXTURE_H

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "../../indexer/plan.h"
#include "library.h"
#include "lock.h"
#include "writer.h"

static inline int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every live passage as a line "path:first-last text", sorted; the caller frees. */
static inline char *content_of(const char *directory)
{
    CS_SCOPED(cs_buf) all = {.limit = 1 << 26};
    cs_collection c;
    char **lines = NULL;
    size_t count = 0;

    library_open_at(directory, &c);
    for (size_t s = 0; s < c.shard_count; s++)
        for (uint32_t p = 0; p < c.shards[s].store->passage_count; p++) {
            cs_file file;
            CS_SCOPED(cs_passage) passage = {0};
            uint32_t number = cs_store_file_of(c.shards[s].store, p);
            if (cs_segment_is_dead(c.shards[s].segment, number))
                continue;
            assert_int_equal(
                cs_schema_read_passage(cs_store_passage(c.shards[s].store, p), &passage, NULL),
                CS_OK);
            assert_int_equal(
                cs_schema_read_stamp(cs_store_file(c.shards[s].store, number), &file, NULL), CS_OK);
            lines = realloc(lines, (count + 1) * sizeof *lines);
            assert_non_null(lines);
            assert_true(asprintf(&lines[count++], "%.*s:%u-%u %.*s\n", (int)file.path.len,
                                 file.path.data, passage.first_line, passage.last_line,
                                 (int)passage.text.len, passage.text.data) > 0);
        }
    cs_collection_release(&c);
    if (count > 0)
        qsort(lines, count, sizeof *lines, compare_strings);
    cs_buf_add_string(&all, "");
    for (size_t i = 0; i < count; i++) {
        cs_buf_add_string(&all, lines[i]);
        free(lines[i]);
    }
    free(lines);
    return cs_copy_string(cs_buf_view(&all));
}

static inline void assert_content(const char *expected)
{
    char *content = content_of(LIBRARY_INDEX);
    assert_string_equal(content, expected);
    free(content);
}

static inline size_t segment_count(void)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    assert_int_equal(cs_manifest_read(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    return manifest.segments.count;
}

/* Files in the index directory that are none of the lock, the manifest and two
 * for each segment. */
static inline size_t leftovers(void)
{
    size_t count = 0;
    DIR *dir = opendir(scratch_path(LIBRARY_INDEX));
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count - 2 - 2 * segment_count();
}

static inline void same_as_clean_build(void)
{
    cs_update_result result;
    cs_update_options options = {.rebuild = true};
    cs_error error = {0};

    scratch_folder("clean");
    if (library_run("clean", &options, &result, &error) != CS_OK)
        fail_msg("%s", error.message);
    char *content = content_of(LIBRARY_INDEX), *clean = content_of("clean");
    assert_string_equal(content, clean);
    free(content);
    free(clean);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

#endif
