/* listing.h - studies, as --list and --outline tell of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_LISTING_H
#define CS_LISTING_H

#include "match.h"
#include "reference.h"

/* Views point into the index. */
typedef struct cs_listed {
    cs_file_place place;
    const cs_index *index;
    cs_view path, title, language;
    uint32_t sections; /* with a heading */
    uint32_t passages;
    uint64_t words;
    cs_value date; /* cs_listing_date; text: none */
} cs_listed;

/* By path, then by folder; for qsort(3). */
int cs_listed_compare(const void *a, const void *b);

typedef struct cs_listing {
    cs_listed *items;
    size_t count, cap;
} cs_listing;

void cs_listing_release(cs_listing *listing);

/* The keys of front matter that say when a study is of, the first before the others. */
extern const char *const cs_date_keys[];
extern const size_t cs_date_keys_count;

/* When a study is of: its first such key that is a date or a year; text for none. */
cs_value cs_listing_date(const cs_file *file);

/* All studies by path or, with a plan, those that it finds, best first. */
cs_status cs_listing_make(const cs_collection *collection, const cs_search_plan *plan,
                          cs_listing *ret_listing, cs_error *error);

/* Words of a text as people count them: what stands between blanks, and each character of
 * scripts without them. */
uint64_t cs_listing_words(cs_view text);

/* The headings of a study. */
typedef struct cs_outline {
    const cs_index *index;
    cs_file file;
    uint64_t *words; /* of each section's own text */
} cs_outline;

void cs_outline_release(cs_outline *outline);
cs_status cs_outline_make(const cs_collection *collection, cs_file_place place,
                          cs_outline *ret_outline, cs_error *error);

#endif
