/* citation_test.c - tests of indexer/citation.c, and of how studies cite.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "study.h"

static void test_headings_of_sources(void **state)
{
    static const char *const yes[] = {
        "Resources",
        "resources:",
        "REFERENCES",
        "Sources",
        "3. Works cited:",
        "Works Cited",
        "Bibliography",
        "Links",
        "7) Notes",
        "Footnotes.",
        "Quellen",
        "参考文献",
        "📚 References",
        "8. References & Sources",
        "Primary sources:",
        "Useful Links",
        "Notes and References",
        "§ Further resources",
        "Source register",
        "Sources used",
        "Work Cited",
        "Refrences",
        "Resourses:",
        "参考",
    };
    static const char *const no[] = {
        "",
        "Results",
        "Human resources",
        "Key resources",
        "Other notes",
        "Sources of revenue",
        "News & links",
        "Primary",
        "Primary ",
        "Resource allocation",
        "Source code",
        "3.",
        "Linkss",
    };
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!cs_is_source_heading(cs_view_of(yes[i])))
            fail_msg("\"%s\" is none", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (cs_is_source_heading(cs_view_of(no[i])))
            fail_msg("\"%s\" is one", no[i]);
}

static void test_definitions(void **state)
{
    enum { none = -1 };
    static const struct {
        const char *line;
        bool in_sources;
        int kind; /* CS_CITATION_*, or none */
        const char *label;
    } examples[] = {
        {"[^3]: axios", false, CS_CITATION_NOTE, "3"},
        {"[^3]axios", false, CS_CITATION_LOOSE, "3"},
        {"[^a note]: b", false, CS_CITATION_NOTE, "a note"},
        {"[^3]", false, none, ""},
        {"[^]: a", false, none, ""},
        {"[^a", false, none, ""},
        {"[^a[b]: c", false, none, ""},
        {"[3] axios", false, none, ""},
        {"[3] axios", true, CS_CITATION_NUMBER, "3"},
        {"[3]: http://x", true, CS_CITATION_NUMBER, "3"},
        {"[3](http://x)", true, CS_CITATION_NUMBER, "3"},
        {"[3](http://x)", false, none, ""},
        {"[[3]](http://x) axios", true, CS_CITATION_NUMBER, "3"},
        {"[2023](http://x)", true, none, ""},
        {"[3][x]", true, none, ""},
        {"[a] b", true, none, ""},
        {"\\[3\\] axios", true, CS_CITATION_NUMBER, "3"},
        {"\\[3\\] axios", false, none, ""},
        {"3. axios", true, CS_CITATION_ITEM, "3"},
        {"3) axios", true, CS_CITATION_ITEM, "3"},
        {"(3) axios", true, CS_CITATION_ITEM, "3"},
        {"3\\. axios", true, CS_CITATION_ITEM, "3"},
        {"3.axios", true, CS_CITATION_ITEM, "3"},
        {"3. axios", false, none, ""},
        {"3.5 million", true, none, ""},
        {"2023. axios", true, none, ""},
        {"(3 of them)", true, none, ""},
        {"3 axios", true, none, ""},
        {"<sup>3</sup> axios", false, CS_CITATION_NUMBER, "3"},
        {"<SUP>3<sup>axios", false, CS_CITATION_NUMBER, "3"},
        {"<sup>12 axios", false, CS_CITATION_NUMBER, "12"},
        {"<sup>[3]</sup> axios", false, CS_CITATION_NUMBER, "3"},
        {"$^{[3]}$ axios", false, CS_CITATION_NUMBER, "3"},
        {"$^{3}$ axios", false, CS_CITATION_NUMBER, "3"},
        {"<sup>3</sup>", false, none, ""},
        {"<sup>3</sup>, then", false, none, ""},
        {"<sup>th</sup> axios", false, none, ""},
        {"<sup>2023</sup> axios", false, none, ""},
        {"", true, none, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_view label = {"", 0};
        cs_citation_kind kind = CS_CITATION_NOTE;
        bool found =
            cs_definition_at(cs_view_of(examples[i].line), examples[i].in_sources, &kind, &label);
        if ((found ? (int)kind : none) != examples[i].kind ||
            !cs_view_equal(label, cs_view_of(examples[i].label)))
            fail_msg("\"%s\": %d, \"%.*s\"", examples[i].line, (int)kind, (int)label.len,
                     label.data);
    }
}

