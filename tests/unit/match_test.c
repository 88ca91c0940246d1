/* match_test.c - tests of search/match.c: order, pages, totals.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "library.h"

static void find_in_order(const cs_collection *c, const char *query, const char *expected)
{
    const char *hits = library_find(c, query);
    if (strcmp(hits, expected) != 0)
        fail_msg("%s: %s, not %s", query, hits, expected);
}

static uint32_t count_of(const cs_collection *c, const char *query)
{
    CS_SCOPED(answer) a = {0};
    uint32_t count = UINT32_MAX;

    assert_int_equal(library_plan(c, query, false, &a, NULL), CS_OK);
    assert_int_equal(cs_match_count(c, &a.plan, &count, NULL), CS_OK);
    return count;
}

/* ---- order ------------------------------------------------------------------------- */

static void test_exact_form_outranks_its_siblings(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\nIt raised money then\n");
    library_write("b.md", "# T\n\nIt raises money then\n");
    library_write("c.md", "# T\n\nIt raise money then\n");
    library_write("d.md", "# T\n\nIt saves money then\n");
    library_update();
    library_open(&c);
    find_in_order(&c, "raised", "a.md:3 b.md:3 c.md:3");
    find_in_order(&c, "raises", "b.md:3 a.md:3 c.md:3");
    find_in_order(&c, "raise", "c.md:3 a.md:3 b.md:3");
    find_in_order(&c, "raising", "a.md:3 b.md:3 c.md:3");
    cs_collection_release(&c);
}

static void test_all_the_words_come_first(void **state)
{
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\nalpha alpha alpha here\n");
    library_write("b.md", "# T\n\nbeta beta beta here\n");
    library_write("c.md", "# T\n\nalpha of the beta here\n");
    library_update();
    library_open(&c);
    find_in_order(&c, "alpha beta", "c.md:3 a.md:3 b.md:3");
    find_in_order(&c, "+beta alpha", "c.md:3 b.md:3");
    cs_collection_release(&c);
}

/* Across segments too, whose document numbers are in another order. */
static void test_ties_by_path_then_line(void **state)
{
    CS_SCOPED(cs_buf) filler = {.limit = 1 << 20};
    cs_collection c;

    (void)state;
    cs_buf_add_string(&filler, "# F\n\n");
    for (int i = 0; i < 1000; i++)
        cs_buf_add_string(&filler, "other ");
    library_write("z.md", filler.data);
    library_write("m.md", "# T\n\nsame words\n\n# T\n\nsame words\n");
    library_write("y.md", "# T\n\nsame words\n");
    library_update();
    library_write("a/b.md", "# T\n\nsame words\n");
    library_write("n.md", "# T\n\nsame words\n");
    library_update();
    library_open(&c);
    assert_int_equal(c.shard_count, 2);
    find_in_order(&c, "same words", "a/b.md:3 m.md:3 m.md:7 n.md:3 y.md:3");
    find_in_order(&c, "file:m.md", "m.md:3 m.md:7");
    cs_collection_release(&c);
}

/* ---- pages ------------------------------------------------------------------------- */

enum { many = 1300 }; /* more than are fetched at first */

/* Passages of equal weight, three to a file, and one that is better. In two
 * segments, so that document numbers are not in order of path. */
static void write_many(void)
{
    CS_SCOPED(cs_buf) filler = {.limit = 1 << 20};
    char path[32];

    for (int i = 0; i < 20000; i++)
        cs_buf_add_string(&filler, "other ");
    library_write("zz/filler.txt", filler.data);
    for (int segment = 0; segment < 2; segment++) {
        for (int i = segment; i < many / 3; i += 2) {
            snprintf(path, sizeof path, "%03d.md", i);
            library_write(path, "# T\n\nsame\n\n# T\n\nsame\n\n# T\n\nsame\n");
        }
        if (segment == 0)
            library_write("better.md", "# Same\n\nsame same\n");
        library_update();
    }
}

