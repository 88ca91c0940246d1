/* text.c - see text.h. The only file that includes <utf8proc.h>.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static const uint32_t replacement = 0xFFFD;

/* How many bytes a lead byte asks for, and the range of the second one:
 * Unicode 15, table 3-7. */
static int lead_length(unsigned char lead, unsigned char *ret_low, unsigned char *ret_high)
{
    *ret_low = 0x80;
    *ret_high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (lead == 0xE0)
            *ret_low = 0xA0;
        if (lead == 0xED)
            *ret_high = 0x9F;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (lead == 0xF0)
            *ret_low = 0x90;
        if (lead == 0xF4)
            *ret_high = 0x8F;
        return 4;
    }
    return 0;
}

uint32_t cs_text_decode(const char *text, size_t len, size_t *ret_size)
{
    const unsigned char *s = (const unsigned char *)text;
    *ret_size = 1;
    if (s[0] < 0x80)
        return s[0];
    unsigned char low, high;
    int need = lead_length(s[0], &low, &high);
    if (need == 0)
        return replacement;
    uint32_t c = s[0] & (0xFFu >> (need + 1));
    for (int i = 1; i < need; i++) {
        if ((size_t)i >= len || s[i] < low || s[i] > high) {
            *ret_size = (size_t)i;
            return replacement;
        }
        c = (c << 6) | (s[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *ret_size = (size_t)need;
    return c;
}

size_t cs_text_encode(uint32_t c, char out[4])
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = replacement;
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)out);
}

static bool is_ill_formed(uint32_t c, size_t size, const char *at)
{
    return c == replacement && !(size == 3 && memcmp(at, "\xEF\xBF\xBD", 3) == 0);
}

uint32_t cs_text_utf16_size(const char *text, size_t len)
{
    uint32_t size = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xC0) != 0x80)
            size += c >= 0xF0 ? 4 : 2;
    }
    return size;
}

bool cs_text_is_valid(const char *text, size_t len)
{
    for (size_t i = 0, size; i < len; i += size) {
        uint32_t c = cs_text_decode(text + i, len - i, &size);
        if (is_ill_formed(c, size, text + i))
            return false;
    }
    return true;
}

void cs_text_repair(cs_buf *out, const char *bytes, size_t len)
{
    size_t clean = 0;
    for (size_t i = 0, size; i < len; i += size) {
        uint32_t c = cs_text_decode(bytes + i, len - i, &size);
        if (!is_ill_formed(c, size, bytes + i))
            continue;
        cs_buf_add(out, bytes + clean, i - clean);
        cs_buf_add_string(out, "\xEF\xBF\xBD");
        clean = i + size;
    }
    cs_buf_add(out, clean < len ? bytes + clean : "", len - clean);
}

/* Scripts written without blanks between words: Han, kana, Hangul, Thai, Lao,
 * Myanmar, Khmer (Unicode 15 blocks). In order. */
static const struct {
    uint32_t first, last;
} bigram_ranges[] = {
    {0x0E00, 0x0E3A}, {0x0E40, 0x0E4E}, {0x0E80, 0x0EDF},   {0x1000, 0x109F}, {0x1100, 0x11FF},
    {0x1780, 0x17D3}, {0x3005, 0x3007}, {0x3021, 0x3029},   {0x3031, 0x3035}, {0x3041, 0x3096},
    {0x3099, 0x309A}, {0x309D, 0x309F}, {0x30A1, 0x30FA},   {0x30FC, 0x30FF}, {0x3105, 0x312F},
    {0x3131, 0x318E}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF},   {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x20000, 0x323AF},
};

static bool is_bigram_script(uint32_t c)
{
    if (c < bigram_ranges[0].first)
        return false;
    for (size_t i = 0; i < sizeof bigram_ranges / sizeof *bigram_ranges; i++) {
        if (c < bigram_ranges[i].first)
            return false;
        if (c <= bigram_ranges[i].last)
            return true;
    }
    return false;
}

/* What shapes or stretches the letter before it: tatweel, zero-width non-joiner and
 * joiner. */
static bool is_joiner(uint32_t c)
{
    return c == 0x0640 || c == 0x200C || c == 0x200D;
}

/* Vowels and finals of decomposed Hangul. */
static bool is_jamo_tail(uint32_t c)
{
    return (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FB);
}

/* Parts of one syllable that have code points of their own: half-width voicing
 * marks, jamo, and the vowel am of Thai and Lao. */
static bool is_syllable_part(uint32_t c)
{
    return c == 0xFF9E || c == 0xFF9F || is_jamo_tail(c) || c == 0x0E33 || c == 0x0EB3;
}

/* Superscript digits: what follows a long word is the mark of a footnote. */
static bool is_raised_digit(uint32_t c)
{
    return c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079);
}

