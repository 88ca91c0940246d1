/* xapian-c_test.c - the wrapper over libxapian, on real databases in a temporary folder: names,
 * stems, writing, opening. xapian-c_compact_test.c, xapian-c_query_test.c and
 * xapian-c_accept_test.c have the rest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c_fixture.h"

/* ---- Small things ------------------------------------------------------------------ */

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(xc_status_name(XC_OK), "ok");
    assert_string_equal(xc_status_name(XC_CORRUPT), "corrupt");
    assert_string_equal(xc_status_name(XC_TERM_TOO_LONG), "term_too_long");
    assert_string_equal(xc_status_name(XC_MEMORY), "memory");
    assert_string_equal(xc_status_name(XC_INTERNAL), "internal");
    assert_string_equal(xc_status_name((xc_status)(XC_INTERNAL + 1)), "unknown");
    assert_int_equal(strncmp(xc_version(), "1.4.", 4), 0);
}

static void test_null_frees(void **state)
{
    (void)state;
    xc_stem_free(NULL);
    xc_document_free(NULL);
    xc_writer_free(NULL);
    xc_database_free(NULL);
    xc_terms_free(NULL);
    xc_query_free(NULL);
    xc_mset_free(NULL);
}

static void test_stem(void **state)
{
    (void)state;
    xc_stem *stem = NULL;
    char buffer[16] = "unchanged";
    size_t length = 99;
    ok(xc_stem_new("english", &stem, &failed));
    fails(XC_INVALID, xc_stem_word(stem, "valuation", 9, buffer, 5, &length, &failed));
    assert_string_equal(buffer, "unchanged");
    assert_int_equal(length, 99);
    ok(xc_stem_word(stem, "valuation", 9, buffer, 6, &length, &failed));
    assert_int_equal(length, 6);
    assert_memory_equal(buffer, "valuatged", 9); /* no NUL is added */
    ok(xc_stem_word(stem, "", 0, buffer, 0, &length, &failed));
    assert_int_equal(length, 0);
    xc_stem_free(stem);

    ok(xc_stem_new("none", &stem, &failed));
    ok(xc_stem_word(stem, "valuation", 9, buffer, sizeof buffer, &length, &failed));
    assert_int_equal(length, 9);
    xc_stem_free(stem);

    stem = NULL;
    fails(XC_INVALID, xc_stem_new("klingon", &stem, &failed));
    assert_null(stem);
}

static void test_error_text(void **state)
{
    (void)state;
    xc_database *database = NULL;
    memset(&failed, 0, sizeof failed);
    fails(XC_NOT_FOUND, xc_database_open_directory("/nowhere\nat all", &database, &failed));
    assert_int_equal(failed.status, XC_NOT_FOUND);
    assert_string_equal(failed.type, "DatabaseNotFoundError");
    assert_non_null(strstr(failed.message, "/nowhere at all"));
    assert_non_null(strstr(failed.message, "No such file"));
    assert_null(database);
    fails(XC_NOT_FOUND, xc_database_open_directory("/nowhere", &database, NULL));

    char path[2000]; /* the message is cut, and not within a character */
    memset(path, 0, sizeof path);
    for (size_t i = 0; i + 2 < sizeof path; i += 2)
        memcpy(path + i, "\xC3\xA9", 2);
    for (int odd = 0; odd < 2; ++odd) {
        path[0] = '/';
        memmove(path + 1, path + 1 + odd, sizeof path - 2);
        assert_int_not_equal(xc_database_open_directory(path, &database, &failed), XC_OK);
        size_t length = strlen(failed.message);
        assert_in_range(length, sizeof failed.message - 4, sizeof failed.message - 1);
        assert_int_equal((unsigned char)failed.message[length - 1], 0xA9);
    }
}

/* ---- Writing ----------------------------------------------------------------------- */

