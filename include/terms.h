/* terms.h - from text to terms: the one place.
 *
 * The indexer, the query and the highlighter all come through here, so that
 * what is typed is what is found and what is found is what is marked.
 *
 *   words        runs of letters, digits and their marks (Unicode general
 *                category), folded by cs_text_fold and cut at cs_max_term bytes
 *   apostrophes  of every kind (cs_text_sign) inside a word are kept as ' (o'reilly);
 *                a possessive 's is left off; French and Italian elisions (l', d',
 *                qu', dell') are words; the gershayim of a Hebrew acronym, or the
 *                quote typed for them, are left out
 *   &            between up to three letters on each side is kept: r&d, at&t; between
 *                other words, or blanks after a word, it is the word "and"
 *   numbers      4.5 stays one word; 1,000 is 1000, as are 1'000 and 1 000 with a
 *                space that does not break; digits of any script are those of ASCII
 *   m2, CO2      raised digits are part of a word of up to three letters, else marks
 *                of footnotes; lowered ones always are; a half is a word of its own
 *   U.S., e.g.   single letters with dots are one word: us, eg; J.P.Morgan: jp, morgan
 *   GPT-4        hyphens, short dashes and underscores part words: gpt, 4; and their
 *                joined form, gpt4, is an extra term of the same place
 *   Han, kana, Hangul, Thai, Lao, Khmer, Myanmar: overlapping pairs of
 *                characters; the last one of a run alone is an extra term, so
 *                that a single character can be looked up as a prefix
 *   $4.5 billion an amount, a number with a scale or a currency, is an extra term
 *                of its words: $usd4500000000, however it is spelt ($4.5B, USD
 *                4.5bn, 4,500 million dollars); without a currency 4500000000, as
 *                if it were written out. The ends of a range share scale and
 *                currency ($30-50 million); currencies are never converted
 *   [^3] [12]    marks of footnotes are not words
 *
 * What is not seen (CS_CLASS_IGNORED: soft hyphen, zero-width space, direction
 * marks) is as if it were not there; at the end of a word it is outside the span.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TERMS_H
#define CS_TERMS_H

#include "buf.h"

enum {
    cs_max_term = 64,        /* bytes of one folded word; a longer word is cut */
    cs_max_joined_parts = 3, /* hyphenated parts that get a joined form */
    cs_max_and_side = 3,     /* letters on each side of the & of R&D */
    cs_max_amount = 48       /* bytes of the term of an amount */
};

/* What the term of an amount with a currency begins with: no word does. */
#define cs_amount_mark '$'

typedef struct cs_token {
    cs_view term;   /* folded; valid until the next call */
    uint32_t start; /* byte span in the text, half open */
    uint32_t end;
    uint32_t position; /* counts words from 0; an extra term has its first word's */
    bool extra;        /* a second form of words that were already given */
    bool pair;         /* of a script written without blanks */
    bool amount;       /* an extra term that is an amount */
} cs_token;

/* Walks over one text. Holds no memory of its own; a copy continues from where
 * the original stands. */
typedef struct cs_tokenizer {
    const char *text;
    uint32_t len;
    uint32_t at;
    uint32_t position;
    uint32_t run_end; /* inside a run of pairs: its end, else 0 */
    /* the compound (words joined by hyphens) being read */
    uint32_t joined_start, joined_end, joined_position;
    uint32_t joined_parts;
    uint32_t joined_len;
    bool joined_due;
    /* the last amount, which is given after its words */
    bool amount_due;
    uint32_t amount_start, amount_end, amount_position;
    uint32_t amount_len;
    uint32_t range_to; /* the number here has the currency of that amount */
    uint8_t currency;
    char amount[cs_max_amount];
    char term[cs_max_term];
    char joined[cs_max_term];
} cs_tokenizer;

/* `text` is valid UTF-8 under 4 GiB and must outlive the tokenizer. */
void cs_tokenizer_init(cs_tokenizer *tokenizer, const char *text, size_t len);

/* The next word, in order of start (an extra term comes after its words); false
 * at the end. */
bool cs_tokenizer_next(cs_tokenizer *tokenizer, cs_token *ret_token);

/* Other terms that mean the same as a number or amount, by i from 0; false when there are no more.
 * For a currency that is not named, of 4500000000: $usd4500000000 and so on for each currency; of
 * one that is, the number alone. */
bool cs_amount_other(cs_view term, size_t i, char other[cs_max_amount], size_t *ret_len);

/* Whether a token has stems: letters only, of a script with blanks. */
bool cs_token_has_stem(const cs_token *token);

/* A Snowball stemmer of one language. For one thread. */
typedef struct cs_stemmer cs_stemmer;

/* The code by which casesearch knows a language: "en" for "english", "EN",
 * "en-GB", "en_US.UTF-8". "none" for "none" and for languages without a stemmer
 * (the study is then found by exact words). Static text. */
const char *cs_language_code(cs_view name);

/* Appends the code of a language; of one without a stemmer what stands before
 * its region, in lower case: "ja" of "ja-JP". */
void cs_language_add_code(cs_buf *out, cs_view name);

/* Whether the name says a language at all: a known one, or two or three
 * letters, perhaps with a region. */
bool cs_language_is_plausible(cs_view name);

/* `code` is one of cs_language_code. */
cs_status cs_stemmer_new(const char *code, cs_stemmer **ret_stemmer, cs_error *error);
void cs_stemmer_free(cs_stemmer *stemmer);

/* The stem of a token's term (cs_token_has_stem); "none", or without memory, the
 * term itself. Valid until the next call. */
cs_view cs_stemmer_stem(cs_stemmer *stemmer, cs_view term);

const char *cs_stemmer_language(const cs_stemmer *stemmer);

#endif
