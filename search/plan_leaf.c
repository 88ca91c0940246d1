/* plan_leaf.c - see plan_work.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "fileset.h"
#include "plan_work.h"
#include "words.h"

/* ---- checks ------------------------------------------------------------------------ */

cs_status cs_plan_filter(xc_query **query, cs_check *check, cs_error *error)
{
    xc_error failure;
    xc_query *leaf = NULL;
    cs_status status = cs_plan_made(
        xc_query_accept(cs_check_accept, check, UINT32_MAX, &leaf, &failure), &failure, error);
    return status == CS_OK ? cs_plan_join(XC_OP_FILTER, query, leaf, error) : status;
}

/* *query, where the pattern is in the text too. What every passage must pass is left to
 * the end of planning. */
static cs_status add_check(cs_planner *p, const cs_pattern *pattern, cs_check_where where,
                           bool required, size_t column, xc_query **query)
{
    if (p->plan->checks.count >= cs_max_phrases)
        return cs_query_fail(p->error, p->query, column, "more than %d phrases, NEARs and headings",
                             cs_max_phrases);
    cs_check *check = cs_check_new(p->collection, pattern, where);
    cs_check **place = check == NULL ? NULL : CS_PUSH(&p->plan->checks);
    if (place == NULL) {
        cs_check_free(check);
        return cs_fail_memory(p->error);
    }
    *place = check;
    if (!required)
        return cs_plan_filter(query, check, p->error);
    cs_check **kept = CS_PUSH(&p->plan->required);
    if (kept == NULL)
        return cs_fail_memory(p->error);
    *kept = check;
    return CS_OK;
}

/* ---- work -------------------------------------------------------------------------- */

/* How many passages have the rarest of the words, as they were typed, or all if it begins words. */
static cs_status rarest(cs_planner *p, const cs_node *leaf, uint32_t *ret_freq)
{
    *ret_freq = p->collection->documents;
    for (size_t i = 0; i < leaf->words.count && leaf->kind != CS_NODE_PREFIX; i++) {
        const char *word = leaf->words.items[i];
        uint32_t freq;
        xc_error failure;
        if (xc_database_term_freq(p->collection->database, word, strlen(word), &freq, &failure) !=
            XC_OK)
            return cs_index_fail(p->error, &failure, "cannot read the index");
        *ret_freq = freq < *ret_freq ? freq : *ret_freq;
    }
    return CS_OK;
}

enum { free_leaves = 32, free_checks = 2, check_work = 60 };

/* Counts what a leaf, or a NEAR of which it is the first, costs; a check is a look at the text.
 * The first ones are free, so that nothing that a person types is refused. */
static cs_status spend(cs_planner *p, const cs_node *leaf, bool check)
{
    uint32_t freq;
    if (p->ranked || (check ? p->plan->checks.count <= free_checks : p->leaves++ < free_leaves))
        return CS_OK;
    cs_status status = rarest(p, leaf, &freq);
    p->work += (uint64_t)freq * (check ? check_work : 1);
    if (status != CS_OK || p->work <= cs_max_work)
        return status;
    return cs_query_fail(p->error, p->query, leaf->column,
                         "too many words, phrases or NEARs that most passages have");
}

cs_status cs_plan_affords(cs_planner *p, const cs_node *phrase, bool *ret_affords)
{
    uint32_t freq = 0;
    bool is_free = p->plan->checks.count < free_checks;
    cs_status status = is_free ? CS_OK : rarest(p, phrase, &freq);
    *ret_affords = is_free || p->work + (uint64_t)freq * check_work <= cs_max_work;
    return status;
}

/* ---- leaves ------------------------------------------------------------------------ */

/* The field whose terms are looked up: headings have none of their own. */
static cs_field term_field(const cs_node *leaf)
{
    return leaf->field == CS_FIELD_CITE ? CS_FIELD_CITE : CS_FIELD_TEXT;
}

