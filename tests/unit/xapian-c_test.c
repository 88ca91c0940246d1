/* xapian-c_test.c - the wrapper over libxapian, on real databases in a
 * temporary folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Scaffolding ----------------------------------------------------------- */

static char root[256];  /* the temporary folder */
static xc_error failed; /* of the last call through ok() or fails() */

static void check_status(xc_status got, xc_status wanted, const char *call, int line)
{
    if (got == wanted)
        return;
    fail_msg("line %d: %s gave %s, not %s (%s: %s)", line, call, xc_status_name(got),
             xc_status_name(wanted), failed.type, failed.message);
}

#define ok(call)            check_status((call), XC_OK, #call, __LINE__)
#define fails(wanted, call) check_status((call), (wanted), #call, __LINE__)
#define length_of(array)    (sizeof(array) / sizeof((array)[0]))
#define assert_near(a, b)   assert_true(fabs((a) - (b)) < 1e-9)
#define of_shards(fds)      (fds), length_of(fds)
#define of_documents(array) (array), length_of(array)

static const xc_bm25 plain = {1.0, 0.0, 1.0, 0.5, 0.5};

/* A new path in the temporary folder; nothing is there. Good for 64 calls. */
static const char *fresh_path(void)
{
    static char paths[64][300];
    static unsigned used;
    char *path = paths[used % 64];
    snprintf(path, sizeof paths[0], "%s/p%u", root, used++);
    return path;
}

static bool exists(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0;
}

static size_t entries(const char *folder)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    size_t count = 0;
    while (readdir(dir))
        ++count;
    closedir(dir);
    return count - 2; /* "." and ".." */
}

static size_t open_descriptors(void)
{
    return entries("/proc/self/fd");
}

static void write_file(const char *path, const char *content, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static bool file_contains(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char content[1 << 18];
    size_t length = fread(content, 1, sizeof content, file);
    fclose(file);
    return memmem(content, length, text, strlen(text)) != NULL;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int make_root(void **state)
{
    (void)state;
    const char *folder = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/xapian-c_test.XXXXXX", folder && *folder ? folder : "/tmp");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Adds a document of the words in `text`. */
static uint32_t add(xc_writer *writer, const char *text)
{
    xc_document *document = NULL;
    ok(xc_document_new(&document, &failed));
    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        ok(xc_document_add_term(document, word, length, 1, &failed));
        word += length + strspn(word + length, " ");
    }
    uint32_t docid = 0;
    ok(xc_writer_add(writer, document, &docid, &failed));
    xc_document_free(document);
    return docid;
}

static xc_writer *new_writer(const char *path)
{
    xc_writer *writer = NULL;
    ok(xc_writer_create(path, XC_WRITER_NO_SYNC, &writer, &failed));
    return writer;
}

static void commit_and_free(xc_writer *writer)
{
    ok(xc_writer_commit(writer, &failed));
    xc_writer_free(writer);
}

/* A database directory of these documents. */
static const char *directory_of(const char *const *texts, size_t count)
{
    const char *path = fresh_path();
    xc_writer *writer = new_writer(path);
    for (size_t i = 0; i < count; ++i)
        assert_int_equal(add(writer, texts[i]), i + 1);
    commit_and_free(writer);
    return path;
}

static const char *single_file_of(const char *const *texts, size_t count)
{
    const char *directory = directory_of(texts, count);
    const char *path = fresh_path();
    ok(xc_compact(&directory, 1, path, true, &failed));
    return path;
}

static int open_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* Opens single files as one database; the descriptors are closed again. */
static xc_database *open_files(const char *const *paths, size_t count)
{
    int fds[8];
    assert_true(count <= length_of(fds));
    for (size_t i = 0; i < count; ++i)
        fds[i] = open_file(paths[i]);
    xc_database *database = NULL;
    ok(xc_database_open(fds, count, &database, &failed));
    for (size_t i = 0; i < count; ++i)
        close(fds[i]);
    return database;
}

static xc_database *database_of(const char *const *texts, size_t count)
{
    const char *path = single_file_of(texts, count);
    return open_files(&path, 1);
}

static uint32_t doc_count(xc_database *database)
{
    uint32_t count = UINT32_MAX;
    ok(xc_database_doc_count(database, &count, &failed));
    return count;
}

static uint32_t term_freq(xc_database *database, const char *term)
{
    uint32_t freq = UINT32_MAX;
    ok(xc_database_term_freq(database, term, strlen(term), &freq, &failed));
    return freq;
}

static xc_query *term(const char *text)
{
    xc_query *query = NULL;
    ok(xc_query_term(text, strlen(text), &query, &failed));
    return query;
}

/* Combines two queries and frees them: the whole must not need the parts. */
static xc_query *both(xc_op op, xc_query *a, xc_query *b)
{
    xc_query *parts[] = {a, b}, *query = NULL;
    ok(xc_query_combine(op, parts, 2, &query, &failed));
    xc_query_free(a);
    xc_query_free(b);
    return query;
}

/* Searches for everything and frees the query. */
static xc_mset search(xc_database *database, xc_query *query)
{
    xc_mset mset;
    ok(xc_search(database, query, &plain, 1000, 1000, &mset, &failed));
    xc_query_free(query);
    return mset;
}

/* The matches in order of shard and document: "0:1 0:3 1:2". Frees the mset. */
static const char *matches_of(xc_mset mset)
{
    static char text[4096];
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t shard = 0; shard < 8; ++shard) {
        for (uint32_t docid = 1; docid <= 200; ++docid) {
            for (size_t i = 0; i < mset.count; ++i) {
                if (mset.items[i].shard != shard || mset.items[i].docid != docid)
                    continue;
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%u:%u",
                                         used ? " " : "", shard, docid);
            }
        }
    }
    xc_mset_free(&mset);
    return text;
}

