/* study_test.c - tests of indexer/study.c, heading.c, table.c and code.c: sections,
 * pieces, titles.
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

typedef struct example {
    const char *text;
    const char *shown; /* headings "<level heading>", pieces "kind text", one a line */
} example;

static const char *kind_name(uint32_t kind)
{
    return kind == CS_KIND_PROSE   ? ""
           : kind == CS_KIND_LIST  ? "list "
           : kind == CS_KIND_QUOTE ? "quote "
           : kind == CS_KIND_TABLE ? "table "
           : kind == CS_KIND_CODE  ? "code "
                                   : "? ";
}

/* The headings up to `section` that were not written yet. */
static void add_headings(cs_buf *out, const cs_study *study, size_t *next, uint32_t section)
{
    for (; *next < study->file.sections.count && (section == cs_no_parent || *next <= section);
         ++*next) {
        const cs_section *s = &study->file.sections.items[*next];
        cs_buf_addf(out, "<%u %.*s>\n", s->level, (int)s->heading.len, s->heading.data);
    }
}

static void describe(cs_buf *out, const cs_study *study)
{
    size_t heading = 0;
    for (size_t i = 0; i < study->pieces.count; i++) {
        const cs_piece *p = &study->pieces.items[i];
        if (p->section != cs_no_parent)
            add_headings(out, study, &heading, p->section);
        cs_buf_addf(out, "%s%.*s\n", kind_name(p->kind), (int)(p->end - p->start),
                    study->visible.text.data + p->start);
    }
    add_headings(out, study, &heading, cs_no_parent);
    cs_buf_truncate(out, out->len > 0 ? out->len - 1 : 0);
}

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_study) study = {0};
        CS_SCOPED(cs_buf) found = {.limit = 10000};
        assert_int_equal(
            cs_study_read(cs_view_of(examples[i].text), cs_view_of("a.md"), "en", &study, NULL),
            CS_OK);
        cs_buf_add_string(&found, "");
        describe(&found, &study);
        if (strcmp(found.data, examples[i].shown) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", examples[i].text, found.data, examples[i].shown);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_headings(void **state)
{
    static const example examples[] = {
        {"# A\n\na\n\n## B\nb", "<1 A>\na\n<2 B>\nb"},
        {"# *A* `b` &amp; [c](d)", "<1 A b & c>"},
        {"# A #\n## B ##  \n### C#\n#", "<1 A>\n<2 B>\n<3 C#>"},
        {"## A {#id}\n## B {.x}\n## C {: #y}\n## D {e}", "<2 A>\n<2 B>\n<2 C>\n<2 D {e}>"},
        {"## A:\n## B :\n", "<2 A>\n<2 B>"},
        {"## A[^1]", "<2 A>"},
        {"## A[^1] b [^2]:", "<2 A b>"},
        {"## A [1]", "<2 A [1]>"},
        {"A\n===\n\nB\nC\n---\nd", "<1 A>\n<2 B C>\nd"},
        {"A\n===\nb", "<1 A>\nb"},
        {"## {{% heading \"whatsnext\" %}}", "<2 whatsnext>"},
        {"##   \n\na", "a"},
        {"> # A\n\n- # B\n", "quote A\nlist B"},
        {"## ***Links***", "<2 Links>"},
    };
    (void)state;
    CHECK(examples);
}

static void test_html_headings(void **state)
{
    static const example examples[] = {
        {"<h1>A</h1>\n\na", "<1 A>\na"},
        {"<H2 class=\"x\">A <em>b</em></H2>\na", "<2 A b>\na"},
        {"<div>\n<h3>A</h3>\n<p>a</p>\n<h3>B</h3>\nb</div>", "<3 A>\na\n<3 B>\nb"},
        {"<details><summary>A</summary>\n\na\n\n</details>", "<7 A>\na"},
        {"<details><summary>A</summary>\n\n**B**\n\nb\n\n</details>\n\n**C**\n\nc",
         "<7 A>\n<8 B>\nb\n<7 C>\nc"},
        {"<details>\n\na\n\n</details>\n\n</details>\n\n**B**\n\nb", "a\n<7 B>\nb"},
        {"<h2>A\na", "<2 A>\na"},
        {"<header>a</header>", "a"},
        {"<!-- <h2>A</h2> -->\na", "a"},
        {"<div>\n<!-- <h2>A</h2> -->\n<h2>B</h2></div>", "<2 B>"},
        {"<h2>A\nB</h2>", "<2 A B>"},
        {"> <h2>A</h2>", "quote A"},
    };
    (void)state;
    CHECK(examples);
}

static void test_bold_lines(void **state)
{
    static const example heading[] = {
        {"**A**\n\na", "<7 A>\na"},
        {"__A__\n\na", "<7 A>\na"},
        {"***A***\n\na", "<7 A>\na"},
        {"**A:**\n\na", "<7 A>\na"},
        {"**A**:\n\na", "<7 A>\na"},
        {"**A**  \n\na", "<7 A>\na"},
        {"**3. Executive Summary**\n\na", "<7 3. Executive Summary>\na"},
        {"**IV. Results**\n\na", "<7 IV. Results>\na"},
        {"**Who founded it?**\n\na", "<7 Who founded it?>\na"},
        {"**A _b_**\n\na", "<7 A b>\na"},
    };
    static const example none[] = {
        {"**A** b", "A b"},
        {"**A**\nb", "A b"},
        {"**A sentence.**", "A sentence."},
        {"**One. Two**", "One. Two"},
        {"**A** and **b**", "A and b"},
        {"**A**", "A"},
        {"**A**\n\n**B**\n\nb", "A\n<7 B>\nb"},
        {"**A**\n\n# B", "A\n<1 B>"},
        {"- **A**", "list A"},
        {"> **A**", "quote A"},
        {"****", ""},
        {"** A**", "** A**"},
        {"**A*", "*A"},
    };
    (void)state;
    CHECK(heading);
    CHECK(none);
}

static void test_blocks(void **state)
{
    static const example examples[] = {
        {"a\nb\n\nc", "a b\nc"},
        {"a  \nb", "a b"},
        {"> a\n> b\nc", "quote a b c"},
        {"> > a", "quote a"},
        {"- a\n- b\n  c\n\n  d", "list a\nlist b c\nlist d"},
        {"- [ ] a\n- [x] b", "list a\nlist b"},
        {"1. a\n   1. b", "list a\nlist b"},
        {"---\n\na\n\n* * *", "a"},
        {"a<br>b", "a\nb"},
        {"![](x.png)\n\na", "a"},
    };
    (void)state;
    CHECK(examples);
}

static void test_code(void **state)
{
    static const example examples[] = {
        {"```py\nif a:\n    b *= c\n\n<d>&amp;\n```", "code if a:\n    b *= c\n<d>&amp;"},
        {"    if a:\n        b", "code if a:\n    b"},
        {"- a\n\n  ```\n  b\n    c\n  ```", "list a\ncode b\n  c"},
        {"> ```\n> a\n>  b\n> ```", "code a\n b"},
        {"```\n```", ""},
        {"```\n\n\n```\na", "a"},
        {"~~~\na", "code a"},
        {"a\n\n```\nb\n```", "a\ncode b"},
        {"-     a", "code a"},
        {"```\nurl(data:image/png;base64,iVBORw0KGgo=)\n```", "code url()"},
        {"<table>\n<tr>\n\n    <td>a</td>\n    </tr>", "a"},
        {"a\n\n    <td>a</td>", "a\ncode <td>a</td>"},
        {"    <script>\n    a = 1\n\nb\n</script>\n\nc", "c"},
        {"```\n<script>a</script>\n```", "code <script>a</script>"},
    };
    (void)state;
    CHECK(examples);
}

static void test_html(void **state)
{
    static const example examples[] = {
        {"<div>a</div>", "a"},
        {"<!-- a -->\nb", "b"},
        {"<!-- a -->b\n\nc", "b\nc"},
        {"<pre>a</pre>\nb", "a\nb"},
        {"<script>a\n\nb</script>\nc", "c"},
        {"<div>\n<style>\n.a {}\n\n.b {}\n\n    .c {}\n</style>\n<p>d</p>\n</div>\n\ne", "d\ne"},
        {"<div><!-- a\n\nb --> c</div>\n\nd", "c\nd"},
        {"<div><style>\n\na", "a"}, /* never closed: hides nothing more */
        {"> <div>\n> a\n> </div>", "quote a"},
        {"- <div>a\n  b</div>", "list a b"},
        {"<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "a\nb"},
        {"<a href=\"x\"><img src=\"y\"></a>\n\nb", "b"},
    };
    (void)state;
    CHECK(examples);
}

static void test_tables(void **state)
{
    static const example examples[] = {
        {"| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", "table A: 1 | B: 2\ntable A: 3 | B: 4"},
        {"A | B\n:--|--:\n1 | 2", "table A: 1 | B: 2"},
        {"| A | B |\n|:-:|---|\n| 1 |", "table A | B\ntable A: 1"},
        {"| A |\n|---|\n| 1 | 2 |", "table A: 1 | 2"},
        {"| A | B |\n|---|---|\n| a \\| b | `c \\| d` |", "table A: a | b | B: c | d"},
        {"| A | |\n|---|---|\n| 1 | 2 |\n| | 3 |", "table A: 1 | 2\ntable 3"},
        {"| **A** | [B](u) |\n|---|---|\n| *1* | 2<br>3 |", "table A: 1 | B: 2 3"},
        {"text\n| A | B |\n|---|---|\n| 1 | 2 |\n\nmore", "text\ntable A: 1 | B: 2\nmore"},
        {"| A | B |\n|---|---|", "table A | B"},
        {"| A | B |\n|---|", "| A | B | |---|"},
        {"A | B", "A | B"},
        {"> | A |\n> |---|\n> | 1 |", "table A: 1"},
        {"| A | B |\n|---|---|\n| 1 | 2 |\nmore", "table A: 1 | B: 2\ntable A: more"},
    };
    (void)state;
    CHECK(examples);
}

static void test_references(void **state)
{
    static const example examples[] = {
        {"[a][x] b\n\n[x]: http://y \"t\"", "a b"},
        {"[a]\n\n[A]: <http://y z>", "a"},
        {"[a]: http://y\nb", "b"},
        {"[Interviewer]: Yes. I did.", "[Interviewer]: Yes. I did."},
        {"[Note]: see below", "[Note]: see below"},
        {"[Q]: Why.", "[Q]: Why."},
        {"[image1]: <data:image/png;base64,iVBORw0KGgo=>\n\na", "a"},
    };
    (void)state;
    CHECK(examples);
}

static void test_definitions_are_text(void **state)
{
    static const example examples[] = {
        {"[^1]: One\n[^2]: Two", "[^1]: One\n[^2]: Two"},
        {"[^1]One\nmore\n[^2]Two", "[^1]One more\n[^2]Two"},
        {"# Sources\n[1] One\n[2] Two", "<1 Sources>\n[1] One\n[2] Two"},
        {"# Sources\n1. One\n2. Two", "<1 Sources>\nOne\nTwo"},
    };
    (void)state;
    CHECK(examples);
}

static void test_front_matter(void **state)
{
    static const example examples[] = {
        {"---\ntitle: A\n---\n# B\n\nb", "<1 B>\nb"},
        {"---\ntitle: A: b\nc: [\n---\nd", "title: A: b c: [\nd"},
        {"---\ntitle: A\n\nb", "title: A\nb"},
        {"---\n\na\n\n---\n\nb", "a\nb"},
    };
    (void)state;
    CHECK(examples);
}

/* ---- titles and trails ------------------------------------------------------------- */

static void test_titles(void **state)
{
    static const struct {
        const char *text, *path, *title;
    } examples[] = {
        {"---\ntitle: F\n---\n# A\n", "a.md", "F"},
        {"+++\ntitle = \"F\"\n+++\n# A\n", "a.md", "F"},
        {"---\ntitle: F: g\nx: [\n---\n# A\n", "a.md", "F: g"},
        {"## B\n\nb\n\n# A\n", "a.md", "A"},
        {"<h1 align=\"center\">A</h1>\n\n# B\n", "a.md", "A"},
        {"## A\n\na\n\n### B\n\nb\n", "x/a.md", "A"},
        {"## A\n\na\n\n## B\n\nb\n", "x/a.md", "x/a"},
        {"a\n\n## A\n\na\n\n### B\n\nb\n", "x/a.md", "x/a"},
        {"## A\n\na\n", "x/a.md", "x/a"},
        {"a", "fintech/stripe/case_study.v2.md", "stripe/case study.v2"},
        {"a", "a.md", "a"},
        {"a", ".md", ".md"},
        {"a", "x/README", "x/README"},
        {"", "caf\xE9.md", "caf\xEF\xBF\xBD"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_study) study = {0};
        assert_int_equal(cs_study_read(cs_view_of(examples[i].text), cs_view_of(examples[i].path),
                                       "en", &study, NULL),
                         CS_OK);
        if (!cs_view_equal(study.file.title, cs_view_of(examples[i].title)))
            fail_msg("\"%s\": \"%s\", not \"%s\"", examples[i].text, study.file.title.data,
                     examples[i].title);
    }
}

static void test_parents(void **state)
{
    static const uint32_t parents[] = {cs_no_parent, 0, 1, 0, 3, 3, cs_no_parent};
    static const uint32_t lines[] = {1, 3, 5, 9, 11, 15, 19};
    CS_SCOPED(cs_study) study = {0};
    (void)state;
    assert_int_equal(cs_study_read(cs_view_of("# A\n\n### B\n\n**C**\n\nc\n\n## D\n\n**E**\n\ne\n\n"
                                              "**F**\n\nf\n\n# G\n"),
                                   cs_view_of("a.md"), "en", &study, NULL),
                     CS_OK);
    assert_int_equal(study.file.sections.count, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(study.file.sections.items[i].parent, parents[i]);
        assert_int_equal(study.file.sections.items[i].line, lines[i]);
    }
}

/* The longest is one of 200 bytes; what goes on is a paragraph that was marked. */
static void test_a_long_heading_is_text(void **state)
{
    (void)state;
    for (size_t letters = 100; letters <= 101; letters++) {
        CS_SCOPED(cs_study) study = {0};
        CS_SCOPED(cs_buf) text = {.limit = 10000};
        cs_buf_add_string(&text, "# ");
        for (size_t i = 0; i < letters; i++)
            cs_buf_add_string(&text, "\xC3\xA9");
        assert_int_equal(cs_study_read(cs_buf_view(&text), cs_view_of("a.md"), "en", &study, NULL),
                         CS_OK);
        assert_int_equal(study.file.sections.count, letters == 100);
        assert_int_equal(study.pieces.count, letters == 101);
    }
}

static void test_language(void **state)
{
    static const struct {
        const char *text, *language;
    } examples[] = {
        {"a", "en"},
        {"---\nlang: de\n---\na", "de"},
        {"---\nlanguage: fr\n---\na", "fr"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_study) study = {0};
        assert_int_equal(
            cs_study_read(cs_view_of(examples[i].text), cs_view_of("a.md"), "en", &study, NULL),
            CS_OK);
        assert_string_equal(study.file.language.data, examples[i].language);
    }
}

/* A wide header over many short rows does not grow without bound. */
static void test_repeated_headers_are_bounded(void **state)
{
    CS_SCOPED(cs_study) study = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 22};
    (void)state;
    for (int i = 0; i < 60; i++)
        cs_buf_addf(&text, "|%0200d", 7);
    cs_buf_add_string(&text, "|\n");
    for (int i = 0; i < 60; i++)
        cs_buf_add_string(&text, "|-");
    for (int row = 0; row < 4000; row++) {
        cs_buf_add_string(&text, "\n");
        for (int i = 0; i < 60; i++)
            cs_buf_add_string(&text, "|b");
    }
    assert_int_equal(cs_study_read(cs_buf_view(&text), cs_view_of("a.md"), "en", &study, NULL),
                     CS_OK);
    assert_int_equal(study.pieces.count, 4000);
    assert_true(study.visible.text.len < 16 * text.len);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headings),
        cmocka_unit_test(test_html_headings),
        cmocka_unit_test(test_bold_lines),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_definitions_are_text),
        cmocka_unit_test(test_front_matter),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_parents),
        cmocka_unit_test(test_a_long_heading_is_text),
        cmocka_unit_test(test_language),
        cmocka_unit_test(test_repeated_headers_are_bounded),
    };
    return cmocka_run_group_tests_name("study", tests, NULL, NULL);
}
