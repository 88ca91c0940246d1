/* characters.h - what stands at a byte of the text that is cut into words. Inline: each word
 * asks several times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_CHARACTERS_H
#define CS_CHARACTERS_H

#include "terms.h"
#include "text.h"

static inline bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_ascii_word(char c)
{
    return is_ascii_letter(c) || is_ascii_digit(c);
}

/* The class of the character at `at`, and its size; OTHER past the end. */
static inline cs_class class_at(const cs_tokenizer *t, uint32_t at, uint32_t *ret_size)
{
    *ret_size = 1;
    if (at >= t->len)
        return CS_CLASS_OTHER;
    char c = t->text[at];
    if ((unsigned char)c < 0x80) {
        if (is_ascii_letter(c))
            return CS_CLASS_LETTER;
        return is_ascii_digit(c) ? CS_CLASS_DIGIT : CS_CLASS_OTHER;
    }
    size_t size;
    cs_class class = cs_text_class(cs_text_decode(t->text + at, t->len - at, &size));
    *ret_size = (uint32_t)size;
    return class;
}

static inline bool is_word_at(const cs_tokenizer *t, uint32_t at)
{
    uint32_t size;
    cs_class class = class_at(t, at, &size);
    return class == CS_CLASS_LETTER || class == CS_CLASS_DIGIT;
}

static inline bool is_letter_at(const cs_tokenizer *t, uint32_t at)
{
    uint32_t size;
    return class_at(t, at, &size) == CS_CLASS_LETTER;
}

/* Whether what stands at `at` belongs to a word that ends there otherwise. */
static inline bool goes_on_at(const cs_tokenizer *t, uint32_t at)
{
    uint32_t size;
    return is_word_at(t, at) || class_at(t, at, &size) == CS_CLASS_MARK;
}

/* The size of a decimal digit at `at`; 0 without one. */
static inline uint32_t digit_size(const cs_tokenizer *t, uint32_t at)
{
    if (at >= t->len)
        return 0;
    if ((unsigned char)t->text[at] < 0x80)
        return is_ascii_digit(t->text[at]) ? 1 : 0;
    size_t size;
    return cs_text_digit(cs_text_decode(t->text + at, t->len - at, &size)) < 0 ? 0 : (uint32_t)size;
}

static inline bool is_digit_at(const cs_tokenizer *t, uint32_t at)
{
    return digit_size(t, at) > 0;
}

/* cs_text_sign of what stands at `at`, and its size. */
static inline char sign_at(const cs_tokenizer *t, uint32_t at, uint32_t *ret_size)
{
    size_t size = 1;
    bool none = at >= t->len || t->text[at] == ' '; /* after most words */
    char sign = none ? '\0' : cs_text_sign(cs_text_decode(t->text + at, t->len - at, &size));
    *ret_size = (uint32_t)size;
    return sign;
}

/* The size of an apostrophe at `at`; 0 without one. */
static inline uint32_t apostrophe_size(const cs_tokenizer *t, uint32_t at)
{
    uint32_t size;
    return sign_at(t, at, &size) == '\'' ? size : 0;
}

/* The size of what joins the parts of a compound; 0 without it. */
static inline uint32_t hyphen_size(const cs_tokenizer *t, uint32_t at)
{
    uint32_t size;
    return sign_at(t, at, &size) == '-' ? size : 0;
}

/* Past the character at `at`, the marks that belong to it and what is not seen;
 * *ret_end is where the last of these that is seen ends. */
static inline uint32_t past_cluster(const cs_tokenizer *t, uint32_t at, uint32_t *ret_end)
{
    uint32_t size;
    class_at(t, at, &size);
    at += size;
    *ret_end = at;
    for (;;) {
        cs_class class = class_at(t, at, &size);
        if (class != CS_CLASS_MARK && class != CS_CLASS_IGNORED)
            return at;
        at += size;
        if (class == CS_CLASS_MARK)
            *ret_end = at;
    }
}

#endif
