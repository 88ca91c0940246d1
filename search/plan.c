/* plan.c - see plan.h: the tree of a query; plan_leaf.c has its leaves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan_work.h"
#include "ranking.h"
#include "words.h"

/* Releases those from `first` on. */
static void drop_weighers(cs_search_plan *plan, size_t first)
{
    while (plan->weighers.count > first) {
        cs_weigher *weigher = &plan->weighers.items[--plan->weighers.count];
        free(weigher->typed);
        xc_query_free(weigher->query);
    }
    while (plan->groups.count > 0 && plan->groups.items[plan->groups.count - 1].last > first)
        xc_query_free(plan->groups.items[--plan->groups.count].query);
}

void cs_search_plan_release(cs_search_plan *plan)
{
    xc_query_free(plan->query);
    xc_query_free(plan->loose);
    xc_query_free(plan->every);
    free(plan->required.items);
    for (size_t i = 0; i < plan->patterns.count; i++)
        cs_pattern_release(&plan->patterns.items[i]);
    for (size_t i = 0; i < plan->cited.count; i++)
        cs_cited_release(&plan->cited.items[i]);
    free(plan->cited.items);
    for (size_t i = 0; i < plan->sets.count; i++) {
        cs_docset_release(plan->sets.items[i]);
        free(plan->sets.items[i]);
    }
    for (size_t i = 0; i < plan->checks.count; i++)
        cs_check_free(plan->checks.items[i]);
    drop_weighers(plan, 0);
    free(plan->weighers.items);
    free(plan->groups.items);
    free(plan->patterns.items);
    free(plan->ranked.items);
    free(plan->pairs.items);
    free(plan->sets.items);
    free(plan->checks.items);
    *plan = (cs_search_plan){0};
}

/* ---- queries of xapian-c ----------------------------------------------------------- */

void cs_parts_release(cs_parts *p)
{
    for (size_t i = 0; i < p->count; i++)
        xc_query_free(p->items[i]);
    free(p->items);
    *p = (cs_parts){0};
}

cs_status cs_parts_add(cs_parts *p, xc_query *query, cs_error *error)
{
    xc_query **place = CS_PUSH(p);
    if (place == NULL) {
        xc_query_free(query);
        return cs_fail_memory(error);
    }
    *place = query;
    return CS_OK;
}

cs_status cs_plan_made(xc_status status, const xc_error *failure, cs_error *error)
{
    return status == XC_OK ? CS_OK : cs_index_fail(error, failure, "cannot make a query");
}

cs_status cs_parts_combine(xc_op op, const cs_parts *p, xc_query **ret_query, cs_error *error)
{
    xc_error failure;
    if (p->count == 0)
        return cs_plan_made(xc_query_nothing(ret_query, &failure), &failure, error);
    return cs_plan_made(xc_query_combine(op, p->items, p->count, ret_query, &failure), &failure,
                        error);
}

cs_status cs_plan_join(xc_op op, xc_query **query, xc_query *other, cs_error *error)
{
    xc_error failure;
    xc_query *both[2] = {*query, other}, *joined = NULL;
    cs_status status =
        cs_plan_made(xc_query_combine(op, both, 2, &joined, &failure), &failure, error);
    xc_query_free(*query);
    xc_query_free(other);
    *query = joined;
    return status;
}

cs_status cs_plan_scale(xc_query **query, double factor, cs_error *error)
{
    xc_error failure;
    xc_query *scaled = NULL;
    cs_status status =
        cs_plan_made(xc_query_scale(*query, factor, &scaled, &failure), &failure, error);
    xc_query_free(*query);
    *query = scaled;
    return status;
}

cs_status cs_plan_keep_pattern(cs_planner *p, const cs_pattern *pattern)
{
    cs_pattern *kept = CS_PUSH(&p->plan->patterns);
    if (kept == NULL || !cs_pattern_copy(pattern, kept))
        return cs_fail_memory(p->error);
    return CS_OK;
}

cs_status cs_plan_keep_weigher(cs_planner *p, const char *typed, xc_query *query, size_t first)
{
    xc_error failure;
    if (!p->asking->explain)
        return CS_OK;
    cs_weigher *kept = CS_PUSH(&p->plan->weighers);
    if (kept == NULL || (kept->typed = strdup(typed)) == NULL)
        return cs_fail_memory(p->error);
    kept->first = first;
    kept->last = p->plan->patterns.count;
    return cs_plan_made(xc_query_combine(XC_OP_OR, &query, 1, &kept->query, &failure), &failure,
                        p->error);
}

