/* plan_more.c - what a ranked query finds beside the words that were typed: synonyms. They
 * weigh less, and --exact leaves them out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan_work.h"
#include "ranking.h"
#include "words.h"

/* The words of `from` that `typed` has not, into `to`. False without memory. */
static bool add_others(const cs_pattern *from, const cs_pattern *typed, cs_pattern *to)
{
    for (size_t i = 0; i < from->words.count; i++) {
        bool known = false;
        for (size_t k = 0; k < typed->words.count && !known; k++)
            known = strcmp(typed->words.items[k], from->words.items[i]) == 0;
        if (!known && !cs_pattern_add_word(to, cs_view_of(from->words.items[i])))
            return false;
    }
    return true;
}

/* *query, or any of the words of `other` at `factor` of the weight of the word typed,
 * which weighs `weight`. */
static cs_status add_lighter(cs_planner *p, cs_pattern *other, double weight, double factor,
                             xc_query **query)
{
    xc_query *found = NULL;
    cs_plan_use_terms(p, other->words.count);
    cs_status status = cs_words_query(p->collection, CS_FIELD_TEXT, NULL, other->words.items,
                                      other->words.count, NULL, &found, &other->weight, p->error);
    if (status != CS_OK || other->weight == 0) { /* none is in the index */
        xc_query_free(found);
        return status;
    }
    if (weight > 0 && weight < other->weight)
        factor *= weight / other->weight; /* a rare synonym says no more than the word */
    other->weight *= factor;
    status = cs_plan_scale(&found, factor, p->error);
    if (status == CS_OK)
        status = cs_plan_keep_pattern(p, other);
    if (status != CS_OK) {
        xc_query_free(found);
        return status;
    }
    return cs_plan_join(XC_OP_OR, query, found, p->error);
}

cs_status cs_plan_add_synonyms(cs_planner *planner, const cs_node *leaf, xc_query **query)
{
    cs_planner *p = planner;
    CS_SCOPED(cs_pattern) all = {0};
    CS_SCOPED(cs_pattern) others = {.kind = CS_NODE_WORD};
    if (p->asking->exact || p->asking->synonyms == NULL || p->terms_left < cs_max_forms)
        return CS_OK;
    if (!cs_synonyms_find(p->asking->synonyms, leaf->words.items[0], &all))
        return cs_fail_memory(p->error);
    const cs_pattern typed = p->plan->patterns.items[p->plan->patterns.count - 1];
    if (!add_others(&all, &typed, &others))
        return cs_fail_memory(p->error);
    return others.words.count == 0
               ? CS_OK
               : add_lighter(p, &others, typed.weight, cs_synonym_weight, query);
}
