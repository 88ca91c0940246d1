/* plan.h - from the tree of a query to a query of the index: words become their
 * forms, fields become filters, phrases become checks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SEARCH_PLAN_H
#define CS_SEARCH_PLAN_H

#include "check.h"
#include "cited.h"
#include "synonym.h"

enum {
    cs_max_terms = 2000,    /* of one query; words beyond it keep their typed form only */
    cs_max_phrases = 32,    /* and headings, which are checked one by one, of one query */
    cs_max_work = 4000000,  /* passages that words with operators have, those of phrases 60 times */
    cs_max_filters = 64,    /* fields of whole files and sites, of one query */
    cs_max_forms = 64,      /* of one word, the commonest */
    cs_max_expansions = 50, /* of one prefix, the commonest */
    cs_max_class = 100,     /* words that are looked for as one: the most of these two */
    cs_max_look = 50000     /* terms looked at for a prefix */
};

/* How the words of a query are to be taken. */
typedef struct cs_asking {
    bool all;                    /* every word is required */
    bool exact;                  /* words as typed: nothing in their place or beside them */
    bool explain;                /* keep what weighs, for explain.h */
    const cs_synonyms *synonyms; /* NULL: none, not even the program's own */
} cs_asking;

/* Words that follow each other in the query, as indexes of cs_search_plan.ranked. */
typedef struct cs_word_pair {
    uint32_t first, second;
} cs_word_pair;

/* What gives weight to passages, by itself: a word with all that it stands for, a phrase. */
typedef struct cs_weigher {
    char *typed; /* owned */
    xc_query *query;
    size_t first, last; /* its patterns, half open: what was typed comes first */
} cs_weigher;

/* Words in brackets, or joined by AND: what of it weighs does so only where all of it is found. */
typedef struct cs_weigher_group {
    xc_query *query;
    size_t first, last; /* its weighers, half open */
} cs_weigher_group;

typedef struct cs_search_plan {
    xc_query *query;
    xc_query *every; /* those with every word, which weigh more by it; NULL: `query` says all */
    xc_query *loose; /* the same without the checks in `required`; NULL when there are none */
    struct {
        cs_check **items;
        size_t count, cap;
    } required;        /* those of `checks` that every passage must pass */
    uint32_t at_least; /* passages that match, at the least: what is known before the match */
    bool unknown;      /* a word that is searched for is nowhere in the index */
    struct {
        cs_pattern *items;
        size_t count, cap;
    } patterns; /* of what is searched for in the text, for marking */
    struct {
        uint32_t *items;
        size_t count, cap;
    } ranked; /* of `patterns`: the words that the query is ranked by, as typed */
    struct {
        cs_word_pair *items;
        size_t count, cap;
    } pairs;
    struct {
        cs_cited *items;
        size_t count, cap;
    } cited; /* sources asked for, for marking */
    struct {
        cs_docset **items;
        size_t count, cap;
    } sets;
    struct {
        cs_check **items;
        size_t count, cap;
    } checks;
    struct {
        cs_weigher *items;
        size_t count, cap;
    } weighers; /* of cs_asking.explain */
    struct {
        cs_weigher_group *items;
        size_t count, cap;
    } groups; /* of these */
} cs_search_plan;

void cs_search_plan_release(cs_search_plan *plan);

/* Plans a tree. `query` is what was typed, for messages. CS_SYNTAX for a field that
 * no study has. The collection and the plan must stay where they are until the search
 * is over. */
cs_status cs_search_plan_make(const cs_collection *collection, const char *query,
                              const cs_node *tree, const cs_asking *asking,
                              cs_search_plan *ret_plan, cs_error *error);

/* The plan finds no more than `only`, which must stay where it is, does too; what it weighs
 * is its own. Plans with checks on every passage are left as they are: *ret_done says. */
cs_status cs_search_plan_keep(cs_search_plan *plan, const cs_search_plan *only, bool *ret_done,
                              cs_error *error);

#endif
