/* pager.h - output longer than the terminal goes through the user's pager.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PAGER_H
#define CS_PAGER_H

#include "buf.h"

/* Whether the output is wanted in a pager: standard output is a terminal that can do
 * more than print and has fewer rows than `out` has lines, and
 * $PAGER is not empty or cat. */
bool cs_pager_is_wanted(const cs_buf *out);

/* Shows `notes` and then `out` in $PAGER, less by default (with LESS=FRX unless LESS is set), and waits. False
 * when it cannot be run: print it then. */
bool cs_pager_show(const cs_buf *notes, const cs_buf *out);

#endif
