/* inline_test.c - tests of indexer/inline*.c: what a reader sees of the inside of
 * a block, and what it says of sources. Expected results of CommonMark's own
 * rules were compared with cmark 0.30.2.
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

#include "inline.h"

typedef struct example {
    const char *text, *shown;
} example;

/* What a block says of its sources: "kind label <url> 'what it covers'; ..." */
typedef struct note_example {
    const char *text, *shown, *notes;
} note_example;

/* References that every example may use. */
static const char *const references[][2] = {
    {"ref", "http://r.x"}, {"two words", "/two"}, {"7", "http://seven.x"}};

typedef struct rendering {
    cs_arena arena;
    cs_source source;
    cs_references references;
    cs_flat flat;
    cs_inline reader;
    cs_visible visible;
} rendering;

static void render(rendering *r, const char *text, cs_inline_mode mode, bool numbered)
{
    *r = (rendering){0};
    assert_int_equal(cs_source_decode(cs_view_of(text), &r->source, NULL), CS_OK);
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        cs_reference *reference = CS_PUSH(&r->references);
        assert_non_null(reference);
        reference->label = cs_reference_label(&r->arena, cs_view_of(references[i][0]));
        reference->url = cs_view_of(references[i][1]);
    }
    cs_references_sort(&r->references);
    cs_flat_clear(&r->flat);
    for (uint32_t line = 0, start, end; line < r->source.lines.count; line++) {
        cs_source_line_range(&r->source, line, &start, &end);
        cs_flat_add(&r->flat, &r->source, start, end);
    }
    cs_visible_init(&r->visible, &r->source);
    r->reader =
        (cs_inline){.arena = &r->arena, .references = &r->references, .numbered_sources = numbered};
    cs_inline_render(&r->reader, &r->flat, mode, &r->visible);
    assert_false(r->reader.failed);
}

static void release(rendering *r)
{
    cs_inline_release(&r->reader);
    cs_visible_release(&r->visible);
    cs_flat_release(&r->flat);
    free(r->references.items);
    cs_source_release(&r->source);
    cs_arena_release(&r->arena);
}

static const char *shown_of(const rendering *r)
{
    return r->visible.text.data != NULL ? r->visible.text.data : "";
}

static void check(const example *examples, size_t count, cs_inline_mode mode)
{
    for (size_t i = 0; i < count; i++) {
        rendering r;
        render(&r, examples[i].text, mode, false);
        if (strcmp(shown_of(&r), examples[i].shown) != 0)
            fail_msg("\"%s\" shows \"%s\", not \"%s\"", examples[i].text, shown_of(&r),
                     examples[i].shown);
        release(&r);
    }
}
#define CHECK(examples, mode) check(examples, sizeof(examples) / sizeof *(examples), mode)

static void add_note(cs_buf *out, const rendering *r, const cs_note *note)
{
    static const char *const kinds[] = {"mark", "number", "link"};
    cs_buf_addf(out, "%s%s", out->len > 0 ? "; " : "", kinds[note->kind]);
    if (note->label.len > 0)
        cs_buf_addf(out, " %.*s", (int)note->label.len, note->label.data);
    if (note->url.len > 0)
        cs_buf_addf(out, " <%.*s>", (int)note->url.len, note->url.data);
    assert_true(note->start <= note->end && note->end <= r->visible.text.len);
    cs_buf_addf(out, " '%.*s'", (int)(note->end - note->start), shown_of(r) + note->start);
}

static void check_notes(const note_example *examples, size_t count, bool numbered)
{
    for (size_t i = 0; i < count; i++) {
        rendering r;
        CS_SCOPED(cs_buf) notes = {.limit = 1000};
        render(&r, examples[i].text, CS_INLINE_PROSE, numbered);
        cs_buf_add_string(&notes, "");
        for (size_t n = 0; n < r.reader.notes.count; n++)
            add_note(&notes, &r, &r.reader.notes.items[n]);
        if (strcmp(shown_of(&r), examples[i].shown) != 0)
            fail_msg("\"%s\" shows \"%s\", not \"%s\"", examples[i].text, shown_of(&r),
                     examples[i].shown);
        if (strcmp(notes.data, examples[i].notes) != 0)
            fail_msg("\"%s\" notes \"%s\", not \"%s\"", examples[i].text, notes.data,
                     examples[i].notes);
        release(&r);
    }
}
#define CHECK_NOTES(examples, numbered)                                                            \
    check_notes(examples, sizeof(examples) / sizeof *(examples), numbered)

