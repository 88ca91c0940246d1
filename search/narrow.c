/* narrow.c - see narrow.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "narrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "listing.h"

/* ---- reading ----------------------------------------------------------------------- */

/* So many days, weeks, months or years before today, as ISO 8601. */
static bool read_age(const char *text, char day[16])
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || text[0] < '0' || text[0] > '9' || number > 100000 || end[0] == '\0' ||
        end[1] != '\0')
        return false;
    time_t now = time(NULL);
    struct tm date;
    localtime_r(&now, &date);
    date.tm_hour = 12; /* no change of the clocks makes it another day */
    date.tm_isdst = -1;
    switch (end[0]) {
    case 'd':
        date.tm_mday -= (int)number;
        break;
    case 'w':
        date.tm_mday -= 7 * (int)number;
        break;
    case 'm':
        date.tm_mon -= (int)number;
        break;
    case 'y':
        date.tm_year -= (int)number;
        break;
    default:
        return false;
    }
    return mktime(&date) != (time_t)-1 && strftime(day, 16, "%Y-%m-%d", &date) > 0;
}

cs_status cs_narrow_read_since(const char *text, cs_value *ret_since, cs_error *error)
{
    char day[16];
    int32_t first, last;
    cs_value value = cs_value_read(cs_view_of(read_age(text, day) ? day : text), false);
    if (cs_value_days(&value, &first, &last)) {
        *ret_since = value;
        return CS_OK;
    }
    cs_fail(error, CS_USAGE, "--since: not a date: %s", text);
    cs_hint(error, "2021, 2021-06, 2021-06-30, or an age such as 30d, 6w, 18m or 2y");
    return CS_USAGE;
}

/* ---- the tree ---------------------------------------------------------------------- */

static cs_node *new_node(cs_node_kind kind)
{
    cs_node *node = calloc(1, sizeof *node);
    if (node != NULL)
        node->kind = kind;
    return node;
}

/* Gives a node to its parent; frees it and returns false without memory. */
static bool adopt(cs_node *parent, cs_node *child)
{
    cs_node **slot = child == NULL ? NULL : CS_PUSH(&parent->children);
    if (slot == NULL) {
        cs_node_free(child);
        return false;
    }
    *slot = child;
    return true;
}

static bool add_globs(const cs_narrowing *n, cs_node *tree)
{
    cs_node *any = new_node(CS_NODE_OR);
    bool ok = any != NULL;
    for (size_t i = 0; i < n->glob_count && ok; i++) {
        cs_node *leaf = new_node(CS_NODE_GLOB);
        if (leaf != NULL) {
            leaf->field = CS_FIELD_PATH;
            leaf->text = strdup(n->globs[i]);
        }
        ok = leaf != NULL && leaf->text != NULL;
        if (ok)
            ok = adopt(any, leaf);
        else
            cs_node_free(leaf);
    }
    if (ok)
        return adopt(tree, any);
    cs_node_free(any);
    return false;
}

/* Whether a key of front matter is a number or a date in some study. */
static bool has_values(const cs_collection *c, const char *key)
{
    for (size_t i = 0; i < c->shard_count; i++) {
        const cs_store *store = c->shards[i].store;
        size_t at = cs_store_key(store, cs_view_of(key));
        if (at < store->keys.count && store->typed.items[at].count > 0)
            return true;
    }
    return false;
}

static cs_node *since_leaf(const char *key, const cs_value *since)
{
    cs_node *leaf = new_node(CS_NODE_RANGE);
    if (leaf == NULL)
        return NULL;
    leaf->field = CS_FIELD_META;
    leaf->key = strdup(key);
    leaf->text = strdup("since");
    leaf->range.lower = (cs_bound){.given = true, .value = *since};
    if (leaf->key != NULL && leaf->text != NULL)
        return leaf;
    cs_node_free(leaf);
    return NULL;
}

/* Studies dated so by a key, that have no date in one before it: the first of a study's dates is
 * its date, as cs_listing_date has it. NULL without memory. */
static cs_node *dated_by(const cs_collection *c, size_t key, const cs_value *since)
{
    const cs_value ever = cs_value_read(cs_view_of("0001-01-01"), false);
    cs_node *all = new_node(CS_NODE_AND);
    bool ok = all != NULL && adopt(all, since_leaf(cs_date_keys[key], since));
    for (size_t i = 0; i < key && ok; i++) {
        if (!has_values(c, cs_date_keys[i]))
            continue;
        cs_node *none = new_node(CS_NODE_NOT);
        if (none != NULL)
            none->occur = CS_MUST_NOT;
        ok = none != NULL && adopt(none, since_leaf(cs_date_keys[i], &ever));
        if (ok)
            ok = adopt(all, none);
        else
            cs_node_free(none);
    }
    if (ok)
        return all;
    cs_node_free(all);
    return NULL;
}

static cs_status add_since(const cs_collection *c, const cs_value *since, cs_node *tree,
                           cs_error *error)
{
    cs_node *any = new_node(CS_NODE_OR);
    bool ok = any != NULL;
    for (size_t i = 0; i < cs_date_keys_count && ok; i++)
        if (has_values(c, cs_date_keys[i]))
            ok = adopt(any, dated_by(c, i, since));
    bool dated = ok && any->children.count > 0;
    if (dated && adopt(tree, any))
        return CS_OK;
    if (!dated)
        cs_node_free(any);
    if (!ok || dated)
        return cs_fail_memory(error);
    cs_fail(error, CS_USAGE, "--since: no study has a date");
    cs_hint(error, "the date, published, publication_date or year of their front matter counts");
    return CS_USAGE;
}

cs_status cs_narrow_tree(const cs_collection *collection, const cs_narrowing *narrowing,
                         cs_node **tree, cs_error *error)
{
    if (narrowing->glob_count == 0 && !narrowing->since_given)
        return CS_OK;
    if (*tree == NULL)
        *tree = new_node(CS_NODE_LIST);
    if (*tree == NULL || (narrowing->glob_count > 0 && !add_globs(narrowing, *tree)))
        return cs_fail_memory(error);
    return narrowing->since_given ? add_since(collection, &narrowing->since, *tree, error) : CS_OK;
}
