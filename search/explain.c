/* explain.c - see explain.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain.h"

#include <math.h>
#include <stdlib.h>

#include "fetch.h"

void cs_explanation_release(cs_explanation *explanation)
{
    cs_node_free(explanation->tree);
    free(explanation->xapian);
    free(explanation->weights);
    free(explanation->scores);
    *explanation = (cs_explanation){0};
}

const char *cs_explain_kind(const cs_node *node)
{
    static const char *const kinds[] = {
        [CS_NODE_WORD] = "word",     [CS_NODE_PHRASE] = "phrase", [CS_NODE_PREFIX] = "prefix",
        [CS_NODE_GLOB] = "as typed", [CS_NODE_DATED] = "dated",   [CS_NODE_RANGE] = "range",
        [CS_NODE_AND] = "all of",    [CS_NODE_OR] = "any of",     [CS_NODE_NEAR] = "near",
        [CS_NODE_NOT] = "not",       [CS_NODE_LIST] = "ranked",
    };
    return node->amount ? "amount" : kinds[node->kind];
}

const char *cs_explain_field(const cs_node *node)
{
    if (node->key != NULL)
        return node->key;
    for (size_t i = 0; i < cs_fields_count; i++)
        if (cs_fields[i].field == node->field)
            return cs_fields[i].name;
    return "";
}

double cs_explanation_weight(const cs_explanation *explanation, size_t hit, size_t weigher)
{
    return explanation->weights[hit * explanation->plan->weighers.count + weigher];
}

/* The passages of the hits. False without memory. */
static bool add_hits(const cs_collection *c, const cs_context *contexts, size_t count,
                     cs_docset *ret_set)
{
    bool ok = cs_docset_init(ret_set, c->shard_count);
    for (size_t i = 0; i < count && ok; i++) {
        const cs_hit *hit = contexts[i].hit;
        ok = cs_docset_add_passages(ret_set, hit->shard, hit->passage, hit->passage + 1);
    }
    cs_docset_finish(ret_set);
    return ok;
}

/* What `part` finds of the set, with its weights. */
static cs_status search_part(const cs_collection *c, xc_query *part, cs_docset *set,
                             xc_mset *ret_mset, cs_error *error)
{
    xc_query *accept = NULL, *both = NULL;
    xc_error failure;
    uint32_t most = (uint32_t)set->documents + 1;
    xc_status made = xc_query_accept(cs_docset_accept, set, most, &accept, &failure);
    xc_query *parts[2] = {part, accept};
    if (made == XC_OK)
        made = xc_query_combine(XC_OP_FILTER, parts, 2, &both, &failure);
    cs_status status = made == XC_OK ? cs_fetch_matches(c, both, most, most, ret_mset, error)
                                     : cs_index_fail(error, &failure, "cannot make a query");
    xc_query_free(accept);
    xc_query_free(both);
    return status;
}

/* The match that is a hit, or NULL. */
static const xc_match *match_of(const xc_mset *mset, const cs_hit *hit)
{
    for (size_t i = 0; i < mset->count; i++)
        if (mset->items[i].shard == hit->shard && mset->items[i].docid == hit->passage + 1)
            return &mset->items[i];
    return NULL;
}

static void take_weights(cs_explanation *e, const cs_context *contexts, const xc_mset *mset,
                         size_t weigher)
{
    for (size_t i = 0; i < e->count; i++) {
        const xc_match *match = match_of(mset, contexts[i].hit);
        if (match != NULL)
            e->weights[i * e->plan->weighers.count + weigher] = match->weight;
    }
}

/* Nothing in a group weighs where the group is not found. */
static void drop_weights(cs_explanation *e, const cs_context *contexts, const xc_mset *mset,
                         const cs_weigher_group *group)
{
    for (size_t i = 0; i < e->count; i++)
        for (size_t k = group->first; k < group->last; k++)
            if (match_of(mset, contexts[i].hit) == NULL)
                e->weights[i * e->plan->weighers.count + k] = 0;
}

/* What the score holds beside the parts. */
static cs_score score_of(const cs_explanation *e, const cs_collection *c, const cs_hit *hit,
                         size_t number)
{
    const double nothing = 1e-5; /* scores are rounded */
    cs_score s = {.share = cs_share_of(c->shards[hit->shard].store, hit->passage)};
    double parts = 0;
    for (size_t i = 0; i < e->plan->weighers.count; i++)
        parts += cs_explanation_weight(e, number, i);
    s.all_words = hit->first_score / s.share - parts;
    s.asked = hit->share > s.share ? hit->first_score * (hit->share / s.share - 1) : 0;
    s.near = hit->near_score;
    s.common = hit->score - hit->first_score - s.asked - s.near;
    double *all[] = {&s.all_words, &s.asked, &s.near, &s.common};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = fabs(*all[i]) < nothing ? 0 : *all[i];
    return s;
}

static cs_status weigh(cs_explanation *e, const cs_collection *c, const cs_context *contexts,
                       cs_error *error)
{
    cs_docset set = {0};
    size_t parts = e->plan->weighers.count;
    cs_status status = add_hits(c, contexts, e->count, &set) ? CS_OK : cs_fail_memory(error);
    for (size_t i = 0; i < parts && e->count > 0 && status == CS_OK; i++) {
        xc_mset mset = {0};
        status = search_part(c, e->plan->weighers.items[i].query, &set, &mset, error);
        if (status == CS_OK)
            take_weights(e, contexts, &mset, i);
        xc_mset_free(&mset);
    }
    for (size_t i = 0; i < e->plan->groups.count && e->count > 0 && status == CS_OK; i++) {
        xc_mset mset = {0};
        status = search_part(c, e->plan->groups.items[i].query, &set, &mset, error);
        if (status == CS_OK)
            drop_weights(e, contexts, &mset, &e->plan->groups.items[i]);
        xc_mset_free(&mset);
    }
    cs_docset_release(&set);
    for (size_t i = 0; i < e->count && status == CS_OK; i++)
        e->scores[i] = score_of(e, c, contexts[i].hit, i);
    return status;
}

cs_status cs_explain(const cs_collection *collection, const cs_search_plan *plan, const char *query,
                     const cs_context *contexts, size_t count, cs_explanation *ret_explanation,
                     cs_error *error)
{
    cs_explanation *e = ret_explanation;
    xc_error failure;
    *e = (cs_explanation){.plan = plan, .query = query, .count = count};
    cs_status status = cs_query_parse(query, &e->tree, error);
    if (status != CS_OK)
        return status;
    if (xc_query_describe(plan->query, &e->xapian, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot describe the query");
    e->weights = calloc(count * plan->weighers.count + 1, sizeof *e->weights);
    e->scores = calloc(count + 1, sizeof *e->scores);
    if (e->weights == NULL || e->scores == NULL)
        return cs_fail_memory(error);
    return weigh(e, collection, contexts, error);
}