/* ---- text -------------------------------------------------------------------------- */

static void test_escapes(void **state)
{
    static const example examples[] = {
        {"\\*a\\*", "*a*"}, {"a\\b", "a\\b"},
        {"\\\\", "\\"},     {"\\[a](b)", "[a](b)"},
        {"\\<b>", "<b>"},   {"\\&amp;", "&amp;"},
        {"a\\\nb", "a b"},  {"\\$4.5 billion", "$4.5 billion"},
        {"a\\", "a\\"},     {"\\`a`", "`a`"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

static void test_code_spans(void **state)
{
    static const example examples[] = {
        {"`a`", "a"},           {"`` a`b ``", "a`b"}, {"`*a*` b", "*a* b"}, {"`<br>`", "<br>"},
        {"`&amp;`", "&amp;"},   {"`a\\`b", "a\\b"},   {"`a", "`a"},         {"`a``b`", "a``b"},
        {"``a`", "``a`"},       {"a`b`c", "abc"},     {"`a\nb`", "a b"},    {"[`a](b)`", "[a](b)"},
        {"*a `*` b*", "a * b"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

static void test_entities(void **state)
{
    static const example examples[] = {
        {"a &amp; b", "a & b"},
        {"AT&T", "AT&T"},
        {"&lt;div&gt;", "<div>"},
        {"caf&eacute;", "caf\xC3\xA9"},
        {"a&nbsp;b", "a b"},
        {"a &nbsp; b", "a b"},
        {"&#36;5", "$5"},
        {"&#x20AC;5", "\xE2\x82\xAC"
                      "5"},
        {"&#0;", "\xEF\xBF\xBD"},
        {"a&#7;b&#10;c", "a b c"},
        {"a&Tab;b", "a b"},
        {"&nope;", "&nope;"},
        {"&amp a&nbsp.", "& a ."},
        {"&ampere ?a&copy=1", "&ampere ?a&copy=1"},
        {"&;&#;&#x;", "&;&#;&#x;"},
        {"&amp;amp; &amp;nbsp; &amp;amp;lt;", "& <"},
        {"&CounterClockwiseContourIntegral;", "\xE2\x88\xB3"},
        {"&#42;a&#42;", "*a*"},
        {"&amp;&amp;&lt;&amp;", "&&<&"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

static void test_emphasis(void **state)
{
    static const example examples[] = {
        {"*a* _b_ **c** __d__ ***e***", "a b c d e"},
        {"un*frigging*believable", "unfriggingbelievable"},
        {"snake_case_name", "snake_case_name"},
        {"__init__", "init"},
        {"a__b__c", "a__b__c"},
        {"2 * 3 * 4", "2 * 3 * 4"},
        {"2*3", "2*3"},
        {"*a", "*a"},
        {"**a*", "*a"},
        {"*a**", "a*"},
        {"_a_b c_", "a_b c"},
        {"* a *", "* a *"},
        {"** a**", "** a**"},
        {"~~gone~~ ~a~ ~~~b~~~", "gone ~a~ ~~~b~~~"},
        {"~$4.5B~", "~$4.5B~"},
        {"**a\nb**", "a b"},
        {"**\xE6\x97\xA5\xE6\x9C\xAC**\xE8\xAA\x9E", "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"},
        {"**a**b**c**", "abc"},
        {"*(**a**)*", "(a)"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

static void test_blanks(void **state)
{
    static const example examples[] = {
        {"  a   b  ", "a b"},
        {"a\nb", "a b"},
        {"a  \n  b", "a b"},
        {"a\tb", "a b"},
        {"a\r\nb\rc", "a b c"},
        {"", ""},
        {" \n ", ""},
        {"a <i> </i> b", "a b"},
        {"a\x01\x7F"
         "b",
         "a b"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

/* ---- links ------------------------------------------------------------------------- */

static void test_links(void **state)
{
    static const note_example examples[] = {
        {"[a](b)", "a", "link <b> 'a'"},
        {"[a *b* c](u)", "a b c", "link <u> 'a b c'"},
        {"[a]( <b c> 'title' )", "a", "link <b c> 'a'"},
        {"[a](b \"t\\\"t\")", "a", "link <b> 'a'"},
        {"[a](b (t))", "a", "link <b> 'a'"},
        {"[a](b_(c))", "a", "link <b_(c)> 'a'"},
        {"[a](b\\)c)", "a", "link <b)c> 'a'"},
        {"[a](\nb\n\"t\"\n)", "a", "link <b> 'a'"},
        {"[a]()", "a", "link 'a'"},
        {"[a](b c)", "[a](b c)", ""},
        {"[a](b", "[a](b", ""},
        {"[a](<b)", "[a](<b)", ""},
        {"[a] (b)", "[a] (b)", ""},
        {"[a [b] c](u)", "a [b] c", "link <u> 'a [b] c'"},
        {"[[a](u)", "[a", "link <u> 'a'"},
        {"[](u)", "", "link <u> ''"},
        {"[a\\]b](u)", "a]b", "link <u> 'a]b'"},
        {"[a](u)[b](v)", "ab", "link <u> 'a'; link <v> 'b'"},
        {"[a]({{ site.url }}/b)", "a", "link <{{ site.url }}/b> 'a'"},
        {"see [a](#b) there", "see a there", "link <#b> 'a'"},
    };
    (void)state;
    CHECK_NOTES(examples, false);
}

static void test_reference_links(void **state)
{
    static const note_example examples[] = {
        {"[a][ref]", "a", "link <http://r.x> 'a'"},
        {"[Ref][]", "Ref", "link <http://r.x> 'Ref'"},
        {"[REF]", "REF", "link <http://r.x> 'REF'"},
        {"[a][Two\n words]", "a", "link </two> 'a'"},
        {"[a][none]", "[a][none]", ""},
        {"[none]", "[none]", ""},
        {"[a][ref", "[a][ref", ""},
        {"as of [7].", "as of [7].", "link 7 <http://seven.x> '[7]'"},
    };
    (void)state;
    CHECK_NOTES(examples, false);
}

static void test_images(void **state)
{
    static const note_example examples[] = {
        {"![a chart](x.png)", "a chart", ""},
        {"![](x.png)", "", ""},
        {"[![logo](l.png)](http://x)", "logo", "link <http://x> 'logo'"},
        {"![a](data:image/png;base64,iVBORw0KGgo= \"t\") b", "a b", ""},
        {"![a][ref]", "a", ""},
        {"!a", "!a", ""},
        {"![[photo.png]]", "", ""},
        {"a![b](c)", "ab", ""},
    };
    (void)state;
    CHECK_NOTES(examples, false);
}

static void test_addresses(void **state)
{
    static const note_example examples[] = {
        {"<https://x.y/z>", "https://x.y/z", "link <https://x.y/z> 'https://x.y/z'"},
        {"<me@x.y>", "me@x.y", "link <me@x.y> 'me@x.y'"},
        {"see https://x.y/z.", "see https://x.y/z.", "link <https://x.y/z> 'https://x.y/z'"},
        {"(https://x.y/a_(b))", "(https://x.y/a_(b))",
         "link <https://x.y/a_(b)> 'https://x.y/a_(b)'"},
        {"https://x.y/a_b_c*d*", "https://x.y/a_b_c*d*",
         "link <https://x.y/a_b_c*d> 'https://x.y/a_b_c*d'"},
        {"\"http://x\"", "\"http://x\"", "link <http://x> 'http://x'"},
        {"https://", "https://", ""},
        {"xhttp://y", "xhttp://y", ""},
        {"[https://x](https://y)", "https://x", "link <https://y> 'https://x'"},
        {"http://x<br>b", "http://x\nb", "link <http://x> 'http://x'"},
        {"<https://x.y/?a=b>", "https://x.y/?a=b", "link <https://x.y/?a=b> 'https://x.y/?a=b'"},
        {"HTTPS://X.Y", "HTTPS://X.Y", "link <HTTPS://X.Y> 'HTTPS://X.Y'"},
        {"www.x.y/z, (WWW.x.y)", "www.x.y/z, (WWW.x.y)",
         "link <http://www.x.y/z> 'www.x.y/z'; link <http://WWW.x.y> 'WWW.x.y'"},
        {"www.x awww.x.y -www.x.y www..y", "www.x awww.x.y -www.x.y www..y", ""},
        {"http://x.y/a\\_b&amp;c_d", "http://x.y/a_b&c_d",
         "link <http://x.y/a_b&c_d> 'http://x.y/a_b&c_d'"},
        {"[a](http://x\\_y?b&amp;c)", "a", "link <http://x_y?b&c> 'a'"},
        {"**http://x.y**: z", "http://x.y: z", "link <http://x.y> 'http://x.y'"},
        {"见（http://x.y/z）。http://x.y/w。", "见（http://x.y/z）。http://x.y/w。",
         "link <http://x.y/z> 'http://x.y/z'; link <http://x.y/w> 'http://x.y/w'"},
        {"“http://x.y” http://x.y\u00a0b", "“http://x.y” http://x.y\u00a0b",
         "link <http://x.y> 'http://x.y'; link <http://x.y> 'http://x.y'"},
        {"http://x.y/z&gt; http://x.y;", "http://x.y/z> http://x.y;",
         "link <http://x.y/z> 'http://x.y/z'; link <http://x.y> 'http://x.y'"},
        {"http://x.y\\\nz", "http://x.y z", "link <http://x.y> 'http://x.y'"},
        {"<a href=http://x/>b</a> <a href='y z' c>d</a> <a>e</a>", "b d e",
         "link <http://x/> 'b'; link <y z> 'd'"},
        {"<example.io> <Menu.Item>a</Menu.Item>", "<example.io> a", ""},
    };
    (void)state;
    CHECK_NOTES(examples, false);
}

static void test_wiki_links(void **state)
{
    static const note_example examples[] = {
        {"[[Page]]", "Page", ""},    {"[[Page|shown]]", "shown", ""},
        {"[[a#b|c]] d", "c d", ""},  {"[[a\\|b]]", "b", ""}, /* as in tables */
        {"[[]]", "[[]]", ""},        {"[[a]", "[[a]", ""},
        {"[[a\nb]]", "[[a b]]", ""},
    };
    (void)state;
    CHECK_NOTES(examples, false);
}

/* ---- marks ------------------------------------------------------------------------- */

static void test_marks(void **state)
{
    static const note_example examples[] = {
        {"billion.[^3]", "billion.[^3]", "mark 3 '[^3]'"},
        {"a[^long name] b", "a[^long name] b", "mark long name '[^long name]'"},
        {"a[^]", "a[^]", ""},
        {"a[^b", "a[^b", ""},
        {"[^1][^2]", "[^1][^2]", "mark 1 '[^1]'; mark 2 '[^2]'"},
        {"[^1](u)", "[^1](u)", "mark 1 '[^1]'"},
        {"[^ a](u)", "^ a", "link <u> '^ a'"},
        {"a [3].", "a [3].", "number 3 '[3]'"},
        {"a [12345]", "a [12345]", ""},
        {"a [x1]", "a [x1]", ""},
        {"[3](u)", "3", "link <u> '3'"},
        {"in 2021.[[20]](http://x)", "in 2021.[20]", "link 20 <http://x> '[20]'"},
        {"in 2021.[[20]]", "in 2021.[[20]]", "number 20 '[20]'"},
        {"[a [^1] b](u)", "a [^1] b", "mark 1 '[^1]'; link <u> 'a [^1] b'"},
        {"**a[^1]**", "a[^1]", "mark 1 '[^1]'"},
    };
    (void)state;
    CHECK_NOTES(examples, false);
}

static void test_raised_numbers(void **state)
{
    static const note_example examples[] = {
        {"end.<sup>3</sup> Next", "end.[3] Next", "number 3 '[3]'"},
        {"end.<sup>[3]</sup>", "end.[3]", "number 3 '[3]'"},
        {"end.<SUP> 3 </SUP>", "end.[3]", "number 3 '[3]'"},
        {"end.<sup>3<sup>", "end.[3]", "number 3 '[3]'"},
        {"10<sup>6</sup>", "10⁶", ""},
        {"the 3<sup>rd</sup>", "the 3rd", ""},
        {"end.<sup>3", "end.[3]", "number 3 '[3]'"},
        {"end.<sup>3</sub> Next", "end.[3] Next", "number 3 '[3]'"},
        {"end.<sup>3 Next", "end.3 Next", ""},
        {"end.<sup></sup>", "end.", ""},
    };
    static const note_example numbered[] = {
        {"word<sup>3</sup>", "word[3]", "number 3 '[3]'"},
        {"in 2010<sup>3</sup>", "in 2010[3]", "number 3 '[3]'"},
        {"10<sup>6</sup>, 5 km<sup>2</sup>", "10⁶, 5 km²", ""},
    };
    (void)state;
    CHECK_NOTES(examples, false);
    CHECK_NOTES(numbered, true);
}

/* ---- HTML -------------------------------------------------------------------------- */

static void test_tags(void **state)
{
    static const example examples[] = {
        {"a<br>b<br/>c<BR />d", "a\nb\nc\nd"},
        {"<b>a</b> <span class=\"x > y\">b</span>", "a b"},
        {"<a href='u'>a</a>b", "ab"},
        {"a<td>b</td><td>c", "a b c"},
        {"5 < 6 > 4", "5 < 6 > 4"},
        {"p<0.05", "p<0.05"},
        {"<5 people>", "<5 people>"},
        {"<name, title>", "<name, title>"},
        {"Enum<string>", "Enum"},
        {"<a", "<a"},
        {"<a b", "<a b"},
        {"<a href=\"x", "<a href=\"x"},
        {"< b>", "< b>"},
        {"<$5M>", "<$5M>"},
        {"<Card title={x > y ? \"a\" : {b}}>text</Card>", "text"},
        {"<Foo.Bar {...props} />a", "a"},
        {"<span style=\\\"x\\\">a</span>", "a"},
        {"<x-y>a</x-y>", "a"},
        {"a<span style=\"display:none\">b[^1]</span>c", "ac"},
        {"a<div style='color: red; display: none;'>b</div>c<p style=\"display:block\">d", "ac\nd"},
        {"a<img style=\"display:none\">b", "ab"},
        {"</b >a", "a"},
        {"<img\nsrc=\"x\"\nalt=\"y\">a", "ya"},
        {"a <!-- b --> c", "a c"},
        {"a <!-- b > c --> d", "a d"},
        {"a<!-- b", "a<!-- b"},
        {"a<!---->b", "ab"},
        {"a <?php b ?> c", "a c"},
        {"a <!DOCTYPE html> b", "a b"},
        {"a<script>b<c</script>d", "ad"},
        {"a<STYLE>b</Style >c", "ac"},
        {"a<svg><text>b</text></svg>c", "ac"},
        {"a<script src=x />b", "ab"},
        {"a<script>b", "a"},
        {"a<scripts>b", "ab"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

static void test_modes(void **state)
{
    static const example line[] = {
        {"a<br>b", "a b"},
        {"<td>a</td>", "a"},
        {"`a \\| b`", "a | b"},
    };
    static const example html[] = {
        {"<div>\n<p>a</p>\n<p>b</p></div>", "a\nb"},
        {"<ul>\n  <li>a\n  <li>b</ul>", "a\nb"},
        {"<div class=x, y>a</div>", "a"},
        {"a <3 b", "a <3 b"},
    };
    (void)state;
    CHECK(line, CS_INLINE_LINE);
    CHECK(html, CS_INLINE_HTML);
}

/* ---- what other tools add ---------------------------------------------------------- */

static void test_data_is_not_shown(void **state)
{
    static const example examples[] = {
        {"a data:image/png;base64,iVBORw0KGgo= b", "a b"},
        {"url(data:image/svg+xml;utf8,%3Csvg) b", "url() b"},
        {"<img src=\"data:image/png;base64,iVBORw0KGgo=\">a", "a"},
        {"data: x/y, z", "data: x/y, z"},
        {"data:URI", "data:URI"},
        {"metadata:a/b,c", "metadata:a/b,c"},
    };
    char run[1000];
    rendering r;
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
    for (size_t i = 0; i < sizeof run - 1; i++)
        run[i] = i == 0 || i == 990 ? ' ' : i % 30 == 0 ? '/' : 'A';
    run[sizeof run - 1] = '\0';
    render(&r, run, CS_INLINE_PROSE, false);
    assert_string_equal(shown_of(&r), "AAAAAAAA");
    release(&r);
}

static void test_shortcodes(void **state)
{
    static const example examples[] = {
        {"a {{< toc >}} b", "a b"},
        {"{{% heading \"whatsnext\" %}}", "whatsnext"},
        {"a {{< tip text=\"Pod\" id=\"p\" >}} b", "a Pod b"},
        {"{{< figure src=\"x\" title=\"One\" caption=\"Two\" >}}", "One Two"},
        {"{{< note >}}a{{< /note >}}", "a"},
        {"{{< a", "{{< a"},
        {"{{ page.title }}", ""},
        {"a {% raw %}b{% endraw %}", "a b"},
        {"a {: .warning }", "a"},
        {"a {/*comment*/} b", "a b"},
        {"{a}", "{a}"},
    };
    (void)state;
    CHECK(examples, CS_INLINE_PROSE);
}

/* ---- places ------------------------------------------------------------------------ */

static void test_places(void **state)
{
    rendering r;
    (void)state;
    render(&r, "**One** &amp;\n[two](u).<br>x", CS_INLINE_PROSE, false);
    assert_string_equal(shown_of(&r), "One & two.\nx");
    static const cs_span expected[] = {
        {CS_SPAN_COPY, 0, 3, 2, 3, 1, 3},       {CS_SPAN_COPY, 3, 1, 7, 1, 1, 8},
        {CS_SPAN_WHOLE, 4, 1, 8, 5, 1, 9},      {CS_SPAN_WHOLE, 5, 1, 13, 1, 1, 14},
        {CS_SPAN_COPY, 6, 3, 15, 3, 2, 2},      {CS_SPAN_COPY, 9, 1, 22, 1, 2, 9},
        {CS_SPAN_NOWHERE, 10, 1, 23, 0, 2, 10}, {CS_SPAN_COPY, 11, 1, 27, 1, 2, 14},
    };
    assert_int_equal(r.visible.spans.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < r.visible.spans.count; i++) {
        const cs_span *s = &r.visible.spans.items[i], *e = &expected[i];
        if (s->kind != e->kind || s->text != e->text || s->length != e->length ||
            s->source != e->source || s->source_length != e->source_length || s->line != e->line ||
            s->column != e->column)
            fail_msg("span %zu: %d %u+%u %u+%u %u:%u", i, (int)s->kind, s->text, s->length,
                     s->source, s->source_length, s->line, s->column);
    }
    assert_int_equal(r.reader.notes.items[0].source, 15);
    release(&r);
}

/* The memory of one block does not leak into the next. */
static void test_a_reader_is_used_again(void **state)
{
    rendering r;
    (void)state;
    render(&r, "`a *b [c ~~d <!-- e \"f", CS_INLINE_PROSE, false);
    cs_visible_truncate(&r.visible, 0);
    cs_inline_render(&r.reader, &r.flat, CS_INLINE_PROSE, &r.visible);
    assert_string_equal(shown_of(&r), "`a *b [c ~~d <!-- e \"f");
    cs_source_release(&r.source);
    assert_int_equal(cs_source_decode(cs_view_of("`a` *b* [c](d) <!-- e -->"), &r.source, NULL),
                     CS_OK);
    cs_flat_clear(&r.flat);
    cs_flat_add(&r.flat, &r.source, 0, (uint32_t)r.source.text.len);
    cs_visible_truncate(&r.visible, 0);
    cs_inline_render(&r.reader, &r.flat, CS_INLINE_PROSE, &r.visible);
    assert_string_equal(shown_of(&r), "a b c");
    release(&r);
}

/* ---- time -------------------------------------------------------------------------- */

static void test_time_is_linear(void **state)
{
    static const char *const parts[] = {
        "[",    "[a](",    "[a](b \"", "![[]()",  "*a ",      "**a_b",
        "`a``", "<",       "<a ",      "<a x=\"", "<!-- ",    "<?",
        "&amp", "&#",      "{{<",      "{%",      "http://",  "data:",
        "[^",   "[[",      "<script>", "<sup>3",  "]",        "a]",
        "~~a",  "<a b={",  "a+",       "www.(",   "www.a.b(", "<a href=\"x\">",
        "^3^",  "\\[3\\]", "[1,",      "[1,2",    "<sup>1,",  "http://(",
        "&#",
    };
    enum { size = 1 << 18 };
    char *text = malloc(size + 16);
    assert_non_null(text);
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t len = strlen(parts[i]), used = 0;
        for (; used < size; used += len)
            memcpy(text + used, parts[i], len);
        text[used] = '\0';
        rendering r;
        clock_t start = clock();
        render(&r, text, CS_INLINE_PROSE, false);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (seconds > 1.5)
            fail_msg("\"%s\" takes %.1f s", parts[i], seconds);
        release(&r);
    }
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_code_spans),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_emphasis),
        cmocka_unit_test(test_blanks),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_reference_links),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_wiki_links),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_raised_numbers),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_data_is_not_shown),
        cmocka_unit_test(test_shortcodes),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_a_reader_is_used_again),
        cmocka_unit_test(test_time_is_linear),
    };
    return cmocka_run_group_tests_name("inline", tests, NULL, NULL);
}
