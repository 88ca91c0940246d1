/* passage_test.c - tests of indexer/passage.c: how pieces are packed and cut.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "passage.h"
#include "text.h"

typedef struct list {
    cs_study study;
    struct {
        cs_passage *items;
        size_t count, cap;
    } passages;
} list;

static void read_bytes(list *l, cs_view bytes)
{
    *l = (list){0};
    assert_int_equal(cs_study_read(bytes, cs_view_of("a.md"), "en", &l->study, NULL), CS_OK);
    cs_passages walk = {.study = &l->study};
    for (bool found = true; found;) {
        cs_passage passage = {0};
        assert_int_equal(cs_passages_next(&walk, &passage, &found, NULL), CS_OK);
        if (!found)
            break;
        cs_passage *kept = CS_PUSH(&l->passages);
        assert_non_null(kept);
        *kept = passage;
    }
}

static void release(list *l)
{
    for (size_t i = 0; i < l->passages.count; i++)
        cs_passage_release(&l->passages.items[i]);
    free(l->passages.items);
    cs_study_release(&l->study);
}

static uint32_t words_of(const cs_passage *p)
{
    uint32_t words = 0;
    for (size_t i = 0; i < p->text.len; i++)
        words +=
            p->text.data[i] != ' ' && p->text.data[i] != '\n' &&
            (i + 1 == p->text.len || p->text.data[i + 1] == ' ' || p->text.data[i + 1] == '\n');
    return words;
}

static void add_words(cs_buf *out, int count, const char *end)
{
    for (int i = 0; i < count; i++)
        cs_buf_add_string(out, i > 0 ? " word" : "Word");
    cs_buf_add_string(out, end);
}

static void test_packing(void **state)
{
    static const struct {
        int paragraphs[6]; /* words of each, 0 ends */
        uint32_t passages[6];
    } examples[] = {
        {{10}, {10}},
        {{10, 20, 30}, {60}},
        {{150, 50}, {200}},
        {{150, 51}, {150, 51}},
        {{100, 90, 80, 70}, {190, 150}},
        {{200, 1}, {200, 1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
        list l;
        for (int p = 0; p < 6 && examples[i].paragraphs[p] > 0; p++)
            add_words(&text, examples[i].paragraphs[p], "\n\n");
        read_bytes(&l, cs_buf_view(&text));
        for (size_t p = 0; p < l.passages.count; p++)
            if (words_of(&l.passages.items[p]) != examples[i].passages[p])
                fail_msg("example %zu, passage %zu: %u words", i, p,
                         words_of(&l.passages.items[p]));
        assert_int_equal(examples[i].passages[l.passages.count], 0);
        release(&l);
    }
}

static void test_never_across_a_heading(void **state)
{
    list l;
    (void)state;
    read_bytes(&l,
               cs_view_of("zero\n\n# A\n\none\n\n## B\n\n## C\n\ntwo\n\nthree\n\n**D**\n\nfour\n"));
    static const char *const texts[] = {"zero", "one", "two\nthree", "four"};
    static const uint32_t sections[] = {cs_no_parent, 0, 2, 3}, first[] = {1, 5, 11, 17},
                          last[] = {1, 5, 13, 17};
    assert_int_equal(l.passages.count, 4);
    for (size_t i = 0; i < 4; i++) {
        const cs_passage *p = &l.passages.items[i];
        assert_true(cs_view_equal(p->text, cs_view_of(texts[i])));
        assert_int_equal(p->section, sections[i]);
        assert_int_equal(p->first_line, first[i]);
        assert_int_equal(p->last_line, last[i]);
    }
    release(&l);
}

static void test_cut_at_sentences(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    list l;
    (void)state;
    for (int i = 0; i < 50; i++)
        add_words(&text, 15, i % 2 ? ".\n" : ". ");
    read_bytes(&l, cs_buf_view(&text));
    assert_int_equal(l.passages.count, 4); /* 13 sentences of 15 words each, and the rest */
    for (size_t i = 0; i < 4; i++) {
        const cs_passage *p = &l.passages.items[i];
        assert_int_equal(words_of(p), i < 3 ? 195 : 165);
        assert_int_equal(p->text.data[p->text.len - 1], '.');
        assert_int_equal(p->text.data[0], 'W');
    }
    assert_int_equal(l.passages.items[0].last_line, 7);
    assert_int_equal(l.passages.items[1].first_line, 7);
    assert_int_equal(l.passages.items[3].last_line, 25);
    assert_int_equal(l.passages.items[0].end, 13 * 76 - 1);
    release(&l);
}

static void test_a_long_sentence_stays_whole(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    list l;
    (void)state;
    add_words(&text, 300, ". ");
    add_words(&text, 20, ".");
    read_bytes(&l, cs_buf_view(&text));
    assert_int_equal(l.passages.count, 2);
    assert_int_equal(words_of(&l.passages.items[0]), 300);
    assert_int_equal(words_of(&l.passages.items[1]), 20);
    release(&l);
}

/* Whether a text begins where a cluster does: the first one is among those of `part`. */
static bool begins_a_cluster(const char *part, const char *text)
{
    size_t len = cs_text_cluster(text, strlen(text));
    for (size_t at = 0; part[at] != '\0'; at += cs_text_cluster(part + at, strlen(part + at)))
        if (strncmp(part + at, text, len) == 0)
            return true;
    return false;
}

/* Text without any end of sentence: at blanks, or between characters. */
static void test_run_on_text(void **state)
{
    static const struct {
        const char *part;
        size_t count, most_words;
    } examples[] = {
        {"word ", 5000, 400},
        {"\xE6\x97\xA5", 20000, 1},
        {"a-", 50000, 1},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ",
         2000, 200},
        {"\xF0\x9F\x98\x80", 30000, 1},
        {"e\u0301\u0302", 30000, 1},
        {"ที่ทำกำไร", 3000, 1},
        {"ที่ทำกำไรสุทธิมากที่สุดในประเทศ ", 800, 80},
        {"👨\u200D👩\u200D👧", 4000, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
        list l;
        size_t length = 0;
        for (size_t n = 0; n < examples[i].count; n++)
            cs_buf_add_string(&text, examples[i].part);
        read_bytes(&l, cs_buf_view(&text));
        assert_true(l.passages.count > 4);
        for (size_t p = 0; p < l.passages.count; p++) {
            const cs_passage *passage = &l.passages.items[p];
            assert_true(passage->text.len <= 1 << 14);
            assert_true(words_of(passage) <= examples[i].most_words);
            assert_true(cs_text_is_valid(passage->text.data, passage->text.len));
            /* whole parts: no cut in one, or where it has none only between characters */
            assert_true(examples[i].part[0] == 'a' ||
                        begins_a_cluster(examples[i].part, passage->text.data));
            length += passage->text.len;
        }
        assert_true(length + l.passages.count >= l.study.visible.text.len); /* but for blanks */
        release(&l);
    }
}

static void test_code_and_tables(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    list l;
    (void)state;
    cs_buf_add_string(&text, "```\n");
    for (int i = 0; i < 100; i++)
        cs_buf_add_string(&text, "a = b + c\n");
    cs_buf_add_string(&text, "```\n\n| A | B |\n|---|---|\n");
    for (int i = 0; i < 100; i++)
        cs_buf_add_string(&text, "| c | d |\n");
    read_bytes(&l, cs_buf_view(&text));
    assert_int_equal(l.passages.count, 6);
    for (size_t i = 0; i < 6; i++) {
        const cs_passage *p = &l.passages.items[i];
        assert_int_equal(p->kinds, i < 3 ? CS_KIND_CODE : CS_KIND_TABLE);
        assert_true(p->text.data[p->text.len - 1] == (i < 3 ? 'c' : 'd'));
    }
    assert_int_equal(l.passages.items[1].first_line, 42);
    assert_int_equal(l.passages.items[5].last_line, 205);
    release(&l);
}

static void test_kinds(void **state)
{
    list l;
    (void)state;
    read_bytes(&l, cs_view_of("a\n\n- b\n\n> c\n\n# Sources\n\nd\n\n## More\n\ne"));
    assert_int_equal(l.passages.count, 3);
    assert_int_equal(l.passages.items[0].kinds, CS_KIND_PROSE | CS_KIND_LIST | CS_KIND_QUOTE);
    assert_int_equal(l.passages.items[1].kinds, CS_KIND_PROSE | CS_KIND_SOURCES);
    assert_int_equal(l.passages.items[2].kinds, CS_KIND_PROSE | CS_KIND_SOURCES);
    release(&l);
}

/* Marks go with the sentence they stand in; places count from the passage. */
static void test_marks(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    list l;
    (void)state;
    for (int i = 0; i < 3; i++) {
        add_words(&text, 150, "");
        cs_buf_addf(&text, ".[^%d] ", i + 1);
    }
    cs_buf_add_string(&text, "\n\n# B\n\n[^1]: One\n[^2]: Two\n[^3]: Three\n");
    read_bytes(&l, cs_buf_view(&text));
    assert_int_equal(l.passages.count, 4);
    for (uint32_t i = 0; i < 3; i++) {
        const cs_passage *p = &l.passages.items[i];
        assert_int_equal(p->marks.count, 1);
        assert_int_equal(p->marks.items[0].source, i);
        assert_int_equal(p->marks.items[0].text, 150 * 5);
        assert_memory_equal(p->text.data + p->marks.items[0].text, "[^", 2);
    }
    assert_int_equal(l.passages.items[3].marks.count, 0);
    release(&l);
}

/* The places of the parts of a cut UTF-16 line. */
static void test_cut_utf16(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    list l;
    (void)state;
    cs_buf_add(&text, "\xFF\xFE", 2);
    for (int i = 0; i < 3000; i++)
        cs_buf_add(&text, "\xE9\0a\0 \0", 6);
    read_bytes(&l, cs_buf_view(&text));
    assert_int_equal(l.passages.count, 14); /* a rest of up to twice 200 words is not cut */
    for (uint32_t i = 0; i < 14; i++) {
        const cs_passage *p = &l.passages.items[i];
        cs_position at = cs_passage_locate(p, 4, 7); /* its second word */
        assert_int_equal(at.start, 2 + 6 * (200 * i + 1));
        assert_int_equal(at.end, at.start + 4);
        assert_int_equal(at.column, at.start - 1);
    }
    release(&l);
}

static void test_time_is_linear(void **state)
{
    static const char *const parts[] = {"word ", "a.b.", "Mr. ", "a. [^1] ", "\xE6\x97\xA5", "x"};
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 21};
        list l;
        while (text.len < 1 << 20)
            cs_buf_add_string(&text, parts[i]);
        clock_t start = clock();
        read_bytes(&l, cs_buf_view(&text));
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (seconds > 3.0)
            fail_msg("\"%s\" takes %.1f s", parts[i], seconds);
        release(&l);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packing),
        cmocka_unit_test(test_never_across_a_heading),
        cmocka_unit_test(test_cut_at_sentences),
        cmocka_unit_test(test_a_long_sentence_stays_whole),
        cmocka_unit_test(test_run_on_text),
        cmocka_unit_test(test_code_and_tables),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_cut_utf16),
        cmocka_unit_test(test_time_is_linear),
    };
    return cmocka_run_group_tests_name("passage", tests, NULL, NULL);
}