/* Every word of a phrase, exactly. */
static cs_status phrase_words(cs_planner *p, const cs_node *leaf, xc_query **ret_query,
                              double *ret_weight)
{
    CS_SCOPED(cs_parts) words = {0};
    cs_status status = CS_OK;
    *ret_weight = 0;
    for (size_t i = 0; i < leaf->words.count && status == CS_OK; i++) {
        xc_query *word = NULL;
        double weight;
        status = cs_words_query(p->collection, term_field(leaf), NULL, &leaf->words.items[i], 1,
                                NULL, &word, &weight, p->error);
        if (status == CS_OK)
            status = cs_parts_add(&words, word, p->error);
        *ret_weight += weight;
        p->plan->unknown = p->plan->unknown || weight == 0;
    }
    return status == CS_OK ? cs_parts_combine(XC_OP_AND, &words, ret_query, p->error) : status;
}

/* Whether a word stands for its other forms too. */
static bool takes_forms(const cs_planner *p)
{
    return !p->asking->exact && p->terms_left >= cs_max_forms;
}

/* What the word makes with those beside it. */
static cs_status add_extra(cs_planner *p, cs_pattern *pattern)
{
    for (size_t i = 0; p->joined != NULL && i < p->joined->words.count; i++)
        if (!cs_pattern_add_word(pattern, cs_view_of(p->joined->words.items[i])))
            return cs_fail_memory(p->error);
    return CS_OK;
}

static cs_status fill_pattern(cs_planner *p, const cs_node *leaf, cs_pattern *pattern)
{
    pattern->kind = leaf->kind;
    pattern->overlaps = leaf->overlaps;
    if (leaf->kind == CS_NODE_WORD && takes_forms(p)) {
        cs_status status =
            cs_words_add_forms(p->collection, leaf->words.items[0], pattern, p->error);
        return status == CS_OK ? add_extra(p, pattern) : status;
    }
    for (size_t i = 0; i < leaf->words.count; i++)
        if (!cs_pattern_add_word(pattern, cs_view_of(leaf->words.items[i])))
            return cs_fail_memory(p->error);
    bool forms = !leaf->quoted && takes_forms(p);
    return cs_words_add_joined(p->collection, leaf, forms, pattern, p->error);
}

void cs_plan_use_terms(cs_planner *planner, size_t count)
{
    planner->terms_left -= count < planner->terms_left ? count : planner->terms_left;
}

/* "GPT-4", or gpt4 in one word. */
static cs_status add_joined(cs_planner *p, const cs_node *leaf, const cs_pattern *pattern,
                            xc_query **query)
{
    xc_query *joined = NULL;
    double weight;
    cs_plan_use_terms(p, pattern->words.count);
    cs_status status = cs_words_query(p->collection, term_field(leaf), NULL, pattern->words.items,
                                      pattern->words.count, NULL, &joined, &weight, p->error);
    return status == CS_OK ? cs_plan_join(XC_OP_OR, query, joined, p->error) : status;
}

/* Adds the terms of a field that begin so, as far as the query may still grow. */
static cs_status expand(cs_planner *p, const cs_node *leaf, cs_field field, const char *begin,
                        cs_pattern *expanded)
{
    size_t max = p->terms_left < cs_max_expansions ? p->terms_left : cs_max_expansions;
    if (max == 0)
        return cs_query_fail(p->error, p->query, leaf->column,
                             "this and what stands before it mean more than %d words of the index",
                             cs_max_terms);
    cs_status status = cs_words_expand(p->collection, field, NULL, begin, max, expanded, p->error);
    cs_plan_use_terms(p, expanded->words.count);
    return status;
}

/* A prefix: the words of the index that begin so. */
static cs_status expansions(cs_planner *p, const cs_node *leaf, double *ret_weight,
                            xc_query **ret_query)
{
    CS_SCOPED(cs_pattern) expanded = {0};
    cs_status status = expand(p, leaf, term_field(leaf), leaf->words.items[0], &expanded);
    if (status == CS_OK)
        status = cs_words_query(p->collection, term_field(leaf), NULL, expanded.words.items,
                                expanded.words.count, leaf->words.items[0], ret_query, ret_weight,
                                p->error);
    return status;
}

