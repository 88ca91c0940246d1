/* plan_work.h - what the files of plan.h share: the tree (plan.c), the words that a list
 * is ranked by (plan_words.c), all leaves (plan_leaf.c), and what is found beside the words
 * typed (plan_more.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PLAN_WORK_H
#define CS_PLAN_WORK_H

#include "plan.h"

typedef struct cs_planner {
    const cs_collection *collection;
    const char *query;
    const cs_node *root;
    const cs_asking *asking;
    bool top;                 /* what is being planned must hold for every passage */
    size_t terms_left;        /* of cs_max_terms */
    const cs_pattern *joined; /* further words of the leaf at hand; or NULL */
    cs_search_plan *plan;
    cs_error *error;
    bool ranked;    /* the leaf at hand is a word that ranks: the matcher leaves out of those */
    size_t leaves;  /* others, so far */
    uint64_t work;  /* of them; of cs_max_work */
    size_t filters; /* so far */
    size_t splits, apart; /* plan_more.c: words looked at for parts; phrases made of them */
} cs_planner;

/* Parts that are combined and then freed. */
typedef struct cs_parts {
    xc_query **items;
    size_t count, cap;
} cs_parts;

void cs_parts_release(cs_parts *parts);

/* Takes over `query`. */
cs_status cs_parts_add(cs_parts *parts, xc_query *query, cs_error *error);

/* All of `parts` by one operator; of none, nothing. */
cs_status cs_parts_combine(xc_op op, const cs_parts *parts, xc_query **ret_query, cs_error *error);

/* *query becomes *query <op> `other`; frees both, also on failure. */
cs_status cs_plan_join(xc_op op, xc_query **query, xc_query *other, cs_error *error);

/* What xapian-c said of a query being made, as our own status. */
cs_status cs_plan_made(xc_status status, const xc_error *failure, cs_error *error);

/* Multiplies the weights of *query; frees it on failure. */
cs_status cs_plan_scale(xc_query **query, double factor, cs_error *error);

/* Keeps what weighs, if that is to be explained: it was typed so, and its patterns are those from
 * `first` on. Does not take `query` over. */
cs_status cs_plan_keep_weigher(cs_planner *planner, const char *typed, xc_query *query,
                               size_t first);

/* plan_words.c: a word without field or sign. */
bool cs_is_plain_word(const cs_node *node);

/* plan_words.c: whether a child of a list is planned by cs_plan_words. */
bool cs_is_ranked_word(const cs_node *list, const cs_node *child);

/* plan_words.c: adds the words that a list is ranked by; at the root they go into
 * plan->ranked and plan->pairs. */
cs_status cs_plan_words(cs_planner *planner, const cs_node *list, bool drop_stop_words,
                        cs_parts *may);

/* plan_leaf.c: *query becomes what of it passes the check; freed on failure. */
cs_status cs_plan_filter(xc_query **query, cs_check *check, cs_error *error);

/* Keeps what is to be marked in the text of the results. */
cs_status cs_plan_keep_pattern(cs_planner *planner, const cs_pattern *pattern);

/* plan_leaf.c: a word, phrase, prefix or filter. */
cs_status cs_plan_leaf(cs_planner *planner, const cs_node *leaf, xc_query **ret_query);

/* plan_leaf.c: whether a phrase that nobody typed costs no more than the query may still cost. */
cs_status cs_plan_affords(cs_planner *planner, const cs_node *phrase, bool *ret_affords);

/* plan_leaf.c: counts words of the index against cs_max_terms. */
void cs_plan_use_terms(cs_planner *planner, size_t count);

/* plan_more.c: a plain word that ranks, planned just now, finds its synonyms too. */
cs_status cs_plan_add_synonyms(cs_planner *planner, const cs_node *leaf, xc_query **query);

/* plan_more.c: a plain word that ranks, which weighs `weight`, finds its parts where they stand
 * apart: lendingclub as "lending club", gpt4 as "gpt 4", r&d as "r and d". */
cs_status cs_plan_add_apart(cs_planner *planner, const char *word, double weight, xc_query **query);

/* plan_leaf.c: words near each other. */
cs_status cs_plan_near(cs_planner *planner, const cs_node *node, xc_query **ret_query);

#endif
