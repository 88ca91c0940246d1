/* match.h - runs a planned query: the page of hits that is shown, and how many
 * there are in all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_MATCH_H
#define CS_MATCH_H

#include "plan.h"

enum {
    cs_exact_total = 1000,          /* totals up to this are exact */
    cs_sampled = 1024,              /* passages that say how common a phrase is */
    cs_max_checked_after = 1 << 14, /* passages that are checked after the match */
    cs_named_copies = 10            /* of one hit: the places that are told */
};

typedef struct cs_page {
    uint32_t offset;   /* hits left out before the first */
    uint32_t limit;    /* hits at most; UINT32_MAX: all */
    uint32_t per_file; /* hits of one study at most, copies aside; 0: any number */
    bool fold;         /* copies are no hits of their own */
} cs_page;

typedef struct cs_hit {
    uint32_t shard, passage; /* number of the passage in its segment, from 0 */
    uint32_t file;
    cs_view path; /* relative to its index's root */
    double score;
    double share;               /* of its weight, that counts: less for what says little */
    double first_score;         /* before the second look */
    double near_score;          /* gained there by nearness and by the study */
    uint32_t first_rank;        /* before the second look, from 0; 0 when there was none */
    uint32_t more;              /* on the last shown hit of a study: its hits that are not
                                 * shown; those that are copies of a shown one aside */
    bool capped;                /* and that stand on no page: cs_page.per_file are shown */
    uint32_t copies;            /* copies of it, of those looked at */
    uint32_t first_copy, named; /* in cs_hits.copies: the best of them */
} cs_hit;

/* A hit that is a copy of one that is shown. */
typedef struct cs_copy {
    uint32_t shard, passage, file;
    uint32_t line; /* first line of the passage, as it was indexed */
    cs_view path;
    uint32_t of, rank; /* index of the hit; place among all hits */
} cs_copy;

typedef struct cs_hits {
    cs_hit *items; /* the page; best first, ties by path, then line */
    size_t count, cap;
    struct {
        cs_copy *items; /* of each hit the best cs_named_copies, by rank */
        size_t count, cap;
    } copies;
    uint32_t total; /* passages that match, copies too, dead ones and --per-file aside */
    bool total_exact;
    uint32_t files; /* studies among them; of those looked at */
} cs_hits;

void cs_hits_release(cs_hits *hits);

cs_status cs_match_run(const cs_collection *collection, const cs_search_plan *plan,
                       const cs_page *page, cs_hits *ret_hits, cs_error *error);

/* Puts the best copy of a hit in its place, for one whose file is gone. False when
 * there is none that is named. */
bool cs_match_replace(cs_hits *hits, size_t hit);

/* The exact number of passages that match. */
cs_status cs_match_count(const cs_collection *collection, const cs_search_plan *plan,
                         uint32_t *ret_count, cs_error *error);

#endif