/* ---- the tree ---------------------------------------------------------------------- */

/* Whether all leaves are fields: then it filters and gives no weight. */
static bool is_filter(const cs_node *node)
{
    if (cs_node_is_leaf(node))
        return node->field != CS_FIELD_TEXT;
    for (size_t i = 0; i < node->children.count; i++)
        if (!is_filter(node->children.items[i]))
            return false;
    return true;
}

static cs_status plan_node(cs_planner *p, const cs_node *node, xc_query **ret_query);

/* What a list, or an AND, is made of. */
typedef struct clauses {
    cs_parts must, may, filter, must_not;
    bool root; /* they are the whole query */
} clauses;

static void clauses_release(clauses *c)
{
    cs_parts_release(&c->must);
    cs_parts_release(&c->may);
    cs_parts_release(&c->filter);
    cs_parts_release(&c->must_not);
}

static cs_status everything(xc_query **ret_query, cs_error *error)
{
    xc_error failure;
    return cs_plan_made(xc_query_all(ret_query, &failure), &failure, error);
}

/* *query <op> all of `other`. */
static cs_status join_all(xc_op op, xc_op inner, xc_query **query, const cs_parts *other,
                          cs_error *error)
{
    xc_query *all = NULL;
    if (other->count == 0)
        return CS_OK;
    cs_status status = cs_parts_combine(inner, other, &all, error);
    return status == CS_OK ? cs_plan_join(op, query, all, error) : status;
}

/* Any of the words; all of them are better. AND_MAYBE costs as much again as the OR itself,
 * for what it may add keeps the matcher from leaving words out: at the root all of them are
 * a query of their own. */
static cs_status combine_words(cs_planner *p, const clauses *c, xc_query **query)
{
    xc_query *all = NULL;
    cs_status status = cs_parts_combine(XC_OP_OR, &c->may, query, p->error);
    if (status != CS_OK || c->may.count < 2)
        return status;
    status = cs_parts_combine(XC_OP_AND, &c->may, &all, p->error);
    if (status == CS_OK)
        status = cs_plan_scale(&all, cs_all_words, p->error);
    if (status != CS_OK || !c->root)
        return status == CS_OK ? cs_plan_join(XC_OP_AND_MAYBE, query, all, p->error) : status;
    p->plan->every = all;
    return CS_OK;
}

static cs_status combine_clauses(cs_planner *p, clauses *c, xc_query **ret_query)
{
    xc_query *query = NULL;
    cs_status status;
    if (c->must.count > 0) {
        status = cs_parts_combine(XC_OP_AND, &c->must, &query, p->error);
        if (status == CS_OK)
            status = join_all(XC_OP_AND_MAYBE, XC_OP_OR, &query, &c->may, p->error);
    } else if (c->may.count > 0) {
        status = combine_words(p, c, &query);
    } else {
        status = everything(&query, p->error);
    }
    if (status == CS_OK)
        status = join_all(XC_OP_FILTER, XC_OP_AND, &query, &c->filter, p->error);
    if (status == CS_OK)
        status = join_all(XC_OP_AND_NOT, XC_OP_OR, &query, &c->must_not, p->error);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    *ret_query = query;
    return CS_OK;
}

/* Whether a list has a word worth ranking by. */
static bool has_content_word(const cs_node *list)
{
    for (size_t i = 0; i < list->children.count; i++) {
        const cs_node *child = list->children.items[i];
        if (child->occur != CS_MUST_NOT && !is_filter(child) &&
            !(cs_is_plain_word(child) && cs_is_stop_word(child->words.items[0])))
            return true;
    }
    return false;
}

static cs_status plan_not(cs_planner *p, const cs_node *node, xc_query **ret_query);

/* A node with its sign: "-x" is as NOT x. */
static cs_status plan_signed(cs_planner *p, const cs_node *node, xc_query **ret_query)
{
    return node->occur == CS_MUST_NOT ? plan_not(p, node, ret_query)
                                      : plan_node(p, node, ret_query);
}

