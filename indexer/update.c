/* update.c - see update.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "hash.h"
#include "lock.h"
#include "place.h"
#include "plan.h"
#include "target.h"
#include "tidy.h"
#include "workers.h"
#include "writer.h"

typedef struct run {
    const cs_update_options *options;
    const cs_update_watch *watch;
    cs_update_result *result;
    cs_settings settings;
    cs_index index; /* as it was */
    cs_walk walk;
    cs_plan plan;
    cs_load loads[cs_max_segments];
    cs_segment segment; /* the new one, if there is any */
    bool any;
    bool look_only; /* a quick run where nothing can be written */
    int root_fd, lock_fd;
    cs_buf bytes; /* of the file at hand */
} run;

static void release(run *r)
{
    cs_plan_release(&r->plan);
    cs_walk_release(&r->walk);
    cs_index_release(&r->index);
    cs_buf_release(&r->bytes);
    free(r->settings.root);
    free(r->settings.selection.extensions);
    free(r->settings.language);
    if (r->root_fd >= 0)
        close(r->root_fd);
}

static void tell(const run *r, cs_event_kind kind, const char *path, const char *text)
{
    if (r->watch->event != NULL)
        r->watch->event(r->watch->context, kind, path, text);
}

static cs_status check_interrupted(const run *r, cs_error *error)
{
    if (r->options->interrupted != NULL && *r->options->interrupted != 0)
        return cs_fail(error, CS_INTERRUPTED, "interrupted: the index is as it was");
    return CS_OK;
}

/* ---- settings ---------------------------------------------------------------------- */

/* What the index was made with, where the command line does not say otherwise. */
static cs_status merge_settings(run *r, cs_error *error)
{
    const cs_update_options *o = r->options;
    const cs_settings *old = &r->index.manifest.settings;
    bool have = old->root != NULL;
    const char *extensions = o->extensions != NULL ? o->extensions
                             : have                ? old->selection.extensions
                                                   : cs_default_extensions;
    const char *language = o->language != NULL ? o->language : have ? old->language : "en";
    r->settings.root = cs_copy_string(cs_view_of(o->root));
    r->settings.selection.extensions = cs_copy_string(cs_view_of(extensions));
    r->settings.language = cs_copy_string(cs_view_of(language));
    bool no_ignore = have && old->selection.no_ignore, follow = have && old->selection.follow;
    r->settings.selection.no_ignore = !o->ignore && (o->no_ignore || no_ignore);
    r->settings.selection.follow = !o->no_follow && (o->follow || follow);
    r->settings.selection.max_size = o->max_size != NULL ? *o->max_size
                                     : have              ? old->selection.max_size
                                                         : cs_default_max_size;
    if (r->settings.root == NULL || r->settings.selection.extensions == NULL ||
        r->settings.language == NULL)
        return cs_fail_memory(error);
    return CS_OK;
}

/* Forgets the old segments, so that everything is read again. */
static cs_status forget_segments(run *r, cs_error *error)
{
    cs_index empty = {.directory = cs_copy_string(cs_view_of(r->options->directory))};
    if (empty.directory == NULL)
        return cs_fail_memory(error);
    empty.manifest.settings = r->index.manifest.settings;
    for (size_t i = 0; i < cs_max_segments; i++)
        empty.databases[i] = -1;
    r->index.manifest.settings = (cs_settings){0};
    cs_index_release(&r->index);
    r->index = empty;
    return CS_OK;
}

static cs_update_size size_of(const cs_manifest *m)
{
    cs_update_size size = {.segments = m->segments.count};
    for (size_t i = 0; i < m->segments.count; i++) {
        size.bytes += m->segments.items[i].db.stamp.size + m->segments.items[i].store.stamp.size;
        size.dead += m->segments.items[i].dead_passages;
    }
    return size;
}

/* Whether all files are read, whatever became of them. A dry run keeps the index,
 * to tell new ones from the others. */
static bool reads_all(const run *r)
{
    const char *old = r->index.manifest.settings.language;
    return r->options->rebuild || (old != NULL && strcmp(old, r->settings.language) != 0);
}

