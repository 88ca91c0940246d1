/* plan.c - see plan.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "fileset.h"
#include "words.h"

/* A passage with all the words weighs this much more than their sum. */
static const double all_words_bonus = 0.3;

typedef struct planner {
    const cs_collection *collection;
    const char *query;
    bool all;
    size_t terms_left; /* of cs_max_terms */
    cs_search_plan *plan;
    cs_error *error;
} planner;

void cs_search_plan_release(cs_search_plan *plan)
{
    xc_query_free(plan->query);
    for (size_t i = 0; i < plan->patterns.count; i++)
        cs_pattern_release(&plan->patterns.items[i]);
    for (size_t i = 0; i < plan->sets.count; i++) {
        cs_docset_release(plan->sets.items[i]);
        free(plan->sets.items[i]);
    }
    for (size_t i = 0; i < plan->checks.count; i++)
        cs_check_free(plan->checks.items[i]);
    free(plan->patterns.items);
    free(plan->sets.items);
    free(plan->checks.items);
    *plan = (cs_search_plan){0};
}

/* ---- queries of xapian-c ---------------------------------------------------------------- */

/* Parts that are combined and then freed. */
typedef struct parts {
    xc_query **items;
    size_t count, cap;
} parts;

static void parts_release(parts *p)
{
    for (size_t i = 0; i < p->count; i++)
        xc_query_free(p->items[i]);
    free(p->items);
    *p = (parts){0};
}

/* Takes over `query`. */
static cs_status add_part(parts *p, xc_query *query, cs_error *error)
{
    xc_query **place = CS_PUSH(p);
    if (place == NULL) {
        xc_query_free(query);
        return cs_fail_memory(error);
    }
    *place = query;
    return CS_OK;
}

static cs_status made(xc_status status, const xc_error *failure, cs_error *error)
{
    return status == XC_OK ? CS_OK : cs_index_fail(error, failure, "cannot make a query");
}

/* All of `parts` by one operator; of none, nothing. */
static cs_status combine(xc_op op, const parts *p, xc_query **ret_query, cs_error *error)
{
    xc_error failure;
    if (p->count == 0)
        return made(xc_query_nothing(ret_query, &failure), &failure, error);
    return made(xc_query_combine(op, p->items, p->count, ret_query, &failure), &failure, error);
}

/* *query becomes *query <op> `other`; frees both, also on failure. */
static cs_status join(xc_op op, xc_query **query, xc_query *other, cs_error *error)
{
    xc_error failure;
    xc_query *both[2] = {*query, other}, *joined = NULL;
    cs_status status = made(xc_query_combine(op, both, 2, &joined, &failure), &failure, error);
    xc_query_free(*query);
    xc_query_free(other);
    *query = joined;
    return status;
}

/* Multiplies the weights of *query; frees it on failure. */
static cs_status scale(xc_query **query, double factor, cs_error *error)
{
    xc_error failure;
    xc_query *scaled = NULL;
    cs_status status = made(xc_query_scale(*query, factor, &scaled, &failure), &failure, error);
    xc_query_free(*query);
    *query = scaled;
    return status;
}

/* ---- checks -------------------------------------------------------------------------------- */

/* *query, where the pattern is in the text too. */
static cs_status add_check(planner *p, const cs_pattern *pattern, bool headings_only, size_t column,
                           xc_query **query)
{
    if (p->plan->checks.count >= cs_max_phrases)
        return cs_query_fail(p->error, p->query, column, "more than %d phrases and headings",
                             cs_max_phrases);
    cs_check *check = cs_check_new(p->collection, pattern, headings_only);
    cs_check **place = check == NULL ? NULL : CS_PUSH(&p->plan->checks);
    if (place == NULL) {
        cs_check_free(check);
        return cs_fail_memory(p->error);
    }
    *place = check;
    xc_error failure;
    xc_query *leaf = NULL;
    cs_status status = made(xc_query_accept(cs_check_accept, check, UINT32_MAX, &leaf, &failure),
                            &failure, p->error);
    return status == CS_OK ? join(XC_OP_FILTER, query, leaf, p->error) : status;
}