/* Takes the pages one after the other; checks that they are `all`. */
static void check_pages(const cs_collection *c, const char *query, uint32_t limit,
                        uint32_t per_file, const cs_hits *all)
{
    uint32_t seen = 0;

    for (;;) {
        const cs_page page = {.offset = seen, .limit = limit, .per_file = per_file};
        CS_SCOPED(answer) a = {0};
        library_ask(c, query, false, &page, &a);
        assert_true(a.hits.count <= limit);
        for (size_t i = 0; i < a.hits.count; i++, seen++) {
            assert_true(seen < all->count);
            assert_int_equal(a.hits.items[i].shard, all->items[seen].shard);
            assert_int_equal(a.hits.items[i].passage, all->items[seen].passage);
        }
        if (a.hits.count < limit)
            break;
    }
    assert_int_equal(seen, all->count);
}

static void test_pages_cover_all_and_do_not_overlap(void **state)
{
    static const uint32_t limits[] = {90, 500, 1001, 5000};
    cs_collection c;

    (void)state;
    write_many();
    library_open(&c);
    assert_int_equal(c.shard_count, 2);
    for (uint32_t per_file = 0; per_file <= 2; per_file++) {
        const cs_page everything = {.limit = UINT32_MAX, .per_file = per_file};
        CS_SCOPED(answer) all = {0};
        library_ask(&c, "same", false, &everything, &all);
        uint32_t each = per_file == 0 ? 3 : per_file;
        assert_int_equal(all.hits.count, many / 3 * each + 1);
        for (size_t i = 2; i < all.hits.count; i++) {
            const cs_hit *x = &all.hits.items[i - 1], *y = &all.hits.items[i];
            int order = cs_view_compare(x->path, y->path);
            assert_true(x->score >= y->score);
            assert_true(order < 0 || (order == 0 && x->passage < y->passage));
        }
        for (size_t i = per_file == 0 ? 0 : 1; i < 4; i++)
            check_pages(&c, "same", limits[i], per_file, &all.hits);
    }
    cs_collection_release(&c);
}

static void test_totals_and_counts(void **state)
{
    const cs_page page = {.limit = 10, .per_file = 3};
    CS_SCOPED(answer) few = {0};
    CS_SCOPED(answer) none = {0};
    cs_collection c;

    (void)state;
    write_many();
    library_open(&c);
    library_ask(&c, "path:00*.md", false, &page, &few);
    assert_int_equal(few.hits.total, 30);
    assert_true(few.hits.total_exact);
    assert_int_equal(few.hits.count, 10);
    assert_int_equal(count_of(&c, "same"), many / 3 * 3 + 1);
    assert_int_equal(count_of(&c, "path:00*.md"), 30);
    assert_int_equal(count_of(&c, "NOT same NOT path:zz/"), 0);
    assert_int_equal(count_of(&c, "nowhere"), 0);
    library_ask(&c, "nowhere", false, &page, &none);
    assert_int_equal(none.hits.total, 0);
    assert_true(none.hits.total_exact);
    assert_int_equal(none.hits.files, 0);
    cs_collection_release(&c);
}

static void check_total(uint32_t matching, bool *ret_exact)
{
    const cs_page page = {.limit = 10, .per_file = 3};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    CS_SCOPED(answer) a = {0};
    cs_collection c;

    for (uint32_t i = 0; i < matching; i++)
        cs_buf_addf(&text, "# T\n\nword %u\n\n", i);
    cs_buf_add_string(&text, "# T\n\nother\n");
    library_write("a.md", text.data);
    library_update();
    library_open(&c);
    library_ask(&c, "word", false, &page, &a);
    *ret_exact = a.hits.total_exact;
    if (a.hits.total_exact)
        assert_int_equal(a.hits.total, matching);
    assert_int_equal(count_of(&c, "word"), matching);
    cs_collection_release(&c);
}

static void test_totals_are_exact_up_to_a_thousand(void **state)
{
    bool exact;

    (void)state;
    check_total(cs_exact_total - 1, &exact);
    assert_true(exact);
    check_total(cs_exact_total, &exact);
    assert_true(exact);
    check_total(cs_exact_total + 1, &exact);
    check_total(3 * cs_exact_total, &exact);
}

