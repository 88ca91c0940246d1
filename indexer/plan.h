/* plan.h - what a run has to do: the candidates of the folder against the files
 * of the index, and which old segments are worth merging.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PLAN_H
#define CS_PLAN_H

#include "index.h"

#define cs_no_segment UINT32_MAX /* no enum: those are ints */

/* A live file of the index. */
typedef struct cs_entry {
    cs_view path; /* into the store */
    cs_stamp stamp;
    uint64_t hash;
    bool racy;
    uint32_t segment, file;
} cs_entry;

typedef enum cs_action {
    CS_ACTION_KEEP,
    CS_ACTION_PROVE, /* its stamp is equal but proves little: compare the content */
    CS_ACTION_READ   /* new or changed */
} cs_action;

/* A candidate, and its entry if the index has one. */
typedef struct cs_task {
    const cs_candidate *candidate;
    cs_action action;
    uint32_t entry; /* index into the plan's entries, or cs_no_segment */
} cs_task;

typedef struct cs_plan {
    struct {
        cs_entry *items;
        size_t count, cap;
    } entries; /* by path */
    struct {
        cs_task *items;
        size_t count, cap;
    } tasks; /* by path */
    struct {
        uint32_t *items;
        size_t count, cap;
    } deleted; /* entries without a candidate */
} cs_plan;

void cs_plan_release(cs_plan *plan);

/* Compares; `index` and `walk` must outlive the plan. An entry below a folder
 * that could not be read is not deleted. */
cs_status cs_plan_make(const cs_index *index, const cs_walk *walk, cs_plan *ret_plan,
                       cs_error *error);

/* What was said of a file of the index when it was read: its state, and its note, which the caller
 * frees. */
cs_status cs_plan_said(const cs_index *index, const cs_entry *entry, cs_file_state *ret_state,
                       char **ret_note, cs_error *error);

/* Which segments are merged into the new one, smallest first, by bytes of live
 * files, which are read again:
 *
 *   - those not larger than cs_merge_factor times what the new one has so far, and
 *     those more than half dead: as long as no more is read again than `most`, or than
 *     cs_merge_factor times the new bytes
 *   - those that are dead but for a fifth (1 / (1 + cs_merge_worn))
 *   - when they would be more than cs_max_segments: as many as leave cs_merge_left
 *
 * So an index has few segments, a byte is read again O(log n) times, and what a small
 * change costs has a bound; the figures are in doc/decisions.md. */
enum {
    cs_merge_factor = 4,
    cs_merge_worn = 4,
    cs_merge_left = 4,
    cs_merge_most = 64 << 20 /* `most` of an ordinary run */
};
typedef struct cs_load {
    uint64_t live, dead; /* bytes of sources */
    bool merged;         /* set by the function */
} cs_load;
void cs_plan_merges(cs_load *loads, size_t count, uint64_t new_bytes, uint64_t most);

#endif
