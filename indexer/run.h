/* run.h - caseindex at work on folders: one update each, or following them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_RUN_H
#define CS_RUN_H

#include "target.h"
#include "update.h"

/* What the command line asks for. */
typedef struct cs_run {
    cs_update_options update; /* root and directory are set here */
    const char *db;           /* index directory, or NULL */
    bool quiet, verbose;
    bool watch; /* follow, after the update */
} cs_run;

/* Updates an index, and says what came of it. *partial is set when a file could not be
 * read. */
cs_status cs_run_update(const cs_run *run, const cs_target *target, bool *partial, cs_error *error);

/* Updates and follows folders, each as for cs_target_folder; ends with CS_INTERRUPTED when a signal
 * comes, or when one of them cannot be followed any more. */
cs_status cs_run_follow(const cs_run *run, const char *const *folders, size_t count,
                        cs_error *error);

#endif
