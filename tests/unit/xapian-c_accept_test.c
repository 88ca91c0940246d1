/* xapian-c_accept_test.c - the wrapper over libxapian: leaves of a query that ask the caller,
 * bounds and order of matches.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c_fixture.h"

/* ---- The accept leaf --------------------------------------------------------------- */

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

/* ---- Matching ---------------------------------------------------------------------- */

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
