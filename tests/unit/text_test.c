/* text_test.c - bytes to characters, their classes and folding; text_shown_test.c has what is shown
 * of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_fixture.h"

static bool is_surrogate(uint32_t c)
{
    return c >= 0xD800 && c <= 0xDFFF;
}

static void test_every_code_point_round_trips(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4];
        size_t size = 0, written = cs_text_encode(c, bytes);
        uint32_t expected = is_surrogate(c) ? 0xFFFD : c;
        size_t expected_size = expected < 0x80 ? 1 : expected < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (written != expected_size || cs_text_decode(bytes, written, &size) != expected ||
            size != written || !cs_text_is_valid(bytes, written))
            fail_msg("U+%04X", c);
    }
    char bytes[4];
    size_t size;
    assert_int_equal(cs_text_encode(0x110000, bytes), 3);
    assert_int_equal(cs_text_decode(bytes, 3, &size), 0xFFFD);
    assert_int_equal(cs_text_encode(UINT32_MAX, bytes), 3);
}

static void test_repair(void **state)
{
    static const struct {
        cs_view bytes;
        const char *repaired;
    } examples[] = {
        {{"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 9}, "????????A"},
        {{"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 9}, "????????A"},
        {{"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 9}, "?????A??B"},
        {{"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9}, "????A"},
        {{"\xF0\x9F\x98\x80 ok", 7}, "\xF0\x9F\x98\x80 ok"},
        {{"\xEF\xBF\xBD", 3}, "?"},
        {{"\xE2\x82", 2}, "?"},
        {{"\xF0\x9F\x98", 3}, "?"},
        {{"\xC3", 1}, "?"},
        {{"a\xC3", 2}, "a?"},
        {{"\xC3\xC3\xA9", 3}, "?é"},
        {{"\xF5\x80\x80\x80", 4}, "????"},
        {{"\xFE\xFF", 2}, "??"},
        {{"\xC1\xBF", 2}, "??"},
        {{"caf\xE9 au lait", 12}, "caf? au lait"},
        {{"", 0}, ""},
        {{"plain", 5}, "plain"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_buf) out = {.limit = 1000};
        cs_text_repair(&out, examples[i].bytes.data, examples[i].bytes.len);
        if (strcmp(shown(&out), examples[i].repaired) != 0)
            fail_msg("example %zu: \"%s\"", i, shown(&out));
        assert_true(cs_text_is_valid(out.data, out.len));
        bool same = cs_view_equal(cs_buf_view(&out), examples[i].bytes);
        assert_int_equal(cs_text_is_valid(examples[i].bytes.data, examples[i].bytes.len), same);
    }
}

static void test_a_nul_is_a_character(void **state)
{
    CS_SCOPED(cs_buf) out = {.limit = 1000};

    (void)state;
    assert_true(cs_text_is_valid("a\0b", 3));
    cs_text_repair(&out, "a\0b\xFF", 4);
    assert_memory_equal(out.data, "a\0b\xEF\xBF\xBD", 7);
}

static void test_cut_characters(void **state)
{
    static const char emoji[] = "\xF0\x9F\x98\x80";

    (void)state;
    for (size_t len = 1; len <= 4; len++) {
        size_t size = 0;
        uint32_t c = cs_text_decode(emoji, len, &size);
        assert_int_equal(c, len == 4 ? 0x1F600 : 0xFFFD);
        assert_int_equal(size, len);
        assert_int_equal(cs_text_is_valid(emoji, len), len == 4);
    }
}

/* The length of the well-formed character at `s`, or 0: Unicode 15, table 3-7. */
static size_t well_formed(const unsigned char *s, size_t len)
{
    static const unsigned char rows[][9] = {
        {1, 0x00, 0x7F},
        {2, 0xC2, 0xDF, 0x80, 0xBF},
        {3, 0xE0, 0xE0, 0xA0, 0xBF, 0x80, 0xBF},
        {3, 0xE1, 0xEC, 0x80, 0xBF, 0x80, 0xBF},
        {3, 0xED, 0xED, 0x80, 0x9F, 0x80, 0xBF},
        {3, 0xEE, 0xEF, 0x80, 0xBF, 0x80, 0xBF},
        {4, 0xF0, 0xF0, 0x90, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
        {4, 0xF1, 0xF3, 0x80, 0xBF, 0x80, 0xBF, 0x80, 0xBF},
        {4, 0xF4, 0xF4, 0x80, 0x8F, 0x80, 0xBF, 0x80, 0xBF},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        size_t size = rows[row][0], i = 0;
        while (i < size && i < len && s[i] >= rows[row][1 + 2 * i] && s[i] <= rows[row][2 + 2 * i])
            i++;
        if (i == size)
            return size;
    }
    return 0;
}

/* All sequences of four bytes from the edges of the ranges. */
static void test_repair_of_any_bytes_is_well_formed(void **state)
{
    static const char edges[] = "\x00\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xED"
                                "\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xFF";
    enum { count = sizeof edges - 1 };

    (void)state;
    for (size_t i = 0; i < (size_t)count * count * count * count; i++) {
        char bytes[4] = {edges[i % count], edges[i / count % count],
                         edges[i / count / count % count], edges[i / count / count / count]};
        CS_SCOPED(cs_buf) out = {.limit = 100};
        cs_text_repair(&out, bytes, sizeof bytes);
        size_t size = 0;
        for (size_t at = 0; at < out.len; at += size) {
            size = well_formed((unsigned char *)out.data + at, out.len - at);
            assert_true(size > 0);
        }
        size_t first = well_formed((unsigned char *)bytes, sizeof bytes);
        cs_text_decode(bytes, sizeof bytes, &size);
        assert_true(first == 0 ? size >= 1 && size <= 3 : size == first);
    }
}

static void test_classes(void **state)
{
    static const struct {
        uint32_t c;
        cs_class class;
        const char *name;
    } examples[] = {
        {'a', CS_CLASS_LETTER, "a"},
        {'Z', CS_CLASS_LETTER, "Z"},
        {'5', CS_CLASS_DIGIT, "5"},
        {' ', CS_CLASS_OTHER, "blank"},
        {'_', CS_CLASS_OTHER, "underscore"},
        {0, CS_CLASS_OTHER, "NUL"},
        {0xE9, CS_CLASS_LETTER, "e acute"},
        {0xDF, CS_CLASS_LETTER, "sharp s"},
        {0xBD, CS_CLASS_SIGN, "one half"},
        {0x2460, CS_CLASS_SIGN, "circled one"},
        {0xB2, CS_CLASS_RAISED, "superscript two"},
        {0x2079, CS_CLASS_RAISED, "superscript nine"},
        {0x2082, CS_CLASS_DIGIT, "subscript two"},
        {0x02BC, CS_CLASS_OTHER, "apostrophe that is a letter"},
        {0x2167, CS_CLASS_DIGIT, "roman eight"},
        {0x0665, CS_CLASS_DIGIT, "Arabic five"},
        {0x0E55, CS_CLASS_DIGIT, "Thai five"},
        {0xFF21, CS_CLASS_LETTER, "full width A"},
        {0x0301, CS_CLASS_MARK, "combining acute"},
        {0x0903, CS_CLASS_MARK, "Devanagari visarga"},
        {0x20DD, CS_CLASS_MARK, "enclosing circle"},
        {0xFE0F, CS_CLASS_MARK, "variation selector"},
        {0x0939, CS_CLASS_LETTER, "Devanagari ha"},
        {0x4E2D, CS_CLASS_BIGRAM, "Han"},
        {0x4DBF, CS_CLASS_BIGRAM, "Han, the last of extension A"},
        {0x20000, CS_CLASS_BIGRAM, "Han, extension B"},
        {0x3042, CS_CLASS_BIGRAM, "hiragana"},
        {0x30A2, CS_CLASS_BIGRAM, "katakana"},
        {0x30FC, CS_CLASS_BIGRAM, "prolonged sound mark"},
        {0xFF76, CS_CLASS_BIGRAM, "half-width katakana"},
        {0xFF9E, CS_CLASS_MARK, "half-width voicing mark"},
        {0xD55C, CS_CLASS_BIGRAM, "Hangul syllable"},
        {0x1112, CS_CLASS_BIGRAM, "leading jamo"},
        {0x1161, CS_CLASS_MARK, "vowel jamo"},
        {0x11AB, CS_CLASS_MARK, "trailing jamo"},
        {0x0E01, CS_CLASS_BIGRAM, "Thai"},
        {0x0E34, CS_CLASS_MARK, "Thai vowel above"},
        {0x0E81, CS_CLASS_BIGRAM, "Lao"},
        {0x1780, CS_CLASS_BIGRAM, "Khmer"},
        {0x1000, CS_CLASS_BIGRAM, "Myanmar"},
        {0x30FB, CS_CLASS_OTHER, "katakana middle dot"},
        {0x3002, CS_CLASS_OTHER, "ideographic full stop"},
        {0x1F600, CS_CLASS_OTHER, "emoji"},
        {0x20AC, CS_CLASS_OTHER, "euro"},
        {0xE000, CS_CLASS_OTHER, "private use"},
        {0x0378, CS_CLASS_OTHER, "unassigned"},
        {0xFFFD, CS_CLASS_OTHER, "replacement"},
        {0xAD, CS_CLASS_IGNORED, "soft hyphen"},
        {0x200C, CS_CLASS_MARK, "zero-width non-joiner"},
        {0x200D, CS_CLASS_MARK, "zero-width joiner"},
        {0x0640, CS_CLASS_MARK, "tatweel"},
        {0x0E33, CS_CLASS_MARK, "Thai am"},
        {0xD7B0, CS_CLASS_MARK, "old vowel jamo"},
        {0x200B, CS_CLASS_IGNORED, "zero-width space"},
        {0x200E, CS_CLASS_IGNORED, "left-to-right mark"},
        {0x2060, CS_CLASS_IGNORED, "word joiner"},
        {0xFEFF, CS_CLASS_IGNORED, "byte order mark"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        if (cs_text_class(examples[i].c) != examples[i].class)
            fail_msg("%s: class %d", examples[i].name, (int)cs_text_class(examples[i].c));
}

static void test_case_and_space(void **state)
{
    static const uint32_t spaces[] = {' ',  '\t',   '\n',   '\r',   0x0B,   0x0C,   0x85,
                                      0xA0, 0x1680, 0x2003, 0x200A, 0x2028, 0x202F, 0x3000};

    (void)state;
    assert_true(cs_text_is_lower('a') && cs_text_is_lower(0xE9) && cs_text_is_lower(0x0436));
    assert_false(cs_text_is_lower('A') || cs_text_is_lower(0xC9) || cs_text_is_lower('5') ||
                 cs_text_is_lower(0x4E2D) || cs_text_is_lower('{'));
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        assert_true(cs_text_is_space(spaces[i]));
    assert_false(cs_text_is_space('a') || cs_text_is_space(0) || cs_text_is_space(0x200B) ||
                 cs_text_is_space(0x08) || cs_text_is_space(0x0E));
}

typedef struct folding {
    const char *word, *folded;
} folding;

static void check_folding(const folding *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char out[200];
        size_t len = cs_text_fold(examples[i].word, strlen(examples[i].word), out, sizeof out - 1);
        out[len] = '\0';
        if (strcmp(out, examples[i].folded) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", examples[i].word, out, examples[i].folded);
    }
}
#define CHECK_FOLDING(examples) check_folding(examples, sizeof(examples) / sizeof *(examples))

static void test_folding(void **state)
{
    static const folding examples[] = {
        {"Käärmann", "kaarmann"},
        {"Ka\u0308a\u0308rmann", "kaarmann"},
        {"STRASSE", "strasse"},
        {"Straße", "strasse"},
        {"ẞ", "ss"},
        {"ＡＢＣ１２", "abc12"},
        {"ﬁnance", "finance"},
        {"İstanbul", "istanbul"},
        {"Ångström", "angstrom"},
        {"\u212Bngström", "angstrom"}, /* the sign of the unit */
        {"Phở", "pho"},
        {"Łódź", "lodz"},
        {"Ørsted Đ ħ", "orsted d h"},
        {"Cœur ÆØ ǽ", "coeur aeo ae"},
        {"Þórður", "thordur"},
        {"ISPARTA ısparta", "isparta isparta"},
        {"أإآٱ", "اااا"},
        {"ﻼ ى ی ک", "لا ي ي ك"},
        {"Phở Đặng", "pho dang"},
        {"O’Reilly", "o'reilly"},
        {"O\u02BCReilly", "o'reilly"},
        {"Σίσυφος", "σισυφοσ"},
        {"ΣΊΣΥΦΟΣ", "σισυφοσ"},
        {"ᾴ", "αι"},
        {"м\u0301олодец", "молодец"},
        {"Йод", "йод"},
        {"и\u0306од", "йод"},
        {"מָה", "מה"},
        {"مَرْحَبًا", "مرحبا"},
        {"مـرحبا", "مرحبا"},
        {"ｶﾞｽ", "ガス"},
        {"カ\u3099ス", "ガス"},
        {"\u1112\u1161\u11AB", "한"},
        {"हिन्दी", "हिन्दी"},
        {"co\u00ADfounder", "cofounder"},
        {"ℂ", "c"},
        {"x²", "x2"},
        {"葛\U000E0100", "葛"}, /* an ideographic variation sequence */
        {"4\uFE0F", "4"},
        {"", ""},
        {"\u00AD\u200D", ""},
    };
    (void)state;
    CHECK_FOLDING(examples);
}

static void test_folding_is_cut_between_characters(void **state)
{
    char out[8];

    (void)state;
    assert_int_equal(cs_text_fold("дддддд", 12, out, 7), 6);
    assert_memory_equal(out, "дд", 4);
    assert_int_equal(cs_text_fold("д", 2, out, 1), 0);
    assert_int_equal(cs_text_fold("д", 2, out, 0), 0);
    /* a word of more than cs_text_max_word bytes, cut amid a character */
    char word[3 + 2 * 200] = "ก";
    for (size_t i = 0; i < 200; i++)
        memcpy(word + 3 + 2 * i, "\u0301", 2);
    assert_int_equal(cs_text_fold(word, sizeof word, out, sizeof out), 3);
    assert_memory_equal(out, "ก", 3);
}

/* For every character of a word: its folded form is valid, is folded, and has
 * no capital letter of ASCII, which the prefixes of schema.h rely on. */
static void test_folding_of_every_word_character(void **state)
{
    (void)state;
    for (uint32_t c = 0x80; c <= 0x10FFFF; c++) {
        cs_class class = cs_text_class(c);
        if (class == CS_CLASS_OTHER || is_surrogate(c))
            continue;
        char bytes[4], once[cs_text_max_word], twice[cs_text_max_word];
        size_t len = cs_text_fold(bytes, cs_text_encode(c, bytes), once, sizeof once);
        size_t again = cs_text_fold(once, len, twice, sizeof twice);
        if (!cs_text_is_valid(once, len))
            fail_msg("U+%04X: invalid", c);
        if (again != len || memcmp(once, twice, len) != 0)
            fail_msg("U+%04X: \"%.*s\", then \"%.*s\"", c, (int)len, once, (int)again, twice);
        for (size_t i = 0; i < len; i++)
            if (once[i] >= 'A' && once[i] <= 'Z')
                fail_msg("U+%04X: a capital", c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point_round_trips),
        cmocka_unit_test(test_repair),
        cmocka_unit_test(test_a_nul_is_a_character),
        cmocka_unit_test(test_cut_characters),
        cmocka_unit_test(test_repair_of_any_bytes_is_well_formed),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_case_and_space),
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_folding_is_cut_between_characters),
        cmocka_unit_test(test_folding_of_every_word_character),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
