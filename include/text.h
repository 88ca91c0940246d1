/* text.h - Unicode: decoding, repair, classes, folding, width.
 *
 * The only door to utf8proc. All text inside casesearch is valid UTF-8; the
 * functions that take (text, len) rely on it unless they say otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TEXT_H
#define CS_TEXT_H

#include "buf.h"

/* The code point at `text`, and its length in bytes in *ret_size. Invalid or
 * truncated UTF-8 gives U+FFFD and the length of the maximal ill-formed
 * subpart (Unicode 15, section 3.9, table 3-8), at least 1. `len` > 0. */
uint32_t cs_text_decode(const char *text, size_t len, size_t *ret_size);

/* Writes a code point as UTF-8, 1 to 4 bytes; returns the length. Surrogates
 * and values above U+10FFFF become U+FFFD. */
size_t cs_text_encode(uint32_t c, char out[4]);

/* Bytes that a text takes in UTF-16; a character counts where it begins. */
uint32_t cs_text_utf16_size(const char *text, size_t len);

bool cs_text_is_valid(const char *text, size_t len);

/* Appends any bytes as valid UTF-8: ill-formed parts become U+FFFD. */
void cs_text_repair(cs_buf *out, const char *bytes, size_t len);

/* What a code point is to a tokenizer. */
typedef enum cs_class {
    CS_CLASS_OTHER,  /* a separator */
    CS_CLASS_LETTER, /* L* */
    CS_CLASS_DIGIT,  /* Nd, Nl, subscript digits */
    CS_CLASS_SIGN,   /* the rest of N*: a number in one character, such as a half */
    CS_CLASS_RAISED, /* superscript digits: of a unit, or the mark of a footnote */
    CS_CLASS_MARK,   /* M*, tatweel, zero-width (non-)joiner: belongs to the letter before it */
    CS_CLASS_BIGRAM, /* a letter of a script written without blanks between words */
    CS_CLASS_IGNORED /* not seen: soft hyphen, zero-width space, word joiner, direction marks */
} cs_class;
cs_class cs_text_class(uint32_t c);

/* The sign of ASCII for which one stands inside words and numbers: ' - . , & " or,
 * for spaces that do not break, a blank. 0 for what is none. */
char cs_text_sign(uint32_t c);

/* The value of a decimal digit of the larger scripts, full width included; else -1. */
int cs_text_digit(uint32_t c);

bool cs_text_is_lower(uint32_t c);
bool cs_text_is_space(uint32_t c); /* White_Space */

/* Writes one word folded for comparison: NFKC with full case folding (Unicode
 * 15, section 3.13, D147 toNFKC_Casefold: ignorable code points left out), accents and
 * vowel points of Latin, Greek, Hebrew and Arabic and the stress of Cyrillic
 * removed, curly apostrophes straight. Of `word` only the first
 * cs_text_max_word bytes count; the result has at most `size` bytes; both are
 * cut between characters. Returns its length; 0 when nothing is left. */
enum { cs_text_max_word = 256 };
size_t cs_text_fold(const char *word, size_t len, char *out, size_t size);

/* Columns a terminal gives to a text, printed by cs_text_add_printable: 0 for
 * marks, 2 for wide characters (UAX 11 W and F, emoji). Where terminals differ, as for sequences of
 * emoji, those of the widest. */
size_t cs_text_width(const char *text, size_t len);

/* The length of the first grapheme cluster (UAX 29, section 3): what is never
 * parted by a cut or the end of a line. 0 of an empty text. */
size_t cs_text_cluster(const char *text, size_t len);

/* The length of the longest prefix of whole grapheme clusters that has at most
 * `max` bytes; if already the first one has more, of whole characters. */
size_t cs_text_cut(const char *text, size_t len, size_t max);

/* Whether a line may break between two characters of two clusters that no blank
 * parts, by the last of the one and the first of the other: in scripts without
 * blanks, but not after what opens nor before what closes (a simplification of
 * UAX 14); a mark of a footnote stays with what it is on. */
bool cs_text_may_break(uint32_t before, uint32_t after);

/* The length of the longest prefix of whole grapheme clusters that fits
 * `columns`. */
size_t cs_text_prefix(const char *text, size_t len, size_t columns);

/* Cuts a text that is wider than `columns` to that, an ellipsis at its end. */
void cs_text_ellipsize(cs_buf *text, size_t columns);

/* Appends a text; of one wider than `columns` its end, behind an ellipsis. */
void cs_text_add_end(cs_buf *out, cs_view text, size_t columns);

/* Appends text that may go to a terminal: C0 and C1 controls, DEL, and the
 * bidirectional overrides and isolates (U+202A-202E, U+2066-2069) are replaced
 * by U+FFFD, a tab and a line end by a blank. Takes any bytes. */
void cs_text_add_printable(cs_buf *out, const char *bytes, size_t len);

/* Appends a text as one word of the shell, in quotes where it needs them. */
void cs_text_add_shell_word(cs_buf *out, const char *text);

/* Appends any bytes as a string of JSON, with its quotes; ill-formed parts become U+FFFD,
 * and the characters that cs_text_add_printable replaces are \u escapes: so it is exact,
 * and may go to a terminal too. */
void cs_text_add_json(cs_buf *out, const char *bytes, size_t len);

/* Appends JSON of another hand with such escapes. */
void cs_text_add_safe_json(cs_buf *out, const char *json, size_t len);

#endif