static const char *found(xc_database *database, xc_query *query)
{
    return matches_of(search(database, query));
}

/* The weight of a document in a one-shard search; -1 when it does not match.
 * Frees the query. */
static double weight_of(xc_database *database, xc_query *query, const xc_bm25 *bm25, uint32_t docid)
{
    xc_mset mset;
    double weight = -1;
    ok(xc_search(database, query, bm25, 100, 100, &mset, &failed));
    for (size_t i = 0; i < mset.count; ++i) {
        if (mset.items[i].docid == docid)
            weight = mset.items[i].weight;
    }
    xc_mset_free(&mset);
    xc_query_free(query);
    return weight;
}

/* ---- Small things ----------------------------------------------------------- */

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

/* ---- Writing ------------------------------------------------------------------ */

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

/* ---- Compaction ---------------------------------------------------------------- */

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

/* ---- Opening --------------------------------------------------------------------- */

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

/* ---- Terms ----------------------------------------------------------------------- */

static void check_terms(xc_database *database, const char *prefix, size_t max, size_t look,
                        bool truncated, const char *wanted)
{
    xc_terms terms;
    char text[200] = "";
    size_t used = 0;
    ok(xc_database_terms(database, prefix, strlen(prefix), max, look, &terms, &failed));
    for (size_t i = 0; i < terms.count; ++i) {
        assert_int_equal(strlen(terms.items[i].text), terms.items[i].length);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s=%u", used ? " " : "",
                                 terms.items[i].text, terms.items[i].freq);
    }
    assert_string_equal(text, wanted);
    assert_int_equal(terms.truncated, truncated);
    xc_terms_free(&terms);
    assert_true(terms.items == NULL && terms.count == 0);
    xc_terms_free(&terms);
}

