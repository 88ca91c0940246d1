/* text_shown_test.c - how wide a text is, where it may be cut, and what of it a terminal or JSON
 * gets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_fixture.h"

static void test_width(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } examples[] = {
        {"", 0},
        {"abc", 3},
        {"é", 1},
        {"e\u0301", 1},
        {"日本語", 6},
        {"한글", 4},
        {"ｶﾅ", 2},
        {"ＡＢ", 4},
        {"\U0001F600", 2},
        {"a\u200Db", 2},
        {"a\u200Bb", 2},
        {"co\u00ADop", 4},
        {"\x1B[0m", 4},
        {"\xC2\x9B", 1},
        {"กิ", 1},
        {"€", 1},
        {"—", 1},
        {"\uFEFFa", 1},
        {"🚀 go", 5},
        {"\uFFFD", 1},
        {"\u1112\u1161\u11AB", 2}, /* one syllable */
        {"हिन्दी", 5},              /* its vowel signs to the side have a column */
        {"❤ ❤\uFE0F", 4},
        {"t\u00AD\uFE0F", 1}, /* a soft hyphen is no part of an emoji */
        {"\U0001F1E9\U0001F1EA", 2},
        {"\u200Ea\u200F", 1},
        {"\u2067a\u2069", 3}, /* printed as U+FFFD */
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        size_t width = cs_text_width(examples[i].text, strlen(examples[i].text));
        if (width != examples[i].width)
            fail_msg("\"%s\": %zu columns", examples[i].text, width);
    }
}

static void test_clusters(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } examples[] = {
        {"", 0},
        {"a", 1},
        {"ab", 1},
        {"e\u0301x", 3},
        {"e\u0301\u0302", 5},
        {"\u1112\u1161\u11ABx", 9},
        {"ทำ", 6},
        {"हि", 6},
        {"\U0001F468\u200D\U0001F469\u200D\U0001F467!", 18},
        {"\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7", 8},
        {"\U0001F44D\U0001F3FDx", 8},
        {"4\uFE0F\u20E3x", 7},
        {"葛\U000E0100飾", 7},
        {"日本", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        size_t len = cs_text_cluster(examples[i].text, strlen(examples[i].text));
        if (len != examples[i].len)
            fail_msg("\"%s\": %zu bytes", examples[i].text, len);
    }
}

