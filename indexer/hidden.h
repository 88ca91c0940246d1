/* hidden.h - HTML elements that a browser does not show: scripts, style sheets,
 * fallbacks, and what has the attribute "hidden".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_HIDDEN_H
#define CS_HIDDEN_H

#include "buf.h"

/* The kind of hidden element whose tag begins at `at`, a bit of its own; 0 when
 * none begins. A comment is one. */
unsigned cs_hidden_kind(cs_view text, size_t at);

/* Past the end of the element of `kind` that begins at `at`; 0 when it is never
 * closed. */
size_t cs_hidden_end(cs_view text, size_t at, unsigned kind);

#endif
