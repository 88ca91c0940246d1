/* near.h - words near each other: the pattern of a NEAR, looked for in a text.
 *
 * Each operand of a NEAR/n must stand in one stretch of the text, in any order, none
 * over another, with at most n - 1 words in that stretch that are of no operand. So
 * NEAR/1 is side by side, and two words in NEAR/n are at most n words apart: what
 * Xapian's NEAR/n means, where a window is n words and one more for each word after
 * the first two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_NEAR_H
#define CS_NEAR_H

#include "pattern.h"

/* Whether the operands stand near each other anywhere in the text. */
bool cs_near_is_in(const cs_pattern *near, cs_view text);

/* Adds the places of those of the patterns that are NEARs, of each the ones of its
 * marked operand that are near the others, and sorts by start. False without memory. */
bool cs_near_find(const cs_pattern *patterns, size_t count, cs_view text, cs_founds *founds);

#endif