static void test_terms_are_checked(void **state)
{
    (void)state;
    char text[xc_term_max + 1];
    memset(text, 'x', sizeof text);
    char nuls[123] = {0};
    nuls[0] = 'y';
    xc_document *document = NULL;
    ok(xc_document_new(&document, &failed));
    fails(XC_INVALID, xc_document_add_term(document, "", 0, 1, &failed));
    fails(XC_TERM_TOO_LONG, xc_document_add_term(document, text, 246, 1, &failed));
    ok(xc_document_add_term(document, text, 245, 1, &failed));
    ok(xc_document_add_term(document, nuls, 123, 1, &failed)); /* 1 + 2 x 122 */
    text[0] = '\0';                                            /* 245 bytes that count as 246 */
    fails(XC_TERM_TOO_LONG, xc_document_add_term(document, text, 245, 1, &failed));
    ok(xc_document_add_term(document, text, 244, 1, &failed));

    const char *path = fresh_path();
    xc_writer *writer = new_writer(path);
    uint32_t docid = 0;
    ok(xc_writer_add(writer, document, &docid, &failed));
    commit_and_free(writer);
    xc_document_free(document);

    xc_database *database = NULL;
    ok(xc_database_open_directory(path, &database, &failed));
    uint32_t freq = 0;
    ok(xc_database_term_freq(database, nuls, 123, &freq, &failed));
    assert_int_equal(freq, 1);
    ok(xc_database_term_freq(database, text, 244, &freq, &failed));
    assert_int_equal(freq, 1);
    fails(XC_INVALID, xc_database_term_freq(database, "", 0, &freq, &failed));
    fails(XC_TERM_TOO_LONG, xc_database_term_freq(database, text, 245, &freq, &failed));
    xc_terms terms;
    ok(xc_database_terms(database, "", 0, 10, 10, &terms, &failed));
    assert_int_equal(terms.count, 3); /* what was refused left nothing */
    xc_terms_free(&terms);
    xc_query *query = NULL;
    fails(XC_INVALID, xc_query_term("", 0, &query, &failed));
    fails(XC_TERM_TOO_LONG, xc_query_term(text, 245, &query, &failed));
    assert_null(query);
    xc_database_free(database);
}

static void test_document_content(void **state)
{
    (void)state;
    const char *directory = fresh_path(), *file = fresh_path();
    xc_writer *writer = new_writer(directory);
    xc_document *document = NULL;
    uint32_t docid = 0;
    ok(xc_document_new(&document, &failed));
    ok(xc_document_add_term(document, "early", 5, 1, &failed));
    ok(xc_document_set_data(document, "data-early", 10, &failed));
    ok(xc_document_clear(document, &failed));
    ok(xc_document_add_term(document, "late", 4, 2, &failed));
    ok(xc_document_add_term(document, "late", 4, 3, &failed));
    ok(xc_document_set_data(document, "data-late", 9, &failed));
    ok(xc_document_set_value(document, 7, "value-of-7", 10, &failed));
    if (SIZE_MAX > UINT32_MAX) {
        fails(XC_INVALID, xc_document_set_data(document, "", (size_t)UINT32_MAX + 1, &failed));
        fails(XC_INVALID, xc_document_set_value(document, 7, "", (size_t)UINT32_MAX + 1, &failed));
    }
    ok(xc_writer_add(writer, document, &docid, &failed));
    assert_int_equal(docid, 1);
    ok(xc_writer_add(writer, document, &docid, &failed));
    assert_int_equal(docid, 2);
    xc_document_free(document);
    commit_and_free(writer);

    ok(xc_compact(&directory, 1, file, true, &failed));
    assert_true(file_contains(file, "data-late"));
    assert_true(file_contains(file, "value-of-7"));
    assert_false(file_contains(file, "data-early"));
    xc_database *database = open_files(&file, 1);
    assert_int_equal(doc_count(database), 2);
    assert_int_equal(term_freq(database, "early"), 0);
    assert_int_equal(term_freq(database, "late"), 2);
    xc_database_free(database);
}

