/* words.h - what the index knows of a word: its forms, and how rare they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_WORDS_H
#define CS_WORDS_H

#include "collection.h"
#include "pattern.h"

/* Whether a word says so little that a ranked query is better without it. */
bool cs_is_stop_word(const char *word);

/* Adds the word and the forms of its stem, in every language held, that occur in
 * the index: at most cs_max_forms, each once. */
cs_status cs_words_add_forms(const cs_collection *collection, const char *word, cs_pattern *pattern,
                             cs_error *error);

/* For a leaf like GPT-4, which is gpt4 too: makes the pattern's joined word, if asked
 * for in all its forms, so that co-founder finds cofounders and co-founders. */
cs_status cs_words_add_joined(const cs_collection *collection, const cs_node *leaf, bool forms,
                              cs_pattern *pattern, cs_error *error);

/* The `max` commonest terms of a field that begin so, without the field's prefix. */
cs_status cs_words_expand(const cs_collection *collection, cs_field field, const char *key,
                          const char *prefix, size_t max, cs_pattern *pattern, cs_error *error);

/* Any of the words of a field, weighed as if all were one term (xc_query_class). The
 * word that equals `typed` counts cs_exact_boost more (ranking.h). *ret_weight is cs_word_weight of
 * the class. */
cs_status cs_words_query(const cs_collection *collection, cs_field field, const char *key,
                         char *const *words, size_t count, const char *typed, xc_query **ret_query,
                         double *ret_weight, cs_error *error);

/* What a word weighs that `freq` passages have, `count` times in all: the inverse document
 * frequency of Xapian's BM25Weight, without its constant factor (Robertson and Sparck Jones
 * 1976, kept positive below two), times (count / freq)^cs_topical: a word that is repeated
 * wherever it occurs is what those passages are about (the first factor of Amati's InB2, 2003,
 * damped). `freq` is above 0. */
double cs_word_weight(uint32_t documents, double freq, double count);

/* The parameters of the first search. */
extern const xc_bm25 cs_weighting;

#endif