static cs_status open_old(run *r, cs_error *error)
{
    const cs_update_options *o = r->options;
    cs_status status = cs_index_open(o->directory, CS_INDEX_DATABASE, &r->index, error);
    if (status == CS_NO_INDEX || (o->rebuild && (status == CS_DAMAGED || status == CS_FORMAT))) {
        status = forget_segments(r, error); /* of what is damaged, the settings may be whole */
        if (status == CS_OK)
            status = cs_tidy_check(o->directory, error);
    }
    if (status != CS_OK)
        return status;
    const char *old = r->index.manifest.settings.root;
    if (old != NULL && strcmp(old, o->root) != 0 && !o->rebuild) {
        cs_target_mismatch(o->directory, old, o->root, error);
        cs_hint(error, "name another directory, or use --rebuild to replace it");
        return CS_USAGE;
    }
    status = merge_settings(r, error);
    r->result->before = size_of(&r->index.manifest);
    if (status == CS_OK && reads_all(r) && !o->dry)
        status = forget_segments(r, error);
    return status;
}

/* ---- planning ---------------------------------------------------------------------- */

static cs_status look(run *r, cs_error *error)
{
    cs_walk_bounds bounds = {0};
    if (r->options->quick)
        bounds.deadline = cs_clock() + cs_quick_look;
    cs_status status =
        cs_walk_folder(r->settings.root, &r->settings.selection, &bounds, &r->walk, error);
    if (status != CS_OK)
        return status;
    r->result->partly = !r->walk.complete;
    for (size_t i = 0; i < r->walk.notes.count; i++) {
        const cs_walk_note *note = &r->walk.notes.items[i];
        tell(r, note->failure ? CS_EVENT_FAILED : CS_EVENT_SKIPPED, note->path, note->reason);
        r->result->failed += note->failure;
        r->result->skipped += !note->failure;
    }
    r->result->files = r->walk.files.count;
    if (r->walk.files.count > cs_max_files)
        return cs_fail(error, CS_LIMIT, "more than %d files in %s", cs_max_files, r->settings.root);
    if (r->watch->walked != NULL)
        status = r->watch->walked(r->watch->walker, &r->walk, &r->settings.selection, error);
    if (status != CS_OK)
        return status;
    return cs_plan_make(&r->index, &r->walk, &r->plan, error);
}

static void add_load(run *r, const cs_entry *entry, bool live)
{
    cs_load *load = &r->loads[entry->segment];
    if (live)
        load->live += entry->stamp.size + 1;
    else
        load->dead += entry->stamp.size + 1;
}

/* Sizes up the segments and decides which are merged. The dead of earlier runs
 * have no entry; their passages stand for their bytes. */
static void plan_merges(run *r)
{
    uint64_t new_bytes = 0, dead = 0;
    for (size_t i = 0; i < r->plan.tasks.count; i++) {
        const cs_task *task = &r->plan.tasks.items[i];
        bool read = task->action == CS_ACTION_READ;
        new_bytes += read ? task->candidate->stamp.size + 1 : 0;
        if (task->entry != cs_no_segment)
            add_load(r, &r->plan.entries.items[task->entry], !read);
    }
    for (size_t i = 0; i < r->plan.deleted.count; i++)
        add_load(r, &r->plan.entries.items[r->plan.deleted.items[i]], false);
    size_t count = r->index.manifest.segments.count;
    for (size_t i = 0; i < count; i++) {
        const cs_segment *s = &r->index.manifest.segments.items[i];
        uint64_t live_passages = s->passages - s->dead_passages;
        dead += s->dead.count;
        if (live_passages > 0)
            r->loads[i].dead += r->loads[i].live / live_passages * s->dead_passages;
    }
    bool changed = new_bytes > 0 || r->plan.deleted.count > 0;
    bool compact = r->options->compact && (changed || count > 1 || dead > 0);
    if (compact || (r->options->dry && reads_all(r)))
        for (size_t i = 0; i < count; i++)
            r->loads[i].merged = true;
    else if (changed)
        cs_plan_merges(r->loads, count, new_bytes,
                       r->options->quick ? cs_quick_bytes : cs_merge_most);
}

/* ---- reading ----------------------------------------------------------------------- */

/* Reads a candidate as it is now. */
static cs_status read_file(run *r, const char *path, cs_stamp *ret_stamp, const char **ret_why)
{
    return cs_read_file(r->root_fd, path, r->settings.selection.follow,
                        r->settings.selection.max_size, &r->bytes, ret_stamp, ret_why);
}

static bool kill_entry(run *r, uint32_t entry)
{
    const cs_entry *e = &r->plan.entries.items[entry];
    return cs_segment_kill(&r->index.manifest.segments.items[e->segment], e->file);
}