static void test_commit(void **state)
{
    (void)state;
    const char *path = fresh_path();
    size_t descriptors = open_descriptors();
    xc_writer *writer = new_writer(path);
    for (int i = 0; i < 10001; ++i) /* one more than Xapian flushes at */
        add(writer, "word");
    xc_database *database = NULL;
    ok(xc_database_open_directory(path, &database, &failed));
    assert_int_equal(doc_count(database), 0); /* nothing before the commit */
    xc_database_free(database);
    ok(xc_writer_commit(writer, &failed));
    fails(XC_INVALID, xc_writer_commit(writer, &failed));

    xc_document *document = NULL;
    uint32_t docid = 77;
    ok(xc_document_new(&document, &failed));
    fails(XC_CLOSED, xc_writer_add(writer, document, &docid, &failed));
    assert_int_equal(docid, 77);
    xc_document_free(document);
    xc_writer_free(writer);

    ok(xc_database_open_directory(path, &database, &failed));
    assert_int_equal(doc_count(database), 10001);
    assert_int_equal(term_freq(database, "word"), 10001);
    xc_database_free(database);
    assert_int_equal(open_descriptors(), descriptors);
}

static void test_cancel_leaves_nothing(void **state)
{
    (void)state;
    const char *path = fresh_path();
    size_t descriptors = open_descriptors();
    xc_writer *writer = new_writer(path);
    add(writer, "lost");
    xc_writer_free(writer);
    assert_false(exists(path));
    assert_int_equal(open_descriptors(), descriptors);
    commit_and_free(new_writer(path)); /* the path is free again; no documents are fine */
    xc_database *database = NULL;
    ok(xc_database_open_directory(path, &database, &failed));
    assert_int_equal(doc_count(database), 0);
    xc_database_free(database);
}

static void test_create_over_existing(void **state)
{
    (void)state;
    const char *texts[] = {"one", "two"};
    const char *database_path = directory_of(of_documents(texts)), *folder = fresh_path();
    const char *file = fresh_path(), *link = fresh_path(), *orphan = fresh_path();
    assert_int_equal(mkdir(folder, 0777), 0);
    write_file(file, "mine", 4);
    assert_int_equal(symlink("nowhere", link), 0);
    snprintf(failed.message, sizeof failed.message, "%s/x/y", orphan);
    char *deep = strdup(failed.message);
    assert_non_null(deep);

    const char *paths[] = {database_path, folder, file, link, deep};
    for (size_t i = 0; i < length_of(paths); ++i) {
        xc_writer *writer = NULL;
        fails(XC_IO, xc_writer_create(paths[i], 0, &writer, &failed));
        assert_null(writer);
    }
    free(deep);
    assert_true(exists(folder) && exists(file) && exists(link) && !exists(orphan));
    assert_true(file_contains(file, "mine"));
    xc_database *database = NULL;
    ok(xc_database_open_directory(database_path, &database, &failed));
    assert_int_equal(doc_count(database), 2);
    xc_database_free(database);
}

static void test_locked(void **state)
{
    (void)state;
    const char *path = fresh_path();
    xc_writer *first = new_writer(path), *second = NULL;
    add(first, "word");
    fails(XC_LOCKED, xc_writer_create(path, 0, &second, &failed));
    assert_null(second);
    assert_string_equal(failed.type, "DatabaseLockError");
    add(first, "word"); /* the first is not harmed */
    ok(xc_writer_commit(first, &failed));
    fails(XC_IO, xc_writer_create(path, 0, &second, &failed)); /* there, but no longer locked */
    xc_writer_free(first);
    xc_database *database = NULL;
    ok(xc_database_open_directory(path, &database, &failed));
    assert_int_equal(doc_count(database), 2);
    xc_database_free(database);
}

static void test_no_termlist(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags <= 3; ++flags) {
        const char *path = fresh_path();
        char table[400];
        xc_writer *writer = NULL;
        ok(xc_writer_create(path, flags, &writer, &failed));
        add(writer, "apple");
        commit_and_free(writer);
        snprintf(table, sizeof table, "%s/termlist.glass", path);
        assert_int_equal(exists(table), !(flags & XC_WRITER_NO_TERMLIST));
        xc_database *database = NULL;
        ok(xc_database_open_directory(path, &database, &failed));
        assert_string_equal(found(database, term("apple")), "0:1");
        xc_database_free(database);
    }
}

