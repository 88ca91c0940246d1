/* cited_test.c - tests of search/cited.c: which sources a query asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cited.h"

static void test_sites_as_typed(void **state)
{
    static const struct {
        const char *typed, *site;
        bool begins;
    } examples[] = {
        {"example.com", "example.com", false},
        {"WWW.Example.com", "example.com", false},
        {"https://www.example.com/a/b", "example.com", false},
        {"http://example.com:8080", "example.com", false},
        {"example.com:8080/a", "example.com", false},
        {"example.com/a", "example.com", false},
        {"example.com.", "example.com", false},
        {"*.edu", "edu", false},
        {"tech*", "tech", true},
        {"/", "", false},
        {"", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) site = {.limit = 1000};
        bool begins = true;
        cs_cited_add_site(&site, examples[i].typed, &begins);
        assert_true(cs_view_equal(cs_buf_view(&site), cs_view_of(examples[i].site)));
        assert_int_equal(begins, examples[i].begins);
    }
}

static void test_sources_on_a_site(void **state)
{
    static const struct {
        const char *site;
        bool begins;
        const char *url;
        bool is;
    } examples[] = {
        {"example.com", false, "https://example.com/a", true},
        {"example.com", false, "https://www.example.com", true},
        {"example.com", false, "https://news.example.com/", true},
        {"example.com", false, "https://badexample.com/", false},
        {"example.com", false, "https://example.com.evil.org/", false},
        {"example.com", false, "", false},
        {"com", false, "https://example.com", true},
        {"exam", false, "https://example.com", false},
        {"exam", true, "https://example.com", true},
        {"exam", true, "https://news.example.com", true},
        {"ample", true, "https://example.com", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_cited cited = {.site = strdup(examples[i].site), .begins = examples[i].begins};
        cs_citation source = {.text = cs_view_of(""), .url = cs_view_of(examples[i].url)};
        if (cs_cited_is(&cited, &source) != examples[i].is)
            fail_msg("%s, %s", examples[i].site, examples[i].url);
        cs_cited_release(&cited);
    }
}

static void test_sources_by_words(void **state)
{
    const cs_citation source = {
        .label = cs_view_of("axios-2023"),
        .text = cs_view_of("Acme raises money"),
        .url = cs_view_of("https://pro.axios.example/acme-deal"),
    };
    static const struct {
        const char *first, *second;
        bool is;
    } examples[] = {
        {"acme", "raises", true}, {"raises", "acme", false}, {"acme", "deal", true},
        {"axios", "2023", true},  {"money", "pro", false}, /* not over two of the three */
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_cited cited = {.pattern = {.kind = CS_NODE_PHRASE}};
        assert_true(cs_pattern_add_word(&cited.pattern, cs_view_of(examples[i].first)));
        assert_true(cs_pattern_add_word(&cited.pattern, cs_view_of(examples[i].second)));
        if (cs_cited_is(&cited, &source) != examples[i].is)
            fail_msg("%s %s", examples[i].first, examples[i].second);
        cs_cited_release(&cited);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sites_as_typed),
        cmocka_unit_test(test_sources_on_a_site),
        cmocka_unit_test(test_sources_by_words),
    };
    return cmocka_run_group_tests_name("cited", tests, NULL, NULL);
}
