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

/* Whether a pattern is meant from the current folder, or from that of the system, as paths are
 * printed; others are from the root of an index. */
static bool is_from_here(const char *glob)
{
    size_t dots = strspn(glob, ".");
    return glob[0] == '/' || (dots > 0 && dots < 3 && (glob[dots] == '/' || glob[dots] == '\0'));
}

static cs_status add_glob(const cs_collection *c, const char *glob, cs_node *any, cs_error *error)
{
    CS_SCOPED(cs_buf) below = {.limit = cs_max_scratch};
    bool here = is_from_here(glob);
    if (here && !cs_reference_add_below(c, cs_view_of(glob), &below))
        return cs_fail(error, CS_USAGE, "--in: not in an indexed folder: %s", glob);
    cs_node *leaf = new_node(CS_NODE_GLOB);
    if (leaf != NULL) {
        leaf->field = CS_FIELD_PATH;
        leaf->text = cs_copy_string(here ? cs_buf_view(&below) : cs_view_of(glob));
    }
    if (leaf != NULL && leaf->text != NULL)
        return adopt(any, leaf) ? CS_OK : cs_fail_memory(error);
    cs_node_free(leaf);
    return cs_fail_memory(error);
}

static cs_status add_globs(const cs_collection *c, const cs_narrowing *n, cs_node *tree,
                           cs_error *error)
{
    cs_node *any = new_node(CS_NODE_OR);
    cs_status status = any == NULL ? cs_fail_memory(error) : CS_OK;
    for (size_t i = 0; i < n->glob_count && status == CS_OK; i++)
        status = add_glob(c, n->globs[i], any, error);
    if (status == CS_OK)
        return adopt(tree, any) ? CS_OK : cs_fail_memory(error);
    cs_node_free(any);
    return status;
}

/* Whether some study has a number or a date in a key that dates it. */
static bool has_dates(const cs_collection *c)
{
    for (size_t i = 0; i < c->shard_count; i++)
        for (size_t k = 0; k < cs_date_keys_count; k++) {
            const cs_store *store = c->shards[i].store;
            size_t at = cs_store_key(store, cs_view_of(cs_date_keys[k]));
            if (at < store->keys.count && store->typed.items[at].count > 0)
                return true;
        }
    return false;
}

static cs_status add_since(const cs_collection *c, const cs_value *since, cs_node *tree,
                           cs_error *error)
{
    if (!has_dates(c)) {
        cs_fail(error, CS_USAGE, "--since: no study has a date");
        cs_hint(error,
                "the date, published, publication_date or year of their front matter counts");
        return CS_USAGE;
    }
    cs_node *leaf = new_node(CS_NODE_DATED);
    if (leaf != NULL) {
        leaf->field = CS_FIELD_META;
        leaf->text = strdup("since");
        leaf->range.lower = (cs_bound){.given = true, .value = *since};
    }
    if (leaf != NULL && leaf->text != NULL && adopt(tree, leaf))
        return CS_OK;
    return cs_fail_memory(error);
}

cs_status cs_narrow_tree(const cs_collection *collection, const cs_narrowing *narrowing,
                         cs_node **tree, cs_error *error)
{
    if (narrowing->glob_count == 0 && !narrowing->since_given)
        return CS_OK;
    if (*tree == NULL)
        *tree = new_node(CS_NODE_LIST);
    if (*tree == NULL)
        return cs_fail_memory(error);
    cs_status status =
        narrowing->glob_count > 0 ? add_globs(collection, narrowing, *tree, error) : CS_OK;
    if (status != CS_OK)
        return status;
    return narrowing->since_given ? add_since(collection, &narrowing->since, *tree, error) : CS_OK;
}
