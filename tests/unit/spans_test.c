/* spans_test.c - every span of every passage of every file of the corpus leads
 * to the bytes it came from. Further folders: CASES_CORPORA=DIR[:DIR...].
 *
 * Lines and columns are worked out here once more, from the bytes alone.
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

#include "corpora.h"
#include "passage.h"
#include "text.h"

enum { max_faults = 20 }; /* that are printed */

typedef struct lines {
    uint32_t *items; /* bytes at which lines begin */
    size_t count, cap;
} lines;

typedef struct reading {
    const char *path;
    cs_view bytes;
    lines lines;
    unsigned unit; /* bytes of a code unit */
    bool big;      /* UTF-16, the high byte first */
} reading;

static size_t files, passages, spans, faults;

static void fault(const reading *r, const cs_passage *p, const cs_span *s, const char *what)
{
    if (faults++ >= max_faults)
        return;
    fprintf(stderr, "%s: passage at line %u: ", r->path, p->first_line);
    if (s != NULL)
        fprintf(stderr, "span kind %d text %u+%u source %u+%u line %u column %u: ", (int)s->kind,
                s->text, s->length, s->source, s->source_length, s->line, s->column);
    fprintf(stderr, "%s\n", what);
}

/* ---- the file, read independently -------------------------------------------------- */

static uint32_t unit_at(const reading *r, size_t at)
{
    const unsigned char *b = (const unsigned char *)r->bytes.data + at;
    if (r->unit == 1)
        return b[0];
    return r->big ? (uint32_t)b[0] << 8 | b[1] : (uint32_t)b[1] << 8 | b[0];
}

static void add_line(reading *r, size_t at)
{
    uint32_t *line = CS_PUSH(&r->lines);
    assert_non_null(line);
    *line = (uint32_t)at;
}

static void read_lines(reading *r)
{
    const char *b = r->bytes.data;
    size_t len = r->bytes.len, at = 0;
    r->unit = 1;
    if (len >= 2 && (memcmp(b, "\xFF\xFE", 2) == 0 || memcmp(b, "\xFE\xFF", 2) == 0)) {
        r->unit = 2;
        r->big = b[0] == '\xFE';
        at = 2;
    } else if (len >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0) {
        at = 3;
    }
    add_line(r, at);
    for (; at + r->unit <= len; at += r->unit) {
        uint32_t c = unit_at(r, at);
        bool more = at + 2 * r->unit <= len;
        if (c == '\n' || (c == '\r' && !(more && unit_at(r, at + r->unit) == '\n')))
            add_line(r, at + r->unit);
    }
}

