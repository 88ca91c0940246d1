/* writer_test.c - tests of indexer/writer.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index.h"
#include "scratch.h"
#include "writer.h"

static void add(cs_segment_writer *writer, const char *path, const char *text)
{
    CS_SCOPED(cs_study) study = {0};

    assert_int_equal(cs_study_read(cs_view_of(text), cs_view_of(path), "en", &study, NULL), CS_OK);
    study.file.path = cs_view_of(path);
    study.file.state = study.pieces.count > 0 ? CS_FILE_READ : CS_FILE_BLANK;
    assert_int_equal(cs_segment_writer_add(writer, &study, NULL), CS_OK);
}

static cs_segment_writer *begin(void)
{
    cs_segment_writer *writer = NULL;
    assert_int_equal(cs_segment_writer_new(scratch_root, &writer, NULL), CS_OK);
    assert_int_equal(cs_segment_writer_begin_chunk(writer, 0, NULL), CS_OK);
    return writer;
}

static cs_chunk end_chunk(cs_segment_writer *writer)
{
    cs_chunk chunk = {0};
    assert_int_equal(cs_segment_writer_end_chunk(writer, &chunk, NULL), CS_OK);
    return chunk;
}

static cs_segment finish_chunks(cs_segment_writer *writer, const cs_chunk *chunks, size_t count)
{
    cs_segment segment;
    cs_error error = {0};
    cs_part db, store;
    if (cs_segment_writer_join_databases(writer, chunks, count, &db, &error) != CS_OK ||
        cs_segment_writer_join_stores(writer, chunks, count, &store, &error) != CS_OK)
        fail_msg("%s", error.message);
    cs_segment_writer_finish(writer, chunks, count, &db, &store, &segment);
    cs_segment_writer_free(writer);
    return segment;
}

static cs_segment finish(cs_segment_writer *writer)
{
    cs_chunk chunk = end_chunk(writer);
    return finish_chunks(writer, &chunk, 1);
}

static size_t entries(const char *path)
{
    size_t count = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void open_segment(const cs_segment *segment, cs_store *store, xc_database **database)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};

    cs_segment_path(&path, scratch_root, segment, CS_STORE_SUFFIX);
    int fd = open(path.data, O_RDONLY);
    assert_int_equal(cs_store_open(fd, "store", store, NULL), CS_OK);
    close(fd);
    cs_buf_clear(&path);
    cs_segment_path(&path, scratch_root, segment, CS_DB_SUFFIX);
    fd = open(path.data, O_RDONLY);
    assert_int_equal(xc_database_open(&fd, 1, database, NULL), XC_OK);
    close(fd);
}

static uint32_t document_of(xc_database *database, const char *term)
{
    xc_query *query;
    xc_mset mset;

    assert_int_equal(xc_query_term(term, strlen(term), &query, NULL), XC_OK);
    assert_int_equal(xc_search(database, query, &(xc_bm25){1, 0, 1, 0.5, 0.5}, 2, 2, &mset, NULL),
                     XC_OK);
    assert_int_equal(mset.count, 1);
    uint32_t doc = mset.items[0].docid;
    xc_mset_free(&mset);
    xc_query_free(query);
    return doc;
}

/* Over several batches, one file of them in two: passage n is document n + 1. */
static void test_passages_are_documents_in_order(void **state)
{
    enum { count = cs_batch_documents * 2 + 20 };
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    cs_segment_writer *writer = begin();
    xc_database *database;
    cs_store store;
    char term[20];

    (void)state;
    add(writer, "first.md", "# T\n\npassage0x\n");
    for (int i = 1; i < count; i++)
        cs_buf_addf(&text, "# H\n\npassage%dx\n\n", i);
    add(writer, "many.md", text.data);
    cs_segment segment = finish(writer);
    assert_int_equal(segment.passages, count);
    assert_int_equal(segment.files, 2);
    open_segment(&segment, &store, &database);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(term, sizeof term, "passage%ux", i);
        assert_int_equal(document_of(database, term), i + 1);
        cs_view shown = cs_schema_passage_text(cs_store_passage(&store, i));
        assert_true(cs_view_equal(shown, cs_view_of(term)));
    }
    xc_database_free(database);
    cs_store_release(&store);
}

static void test_what_is_measured_is_what_is_there(void **state)
{
    cs_segment_writer *writer = begin();
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_part part;

    (void)state;
    add(writer, "a.md", "alpha\n");
    cs_segment segment = finish(writer);
    assert_int_equal(strspn(segment.name, "0123456789abcdef"), cs_segment_name);
    cs_segment_path(&path, scratch_root, &segment, CS_DB_SUFFIX);
    assert_int_equal(cs_part_measure(path.data, &part, NULL), CS_OK);
    assert_true(part.checksum == segment.db.checksum);
    assert_true(cs_stamp_equal(&part.stamp, &segment.db.stamp));
    assert_int_equal(entries(scratch_root), 2); /* no batches left */
}

static void test_files_without_passages(void **state)
{
    cs_segment_writer *writer = begin();
    xc_database *database;
    cs_store store;
    cs_file file;

    (void)state;
    add(writer, "blank.md", "\n");
    cs_segment segment = finish(writer);
    assert_int_equal(segment.passages, 0);
    assert_int_equal(segment.files, 1);
    open_segment(&segment, &store, &database);
    assert_int_equal(cs_schema_read_stamp(cs_store_file(&store, 0), &file, NULL), CS_OK);
    assert_int_equal(file.state, CS_FILE_BLANK);
    xc_database_free(database);
    cs_store_release(&store);
}

static void test_unfinished_leaves_nothing(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    cs_segment_writer *writer = begin();

    (void)state;
    for (int i = 0; i <= cs_batch_documents; i++) /* one batch is done, one is not */
        cs_buf_add_string(&text, "# T\n\nalpha\n\n");
    add(writer, "a.md", text.data);
    assert_true(entries(scratch_root) >= 3);
    cs_segment_writer_free(writer);
    assert_int_equal(entries(scratch_root), 0);
    cs_segment_writer_free(begin());
    assert_int_equal(entries(scratch_root), 0);
    cs_segment_writer_free(NULL);
}

static void test_no_such_directory(void **state)
{
    cs_segment_writer *writer = NULL;
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_segment_writer_new(scratch_path("none"), &writer, NULL), CS_OK);
    assert_int_equal(cs_segment_writer_begin_chunk(writer, 0, &error), CS_IO);
    cs_segment_writer_free(writer);
}

static void test_trees_are_removed_one_level_deep(void **state)
{
    (void)state;
    scratch_file("tree/a", "x");
    scratch_file("tree/.b", "x");
    cs_remove_tree(scratch_path("tree"));
    assert_int_not_equal(access(scratch_path("tree"), F_OK), 0);
    scratch_file("file", "x");
    cs_remove_tree(scratch_path("file"));
    assert_int_not_equal(access(scratch_path("file"), F_OK), 0);
    scratch_file("deep/one/two", "x");
    cs_remove_tree(scratch_path("deep"));
    assert_int_equal(access(scratch_path("deep/one/two"), F_OK), 0);
    cs_remove_tree(scratch_path("none"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_passages_are_documents_in_order),
        TEST(test_what_is_measured_is_what_is_there),
        TEST(test_files_without_passages),
        TEST(test_unfinished_leaves_nothing),
        TEST(test_no_such_directory),
        TEST(test_trees_are_removed_one_level_deep),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