/* ---- leaves -------------------------------------------------------------------------------- */

static cs_status keep_pattern(planner *p, const cs_pattern *pattern)
{
    cs_pattern *kept = CS_PUSH(&p->plan->patterns);
    if (kept == NULL || !cs_pattern_copy(pattern, kept))
        return cs_fail_memory(p->error);
    return CS_OK;
}

/* Every word of a phrase, exactly. */
static cs_status phrase_words(planner *p, const cs_node *leaf, xc_query **ret_query,
                              double *ret_weight)
{
    CS_SCOPED(parts) words = {0};
    cs_status status = CS_OK;
    *ret_weight = 0;
    for (size_t i = 0; i < leaf->words.count && status == CS_OK; i++) {
        xc_query *word = NULL;
        double weight;
        status = cs_words_query(p->collection, CS_FIELD_TEXT, NULL, &leaf->words.items[i], 1, NULL,
                                &word, &weight, p->error);
        if (status == CS_OK)
            status = add_part(&words, word, p->error);
        *ret_weight += weight;
    }
    return status == CS_OK ? combine(XC_OP_AND, &words, ret_query, p->error) : status;
}

static cs_status fill_pattern(planner *p, const cs_node *leaf, cs_pattern *pattern)
{
    pattern->kind = leaf->kind;
    if (leaf->kind == CS_NODE_WORD && p->terms_left >= cs_max_forms)
        return cs_words_add_forms(p->collection, leaf->words.items[0], pattern, p->error);
    for (size_t i = 0; i < leaf->words.count; i++)
        if (!cs_pattern_add_word(pattern, cs_view_of(leaf->words.items[i])))
            return cs_fail_memory(p->error);
    if (leaf->joined != NULL && (pattern->joined = strdup(leaf->joined)) == NULL)
        return cs_fail_memory(p->error);
    return CS_OK;
}

static void use_terms(planner *p, size_t count)
{
    p->terms_left -= count < p->terms_left ? count : p->terms_left;
}

/* "GPT-4", or gpt4 in one word. */
static cs_status add_joined(planner *p, const cs_node *leaf, xc_query **query)
{
    xc_query *joined = NULL;
    double weight;
    cs_status status = cs_words_query(p->collection, CS_FIELD_TEXT, NULL, (char **)&leaf->joined, 1,
                                      NULL, &joined, &weight, p->error);
    return status == CS_OK ? join(XC_OP_OR, query, joined, p->error) : status;
}

/* The words of the index that begin so, as far as the query may still grow. */
static cs_status expansions(planner *p, const cs_node *leaf, double *ret_weight,
                            xc_query **ret_query)
{
    CS_SCOPED(cs_pattern) expanded = {0};
    size_t max = p->terms_left < cs_max_expansions ? p->terms_left : cs_max_expansions;
    if (max == 0)
        return cs_query_fail(p->error, p->query, leaf->column,
                             "this and what stands before it mean more than %d words of the index",
                             cs_max_terms);
    cs_status status = cs_words_expand(p->collection, CS_FIELD_TEXT, NULL, leaf->words.items[0],
                                       max, &expanded, p->error);
    use_terms(p, expanded.words.count);
    if (status == CS_OK)
        status = cs_words_query(p->collection, CS_FIELD_TEXT, NULL, expanded.words.items,
                                expanded.words.count, leaf->words.items[0], ret_query, ret_weight,
                                p->error);
    return status;
}

/* Candidates of a leaf by its words alone. */
static cs_status candidates(planner *p, const cs_node *leaf, cs_pattern *pattern,
                            xc_query **ret_query)
{
    if (leaf->kind == CS_NODE_PREFIX)
        return expansions(p, leaf, &pattern->weight, ret_query);
    use_terms(p, pattern->words.count);
    if (leaf->kind == CS_NODE_PHRASE)
        return phrase_words(p, leaf, ret_query, &pattern->weight);
    return cs_words_query(p->collection, CS_FIELD_TEXT, NULL, pattern->words.items,
                          pattern->words.count, leaf->words.items[0], ret_query, &pattern->weight,
                          p->error);
}

