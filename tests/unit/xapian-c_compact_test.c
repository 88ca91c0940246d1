/* xapian-c_compact_test.c - the wrapper over libxapian: databases made into one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c_fixture.h"

/* ---- Compaction -------------------------------------------------------------------- */

/* `count` databases of 0 to 2 documents, in all numbered from 1 by the terms
 * n1, n2 ...; gives the number of documents. */
static unsigned numbered_databases(char **paths, size_t count)
{
    unsigned number = 0;
    for (size_t i = 0; i < count; ++i) {
        paths[i] = strdup(fresh_path());
        assert_non_null(paths[i]);
        xc_writer *writer = new_writer(paths[i]);
        for (size_t j = 0; j < i % 3; ++j) {
            char text[32];
            snprintf(text, sizeof text, "every n%u", ++number);
            add(writer, text);
        }
        commit_and_free(writer);
    }
    return number;
}

static void free_paths(char **paths, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        free(paths[i]);
}

static void check_numbers(xc_database *database, unsigned count)
{
    assert_int_equal(doc_count(database), count);
    assert_int_equal(term_freq(database, "every"), count);
    for (unsigned i = 1; i <= count; ++i) {
        char text[32], match[32];
        snprintf(text, sizeof text, "n%u", i);
        snprintf(match, sizeof match, "0:%u", i);
        assert_string_equal(found(database, term(text)), match);
    }
}

/* Compacts the databases into a directory and a file, with so many
 * descriptors, and checks the order and that nothing else is left. */
static void check_compaction(char *const *paths, size_t count, unsigned documents,
                             rlim_t descriptors)
{
    struct rlimit before, limit;
    const char *folder = fresh_path(), *file = fresh_path();
    char slashed[310];
    snprintf(slashed, sizeof slashed, "%s//", folder);
    size_t open_before = open_descriptors(), entries_before = entries(root);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = descriptors;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    xc_status to_folder = xc_compact((const char *const *)paths, count, slashed, false, &failed);
    xc_status to_file = xc_compact((const char *const *)paths, count, file, true, &failed);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    ok(to_folder);
    ok(to_file);
    assert_int_equal(open_descriptors(), open_before);
    assert_int_equal(entries(root), entries_before + 2);

    xc_database *database = NULL;
    ok(xc_database_open_directory(folder, &database, &failed));
    check_numbers(database, documents);
    xc_database_free(database);
    database = open_files(&file, 1);
    check_numbers(database, documents);
    xc_database_free(database);
}

static void test_compact_order(void **state)
{
    (void)state;
    char *paths[120];
    unsigned documents = numbered_databases(paths, 3);
    check_compaction(paths, 1, 0, 256);
    check_compaction(paths, 3, documents, 256);
    free_paths(paths, 3);
    documents = numbered_databases(paths, 120);
    assert_int_equal(documents, 120);
    check_compaction(paths, 120, documents, 1024);
    check_compaction(paths, 120, documents, 256); /* two levels */
    check_compaction(paths, 120, documents, 94);  /* groups of five */
    free_paths(paths, 120);
}

static void test_compact_failures(void **state)
{
    (void)state;
    char *paths[120];
    numbered_databases(paths, 120);
    const char *destination = fresh_path();
    const char *const *inputs = (const char *const *)paths;
    size_t entries_before = entries(root), open_before = open_descriptors();
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = 256;

    fails(XC_INVALID, xc_compact(inputs, 0, destination, true, &failed));
    assert_false(exists(destination));
    char table[400];
    snprintf(table, sizeof table, "%s/postlist.glass", paths[119]);
    assert_int_equal(truncate(table, 100), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int single_file = 0; single_file < 2; ++single_file) {
        fails(XC_CORRUPT, xc_compact(inputs, 120, destination, single_file, &failed));
        fails(XC_CORRUPT, xc_compact(inputs + 118, 2, destination, single_file, &failed));
        assert_false(exists(destination));
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    const char *missing[] = {paths[1], "/nowhere"};
    fails(XC_NOT_FOUND, xc_compact(missing, 2, destination, true, &failed));
    fails(XC_NOT_FOUND, xc_compact(missing, 2, destination, false, &failed));
    fails(XC_IO, xc_compact(inputs, 2, "/nowhere/deep", true, &failed));
    assert_int_equal(entries(root), entries_before);
    assert_int_equal(open_descriptors(), open_before);

    write_file(destination, "mine", 4);
    fails(XC_IO, xc_compact(inputs, 2, destination, true, &failed));
    fails(XC_IO, xc_compact(inputs, 2, destination, false, &failed));
    assert_true(file_contains(destination, "mine"));
    fails(XC_IO, xc_compact(inputs, 2, paths[1], false, &failed)); /* a source */
    fails(XC_IO, xc_compact(inputs, 2, paths[1], true, &failed));
    xc_database *database = NULL;
    ok(xc_database_open_directory(paths[1], &database, &failed));
    assert_int_equal(doc_count(database), 1);
    xc_database_free(database);
    free_paths(paths, 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compact_order),
        cmocka_unit_test(test_compact_failures),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
