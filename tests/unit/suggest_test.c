/* suggest_test.c - tests of search/suggest.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"
#include "suggest.h"

static unsigned edits(const char *a, const char *b, unsigned most)
{
    return cs_spelling_distance(cs_view_of(a), cs_view_of(b), most);
}

static void test_edits_are_counted(void **state)
{
    (void)state;
    assert_int_equal(edits("stripe", "stripe", 3), 0);
    assert_int_equal(edits("stripe", "strpie", 3), 1); /* exchanged */
    assert_int_equal(edits("stripe", "stipe", 3), 1);  /* left out */
    assert_int_equal(edits("stripe", "strippe", 3), 1);
    assert_int_equal(edits("stripe", "strype", 3), 1);
    assert_int_equal(edits("stripe", "tsripe", 3), 1);
    assert_int_equal(edits("stripe", "strap", 3), 2);
    assert_int_equal(edits("ca", "abc", 9), 3); /* not 2: no place is edited twice */
    assert_int_equal(edits("", "abc", 9), 3);
    assert_int_equal(edits("abc", "", 9), 3);
    assert_int_equal(edits("\xC3\xA4"
                           "b",
                           "\xC3\xB6"
                           "b",
                           9),
                     1); /* letters, not bytes */
    assert_int_equal(edits("stripe", "nothing", 2), 3);
    assert_int_equal(edits("a", "abcdef", 2), 3);
}

/* The definition, word for word, without a table. */
static unsigned by_definition(const char *a, const char *b)
{
    if (*a == '\0' || *b == '\0')
        return (unsigned)(strlen(a) + strlen(b));
    unsigned best = by_definition(a + 1, b + 1) + (*a != *b);
    unsigned out = by_definition(a + 1, b) + 1, in = by_definition(a, b + 1) + 1;
    best = out < best ? out : best;
    best = in < best ? in : best;
    if (a[1] != '\0' && a[0] == b[1] && a[1] == b[0]) {
        unsigned exchanged = by_definition(a + 2, b + 2) + 1;
        best = exchanged < best ? exchanged : best;
    }
    return best;
}

static void test_edits_are_those_of_the_definition(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        char a[6] = "", b[6] = "";
        uint32_t size_a = library_random(&seed, 6), size_b = library_random(&seed, 6);
        for (uint32_t k = 0; k < size_a; k++)
            a[k] = (char)('a' + library_random(&seed, 3));
        for (uint32_t k = 0; k < size_b; k++)
            b[k] = (char)('a' + library_random(&seed, 3));
        unsigned d = by_definition(a, b);
        assert_int_equal(edits(a, b, 20), d);
        assert_int_equal(edits(a, b, 2), d < 3 ? d : 3); /* cut short, the same */
    }
}

static const cs_synonyms *synonyms;