static void test_terms(void **state)
{
    (void)state;
    const char *a[] = {"cat car cow", "cow dog", "cab cow"}, *b[] = {"car cot", "cow"};
    const char *paths[] = {single_file_of(of_documents(a)), single_file_of(of_documents(b))};
    xc_database *database = open_files(of_documents(paths));
    check_terms(database, "c", 9, 9, false, "cow=4 car=2 cab=1 cat=1 cot=1");
    check_terms(database, "c", 5, 5, false, "cow=4 car=2 cab=1 cat=1 cot=1");
    check_terms(database, "c", 3, 9, true, "cow=4 car=2 cab=1");
    check_terms(database, "c", 9, 4, true, "car=2 cab=1 cat=1 cot=1");
    check_terms(database, "ca", 9, 3, false, "car=2 cab=1 cat=1");
    check_terms(database, "ca", 0, 9, true, "");
    check_terms(database, "ca", 9, 0, true, "");
    check_terms(database, "x", 9, 9, false, "");
    check_terms(database, "", 1, 9, true, "cow=4");
    char long_prefix[400];
    memset(long_prefix, 'c', sizeof long_prefix);
    long_prefix[sizeof long_prefix - 1] = '\0';
    check_terms(database, long_prefix, 9, 9, false, "");
    xc_database_free(database);

    char text[40 * 4 + 1] = ""; /* ties stay in byte order, also among many */
    for (unsigned i = 0; i < 40; ++i)
        snprintf(text + 4 * i, 5, "t%02u ", 39 - i);
    const char *many[] = {text, "t20"};
    database = database_of(of_documents(many));
    check_terms(database, "t", 4, 40, true, "t20=2 t00=1 t01=1 t02=1");
    xc_database_free(database);
}

/* ---- Queries ----------------------------------------------------------------------- */

static void test_ops(void **state)
{
    (void)state;
    const char *texts[] = {"a", "b", "a b", "c", "a b c", "c", "c", "c"};
    xc_database *database = database_of(of_documents(texts));
    xc_query *query = NULL;
    assert_string_equal(found(database, both(XC_OP_AND, term("a"), term("b"))), "0:3 0:5");
    assert_string_equal(found(database, both(XC_OP_OR, term("a"), term("b"))), "0:1 0:2 0:3 0:5");
    assert_string_equal(found(database, both(XC_OP_AND_NOT, term("a"), term("b"))), "0:1");
    assert_string_equal(found(database, both(XC_OP_AND_MAYBE, term("a"), term("b"))),
                        "0:1 0:3 0:5");
    assert_string_equal(found(database, both(XC_OP_FILTER, term("a"), term("b"))), "0:3 0:5");
    assert_string_equal(found(database, both(XC_OP_SYNONYM, term("a"), term("b"))),
                        "0:1 0:2 0:3 0:5");
    assert_string_equal(found(database, both(XC_OP_MAX, term("a"), term("b"))), "0:1 0:2 0:3 0:5");
    ok(xc_query_all(&query, &failed));
    assert_string_equal(found(database, both(XC_OP_AND_NOT, query, term("c"))), "0:1 0:2 0:3");
    ok(xc_query_nothing(&query, &failed));
    assert_string_equal(found(database, query), "");
    ok(xc_query_nothing(&query, &failed));
    assert_string_equal(found(database, both(XC_OP_OR, query, term("b"))), "0:2 0:3 0:5");
    ok(xc_query_nothing(&query, &failed));
    assert_string_equal(found(database, both(XC_OP_AND_NOT, term("b"), query)), "0:2 0:3 0:5");
    ok(xc_query_all(&query, &failed));
    xc_mset mset = search(database, query);
    assert_int_equal(mset.count, 8);
    assert_true(mset.items[0].weight == 0);
    xc_mset_free(&mset);

    xc_query *parts[] = {term("a"), term("b"), term("c")};
    ok(xc_query_combine(XC_OP_AND, parts, 3, &query, &failed));
    assert_string_equal(found(database, query), "0:5");
    ok(xc_query_combine(XC_OP_OR, parts, 1, &query, &failed));
    assert_string_equal(found(database, query), "0:1 0:3 0:5");
    query = NULL;
    fails(XC_INVALID, xc_query_combine(XC_OP_OR, parts, 0, &query, &failed));
    fails(XC_INVALID, xc_query_combine(XC_OP_FILTER, parts, 3, &query, &failed));
    fails(XC_INVALID, xc_query_combine(XC_OP_AND_NOT, parts, 1, &query, &failed));
    fails(XC_INVALID, xc_query_combine(XC_OP_AND_MAYBE, parts, 3, &query, &failed));
    fails(XC_INVALID, xc_query_combine((xc_op)(XC_OP_MAX + 1), parts, 2, &query, &failed));
    assert_null(query);
    for (size_t i = 0; i < length_of(parts); ++i)
        xc_query_free(parts[i]);
    xc_database_free(database);
}

