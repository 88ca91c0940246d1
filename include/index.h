/* index.h - an index opened for reading: its manifest, the stores of its
 * segments, and for searching the descriptors of their databases.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_INDEX_H
#define CS_INDEX_H

#include "manifest.h"
#include "store.h"
#include "xapian-c.h"

typedef struct cs_index {
    char *directory;
    cs_manifest manifest;
    cs_store stores[cs_max_segments]; /* by segment of the manifest */
    int databases[cs_max_segments];   /* descriptors, with CS_INDEX_DATABASE; else -1 */
    bool verified;                    /* some segment's stamps differed: it was read in full */
} cs_index;

enum {
    CS_INDEX_STORES = 0,
    CS_INDEX_DATABASE = 1, /* open the databases too */
    CS_INDEX_CHECK = 2     /* verify every segment in full, whatever its stamps */
};

enum { cs_max_reopen = 100 };

/* Opens the index in `directory`. A segment whose files' stamps are not those of
 * the manifest is verified by its checksums first; CS_DAMAGED when they do not
 * hold. A segment that a writer removed meanwhile: the manifest is read again, up to
 * cs_max_reopen times, as long as it names other segments than before. Release *ret_index also
 * after a failure. */
cs_status cs_index_open(const char *directory, unsigned flags, cs_index *ret_index,
                        cs_error *error);
void cs_index_release(cs_index *index);

/* Files that are live and were read, and their passages. */
uint64_t cs_index_study_count(const cs_index *index);

/* An error of the wrapper as one of ours; `what` says what was tried. */
cs_status cs_index_fail(cs_error *error, const xc_error *failure, const char *what);

/* Fills a part's stamp and checksum from the file on disk. */
cs_status cs_part_measure(const char *path, cs_part *ret_part, cs_error *error);

#endif
