/* json_explain.c - see json_explain.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_explain.h"

static json_t *strings_of(char *const *items, size_t count)
{
    json_t *strings = json_array();
    for (size_t i = 0; i < count; i++)
        cs_json_append(strings, json_string(items[i]));
    return strings;
}

static json_t *node_of(const cs_node *node)
{
    static const char *const occurs[] = {
        [CS_MAY] = "may", [CS_MUST] = "must", [CS_MUST_NOT] = "must_not"};
    json_t *object =
        json_pack("{s:s,s:s}", "kind", cs_explain_kind(node), "occur", occurs[node->occur]);
    if (node->kind == CS_NODE_NEAR)
        cs_json_set(object, "distance", json_integer(node->distance));
    if (cs_node_is_leaf(node)) {
        cs_json_set(object, "field", json_string(cs_explain_field(node)));
        cs_json_set(object, "typed", json_string(node->text));
        cs_json_set(object, "words", strings_of(node->words.items, node->words.count));
        return object;
    }
    json_t *children = json_array();
    for (size_t i = 0; i < node->children.count; i++)
        cs_json_append(children, node_of(node->children.items[i]));
    cs_json_set(object, "children", children);
    return object;
}

/* The words of the patterns of a kind, or of all but the first. */
static json_t *weigher_of(const cs_search_plan *plan, const cs_weigher *weigher)
{
    json_t *synonyms = json_array(), *apart = json_array(), *words = json_array();
    json_t *joined = json_array();
    for (size_t i = weigher->first; i < weigher->last; i++) {
        const cs_pattern *p = &plan->patterns.items[i];
        json_t *to = i == weigher->first ? words : p->kind == CS_NODE_PHRASE ? apart : synonyms;
        json_t *strings = strings_of(p->words.items, p->words.count);
        json_array_extend(to, strings);
        json_decref(strings);
        for (size_t k = 0; i == weigher->first && k < p->parts.count; k++)
            for (size_t n = 0; n < p->parts.items[k].words.count; n++)
                cs_json_append(words, json_string(p->parts.items[k].words.items[n]));
        for (size_t k = 0; p->joined != NULL && k < p->joined->words.count; k++)
            cs_json_append(joined, json_string(p->joined->words.items[k]));
    }
    return json_pack("{s:s,s:o,s:o,s:o,s:o}", "typed", weigher->typed, "words", words, "joined",
                     joined, "synonyms", synonyms, "apart", apart);
}

json_t *cs_json_explanation(const cs_explanation *e)
{
    json_t *parts = json_array();
    for (size_t i = 0; i < e->plan->weighers.count; i++)
        cs_json_append(parts, weigher_of(e->plan, &e->plan->weighers.items[i]));
    return json_pack("{s:o,s:o,s:s}", "tree", node_of(e->tree), "parts", parts, "xapian",
                     e->xapian);
}

json_t *cs_json_weights(const cs_explanation *e, size_t hit)
{
    const cs_score *s = &e->scores[hit];
    json_t *parts = json_array();
    for (size_t i = 0; i < e->plan->weighers.count; i++)
        cs_json_append(parts, json_real(s->share * cs_explanation_weight(e, hit, i)));
    return json_pack("{s:o,s:f,s:f,s:f,s:f,s:f}", "parts", parts, "all_words",
                     s->share * s->all_words, "share", s->share, "asked", s->asked, "near", s->near,
                     "common", s->common);
}
