/* vocabulary.h - the words of a segment while it is written: counts those of one
 * passage, and remembers which forms of a stem each language has used.
 *
 * One look-up a word does both: a word known in this language needs no stemming,
 * and a word met again in the passage is only counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_VOCABULARY_H
#define CS_VOCABULARY_H

#include "store.h"

typedef struct cs_vocabulary cs_vocabulary;

cs_status cs_vocabulary_new(cs_vocabulary **ret_vocabulary, cs_error *error);
void cs_vocabulary_free(cs_vocabulary *vocabulary);

/* Chooses the language (a code) of the words to come. */
cs_status cs_vocabulary_set_language(cs_vocabulary *vocabulary, cs_view language, cs_error *error);

/* Counts a word of the passage at hand `wdf` times. */
cs_status cs_vocabulary_count(cs_vocabulary *vocabulary, const cs_token *token, uint32_t wdf,
                              cs_error *error);

/* Walks over the words counted since the last call of cs_vocabulary_begin, in
 * order of their first place. */
void cs_vocabulary_begin(cs_vocabulary *vocabulary);
size_t cs_vocabulary_counted(const cs_vocabulary *vocabulary);
cs_view cs_vocabulary_word(const cs_vocabulary *vocabulary, size_t i, uint32_t *ret_wdf);

/* Hands the forms of all languages that are new since the last call to the store
 * that is being written. */
cs_status cs_vocabulary_store(cs_vocabulary *vocabulary, cs_store_writer *store, cs_error *error);

#endif