/* From 1. */
static uint32_t line_of(const reading *r, uint32_t at)
{
    size_t low = 0, high = r->lines.count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (r->lines.items[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low + 1;
}

/* ---- spans ------------------------------------------------------------------------- */

/* Whether UTF-16 bytes are the characters of `text`. */
static bool utf16_is(const reading *r, const cs_span *s, const char *text)
{
    size_t at = s->source, end = at + s->source_length, size;
    for (size_t i = 0; i < s->length; i += size) {
        uint32_t c = cs_text_decode(text + i, s->length - i, &size);
        if (at + 2 > end)
            return false;
        uint32_t unit = unit_at(r, at);
        at += 2;
        if (c == 0xFFFD && unit >= 0xD800 && unit < 0xE000)
            continue; /* half a pair */
        if (unit >= 0xD800 && unit < 0xDC00 && at + 2 <= end) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (unit_at(r, at) - 0xDC00);
            at += 2;
        }
        if (unit != c)
            return false;
    }
    return at == end;
}

static const char *what_is_wrong_with_bytes(const reading *r, const cs_span *s, const char *text)
{
    switch (s->kind) {
    case CS_SPAN_COPY:
        if (s->source_length != s->length)
            return "a copy of another length";
        return memcmp(r->bytes.data + s->source, text, s->length) == 0 ? NULL : "not a copy";
    case CS_SPAN_UTF16:
        return utf16_is(r, s, text) ? NULL : "other characters";
    case CS_SPAN_WHOLE:
        return s->source_length > 0 ? NULL : "stands for nothing";
    case CS_SPAN_NOWHERE:
        return s->source_length == 0 ? NULL : "is somewhere";
    }
    return "no such kind";
}

static void check_span(const reading *r, const cs_passage *p, const cs_span *s)
{
    if ((uint64_t)s->source + s->source_length > r->bytes.len) {
        fault(r, p, s, "outside the file");
        return;
    }
    uint32_t line = line_of(r, s->source);
    if (line != s->line)
        fault(r, p, s, "another line");
    else if (s->source - r->lines.items[line - 1] + 1 != s->column &&
             s->source >= r->lines.items[line - 1])
        fault(r, p, s, "another column");
    bool header = (p->kinds & CS_KIND_TABLE) != 0 && s->line < p->first_line;
    if (!header && (s->line < p->first_line || s->line > p->last_line))
        fault(r, p, s, "outside the passage's lines");
    if (!header && (s->source < p->start || s->source + s->source_length > p->end))
        fault(r, p, s, "outside the passage's bytes");
    const char *wrong = what_is_wrong_with_bytes(r, s, p->text.data + s->text);
    if (wrong != NULL)
        fault(r, p, s, wrong);
}

static void check_passage(const reading *r, const cs_passage *p)
{
    uint32_t at = 0;
    for (size_t i = 0; i < p->spans.count; i++, spans++) {
        const cs_span *s = &p->spans.items[i];
        if (s->text != at || s->length == 0 || s->length > p->text.len - at) {
            fault(r, p, s, "a gap in the text");
            return;
        }
        at += s->length;
        check_span(r, p, s);
    }
    if (at != p->text.len || p->text.len == 0)
        fault(r, p, NULL, "text without a span, or none");
    if (!cs_text_is_valid(p->text.data, p->text.len))
        fault(r, p, NULL, "not UTF-8");
    if (memchr(p->text.data, '\0', p->text.len) != NULL)
        fault(r, p, NULL, "a NUL");
    if (p->start > p->end || p->end > r->bytes.len || p->first_line > p->last_line ||
        p->last_line > r->lines.count)
        fault(r, p, NULL, "its range is not of the file");
    for (size_t i = 0; i < p->marks.count; i++)
        if (p->marks.items[i].text > p->text.len)
            fault(r, p, NULL, "a mark behind the end");
}

static void check_bytes(const char *path, cs_view bytes)
{
    reading r = {.path = path, .bytes = bytes};
    CS_SCOPED(cs_study) study = {0};
    cs_passages walk = {.study = &study};
    read_lines(&r);
    assert_int_equal(cs_study_read(bytes, cs_view_of(path), "en", &study, NULL), CS_OK);
    files++;
    for (bool found = true; found;) {
        CS_SCOPED(cs_passage) passage = {0};
        assert_int_equal(cs_passages_next(&walk, &passage, &found, NULL), CS_OK);
        if (found)
            check_passage(&r, &passage);
        passages += found;
    }
    free(r.lines.items);
}

/* ---- folders ----------------------------------------------------------------------- */

static void check_folder(const char *folder)
{
    files = passages = spans = faults = 0;
    corpora_folder(folder, check_bytes);
    print_message("%s: %zu files, %zu passages, %zu spans\n", folder, files, passages, spans);
    if (faults > 0)
        fail_msg("%zu faults", faults);
    assert_true(files > 0 && passages > 0);
}

static void test_the_corpus(void **state)
{
    (void)state;
    corpora_own(check_folder);
}

static void test_other_corpora(void **state)
{
    (void)state;
    if (!corpora_others(check_folder))
        skip();
}

/* Every file of the corpus once more in the other encodings that are read. */
static void test_encodings(void **state)
{
    static const char text[] =
        "---\ntitle: A\n---\n# Caf\xC3\xA9 &amp; co\n\nOne &lt; two **b\xC3\xB6ld** [l](u \"t\") "
        "\xF0\x9F\x98\x80 end.<br>Next\nline &nbsp; `code`\n\n| a | b\xC3\xA9 |\n|---|---|\n"
        "| 1 &amp; | \xE6\x97\xA5\xE6\x9C\xAC |\n| 3 | 4 |\n\n- item\n  more   \n\n    x = 1\n";
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    (void)state;
    faults = 0;
    for (size_t e = 0; e < 3; e++) {
        for (int form = 0; form < 4; form++) { /* UTF-8, with a mark, UTF-16 LE, BE */
            CS_SCOPED(cs_buf) out = {.limit = 1 << 16};
            cs_buf_add_string(&out, form == 1   ? "\xEF\xBB\xBF"
                                    : form == 2 ? "\xFF\xFE"
                                    : form == 3 ? "\xFE\xFF"
                                                : "");
            size_t size;
            for (size_t i = 0; i < sizeof text - 1; i += size) {
                uint32_t c = cs_text_decode(text + i, sizeof text - 1 - i, &size);
                const char *end = ends[e];
                size_t count = c == '\n' ? strlen(end) : 1;
                for (size_t n = 0; n < count; n++) {
                    uint32_t point = c == '\n' ? (unsigned char)end[n] : c;
                    char utf8[4];
                    if (form < 2) {
                        cs_buf_add(&out, utf8, cs_text_encode(point, utf8));
                        continue;
                    }
                    uint32_t units[2] = {point, 0};
                    size_t pair = point >= 0x10000 ? 2 : 1;
                    if (pair == 2) {
                        units[0] = 0xD800 + ((point - 0x10000) >> 10);
                        units[1] = 0xDC00 + ((point - 0x10000) & 0x3FF);
                    }
                    for (size_t u = 0; u < pair; u++) {
                        char high = (char)(units[u] >> 8), low = (char)(units[u] & 0xFF);
                        cs_buf_add_char(&out, form == 2 ? low : high);
                        cs_buf_add_char(&out, form == 2 ? high : low);
                    }
                }
            }
            check_bytes("encodings", cs_buf_view(&out));
        }
    }
    assert_int_equal(faults, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_the_corpus),
        cmocka_unit_test(test_other_corpora),
    };
    return cmocka_run_group_tests_name("spans", tests, NULL, NULL);
}
