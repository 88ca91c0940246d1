/* template_test.c - tests of indexer/template.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "template.h"

static void check(bool expected, const char *const *texts)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        if (cs_template_is(cs_view_of(texts[i])) != expected)
            fail_msg("%s: %s", texts[i], expected ? "not seen" : "no template");
}

static void test_questions(void **state)
{
    static const char *const templates[] = {
        "What is its name?\nWho founded it?",
        "What is its name? Who founded it?",
        "\"What is its name?\"\n*Who founded it?*",
        "What is its name?\nWho founded it? (Look at its site, or ask. It may take "
        "long.)\nWhy?\nWhen?",
        "Name of the company\nWhen was the company founded, and where was that?\nWho are the "
        "founders of the company, and what had they done before they founded it? What has "
        "the company done to its market, and what has its market done to the company?",
        "\u7b2c\u4e00\u4e2a\u95ee\u9898\u662f\u4ec0\u4e48\uff1f\n"
        "\u7b2c\u4e8c\u4e2a\u95ee\u9898\u662f\u4ec0\u4e48\uff1f",
        "\u00bfQui\u00e9n la fund\u00f3?\n\u00bfPor qu\u00e9?",
        NULL,
    };
    static const char *const others[] = {
        "",
        "Zebras run.",
        "Who founded it?",
        "Who founded it? Ada Zebra did.",
        "Who founded it?\nAda Zebra\nWhen was it founded?\n1999",
        "Who founded it? (Ada Zebra) When was it founded? (In 1999)",
        "Who founded it?\nWhen was it founded?\nAda Zebra founded it in 1999 in her kitchen.",
        "Who founded it?\nWhen?\n(Ada Zebra)",
        "Who founded it? (Ada.) When? (In 1999.) Why? (For her bread.) Where? (At home.)",
        NULL,
    };

    (void)state;
    check(true, templates);
    check(false, others);
}

static void test_prompts(void **state)
{
    static const char *const templates[] = {
        "TODO",
        "TBD",
        "TODO: write about the market",
        "Lorem ipsum dolor sit amet.",
        "[your answer here]",
        "What failed?\n[Insert the cause. Be specific.]",
        NULL,
    };
    static const char *const others[] = {
        "[3]",
        "[done]",
        "[a] and [b]",
        "[Ada Zebra, Annual report] https://zebra.example/2020",
        "It failed at night, said the chief.\n[Insert the cause]",
        "The TODO list was long.",
        NULL,
    };

    (void)state;
    check(true, templates);
    check(false, others);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_prompts),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