static xc_query *scaled(xc_query *part, double factor)
{
    xc_query *query = NULL;
    ok(xc_query_scale(part, factor, &query, &failed));
    xc_query_free(part);
    return query;
}

static void test_op_weights(void **state)
{
    (void)state;
    const char *texts[] = {"a b", "a x", "b y", "c z", "c z", "c z", "c z", "c z", "c z", "b z"};
    xc_database *database = database_of(of_documents(texts));
    double a = weight_of(database, term("a"), &plain, 1);
    double b = weight_of(database, term("b"), &plain, 1);
    assert_true(a > b && b > 0); /* b is in more documents */
    assert_near(weight_of(database, both(XC_OP_AND, term("a"), term("b")), &plain, 1), a + b);
    assert_near(weight_of(database, both(XC_OP_OR, term("a"), term("b")), &plain, 1), a + b);
    assert_near(weight_of(database, both(XC_OP_AND_MAYBE, term("a"), term("b")), &plain, 1), a + b);
    assert_near(weight_of(database, both(XC_OP_FILTER, term("a"), term("b")), &plain, 1), a);
    assert_near(weight_of(database, both(XC_OP_AND_NOT, term("a"), term("y")), &plain, 1), a);
    assert_near(weight_of(database, both(XC_OP_MAX, term("a"), term("b")), &plain, 1), a);
    double one_term = weight_of(database, both(XC_OP_SYNONYM, term("a"), term("b")), &plain, 2);
    assert_true(one_term > 0 && one_term < b); /* as rare as both together */
    assert_near(weight_of(database, scaled(term("a"), 2.5), &plain, 1), 2.5 * a);
    assert_near(weight_of(database, scaled(term("a"), 0), &plain, 1), 0);
    xc_query *query = NULL, *part = term("a");
    fails(XC_INVALID, xc_query_scale(part, -1, &query, &failed));
    fails(XC_INVALID, xc_query_scale(part, (double)NAN, &query, &failed));
    fails(XC_INVALID, xc_query_scale(part, (double)INFINITY, &query, &failed));
    assert_null(query);
    xc_query_free(part);
    xc_database_free(database);
}

static void test_bm25(void **state)
{
    (void)state;
    /* Average length 4; "apple" once in 2 and in 6 words, "plum" once and thrice. */
    const char *texts[] = {"apple a", "apple a b c d e", "plum a b c", "plum plum plum c",
                           "a b c d", "a b c d",         "a b c d",    "a b c d",
                           "a b c d", "a b c d",         "a b c d",    "a b c d"};
    xc_database *database = database_of(of_documents(texts));
    const xc_bm25 by_wdf = {1.2, 0, 0, 0, 0.5}, by_length = {1, 0, 0, 1, 0};
    const xc_bm25 bounded = {1, 0, 0, 1, 1};
    double once = weight_of(database, term("plum"), &by_wdf, 3);
    double thrice = weight_of(database, term("plum"), &by_wdf, 4);
    assert_near(thrice / once, 3 * 2.2 / (1.2 + 3));
    double in_2 = weight_of(database, term("apple"), &by_length, 1);
    double in_6 = weight_of(database, term("apple"), &by_length, 2);
    assert_near(in_2 / in_6, (1.5 + 1) / (0.5 + 1));
    in_2 = weight_of(database, term("apple"), &bounded, 1);
    in_6 = weight_of(database, term("apple"), &bounded, 2);
    assert_near(in_2 / in_6, (1.5 + 1) / (1.0 + 1));

    xc_query *query = term("plum");
    xc_mset mset;
    ok(xc_search(database, query, &plain, 1, 0, &mset, &failed));
    assert_int_equal(mset.count, 1);
    assert_int_equal(mset.items[0].docid, 4); /* best first */
    xc_mset_free(&mset);
    xc_query_free(query);
    xc_database_free(database);
}

static void test_describe(void **state)
{
    (void)state;
    char *text = NULL;
    xc_query *query = both(XC_OP_FILTER, term("apple"), term("pear"));
    ok(xc_query_describe(query, &text, &failed));
    assert_string_equal(text, "Query((apple FILTER pear))");
    free(text);
    xc_query_free(query);
}