static void test_hits_of_one_study_are_capped_and_counted(void **state)
{
    const cs_page page = {.limit = 10, .per_file = 2};
    const cs_page second = {.offset = 1, .limit = 1, .per_file = 2};
    CS_SCOPED(answer) a = {0};
    CS_SCOPED(answer) b = {0};
    cs_collection c;

    (void)state;
    library_write("a.md", "# T\n\nword\n\n# T\n\nword\n\n# T\n\nword\n\n# T\n\nword\n");
    library_write("b.md", "# T\n\nword\n\n# T\n\nother\n");
    library_update();
    library_open(&c);
    library_ask(&c, "word", false, &page, &a);
    assert_string_equal(library_hits(&c, &a.hits), "a.md:3 a.md:7 b.md:3");
    assert_int_equal(a.hits.items[0].more, 0);
    assert_int_equal(a.hits.items[1].more, 2);
    assert_int_equal(a.hits.items[2].more, 0);
    assert_int_equal(a.hits.total, 5);
    assert_int_equal(a.hits.files, 2);
    library_ask(&c, "word", false, &second, &b);
    assert_string_equal(library_hits(&c, &b.hits), "a.md:7");
    assert_int_equal(b.hits.items[0].more, 2);
    cs_collection_release(&c);
}

static void test_pages_past_the_end_are_empty(void **state)
{
    const cs_page beyond = {.offset = 1000000, .limit = 10, .per_file = 3};
    const cs_page largest = {.offset = UINT32_MAX, .limit = UINT32_MAX - 1};
    const cs_page nothing = {.limit = 0};
    CS_SCOPED(answer) a = {0};
    CS_SCOPED(answer) b = {0};
    CS_SCOPED(answer) n = {0};
    cs_collection c;

    (void)state;
    library_write("a.md", "word\n");
    library_update();
    library_open(&c);
    library_ask(&c, "word", false, &beyond, &a);
    library_ask(&c, "word", false, &largest, &b);
    library_ask(&c, "word", false, &nothing, &n);
    assert_int_equal(a.hits.count + b.hits.count + n.hits.count, 0);
    assert_int_equal(a.hits.total, 1);
    assert_int_equal(n.hits.total, 1);
    cs_collection_release(&c);
}

/* ---- one index and another of the same files --------------------------------------- */

static const char *const vocabulary[] = {"alpha",   "beta",        "gamma",   "raised", "raises",
                                         "raise",   "valuation",   "valued",  "of",     "the",
                                         "open",    "source",      "company", "GPT-4",  "funding",
                                         "results", "open-source", "2023",    "delta",  "billion"};

static void add_random_words(cs_buf *text, uint32_t *seed, uint32_t count)
{
    while (count-- > 0)
        cs_buf_addf(text, "%s%s", vocabulary[library_random(seed, 20)],
                    library_random(seed, 12) == 0 ? ". " : " ");
}

static void write_random(int number, uint32_t words, uint32_t *seed)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    char path[32];

    cs_buf_addf(&text, "---\ntags: %s\n---\n# ", vocabulary[library_random(seed, 20)]);
    add_random_words(&text, seed, 2);
    for (int i = 0; i < 4; i++) {
        cs_buf_add_string(&text, "\n\n## ");
        add_random_words(&text, seed, 2);
        cs_buf_add_string(&text, "\n\n");
        add_random_words(&text, seed, words / 8 + library_random(seed, words / 4));
    }
    snprintf(path, sizeof path, "%d/%02d.md", number % 3, number);
    library_write(path, text.data);
}

