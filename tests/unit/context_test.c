/* context_test.c - tests of search/context.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "context.h"
#include "library.h"

/* What holds for every context, whatever was asked. */
static void check_context(const cs_context *c)
{
    uint32_t end = 0, shown = 0, len = (uint32_t)c->passage.text.len;
    bool holds = c->matches.count == 0;

    assert_true(c->excerpt_count >= 1 && c->excerpt_count <= cs_max_sentences);
    assert_true(c->best < c->excerpt_count);
    for (size_t i = 0; i < c->excerpt_count; i++) {
        const cs_excerpt *e = &c->excerpts[i];
        assert_true(e->start >= end && e->start < e->end && e->end <= len);
        assert_true(((unsigned char)c->passage.text.data[e->start] & 0xC0) != 0x80);
        assert_true(e->end == len || ((unsigned char)c->passage.text.data[e->end] & 0xC0) != 0x80);
        end = e->end;
        shown += e->end - e->start;
        for (size_t m = 0; m < c->matches.count; m++)
            holds = holds || (i == c->best && c->matches.items[m].start >= e->start &&
                              c->matches.items[m].end <= e->end);
    }
    assert_true(shown <= cs_max_snippet);
    if (!holds)
        fail_msg("no match in the best excerpt of: %.*s", (int)len, c->passage.text.data);
    for (size_t m = 0, at = 0; m < c->matches.count; m++) {
        assert_true(c->matches.items[m].start >= at && c->matches.items[m].end <= len);
        at = c->matches.items[m].end;
    }
}

/* The excerpts, joined by " | ", with matches in braces and cuts as "...". */
static void show(const cs_context *c, cs_buf *out)
{
    for (size_t i = 0; i < c->excerpt_count; i++) {
        const cs_excerpt *e = &c->excerpts[i];
        cs_buf_addf(out, "%s%s", i == 0 ? "" : " | ", e->cut_before ? "..." : "");
        uint32_t at = e->start;
        for (size_t m = 0; m < c->matches.count; m++) {
            const cs_found *f = &c->matches.items[m];
            if (f->start < e->start || f->start >= e->end)
                continue;
            cs_buf_addf(out, "%.*s{%.*s}", (int)(f->start - at), c->passage.text.data + at,
                        (int)(f->end - f->start), c->passage.text.data + f->start);
            at = f->end;
        }
        cs_buf_addf(out, "%.*s%s", (int)(e->end - at), c->passage.text.data + at,
                    e->cut_after ? "..." : "");
    }
}

/* Indexes a study of this text and asks for its best passage. */
typedef struct asked {
    cs_collection collection;
    answer answer;
    cs_context context;
} asked;

static void asked_release(asked *a)
{
    cs_context_release(&a->context);
    answer_release(&a->answer);
    cs_collection_release(&a->collection);
}

static void ask(const char *text, const char *query, asked *ret_asked)
{
    cs_error error = {0};

    *ret_asked = (asked){0};
    library_write("a.md", text);
    library_update();
    library_open(&ret_asked->collection);
    library_ask(&ret_asked->collection, query, false, NULL, &ret_asked->answer);
    assert_true(ret_asked->answer.hits.count > 0);
    if (cs_context_make(&ret_asked->collection, &ret_asked->answer.plan,
                        &ret_asked->answer.hits.items[0], NULL, &ret_asked->context,
                        &error) != CS_OK)
        fail_msg("%s", error.message);
    check_context(&ret_asked->context);
}

static void shows(const char *text, const char *query, const char *expected)
{
    CS_SCOPED(asked) a = {0};
    CS_SCOPED(cs_buf) shown = {.limit = 1 << 16};

    ask(text, query, &a);
    show(&a.context, &shown);
    if (strcmp(shown.data, expected) != 0)
        fail_msg("%s: %s\nnot %s", query, shown.data, expected);
}