/* ---- The accept leaf ------------------------------------------------------------------ */

typedef struct {
    size_t shard;
    uint32_t docid;
} question;

typedef struct {
    bool (*accepts)(size_t shard, uint32_t docid);
    uint32_t next; /* to answer with each refusal; 0: leave it */
    size_t count;
    question asked[1000];
} listener;

static bool listen(void *context, size_t shard, uint32_t docid, uint32_t *next)
{
    listener *it = context;
    for (size_t i = 0; i < it->count; ++i) { /* rising within a shard */
        if (it->asked[i].shard == shard)
            assert_true(it->asked[i].docid < docid);
    }
    assert_true(it->count < length_of(it->asked));
    assert_int_equal(*next, docid + 1);
    it->asked[it->count++] = (question){shard, docid};
    if (it->accepts(shard, docid))
        return true;
    if (it->next)
        *next = it->next;
    return false;
}

static xc_query *accepted(listener *it, uint32_t estimate)
{
    xc_query *query = NULL;
    it->count = 0;
    ok(xc_query_accept(listen, it, estimate, &query, &failed));
    return query;
}

/* Three shards of 20, 30 and 40 documents; document d holds "every", "rare"
 * when 5 divides it, "most" unless it is 7, "much" unless it is 7, and its
 * shard's name. */
static xc_database *three_shards(void)
{
    const char *paths[3];
    for (unsigned shard = 0; shard < 3; ++shard) {
        const char *directory = fresh_path();
        xc_writer *writer = new_writer(directory);
        for (unsigned docid = 1; docid <= 20 + 10 * shard; ++docid) {
            char text[80];
            snprintf(text, sizeof text, "every s%u%s%s", shard, docid % 5 ? "" : " rare",
                     docid == 7 ? "" : " most much");
            add(writer, text);
        }
        commit_and_free(writer);
        paths[shard] = fresh_path();
        ok(xc_compact(&directory, 1, paths[shard], true, &failed));
    }
    return open_files(of_documents(paths));
}

static bool accept_odd_sum(size_t shard, uint32_t docid)
{
    return (shard + docid) % 2 == 1;
}

static bool accept_tens(size_t shard, uint32_t docid)
{
    return docid % 10 == 0 && shard != 1;
}

static bool accept_none(size_t shard, uint32_t docid)
{
    (void)shard, (void)docid;
    return false;
}

static bool accept_seven(size_t shard, uint32_t docid)
{
    (void)shard;
    return docid == 7;
}

static bool accept_from_18(size_t shard, uint32_t docid)
{
    (void)shard;
    return docid >= 18;
}

static const uint32_t estimates[] = {0, 1, 15, 1000, UINT32_MAX - 1, UINT32_MAX};

static void test_accept_filters(void **state)
{
    (void)state;
    xc_database *database = three_shards();
    static listener odd = {.accepts = accept_odd_sum}, tens = {.accepts = accept_tens};
    for (size_t i = 0; i < length_of(estimates); ++i) {
        uint32_t n = estimates[i];
        assert_string_equal(found(database, both(XC_OP_FILTER, term("rare"), accepted(&odd, n))),
                            "0:5 0:15 1:10 1:20 1:30 2:5 2:15 2:25 2:35");
        assert_string_equal(found(database, both(XC_OP_AND_NOT, term("rare"), accepted(&odd, n))),
                            "0:10 0:20 1:5 1:15 1:25 2:10 2:20 2:30 2:40");
        assert_string_equal(found(database, both(XC_OP_AND, accepted(&tens, n), term("every"))),
                            "0:10 0:20 2:10 2:20 2:30 2:40");
        assert_string_equal(found(database, accepted(&tens, n)), "0:10 0:20 2:10 2:20 2:30 2:40");
        assert_string_equal(
            found(database, both(XC_OP_FILTER, both(XC_OP_AND_NOT, term("rare"), accepted(&odd, n)),
                                 accepted(&tens, estimates[(i + 3) % 6]))),
            "0:10 0:20 2:10 2:20 2:30 2:40");
        assert_string_equal(found(database, both(XC_OP_AND_NOT, term("s1"),
                                                 both(XC_OP_OR, accepted(&odd, n), term("rare")))),
                            "1:1 1:3 1:7 1:9 1:11 1:13 1:17 1:19 1:21 1:23 1:27 1:29");
    }
    xc_database_free(database);
}

