/* sentence_test.c - tests of lib/sentence.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sentence.h"

/* Each example is a text with a | where a sentence ends and another begins. */
static void check(const char *const *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 12};
        CS_SCOPED(cs_buf) parted = {.limit = 1 << 12};
        for (const char *c = examples[i]; *c != '\0'; c++)
            if (*c != '|')
                cs_buf_add_char(&text, *c);
        for (size_t start = 0, end; start < text.len; start = end) {
            end = cs_sentence_end(cs_buf_view(&text), start);
            assert_true(end > start && end <= text.len);
            if (start > 0)
                cs_buf_add_char(&parted, '|');
            cs_buf_add(&parted, text.data + start, end - start);
        }
        if (strcmp(parted.data, examples[i]) != 0)
            fail_msg("\"%s\", not \"%s\"", parted.data, examples[i]);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_stops(void **state)
{
    static const char *const examples[] = {
        "It grew.",
        "It grew. |Then it fell.",
        "It grew.  |Then it fell. ",
        "Did it grow? |Yes! |It did.",
        "Really?! |Yes.",
        "no stop at all",
        ".",
        "...",
        "   ",
        "It grew.Then it fell.",
        "see www.example.com for more. |Next",
        "هل نما؟ |نعم",
        "यह बढ़ा। |फिर",
        "यह बढ़ा॥ |फिर",
        "Այն աճեց։ |Հետո",
        "አደገ። |ከዚያ",
        "វារីកចម្រើន។ |បន្ទាប់",
        "တိုးတက်၊ သည်။ |ထို့နောက်",
        "Really‽ No⁉ |Yes.",
        "It grew.\u00A0|Then it fell.",
    };
    (void)state;
    CHECK(examples);
}

/* Several marks of a sentence stay with it, however they are parted. */
static void test_several_marks(void **state)
{
    static const char *const examples[] = {
        "It grew.[^1][^2] |Then", "It grew.[^1], [^2] |Then", "It grew. [^1] [^2]|Then",
        "It grew.[1],[2] |Then",  "It grew.[1-3] |Then",      "It grew.[1–3] |Then",
        "It grew.[1; 2] |Then",   "It grew.[^5]|The next",    "It grew [^1], [^2] and fell. |Then",
    };
    (void)state;
    CHECK(examples);
}

static void test_line_ends(void **state)
{
    static const char *const examples[] = {
        "one\n|two\n|three",
        "It grew.\n|Then it fell.",
        "It grew. \n|Then it fell.",
        "\n|\n|a",
        "Dr.\n|Smith",
        "ends here.[^3]\n|Next",
        "増えた。\n|次",
        "lower\n|case",
    };
    (void)state;
    CHECK(examples);
}

static void test_abbreviations(void **state)
{
    static const char *const examples[] = {
        "Dr. Smith met Mr. Jones. |They spoke.",
        "Founded by Acme Inc. Boston and Co. Ltd. Group. |Next.",
        "DR. SMITH spoke.",
        "approx. 40 people, e.g. Anna, i.e. Berta. |Next.",
        "The U.S. Government paid. |Next.",
        "\"Dr. Smith left,\" she said.",
        "“Dr. Smith left,” she said.",
        "(e.g. Stripe) did.",
        "[cf. Stripe] did.",
        "‘Mr. Smith’ **Dr. No** _Dr. Yes_",
        "Acme [Acme Inc.] Boston grew.",
        "Founded in Sept. 2019. |Next",
        "No. 5 of vol. 3, pp. 4 and fig. 2. |Next.",
        "In Nr. 5 stehen 3 Mio. Euro, d.h. Geld. |Es wuchs.",
        "Am 3. Mai und im 2. Quartal, seit dem 19. Jahrhundert. |Dann.",
        "Выручка 5 млн. Рублей. |Это много.",
        "1. First it grew. |2. Then it fell.",
        "He won 3. |Peter won 4. |Next",
        "He has a Ph.D. From Yale. |Next.",
        "He said no. |It is state of the art. |They left a mar. |Next.",
        "It is not hers. |Next", /* "rs" is no "mrs" */
    };
    (void)state;
    CHECK(examples);
}

static void test_initials(void **state)
{
    static const char *const examples[] = {
        "J. Smith and A. B. Jones met. |Next.",
        "J.P. Morgan paid. |Next.",
        "by “J.R.R. Tolkien”. |Next.",
        "\"J. Smith\" came.",
        "in 2019. |Next",
        "grew by 5. |Next",
    };
    (void)state;
    CHECK(examples);
}

static void test_numbers(void **state)
{
    static const char *const examples[] = {
        "It raised $4.5 billion. |Next.",
        "Version 1.2.3 came. |Next.",
        ".5 of it. |Next.",
    };
    (void)state;
    CHECK(examples);
}

