/* synonym.h - words that stand for each other though they have different stems:
 * valuation and valued, acquisition and acquired, organise and organize.
 *
 * They come from a table in the program (synonym_table.c) and from a file of the
 * user, $XDG_CONFIG_HOME/casesearch/synonyms, $HOME/.config for an unset, empty or
 * relative XDG_CONFIG_HOME. Both are lines of
 *
 *   valuation valuations valued      each word finds the others
 *   flotation > ipo ipos             those before > find those after it, not the reverse
 *   - valuation                      the table's families of these words are left out
 *   # anything                       nothing, also after words
 *
 * Commas are as blanks. Words are single ones, as they stand in texts, each form on its own: a form
 * that is not listed is not meant. Case, accents and hyphens are as in queries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SYNONYM_H
#define CS_SYNONYM_H

#include "pattern.h"

enum {
    cs_max_synonym_file = 1 << 18, /* bytes of the user's file */
    cs_max_synonyms = 32,          /* of one word */
    cs_max_synonym_faults = 8      /* lines that are named */
};

/* The user's lines, folded. Zeroed: none, the table alone. */
typedef struct cs_synonyms {
    cs_buf lines;
    cs_buf faults; /* lines for people: which of the file are left out, and why */
} cs_synonyms;

void cs_synonyms_release(cs_synonyms *synonyms);

/* Reads the user's file; without one there are none. What is no single word leaves its
 * line out, and `faults` says so. CS_USAGE for a file that is too long, CS_IO for one
 * that cannot be read. */
cs_status cs_synonyms_load(cs_synonyms *ret_synonyms, cs_error *error);

/* Reads lines, as of a file of that name. */
cs_status cs_synonyms_read(const char *name, cs_view text, cs_synonyms *ret_synonyms,
                           cs_error *error);

/* Adds the synonyms of a folded word to a pattern, each once and not the word itself,
 * the user's first. False without memory. */
bool cs_synonyms_find(const cs_synonyms *synonyms, const char *word, cs_pattern *pattern);

/* synonym_table.c: the program's lines, folded: a blank before and after each word. */
extern const char *const cs_synonym_table[];
extern const size_t cs_synonym_lines;

#endif