static void test_accept_has_no_weight(void **state)
{
    (void)state;
    const char *texts[] = {"a", "b", "c", "c", "c"};
    xc_database *database = database_of(of_documents(texts));
    static listener odd = {.accepts = accept_odd_sum};
    double a = weight_of(database, term("a"), &plain, 1);
    assert_near(weight_of(database, both(XC_OP_AND, term("a"), accepted(&odd, 2)), &plain, 1), a);
    assert_near(weight_of(database, both(XC_OP_OR, term("a"), accepted(&odd, 2)), &plain, 1), a);
    assert_near(weight_of(database, both(XC_OP_OR, term("a"), accepted(&odd, 2)), &plain, 3), 0);
    xc_database_free(database);
}

static void test_accept_in_or(void **state)
{
    (void)state;
    xc_database *database = three_shards();
    static listener tens = {.accepts = accept_tens}, odd = {.accepts = accept_odd_sum};
    for (size_t i = 0; i < length_of(estimates); ++i) {
        xc_query *part = both(XC_OP_FILTER, both(XC_OP_OR, term("s0"), term("s2")),
                              accepted(&odd, estimates[i]));
        xc_query *query = both(XC_OP_OR, both(XC_OP_AND, term("rare"), term("s1")),
                               accepted(&tens, estimates[i]));
        assert_string_equal(found(database, query), "0:10 0:20 1:5 1:10 1:15 1:20 1:25 1:30 "
                                                    "2:10 2:20 2:30 2:40");
        xc_mset mset = search(database, both(XC_OP_OR, part, term("s1")));
        assert_int_equal(mset.count, 10 + 30 + 20);
        xc_mset_free(&mset);
    }
    xc_database_free(database);
}

/* With UINT32_MAX no document is asked about that the rest does not match. */
static void test_costly_accept_is_asked_last(void **state)
{
    (void)state;
    xc_database *database = three_shards();
    static listener odd = {.accepts = accept_odd_sum};
    const xc_op ops[] = {XC_OP_FILTER, XC_OP_AND, XC_OP_AND_NOT};
    for (size_t i = 0; i < length_of(ops); ++i) {
        xc_query *rest = both(XC_OP_AND, term("every"), term("rare"));
        (void)found(database, both(ops[i], rest, accepted(&odd, UINT32_MAX)));
        assert_int_equal(odd.count, 4 + 6 + 8);
        for (size_t j = 0; j < odd.count; ++j)
            assert_int_equal(odd.asked[j].docid % 5, 0);
    }
    /* Xapian takes "most OR much" for all documents; number 7 is not among them. */
    xc_query *rest = both(XC_OP_OR, term("most"), term("much"));
    (void)found(database, both(XC_OP_AND, accepted(&odd, UINT32_MAX), rest));
    assert_int_equal(odd.count, 19 + 29 + 39);
    for (size_t j = 0; j < odd.count; ++j)
        assert_int_not_equal(odd.asked[j].docid, 7);
    xc_database_free(database);
}