static void test_marks_belong_before(void **state)
{
    static const char *const examples[] = {
        "It raised $4.5 billion. [^3] |Next.",
        "It raised $4.5 billion.[^3] |Next.",
        "It went far.[^2]|It grew.",
        "Far. [^2] [^3][^4] |It grew.",
        "Far.[1] |It grew.",
        "Far.[1, 2] |It grew.",
        "Far.[^2] and then it grew.",
        "It [^2] grew. |Next",
        "Far. [^2]",
        "Far (2023.[^2]) |It grew.",
        "“Far.[^2]” |It grew.",
        "He is at Acme Inc.[^2] |It grew.",
        "Far. |[see it] grew.",
        "Far. |[^not closed",
        "増えた。[^3]|次",
        "Why?[^3] |Because.",
        "Far.³ |It grew.",
        "Far.¹² |It grew.",
        "“Far.”³ |It grew.",
        "Far.³|It grew.",
        "10² is it. |Next",
        "It grew.\n[7]\n|Then it fell.",
        "It grew.\n[1][3] [^17]\n[2]\n|Then it fell.",
        "A title\n[7]",
        "[7]\n|It grew.\n|[8] is a number.",
    };
    (void)state;
    CHECK(examples);
}

static void test_quotes_and_brackets(void **state)
{
    static const char *const examples[] = {
        "\"It grew.\" |Then it fell.",
        "“It grew.” |Then it fell.",
        "(It grew.) |Then it fell.",
        "«It grew.» |Then it fell.",
        "**It grew.** |Then it fell.",
        "He said \"no.\" |\"Yes,\" I said.",
        "\"Why?\" she asked. |Next.",
        "(It ('s.')) |Then.",
        "„Es wuchs.“ |Dann fiel es.",
        "»Es wuchs.« |Dann.",
        "‚Es wuchs.‘ |Dann.",
        "It grew. |“Then,” he said.",
        "It grew.‹ |Then",
        "‹Il a grandi.› |Puis.",
    };
    (void)state;
    CHECK(examples);
}

static void test_scripts_without_blanks(void **state)
{
    static const char *const examples[] = {
        "増えた。|次は？|そう！|はい",
        "本当に！？|はい！！|次",
        "《增长。》|【增长。】|〈增长。〉|次",
        "増えた。\u3000|次",
        "増えた。|iPhoneも",
        "增长……然后下降。|次",
        "「増えた。」|次",
        "『増えた。』|次",
        "（増えた。）|次",
        "増えた。 |次",
        "ﾌｴﾀ｡|ﾂｷﾞ",
        "４．５ 倍。|次",
    };
    (void)state;
    CHECK(examples);
}

static void test_goes_on_in_lower_case(void **state)
{
    static const char *const examples[] = {
        "It grew... and fell.",
        "It grew… and fell.",
        "It grew... |Then it fell.",
        "It grew… |Then it fell.",
        "Yahoo! is a company. |Next.",
        "ca. über 40",
        "Yahoo! était là. |Étienne aussi.",
        "Yahoo! это компания. |Это.",
        "It grew. |4 of them.",
    };
    (void)state;
    CHECK(examples);
}

/* xorshift64, Marsaglia; the same on every machine. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static void test_any_text_is_covered(void **state)
{
    static const char *const pieces[] = {
        "a",  "B",  ".",      "!", "?",      " ", "\n",     "[",  "]",  "[^", "[^1]", "[2]",
        "Dr", "é",  "\u0301", "³", "\u00A0", "“", "\u3000", "！", "«",  "1",  "。",   "」",
        "…",  "\"", ")",      "(", "4",      ",", "“",      "”",  "J.", "*",  "É",    "\t",
    };
    uint64_t seed = 88172645463325252u;

    (void)state;
    for (size_t round = 0; round < 50000; round++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 10};
        size_t count = 1 + next_random(&seed) % 24;
        for (size_t i = 0; i < count; i++)
            cs_buf_add_string(
                &text, pieces[(next_random(&seed) >> 32) % (sizeof pieces / sizeof *pieces)]);
        for (size_t start = 0, end; start < text.len; start = end) {
            end = cs_sentence_end(cs_buf_view(&text), start);
            assert_true(end > start && end <= text.len);
            assert_int_not_equal((unsigned char)text.data[end] & 0xC0, 0x80);
            /* over a line end it goes on with marks only */
            const char *line_end = memchr(text.data + start, '\n', end - start);
            assert_true(line_end == NULL || line_end == text.data + end - 1 || line_end[1] == '[');
            /* no mark is parted from what it stands on */
            if (end < text.len && text.data[end - 1] != '\n')
                assert_false(strncmp(text.data + end, "\u0301", 2) == 0);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_several_marks),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_abbreviations),
        cmocka_unit_test(test_initials),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_marks_belong_before),
        cmocka_unit_test(test_quotes_and_brackets),
        cmocka_unit_test(test_scripts_without_blanks),
        cmocka_unit_test(test_goes_on_in_lower_case),
        cmocka_unit_test(test_any_text_is_covered),
    };
    return cmocka_run_group_tests_name("sentence", tests, NULL, NULL);
}
