/* target.h - which folder and which index directory a command line means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TARGET_H
#define CS_TARGET_H

#include "status.h"

typedef struct cs_target {
    char *root;      /* real path of the folder; NULL of an index that is only looked at */
    char *directory; /* of its index */
} cs_target;

void cs_target_release(cs_target *target);

/* What is to be updated. `db` is the index directory, NULL for that of the folder; `folder` NULL
 * means the one that the index `db` is of, else the current one. CS_IO when it is not there.
 * Release *ret_target also after a failure. */
cs_status cs_target_folder(const char *db, const char *folder, cs_target *ret_target,
                           cs_error *error);

/* An index that is to be looked at or removed: its folder may be gone. CS_USAGE when `db` is the
 * index of another folder than `folder`, CS_NO_INDEX when there is none. */
cs_status cs_target_index(const char *db, const char *folder, cs_target *ret_target,
                          cs_error *error);

/* CS_USAGE of an index directory and a folder that it is not of. */
cs_status cs_target_mismatch(const char *directory, const char *old, const char *root,
                             cs_error *error);

#endif