static void suggests(const cs_collection *c, const char *query, const char *expected)
{
    CS_SCOPED(answer) a = {0};
    CS_SCOPED(cs_buf) better = {.limit = cs_max_query};
    cs_error error = {0};

    assert_int_equal(library_plan(c, query, false, &a, &error), CS_OK);
    if (cs_suggest(c, query, a.tree, synonyms, &better, &error) != CS_OK)
        fail_msg("%s", error.message);
    if (strcmp(better.data == NULL ? "" : better.data, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", query, better.data, expected);
    if (better.len > 0) /* the planner has seen it, too: it is what asks */
        assert_true(a.plan.unknown);
}

static int make_cases(void **state)
{
    library_make(state);
    library_write("a.md", "# Stripe\n\nThe valuation of Käärmann's company. Hugging faces.\n\n"
                          "It processes payments. Payments again, and a strip.\n");
    library_write("b.md", "# Banana\n\nA market for fruit. The market is large. Strips.\n\n"
                          "## More\n\nOf the market.\n");
    library_write("c.md", "# Cherry\n\nThe markup of fruit. A maker.\n");
    library_write("de.md",
                  "---\nlang: de\n---\n# Birne\n\nDie Bewertung war 東京都 hoch. GPT-4.\n");
    library_write("none.md",
                  "---\nlang: none\n---\n# Quince\n\nMarmalade, unstemmed. A marker of fruit.\n");
    library_update();
    cs_collection *c = calloc(1, sizeof *c);
    scratch_must(c != NULL, "calloc");
    library_open(c);
    *state = c;
    return 0;
}

static int remove_cases(void **state)
{
    cs_collection_release(*state);
    free(*state);
    return scratch_remove(state);
}

static void test_misspelt_words_are_replaced(void **state)
{
    const cs_collection *c = *state;

    suggests(c, "valution", "valuation");
    suggests(c, "Valution of STRPIE", "valuation of stripe");
    suggests(c, "tsripe", "stripe"); /* the first letters exchanged */
    suggests(c, "xtripe", "stripe");
    suggests(c, "kaarman", "kaarmann");
    suggests(c, "Käärman", "kaarmann");
    suggests(c, "bewretung", "bewertung"); /* of every language */
    suggests(c, "marmelade", "marmalade"); /* and of none */
    suggests(c, "\"huging faces\"", "\"hugging faces\"");
    suggests(c, "+strpie NOT banana", "+stripe NOT banana");
    suggests(c, "(strpie OR banana) AND fruit", "(stripe OR banana) AND fruit");
    suggests(c, "strpie title:strpie", "stripe title:strpie"); /* fields are as typed */
}

static void test_what_is_known_or_no_word_is_left_alone(void **state)
{
    const cs_collection *c = *state;

    suggests(c, "valuation", "");
    suggests(c, "valuations", ""); /* another form is there */
    suggests(c, "qqqqqqqq", "");
    suggests(c, "xx", "");
    suggests(c, "2024", "");
    suggests(c, "gpt5", "");
    suggests(c, "banana -strpie", "");
    suggests(c, "NOT strpie", "");
    suggests(c, "strpi*", "");
    suggests(c, "京都市", "");
    suggests(c, "stripe...", "");
}

/* The fewest edits, then the commonest, then by bytes. */
static void test_the_nearest_then_the_commonest_is_taken(void **state)
{
    const cs_collection *c = *state;

    suggests(c, "marke", "market"); /* maker has the same number of edits, and fewer passages */
    suggests(c, "strpi", "strip");
    suggests(c, "valuatoin strpie markt", "valuation stripe market");
    suggests(c, "tripe", "stripe"); /* the first letter only when nothing else is alike */
    suggests(c, "mraket", "market");
    suggests(c, "frxt", ""); /* two edits of a short word */
    suggests(c, "marmalaed", "marmalade");
    suggests(c, "mrmalaed", "marmalade"); /* two, of eight letters */
    suggests(c, "mrmalxed", "");          /* three */
    suggests(c, "marmelade fruit", "marmalade fruit");
    suggests(c, "frt", ""); /* three letters */
}

/* Of those as near, the one that stands with the other words. */
static void test_the_words_beside_it_decide(void **state)
{
    const cs_collection *c = *state;

    suggests(c, "marke", "market");
    suggests(c, "marke marmalade", "marker marmalade");
    suggests(c, "marmalade of the marke", "marmalade of the marker");
    suggests(c, "banana marke", "banana market");
    suggests(c, "marke fruit", "market fruit");         /* both do: the commoner one */
    suggests(c, "marke valuation", "market valuation"); /* neither does */
    suggests(c, "marke of the", "market of the");       /* which says nothing */
}

/* What a synonym has found is not called misspelt. */
static void test_words_with_synonyms_are_left_alone(void **state)
{
    cs_synonyms own = {0};
    cs_error error = {0};

    suggests(*state, "maket", "market");
    assert_int_equal(cs_synonyms_read("own", cs_view_of("maket banana"), &own, &error), CS_OK);
    synonyms = &own;
    suggests(*state, "maket", "");
    suggests(*state, "marmelade", "marmalade");
    synonyms = NULL;
    cs_synonyms_release(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits_are_counted),
        cmocka_unit_test(test_edits_are_those_of_the_definition),
        cmocka_unit_test_setup_teardown(test_misspelt_words_are_replaced, make_cases, remove_cases),
        cmocka_unit_test_setup_teardown(test_what_is_known_or_no_word_is_left_alone, make_cases,
                                        remove_cases),
        cmocka_unit_test_setup_teardown(test_the_nearest_then_the_commonest_is_taken, make_cases,
                                        remove_cases),
        cmocka_unit_test_setup_teardown(test_the_words_beside_it_decide, make_cases, remove_cases),
        cmocka_unit_test_setup_teardown(test_words_with_synonyms_are_left_alone, make_cases,
                                        remove_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
