/* print_json.h - the parts that answers in JSON have in common: see json.h and doc/json.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PRINT_JSON_H
#define CS_PRINT_JSON_H

#include "json.h"
#include "print.h"
#include "result.h"

json_t *cs_json_index(const cs_collection *collection, uint64_t studies);
json_t *cs_json_id(const cs_context *context);
json_t *cs_json_trail(const cs_context *context);

/* Lines and bytes of the passage in the file as it is now; null of a stale one. */
json_t *cs_json_lines(const cs_context *context);
json_t *cs_json_place(const cs_context *context);
json_t *cs_json_matches(const cs_context *context);
json_t *cs_json_sources(const cs_context *context);

/* An extract as a value: the members of doc/json.md, --show. NULL without memory. */
json_t *cs_json_extract(const cs_extract *extract);

/* Likewise the headings of a study, and a study of a list. */
json_t *cs_json_outline(const cs_outline *outline);
json_t *cs_json_listed(const cs_listed *listed, bool root);

/* A source of --sources. */
json_t *cs_json_cited(const cs_source_count *source);

#endif