/* What `child` excludes. Words that are not to be found must not be marked either. */
static cs_status plan_excluded(cs_planner *p, const cs_node *child, xc_query **ret_query)
{
    size_t patterns = p->plan->patterns.count, cited = p->plan->cited.count;
    size_t weighers = p->plan->weighers.count;
    cs_status status = child->kind == CS_NODE_NOT
                           ? plan_signed(p, child->children.items[0], ret_query)
                           : plan_node(p, child, ret_query);
    while (p->plan->patterns.count > patterns)
        cs_pattern_release(&p->plan->patterns.items[--p->plan->patterns.count]);
    while (p->plan->cited.count > cited)
        cs_cited_release(&p->plan->cited.items[--p->plan->cited.count]);
    drop_weighers(p->plan, weighers);
    return status;
}

/* "a NEAR/8 b", or a leaf as it was typed. */
static void add_typed(const cs_node *node, cs_buf *out)
{
    const char *quote = node->quoted ? "\"" : "";
    if (cs_node_is_leaf(node))
        cs_buf_addf(out, "%s%s%s%s", quote, node->text, quote,
                    node->kind == CS_NODE_PREFIX ? "*" : "");
    for (size_t i = 0; i < node->children.count; i++) {
        if (i > 0 && node->kind == CS_NODE_NEAR)
            cs_buf_addf(out, " NEAR/%u ", node->distance);
        else if (i > 0)
            cs_buf_add_string(out, " OR ");
        add_typed(node->children.items[i], out);
    }
}

/* What weighs in a group, from `first` on, does so where the group is found. */
static cs_status keep_group(cs_planner *p, xc_query *query, size_t first)
{
    xc_error failure;
    if (p->plan->weighers.count == first)
        return CS_OK;
    cs_weigher_group *kept = CS_PUSH(&p->plan->groups);
    if (kept == NULL)
        return cs_fail_memory(p->error);
    kept->first = first;
    kept->last = p->plan->weighers.count;
    return cs_plan_made(xc_query_combine(XC_OP_OR, &query, 1, &kept->query, &failure), &failure,
                        p->error);
}

/* A node was planned as `query`, when there were so many patterns and weighers. A leaf or NEAR
 * weighs by itself, unless it filters; what else there is, by its parts. */
static cs_status keep_node(cs_planner *p, const cs_node *node, xc_query *query, size_t patterns,
                           size_t weighers)
{
    CS_SCOPED(cs_buf) typed = {.limit = (size_t)2 * cs_max_query};
    if (!p->asking->explain || node->occur == CS_MUST_NOT || is_filter(node))
        return CS_OK;
    if (node->kind != CS_NODE_NEAR && !cs_node_is_leaf(node))
        return keep_group(p, query, weighers);
    add_typed(node, &typed);
    if (cs_buf_status(&typed) != CS_OK || typed.data == NULL)
        return cs_fail_memory(p->error);
    return cs_plan_keep_weigher(p, typed.data, query, patterns);
}

/* Whether every passage that a list finds has this child: it is required, or the only
 * one that is searched for. */
static bool is_needed(const cs_node *list, size_t child, bool required)
{
    const cs_node *node = list->children.items[child];
    bool alone = true;
    for (size_t i = 0; i < list->children.count; i++) {
        const cs_node *other = list->children.items[i];
        alone = alone && (i == child || other->occur == CS_MUST_NOT || is_filter(other));
    }
    return node->occur != CS_MUST_NOT && (required || alone || node->occur == CS_MUST);
}

static cs_status add_clause(cs_planner *p, const cs_node *child, double weight, bool required,
                            clauses *c)
{
    xc_query *query = NULL;
    bool negative = child->occur == CS_MUST_NOT;
    size_t patterns = p->plan->patterns.count, weighers = p->plan->weighers.count;
    const cs_node *node = child->kind == CS_NODE_NOT ? child->children.items[0] : child;
    if (cs_node_is_empty(node))
        return CS_OK;
    cs_status status = negative ? plan_excluded(p, child, &query) : plan_node(p, child, &query);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    if (weight > 1)
        status = cs_plan_scale(&query, weight, p->error);
    if (status == CS_OK)
        status = keep_node(p, child, query, patterns, weighers);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    cs_parts *where = negative                              ? &c->must_not
                      : is_filter(child)                    ? &c->filter
                      : required || child->occur == CS_MUST ? &c->must
                                                            : &c->may;
    return cs_parts_add(where, query, p->error);
}

