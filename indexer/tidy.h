/* tidy.h - what no longer belongs to an index is removed: segments that the manifest
 * does not name, and what runs that were killed left aside.
 *
 * Only what has a name that casesearch gives is touched: the directory was named by
 * a person, and may hold other things. The caller holds the lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TIDY_H
#define CS_TIDY_H

#include "manifest.h"

/* Removes what the manifest does not name. Readers that have it open keep it.
 * Failures are ignored: the next run tries again. */
void cs_tidy(const char *directory, const cs_manifest *manifest);

/* Whether a file's name begins as one of the manifest's segments. */
bool cs_tidy_names(const cs_manifest *manifest, const char *name);

/* CS_REFUSED when a directory holds what has no name that casesearch gives: it is not
 * one to begin an index in. */
cs_status cs_tidy_check(const char *directory, cs_error *error);

/* Removes the index, and its directory if nothing else is in it. Takes the lock. */
cs_status cs_tidy_away(const char *directory, bool wait, cs_error *error);

#endif
