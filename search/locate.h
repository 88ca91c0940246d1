/* locate.h - which indexes a query runs on, and their refresh: spec sections 1
 * and 7. Writing is caseindex's: it is run when there is something to write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_LOCATE_H
#define CS_LOCATE_H

#include "place.h"

enum { cs_first_use_files = 2000, cs_first_use_bytes = 64 << 20 };

typedef enum cs_refresh { CS_REFRESH_AUTO, CS_REFRESH_NEVER, CS_REFRESH_ALWAYS } cs_refresh;

/* Finds the index directories: those named by `db` (or else CASESEARCH_DB), the
 * nearest that covers the current folder, first use of the current folder, or
 * the only one there is. `*ret_new` says that it was made just now. */
cs_status cs_locate(const char *db, cs_places *ret_places, bool *ret_new, cs_error *error);

/* Brings an index up to date as far as `refresh` says; tells on standard error
 * when it is behind. */
cs_status cs_locate_refresh(const char *directory, cs_refresh refresh, cs_error *error);

#endif
