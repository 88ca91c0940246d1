/* fresh.h - whether a file that is about to be shown is still as it was indexed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FRESH_H
#define CS_FRESH_H

#include "context.h"

/* Looks at the file of a hit. When it changed, or was written so shortly before it was
 * indexed that its stamp proves nothing, it is read again: a passage whose
 * visible text stands in it at the same distances is CS_MOVED, with its new
 * place; else it is CS_STALE. *ret_gone: there is no such file any more. */
cs_status cs_fresh_check(cs_context *context, bool *ret_gone, cs_error *error);

#endif
