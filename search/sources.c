/* sources.c - see sources.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fetch.h"
#include "hash.h"

typedef struct counter {
    const cs_collection *collection;
    cs_source_list *list;
    uint32_t *slots; /* a hash table: index into the list + 1 */
    size_t slot_count;
    cs_buf key;
    cs_file file; /* the last one that was read */
    uint32_t shard, number;
    bool have_file;
    bool *cited; /* the sources of that file that were */
} counter;

void cs_source_list_release(cs_source_list *list)
{
    free(list->items);
    cs_buf_release(&list->keys);
    *list = (cs_source_list){0};
}

static void counter_release(counter *c)
{
    free(c->slots);
    free(c->cited);
    cs_buf_release(&c->key);
    cs_file_release(&c->file);
}

/* ---- which source it is ------------------------------------------------------------ */

static cs_view without_fragment(cs_view url)
{
    const char *fragment = memchr(url.data, '#', url.len);
    return fragment == NULL ? url : (cs_view){url.data, (size_t)(fragment - url.data)};
}

/* An address without what does not tell it from another: scheme, "www.", the
 * fragment and a last slash. */
static void add_address(cs_buf *key, cs_view url)
{
    url = without_fragment(url);
    cs_schema_add_site(key, url);
    const char *slashes = memmem(url.data, url.len, "//", 2);
    if (key->len == 0 || slashes == NULL) {
        cs_buf_add_view(key, url);
        return;
    }
    size_t at = (size_t)(slashes - url.data) + 2, end = url.len;
    while (at < end && url.data[at] != '/' && url.data[at] != '?')
        at++;
    while (end > at && url.data[end - 1] == '/')
        end--;
    cs_buf_add(key, url.data + at, end - at);
}

static void add_words(cs_buf *key, cs_view text)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        cs_buf_add_char(key, ' ');
        cs_buf_add_view(key, token.term);
    }
}

/* Words begin with a blank, addresses do not: they never meet. */
static cs_status make_key(counter *c, const cs_citation *source, cs_error *error)
{
    cs_buf_clear(&c->key);
    if (source->url.len > 0)
        add_address(&c->key, source->url);
    else
        add_words(&c->key, source->text);
    return cs_buf_status(&c->key) == CS_OK ? CS_OK : cs_fail_memory(error);
}

static uint32_t *find_slot(const counter *c)
{
    const cs_source_list *list = c->list;
    for (uint64_t i = cs_hash(c->key.data, c->key.len);; i++) {
        uint32_t *slot = &c->slots[i & (c->slot_count - 1)];
        if (*slot == 0)
            return slot;
        const cs_source_count *item = &list->items[*slot - 1];
        if (cs_view_equal((cs_view){list->keys.data + item->key, item->key_len},
                          cs_buf_view(&c->key)))
            return slot;
    }
}

/* Twice the slots, each item in its new one. */
static bool grow(counter *c)
{
    const cs_source_list *list = c->list;
    size_t count = c->slot_count == 0 ? 1024 : c->slot_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t n = 0; n < list->count; n++) {
        uint64_t i = cs_hash(list->keys.data + list->items[n].key, list->items[n].key_len);
        while (slots[i & (count - 1)] != 0)
            i++;
        slots[i & (count - 1)] = (uint32_t)n + 1;
    }
    free(c->slots);
    c->slots = slots;
    c->slot_count = count;
    return true;
}

/* The item of a source, added when it is new; NULL without memory or a name. */
static cs_status item_of(counter *c, const cs_citation *source, cs_source_count **ret_item,
                         cs_error *error)
{
    cs_status status = make_key(c, source, error);
    *ret_item = NULL;
    if (status != CS_OK || c->key.len == 0)
        return status;
    if (c->list->count * 2 >= c->slot_count && !grow(c))
        return cs_fail_memory(error);
    uint32_t *slot = find_slot(c);
    if (*slot == 0) {
        cs_source_count *item = CS_PUSH(c->list);
        if (item == NULL)
            return cs_fail_memory(error);
        *item = (cs_source_count){.key = c->list->keys.len, .key_len = c->key.len};
        cs_buf_add_view(&c->list->keys, cs_buf_view(&c->key));
        if (cs_buf_status(&c->list->keys) != CS_OK)
            return cs_fail_memory(error);
        *slot = (uint32_t)c->list->count;
    }
    *ret_item = &c->list->items[*slot - 1];
    return CS_OK;
}

/* ---- counting ---------------------------------------------------------------------- */

static bool is_defined(const cs_citation *source)
{
    return source->kind != CS_CITATION_LINK && source->kind != CS_CITATION_ADDRESS;
}

/* A definition tells more of a source than the words of a link to it, and the
 * first of these as much as others; an address is no text. */
static void name(cs_source_count *item, const cs_citation *source)
{
    if (item->url.len == 0)
        item->url = without_fragment(source->url);
    if (source->kind == CS_CITATION_ADDRESS || (item->defined && !is_defined(source)))
        return;
    bool longer = source->text.len > item->text.len;
    if (item->text.len == 0 || (is_defined(source) && (longer || !item->defined)))
        item->text = source->text;
    item->defined = is_defined(source);
}

/* A link to another file of the folder is no source of what is said. */
static bool is_source(const cs_citation *source)
{
    if (is_defined(source))
        return source->kind != CS_CITATION_UNDEFINED;
    CS_SCOPED(cs_buf) site = {.limit = cs_max_scratch};
    cs_schema_add_site(&site, source->url);
    return site.len > 0;
}