/* Whether the content is still that of the index. */
static bool is_proven(run *r, const cs_task *task)
{
    cs_stamp stamp;
    const char *why;
    if (read_file(r, task->candidate->path, &stamp, &why) != CS_OK)
        return false;
    return cs_hash(r->bytes.data, r->bytes.len) == r->plan.entries.items[task->entry].hash;
}

/* Settles what the stamps leave in doubt; before merges are planned, which must
 * know all that will be read. */
static cs_status prove_tasks(run *r, cs_error *error)
{
    for (size_t i = 0; i < r->plan.tasks.count; i++) {
        cs_task *task = &r->plan.tasks.items[i];
        if (task->action != CS_ACTION_PROVE)
            continue;
        cs_status status = check_interrupted(r, error);
        if (status != CS_OK)
            return status;
        task->action = is_proven(r, task) ? CS_ACTION_KEEP : CS_ACTION_READ;
    }
    return CS_OK;
}

static bool is_merged(const run *r, const cs_task *task)
{
    return task->entry != cs_no_segment &&
           r->loads[r->plan.entries.items[task->entry].segment].merged;
}

static bool is_to_read(const run *r, const cs_task *task)
{
    return task->action != CS_ACTION_KEEP || is_merged(r, task);
}

/* Tells of files that are not read again what was said when they were. */
static cs_status tell_kept(const run *r, cs_error *error)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < r->plan.tasks.count && status == CS_OK; i++) {
        const cs_task *task = &r->plan.tasks.items[i];
        cs_file_state state = CS_FILE_READ;
        char *note = NULL;
        if (!is_to_read(r, task))
            status =
                cs_plan_said(&r->index, &r->plan.entries.items[task->entry], &state, &note, error);
        if (note != NULL && note[0] != '\0')
            tell(r, CS_EVENT_NOTE, task->candidate->path, note);
        if (cs_build_why_skipped(state) != NULL)
            tell(r, CS_EVENT_SKIPPED, task->candidate->path, cs_build_why_skipped(state));
        free(note);
    }
    return status;
}

/* ---- building ---------------------------------------------------------------------- */

static void tell_outcome(void *context, cs_outcome outcome, const char *path, const char *text)
{
    cs_event_kind kind = outcome == CS_OUTCOME_FAILED    ? CS_EVENT_FAILED
                         : outcome == CS_OUTCOME_SKIPPED ? CS_EVENT_SKIPPED
                                                         : CS_EVENT_NOTE;
    run *r = context;
    r->result->failed += kind == CS_EVENT_FAILED;
    tell(r, kind, path, text);
}

static void tell_progress(void *context, size_t files, uint64_t bytes)
{
    const run *r = context;
    if (r->watch->progress != NULL)
        r->watch->progress(r->watch->context, files, r->result->reading, bytes,
                           r->result->reading_bytes);
}

static void tell_joining(void *context, size_t files)
{
    const run *r = context;
    if (r->watch->joining != NULL)
        r->watch->joining(r->watch->context, files);
}

/* Enters what became of a file. */
static cs_status settle(run *r, const cs_task *task, cs_outcome outcome, cs_error *error)
{
    cs_update_result *result = r->result;
    bool known = task->entry != cs_no_segment, in = outcome == CS_OUTCOME_READ;
    bool same = task->action == CS_ACTION_KEEP;
    in = in || outcome == CS_OUTCOME_SKIPPED || outcome == CS_OUTCOME_REFUSED;
    result->skipped += outcome == CS_OUTCOME_SKIPPED;
    result->reread += in && same;
    result->changed += in && known && !same;
    result->added += in && !known;
    if (known && (in || outcome == CS_OUTCOME_GONE) && !kill_entry(r, task->entry))
        return cs_fail_memory(error);
    return CS_OK;
}

static cs_status settle_all(run *r, const cs_build_file *files, cs_error *error)
{
    cs_status status = CS_OK;
    for (size_t i = 0, file = 0; i < r->plan.tasks.count && status == CS_OK; i++) {
        const cs_task *task = &r->plan.tasks.items[i];
        if (is_to_read(r, task))
            status = settle(r, task, files[file++].outcome, error);
        else
            r->result->kept++;
    }
    for (size_t i = 0; i < r->plan.deleted.count && status == CS_OK; i++) {
        if (!kill_entry(r, r->plan.deleted.items[i]))
            return cs_fail_memory(error);
        r->result->deleted++;
    }
    return status;
}

