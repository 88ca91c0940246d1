/* class_test.c - the leaf of xapian-c that weighs words as one, against the formula in its
 * header, on documents made at random.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "xapian-c.h"

enum { shards = 2, documents = 200 /* of each shard */, words = 20 };

static const xc_bm25 weighting = {.k1 = 1.2, .k3 = 1, .b = 0.5, .min_normlen = 0.5};

static char root[256];
static uint32_t wdf[shards][documents][words]; /* word w is rarer the higher w is */
static xc_database *database;
static double average;
static size_t asked; /* lengths */
static uint32_t
    known; /* frequency that a class is told of each term: few are merged, many added up */

#define ok(call) assert_int_equal((call), XC_OK)

/* The same numbers each time (Knuth's MMIX generator). */
static uint32_t random_below(uint32_t limit)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % limit;
}

static xc_class_term term(unsigned word, double boost)
{
    static char names[words][8];
    snprintf(names[word], sizeof names[word], "w%u", word);
    return (xc_class_term){names[word], strlen(names[word]), boost, known};
}

static uint32_t length(size_t shard, uint32_t document)
{
    uint32_t sum = 0;
    for (unsigned w = 0; w < words; w++)
        sum += wdf[shard][document][w];
    return sum;
}

static uint32_t length_of(void *context, size_t shard, uint32_t docid)
{
    assert_ptr_equal(context, wdf);
    asked++;
    return length(shard, docid - 1);
}

static void write_shard(size_t shard, const char *path)
{
    char directory[300];
    const char *place = directory;
    xc_writer *writer;
    xc_document *document;
    snprintf(directory, sizeof directory, "%s.d", path);
    ok(xc_writer_create(directory, XC_WRITER_NO_SYNC | XC_WRITER_NO_TERMLIST, &writer, NULL));
    for (unsigned d = 0; d < documents; d++) {
        ok(xc_document_new(&document, NULL));
        for (unsigned w = 0; w < words; w++) {
            uint32_t count = random_below(w + 2) == 0 ? 1 + random_below(5) : 0;
            xc_class_term t = term(w, 1);
            wdf[shard][d][w] = count;
            if (count > 0)
                ok(xc_document_add_term(document, t.term, t.length, count, NULL));
        }
        ok(xc_document_add_term(document, "filter", 6, 0, NULL));
        uint32_t docid;
        ok(xc_writer_add(writer, document, &docid, NULL));
        xc_document_free(document);
    }
    ok(xc_writer_commit(writer, NULL));
    xc_writer_free(writer);
    ok(xc_compact(&place, 1, path, true, NULL));
}

