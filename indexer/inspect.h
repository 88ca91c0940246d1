/* inspect.h - caseindex --status and --check: what an index holds, and whether it
 * is what was written; for people or as JSON (doc/json.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_INSPECT_H
#define CS_INSPECT_H

#include "buf.h"
#include "status.h"

/* Appends the text of --status. */
cs_status cs_inspect_status(const char *directory, bool json, cs_buf *out, cs_error *error);

/* Verifies every checksum and appends the text of --check. As JSON the damage is
 * told in `out` too; the status is CS_DAMAGED all the same. */
cs_status cs_inspect_check(const char *directory, bool json, cs_buf *out, cs_error *error);

#endif