/* Candidates of a leaf by its words alone. */
static cs_status candidates(cs_planner *p, const cs_node *leaf, cs_pattern *pattern,
                            xc_query **ret_query)
{
    if (leaf->kind == CS_NODE_PREFIX)
        return expansions(p, leaf, &pattern->weight, ret_query);
    cs_plan_use_terms(p, pattern->words.count);
    if (leaf->kind == CS_NODE_PHRASE)
        return phrase_words(p, leaf, ret_query, &pattern->weight);
    cs_status status = cs_words_query(p->collection, term_field(leaf), NULL, pattern->words.items,
                                      pattern->words.count, leaf->words.items[0], ret_query,
                                      &pattern->weight, p->error);
    p->plan->unknown = p->plan->unknown || pattern->weight == 0;
    return status;
}

static cs_check_where where_of(cs_field field)
{
    return field == CS_FIELD_HEADING ? CS_IN_HEADINGS
           : field == CS_FIELD_CITE  ? CS_IN_SOURCES
                                     : CS_IN_TEXT;
}

/* What is to be marked in the results. Takes the pattern of a cite: over. */
static cs_status keep_found(cs_planner *p, const cs_node *leaf, cs_pattern *pattern)
{
    if (leaf->field == CS_FIELD_TEXT)
        return cs_plan_keep_pattern(p, pattern);
    if (leaf->field != CS_FIELD_CITE)
        return CS_OK;
    cs_cited *cited = CS_PUSH(&p->plan->cited);
    if (cited == NULL)
        return cs_fail_memory(p->error);
    *cited = (cs_cited){.pattern = *pattern};
    *pattern = (cs_pattern){0};
    return CS_OK;
}

/* Words, phrases and prefixes in the text, in headings, in sources. */
static cs_status plan_text(cs_planner *p, const cs_node *leaf, xc_query **ret_query)
{
    CS_SCOPED(cs_pattern) pattern = {0};
    cs_check_where where = where_of(leaf->field);
    cs_status status = fill_pattern(p, leaf, &pattern);
    if (status == CS_OK)
        status = candidates(p, leaf, &pattern, ret_query);
    bool in_a_row = leaf->kind == CS_NODE_PHRASE && leaf->words.count > 1;
    bool joined = pattern.joined != NULL;
    if (status == CS_OK && joined && where == CS_IN_HEADINGS)
        status = add_joined(p, leaf, pattern.joined,
                            ret_query); /* it may stand elsewhere: to be checked too */
    bool required = p->top && where == CS_IN_TEXT && !joined;
    bool checked = in_a_row || where == CS_IN_HEADINGS;
    if (status == CS_OK && checked)
        status = add_check(p, &pattern, where, required, leaf->column, ret_query);
    if (status == CS_OK)
        status = spend(p, leaf, checked);
    if (status == CS_OK && joined && where != CS_IN_HEADINGS)
        status = add_joined(p, leaf, pattern.joined, ret_query);
    return status == CS_OK ? keep_found(p, leaf, &pattern) : status;
}

/* ---- NEAR -------------------------------------------------------------------------- */

/* One operand: adds its leaves to the pattern, the queries of their words to `any`. */
static cs_status add_near_leaves(cs_planner *p, const cs_node *node, unsigned operand,
                                 cs_pattern *near, cs_parts *any, double *weight)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < node->children.count && status == CS_OK; i++)
        status = add_near_leaves(p, node->children.items[i], operand, near, any, weight);
    if (!cs_node_is_leaf(node))
        return status;
    cs_pattern *part = CS_PUSH(&near->parts);
    if (part == NULL)
        return cs_fail_memory(p->error);
    part->operand = operand;
    status = fill_pattern(p, node, part);
    xc_query *query = NULL;
    if (status == CS_OK)
        status = candidates(p, node, part, &query);
    if (status == CS_OK && part->joined != NULL)
        status = add_joined(p, node, part->joined, &query);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    *weight = part->weight > *weight ? part->weight : *weight;
    return cs_parts_add(any, query, p->error);
}

static cs_status add_near_operand(cs_planner *p, const cs_node *node, unsigned operand,
                                  cs_pattern *near, cs_parts *all, double *ret_weight)
{
    CS_SCOPED(cs_parts) any = {0};
    xc_query *query = NULL;
    *ret_weight = 0;
    cs_status status = add_near_leaves(p, node, operand, near, &any, ret_weight);
    if (status == CS_OK)
        status = cs_parts_combine(XC_OP_OR, &any, &query, p->error);
    return status == CS_OK ? cs_parts_add(all, query, p->error) : status;
}