/* ---- Opening ----------------------------------------------------------------------- */

static void test_open_shards(void **state)
{
    (void)state;
    const char *a[] = {"apple x", "pear"}, *b[] = {"apple", "fig", "apple y"}, *c[] = {"apple z"};
    const char *paths[] = {single_file_of(of_documents(a)), single_file_of(of_documents(b)),
                           single_file_of(of_documents(c))};
    size_t descriptors = open_descriptors();
    xc_database *database = open_files(of_documents(paths));
    assert_int_equal(open_descriptors(), descriptors + 3);
    assert_int_equal(doc_count(database), 6);
    assert_int_equal(term_freq(database, "apple"), 4);
    assert_int_equal(term_freq(database, "nothing"), 0);
    assert_string_equal(found(database, term("apple")), "0:1 1:1 1:3 2:1");
    assert_string_equal(found(database, term("y")), "1:3");
    assert_string_equal(found(database, term("z")), "2:1");
    xc_database_free(database);
    assert_int_equal(open_descriptors(), descriptors);

    database = open_files(paths + 1, 1); /* one alone is shard 0 */
    assert_string_equal(found(database, term("y")), "0:3");
    xc_database_free(database);

    database = open_files(NULL, 0); /* none at all: an empty database */
    assert_int_equal(doc_count(database), 0);
    assert_int_equal(term_freq(database, "apple"), 0);
    xc_mset mset = search(database, term("apple"));
    assert_true(mset.count == 0 && mset.matches_upper == 0);
    xc_mset_free(&mset);
    xc_database_free(database);
}

static void test_open_leaves_descriptors(void **state)
{
    (void)state;
    const char *texts[] = {"apple"};
    int fd = open_file(single_file_of(of_documents(texts)));
    assert_int_equal(lseek(fd, 0, SEEK_END) > 0, 1); /* where it stands does not matter */
    for (int i = 0; i < 2; ++i) {
        xc_database *database = NULL;
        ok(xc_database_open(&fd, 1, &database, &failed));
        assert_string_equal(found(database, term("apple")), "0:1");
        xc_database_free(database);
        assert_true(fcntl(fd, F_GETFD) >= 0);
    }
    close(fd);
}

/* Opens a good file and then `content`; checks status and descriptors. */
static void check_refused(xc_status wanted, const char *content, size_t length)
{
    const char *texts[] = {"apple"}, *path = fresh_path();
    write_file(path, content, length);
    int fds[] = {open_file(single_file_of(of_documents(texts))), open_file(path)};
    size_t descriptors = open_descriptors();
    xc_database *database = NULL;
    fails(wanted, xc_database_open(of_shards(fds), &database, &failed));
    assert_null(database);
    assert_int_equal(open_descriptors(), descriptors);
    assert_true(fcntl(fds[0], F_GETFD) >= 0 && fcntl(fds[1], F_GETFD) >= 0);
    close(fds[0]);
    close(fds[1]);
}

static void test_open_refuses(void **state)
{
    (void)state;
    char garbage[4096];
    memset(garbage, 'g', sizeof garbage);
    check_refused(XC_CORRUPT, garbage, 0);
    check_refused(XC_CORRUPT, garbage, 10);
    check_refused(XC_CORRUPT, garbage, sizeof garbage);

    const char *texts[] = {"apple"}, *good = single_file_of(of_documents(texts));
    FILE *file = fopen(good, "rb");
    assert_non_null(file);
    assert_int_equal(fread(garbage, 1, sizeof garbage, file), sizeof garbage);
    fclose(file);
    check_refused(XC_CORRUPT, garbage, 40); /* a good beginning */
    ++garbage[14];                          /* the year of the format */
    check_refused(XC_VERSION, garbage, sizeof garbage);

    int fds[] = {-1, -1};
    xc_database *database = NULL;
    fails(XC_IO, xc_database_open(fds, 1, &database, &failed));
    size_t descriptors = open_descriptors();
    assert_int_equal(pipe(fds), 0);
    fails(XC_IO, xc_database_open(fds, 1, &database, &failed));
    close(fds[0]);
    close(fds[1]);
    fds[0] = open_file(root);
    fails(XC_IO, xc_database_open(fds, 1, &database, &failed));
    close(fds[0]);
    assert_int_equal(open_descriptors(), descriptors);
    assert_null(database);
}

