/* plan.c - see plan.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

void cs_plan_release(cs_plan *plan)
{
    free(plan->entries.items);
    free(plan->tasks.items);
    free(plan->deleted.items);
    *plan = (cs_plan){0};
}

static int compare_entries(const void *a, const void *b)
{
    return cs_view_compare(((const cs_entry *)a)->path, ((const cs_entry *)b)->path);
}

static cs_status add_entries(const cs_index *index, uint32_t segment, cs_plan *plan,
                             cs_error *error)
{
    const cs_segment *s = &index->manifest.segments.items[segment];
    for (uint32_t i = 0; i < s->files; i++) {
        if (cs_segment_is_dead(s, i))
            continue;
        cs_file file;
        cs_status status =
            cs_schema_read_stamp(cs_store_file(&index->stores[segment], i), &file, error);
        if (status != CS_OK)
            return status;
        cs_entry *entry = CS_PUSH(&plan->entries);
        if (entry == NULL)
            return cs_fail_memory(error);
        *entry = (cs_entry){file.path, file.stamp, file.hash, file.racy, segment, i};
    }
    return CS_OK;
}

/* Whether a path lies below a folder that could not be read this time. */
static bool is_unreadable(const cs_walk *walk, cs_view path)
{
    for (size_t i = 0; i < walk->notes.count; i++) {
        const cs_walk_note *note = &walk->notes.items[i];
        size_t len = strlen(note->path);
        if (note->failure && len <= path.len && memcmp(note->path, path.data, len) == 0 &&
            (len == path.len || path.data[len] == '/'))
            return true;
    }
    return false;
}

static cs_action action_for(const cs_entry *entry, const cs_candidate *candidate)
{
    if (!cs_stamp_equal(&entry->stamp, &candidate->stamp))
        return CS_ACTION_READ;
    return entry->racy ? CS_ACTION_PROVE : CS_ACTION_KEEP;
}

static bool add_deleted(cs_plan *plan, const cs_walk *walk, uint32_t entry)
{
    if (is_unreadable(walk, plan->entries.items[entry].path))
        return true;
    uint32_t *deleted = CS_PUSH(&plan->deleted);
    if (deleted == NULL)
        return false;
    *deleted = entry;
    return true;
}

/* Both lists are in order of path: one walk over the two. */
static bool compare(const cs_walk *walk, cs_plan *plan)
{
    uint32_t e = 0;
    for (size_t c = 0; c < walk->files.count; c++) {
        const cs_candidate *candidate = &walk->files.items[c];
        cs_view path = cs_view_of(candidate->path);
        while (e < plan->entries.count && cs_view_compare(plan->entries.items[e].path, path) < 0)
            if (!add_deleted(plan, walk, e++))
                return false;
        cs_task *task = CS_PUSH(&plan->tasks);
        if (task == NULL)
            return false;
        *task = (cs_task){candidate, CS_ACTION_READ, cs_no_segment};
        if (e < plan->entries.count && cs_view_equal(plan->entries.items[e].path, path)) {
            task->entry = e;
            task->action = action_for(&plan->entries.items[e++], candidate);
        }
    }
    while (e < plan->entries.count)
        if (!add_deleted(plan, walk, e++))
            return false;
    return true;
}

cs_status cs_plan_make(const cs_index *index, const cs_walk *walk, cs_plan *ret_plan,
                       cs_error *error)
{
    for (uint32_t i = 0; i < index->manifest.segments.count; i++) {
        cs_status status = add_entries(index, i, ret_plan, error);
        if (status != CS_OK)
            return status;
    }
    if (ret_plan->entries.count > 1)
        qsort(ret_plan->entries.items, ret_plan->entries.count, sizeof *ret_plan->entries.items,
              compare_entries);
    return compare(walk, ret_plan) ? CS_OK : cs_fail_memory(error);
}

/* What is known while segments are chosen. */
typedef struct choice {
    uint64_t new_bytes, again, most; /* `again`: of those chosen so far */
    bool crowded;                    /* too many would be left */
} choice;

static bool is_worth_merging(const cs_load *load, const choice *c)
{
    uint64_t so_far = c->new_bytes + c->again;
    bool fits = c->again + load->live <= c->most;
    bool small = c->new_bytes > 0 && load->live <= cs_merge_factor * so_far;
    bool half_dead = load->dead > load->live;
    bool worn = load->dead > cs_merge_worn * load->live;
    return c->crowded || worn || (fits && (small || half_dead));
}

static cs_load *smallest_worth_merging(cs_load *loads, size_t count, const choice *c)
{
    cs_load *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (!loads[i].merged && is_worth_merging(&loads[i], c) &&
            (best == NULL || loads[i].live < best->live))
            best = &loads[i];
    return best;
}

void cs_plan_merges(cs_load *loads, size_t count, uint64_t new_bytes, uint64_t most)
{
    choice c = {.new_bytes = new_bytes, .most = most};
    if (most < cs_merge_factor * new_bytes)
        c.most = cs_merge_factor * new_bytes;
    for (size_t left = count;;) {
        cs_load *best = smallest_worth_merging(loads, count, &c);
        if (best == NULL && left < cs_max_segments)
            return;
        if (best == NULL) {
            c.crowded = true; /* at once down to few, or each run would merge large ones */
            continue;
        }
        best->merged = true;
        c.again += best->live;
        left--;
        c.crowded = c.crowded && left >= cs_merge_left;
    }
}

cs_status cs_plan_said(const cs_index *index, const cs_entry *entry, cs_file_state *ret_state,
                       char **ret_note, cs_error *error)
{
    cs_file file = {0};
    cs_view record = cs_store_file(&index->stores[entry->segment], entry->file);
    cs_status status = cs_schema_read_file(record, &file, error);
    if (status == CS_OK) {
        *ret_state = file.state;
        *ret_note = cs_copy_string(file.note);
        status = *ret_note == NULL ? cs_fail_memory(error) : CS_OK;
    }
    cs_file_release(&file);
    return status;
}