/* Reads what is to be read into a new segment. */
static cs_status read_all(run *r, cs_error *error)
{
    cs_build_file *files = calloc(r->plan.tasks.count + 1, sizeof *files);
    if (files == NULL)
        return cs_fail_memory(error);
    cs_build build = {.directory = r->options->directory,
                      .root_fd = r->root_fd,
                      .lock_fd = r->lock_fd,
                      .settings = &r->settings,
                      .jobs = r->options->jobs,
                      .interrupted = r->options->interrupted,
                      .files = files,
                      .context = r,
                      .tell = tell_outcome,
                      .progress = tell_progress,
                      .joining = tell_joining};
    for (size_t i = 0; i < r->plan.tasks.count; i++) {
        const cs_task *task = &r->plan.tasks.items[i];
        if (!is_to_read(r, task))
            continue;
        files[build.count++] =
            (cs_build_file){.path = task->candidate->path, .size = task->candidate->stamp.size};
        r->result->reading_bytes += task->candidate->stamp.size;
    }
    r->result->reading = build.count;
    if (build.jobs == 0)
        build.jobs = cs_workers_processors();
    cs_status status = cs_build_segment(&build, &r->segment, &r->any, error);
    r->result->bytes += build.bytes;
    if (status == CS_OK)
        status = settle_all(r, files, error);
    free(files);
    return status;
}

/* ---- publishing -------------------------------------------------------------------- */

static bool all_dead(const cs_segment *segment)
{
    return segment->dead.count == segment->files;
}

/* Drops the segments in which nothing lives. */
static void drop_dead_segments(cs_manifest *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->segments.count; i++) {
        if (all_dead(&m->segments.items[i]))
            free(m->segments.items[i].dead.items);
        else
            m->segments.items[kept++] = m->segments.items[i];
    }
    m->segments.count = kept;
}

/* Removes the new segment after a failure, unless a manifest that may be the one on
 * the disk names it: the rename may have been done, and what followed have failed. */
static void take_back(const run *r)
{
    CS_SCOPED(cs_manifest) now = {0};
    cs_status status = cs_manifest_read(r->options->directory, &now, NULL);
    bool known = status == CS_OK || status == CS_NO_INDEX || status == CS_DAMAGED ||
                 status == CS_FORMAT; /* what is damaged is not the new one */
    if (!r->any || !known || cs_tidy_names(&now, r->segment.name))
        return;
    static const char *const suffixes[] = {CS_DB_SUFFIX, CS_STORE_SUFFIX};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
        cs_segment_path(&path, r->options->directory, &r->segment, suffixes[i]);
        if (cs_buf_status(&path) == CS_OK)
            unlink(path.data);
    }
}

static cs_status publish(run *r, cs_error *error)
{
    cs_manifest *m = &r->index.manifest;
    bool changed = r->any || r->result->deleted > 0 || r->index.verified ||
                   m->settings.root == NULL || r->options->rebuild ||
                   !cs_settings_equal(&m->settings, &r->settings);
    for (size_t i = 0; i < m->segments.count; i++)
        changed = changed || all_dead(&m->segments.items[i]);
    if (!changed) {
        cs_tidy(r->options->directory, m); /* of a run that was killed */
        return CS_OK;
    }
    cs_settings old = m->settings;
    m->settings = r->settings;
    r->settings = old; /* released with the run */
    drop_dead_segments(m);
    cs_segment *added = r->any ? CS_PUSH(&m->segments) : NULL;
    if (r->any && added == NULL)
        return cs_fail_memory(error);
    if (r->any)
        *added = r->segment;
    cs_status status = check_interrupted(r, error);
    if (status == CS_OK)
        status = cs_manifest_write(r->options->directory, m, error);
    if (status != CS_OK)
        return status;
    r->result->published = true;
    cs_tidy(r->options->directory, m);
    return CS_OK;
}

static cs_status count_live(run *r, cs_error *error)
{
    if (r->result->published) {
        cs_index_release(&r->index);
        cs_status status = cs_index_open(r->options->directory, CS_INDEX_STORES, &r->index, error);
        if (status != CS_OK)
            return status;
    }
    r->result->studies = cs_index_study_count(&r->index);
    r->result->after = size_of(&r->index.manifest);
    for (size_t i = 0; i < r->index.manifest.segments.count; i++) {
        const cs_segment *s = &r->index.manifest.segments.items[i];
        r->result->passages += s->passages - s->dead_passages;
    }
    return CS_OK;
}