static void test_accept_skips(void **state)
{
    (void)state;
    xc_database *database = three_shards();
    static listener late = {.accepts = accept_from_18, .next = 18};
    static listener none = {.accepts = accept_none, .next = UINT32_MAX};
    static listener back = {.accepts = accept_from_18, .next = 1};
    for (size_t i = 0; i < length_of(estimates); ++i) {
        uint32_t n = estimates[i];
        const xc_op ops[] = {XC_OP_FILTER, XC_OP_AND, XC_OP_AND_NOT};
        const char *found_as[] = {"0:20 1:20 1:25 1:30 2:20 2:25 2:30 2:35 2:40",
                                  "0:20 1:20 1:25 1:30 2:20 2:25 2:30 2:35 2:40",
                                  "0:5 0:10 0:15 1:5 1:10 1:15 2:5 2:10 2:15"};
        for (size_t j = 0; j < length_of(ops); ++j) {
            assert_string_equal(found(database, both(ops[j], term("rare"), accepted(&late, n))),
                                found_as[j]);
            for (size_t k = 0; k < late.count; ++k) /* nothing between the first and 18 */
                assert_true(late.asked[k].docid <= 5 || late.asked[k].docid >= 18);
            assert_string_equal(found(database, both(ops[j], term("rare"), accepted(&back, n))),
                                found_as[j]);
        }
        assert_string_equal(found(database, both(XC_OP_FILTER, term("rare"), accepted(&none, n))),
                            "");
        assert_int_equal(none.count, 3); /* once a shard */
        assert_string_equal(
            found(database, both(XC_OP_AND_NOT, term("rare"), accepted(&none, n))),
            "0:5 0:10 0:15 0:20 1:5 1:10 1:15 1:20 1:25 1:30 2:5 2:10 2:15 2:20 2:25 2:30 2:35 "
            "2:40");
        assert_int_equal(none.count, 3);
        xc_query *all = NULL;
        ok(xc_query_all(&all, &failed));
        xc_mset mset = search(database, both(XC_OP_AND_NOT, all, accepted(&none, n)));
        assert_int_equal(mset.count, 20 + 30 + 40);
        xc_mset_free(&mset);
        assert_string_equal(found(database, accepted(&late, n)),
                            "0:18 0:19 0:20 1:18 1:19 1:20 1:21 1:22 1:23 1:24 1:25 1:26 1:27 "
                            "1:28 1:29 1:30 2:18 2:19 2:20 2:21 2:22 2:23 2:24 2:25 2:26 2:27 "
                            "2:28 2:29 2:30 2:31 2:32 2:33 2:34 2:35 2:36 2:37 2:38 2:39 2:40");
    }
    xc_database_free(database);
}

/* What a caller would do for a phrase: parts in OR, a leaf that drops the dead
 * over the whole; the leaf is shared by two queries and used twice. */
static void test_accept_is_reusable(void **state)
{
    (void)state;
    xc_database *database = three_shards();
    static listener seven = {.accepts = accept_seven};
    xc_query *leaf = accepted(&seven, 1), *parts[] = {term("s1"), leaf}, *kept = NULL;
    ok(xc_query_combine(XC_OP_FILTER, parts, 2, &kept, &failed));
    xc_query_free(parts[0]);
    parts[0] = term("rare");
    for (int i = 0; i < 2; ++i) {
        xc_mset mset;
        seven.count = 0;
        ok(xc_search(database, kept, &plain, 100, 100, &mset, &failed));
        assert_string_equal(matches_of(mset), "1:7");
        seven.count = 0;
        ok(xc_search(database, leaf, &plain, 100, 100, &mset, &failed));
        assert_string_equal(matches_of(mset), "0:7 1:7 2:7");
    }
    xc_query_free(leaf);
    xc_query_free(kept);
    xc_query_free(parts[0]);

    const char *directory = fresh_path(); /* and by directory, one shard */
    xc_writer *writer = new_writer(directory);
    for (int i = 0; i < 9; ++i)
        add(writer, "every");
    commit_and_free(writer);
    xc_database *single = NULL;
    ok(xc_database_open_directory(directory, &single, &failed));
    assert_string_equal(found(single, accepted(&seven, 1)), "0:7");
    xc_database_free(single);
    xc_database_free(database);
}

typedef struct {
    xc_database *database;
    size_t searches;
} inner_search;

static bool search_elsewhere(void *context, size_t shard, uint32_t docid, uint32_t *next)
{
    inner_search *inner = context;
    (void)next;
    static listener seven = {.accepts = accept_seven};
    assert_string_equal(found(inner->database, accepted(&seven, UINT32_MAX)), "0:7 1:7 2:7");
    ++inner->searches;
    return shard == 1 && docid == 2;
}

static void test_accept_may_search_elsewhere(void **state)
{
    (void)state;
    const char *a[] = {"apple", "apple"}, *b[] = {"pear", "apple"};
    const char *paths[] = {single_file_of(of_documents(a)), single_file_of(of_documents(b))};
    xc_database *outer = open_files(of_documents(paths));
    inner_search inner = {three_shards(), 0};
    xc_query *query = NULL;
    ok(xc_query_accept(search_elsewhere, &inner, UINT32_MAX, &query, &failed));
    assert_string_equal(found(outer, both(XC_OP_FILTER, term("apple"), query)), "1:2");
    assert_int_equal(inner.searches, 3);
    xc_database_free(inner.database);
    xc_database_free(outer);
}

