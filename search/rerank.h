/* rerank.h - a second look at the best hits, by what their text says: words of the query
 * near each other, a study whose other passages match, words that the best have in common,
 * sources that are asked for.
 * Hits only gain by it, so those looked at stay before the others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_RERANK_H
#define CS_RERANK_H

#include "fetch.h"

/* Sorts anew the first cs_reranked of the hits that are sure of their place. Only for
 * queries that are ranked by two words or more; others are left as they are. */
cs_status cs_rerank(const cs_collection *collection, const cs_search_plan *plan,
                    cs_fetched *fetched, cs_error *error);

#endif