static void add_leaf(cs_buf *query, uint32_t *seed)
{
    const char *word = vocabulary[library_random(seed, 20)];
    switch (library_random(seed, 9)) {
    case 0:
        cs_buf_addf(query, "\"%s %s\" ", word, vocabulary[library_random(seed, 20)]);
        break;
    case 1:
        cs_buf_addf(query, "%.2s* ", word);
        break;
    case 2:
        cs_buf_addf(query, "%s:%s ", library_random(seed, 2) ? "title" : "heading", word);
        break;
    case 3:
        cs_buf_addf(query, "%s%s ", library_random(seed, 2) ? "-" : "+", word);
        break;
    case 4:
        cs_buf_addf(query, "(%s OR tags:%s) ", word, vocabulary[library_random(seed, 20)]);
        break;
    case 5:
        cs_buf_addf(query, "%s AND %s ", word, vocabulary[library_random(seed, 20)]);
        break;
    default:
        cs_buf_addf(query, "%s ", word);
    }
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the hits in byte order instead of by rank. */
static void sort_names(char *names)
{
    char *words[4000], *copy = strdup(names), *rest = NULL;
    size_t count = 0;

    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    if (count > 0)
        qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count; i++)
        names = stpcpy(stpcpy(names, i == 0 ? "" : " "), words[i]);
    free(copy);
}

/* Asks both the same 100 questions. */
static void compare_answers(const char *one, const char *other, bool order, uint32_t seed)
{
    cs_collection a, b;
    size_t hits = 0;

    library_open_at(one, &a);
    library_open_at(other, &b);
    assert_true(a.shard_count > b.shard_count);
    for (int i = 0; i < 100; i++) {
        CS_SCOPED(cs_buf) query = {.limit = 1 << 12};
        for (uint32_t n = 1 + library_random(&seed, 4); n > 0; n--)
            add_leaf(&query, &seed);
        char *x = strdup(library_find(&a, query.data));
        char *y = strdup(library_find(&b, query.data));
        if (!order)
            sort_names(x), sort_names(y);
        if (strcmp(x, y) != 0)
            fail_msg("%s:\n%s\n%s", query.data, x, y);
        hits += strlen(x);
        free(x);
        free(y);
    }
    assert_true(hits > 1000);
    cs_collection_release(&a);
    cs_collection_release(&b);
}

static void build_clean(void)
{
    cs_update_result result;

    scratch_folder("clean");
    assert_int_equal(library_run("clean", NULL, &result, NULL), CS_OK);
}

static void write_segments(uint32_t *seed)
{
    for (int i = 0; i < 12; i++)
        write_random(20 - i, 400, seed);
    library_update();
    for (int i = 0; i < 4; i++)
        write_random(5 - i, 150, seed);
    library_update();
    write_random(30, 60, seed);
    library_update();
}

/* Nothing dead: same hits in the same order. */
static void test_segments_answer_as_one(void **state)
{
    uint32_t seed = 4711;

    (void)state;
    write_segments(&seed);
    build_clean();
    compare_answers(LIBRARY_INDEX, "clean", true, 1);
}

/* With dead files: the same hits. Their words still count a little in how rare a
 * word is, so the order may differ until they are merged away. */
static void test_dead_files_change_no_hits(void **state)
{
    uint32_t seed = 4712;

    (void)state;
    write_segments(&seed);
    write_random(20, 60, &seed);
    library_delete("1/10.md");
    library_update();
    build_clean();
    compare_answers(LIBRARY_INDEX, "clean", false, 2);
}

/* ---- checks after the match -------------------------------------------------------- */

enum { sections = 100, files = 80 };

/* A word, the first ones oftener. */
static const char *random_word(uint32_t *seed)
{
    static const char *const words[] = {"one", "two", "three", "four", "five", "ten", "many"};
    uint32_t below = 1 + library_random(seed, 7);
    return words[library_random(seed, below)];
}

