/* pager.h - output longer than the terminal goes through the user's pager.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PAGER_H
#define CS_PAGER_H

#include "buf.h"

/* Whether there may be a pager: standard output is a terminal that can do more than print, and
 * $PAGER is not empty or cat. */
bool cs_pager_is_possible(void);

/* Whether one is wanted, too: the terminal has fewer rows than `notes` and `out` have lines. */
bool cs_pager_is_wanted(const cs_buf *notes, const cs_buf *out);

/* Shows `notes` and then `out` in $PAGER, less by default (with LESS=FRX and LESSCHARSET=utf-8
 * unless they are set), and waits. False when it cannot be run: print it then. */
bool cs_pager_show(const cs_buf *notes, const cs_buf *out);

#endif
