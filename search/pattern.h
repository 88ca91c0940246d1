/* pattern.h - what a leaf of the query, or a NEAR, looks like in a text: the one thing
 * that checks phrases during the match and marks words in the results.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PATTERN_H
#define CS_PATTERN_H

#include "query.h"

typedef struct cs_pattern {
    cs_node_kind kind; /* WORD: any of the words; PHRASE: all in a row; PREFIX: words[0] begins;
                        * NEAR: a part of each operand, see near.h */
    struct {
        char **items;
        size_t count, cap;
    } words;                   /* owned */
    uint64_t overlaps;         /* of a PHRASE: cs_node.overlaps */
    double weight;             /* how much a match says; for the choice of sentences */
    struct cs_pattern *joined; /* of a PHRASE: also this WORD; or NULL; owned */
    struct {
        struct cs_pattern *items;
        size_t count, cap;
    } parts;           /* of a NEAR: the leaves of all operands; owned */
    unsigned distance; /* of a NEAR: cs_node.distance */
    unsigned operand;  /* of a part: of which operand it is one; of a NEAR: which one is marked */
} cs_pattern;

void cs_pattern_release(cs_pattern *pattern);

/* Adds a copy of a word; false without memory. */
bool cs_pattern_add_word(cs_pattern *pattern, cs_view word);

/* The WORD of one word that a PHRASE is as well, still without words; NULL without
 * memory. */
cs_pattern *cs_pattern_join(cs_pattern *pattern);

/* Copies into a zeroed pattern; false without memory. */
bool cs_pattern_copy(const cs_pattern *from, cs_pattern *to);

/* Where in a text a pattern was found: bytes, half open. */
typedef struct cs_found {
    uint32_t start, end;
    uint32_t pattern; /* index into the patterns given */
} cs_found;

typedef struct cs_founds {
    cs_found *items;
    size_t count, cap;
} cs_founds;

/* Finds all places of all patterns, in order of start. False without memory. */
bool cs_patterns_find(const cs_pattern *patterns, size_t count, cs_view text,
                      cs_founds *ret_founds);

/* Whether a leaf's pattern begins at this token, which the tokenizer has just given.
 * Sets *ret_end to the byte where it ends. */
bool cs_pattern_begins(const cs_pattern *pattern, const cs_tokenizer *tokenizer,
                       const cs_token *token, uint32_t *ret_end);

/* Whether the pattern is anywhere in the text. */
bool cs_pattern_is_in(const cs_pattern *pattern, cs_view text);

#endif
