/* listing.c - see listing.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

void cs_listing_release(cs_listing *listing)
{
    free(listing->items);
    *listing = (cs_listing){0};
}

const char *const cs_date_keys[] = {"date", "published", "publication_date", "year"};
const size_t cs_date_keys_count = sizeof cs_date_keys / sizeof *cs_date_keys;

cs_value cs_listing_date(const cs_file *file)
{
    int32_t first, last;
    for (size_t k = 0; k < cs_date_keys_count; k++)
        for (size_t i = 0; i < file->metadata.count; i++) {
            const cs_metadata *m = &file->metadata.items[i];
            if (cs_view_equal(m->key, cs_view_of(cs_date_keys[k])) &&
                cs_value_days(&m->typed, &first, &last))
                return m->typed;
        }
    return (cs_value){0};
}

uint64_t cs_listing_words(cs_view text)
{
    uint64_t words = 0;
    bool inside = false;
    for (size_t at = 0, size; at < text.len; at += size) {
        uint32_t c = cs_text_decode(text.data + at, text.len - at, &size);
        cs_class class = cs_text_class(c);
        if (class == CS_CLASS_BIGRAM)
            words++;
        else if ((class == CS_CLASS_LETTER || class == CS_CLASS_DIGIT) && !inside)
            words += inside = true;
        inside = inside && class != CS_CLASS_BIGRAM && !cs_text_is_space(c);
    }
    return words;
}

static cs_status add_study(const cs_collection *collection, cs_file_place place,
                           cs_listing *listing, cs_error *error)
{
    const cs_shard *shard = &collection->shards[place.shard];
    cs_file file = {0};
    cs_status status = cs_schema_read_file(cs_store_file(shard->store, place.file), &file, error);
    cs_listed *listed = status == CS_OK ? CS_PUSH(listing) : NULL;
    if (status == CS_OK && listed == NULL)
        status = cs_fail_memory(error);
    if (listed != NULL) {
        *listed =
            (cs_listed){place, shard->index,          file.path, file.title, file.language, 0, 0,
                        0,     cs_listing_date(&file)};
        for (size_t i = 0; i < file.sections.count; i++)
            listed->sections += file.sections.items[i].heading.len > 0;
        uint32_t first = cs_store_first_passage(shard->store, place.file);
        uint32_t end = cs_store_first_passage(shard->store, place.file + 1);
        listed->passages = end - first;
        for (uint32_t p = first; p < end; p++)
            listed->words +=
                cs_listing_words(cs_schema_passage_text(cs_store_passage(shard->store, p)));
    }
    cs_file_release(&file);
    return status;
}

int cs_listed_compare(const void *a, const void *b)
{
    const cs_listed *x = a, *y = b;
    int order = cs_path_compare(x->path, y->path);
    return order != 0 ? order
                      : strcmp(x->index->manifest.settings.root, y->index->manifest.settings.root);
}

static cs_status add_all(const cs_collection *collection, cs_listing *listing, cs_error *error)
{
    for (uint32_t i = 0; i < collection->shard_count; i++) {
        const cs_shard *shard = &collection->shards[i];
        for (uint32_t f = 0; f < shard->store->file_count; f++) {
            bool study = cs_store_first_passage(shard->store, f + 1) >
                         cs_store_first_passage(shard->store, f);
            if (!study || cs_segment_is_dead(shard->segment, f))
                continue;
            cs_status status = add_study(collection, (cs_file_place){i, f}, listing, error);
            if (status != CS_OK)
                return status;
        }
    }
    if (listing->count > 1)
        qsort(listing->items, listing->count, sizeof *listing->items, cs_listed_compare);
    return CS_OK;
}

static cs_status add_found(const cs_collection *collection, const cs_search_plan *plan,
                           cs_listing *listing, cs_error *error)
{
    const cs_page page = {.limit = UINT32_MAX, .per_file = 1};
    CS_SCOPED(cs_hits) hits = {0};
    cs_status status = cs_match_run(collection, plan, &page, &hits, error);
    for (size_t i = 0; i < hits.count && status == CS_OK; i++)
        status = add_study(collection, (cs_file_place){hits.items[i].shard, hits.items[i].file},
                           listing, error);
    return status;
}

cs_status cs_listing_make(const cs_collection *collection, const cs_search_plan *plan,
                          cs_listing *ret_listing, cs_error *error)
{
    return plan != NULL ? add_found(collection, plan, ret_listing, error)
                        : add_all(collection, ret_listing, error);
}

/* ---- outline ----------------------------------------------------------------------- */

void cs_outline_release(cs_outline *outline)
{
    cs_file_release(&outline->file);
    free(outline->words);
    *outline = (cs_outline){0};
}

cs_status cs_outline_make(const cs_collection *collection, cs_file_place place,
                          cs_outline *ret_outline, cs_error *error)
{
    const cs_shard *shard = &collection->shards[place.shard];
    cs_outline *o = ret_outline;
    *o = (cs_outline){.index = shard->index};
    cs_status status =
        cs_schema_read_file(cs_store_file(shard->store, place.file), &o->file, error);
    if (status != CS_OK)
        return status;
    o->words = calloc(o->file.sections.count + 1, sizeof *o->words);
    if (o->words == NULL)
        return cs_fail_memory(error);
    uint32_t end = cs_store_first_passage(shard->store, place.file + 1), section;
    for (uint32_t p = cs_store_first_passage(shard->store, place.file); p < end; p++) {
        cs_view record = cs_store_passage(shard->store, p);
        if (cs_schema_passage_section(record, &section) && section < o->file.sections.count)
            o->words[section] += cs_listing_words(cs_schema_passage_text(record));
    }
    return CS_OK;
}
