/* xapian-c_fixture.h - what the tests of the wrapper share: calls that must succeed or fail,
 * small databases in a temporary folder, queries as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XAPIAN_C_FIXTURE_H
#define XAPIAN_C_FIXTURE_H

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

static char root[256];  /* the temporary folder */
static xc_error failed; /* of the last call through ok() or fails() */

static inline void check_status(xc_status got, xc_status wanted, const char *call, int line)
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
static inline const char *fresh_path(void)
{
    static char paths[64][300];
    static unsigned used;
    char *path = paths[used % 64];
    snprintf(path, sizeof paths[0], "%s/p%u", root, used++);
    return path;
}

static inline bool exists(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0;
}

static inline size_t entries(const char *folder)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    size_t count = 0;
    while (readdir(dir))
        ++count;
    closedir(dir);
    return count - 2; /* "." and ".." */
}

static inline size_t open_descriptors(void)
{
    return entries("/proc/self/fd");
}

static inline void write_file(const char *path, const char *content, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline bool file_contains(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char content[1 << 18];
    size_t length = fread(content, 1, sizeof content, file);
    fclose(file);
    return memmem(content, length, text, strlen(text)) != NULL;
}

static inline int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline int make_root(void **state)
{
    (void)state;
    const char *folder = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/xapian-c_test.XXXXXX", folder && *folder ? folder : "/tmp");
    return mkdtemp(root) ? 0 : -1;
}

static inline int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Adds a document of the words in `text`. */
static inline uint32_t add(xc_writer *writer, const char *text)
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

static inline xc_writer *new_writer(const char *path)
{
    xc_writer *writer = NULL;
    ok(xc_writer_create(path, XC_WRITER_NO_SYNC, &writer, &failed));
    return writer;
}

static inline void commit_and_free(xc_writer *writer)
{
    ok(xc_writer_commit(writer, &failed));
    xc_writer_free(writer);
}

/* A database directory of these documents. */
static inline const char *directory_of(const char *const *texts, size_t count)
{
    const char *path = fresh_path();
    xc_writer *writer = new_writer(path);
    for (size_t i = 0; i < count; ++i)
        assert_int_equal(add(writer, texts[i]), i + 1);
    commit_and_free(writer);
    return path;
}

static inline const char *single_file_of(const char *const *texts, size_t count)
{
    const char *directory = directory_of(texts, count);
    const char *path = fresh_path();
    ok(xc_compact(&directory, 1, path, true, &failed));
    return path;
}

static inline int open_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* Opens single files as one database; the descriptors are closed again. */
static inline xc_database *open_files(const char *const *paths, size_t count)
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

static inline xc_database *database_of(const char *const *texts, size_t count)
{
    const char *path = single_file_of(texts, count);
    return open_files(&path, 1);
}

static inline uint32_t doc_count(xc_database *database)
{
    uint32_t count = UINT32_MAX;
    ok(xc_database_doc_count(database, &count, &failed));
    return count;
}

static inline uint32_t term_freq(xc_database *database, const char *term)
{
    uint32_t freq = UINT32_MAX;
    ok(xc_database_term_freq(database, term, strlen(term), &freq, &failed));
    return freq;
}

static inline xc_query *term(const char *text)
{
    xc_query *query = NULL;
    ok(xc_query_term(text, strlen(text), &query, &failed));
    return query;
}

/* Combines two queries and frees them: the whole must not need the parts. */
static inline xc_query *both(xc_op op, xc_query *a, xc_query *b)
{
    xc_query *parts[] = {a, b}, *query = NULL;
    ok(xc_query_combine(op, parts, 2, &query, &failed));
    xc_query_free(a);
    xc_query_free(b);
    return query;
}

/* Searches for everything and frees the query. */
static inline xc_mset search(xc_database *database, xc_query *query)
{
    xc_mset mset;
    ok(xc_search(database, query, &plain, 1000, 1000, &mset, &failed));
    xc_query_free(query);
    return mset;
}

/* The matches in order of shard and document: "0:1 0:3 1:2". Frees the mset. */
static inline const char *matches_of(xc_mset mset)
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

static inline const char *found(xc_database *database, xc_query *query)
{
    return matches_of(search(database, query));
}

/* The weight of a document in a one-shard search; -1 when it does not match.
 * Frees the query. */
static inline double weight_of(xc_database *database, xc_query *query, const xc_bm25 *bm25,
                               uint32_t docid)
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

#endif