/* ---- a dry run --------------------------------------------------------------------- */

static void tell_task(run *r, const cs_task *task)
{
    cs_update_result *result = r->result;
    bool same = task->action == CS_ACTION_KEEP, known = task->entry != cs_no_segment;
    if (!is_to_read(r, task)) {
        result->kept++;
        return;
    }
    result->reading++;
    result->reading_bytes += task->candidate->stamp.size;
    result->reread += same;
    result->changed += !same && known;
    result->added += !known;
    tell(r,
         same    ? CS_EVENT_AGAIN
         : known ? CS_EVENT_CHANGED
                 : CS_EVENT_NEW,
         task->candidate->path, "");
}

static cs_status tell_plan(run *r, cs_error *error)
{
    for (size_t i = 0; i < r->plan.tasks.count; i++)
        tell_task(r, &r->plan.tasks.items[i]);
    for (size_t i = 0; i < r->plan.deleted.count; i++) {
        char *path = cs_copy_string(r->plan.entries.items[r->plan.deleted.items[i]].path);
        if (path == NULL)
            return cs_fail_memory(error);
        tell(r, CS_EVENT_DELETED, path, "");
        free(path);
    }
    r->result->deleted = r->plan.deleted.count;
    return CS_OK;
}

/* ---- a run ------------------------------------------------------------------------- */

/* Counts what changed; whether it is too much, or too little known, to be done
 * at once. Once merges are planned, what they read again counts too. */
static bool is_too_much(run *r)
{
    bool emptied = r->walk.complete && r->walk.files.count == 0 && r->plan.deleted.count > 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < r->index.manifest.segments.count; i++)
        bytes += r->loads[i].merged ? r->loads[i].live : 0;
    size_t files = r->walk.complete ? r->plan.deleted.count : 0;
    for (size_t i = 0; i < r->plan.tasks.count; i++)
        if (r->plan.tasks.items[i].action == CS_ACTION_READ) {
            bytes += r->plan.tasks.items[i].candidate->stamp.size;
            files++;
        }
    bool too_much = r->look_only || !r->walk.complete || emptied || files > cs_quick_files ||
                    bytes > cs_quick_bytes;
    r->result->newer = too_much ? files : 0;
    return too_much;
}

static cs_status run_all(run *r, cs_error *error)
{
    cs_status status = open_old(r, error);
    if (status == CS_OK)
        status = look(r, error);
    if (status != CS_OK)
        return status;
    if (r->options->quick && is_too_much(r))
        return CS_OK;
    r->root_fd = open(r->settings.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->root_fd < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", r->settings.root);
    status = prove_tasks(r, error);
    if (status == CS_OK)
        plan_merges(r);
    if (status == CS_OK && r->options->quick && is_too_much(r))
        return CS_OK;
    if (status == CS_OK && r->options->dry)
        return tell_plan(r, error);
    if (status == CS_OK && r->options->tell_kept)
        status = tell_kept(r, error);
    if (status == CS_OK)
        status = read_all(r, error);
    if (status == CS_OK)
        status = publish(r, error);
    if (status != CS_OK)
        take_back(r);
    else
        status = count_live(r, error);
    return status;
}

/* Before anything is written there. */
static cs_status check_directory(const char *directory, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_buf_addf(&path, "%s/%s", directory, CS_MANIFEST_NAME);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    cs_status status = cs_place_check(directory, error);
    return status == CS_OK && access(path.data, F_OK) != 0 ? cs_tidy_check(directory, error)
                                                           : status;
}

cs_status cs_update_run(const cs_update_options *options, const cs_update_watch *watch,
                        cs_update_result *ret_result, cs_error *error)
{
    *ret_result = (cs_update_result){0};
    int lock = -1;
    cs_status status = check_directory(options->directory, error);
    if (status == CS_OK && !options->dry)
        status = cs_lock_take(options->directory, options->wait, &lock, error);
    bool look_only = options->quick && status == CS_IO; /* it may still be told what is new */
    if (status != CS_OK && !look_only)
        return status;
    run r = {.options = options,
             .watch = watch,
             .result = ret_result,
             .look_only = look_only,
             .root_fd = -1,
             .lock_fd = lock};
    status = run_all(&r, error);
    release(&r);
    if (lock >= 0)
        close(lock);
    return status;
}
