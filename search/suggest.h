/* suggest.h - "did you mean": words that are nowhere in the index are replaced by words
 * of it that are spelt alike.
 *
 * The words looked through are the store's forms (store.h), so nothing is kept for
 * this. Only letters are corrected, in words, quoted or not, that are searched for in
 * the text and not left out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SUGGEST_H
#define CS_SUGGEST_H

#include "plan.h"

enum {
    cs_max_suggested = 8,         /* words of a query that are corrected, the first ones */
    cs_max_spelt_words = 64,      /* words, synonyms and phrases of a query that is corrected: a
                                   * text that was pasted is not */
    cs_max_spelt_alike = 64,      /* words that are weighed for one, those with fewest edits */
    cs_max_spelling_look = 400000 /* forms that are compared with one */
};

/* The edits between two words of letters, UTF-8: letters put in, left out or replaced, and
 * neighbours exchanged, none of them twice (optimal string alignment). More than `most`
 * are most + 1. */
unsigned cs_spelling_distance(cs_view a, cs_view b, unsigned most);

/* Appends the query with each such word replaced, as far as there is one; nothing when
 * there is none. A word with one of these synonyms (NULL: of none) in the index is left as
 * it is. Whether the query finds anything is not asked. */
cs_status cs_suggest(const cs_collection *collection, const char *query, const cs_node *tree,
                     const cs_synonyms *synonyms, cs_buf *ret_query, cs_error *error);

#endif
