/* fetch.h - the best matches of a query, sorted so that a page can be picked from them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FETCH_H
#define CS_FETCH_H

#include "match.h"

/* The best matches of a query, sorted. */
typedef struct cs_fetched {
    cs_hit *all;       /* to be freed */
    size_t sure;       /* the first of them, which are sure of their place */
    bool complete;     /* there are no more */
    bool exact;        /* the number of matches is known */
    uint32_t estimate; /* of it */
} cs_fetched;

/* The `fetch` best of `query` together with the `fetch` best of `every`, which may be NULL. At
 * least `check` are looked at for the estimate. */
cs_status cs_fetch(const cs_collection *c, xc_query *query, xc_query *every, uint32_t fetch,
                   uint32_t check, cs_fetched *ret_fetched, cs_error *error);

/* The same of matches that were chosen, best first; any other weighs at most `edge`, below 0 when
 * there is no other. */
cs_status cs_fetched_make(const cs_collection *c, const xc_match *matches, size_t count,
                          double edge, cs_fetched *ret_fetched, cs_error *error);

/* xc_search with our weighting and our errors; free with xc_mset_free. */
cs_status cs_fetch_matches(const cs_collection *c, xc_query *query, uint32_t fetch, uint32_t check,
                           xc_mset *ret_mset, cs_error *error);

/* Reads the path of a hit's file, which stays the store's. */
cs_status cs_hit_set_path(const cs_collection *c, cs_hit *hit, cs_error *error);

/* The part of its weight that counts: a passage that says something comes before one that lists
 * or asks. */
double cs_share_of(const cs_store *store, uint32_t passage);

/* What a weight is to the hit's score; rounded, so that equal ones are equal. */
double cs_score_of(const cs_hit *hit, double weight);

/* Best first, ties by path, then line. */
cs_status cs_hits_sort(const cs_collection *c, cs_hit *hits, size_t count, cs_error *error);

#endif
