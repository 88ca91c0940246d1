/* stem_test.c - tests of lib/stem.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "terms.h"

static void test_codes(void **state)
{
    static const struct {
        const char *name, *code;
        bool plausible;
    } examples[] = {
        {"en", "en", true},         {"EN", "en", true},          {"english", "en", true},
        {"English", "en", true},    {"en-GB", "en", true},       {"en_US.UTF-8", "en", true},
        {"german", "de", true},     {"de-AT", "de", true},       {"fr", "fr", true},
        {"pt-BR", "pt", true},      {"nb", "no", true},          {"nn-NO", "no", true},
        {"norwegian", "no", true},  {"none", "none", true},      {"NONE", "none", true},
        {"ja", "none", true},       {"zh-Hant", "none", true},   {"yue", "none", true},
        {"klingon", "none", false}, {"", "none", false},         {"-", "none", false},
        {"e", "none", false},       {"eng lish", "none", false}, {"12", "none", false},
        {"e1", "none", false},      {"``", "none", false},       {"@@", "none", false},
        {"[]", "none", false},      {"é", "none", false},        {"english2", "none", false},
        {"englis", "none", false},  {"deu", "de", true},         {"ger-AT", "de", true},
        {"FRA", "fr", true},        {"fre", "fr", true},         {"spa", "es", true},
        {"rus", "ru", true},        {"nno", "no", true},         {"dut", "nl", true},
        {"german_x", "de", true},   {"el", "none", true},        {"ell", "none", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_view name = cs_view_of(examples[i].name);
        if (strcmp(cs_language_code(name), examples[i].code) != 0)
            fail_msg("\"%s\": %s", examples[i].name, cs_language_code(name));
        if (cs_language_is_plausible(name) != examples[i].plausible)
            fail_msg("\"%s\": %s", examples[i].name,
                     examples[i].plausible ? "refused" : "accepted");
    }
    assert_string_equal(cs_language_code((cs_view){"enough", 2}), "en");
}

static cs_stemmer *stemmer_of(const char *code)
{
    cs_stemmer *stemmer = NULL;
    cs_error error = {0};
    if (cs_stemmer_new(code, &stemmer, &error) != CS_OK)
        fail_msg("%s: %s", code, error.message);
    assert_string_equal(cs_stemmer_language(stemmer), code);
    return stemmer;
}

static void check_stem(cs_stemmer *stemmer, const char *word, const char *expected)
{
    cs_view stem = cs_stemmer_stem(stemmer, cs_view_of(word));
    if (!cs_view_equal(stem, cs_view_of(expected)))
        fail_msg("%s \"%s\": \"%.*s\", not \"%s\"", cs_stemmer_language(stemmer), word,
                 (int)stem.len, stem.data, expected);
}

static void test_english(void **state)
{
    static const char *const examples[][2] = {
        {"valuation", "valuat"},  {"valuations", "valuat"},
        {"raised", "rais"},       {"raising", "rais"},
        {"companies", "compani"}, {"company", "compani"},
        {"stripe", "stripe"},     {"us", "us"},
        {"o'reilly", "o'reilli"},
    };
    cs_stemmer *stemmer = stemmer_of("en");

    (void)state;
    for (int turn = 0; turn < 2; turn++) /* the same again, whatever is remembered */
        for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
            check_stem(stemmer, examples[i][0], examples[i][1]);
    cs_stemmer_free(stemmer);
}

static void test_languages(void **state)
{
    static const char *const codes[] = {"ar", "ca", "da", "de", "en", "es", "eu", "fi",
                                        "fr", "ga", "hu", "hy", "id", "it", "lt", "ne",
                                        "nl", "no", "pt", "ro", "ru", "sv", "ta", "tr"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        cs_stemmer *stemmer = stemmer_of(codes[i]);
        cs_view stem = cs_stemmer_stem(stemmer, cs_view_of("universities"));
        assert_true(stem.len > 0 && stem.len <= 12);
        cs_stemmer_free(stemmer);
    }
    cs_stemmer *german = stemmer_of("de"), *russian = stemmer_of("ru");
    check_stem(german, "finanzierungen", "finanzier");
    check_stem(russian, "компании", "компан");
    cs_stemmer_free(german);
    cs_stemmer_free(russian);
    cs_stemmer_free(NULL);
}

static void test_none(void **state)
{
    cs_stemmer *stemmer = stemmer_of("none");

    (void)state;
    check_stem(stemmer, "valuations", "valuations");
    check_stem(stemmer, "", "");
    cs_stemmer_free(stemmer);
}

static void test_odd_words(void **state)
{
    char longest[cs_max_term + 2], one_more[cs_max_term + 2];
    cs_stemmer *stemmer = stemmer_of("en");

    (void)state;
    memset(longest, 'a', sizeof longest);
    memcpy(longest + cs_max_term - 3, "ing", 4);
    memset(one_more, 'a', sizeof one_more);
    memcpy(one_more + cs_max_term - 2, "ing", 4);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(cs_stemmer_stem(stemmer, cs_view_of(longest)).len, cs_max_term - 3);
        check_stem(stemmer, one_more, one_more);
        check_stem(stemmer, "", "");
        check_stem(stemmer, "москва", "москва");
    }
    cs_stemmer_free(stemmer);
}

/* A word that no other number gives. */
static void number_word(char word[32], unsigned number, const char *ending)
{
    static const char consonants[] = "bcdfghjklm";
    size_t len = 0;
    for (int digit = 0; digit < 6; digit++, number /= 10) {
        word[len++] = consonants[number % 10];
        word[len++] = 'o';
    }
    snprintf(word + len, 32 - len, "rt%s", ending);
}

/* Many words, then again: each as the first time, should stems be remembered. */
static void test_many_words(void **state)
{
    cs_stemmer *stemmer = stemmer_of("en");
    char word[32], root[32];

    (void)state;
    for (int turn = 0; turn < 2; turn++)
        for (unsigned number = 0; number < 120000; number++) {
            number_word(word, number, number % 2 == 0 ? "s" : "ing");
            number_word(root, number, "");
            check_stem(stemmer, word, root);
            if (number % 64 == 0) /* a word that is always there again */
                check_stem(stemmer, "valuations", "valuat");
        }
    cs_stemmer_free(stemmer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),     cmocka_unit_test(test_english),
        cmocka_unit_test(test_languages), cmocka_unit_test(test_none),
        cmocka_unit_test(test_odd_words), cmocka_unit_test(test_many_words),
    };
    return cmocka_run_group_tests_name("stem", tests, NULL, NULL);
}