static void test_copies_are_refused(void **state)
{
    (void)state;
    const char *texts[] = {"apple"};
    const char *path = single_file_of(of_documents(texts));
    int fds[] = {open_file(path), open_file(path)};
    size_t descriptors = open_descriptors();
    xc_database *database = NULL;
    fails(XC_INVALID, xc_database_open(of_shards(fds), &database, &failed));
    assert_int_equal(open_descriptors(), descriptors);
    close(fds[0]);
    close(fds[1]);
}

static void test_truncated(void **state)
{
    (void)state;
    static char words[3000][40], text[3000 * 41];
    size_t used = 0;
    for (unsigned i = 0; i < length_of(words); ++i)
        used += (size_t)snprintf(text + used, sizeof text - used, "w%u-%u ", i * 7919u, i);
    const char *texts[] = {text};
    const char *path = single_file_of(of_documents(texts));
    assert_int_equal(truncate(path, 8192 + 100), 0);
    int fd = open_file(path);
    size_t descriptors = open_descriptors();
    xc_database *database = NULL;
    xc_status status = xc_database_open(&fd, 1, &database, &failed);
    if (status == XC_OK) {
        xc_terms terms;
        status = xc_database_terms(database, "w", 1, 10, 10000, &terms, &failed);
        xc_database_free(database);
    }
    assert_int_equal(status, XC_CORRUPT);
    assert_int_equal(open_descriptors(), descriptors);
    close(fd);
}

/* A stub names a program that Xapian would run. */
static void test_stubs_do_not_run(void **state)
{
    (void)state;
    const char *marker = fresh_path(), *stub = fresh_path(), *folder = fresh_path();
    char content[400], inner[400];
    int length = snprintf(content, sizeof content, "remote :/usr/bin/touch %s\n", marker);
    write_file(stub, content, (size_t)length);
    assert_int_equal(mkdir(folder, 0777), 0);
    snprintf(inner, sizeof inner, "%s/XAPIANDB", folder);
    write_file(inner, content, (size_t)length);

    check_refused(XC_CORRUPT, content, (size_t)length);
    xc_database *database = NULL;
    fails(XC_NOT_FOUND, xc_database_open_directory(stub, &database, &failed));
    fails(XC_NOT_FOUND, xc_database_open_directory(folder, &database, &failed));
    const char *inputs[] = {folder, stub};
    fails(XC_NOT_FOUND, xc_compact(inputs, 1, fresh_path(), true, &failed));
    fails(XC_NOT_FOUND, xc_compact(inputs + 1, 1, fresh_path(), false, &failed));
    xc_writer *writer = NULL;
    fails(XC_IO, xc_writer_create(stub, 0, &writer, &failed));
    fails(XC_IO, xc_writer_create(folder, 0, &writer, &failed));
    usleep(100 * 1000);
    assert_false(exists(marker));
    assert_null(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_null_frees),
        cmocka_unit_test(test_stem),
        cmocka_unit_test(test_error_text),
        cmocka_unit_test(test_terms_are_checked),
        cmocka_unit_test(test_document_content),
        cmocka_unit_test(test_commit),
        cmocka_unit_test(test_cancel_leaves_nothing),
        cmocka_unit_test(test_create_over_existing),
        cmocka_unit_test(test_locked),
        cmocka_unit_test(test_no_termlist),
        cmocka_unit_test(test_open_shards),
        cmocka_unit_test(test_open_leaves_descriptors),
        cmocka_unit_test(test_open_refuses),
        cmocka_unit_test(test_copies_are_refused),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_stubs_do_not_run),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