static bool is_lowered_digit(uint32_t c)
{
    return c >= 0x2080 && c <= 0x2089;
}

char cs_text_sign(uint32_t c)
{
    switch (c) {
    case '\'':
    case 0x00B4: /* acute accent, as typed by mistake */
    case 0x02BB: /* turned comma: the okina */
    case 0x02BC: /* the letter */
    case 0x05F3: /* geresh */
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032: /* prime */
    case 0xFF07:
        return '\'';
    case '-':
    case '_':
    case 0x05BE: /* maqaf */
    case 0x2010: /* hyphen */
    case 0x2011: /* no-break hyphen */
    case 0x2012: /* figure dash */
    case 0x2013: /* en dash */
    case 0x2212: /* minus */
    case 0xFE63: /* small hyphen */
    case 0xFF0D:
        return '-';
    case 0x00A0: /* no-break space */
    case 0x2007: /* figure space */
    case 0x202F: /* narrow no-break space */
        return ' ';
    case '.':
    case 0x066B: /* Arabic decimal separator */
    case 0xFF0E:
        return '.';
    case ',':
    case 0x066C: /* Arabic thousands separator */
    case 0xFF0C:
        return ',';
    case '&':
    case 0xFF06:
        return '&';
    case '"':
    case 0x05F4: /* gershayim */
    case 0x201D:
        return '"';
    default:
        return '\0';
    }
}

/* Code points of zero in the scripts whose digits are ten in a row. In order. */
static const uint32_t zeros[] = {0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                                 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
                                 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0xFF10};

int cs_text_digit(uint32_t c)
{
    if (c < 0x80)
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros && c >= zeros[i]; i++)
        if (c - zeros[i] < 10)
            return (int)(c - zeros[i]);
    return -1;
}

static cs_class class_of_number(uint32_t c)
{
    if (is_raised_digit(c))
        return CS_CLASS_RAISED;
    return is_lowered_digit(c) ? CS_CLASS_DIGIT : CS_CLASS_SIGN;
}

cs_class cs_text_class(uint32_t c)
{
    if (is_joiner(c) || is_syllable_part(c))
        return CS_CLASS_MARK;
    if (c == 0x02BB || c == 0x02BC)
        return CS_CLASS_OTHER; /* apostrophes, though letters by category */
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return is_bigram_script(c) ? CS_CLASS_BIGRAM : CS_CLASS_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return CS_CLASS_MARK;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return is_bigram_script(c) ? CS_CLASS_BIGRAM : CS_CLASS_DIGIT;
    case UTF8PROC_CATEGORY_NO:
        return class_of_number(c);
    case UTF8PROC_CATEGORY_CF:
        return utf8proc_get_property((utf8proc_int32_t)c)->ignorable ? CS_CLASS_IGNORED
                                                                     : CS_CLASS_OTHER;
    default:
        return CS_CLASS_OTHER;
    }
}

bool cs_text_is_lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'a' && c <= 'z';
    return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_LL;
}

bool cs_text_is_space(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* A mark to remove after `base`. Canonical combining classes: 10 to 26 Hebrew
 * points, 27 to 36 Arabic ones, 200 and above accents of any script; those of
 * kana, Thai, Tibetan and the Indic viramas stand between and below and carry
 * the word. Of Cyrillic only the stress goes: U+0306 makes a letter. */
static bool is_removed_mark(utf8proc_int32_t base, utf8proc_int32_t c)
{
    utf8proc_propval_t class = utf8proc_get_property(c)->combining_class;
    if (class >= 10 && class <= 36)
        return true;
    if (class < 200)
        return false;
    bool cyrillic = base >= 0x0400 && base <= 0x052F;
    return !(cyrillic && c == 0x0306);
}

static size_t drop_marks(utf8proc_int32_t *points, size_t count)
{
    utf8proc_int32_t base = 0;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        utf8proc_int32_t c = points[i];
        if (utf8proc_get_property(c)->combining_class == 0)
            base = c;
        else if (is_removed_mark(base, c))
            continue;
        if (c == 0x0640 || utf8proc_get_property(c)->ignorable)
            continue; /* tatweel; variation selectors and what else is not seen */
        points[kept++] = cs_text_sign((uint32_t)c) == '\'' ? '\'' : c;
    }
    return kept;
}

/* Letters that keyboards without them are typed around, and that Unicode does not
 * decompose: strokes and ligatures of Latin, the Persian and dotless forms of Arabic
 * letters, the alef of elision. */
static const struct {
    uint32_t letter;
    const char *plain;
} variants[] = {
    {0x00E6, "ae"},     {0x00F0, "d"},      {0x00F8, "o"},      {0x00FE, "th"},     {0x0111, "d"},
    {0x0127, "h"},      {0x0131, "i"},      {0x0142, "l"},      {0x0153, "oe"},     {0x0167, "t"},
    {0x0649, "\u064A"}, {0x0671, "\u0627"}, {0x06A9, "\u0643"}, {0x06CC, "\u064A"},
};