static void test_sentence_with_the_match(void **state)
{
    static const char text[] = "# Hugging Face\n\nIt began in 2016. They raised at a valuation of "
                               "$4.5 billion. [^3] Then it grew.\n\n[^3]: axios\n";

    (void)state;
    shows(text, "valuation", "They raised at a {valuation} of $4.5 billion. [^3]");
    shows(text, "began", "It {began} in 2016.");
    shows(text, "grew", "Then it {grew}.");
    shows(text, "\"2016 they\"",
          "It began in {2016. They} raised at a valuation of $4.5 "
          "billion. [^3]");
}

static void test_sentences_that_add_words(void **state)
{
    static const char text[] = "# T\n\nAlpha is here. Nothing is there. Beta came late. Alpha "
                               "again. Gamma and beta met.\n";

    (void)state;
    shows(text, "alpha beta", "{Alpha} is here. | {Beta} came late.");
    shows(text, "beta gamma", "{Gamma} and {beta} met.");
    shows(text, "alpha beta gamma", "{Alpha} is here. | {Gamma} and {beta} met.");
}

static void test_no_match_in_the_text_shows_its_beginning(void **state)
{
    (void)state;
    shows("# Stripe\n\nIt was valued. It grew.\n", "stripe", "It was valued.");
    shows("# Stripe\n\nIt was valued. It grew.\n", "title:stripe", "It was valued.");
    shows("# Stripe\n\n## Results\n\nIt was valued. It grew.\n", "heading:results",
          "It was valued.");
}

/* A word of the title is in many sentences; the other one tells more. */
static void test_words_of_the_title_say_less(void **state)
{
    (void)state;
    shows("# Stripe\n\nStripe began. It was valued. Stripe grew.\n", "stripe valued",
          "{Stripe} began. | It was {valued}.");
    CS_SCOPED(asked) a = {0};
    ask("# Stripe\n\nStripe began. It was valued. Stripe grew.\n", "stripe valued", &a);
    assert_int_equal(a.context.best, 1);
}

static void test_long_sentence_is_cut_around_the_match(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    CS_SCOPED(asked) a = {0};

    (void)state;
    cs_buf_add_string(&text, "# T\n\n");
    for (int i = 0; i < 150; i++)
        cs_buf_addf(&text, "%s ", i == 100 ? "needle" : "straw");
    ask(text.data, "needle", &a);
    const cs_excerpt *e = &a.context.excerpts[0];
    assert_true(e->cut_before);
    assert_false(e->cut_after);
    assert_int_equal(a.context.passage.text.data[e->start], 's'); /* at a word */
    assert_true(a.context.matches.items[0].start - e->start <= cs_cut_margin + 40);
}

static void test_cut_of_a_text_without_blanks(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    CS_SCOPED(asked) a = {0};

    (void)state;
    cs_buf_add_string(&text, "# T\n\n");
    for (int i = 0; i < 180; i++)
        cs_buf_add_string(&text, i == 60 ? "東京" : "𠮷"); /* of four bytes */
    ask(text.data, "東京", &a);
    assert_true(a.context.excerpts[0].cut_before);
    assert_true(a.context.excerpts[0].cut_after);
}

/* The cut looks for a blank, but not into the sentence before. */
static void test_cut_stays_in_its_sentence(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    CS_SCOPED(asked) a = {0};

    (void)state;
    cs_buf_add_string(&text, "# T\n\nA needle short\n\n");
    for (int i = 0; i < 131; i++)
        cs_buf_add_char(&text, '-');
    cs_buf_add_string(&text, "gold needle");
    for (int i = 0; i < 100; i++)
        cs_buf_add_string(&text, " straw");
    ask(text.data, "gold", &a);
    for (size_t i = 0; i < a.context.excerpt_count; i++)
        for (uint32_t at = a.context.excerpts[i].start; at < a.context.excerpts[i].end; at++)
            assert_int_not_equal(a.context.passage.text.data[at], '\n');
}

static void test_scripts_without_blanks(void **state)
{
    (void)state;
    shows("# 会社\n\nここは東京都です。次は大阪です。\n", "東京都", "ここは{東京都}です。");
    shows("# 会社\n\nここは東京都です。次は大阪です。\n", "大阪", "次は{大阪}です。");
    shows("# 会社\n\nここは東京都です。次は大阪です。\n", "会社", "ここは東京都です。");
}

