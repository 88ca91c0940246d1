/* terms_fixture.h - what the tests of terms share: a text as its terms, and random numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TERMS_FIXTURE_H
#define TERMS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "terms.h"
#include "text.h"

/* One word of the text as it is shown in the tables below:
 *
 *   term            when it reads in the text just so
 *   term=Source     else
 *   +term@2=Source  an extra term of the word at position 2 */
static inline void show(cs_buf *out, const char *text, const cs_token *token)
{
    cs_view source = {text + token->start, token->end - token->start};
    if (out->len > 0)
        cs_buf_add_char(out, ' ');
    if (token->extra)
        cs_buf_add_char(out, '+');
    cs_buf_add_view(out, token->term);
    if (token->extra)
        cs_buf_addf(out, "@%u", token->position);
    if (!cs_view_equal(source, token->term)) {
        cs_buf_add_char(out, '=');
        cs_buf_add_view(out, source);
    }
}

static inline void tokenize(cs_buf *out, const char *text, size_t len)
{
    cs_tokenizer tokenizer;
    cs_token token;
    uint32_t position = 0;

    cs_buf_add_string(out, "");
    cs_tokenizer_init(&tokenizer, text, len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        assert_true(token.start < token.end && token.end <= len);
        if (!token.extra)
            assert_int_equal(token.position, position++);
        show(out, text, &token);
    }
    assert_false(cs_tokenizer_next(&tokenizer, &token)); /* the end stays the end */
}

typedef struct example {
    const char *text, *words;
} example;

static inline void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) words = {.limit = 1 << 16};
        tokenize(&words, examples[i].text, strlen(examples[i].text));
        if (strcmp(words.data, examples[i].words) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", examples[i].text, words.data, examples[i].words);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

/* xorshift64, Marsaglia; the same on every machine. */
static inline uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

#endif
