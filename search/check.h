/* check.h - asked during the match about a document that matches the rest: is the
 * pattern in its text? An xc_accept_fn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_CHECK_H
#define CS_CHECK_H

#include "collection.h"
#include "pattern.h"

typedef struct cs_check cs_check;

/* Where the pattern must stand. */
typedef enum cs_check_where {
    CS_IN_TEXT,     /* the passage, its headings or its title */
    CS_IN_HEADINGS, /* a heading above the passage */
    CS_IN_SOURCES   /* a source that the passage rests on */
} cs_check_where;

/* Copies the pattern; the collection must outlive the check. NULL without memory. */
cs_check *cs_check_new(const cs_collection *collection, const cs_pattern *pattern,
                       cs_check_where where);
void cs_check_free(cs_check *check);

/* An xc_accept_fn; the context is a cs_check. */
bool cs_check_accept(void *context, size_t shard, uint32_t docid, uint32_t *next);

#endif