static void test_places_in_the_file(void **state)
{
    CS_SCOPED(asked) a = {0};
    CS_SCOPED(asked) title = {0};

    (void)state;
    ask("# T\r\n\r\nFirst *line* &amp; more\r\nthe **valuation** is.\r\n", "valuation", &a);
    cs_position p = cs_context_place(&a.context);
    assert_int_equal(p.line, 4);
    assert_int_equal(p.column, 7);
    assert_int_equal(p.end - p.start, 9);
    assert_int_equal(p.start, 7 + 25 + 6);
    ask("\n\n# Stripe\n\nIt was.\n", "stripe", &title);
    p = cs_context_place(&title.context);
    assert_int_equal(p.line, 5);
    assert_int_equal(p.column, 1);
}

static void test_sources_of_what_is_shown(void **state)
{
    CS_SCOPED(asked) a = {0};

    (void)state;
    ask("# T\n\nAlpha.[^1] Beta.[^2] Gamma.\n\n[^1]: one\n[^2]: two\n", "beta", &a);
    assert_int_equal(a.context.passage.marks.count, 2);
    assert_false(cs_context_shows(&a.context, &a.context.passage.marks.items[0]));
    assert_true(cs_context_shows(&a.context, &a.context.passage.marks.items[1]));
}

/* Marks after the full stop belong to the sentence before it, several too, and
 * without a blank before the next one. */
static void test_marks_stay_with_their_sentence(void **state)
{
    CS_SCOPED(asked) a = {0};

    (void)state;
    ask("# T\n\nAlpha.[^1], [^2] Beta.[^1]Gamma [^2].[^1]\n\n[^1]: one\n[^2]: two\n", "alpha", &a);
    assert_int_equal(a.context.passage.marks.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(cs_context_shows(&a.context, &a.context.passage.marks.items[i]), i < 2);
}

/* The rules of check_context on whatever text and question. */
static void test_any_text_and_question(void **state)
{
    static const char *const parts[] = {
        "alpha ", "beta ", "GPT-4 ", "gamma. ", "Delta! ",          "\n\n",  "東京", "。", "é", "x",
        "[^1] ",  "- ",    "` ",     "alpha-",  "longlonglonglong", "&amp; "};
    static const char *const queries[] = {
        "alpha", "alpha beta gamma delta", "\"alpha beta\"", "g*", "GPT-4 東京", "é x longl*"};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    cs_collection c;
    uint32_t seed = 31;
    char path[20];
    size_t seen = 0;

    (void)state;
    for (int i = 0; i < 60; i++) {
        cs_buf_clear(&text);
        cs_buf_add_string(&text, "# alpha T\n\n");
        for (uint32_t n = library_random(&seed, 400); n > 0; n--)
            cs_buf_add_string(&text, parts[library_random(&seed, i % 3 == 0 ? 4 : 16)]);
        snprintf(path, sizeof path, "%d.md", i);
        library_write(path, text.data);
    }
    library_update();
    library_open(&c);
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        CS_SCOPED(answer) a = {0};
        library_ask(&c, queries[q], false, NULL, &a);
        for (size_t i = 0; i < a.hits.count; i++, seen++) {
            CS_SCOPED(cs_context) context = {0};
            assert_int_equal(cs_context_make(&c, &a.plan, &a.hits.items[i], NULL, &context, NULL),
                             CS_OK);
            check_context(&context);
        }
    }
    assert_true(seen > 200);
    cs_collection_release(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_sentence_with_the_match),
        TEST(test_sentences_that_add_words),
        TEST(test_no_match_in_the_text_shows_its_beginning),
        TEST(test_words_of_the_title_say_less),
        TEST(test_long_sentence_is_cut_around_the_match),
        TEST(test_cut_of_a_text_without_blanks),
        TEST(test_cut_stays_in_its_sentence),
        TEST(test_scripts_without_blanks),
        TEST(test_places_in_the_file),
        TEST(test_sources_of_what_is_shown),
        TEST(test_marks_stay_with_their_sentence),
        TEST(test_any_text_and_question),
    };
    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