/* Sources as "[label] text <url> @line;", then the marks as "text/source". */
static void describe(cs_buf *out, const cs_study *study)
{
    for (size_t i = 0; i < study->file.sources.count; i++) {
        const cs_citation *c = &study->file.sources.items[i];
        cs_buf_addf(out, "[%.*s] %.*s", (int)c->label.len, c->label.data, (int)c->text.len,
                    c->text.data);
        if (c->url.len > 0)
            cs_buf_addf(out, " <%.*s>", (int)c->url.len, c->url.data);
        cs_buf_addf(out, " @%u; ", c->line);
    }
    for (size_t i = 0; i < study->marks.count; i++)
        cs_buf_addf(out, "%s%u/%u", i > 0 ? " " : "", study->marks.items[i].text,
                    study->marks.items[i].source);
}

static void test_sources_of_a_file(void **state)
{
    static const struct {
        const char *text, *sources;
    } examples[] = {
        {"a.[^1]\n\n[^1]: One", "[1] One @3; 2/0"},
        {"a.[^1]\n\n[^1]One\n[^2]: Two http://x",
         "[1] One @3; [2] Two http://x <http://x> @4; 2/0"},
        {"a.[^x]", "[x]  @0; 2/0"},
        {"a.[^x] b.[^X]\n\n[^x]: One", "[x] One @3; 2/0 9/0"},
        {"[^1]: first\n[^1]: second\n\na[^1]", "[1] first @1; [1] second @2; 26/0"},
        {"[^1]: One\n  goes on\n\na[^1]", "[1] One goes on @1; 19/0"},
        {"see [a](http://x) and [a](http://x)", "[] a <http://x> @1; 4/0 10/0"},
        {"[a](http://x) [b](http://x)", "[] a <http://x> @1; 0/0 2/0"},
        {"[a](#here) ![i](http://y)", ""},
        {"\n\nhttp://x.y", "[] http://x.y <http://x.y> @3; 0/0"},
        {"in 2021.[[20]](http://x)", "[20]  <http://x> @1; 8/0"},
        {"a [1]. b [2].\n\n# References\n\n[1] One\n[2] [Two](http://t)\n",
         "[1] One @5; [2] Two <http://t> @6; 2/0 9/1"},
        {"a [2].\n\n## Resources\n\n1. One\n2. Two\n", "[1] One @5; [2] Two @6; 2/1"},
        {"word<sup>2</sup>\n\n**Sources**\n\n1. One\n2. Two\n", "[1] One @5; [2] Two @6; 4/1"},
        {"a [5].", ""},
        {"a [1][2]. b [1, 3]. c [1-3]. d [0, 1] [5] [0]\n\n# Sources\n\n[1] A\n[2] B\n[3] C\n",
         "[1] A @5; [2] B @6; [3] C @7; [5]  @0; 2/0 5/1 12/0 12/2 22/0 22/1 22/2 38/3"},
        {"a.[7](http://x) and [8](http://x)", "[7]  <http://x> @1; [] 8 <http://x> @1; 2/0 10/1"},
        {"[[14\\]](http://x)", "[14]  <http://x> @1; 0/0"},
        {"a.[^1] b [1]\n\n# Sources\n\n1. Item\n\n[^1]: Note\n",
         "[1] Item @5; [1] Note @7; 2/1 9/0"},
        {"a<sup>1</sup>\n\n<sup>1</sup> One\n", "[1] One @3; "},
        {"a.<sup>1</sup>\n\n<sup>1 One\n", "[1] One @3; 2/0"},
        {"<a href=\"http://x\" id='b'>A</a> <a name=x>B</a> <a href=y.md>C</a>",
         "[] A <http://x> @1; [] C <y.md> @1; 0/0 4/1"},
        {"www.x.y, awww.x.y www.x mailto:a@b.c <mailto:a@b.c>",
         "[] www.x.y <http://www.x.y> @1; 0/0"},
        {"[^n]: One\n\n    more http://x\n\n    - item\n\na[^n]",
         "[n] One more http://x item <http://x> @1; 30/0"},
        {"[^<b>x</b>] [2023]", ""},
        {"a.[2](#s) b.<sup>[1](#s)</sup> c.<a href='#s'>2</a>\n\n## S & Links\n\n## Sources\n\n1. "
         "One\n2. Two\n",
         "[1] One @7; [2] Two @8; 2/1 8/0 14/1"},
        {"longer.<sup><a href=http://x>1</a></sup>", "[1]  <http://x> @1; 7/0"},
        {"a (<a href=http://x>1</a>)", "[] 1 <http://x> @1; 3/0"},
        {"ab<sup>1,2</sup> cd.<sup>1-3</sup>\n\n## Sources\n\n1. A\n2. B\n3. C\n",
         "[1] A @5; [2] B @6; [3] C @7; 2/0 2/1 11/0 11/1 11/2"},
        {"billion³ and 5 km², x², end.¹² ²\n\n## Sources\n\n[3] C\n[12] D\n",
         "[3] C @5; [12] D @6; 7/0 32/1"},
        {"end.^3^ 10^3^\n\n## Sources\n\n3. C\n", "[3] C @5; 4/0"},
        {"a \\[1\\] b\n\n# Sources\n\n\\[1\\] - One\n", "[1] One @5; 2/0"},
        {"a [1] b [2]\n\n# Sources\n\n(1) One\n(2) http://x\n",
         "[1] One @5; [2] http://x <http://x> @6; 2/0 8/1"},
        {"a [8]\n\n# Sources\n\n**News**\n8. One\n9. Two\n", "[8] One @6; [9] Two @7; 2/0"},
        {"a\n8. One\n", ""},
        {"a [1]\n\n# Sources\n\n- [1]. http://x\n", "[1] http://x <http://x> @5; 2/0"},
        {"a [1]\n\n# Sources\n\n[1](http://x)\n[2](http://y) Two\n",
         "[1] http://x <http://x> @5; [2] Two <http://y> @6; 2/0"},
        {"a[^1]\n\n[^1]: (http://x)\n", "[1] http://x <http://x> @3; 1/0"},
        {"a[^1]\n\n[^1]: see [above](#a) or http://x\n",
         "[1] see above or http://x <http://x> @3; 1/0"},
        {"a.$^{[1]}$ b.$^{2}$ $10^{2}$ x$^{2}$ http://localhost:80/\n\n# Sources\n\n[1] One\n[2] "
         "Two\n",
         "[1] One @5; [2] Two @6; 2/0 8/1"},
        {"[![](i.png)](http://x) a@b.c <a@b.c> [mail](mailto:a@b.c)", ""},
        {"## Resources\n\n1. [x] One\n", "[1] [x] One @3; "},
        {"## Steps\n\n1. One\n", ""},
        {"[see [^1] here](http://x)\n\n[^1]: One", "[1] One @3; [] see [^1] here <http://x> @1; "
                                                   "0/1 4/0"},
        {"## Resources\n\n- [a](http://x)\n- http://y\n",
         "[] a <http://x> @3; [] http://y <http://y> @4; 0/0 2/1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_study) study = {0};
        CS_SCOPED(cs_buf) found = {.limit = 10000};
        assert_int_equal(
            cs_study_read(cs_view_of(examples[i].text), cs_view_of("a.md"), "en", &study, NULL),
            CS_OK);
        cs_buf_add_string(&found, "");
        describe(&found, &study);
        if (strcmp(found.data, examples[i].sources) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", examples[i].text, found.data,
                     examples[i].sources);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headings_of_sources),
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_sources_of_a_file),
    };
    return cmocka_run_group_tests_name("citation", tests, NULL, NULL);
}