/* All operands, where the check finds them near each other. Each is marked, and weighs,
 * on its own. */
cs_status cs_plan_near(cs_planner *p, const cs_node *node, xc_query **ret_query)
{
    CS_SCOPED(cs_pattern) near = {.kind = CS_NODE_NEAR, .distance = node->distance};
    CS_SCOPED(cs_parts) all = {0};
    double weights[cs_max_near_operands];
    const cs_node *leaf = node;
    cs_status status = CS_OK;
    unsigned count = (unsigned)node->children.count;
    while (!cs_node_is_leaf(leaf))
        leaf = leaf->children.items[0];
    for (unsigned i = 0; i < count && status == CS_OK; i++)
        status = add_near_operand(p, node->children.items[i], i, &near, &all, &weights[i]);
    if (status == CS_OK)
        status = cs_parts_combine(XC_OP_AND, &all, ret_query, p->error);
    cs_check_where where = where_of(leaf->field);
    if (status == CS_OK)
        status = add_check(p, &near, where, p->top && where == CS_IN_TEXT, node->column, ret_query);
    if (status == CS_OK)
        status = spend(p, leaf, true);
    if (leaf->field == CS_FIELD_CITE)
        return status == CS_OK ? keep_found(p, leaf, &near) : status;
    for (unsigned i = 0; i < count && status == CS_OK; i++) {
        near.operand = i;
        near.weight = weights[i];
        status = keep_found(p, leaf, &near);
    }
    return status;
}

/* ---- filters ----------------------------------------------------------------------- */

static cs_status count_filter(cs_planner *p, const cs_node *leaf)
{
    if (p->filters++ < cs_max_filters)
        return CS_OK;
    return cs_query_fail(p->error, p->query, leaf->column,
                         "more than %d filters on studies and sites", cs_max_filters);
}

/* Passages that rest on a source of a site. */
static cs_status plan_site(cs_planner *p, const cs_node *leaf, xc_query **ret_query)
{
    CS_SCOPED(cs_buf) site = {.limit = cs_max_site};
    CS_SCOPED(cs_pattern) names = {0};
    bool begins = false;
    double weight;
    cs_cited_add_site(&site, leaf->text, &begins);
    if (site.len == 0 || cs_buf_status(&site) == CS_LIMIT)
        return cs_query_fail(p->error, p->query, leaf->column, "site: needs a site, as in %s",
                             "site:example.com");
    cs_cited *cited = CS_PUSH(&p->plan->cited);
    if (cited == NULL || (cited->site = cs_copy_string(cs_buf_view(&site))) == NULL)
        return cs_fail_memory(p->error);
    cited->begins = begins;
    if (begins) {
        cs_status status = expand(p, leaf, CS_FIELD_SITE, site.data, &names);
        if (status != CS_OK)
            return status;
    } else if (!cs_pattern_add_word(&names, cs_buf_view(&site))) {
        return cs_fail_memory(p->error);
    }
    return cs_words_query(p->collection, CS_FIELD_SITE, NULL, names.words.items, names.words.count,
                          NULL, ret_query, &weight, p->error);
}

static cs_status plan_files(cs_planner *p, const cs_node *leaf, xc_query **ret_query)
{
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
    return cs_plan_made(xc_query_accept(cs_docset_accept, set, estimate, ret_query, &failure),
                        &failure, p->error);
}

/* Whether a field picks whole files, or passages whatever they say. */
static bool is_file_field(cs_field field)
{
    return field == CS_FIELD_TITLE || field == CS_FIELD_META || field == CS_FIELD_PATH ||
           field == CS_FIELD_FILE || field == CS_FIELD_IN || field == CS_FIELD_LANG;
}

cs_status cs_plan_leaf(cs_planner *planner, const cs_node *leaf, xc_query **ret_query)
{
    bool site = leaf->field == CS_FIELD_SITE;
    if (!site && !is_file_field(leaf->field))
        return plan_text(planner, leaf, ret_query);
    cs_status status = count_filter(planner, leaf);
    if (status != CS_OK)
        return status;
    return site ? plan_site(planner, leaf, ret_query) : plan_files(planner, leaf, ret_query);
}