static void test_signs(void **state)
{
    static const struct {
        uint32_t c;
        char sign;
    } examples[] = {
        {'\'', '\''},  {0x2019, '\''}, {0x02BC, '\''}, {0x05F3, '\''}, {'-', '-'},  {'_', '-'},
        {0x2011, '-'}, {0x2013, '-'},  {0x05BE, '-'},  {0x2014, 0},    {0xA0, ' '}, {' ', 0},
        {0x202F, ' '}, {'.', '.'},     {0xFF0E, '.'},  {',', ','},     {'&', '&'},  {0xFF06, '&'},
        {0x05F4, '"'}, {'a', 0},       {';', 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        if (cs_text_sign(examples[i].c) != examples[i].sign)
            fail_msg("U+%04X: %d", examples[i].c, cs_text_sign(examples[i].c));
    assert_int_equal(cs_text_digit('7'), 7);
    assert_int_equal(cs_text_digit(0x0663), 3);
    assert_int_equal(cs_text_digit(0xFF19), 9);
    assert_int_equal(cs_text_digit(0x0E50), 0);
    assert_int_equal(cs_text_digit('a'), -1);
    assert_int_equal(cs_text_digit(0x065F), -1);
    assert_int_equal(cs_text_digit(0xBD), -1);
}

static void test_cuts(void **state)
{
    (void)state;
    assert_int_equal(cs_text_cut("abc", 3, 2), 2);
    assert_int_equal(cs_text_cut("abc", 3, 9), 3);
    assert_int_equal(cs_text_cut("ae\u0301b", 5, 2), 1);
    assert_int_equal(cs_text_cut("ae\u0301b", 5, 4), 4);
    assert_int_equal(cs_text_cut("e\u0301\u0302", 5, 4), 3); /* one cluster: a character */
    assert_int_equal(cs_text_cut("日本", 6, 2), 0);
    assert_int_equal(cs_text_cut("日本", 6, 5), 3);
    assert_int_equal(cs_text_cut("", 0, 5), 0);
}

static void test_breaks(void **state)
{
    static const struct {
        uint32_t before, after;
        bool may;
    } examples[] = {
        {0x65E5, 0x672C, true},  {0x65E5, 'a', true},     {'a', 0x65E5, true},
        {'a', 'b', false},       {0xE9, 'b', false},      {0x65E5, 0x3002, false},
        {0x3002, 0x65E5, true},  {0x300C, 0x65E5, false}, {0x65E5, 0x300D, false},
        {0x65E5, 0x300C, true},  {0x30AB, 0x30FC, false}, {0x30AB, 0x30C3, false},
        {0x3002, '[', false},    {']', 0x65E5, true},     {0xFF01, 'A', true},
        {0x0E40, 0x0E01, false}, {0x0E01, 0x0E32, false}, {0x0E01, 0x0E02, true},
        {0x17D2, 0x1798, false}, {0xA0, 0x65E5, false},   {0x200B, 'b', true},
        {0x05D0, 0x05D1, false}, {0x0939, 0x0926, false}, {0xD55C, 0xAD6D, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        if (cs_text_may_break(examples[i].before, examples[i].after) != examples[i].may)
            fail_msg("U+%04X U+%04X", examples[i].before, examples[i].after);
}

static void test_prefix(void **state)
{
    static const struct {
        const char *text;
        size_t columns, len;
    } examples[] = {
        {"", 5, 0},
        {"abc", 0, 0},
        {"abc", 2, 2},
        {"abc", 3, 3},
        {"abc", 9, 3},
        {"日本", 1, 0},
        {"日本", 2, 3},
        {"日本", 3, 3},
        {"日本", 4, 6},
        {"ae\u0301b", 2, 4},
        {"e\u0301\u0302x", 1, 5},
        {"\u1112\u1161\u11ABx", 2, 9},
        {"a\U0001F468\u200D\U0001F467", 3, 1}, /* wider in some terminals: 5 */
        {"a\U0001F468\u200D\U0001F467", 5, 12},
        {"a😀", 2, 1},
        {"a😀", 3, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const char *text = examples[i].text;
        size_t len = cs_text_prefix(text, strlen(text), examples[i].columns);
        if (len != examples[i].len)
            fail_msg("\"%s\" in %zu: %zu bytes", text, examples[i].columns, len);
    }
}

/* In every width at which it does not fit, a text is cut to that width or, where a wide
 * character would stand across the edge, a column or two less. */
static void test_ellipsis(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *start, *end;
    } examples[] = {
        {"", 0, "", ""},
        {"abc", 0, "", ""},
        {"abc", 1, "…", "…"},
        {"abc", 2, "a…", "…c"},
        {"abc", 3, "abc", "abc"},
        {"abc", 4, "abc", "abc"},
        {"日本語", 2, "…", "…"},
        {"日本語", 3, "日…", "…語"},
        {"日本語", 4, "日…", "…語"},
        {"日本語", 5, "日本…", "…本語"},
        {"日本語", 6, "日本語", "日本語"},
        {"ae\u0301b", 2, "a…", "…b"},
        {"abe\u0301", 2, "a…", "…e\u0301"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const char *text = examples[i].text;
        CS_SCOPED(cs_buf) start = {.limit = 100};
        CS_SCOPED(cs_buf) end = {.limit = 100};
        cs_buf_add_string(&start, text);
        cs_text_ellipsize(&start, examples[i].columns);
        cs_text_add_end(&end, (cs_view){text, strlen(text)}, examples[i].columns);
        if (!cs_view_equal(cs_buf_view(&start), cs_view_of(examples[i].start)) ||
            !cs_view_equal(cs_buf_view(&end), cs_view_of(examples[i].end)))
            fail_msg("\"%s\" in %zu: \"%.*s\" and \"%.*s\"", text, examples[i].columns,
                     (int)start.len, start.data, (int)end.len, end.data);
    }
}

static void test_printable(void **state)
{
    static const struct {
        cs_view bytes;
        const char *printed;
    } examples[] = {
        {{"plain é 日本 😀", 20}, "plain é 日本 😀"},
        {{"\x1B[31mred\x1B[0m", 12}, "?[31mred?[0m"},
        {{"\x1B]0;title\x07", 10}, "?]0;title?"},
        {{"\xC2\x9B"
          "31m",
          5},
         "?31m"}, /* the C1 form of the same */
        {{"\x9B"
          "31m",
          4},
         "?31m"}, /* and its bare byte */
        {{"a\tb\nc\rd", 7}, "a b c d"},
        {{"a\0b\x7F"
          "c",
          5},
         "a?b?c"},
        {{"\xC2\x85", 2}, "?"},
        {{"\u202Egpj.exe\u202C", 13}, "?gpj.exe?"},
        {{"\u202A\u202B\u202D", 9}, "???"},
        {{"\u2066\u2067\u2068\u2069", 12}, "????"},
        {{"\u2065\u206A", 6}, "\u2065\u206A"},
        {{"\xC3(", 2}, "?("},
        {{"", 0}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) out = {.limit = 1000};
        cs_text_add_printable(&out, examples[i].bytes.data, examples[i].bytes.len);
        if (strcmp(shown(&out), examples[i].printed) != 0)
            fail_msg("example %zu: \"%s\"", i, shown(&out));
    }
}

static void test_printable_of_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        CS_SCOPED(cs_buf) out = {.limit = 100};
        char bytes[4];
        size_t size, len = cs_text_encode(c, bytes);
        cs_text_add_printable(&out, bytes, len);
        uint32_t printed = cs_text_decode(out.data, out.len, &size);
        if (size != out.len || printed < 0x20 || (printed >= 0x7F && printed < 0xA0))
            fail_msg("U+%04X", c);
    }
}

/* A cluster of a million bytes is cut in the time that the cut's length takes. */
static void test_cuts_do_not_depend_on_the_rest(void **state)
{
    enum { marks = 500000, cuts = 2000 };
    (void)state;
    char *text = malloc(2 * marks);
    assert_non_null(text);
    for (size_t i = 0; i < marks; i++)
        memcpy(text + 2 * i, "\xCC\x81", 2);
    clock_t begun = clock();
    for (size_t i = 0; i < cuts; i++)
        assert_int_equal(cs_text_cut(text, 2 * marks, 100 + i % 2), 100);
    assert_true((double)(clock() - begun) / CLOCKS_PER_SEC < 1);
    free(text);
}

/* The same character, or an escape of it where a terminal would obey it. */
static void test_json_of_every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0x20; c <= 0x10FFFF; c++) {
        CS_SCOPED(cs_buf) out = {.limit = 100};
        char text[4 + 2] = "a", escape[16];
        size_t len = 1 + cs_text_encode(c, text + 1);
        text[len++] = 'b';
        cs_text_add_safe_json(&out, text, len);
        bool obeyed =
            (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        snprintf(escape, sizeof escape, "a\\u%04xb", (unsigned)c);
        if (!cs_view_equal(cs_buf_view(&out), obeyed ? cs_view_of(escape) : (cs_view){text, len}))
            fail_msg("U+%04X: %s", (unsigned)c, out.data);
        CS_SCOPED(cs_buf) string = {.limit = 100};
        CS_SCOPED(cs_buf) own = {.limit = 100};
        if (c == '"' || c == '\\')
            continue;
        cs_buf_addf(&string, "\"%.*s\"", (int)out.len, out.data);
        cs_text_add_json(&own, text, len);
        assert_string_equal(own.data, string.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_breaks),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_ellipsis),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_printable_of_every_code_point),
        cmocka_unit_test(test_json_of_every_code_point),
        cmocka_unit_test(test_cuts_do_not_depend_on_the_rest),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