/* Many short passages of few words, so that any two words are a common phrase. */
static void write_common(void)
{
    uint32_t seed = 99;
    for (int f = 0; f < files; f++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
        char path[32];
        snprintf(path, sizeof path, "%c%02d.md", 'a' + f * 7 % 26, f);
        for (int s = 0; s < sections; s++) {
            cs_buf_addf(&text, s % 9 == 0 ? "\n# %s %s\n\n" : "\n# T%.0s%.0s\n\n",
                        random_word(&seed), random_word(&seed));
            for (uint32_t n = 8 + library_random(&seed, 24); n > 0; n--)
                cs_buf_addf(&text, "%s%s", random_word(&seed), n % 11 == 0 ? ", " : " ");
            cs_buf_add_char(&text, '\n');
        }
        library_write(path, text.data);
        if (f == files / 2)
            library_update();
    }
    library_delete("a00.md"); /* dead */
    library_update();
}

static void make_question(uint32_t *seed, char *query, size_t size)
{
    static const char *const shapes[] = {"\"%s %s\"",      "\"%s %s\"",          "\"%s %s\"",
                                         "+\"%s %s\" ten", "\"%s %s\" NOT many", "%s NEAR/2 %s"};
    const char *first = random_word(seed), *second = random_word(seed);
    const char *shape = shapes[library_random(seed, 6)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(query, size, shape, first, second);
#pragma GCC diagnostic pop
}

/* The page and, if it is known, the total are those of checks in the match. Whether
 * this was an estimate is returned. */
static bool check_both_ways(const cs_collection *c, const char *query, const cs_page *page)
{
    CS_SCOPED(answer) a = {0}, b = {0};
    uint32_t count;
    assert_int_equal(library_plan(c, query, false, &b, NULL), CS_OK);
    assert_non_null(b.plan.loose);
    xc_query_free(b.plan.loose);
    b.plan.loose = NULL;
    library_ask(c, query, false, page, &a);
    assert_int_equal(cs_match_run(c, &b.plan, page, &b.hits, NULL), CS_OK);
    assert_int_equal(cs_match_count(c, &b.plan, &count, NULL), CS_OK);
    if (a.hits.count != b.hits.count)
        fail_msg("%s: %zu hits, not %zu", query, a.hits.count, b.hits.count);
    for (size_t i = 0; i < a.hits.count; i++) {
        const cs_hit *x = &a.hits.items[i], *y = &b.hits.items[i];
        if (x->shard != y->shard || x->passage != y->passage || x->score != y->score)
            fail_msg("%s: hit %zu: %.*s:%u, not %.*s:%u", query, i, (int)x->path.len, x->path.data,
                     x->passage, (int)y->path.len, y->path.data, y->passage);
    }
    if (a.hits.total_exact || count <= cs_exact_total)
        assert_int_equal(a.hits.total, count);
    else if (a.hits.total <= cs_exact_total || a.hits.total > count * 4 / 3 + 100 ||
             a.hits.total < count * 2 / 3)
        fail_msg("%s: about %u of %u", query, a.hits.total, count);
    return !a.hits.total_exact;
}

static void test_checks_after_the_match_change_nothing(void **state)
{
    uint32_t seed = 5, estimates = 0;
    cs_collection c;

    (void)state;
    write_common();
    library_open(&c);
    for (int round = 0; round < 200; round++) {
        char query[100];
        const cs_page page = {.offset = library_random(&seed, 3) * 10,
                              .limit = 1 + library_random(&seed, 30),
                              .per_file = library_random(&seed, 2) * 3,
                              .fold = library_random(&seed, 2) == 0};
        make_question(&seed, query, sizeof query);
        estimates += check_both_ways(&c, query, &page);
    }
    assert_true(estimates > 50);
    cs_collection_release(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_exact_form_outranks_its_siblings),
        TEST(test_all_the_words_come_first),
        TEST(test_ties_by_path_then_line),
        TEST(test_checks_after_the_match_change_nothing),
        TEST(test_pages_cover_all_and_do_not_overlap),
        TEST(test_totals_and_counts),
        TEST(test_totals_are_exact_up_to_a_thousand),
        TEST(test_hits_of_one_study_are_capped_and_counted),
        TEST(test_pages_past_the_end_are_empty),
        TEST(test_segments_answer_as_one),
        TEST(test_dead_files_change_no_hits),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