static bool says_the_same(const cs_node *a, const cs_node *b)
{
    return cs_node_is_leaf(a) && cs_node_is_leaf(b) && a->kind == b->kind && a->field == b->field &&
           a->occur == b->occur && strcmp(a->text, b->text) == 0 &&
           (a->key == NULL || strcmp(a->key, b->key) == 0);
}

/* Whether a leaf says what one before it has said: it costs no more. */
static bool is_repeated(const cs_node *parent, size_t child)
{
    bool repeated = false;
    for (size_t i = 0; i < child && !repeated; i++)
        repeated = says_the_same(parent->children.items[i], parent->children.items[child]);
    return repeated;
}

/* What a leaf weighs for being typed so often: BM25's query term frequency. */
static double repeat_weight(const cs_node *parent, size_t child)
{
    size_t times = 1;
    for (size_t i = child + 1; i < parent->children.count; i++)
        times += says_the_same(parent->children.items[i], parent->children.items[child]);
    double n = (double)times;
    return (cs_bm25_k3 + 1) * n / (cs_bm25_k3 + n);
}

static cs_status plan_list(cs_planner *p, const cs_node *list, bool required, xc_query **ret_query)
{
    CS_SCOPED(clauses) c = {.root = list == p->root};
    cs_status status = CS_OK;
    bool top = p->top;
    for (size_t i = 0; i < list->children.count && status == CS_OK; i++) {
        const cs_node *child = list->children.items[i];
        if (is_repeated(list, i) || (!required && cs_is_ranked_word(list, child)))
            continue;
        p->top = top && is_needed(list, i, required);
        status = add_clause(p, child, repeat_weight(list, i), required, &c);
        p->top = top;
    }
    if (status == CS_OK && !required)
        status = cs_plan_words(p, list, has_content_word(list), &c.may);
    return status == CS_OK ? combine_clauses(p, &c, ret_query) : status;
}

static cs_status plan_or(cs_planner *p, const cs_node *node, xc_query **ret_query)
{
    CS_SCOPED(cs_parts) any = {0};
    cs_status status = CS_OK;
    bool top = p->top;
    p->top = false;
    for (size_t i = 0; i < node->children.count && status == CS_OK; i++) {
        const cs_node *child = node->children.items[i];
        xc_query *query = NULL;
        size_t patterns = p->plan->patterns.count, weighers = p->plan->weighers.count;
        if (cs_node_is_empty(child) || is_repeated(node, i))
            continue;
        status = plan_signed(p, child, &query);
        if (status == CS_OK)
            status = keep_node(p, child, query, patterns, weighers);
        if (status == CS_OK)
            status = cs_parts_add(&any, query, p->error);
        else
            xc_query_free(query);
    }
    p->top = top;
    return status == CS_OK ? cs_parts_combine(XC_OP_OR, &any, ret_query, p->error) : status;
}

/* NOT standing alone: everything else. */
static cs_status plan_not(cs_planner *p, const cs_node *node, xc_query **ret_query)
{
    clauses c = {0};
    cs_status status = add_clause(p, node, 1, true, &c);
    if (status == CS_OK)
        status = combine_clauses(p, &c, ret_query);
    clauses_release(&c);
    return status;
}

static cs_status plan_node(cs_planner *p, const cs_node *node, xc_query **ret_query)
{
    switch (node->kind) {
    case CS_NODE_LIST:
        return plan_list(p, node, p->asking->all, ret_query);
    case CS_NODE_AND:
        return plan_list(p, node, true, ret_query);
    case CS_NODE_OR:
        return plan_or(p, node, ret_query);
    case CS_NODE_NEAR:
        return cs_plan_near(p, node, ret_query);
    case CS_NODE_NOT:
        return plan_not(p, node, ret_query);
    default:
        return cs_plan_leaf(p, node, ret_query);
    }
}

/* Leaves out the passages of dead files. */
static cs_status drop_dead(cs_planner *p, xc_query **query)
{
    cs_docset *dead = calloc(1, sizeof *dead);
    cs_docset **place = dead == NULL ? NULL : CS_PUSH(&p->plan->sets);
    if (place == NULL) {
        free(dead);
        return cs_fail_memory(p->error);
    }
    *place = dead;
    cs_status status = cs_collection_dead(p->collection, dead, p->error);
    if (status != CS_OK || dead->documents == 0)
        return status;
    uint64_t live = p->plan->at_least;
    p->plan->at_least = live > dead->documents ? (uint32_t)(live - dead->documents) : 0;
    xc_error failure;
    xc_query *leaf = NULL;
    status = cs_plan_made(
        xc_query_accept(cs_docset_accept, dead, (uint32_t)dead->documents, &leaf, &failure),
        &failure, p->error);
    return status == CS_OK ? cs_plan_join(XC_OP_AND_NOT, query, leaf, p->error) : status;
}