/* ---- Matching --------------------------------------------------------------------------- */

static void check_bounds(xc_database *database, xc_query *query, uint32_t max,
                         uint32_t check_at_least, uint32_t matches)
{
    xc_mset mset;
    ok(xc_search(database, query, &plain, max, check_at_least, &mset, &failed));
    assert_int_equal(mset.matches_lower, matches);
    assert_int_equal(mset.matches_estimated, matches);
    assert_int_equal(mset.matches_upper, matches);
    assert_int_equal(mset.count, max < matches ? max : matches);
    xc_mset_free(&mset);
}

static void test_bounds(void **state)
{
    (void)state;
    const char *directory = fresh_path();
    xc_writer *writer = new_writer(directory);
    for (int i = 0; i < 200; ++i) /* 40 a, 40 b, 50 of them together */
        add(writer, i < 10 ? "a" : i < 40 ? "a b" : i < 50 ? "b" : "c");
    commit_and_free(writer);
    xc_database *database = NULL;
    ok(xc_database_open_directory(directory, &database, &failed));
    xc_query *query = both(XC_OP_OR, term("a"), term("b"));
    check_bounds(database, query, 10, 50, 50);
    check_bounds(database, query, 0, 50, 50);
    check_bounds(database, query, 100, 50, 50);
    check_bounds(database, query, 10, UINT32_MAX, 50);
    xc_mset mset;
    ok(xc_search(database, query, &plain, 10, 0, &mset, &failed));
    assert_true(mset.matches_lower <= 50 && mset.matches_upper >= 50);
    xc_mset_free(&mset);
    xc_query_free(query);

    static listener odd = {.accepts = accept_odd_sum};
    query = accepted(&odd, UINT32_MAX);
    check_bounds(database, query, 10, 100, 100);
    ok(xc_search(database, query, &plain, 0, 0, &mset, &failed));
    assert_true(mset.matches_upper <= 200); /* never more than there are */
    xc_mset_free(&mset);
    xc_query_free(query);
    xc_database_free(database);
}

static void test_mset_is_deterministic(void **state)
{
    (void)state;
    xc_mset first = {0}, again;
    for (int i = 0; i < 3; ++i) {
        xc_database *database = three_shards();
        xc_query *query = both(XC_OP_OR, term("rare"), term("most"));
        ok(xc_search(database, query, &plain, 40, 40, &again, &failed));
        assert_int_equal(again.count, 40);
        for (size_t j = 1; j < again.count; ++j) { /* ties by merged number: docid, then shard */
            const xc_match *a = &again.items[j - 1], *b = &again.items[j];
            assert_true(a->weight >= b->weight);
            if (a->weight == b->weight)
                assert_true(a->docid * 3 + a->shard < b->docid * 3 + b->shard);
        }
        if (first.items)
            assert_memory_equal(again.items, first.items, 40 * sizeof *again.items);
        xc_mset_free(&first);
        first = again;
        xc_query_free(query);
        xc_database_free(database);
    }
    xc_mset_free(&first);
    assert_null(first.items);
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
        cmocka_unit_test(test_compact_order),
        cmocka_unit_test(test_compact_failures),
        cmocka_unit_test(test_open_shards),
        cmocka_unit_test(test_open_leaves_descriptors),
        cmocka_unit_test(test_open_refuses),
        cmocka_unit_test(test_copies_are_refused),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_stubs_do_not_run),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_ops),
        cmocka_unit_test(test_op_weights),
        cmocka_unit_test(test_bm25),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_accept_filters),
        cmocka_unit_test(test_accept_has_no_weight),
        cmocka_unit_test(test_accept_in_or),
        cmocka_unit_test(test_costly_accept_is_asked_last),
        cmocka_unit_test(test_accept_skips),
        cmocka_unit_test(test_accept_is_reusable),
        cmocka_unit_test(test_accept_may_search_elsewhere),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_mset_is_deterministic),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