/* Writes a folded code point; the result has up to 4 bytes. */
static size_t encode_plain(uint32_t c, char out[4])
{
    if (c >= variants[0].letter && c <= 0x06CC)
        for (size_t i = 0; i < sizeof variants / sizeof *variants && variants[i].letter <= c; i++)
            if (variants[i].letter == c) {
                size_t len = strlen(variants[i].plain);
                memcpy(out, variants[i].plain, len);
                return len;
            }
    return cs_text_encode(c, out);
}

size_t cs_text_fold(const char *word, size_t len, char *out, size_t size)
{
    /* NFKC grows a code point to at most 18 (U+FDFA). */
    enum { max_points = cs_text_max_word * 18 };
    utf8proc_int32_t points[max_points];
    if (len > cs_text_max_word) {
        len = cs_text_max_word;
        while (len > 0 && ((unsigned char)word[len] & 0xC0) == 0x80)
            len--;
    }
    utf8proc_ssize_t count =
        utf8proc_decompose((const utf8proc_uint8_t *)word, (utf8proc_ssize_t)len, points,
                           max_points, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
    if (count <= 0 || count > max_points)
        return 0;
    size_t kept = drop_marks(points, (size_t)count);
    count = utf8proc_normalize_utf32(points, (utf8proc_ssize_t)kept,
                                     UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    size_t used = 0;
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        char bytes[4];
        size_t n = encode_plain((uint32_t)points[i], bytes);
        if (used + n > size)
            break;
        memcpy(out + used, bytes, n);
        used += n;
    }
    return used;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Columns of a character after `before` (0 at the start). Where terminals differ, the
 * wider count: spacing marks of Indic scripts have a column, each part of an emoji
 * sequence its own, and U+FE0F makes an emoji of a narrow sign. */
static size_t point_width(uint32_t c, uint32_t before)
{
    if (c < 0x300)
        return c == 0xAD ? 0 : 1;
    if (is_control(c))
        return 1;
    if (is_jamo_tail(c))
        return 0;
    if (c == 0xFE0F)
        return utf8proc_charwidth((utf8proc_int32_t)before) == 1 &&
               !utf8proc_grapheme_break((utf8proc_int32_t)before, (utf8proc_int32_t)c);
    if (utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_MC)
        return 1;
    int width = utf8proc_charwidth((utf8proc_int32_t)c);
    return width < 0 ? 0 : (size_t)width;
}

size_t cs_text_width(const char *text, size_t len)
{
    size_t width = 0;
    uint32_t before = 0;
    for (size_t i = 0, size; i < len; i += size) {
        uint32_t c = cs_text_decode(text + i, len - i, &size);
        width += point_width(c, before);
        before = c;
    }
    return width;
}

size_t cs_text_cluster(const char *text, size_t len)
{
    size_t at, size;
    if (len < 2 || ((text[0] | text[1]) & 0x80) == 0)
        return len < 1 ? 0 : 1;
    utf8proc_int32_t before = (utf8proc_int32_t)cs_text_decode(text, len, &at), state = 0;
    for (; at < len; at += size) {
        utf8proc_int32_t c = (utf8proc_int32_t)cs_text_decode(text + at, len - at, &size);
        if (utf8proc_grapheme_break_stateful(before, c, &state))
            break;
        before = c;
    }
    return at;
}

size_t cs_text_cut(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    /* a character more, so that the end of what fits is seen; a cluster has any length */
    size_t end = 0, window = max + 8 < len ? max + 8 : len;
    for (size_t next = 0; next <= max && next < window;
         next += cs_text_cluster(text + next, window - next))
        end = next;
    if (end > 0)
        return end;
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
        max--;
    return max;
}

size_t cs_text_prefix(const char *text, size_t len, size_t columns)
{
    size_t width = 0, i = 0;
    for (size_t size; i < len; i += size) {
        size = cs_text_cluster(text + i, len - i);
        width += cs_text_width(text + i, size);
        if (width > columns)
            break;
    }
    return i;
}

static const char ellipsis[] = "\xE2\x80\xA6"; /* a column wide */

void cs_text_ellipsize(cs_buf *text, size_t columns)
{
    if (cs_text_width(text->data, text->len) <= columns)
        return;
    cs_buf_truncate(text, cs_text_prefix(text->data, text->len, columns > 0 ? columns - 1 : 0));
    cs_buf_add_string(text, columns > 0 ? ellipsis : "");
}

void cs_text_add_end(cs_buf *out, cs_view text, size_t columns)
{
    size_t from = 0, width = cs_text_width(text.data, text.len);
    bool fits = width <= columns;
    while (!fits && from < text.len && width >= columns) {
        size_t size = cs_text_cluster(text.data + from, text.len - from);
        size_t lost = cs_text_width(text.data + from, size);
        width -= lost < width ? lost : width;
        from += size;
    }
    cs_buf_add_string(out, fits || columns == 0 ? "" : ellipsis);
    if (from < text.len)
        cs_buf_add(out, text.data + from, text.len - from);
}

/* Small kana, the marks of length and repetition, and vowels of Thai and Lao that
 * belong to the consonant before them. */
static bool is_tail(uint32_t c)
{
    static const uint32_t tails[] = {
        0x0E2F, 0x0E30, 0x0E32, 0x0E45, 0x0E46, 0x0EB0, 0x0EB2, 0x0EC6, 0x3005, 0x303B, 0x3041,
        0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E, 0x3095, 0x3096,
        0x309B, 0x309C, 0x309D, 0x309E, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3,
        0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6, 0x30FC, 0x30FD, 0x30FE};
    for (size_t i = 0; i < sizeof tails / sizeof *tails && tails[i] <= c; i++)
        if (tails[i] == c)
            return true;
    return false;
}

/* What goes on in the next character: vowels of Thai and Lao that are written before
 * their consonant, and what stacks consonants in Burmese and Khmer. */
static bool is_head(uint32_t c)
{
    return (c >= 0x0E40 && c <= 0x0E44) || (c >= 0x0EC0 && c <= 0x0EC4) || c == 0x1039 ||
           c == 0x17D2;
}

static bool is_opener(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category == UTF8PROC_CATEGORY_PS || category == UTF8PROC_CATEGORY_PI;
}

static bool is_closer(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF ||
           category == UTF8PROC_CATEGORY_PO;
}

bool cs_text_may_break(uint32_t before, uint32_t after)
{
    if (before == 0x200B)
        return true;
    if ((before | after) < 0x80)
        return false;
    bool wide = cs_text_class(before) == CS_CLASS_BIGRAM || before == 0x17D2 ||
                (before >= 0x3000 && before <= 0x303F) || (before >= 0xFF00 && before <= 0xFF65) ||
                cs_text_class(after) == CS_CLASS_BIGRAM;
    return wide && !is_opener(before) && !is_head(before) && !is_closer(after) && !is_tail(after) &&
           after != '[' && after != 0xA0 && before != 0xA0;
}

void cs_text_add_printable(cs_buf *out, const char *bytes, size_t len)
{
    size_t clean = 0;
    for (size_t i = 0, size; i < len; i += size) {
        uint32_t c = cs_text_decode(bytes + i, len - i, &size);
        if (!is_control(c) && !is_ill_formed(c, size, bytes + i))
            continue;
        cs_buf_add(out, bytes + clean, i - clean);
        bool blank = c == '\t' || c == '\n' || c == '\r';
        cs_buf_add_string(out, blank ? " " : "\xEF\xBF\xBD");
        clean = i + size;
    }
    cs_buf_add(out, clean < len ? bytes + clean : "", len - clean);
}

void cs_text_add_shell_word(cs_buf *out, const char *text)
{
    bool plain = text[0] != '\0';
    for (const char *at = text; *at != '\0'; at++)
        plain = plain && ((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
                          (*at >= 'a' && *at <= 'z') || (unsigned char)*at >= 0x80 ||
                          strchr("_@%+=:,./-", *at) != NULL);
    cs_buf_add_string(out, plain ? "" : "'");
    for (; *text != '\0'; text++)
        if (*text == '\'')
            cs_buf_add_string(out, "'\\''");
        else
            cs_buf_add_char(out, *text);
    cs_buf_add_string(out, plain ? "" : "'");
}

void cs_text_add_json(cs_buf *out, const char *bytes, size_t len)
{
    cs_buf_add_char(out, '"');
    for (size_t i = 0, size; i < len; i += size) {
        uint32_t c = cs_text_decode(bytes + i, len - i, &size);
        char encoded[4];
        if (c == '"' || c == '\\')
            cs_buf_addf(out, "\\%c", (char)c);
        else if (is_control(c))
            cs_buf_addf(out, "\\u%04x", (unsigned)c);
        else
            cs_buf_add(out, encoded, cs_text_encode(c, encoded));
    }
    cs_buf_add_char(out, '"');
}

void cs_text_add_safe_json(cs_buf *out, const char *json, size_t len)
{
    size_t from = 0, size;
    for (size_t i = 0; i < len; i += size) {
        uint32_t c = (unsigned char)json[i];
        size = 1;
        if (c < 0x7F)
            continue;
        c = cs_text_decode(json + i, len - i, &size);
        if (!is_control(c))
            continue;
        cs_buf_add(out, json + from, i - from);
        cs_buf_addf(out, "\\u%04x", (unsigned)c);
        from = i + size;
    }
    cs_buf_add(out, from < len ? json + from : "", len - from);
}
