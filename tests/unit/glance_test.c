/* glance_test.c - a glance never says other than the tokenizer does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "glance.h"

static void make_phrase(cs_pattern *pattern, const char *words)
{
    char copy[200], *save;
    *pattern = (cs_pattern){.kind = CS_NODE_PHRASE};
    snprintf(copy, sizeof copy, "%s", words);
    for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
        assert_true(cs_pattern_add_word(pattern, cs_view_of(w)));
}

static const struct {
    const char *phrase, *text;
    cs_glance expected;
} cases[] = {
    {"open source", "It is Open Source software", CS_GLANCE_YES},
    {"open source", "open sources", CS_GLANCE_NO},
    {"open source", "reopen source", CS_GLANCE_NO},
    {"open source", "The source is open", CS_GLANCE_NO},
    {"open source", "closed, that is all", CS_GLANCE_NO},
    {"open source", "open-source", CS_GLANCE_YES},
    {"open source", "all open source. So", CS_GLANCE_YES},
    {"open source", "open source.so", CS_GLANCE_UNSURE},
    {"open source", "e.g. open source", CS_GLANCE_YES},
    {"open source", "open.\nSource", CS_GLANCE_UNSURE},
    {"face value", "the face's value", CS_GLANCE_UNSURE},
    {"million next", "a million.[^5] Next", CS_GLANCE_UNSURE},
    {"million next", "a million [12] next", CS_GLANCE_UNSURE},
    {"million next", "a million (12) next", CS_GLANCE_NO},
    {"it works", "it\xE2\x80\x99s here; it works", CS_GLANCE_YES},
    {"it works", "na\xC3\xAFve: it works", CS_GLANCE_YES},
    {"cafe au", "caf\xC3\xA9 au lait", CS_GLANCE_UNSURE},
    {"us army", "the U.S. Army", CS_GLANCE_UNSURE},
    {"gpt 4", "gpt 4", CS_GLANCE_UNSURE},
    {"salt and pepper", "of salt and pepper", CS_GLANCE_YES},
    {"salt and pepper", "of salt & pepper", CS_GLANCE_UNSURE},
    {"salt pepper", "of salt & pepper", CS_GLANCE_UNSURE},
    {"salt and pepper", "of salt, pepper", CS_GLANCE_NO},
    {"end of",
     "\xE2\x80\x9C"
     "end of\xE2\x80\x9D",
     CS_GLANCE_UNSURE},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CS_SCOPED(cs_pattern) pattern;
        make_phrase(&pattern, cases[i].phrase);
        cs_glance seen = cs_glance_at(&pattern, cs_view_of(cases[i].text));
        if (seen != cases[i].expected)
            fail_msg("\"%s\" in \"%s\": %d, not %d", cases[i].phrase, cases[i].text, (int)seen,
                     (int)cases[i].expected);
    }
}

/* Words, joints and noise, put together at random. */
static const char *const bits[] = {
    "of",
    "the",
    "The",
    "offer",
    "other",
    "s",
    "us",
    "U.S.",
    " ",
    " ",
    " ",
    ".",
    ",",
    "'s",
    "'",
    "-",
    "_",
    "[^3]",
    "[12]",
    "[of]",
    "\n",
    "(",
    ")",
    "&",
    "\"",
    "4",
    "|",
    "\t",
    "\xC3\xA9",
    "\xE2\x80\x99",
    "\xE2\x80\x93",
    "\xE2\x80\x99s",
    "  ",
    "e.g.",
    "[",
    "]",
    "^",
    ";",
    "\xC2\xAD",
    "\u200B",
    "\u02BC",
    "\u2018s",
    "\u2013",
    "\u00B3",
    "\u00A0",
    "\uFF4F\uFF46",
    "U.S.of",
    ":",
    "/",
    "-",
    "\u00F8",
};

static void test_agrees_with_the_tokenizer(void **state)
{
    (void)state;
    static const char *const phrases[] = {"of the",   "the of",     "the the", "us of",
                                          "of s the", "the and of", "and the"};
    unsigned sure = 0;
    srand(7);
    for (int round = 0; round < 200000; round++) {
        CS_SCOPED(cs_pattern) pattern;
        char text[256] = "";
        for (int n = rand() % 14; n > 0; n--)
            strcat(text, bits[(size_t)rand() % (sizeof bits / sizeof *bits)]);
        make_phrase(&pattern, phrases[(size_t)rand() % 7]);
        cs_glance seen = cs_glance_at(&pattern, cs_view_of(text));
        if (seen == CS_GLANCE_UNSURE)
            continue;
        sure++;
        if ((seen == CS_GLANCE_YES) != cs_pattern_is_in(&pattern, cs_view_of(text)))
            fail_msg("a glance says %d of \"%s\"", (int)seen, text);
    }
    assert_true(sure > 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_agrees_with_the_tokenizer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
