/* xapian-c_query_test.c - the wrapper over libxapian: terms and queries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "xapian-c_fixture.h"

/* ---- Terms ------------------------------------------------------------------------- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),      cmocka_unit_test(test_ops),
        cmocka_unit_test(test_op_weights), cmocka_unit_test(test_bm25),
        cmocka_unit_test(test_describe),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
