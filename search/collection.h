/* collection.h - the indexes a query runs on, opened and searched as one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_COLLECTION_H
#define CS_COLLECTION_H

#include "index.h"

enum { cs_max_indexes = 64 };

/* One segment of one index; its number is the shard of xapian-c. */
typedef struct cs_shard {
    const cs_index *index;
    const cs_segment *segment;
    const cs_store *store;
} cs_shard;

typedef struct cs_collection {
    cs_index *indexes;
    size_t index_count;
    cs_shard *shards;
    size_t shard_count;
    xc_database *database;
    uint32_t documents;
} cs_collection;

/* Opens the indexes in these directories. */
cs_status cs_collection_open(char *const *directories, size_t count, cs_collection *ret_collection,
                             cs_error *error);
void cs_collection_release(cs_collection *collection);

/* Documents of a shard, as ranges. */
typedef struct cs_docset {
    struct cs_doc_ranges {
        struct cs_doc_range {
            uint32_t first, last; /* document numbers, both included */
        } * items;
        size_t count, cap;
    } * shards;
    size_t shard_count;
    uint64_t documents;
} cs_docset;

bool cs_docset_init(cs_docset *set, size_t shard_count);
void cs_docset_release(cs_docset *set);

/* Adds the passages of a file; any order. False without memory. */
bool cs_docset_add_file(cs_docset *set, const cs_collection *collection, size_t shard,
                        uint32_t file);

/* Adds the passages [first, last) of a shard. False without memory. */
bool cs_docset_add_passages(cs_docset *set, size_t shard, uint32_t first, uint32_t last);

/* Sorts; before the set is asked. */
void cs_docset_finish(cs_docset *set);

/* An xc_accept_fn; the context is a cs_docset. */
bool cs_docset_accept(void *context, size_t shard, uint32_t docid, uint32_t *next);

/* Sets *ret_set to the files that are dead. */
cs_status cs_collection_dead(const cs_collection *collection, cs_docset *ret_set, cs_error *error);

#endif
