/* json_explain.h - an explanation as JSON; doc/json.md has the members.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_JSON_EXPLAIN_H
#define CS_JSON_EXPLAIN_H

#include "explain.h"
#include "json.h"

/* How the query was read. */
json_t *cs_json_explanation(const cs_explanation *explanation);

/* What the score of a hit is made of. */
json_t *cs_json_weights(const cs_explanation *explanation, size_t hit);

#endif