/* Puts the checks that every passage must pass on top, and keeps the query without. */
static cs_status add_required(cs_planner *p)
{
    cs_search_plan *plan = p->plan;
    xc_error failure;
    if (plan->required.count == 0)
        return CS_OK;
    plan->loose = plan->query;
    plan->query = NULL;
    cs_status status = cs_plan_made(
        xc_query_combine(XC_OP_OR, &plan->loose, 1, &plan->query, &failure), &failure, p->error);
    for (size_t i = 0; i < plan->required.count && status == CS_OK; i++)
        status = cs_plan_filter(&plan->query, plan->required.items[i], p->error);
    return status;
}

/* What finds the passages with every word: the whole query, and all of them. */
static cs_status add_every(cs_planner *p)
{
    xc_error failure;
    xc_query *both[2] = {p->plan->query, p->plan->every}, *joined = NULL;
    if (p->plan->every == NULL)
        return CS_OK;
    cs_status status =
        cs_plan_made(xc_query_combine(XC_OP_AND, both, 2, &joined, &failure), &failure, p->error);
    xc_query_free(p->plan->every);
    p->plan->every = joined;
    return status;
}

/* How many passages match a list of plain words at the least: those with its
 * commonest one. 0 for any other query. */
static cs_status set_at_least(cs_planner *p, const cs_node *tree)
{
    uint32_t most = 0;
    bool drop_stop_words = has_content_word(tree);
    for (size_t i = 0; i < tree->children.count; i++) {
        const cs_node *child = tree->children.items[i];
        if (p->asking->all || !cs_is_ranked_word(tree, child))
            return CS_OK;
        if (!cs_is_plain_word(child))
            continue;
        const char *word = child->words.items[0];
        uint32_t freq = 0;
        xc_error failure;
        if (drop_stop_words && cs_is_stop_word(word))
            continue;
        if (xc_database_term_freq(p->collection->database, word, strlen(word), &freq, &failure) !=
            XC_OK)
            return cs_index_fail(p->error, &failure, "cannot read the index");
        most = freq > most ? freq : most;
    }
    p->plan->at_least = most;
    return CS_OK;
}

cs_status cs_search_plan_make(const cs_collection *collection, const char *query,
                              const cs_node *tree, const cs_asking *asking,
                              cs_search_plan *ret_plan, cs_error *error)
{
    *ret_plan = (cs_search_plan){0};
    cs_planner p = {.collection = collection,
                    .query = query,
                    .root = tree,
                    .asking = asking,
                    .top = true,
                    .terms_left = cs_max_terms,
                    .plan = ret_plan,
                    .error = error};
    cs_status status = plan_node(&p, tree, &ret_plan->query);
    if (status == CS_OK)
        status = set_at_least(&p, tree);
    if (status == CS_OK)
        status = drop_dead(&p, &ret_plan->query);
    if (status == CS_OK)
        status = add_required(&p);
    if (status == CS_OK)
        status = add_every(&p);
    return status;
}

/* *query, which may be NULL, becomes what of it the other finds, too. */
static cs_status keep(xc_query **query, xc_query *only, cs_error *error)
{
    xc_error failure;
    xc_query *both[2] = {*query, only}, *kept = NULL;
    if (*query == NULL)
        return CS_OK;
    cs_status status =
        cs_plan_made(xc_query_combine(XC_OP_FILTER, both, 2, &kept, &failure), &failure, error);
    if (status == CS_OK) {
        xc_query_free(*query);
        *query = kept;
    }
    return status;
}

cs_status cs_search_plan_keep(cs_search_plan *plan, const cs_search_plan *only, bool *ret_done,
                              cs_error *error)
{
    if (plan->loose != NULL || only->loose != NULL)
        return CS_OK;
    cs_status status = keep(&plan->query, only->query, error);
    if (status == CS_OK)
        status = keep(&plan->every, only->query, error);
    plan->at_least = only->at_least;
    *ret_done = status == CS_OK;
    return status;
}