/* Counts a passage once, though it may give one source in two ways. */
static cs_status count_source(counter *c, const cs_citation *source, uint32_t passage,
                              cs_error *error)
{
    cs_source_count *item;
    cs_status status = item_of(c, source, &item, error);
    if (status != CS_OK || item == NULL)
        return status;
    name(item, source);
    bool same_shard = item->passages > 0 && item->shard == c->shard;
    item->studies += !same_shard || item->file != c->number;
    item->passages += !same_shard || item->passage != passage;
    item->shard = c->shard;
    item->file = c->number;
    item->passage = passage;
    return CS_OK;
}

static cs_status read_file(counter *c, uint32_t shard, uint32_t number, cs_error *error)
{
    if (c->have_file && c->shard == shard && c->number == number)
        return CS_OK;
    cs_file_release(&c->file);
    free(c->cited);
    c->cited = NULL;
    c->have_file = true;
    c->shard = shard;
    c->number = number;
    const cs_store *store = c->collection->shards[shard].store;
    cs_status status = cs_schema_read_file(cs_store_file(store, number), &c->file, error);
    if (status == CS_OK && (c->cited = calloc(c->file.sources.count + 1, sizeof *c->cited)) == NULL)
        status = cs_fail_memory(error);
    return status;
}

static bool was_marked(const cs_marks *marks, size_t mark)
{
    for (size_t i = 0; i < mark; i++)
        if (marks->items[i].source == marks->items[mark].source)
            return true;
    return false;
}

static cs_status count_passage(counter *c, uint32_t shard, uint32_t number, cs_error *error)
{
    const cs_store *store = c->collection->shards[shard].store;
    CS_SCOPED(cs_passage) passage = {0};
    cs_status status = cs_schema_read_passage(cs_store_passage(store, number), &passage, error);
    if (status == CS_OK && passage.marks.count > 0)
        status = read_file(c, shard, cs_store_file_of(store, number), error);
    for (size_t i = 0; i < passage.marks.count && status == CS_OK; i++) {
        uint32_t source = passage.marks.items[i].source;
        if (source >= c->file.sources.count || was_marked(&passage.marks, i))
            continue;
        c->cited[source] = true;
        if (c->file.sources.items[source].kind == CS_CITATION_UNDEFINED)
            c->list->unresolved++;
        else if (is_source(&c->file.sources.items[source]))
            status = count_source(c, &c->file.sources.items[source], number, error);
    }
    return status;
}

/* Definitions of a file that none of its passages cites. */
static cs_status add_uncited(counter *c, uint32_t shard, uint32_t number, cs_error *error)
{
    cs_status status = read_file(c, shard, number, error);
    for (size_t i = 0; status == CS_OK && i < c->file.sources.count; i++) {
        cs_source_count *item = NULL;
        if (c->cited[i] || !is_source(&c->file.sources.items[i]))
            continue;
        status = item_of(c, &c->file.sources.items[i], &item, error);
        if (item != NULL)
            name(item, &c->file.sources.items[i]);
    }
    return status;
}

static cs_status count_all(counter *c, cs_error *error)
{
    cs_docset dead = {0};
    cs_status status = cs_collection_dead(c->collection, &dead, error);
    for (uint32_t s = 0; s < c->collection->shard_count && status == CS_OK; s++) {
        const cs_store *store = c->collection->shards[s].store;
        for (uint32_t f = 0; f < store->file_count && status == CS_OK; f++) {
            uint32_t first = cs_store_first_passage(store, f), next;
            uint32_t last = cs_store_first_passage(store, f + 1);
            if (first >= last || cs_docset_accept(&dead, s, first + 1, &next))
                continue;
            for (uint32_t p = first; p < last && status == CS_OK; p++)
                status = count_passage(c, s, p, error);
            if (status == CS_OK)
                status = add_uncited(c, s, f, error);
        }
    }
    cs_docset_release(&dead);
    return status;
}

static int compare_places(const void *a, const void *b)
{
    const xc_match *x = a, *y = b;
    if (x->shard != y->shard)
        return x->shard < y->shard ? -1 : 1;
    return (x->docid > y->docid) - (x->docid < y->docid);
}

static cs_status count_found(counter *c, const cs_search_plan *plan, cs_error *error)
{
    xc_mset mset;
    uint32_t all = c->collection->documents;
    cs_status status = cs_fetch_matches(c->collection, plan->query, all, all, &mset, error);
    if (status != CS_OK)
        return status;
    if (mset.count > 1)
        qsort(mset.items, mset.count, sizeof *mset.items, compare_places);
    for (size_t i = 0; i < mset.count && status == CS_OK; i++)
        status = count_passage(c, (uint32_t)mset.items[i].shard, mset.items[i].docid - 1, error);
    xc_mset_free(&mset);
    return status;
}

static int compare_counts(const void *a, const void *b)
{
    const cs_source_count *x = a, *y = b;
    if (x->passages != y->passages)
        return x->passages > y->passages ? -1 : 1;
    if (x->studies != y->studies)
        return x->studies > y->studies ? -1 : 1;
    int order = cs_view_compare(x->text, y->text);
    return order != 0 ? order : cs_view_compare(x->url, y->url);
}

cs_status cs_sources_count(const cs_collection *collection, const cs_search_plan *plan,
                           cs_source_list *ret_list, cs_error *error)
{
    enum { max_keys = 1 << 30 };
    *ret_list = (cs_source_list){.keys = {.limit = max_keys}};
    counter c = {.collection = collection, .list = ret_list, .key = {.limit = cs_max_scratch}};
    cs_status status = plan == NULL ? count_all(&c, error) : count_found(&c, plan, error);
    counter_release(&c);
    if (status == CS_OK && ret_list->count > 1)
        qsort(ret_list->items, ret_list->count, sizeof *ret_list->items, compare_counts);
    return status;
}
