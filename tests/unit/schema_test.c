/* schema_test.c - tests of lib/schema.c.
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

#include "schema.h"

#define VIEW(literal) ((cs_view){literal, sizeof(literal) - 1})
#define COUNT(array)  (sizeof(array) / sizeof *(array))
#define LIST(array)                                                                                \
    {                                                                                              \
        .items = (array), .count = COUNT(array), .cap = COUNT(array)                               \
    }

/* ---- terms ------------------------------------------------------------------------- */

static void test_prefixes(void **state)
{
    static const struct {
        cs_field field;
        const char *term;
    } examples[] = {
        {CS_FIELD_TEXT, "raised"},  {CS_FIELD_TITLE, "Sraised"}, {CS_FIELD_CITE, "Craised"},
        {CS_FIELD_SITE, "Hraised"}, {CS_FIELD_LANG, "Lraised"},  {CS_FIELD_META, "Ftags:raised"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        CS_SCOPED(cs_buf) term = {.limit = 100};
        cs_schema_add_term(&term, examples[i].field, VIEW("tags"), VIEW("raised"));
        assert_string_equal(term.data, examples[i].term);
    }
}

static void test_field_names(void **state)
{
    static const struct {
        const char *name;
        cs_field field;
    } examples[] = {
        {"title", CS_FIELD_TITLE}, {"heading", CS_FIELD_HEADING}, {"section", CS_FIELD_HEADING},
        {"path", CS_FIELD_PATH},   {"file", CS_FIELD_FILE},       {"cite", CS_FIELD_CITE},
        {"site", CS_FIELD_SITE},   {"in", CS_FIELD_IN},           {"lang", CS_FIELD_LANG},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        size_t at = 0;
        while (at < cs_fields_count && strcmp(cs_fields[at].name, examples[i].name) != 0)
            at++;
        assert_true(at < cs_fields_count);
        assert_int_equal(cs_fields[at].field, examples[i].field);
    }
}

#define SIXTY "123456789012345678901234567890123456789012345678901234567890"

static void test_keys(void **state)
{
    static const struct {
        const char *key, *folded;
    } examples[] = {
        {"Tags", "tags"},
        {"Founding Year", "founding_year"},
        {"a\tb", "a_b"},
        {"é", "é"},
        {"", ""},
        {"Revenue (USD)", "revenue_usd"},
        {"$cost / unit, total", "cost_unit_total"},
        {"a.b-c_d", "a.b-c_d"},
        {"公司 名", "公司_名"},
        {SIXTY SIXTY "x", SIXTY SIXTY},
        {SIXTY "12345678901234567890123456789012345678901234567890123456789é",
         SIXTY "12345678901234567890123456789012345678901234567890123456789"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        CS_SCOPED(cs_buf) key = {.limit = 200};
        cs_buf_add_string(&key, "");
        cs_schema_fold_key(&key, cs_view_of(examples[i].key));
        assert_string_equal(key.data, examples[i].folded);
    }
}

/* ---- a passage --------------------------------------------------------------------- */

/* On disk, from byte 100, line 5 (in UTF-16 from line 7 on):
 *
 *   line 5   **Bold** A &amp; B
 *   line 7   é😀x                                    visible: "Bold A & B\né😀x" */
static cs_span passage_spans[] = {
    {CS_SPAN_COPY, 0, 4, 102, 4, 5, 3},      /* Bold */
    {CS_SPAN_COPY, 4, 3, 108, 3, 5, 9},      /* " A " */
    {CS_SPAN_WHOLE, 7, 1, 111, 5, 5, 12},    /* & */
    {CS_SPAN_COPY, 8, 2, 116, 2, 5, 17},     /* " B" */
    {CS_SPAN_NOWHERE, 10, 1, 118, 0, 5, 19}, /* the line end */
    {CS_SPAN_UTF16, 11, 7, 140, 8, 7, 1},    /* é😀x */
};
static cs_mark passage_marks[] = {{4, 0}, {18, 300}};

static const cs_passage passage = {
    .text = {"Bold A & B\n\xC3\xA9\xF0\x9F\x98\x80x", 18},
    .section = 70000,
    .first_line = 5,
    .last_line = 7,
    .start = 100,
    .end = 148,
    .kinds = CS_KIND_PROSE | CS_KIND_CODE,
    .spans = LIST(passage_spans),
    .marks = LIST(passage_marks),
};

static void test_locate(void **state)
{
    static const struct {
        uint32_t start, end;
        cs_position at; /* line, column, start, end */
    } examples[] = {
        {0, 4, {5, 3, 102, 106}},    /* a span */
        {1, 3, {5, 4, 103, 105}},    /* within one */
        {0, 6, {5, 3, 102, 110}},    /* over removed markup */
        {5, 10, {5, 10, 109, 118}},  /* over an entity */
        {7, 8, {5, 12, 111, 116}},   /* the entity */
        {6, 8, {5, 11, 110, 116}},   /* up to it */
        {8, 10, {5, 17, 116, 118}},  /* after it */
        {10, 11, {5, 19, 118, 118}}, /* nowhere: empty, at its place */
        {9, 11, {5, 18, 117, 118}},  /* into nowhere */
        {10, 13, {5, 19, 118, 142}}, /* out of it */
        {11, 13, {7, 1, 140, 142}},  /* é: two bytes on disk */
        {13, 17, {7, 3, 142, 146}},  /* the emoji: four */
        {17, 18, {7, 7, 146, 148}},  {11, 18, {7, 1, 140, 148}},
        {9, 17, {5, 18, 117, 146}}, /* over lines: place of the first byte */
        {0, 18, {5, 3, 102, 148}},   {4, 4, {5, 9, 108, 108}}, /* empty */
        {0, 0, {5, 3, 102, 102}},    {7, 7, {5, 12, 111, 111}},
        {18, 18, {7, 9, 148, 148}}, /* the end */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        cs_position at = cs_passage_locate(&passage, examples[i].start, examples[i].end);
        if (memcmp(&at, &examples[i].at, sizeof at) != 0)
            fail_msg("[%u, %u): line %u column %u [%u, %u)", examples[i].start, examples[i].end,
                     at.line, at.column, at.start, at.end);
    }
}

static void test_locate_half_of_a_whole(void **state)
{
    cs_span spans[] = {{CS_SPAN_WHOLE, 0, 6, 10, 8, 1, 11}, {CS_SPAN_COPY, 6, 1, 18, 1, 1, 19}};
    cs_passage p = {.text = VIEW("\xEF\xBF\xBD\xEF\xBF\xBDx"), .spans = LIST(spans)};
    cs_position at = cs_passage_locate(&p, 3, 6);

    (void)state;
    assert_int_equal(at.start, 10);
    assert_int_equal(at.end, 18);
    at = cs_passage_locate(&p, 0, 3);
    assert_int_equal(at.end, 18);
    at = cs_passage_locate(&p, 3, 7);
    assert_int_equal(at.start, 10);
    assert_int_equal(at.end, 19);
}

static void test_locate_without_spans(void **state)
{
    cs_passage p = {.text = VIEW("abc"), .first_line = 4, .start = 50, .end = 60};
    cs_position at = cs_passage_locate(&p, 1, 2);

    (void)state;
    assert_int_equal(at.line, 4);
    assert_int_equal(at.start, 50);
    assert_int_equal(at.end, 50);
}

static void assert_same_passage(const cs_passage *a, const cs_passage *b)
{
    assert_true(cs_view_equal(a->text, b->text));
    assert_int_equal(a->section, b->section);
    assert_int_equal(a->first_line, b->first_line);
    assert_int_equal(a->last_line, b->last_line);
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->kinds, b->kinds);
    assert_int_equal(a->spans.count, b->spans.count);
    for (size_t i = 0; i < a->spans.count; i++)
        if (memcmp(&a->spans.items[i], &b->spans.items[i], sizeof(cs_span)) != 0)
            fail_msg("span %zu: line %u column %u, not line %u column %u", i,
                     b->spans.items[i].line, b->spans.items[i].column, a->spans.items[i].line,
                     a->spans.items[i].column);
    assert_int_equal(a->marks.count, b->marks.count);
    for (size_t i = 0; i < a->marks.count; i++) {
        assert_int_equal(a->marks.items[i].text, b->marks.items[i].text);
        assert_int_equal(a->marks.items[i].source, b->marks.items[i].source);
    }
}

static void check_passage(const cs_passage *written)
{
    CS_SCOPED(cs_buf) record = {.limit = 1 << 12};
    CS_SCOPED(cs_passage) read = {0};
    cs_error error = {0};

    cs_schema_add_passage(&record, written);
    if (cs_schema_read_passage(cs_buf_view(&record), &read, &error) != CS_OK)
        fail_msg("%s", error.message);
    assert_same_passage(written, &read);
    assert_true(cs_view_equal(cs_schema_passage_text(cs_buf_view(&record)), written->text));
}

static void test_passage_round_trip(void **state)
{
    cs_passage bare = {.text = VIEW("")}, big = {0};
    cs_span far[] = {{CS_SPAN_COPY, 0, 1, UINT32_MAX - 1, 1, UINT32_MAX, UINT32_MAX},
                     {CS_SPAN_WHOLE, 1, 1, 0, 0, 1, 1}};

    (void)state;
    check_passage(&passage);
    check_passage(&bare);
    big.text = VIEW("ab");
    big.section = big.first_line = big.last_line = UINT32_MAX;
    big.start = big.end = UINT32_MAX;
    big.spans.items = far;
    big.spans.count = 2;
    check_passage(&big);
}

/* Wherever its first span stands; column = source + 1 - line_start. */
static void test_first_span_round_trips_anywhere(void **state)
{
    (void)state;
    for (uint32_t line_start = 0; line_start < 4; line_start++)
        for (uint32_t start = line_start; start < 6; start++)
            for (uint32_t source = start; source < 8; source++) {
                cs_span span = {CS_SPAN_COPY, 0, 1, source, 1, 2, source + 1 - line_start};
                cs_passage p = {.text = VIEW("a"), .first_line = 2, .last_line = 2};
                p.start = start;
                p.end = source + 1;
                p.spans.items = &span;
                p.spans.count = 1;
                check_passage(&p);
            }
}

/* Reads an exact copy, so that the sanitizer sees a byte too far; true if it
 * was accepted. */
static bool accepts_passage(const char *data, size_t len)
{
    char *exact = malloc(len == 0 ? 1 : len);
    assert_non_null(exact);
    memcpy(exact, data, len);
    cs_view bytes = {exact, len};
    CS_SCOPED(cs_passage) read = {0};
    cs_error error = {0};
    cs_status status = cs_schema_read_passage(bytes, &read, &error);
    assert_true(status == CS_OK || (status == CS_DAMAGED && error.message[0] != '\0'));
    cs_view text = cs_schema_passage_text(bytes);
    assert_true(text.len <= len);
    if (status == CS_OK)
        for (uint32_t start = 0; start <= read.text.len; start++) {
            cs_position at = cs_passage_locate(&read, start, (uint32_t)read.text.len);
            assert_true(at.start <= at.end);
        }
    free(exact);
    return status == CS_OK;
}

static void test_damaged_passages(void **state)
{
    CS_SCOPED(cs_buf) record = {.limit = 1 << 12};

    (void)state;
    cs_schema_add_passage(&record, &passage);
    assert_true(accepts_passage(record.data, record.len));
    for (size_t len = 0; len < record.len; len++)
        assert_false(accepts_passage(record.data, len));
    for (size_t i = 0; i < record.len; i++)
        for (int value = 0; value < 256; value++) {
            char kept = record.data[i];
            record.data[i] = (char)value;
            accepts_passage(record.data, record.len); /* no crash, no read outside */
            record.data[i] = kept;
        }
    cs_buf_add_char(&record, '\0');
    assert_false(accepts_passage(record.data, record.len));
}

static void test_spans_that_cannot_be(void **state)
{
    static const cs_span examples[][2] = {
        {{CS_SPAN_COPY, 0, 3, 0, 3, 1, 1}, {CS_SPAN_COPY, 3, 3, 3, 3, 1, 4}}, /* beyond the text */
        {{CS_SPAN_COPY, 0, 1, 0, 1, 1, 1}, {CS_SPAN_COPY, 1, 1, 1, 1, 1, 2}}, /* short of it */
        {{CS_SPAN_UTF16, 0, UINT32_MAX, 0, 1, 1, 1}, {CS_SPAN_COPY, 0, 5, 9, 5, 1, 1}},
        {{CS_SPAN_WHOLE, 0, 1, 9, UINT32_MAX, 1, 1}, {CS_SPAN_COPY, 1, 3, 9, 3, 1, 1}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        cs_span spans[] = {examples[i][0], examples[i][1]};
        cs_passage p = {.text = VIEW("abcd"), .spans = LIST(spans)};
        CS_SCOPED(cs_buf) record = {.limit = 1 << 12};
        cs_schema_add_passage(&record, &p);
        if (accepts_passage(record.data, record.len))
            fail_msg("example %zu", i);
    }
}

static void test_numbers_that_cannot_be(void **state)
{
    static const int64_t distances[] = {INT64_MAX, INT64_MIN, -1, UINT32_MAX, (int64_t)1 << 32};

    (void)state;
    for (size_t i = 0; i < COUNT(distances); i++)
        for (int in_line = 0; in_line < 2; in_line++) {
            CS_SCOPED(cs_buf) record = {.limit = 1 << 12};
            cs_buf_add_sized(&record, VIEW("a"));
            for (int zero = 0; zero < 6; zero++)
                cs_buf_add_varint(&record, 0);
            cs_buf_add_varint(&record, 1);          /* a span */
            cs_buf_add_varint(&record, 1 << 3 | 4); /* one byte, CS_SPAN_COPY on another line */
            cs_buf_add_svarint(&record, in_line ? 0 : distances[i]);
            cs_buf_add_svarint(&record, in_line ? distances[i] : 0);
            cs_buf_add_varint(&record, 1);
            cs_buf_add_varint(&record, 0); /* no mark */
            bool fits = distances[i] == UINT32_MAX && in_line;
            assert_int_equal(accepts_passage(record.data, record.len), fits);
        }
}

/* ---- addresses --------------------------------------------------------------------- */

static void test_sites(void **state)
{
    static const char *const examples[][2] = {
        {"https://www.Axios.com/2023/a?b=c", "axios.com"},
        {"http://user@blog.example.com:8080/x", "blog.example.com"},
        {"//cdn.example.com", "cdn.example.com"},
        {"https://example.com#top", "example.com"},
        {"https://example.com?q=a@b.org", "example.com"},
        {"mailto:a@b.org", ""},
        {"../other.md", ""},
        {"a//b.md", ""},
        {"https://", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        CS_SCOPED(cs_buf) site = {.limit = 1 << 12};
        cs_schema_add_site(&site, cs_view_of(examples[i][0]));
        assert_true(cs_view_equal(cs_buf_view(&site), cs_view_of(examples[i][1])));
    }
}

/* ---- a file ------------------------------------------------------------------------ */

static cs_section file_sections[] = {
    {CS_HEADING_ATX, cs_no_parent, 1, 1, {"Title", 5}},
    {CS_HEADING_SETEXT, 0, 2, 3, {"", 0}},
    {CS_HEADING_BOLD, 0, 7, 70000, {"Results", 7}},
};
static cs_metadata file_metadata[] = {
    {{"tags", 4}, {"fintech", 7}, {.type = CS_VALUE_TEXT}},
    {{"empty", 5}, {"", 0}, {.type = CS_VALUE_TEXT}},
    {{"size", 4}, {"-1,000.5", 8}, {.type = CS_VALUE_NUMBER, .number = -1000.5}},
    {{"date", 4}, {"June 1969", 9}, {.type = CS_VALUE_DATE, .first = -214, .last = -185}},
};
static cs_citation file_sources[] = {
    {CS_CITATION_NOTE, {"3", 1}, {"axios", 5}, {"https://axios.com", 17}, 40},
    {CS_CITATION_UNDEFINED, {"", 0}, {"", 0}, {"", 0}, 0},
};

static const cs_file file = {
    .path = {"2023/hugging face.md", 20},
    .stamp = {UINT64_MAX, INT64_MAX, INT64_MIN, 42},
    .racy = true,
    .hash = 0x8123456789ABCDEF,
    .state = CS_FILE_BLANK,
    .language = {"en", 2},
    .title = {"Title", 5},
    .note = {"odd", 3},
    .sections = LIST(file_sections),
    .metadata = LIST(file_metadata),
    .sources = LIST(file_sources),
};

static void assert_same_head(const cs_file *a, const cs_file *b)
{
    assert_true(cs_view_equal(a->path, b->path));
    assert_true(cs_stamp_equal(&a->stamp, &b->stamp));
    assert_int_equal(a->racy, b->racy);
    assert_true(a->hash == b->hash);
    assert_int_equal(a->state, b->state);
}

static void assert_same_file(const cs_file *a, const cs_file *b)
{
    assert_same_head(a, b);
    assert_true(cs_view_equal(a->language, b->language));
    assert_true(cs_view_equal(a->title, b->title));
    assert_true(cs_view_equal(a->note, b->note));
    assert_int_equal(a->sections.count, b->sections.count);
    for (size_t i = 0; i < a->sections.count; i++) {
        const cs_section *x = &a->sections.items[i], *y = &b->sections.items[i];
        assert_int_equal(x->form, y->form);
        assert_int_equal(x->parent, y->parent);
        assert_int_equal(x->level, y->level);
        assert_int_equal(x->line, y->line);
        assert_true(cs_view_equal(x->heading, y->heading));
    }
    assert_int_equal(a->metadata.count, b->metadata.count);
    for (size_t i = 0; i < a->metadata.count; i++) {
        assert_true(cs_view_equal(a->metadata.items[i].key, b->metadata.items[i].key));
        assert_true(cs_view_equal(a->metadata.items[i].value, b->metadata.items[i].value));
        const cs_value *x = &a->metadata.items[i].typed, *y = &b->metadata.items[i].typed;
        assert_int_equal(x->type, y->type);
        assert_true(x->number == y->number && x->first == y->first && x->last == y->last);
    }
    assert_int_equal(a->sources.count, b->sources.count);
    for (size_t i = 0; i < a->sources.count; i++) {
        const cs_citation *x = &a->sources.items[i], *y = &b->sources.items[i];
        assert_true(cs_view_equal(x->label, y->label) && cs_view_equal(x->text, y->text));
        assert_true(cs_view_equal(x->url, y->url));
        assert_int_equal(x->line, y->line);
        assert_int_equal(x->kind, y->kind);
    }
}

static void check_file(const cs_file *written)
{
    CS_SCOPED(cs_buf) record = {.limit = 1 << 12};
    CS_SCOPED(cs_file) read = {0};
    cs_file head;
    cs_error error = {0};

    cs_schema_add_file(&record, written);
    if (cs_schema_read_file(cs_buf_view(&record), &read, &error) != CS_OK)
        fail_msg("%s", error.message);
    assert_same_file(written, &read);
    assert_int_equal(cs_schema_read_stamp(cs_buf_view(&record), &head, &error), CS_OK);
    assert_same_head(written, &head);
    assert_int_equal(head.sections.count, 0);
}

static void test_file_round_trip(void **state)
{
    cs_file bare = {.path = VIEW("a.md")};

    (void)state;
    check_file(&file);
    check_file(&bare);
}

static bool accepts_file(const char *data, size_t len)
{
    char *exact = malloc(len == 0 ? 1 : len);
    assert_non_null(exact);
    memcpy(exact, data, len);
    cs_view bytes = {exact, len}, trail[cs_max_trail];
    CS_SCOPED(cs_file) read = {0};
    cs_file head;
    cs_error error = {0};
    cs_status status = cs_schema_read_file(bytes, &read, &error);
    assert_true(status == CS_OK || (status == CS_DAMAGED && error.message[0] != '\0'));
    cs_status stamp = cs_schema_read_stamp(bytes, &head, &error);
    assert_true(stamp == CS_OK || (stamp == CS_DAMAGED && status == CS_DAMAGED));
    if (status == CS_OK)
        for (uint32_t i = 0; i < read.sections.count; i++)
            assert_in_range(cs_file_trail(&read, i, trail), 1, cs_max_trail);
    free(exact);
    return status == CS_OK;
}

static void test_damaged_files(void **state)
{
    CS_SCOPED(cs_buf) record = {.limit = 1 << 12};

    (void)state;
    cs_schema_add_file(&record, &file);
    assert_true(accepts_file(record.data, record.len));
    for (size_t len = 0; len < record.len; len++)
        assert_false(accepts_file(record.data, len));
    for (size_t i = 0; i < record.len; i++)
        for (int value = 0; value < 256; value++) {
            char kept = record.data[i];
            record.data[i] = (char)value;
            accepts_file(record.data, record.len);
            record.data[i] = kept;
        }
    cs_buf_add_char(&record, '\0');
    assert_false(accepts_file(record.data, record.len));
}

static void test_files_that_cannot_be(void **state)
{
    cs_section looped[] = {{CS_HEADING_ATX, cs_no_parent, 1, 1, VIEW("a")},
                           {CS_HEADING_ATX, 1, 2, 2, VIEW("b")}};
    cs_file loop = {.path = VIEW("a.md"), .sections = LIST(looped)};
    cs_file strange = {.path = VIEW("a.md"), .state = (cs_file_state)3};
    CS_SCOPED(cs_buf) record = {.limit = 1 << 12};

    (void)state;
    cs_schema_add_file(&record, &loop);
    assert_false(accepts_file(record.data, record.len));
    cs_buf_clear(&record);
    cs_schema_add_file(&record, &strange);
    assert_false(accepts_file(record.data, record.len));
}

/* ---- the trail --------------------------------------------------------------------- */

/* "Title > A > B" */
static const char *trail_of(const cs_file *f, uint32_t section)
{
    static char text[512];
    cs_view trail[cs_max_trail];
    size_t depth = cs_file_trail(f, section, trail), used = 0;
    assert_in_range(depth, 1, cs_max_trail);
    for (size_t i = 0; i < depth; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", i == 0 ? "" : " > ",
                                 (int)trail[i].len, trail[i].data);
    return text;
}

static void test_trail(void **state)
{
    cs_section sections[] = {
        {CS_HEADING_ATX, cs_no_parent, 0, 0, VIEW("")},      /* before the first heading */
        {CS_HEADING_ATX, cs_no_parent, 1, 1, VIEW("STUDY")}, /* repeats the title */
        {CS_HEADING_ATX, 1, 2, 3, VIEW("Results")},
        {CS_HEADING_ATX, 2, 3, 5, VIEW("Revenue")},
        {CS_HEADING_ATX, 2, 4, 7, VIEW("study")},
        {CS_HEADING_ATX, 4, 5, 9, VIEW("Inner")},
        {CS_HEADING_ATX, cs_no_parent, 2, 11, VIEW("Study two")},
    };
    cs_file f = {.title = VIEW("Study"), .sections = LIST(sections)};
    static const char *const trails[] = {
        "Study",
        "Study",
        "Study > Results",
        "Study > Results > Revenue",
        "Study > Results",
        "Study > Results > Inner",
        "Study > Study two",
        "Study", /* no such section */
    };

    (void)state;
    for (uint32_t i = 0; i < COUNT(trails); i++)
        assert_string_equal(trail_of(&f, i), trails[i]);
    assert_string_equal(trail_of(&f, UINT32_MAX), "Study");
    f.title = VIEW("");
    assert_string_equal(trail_of(&f, 2), " > STUDY > Results");
}

static void test_deep_trail_keeps_the_outer_headings(void **state)
{
    static const char names[] = "abcdefghijklmnopqrst";
    cs_section sections[20];
    cs_file f = {.title = VIEW("T"), .sections = LIST(sections)};

    (void)state;
    for (uint32_t i = 0; i < COUNT(sections); i++)
        sections[i] =
            (cs_section){CS_HEADING_ATX, i == 0 ? cs_no_parent : i - 1, 1, i, {names + i, 1}};
    assert_string_equal(trail_of(&f, 10), "T > a > b > c > d > e > f > g > h > i > j > k");
    assert_string_equal(trail_of(&f, 11), "T > a > b > c > d > e > f > g > h > i > j > k");
    assert_string_equal(trail_of(&f, 19), "T > a > b > c > d > e > f > g > h > i > j > k");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_field_names),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_locate),
        cmocka_unit_test(test_locate_half_of_a_whole),
        cmocka_unit_test(test_locate_without_spans),
        cmocka_unit_test(test_passage_round_trip),
        cmocka_unit_test(test_first_span_round_trips_anywhere),
        cmocka_unit_test(test_damaged_passages),
        cmocka_unit_test(test_spans_that_cannot_be),
        cmocka_unit_test(test_numbers_that_cannot_be),
        cmocka_unit_test(test_file_round_trip),
        cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_files_that_cannot_be),
        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_trail),
        cmocka_unit_test(test_deep_trail_keeps_the_outer_headings),
    };
    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