static cs_status plan_text(planner *p, const cs_node *leaf, xc_query **ret_query)
{
    CS_SCOPED(cs_pattern) pattern = {0};
    bool headings_only = leaf->field == CS_FIELD_HEADING;
    cs_status status = fill_pattern(p, leaf, &pattern);
    if (status == CS_OK)
        status = candidates(p, leaf, &pattern, ret_query);
    bool in_a_row = leaf->kind == CS_NODE_PHRASE && leaf->words.count > 1;
    if (status == CS_OK && (in_a_row || headings_only))
        status = add_check(p, &pattern, headings_only, leaf->column, ret_query);
    if (status == CS_OK && leaf->joined != NULL && !headings_only)
        status = add_joined(p, leaf, ret_query);
    if (status == CS_OK && !headings_only)
        status = keep_pattern(p, &pattern);
    return status;
}

static cs_status plan_files(planner *p, const cs_node *leaf, xc_query **ret_query)
{
    if (p->plan->sets.count >= cs_max_filters)
        return cs_query_fail(p->error, p->query, leaf->column, "more than %d filters on studies",
                             cs_max_filters);
    cs_docset *set = calloc(1, sizeof *set);
    cs_docset **place = set == NULL ? NULL : CS_PUSH(&p->plan->sets);
    if (place == NULL) {
        free(set);
        return cs_fail_memory(p->error);
    }
    *place = set;
    cs_status status = cs_fileset_make(p->collection, p->query, leaf, set, p->error);
    if (status != CS_OK)
        return status;
    xc_error failure;
    uint32_t estimate = set->documents < UINT32_MAX ? (uint32_t)set->documents : UINT32_MAX - 1;
    return made(xc_query_accept(cs_docset_accept, set, estimate, ret_query, &failure), &failure,
                p->error);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static bool is_file_field(cs_field field)
{
    return field == CS_FIELD_TITLE || field == CS_FIELD_META || field == CS_FIELD_PATH ||
           field == CS_FIELD_FILE;
}

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

static cs_status plan_node(planner *p, const cs_node *node, xc_query **ret_query);

/* What a list, or an AND, is made of. */
typedef struct clauses {
    parts must, may, filter, must_not;
    parts pairs; /* words joined into one; any of them as well, but never all */
} clauses;

static void clauses_release(clauses *c)
{
    parts_release(&c->must);
    parts_release(&c->may);
    parts_release(&c->filter);
    parts_release(&c->must_not);
    parts_release(&c->pairs);
}

static cs_status everything(xc_query **ret_query, cs_error *error)
{
    xc_error failure;
    return made(xc_query_all(ret_query, &failure), &failure, error);
}

/* *query <op> all of `other`. */
static cs_status join_all(xc_op op, xc_op inner, xc_query **query, const parts *other,
                          cs_error *error)
{
    xc_query *all = NULL;
    if (other->count == 0)
        return CS_OK;
    cs_status status = combine(inner, other, &all, error);
    return status == CS_OK ? join(op, query, all, error) : status;
}

/* Any of the words; all of them are better. */
static cs_status combine_words(planner *p, const clauses *c, xc_query **query)
{
    xc_query *all = NULL;
    cs_status status = combine(XC_OP_OR, &c->may, query, p->error);
    if (status == CS_OK)
        status = join_all(XC_OP_OR, XC_OP_OR, query, &c->pairs, p->error);
    if (status != CS_OK || c->may.count < 2)
        return status;
    status = combine(XC_OP_AND, &c->may, &all, p->error);
    if (status == CS_OK)
        status = scale(&all, all_words_bonus, p->error);
    return status == CS_OK ? join(XC_OP_AND_MAYBE, query, all, p->error) : status;
}

static cs_status combine_clauses(planner *p, clauses *c, xc_query **ret_query)
{
    xc_query *query = NULL;
    cs_status status;
    if (c->must.count > 0) {
        status = combine(XC_OP_AND, &c->must, &query, p->error);
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

static bool is_plain_word(const cs_node *node)
{
    return node->kind == CS_NODE_WORD && node->field == CS_FIELD_TEXT && node->occur == CS_MAY;
}

/* Whether a list has a word worth ranking by. */
static bool has_content_word(const cs_node *list)
{
    for (size_t i = 0; i < list->children.count; i++) {
        const cs_node *child = list->children.items[i];
        if (child->occur != CS_MUST_NOT && !is_filter(child) &&
            !(is_plain_word(child) && cs_is_stop_word(child->words.items[0])))
            return true;
    }
    return false;
}

static cs_status plan_not(planner *p, const cs_node *node, xc_query **ret_query);

/* A node with its sign: "-x" is as NOT x. */
static cs_status plan_signed(planner *p, const cs_node *node, xc_query **ret_query)
{
    return node->occur == CS_MUST_NOT ? plan_not(p, node, ret_query)
                                      : plan_node(p, node, ret_query);
}

/* What `child` excludes. Words that are not to be found must not be marked either. */
static cs_status plan_excluded(planner *p, const cs_node *child, xc_query **ret_query)
{
    size_t patterns = p->plan->patterns.count;
    cs_status status = child->kind == CS_NODE_NOT
                           ? plan_signed(p, child->children.items[0], ret_query)
                           : plan_node(p, child, ret_query);
    while (p->plan->patterns.count > patterns)
        cs_pattern_release(&p->plan->patterns.items[--p->plan->patterns.count]);
    return status;
}

/* A leaf without a word in it, such as a dash, says nothing. */
static bool is_empty(const cs_node *node)
{
    return cs_node_is_leaf(node) && node->kind != CS_NODE_GLOB && node->words.count == 0;
}

static cs_status add_clause(planner *p, const cs_node *child, bool required, clauses *c)
{
    xc_query *query = NULL;
    bool negative = child->occur == CS_MUST_NOT;
    const cs_node *node = child->kind == CS_NODE_NOT ? child->children.items[0] : child;
    if (is_empty(node))
        return CS_OK;
    cs_status status = negative ? plan_excluded(p, child, &query) : plan_node(p, child, &query);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    parts *where = negative                              ? &c->must_not
                   : is_filter(child)                    ? &c->filter
                   : required || child->occur == CS_MUST ? &c->must
                                                         : &c->may;
    return add_part(where, query, p->error);
}

/* "lending club" is LendingClub too, if the index has that word. */
static cs_status add_pair(planner *p, const cs_node *first, const cs_node *second, clauses *c)
{
    CS_SCOPED(cs_buf) joined = {.limit = cs_max_term};
    cs_buf_add_string(&joined, first->words.items[0]);
    cs_buf_add_string(&joined, second->words.items[0]);
    uint32_t freq = 0;
    xc_error failure;
    if (cs_buf_status(&joined) != CS_OK)
        return CS_OK;
    if (xc_database_term_freq(p->collection->database, joined.data, joined.len, &freq, &failure) !=
        XC_OK)
        return cs_index_fail(p->error, &failure, "cannot read the index");
    if (freq == 0)
        return CS_OK;
    CS_SCOPED(cs_pattern) pattern = {.kind = CS_NODE_WORD};
    xc_query *query = NULL;
    if (!cs_pattern_add_word(&pattern, cs_buf_view(&joined)))
        return cs_fail_memory(p->error);
    cs_status status = cs_words_query(p->collection, CS_FIELD_TEXT, NULL, &joined.data, 1, NULL,
                                      &query, &pattern.weight, p->error);
    if (status == CS_OK)
        status = keep_pattern(p, &pattern);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    return add_part(&c->pairs, query, p->error);
}

/* Whether a leaf says what one before it has said: a word typed twice weighs as
 * once, and costs no more. */
static bool is_repeated(const cs_node *parent, size_t child)
{
    const cs_node *leaf = parent->children.items[child];
    if (!cs_node_is_leaf(leaf))
        return false;
    for (size_t i = 0; i < child; i++) {
        const cs_node *other = parent->children.items[i];
        if (other->kind == leaf->kind && other->field == leaf->field &&
            other->occur == leaf->occur && strcmp(other->text, leaf->text) == 0 &&
            (leaf->key == NULL || strcmp(other->key, leaf->key) == 0))
            return true;
    }
    return false;
}

static cs_status plan_list(planner *p, const cs_node *list, bool required, xc_query **ret_query)
{
    CS_SCOPED(clauses) c = {0};
    cs_status status = CS_OK;
    bool drop_stop_words = !required && has_content_word(list);
    for (size_t i = 0; i < list->children.count && status == CS_OK; i++) {
        const cs_node *child = list->children.items[i];
        const cs_node *next = i + 1 < list->children.count ? list->children.items[i + 1] : NULL;
        bool plain = is_plain_word(child);
        if (is_repeated(list, i) ||
            (plain && drop_stop_words && cs_is_stop_word(child->words.items[0])))
            continue;
        status = add_clause(p, child, required, &c);
        if (status == CS_OK && plain && !required && next != NULL && is_plain_word(next))
            status = add_pair(p, child, next, &c);
    }
    return status == CS_OK ? combine_clauses(p, &c, ret_query) : status;
}

static cs_status plan_or(planner *p, const cs_node *node, xc_query **ret_query)
{
    CS_SCOPED(parts) any = {0};
    cs_status status = CS_OK;
    for (size_t i = 0; i < node->children.count && status == CS_OK; i++) {
        const cs_node *child = node->children.items[i];
        xc_query *query = NULL;
        if (is_empty(child) || is_repeated(node, i))
            continue;
        status = plan_signed(p, child, &query);
        if (status == CS_OK)
            status = add_part(&any, query, p->error);
    }
    return status == CS_OK ? combine(XC_OP_OR, &any, ret_query, p->error) : status;
}

/* NOT standing alone: everything else. */
static cs_status plan_not(planner *p, const cs_node *node, xc_query **ret_query)
{
    clauses c = {0};
    cs_status status = add_clause(p, node, true, &c);
    if (status == CS_OK)
        status = combine_clauses(p, &c, ret_query);
    clauses_release(&c);
    return status;
}

static cs_status plan_node(planner *p, const cs_node *node, xc_query **ret_query)
{
    switch (node->kind) {
    case CS_NODE_LIST:
        return plan_list(p, node, p->all, ret_query);
    case CS_NODE_AND:
        return plan_list(p, node, true, ret_query);
    case CS_NODE_OR:
        return plan_or(p, node, ret_query);
    case CS_NODE_NOT:
        return plan_not(p, node, ret_query);
    default:
        return is_file_field(node->field) ? plan_files(p, node, ret_query)
                                          : plan_text(p, node, ret_query);
    }
}

/* Leaves out the passages of dead files. */
static cs_status drop_dead(planner *p, xc_query **query)
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
    status =
        made(xc_query_accept(cs_docset_accept, dead, (uint32_t)dead->documents, &leaf, &failure),
             &failure, p->error);
    return status == CS_OK ? join(XC_OP_AND_NOT, query, leaf, p->error) : status;
}

/* How many passages match a list of plain words at the least: those with its
 * commonest one. 0 for any other query. */
static cs_status set_at_least(planner *p, const cs_node *tree)
{
    uint32_t most = 0;
    bool drop_stop_words = has_content_word(tree);
    for (size_t i = 0; i < tree->children.count; i++) {
        const cs_node *child = tree->children.items[i];
        if (p->all || !is_plain_word(child))
            return CS_OK;
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
                              const cs_node *tree, bool all, cs_search_plan *ret_plan,
                              cs_error *error)
{
    *ret_plan = (cs_search_plan){0};
    planner p = {collection, query, all, cs_max_terms, ret_plan, error};
    cs_status status = plan_node(&p, tree, &ret_plan->query);
    if (status == CS_OK)
        status = set_at_least(&p, tree);
    if (status == CS_OK)
        status = drop_dead(&p, &ret_plan->query);
    return status;
}
