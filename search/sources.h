/* sources.h - the sources that passages rest on, each once, with how many
 * passages and studies rest on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SOURCES_H
#define CS_SOURCES_H

#include "plan.h"

/* One source; the views point into the index. The same address, or without one
 * the same words, is the same source in all studies. */
typedef struct cs_source_count {
    cs_view text, url; /* the address without its fragment */
    bool defined;      /* the text is that of a definition, not of a link */
    uint32_t passages, studies;
    uint32_t shard, file, passage; /* counted last */
    size_t key, key_len;           /* in cs_source_list.keys */
} cs_source_count;

typedef struct cs_source_list {
    cs_source_count *items; /* most passages first, ties by studies, then by name */
    size_t count, cap;
    uint32_t unresolved; /* marks in these passages that have no definition */
    cs_buf keys;
} cs_source_list;

void cs_source_list_release(cs_source_list *list);

/* Counts the sources of the passages that a plan finds; without a plan those of
 * all passages, and with no passage the definitions that are never cited. */
cs_status cs_sources_count(const cs_collection *collection, const cs_search_plan *plan,
                           cs_source_list *ret_list, cs_error *error);

#endif
