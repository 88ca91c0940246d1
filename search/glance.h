/* glance.h - a quick look for a phrase, before the text is cut into words.
 *
 * A search for "of the" asks about thousands of passages. Most can be told from
 * their bytes: a word is not in them at all, or the words stand plainly side by
 * side. Only the rest are cut into words by terms.h, which alone decides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_GLANCE_H
#define CS_GLANCE_H

#include "pattern.h"

typedef enum cs_glance { CS_GLANCE_NO, CS_GLANCE_YES, CS_GLANCE_UNSURE } cs_glance;

enum { cs_max_glance = 4096 /* bytes of text; a longer one is unsure */ };

/* Looks for a CS_NODE_PHRASE; any other pattern is unsure. YES and NO are what
 * cs_pattern_is_in would say. */
cs_glance cs_glance_at(const cs_pattern *pattern, cs_view text);

#endif
