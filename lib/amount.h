/* amount.h - figures with a scale or a currency, whatever their spelling; see terms.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_AMOUNT_H
#define CS_AMOUNT_H

#include "terms.h"

/* A number of the text, as the tokenizer read it. */
typedef struct cs_number {
    uint32_t start, end; /* bytes of the text, half open */
    cs_view word;        /* digits, with a point; then the letters that are glued to them */
    uint8_t currency;    /* what a range's first number has given to it, or 0 */
} cs_number;

typedef struct cs_amount {
    uint32_t start, end; /* bytes of the text, half open: with its currency and its scale */
    uint32_t words;      /* words of it before the number: those of US$4.5 and EUR 4.5 */
    char term[cs_max_amount];
    uint32_t len;
    uint32_t range_to; /* where the second number of a range begins that is of the same currency;
                        * 0 for none */
    uint8_t currency;
} cs_amount;

/* Whether the number is of an amount. The tokenizer gives the text; it is not moved. */
bool cs_amount_read(const cs_tokenizer *tokenizer, const cs_number *number, cs_amount *ret_amount);

/* Bytes of the currency that `word` begins with, when a digit is next: USD4.5bn, Rs500; else 0. */
uint32_t cs_amount_glued(const char *word, size_t len);

#endif
