/* writer.h - writes one new segment: its store, and its database by way of small
 * databases that are compacted into one.
 *
 * Small fresh databases of some hundred documents, one commit each, then one
 * compaction, are two to three times cheaper than one large database
 * (doc/decisions.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_WRITER_H
#define CS_WRITER_H

#include "manifest.h"
#include "study.h"

enum { cs_batch_documents = 500 };

/* The name of what a run leaves aside until it is published; a run that was
 * killed leaves it behind, and the next one removes it. */
#define CS_ASIDE_PREFIX "new-"

typedef struct cs_segment_writer cs_segment_writer;

/* Begins a segment in the index directory. */
cs_status cs_segment_writer_new(const char *directory, cs_segment_writer **ret_writer,
                                cs_error *error);

/* Adds a file that was read; its path, stamp, hash and state are set. A file of
 * another state has no passages. */
cs_status cs_segment_writer_add(cs_segment_writer *writer, const cs_study *study, cs_error *error);

uint32_t cs_segment_writer_passages(const cs_segment_writer *writer);

/* Compacts, syncs, measures. The segment is not in the manifest yet. */
cs_status cs_segment_writer_finish(cs_segment_writer *writer, cs_segment *ret_segment,
                                   cs_error *error);

/* Frees it; what was not finished is removed from the disk. */
void cs_segment_writer_free(cs_segment_writer *writer);

/* Removes a file or a directory of files, one level deep. Failures are ignored:
 * what is left is removed by the next run. */
void cs_remove_tree(const char *path);

#endif