static int make(void **state)
{
    (void)state;
    const char *folder = getenv("TMPDIR");
    int fds[shards];
    double sum = 0;
    snprintf(root, sizeof root, "%s/class_test.XXXXXX", folder && *folder ? folder : "/tmp");
    assert_non_null(mkdtemp(root));
    for (size_t s = 0; s < shards; s++) {
        char path[290];
        snprintf(path, sizeof path, "%s/%zu", root, s);
        write_shard(s, path);
        fds[s] = open(path, O_RDONLY | O_CLOEXEC);
        for (uint32_t d = 0; d < documents; d++)
            sum += length(s, d);
    }
    average = sum / shards / documents;
    ok(xc_database_open(fds, shards, &database, NULL));
    for (size_t s = 0; s < shards; s++)
        close(fds[s]);
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int clean(void **state)
{
    (void)state;
    xc_database_free(database);
    return nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static xc_query *class_of(const xc_class_term *terms, size_t count, double scale)
{
    xc_query *query = NULL;
    ok(xc_query_class(terms, count, scale, &query, NULL));
    return query;
}

static double boost_of(unsigned word)
{
    return word % 3 == 0 ? 1.5 : 0.5 + word * 0.1;
}

/* Words [first, first + count) of the class, by the formula. */
static double expected(size_t shard, uint32_t document, unsigned first, unsigned count,
                       double scale)
{
    double tf = 0, norm = fmax(length(shard, document) / average, weighting.min_normlen);
    for (unsigned w = first; w < first + count; w++)
        tf += boost_of(w) * wdf[shard][document][w];
    return scale * tf * (weighting.k1 + 1) /
           (tf + weighting.k1 * (norm * weighting.b + 1 - weighting.b));
}

static void check_class(unsigned first, unsigned count, const xc_class_term *terms)
{
    xc_mset mset;
    bool seen[shards][documents] = {{false}};
    size_t matching = 0;
    xc_query *query = class_of(terms, count, 3);
    ok(xc_search(database, query, &weighting, 1000, 1000, &mset, NULL));
    for (size_t i = 0; i < mset.count; i++) {
        const xc_match *m = &mset.items[i];
        double weight = expected(m->shard, m->docid - 1, first, count, 3);
        assert_true(fabs(m->weight - weight) < 1e-5);
        assert_true(i == 0 || m->weight <= mset.items[i - 1].weight);
        seen[m->shard][m->docid - 1] = true;
    }
    for (size_t s = 0; s < shards; s++)
        for (uint32_t d = 0; d < documents; d++) {
            bool matches = expected(s, d, first, count, 3) > 0;
            assert_int_equal(seen[s][d], matches);
            matching += matches;
        }
    assert_int_equal(mset.count, matching);
    assert_int_equal(mset.matches_lower, matching);
    xc_mset_free(&mset);

    /* The best few are the same when the matcher may leave documents out. */
    xc_mset few, all;
    ok(xc_search(database, query, &weighting, 1000, 1000, &all, NULL));
    ok(xc_search(database, query, &weighting, 5, 0, &few, NULL));
    for (size_t i = 0; i < few.count; i++)
        assert_true(fabs(few.items[i].weight - all.items[i].weight) < 1e-9);
    xc_mset_free(&few);
    xc_mset_free(&all);
    xc_query_free(query);
}

static void weighs_as_one(void)
{
    xc_class_term terms[words];
    for (unsigned count = 1; count <= words; count++)
        for (unsigned first = 0; first + count <= words; first += 3) {
            for (unsigned i = 0; i < count; i++)
                terms[i] = term(first + i, boost_of(first + i));
            check_class(first, count, terms);
        }
}

static void many(void (*check)(void))
{
    known = 1000000;
    check();
    known = 0;
}

/* Few postings are merged, many are added up: both by the formula. */
static void test_weighs_as_one(void **state)
{
    (void)state;
    weighs_as_one();
    many(weighs_as_one);
}

static void test_lengths_are_asked_for(void **state)
{
    (void)state;
    xc_class_term terms[words];
    for (unsigned i = 0; i < words; i++)
        terms[i] = term(i, boost_of(i));
    asked = 0;
    check_class(2, 3, terms + 2);
    assert_int_equal(asked, 0);
    xc_database_set_lengths(database, length_of, wdf);
    check_class(2, 3, terms + 2);
    check_class(0, words, terms);
    assert_true(asked > 0);
    xc_database_set_lengths(database, NULL, NULL);
}

static size_t count_matches(xc_query *query)
{
    xc_mset mset;
    ok(xc_search(database, query, &weighting, 1000, 1000, &mset, NULL));
    size_t count = mset.count;
    xc_mset_free(&mset);
    xc_query_free(query);
    return count;
}

static void skips(void)
{
    const xc_op ops[] = {XC_OP_AND, XC_OP_OR, XC_OP_AND_NOT, XC_OP_FILTER, XC_OP_AND_MAYBE};
    for (unsigned count = 2; count <= 14; count += 12)
        for (size_t o = 0; o < sizeof ops / sizeof *ops; o++) {
            xc_class_term a[words], b[] = {term(words - 1, 1), term(words - 2, 2)};
            xc_query *whole = NULL;
            size_t wanted = 0;
            for (unsigned i = 0; i < count; i++)
                a[i] = term(i, 1);
            xc_query *parts[] = {class_of(b, 2, 1), class_of(a, count, 2)};
            ok(xc_query_combine(ops[o], parts, 2, &whole, NULL));
            xc_query_free(parts[0]);
            xc_query_free(parts[1]);
            for (size_t s = 0; s < shards; s++)
                for (uint32_t d = 0; d < documents; d++) {
                    bool x = expected(s, d, words - 2, 2, 1) > 0,
                         y = expected(s, d, 0, count, 1) > 0;
                    wanted += ops[o] == XC_OP_OR          ? x || y
                              : ops[o] == XC_OP_AND_NOT   ? x && !y
                              : ops[o] == XC_OP_AND_MAYBE ? x
                                                          : x && y;
                }
            assert_int_equal(count_matches(whole), wanted);
        }
}

/* Within the other operators, where documents are skipped. */
static void test_skips(void **state)
{
    (void)state;
    skips();
    many(skips);
}

static void terms_without_wdf(void)
{
    xc_class_term terms[words];
    for (unsigned i = 0; i < words; i++)
        terms[i] = (xc_class_term){"nowhere", 7, 1, known};
    terms[words - 1] = (xc_class_term){"filter", 6, 1, known};
    assert_int_equal(count_matches(class_of(terms + words - 2, 2, 1)), shards * documents);
    assert_int_equal(count_matches(class_of(terms, words, 1)), shards * documents);
    assert_int_equal(count_matches(class_of(terms, words - 1, 1)), 0);
}

/* Terms that filter have a wdf of 0: they match, and weigh nothing. */
static void test_terms_without_wdf(void **state)
{
    (void)state;
    terms_without_wdf();
    many(terms_without_wdf);
}

static void test_refusals(void **state)
{
    (void)state;
    xc_query *query = NULL;
    xc_class_term good = term(0, 1), empty = {"", 0, 1, 0};
    assert_int_equal(xc_query_class(&good, 0, 1, &query, NULL), XC_INVALID);
    assert_int_equal(xc_query_class(&good, 1, -1, &query, NULL), XC_INVALID);
    assert_int_equal(xc_query_class(&good, 1, NAN, &query, NULL), XC_INVALID);
    assert_int_equal(xc_query_class(&empty, 1, 1, &query, NULL), XC_INVALID);
    assert_null(query);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weighs_as_one), cmocka_unit_test(test_lengths_are_asked_for),
        cmocka_unit_test(test_skips),         cmocka_unit_test(test_terms_without_wdf),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("class", tests, make, clean);
}
