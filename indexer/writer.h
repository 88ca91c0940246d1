/* writer.h - writes one new segment, in chunks: each chunk is a store and some small
 * databases, written by whoever read its files; in the end the stores are joined,
 * and the databases are compacted into one.
 *
 * Small fresh databases of some hundred documents, one commit each, then one
 * compaction, are two to three times cheaper than one large database
 * (doc/decisions.md). The chunks of a segment are numbered in the order of their
 * files; processes that were forked with the writer write different ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_WRITER_H
#define CS_WRITER_H

#include "manifest.h"
#include "study.h"

enum { cs_batch_documents = 2000 };

/* The name of what a run leaves aside until it is published; a run that was
 * killed leaves it behind, and the next one removes it. */
#define CS_ASIDE_PREFIX "new-"

typedef struct cs_segment_writer cs_segment_writer;

/* A chunk that was written. */
typedef struct cs_chunk {
    uint32_t number, batches, files, studies, passages;
} cs_chunk;

/* Begins a segment in the index directory. */
cs_status cs_segment_writer_new(const char *directory, cs_segment_writer **ret_writer,
                                cs_error *error);

/* Begins a chunk, which another must not have; what was left of it by a process
 * that died is removed. */
cs_status cs_segment_writer_begin_chunk(cs_segment_writer *writer, uint32_t number,
                                        cs_error *error);

/* Adds a file that was read; its path, stamp, hash and state are set. A file of
 * another state has no passages. */
cs_status cs_segment_writer_add(cs_segment_writer *writer, const cs_study *study, cs_error *error);

/* Ends the chunk that was begun. */
cs_status cs_segment_writer_end_chunk(cs_segment_writer *writer, cs_chunk *ret_chunk,
                                      cs_error *error);

/* Join chunks, those of other processes too, in this order, into the two files of
 * the segment; sync and measure them. Two processes that were forked with the
 * writer may do one each. */
cs_status cs_segment_writer_join_databases(cs_segment_writer *writer, const cs_chunk *chunks,
                                           size_t count, cs_part *ret_db, cs_error *error);
cs_status cs_segment_writer_join_stores(cs_segment_writer *writer, const cs_chunk *chunks,
                                        size_t count, cs_part *ret_store, cs_error *error);

/* Both are joined: from now on they outlive the writer. The segment is not in the
 * manifest yet. */
void cs_segment_writer_finish(cs_segment_writer *writer, const cs_chunk *chunks, size_t count,
                              const cs_part *db, const cs_part *store, cs_segment *ret_segment);

/* Frees it; its chunks, and what was not finished, are removed from the disk. */
void cs_segment_writer_free(cs_segment_writer *writer);

/* Removes a file or a directory of files, one level deep. Failures are ignored:
 * what is left is removed by the next run. */
void cs_remove_tree(const char *path);

#endif
