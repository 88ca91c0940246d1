/* explain.h - how a query was read, and what each hit's score is made of: casesearch --explain.
 *
 * The weight of a hit in the first search is found by searching for each part of the query alone,
 * among the hits that are shown; so it is the engine's own. What is left of it is what a passage
 * gains by having all the words. The search itself is the same without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_EXPLAIN_H
#define CS_EXPLAIN_H

#include "context.h"

/* What a hit's score is made of. */
typedef struct cs_score {
    double all_words; /* more than the parts weigh: for having all of them */
    double share;     /* by which the first search's weight is multiplied */
    double asked;     /* given back of that, for a heading that was asked for */
    double near;      /* the second look: nearness, and what the study has */
    double common;    /* words in common with the best; and keeping the first in their places */
} cs_score;

typedef struct cs_explanation {
    const cs_search_plan *plan; /* its weighers are the parts */
    const char *query;          /* that was planned: it may be what was meant, see answer.h */
    cs_node *tree;
    char *xapian;     /* Xapian's description of the query */
    double *weights;  /* hits x weighers, of the first search */
    cs_score *scores; /* one for each hit */
    size_t count;     /* hits */
} cs_explanation;

void cs_explanation_release(cs_explanation *explanation);

/* Explains the hits of the contexts, which were found by `plan`, a plan made with
 * cs_asking.explain of `query`. Collection, plan and query outlive the explanation. */
cs_status cs_explain(const cs_collection *collection, const cs_search_plan *plan, const char *query,
                     const cs_context *contexts, size_t count, cs_explanation *ret_explanation,
                     cs_error *error);

/* What of part `weigher` a hit has. */
double cs_explanation_weight(const cs_explanation *explanation, size_t hit, size_t weigher);

/* What a node is called: "word", "all of". */
const char *cs_explain_kind(const cs_node *node);

/* Its field as it is typed, or "" for the text. */
const char *cs_explain_field(const cs_node *node);

#endif
