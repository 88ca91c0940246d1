/* run.c - see run.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "place.h"
#include "watch.h"

static cs_console console_of(const cs_run *run)
{
    const char *term = getenv("TERM");
    bool terminal = isatty(STDERR_FILENO);
    bool dumb = term != NULL && strcmp(term, "dumb") == 0; /* no line can be taken back */
    return (cs_console){.quiet = run->quiet,
                        .verbose = run->verbose,
                        .terminal = terminal && !dumb && !run->quiet,
                        .dry = run->update.dry,
                        .log = run->watch && !terminal};
}

static cs_update_watch watch_for(cs_console *console)
{
    return (cs_update_watch){.context = console,
                             .event = cs_console_event,
                             .progress = cs_console_progress,
                             .joining = cs_console_joining};
}

/* ---- one update -------------------------------------------------------------------- */

/* Makes the directory, where the run may. */
static cs_status prepare_directory(const cs_run *run, const char *directory, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    if (run->update.quick) /* a quick look never makes an index */
        return cs_manifest_read(directory, &manifest, error);
    return run->update.dry ? CS_OK : cs_place_create(directory, error);
}

/* Tells that a new index hides another one in its folder. */
static void tell_nested(const cs_run *run, const cs_target *target, const cs_console *console)
{
    CS_SCOPED(cs_manifest) own = {0};
    CS_SCOPED(cs_manifest) other = {0};
    char *covering = NULL;
    bool begun = run->db == NULL && cs_manifest_read(target->directory, &own, NULL) == CS_NO_INDEX;
    if (begun && cs_place_covering(target->root, &covering, NULL) == CS_OK && covering != NULL &&
        cs_manifest_read(covering, &other, NULL) == CS_OK)
        cs_console_say(console, "a new index, which in this folder hides that of",
                       other.settings.root);
    free(covering);
}

cs_status cs_run_update(const cs_run *run, const cs_target *target, bool *partial, cs_error *error)
{
    cs_console console = console_of(run);
    cs_update_watch watch = watch_for(&console);
    cs_update_options options = run->update;
    cs_update_result result;
    options.root = target->root;
    options.directory = target->directory;
    tell_nested(run, target, &console);
    cs_status status = prepare_directory(run, target->directory, error);
    if (status == CS_OK)
        status = cs_update_run(&options, &watch, &result, error);
    if (status != CS_OK) {
        cs_console_clear(&console);
        return status;
    }
    cs_console_summary(&console, target->root, &result);
    if (options.compact && !options.dry)
        cs_console_sizes(&console, &result);
    if (result.newer > 0) /* for casesearch, which says it in its own words */
        printf("newer %zu%s\n", result.newer, result.partly ? " at least" : "");
    *partial = *partial || result.failed > 0;
    return CS_OK;
}

/* ---- following --------------------------------------------------------------------- */

/* A folder that is followed. */
typedef struct followed {
    cs_watch *watch; /* of all */
    size_t number;   /* there */
    cs_target target;
    bool later; /* it was updated before */
} followed;

static cs_status watch_walked(void *walker, const cs_walk *walk, const cs_selection *selection,
                              cs_error *error)
{
    const followed *f = walker;
    return cs_watch_folders(f->watch, f->number, walk, selection, error);
}

/* Brings an index up to date; after the first time, says so only if anything changed. */
static cs_status update_followed(const cs_run *run, followed *f, cs_error *error)
{
    cs_console console = console_of(run);
    cs_update_watch watch = watch_for(&console);
    cs_update_options options = run->update;
    cs_update_result result;
    options.root = f->target.root;
    options.directory = f->target.directory;
    options.wait = true; /* others write, too */
    options.rebuild = options.rebuild && !f->later;
    options.compact = options.compact && !f->later;
    options.tell_kept = options.tell_kept && !f->later;
    watch.walker = f;
    watch.walked = watch_walked;
    if (f->later && !run->verbose)
        watch.event = NULL; /* what is skipped was told */
    cs_status status = cs_place_create(f->target.directory, error);
    if (status == CS_OK)
        status = cs_update_run(&options, &watch, &result, error);
    cs_console_clear(&console);
    if (status != CS_OK)
        return status;
    if (!f->later || run->verbose || result.added + result.changed + result.deleted > 0)
        cs_console_summary(&console, f->target.root, &result);
    f->later = true;
    return CS_OK;
}

static cs_status begin_following(const cs_run *run, followed *f, const char *folder,
                                 cs_error *error)
{
    cs_console console = console_of(run);
    cs_status status = cs_target_folder(run->db, folder, &f->target, error);
    if (status == CS_OK)
        status = cs_watch_add_root(f->watch, f->target.root, error);
    if (status == CS_OK)
        status = update_followed(run, f, error);
    if (status == CS_OK)
        cs_console_say(&console, "following", f->target.root);
    return status;
}

static cs_status follow(const cs_run *run, followed *all, cs_error *error)
{
    cs_console console = console_of(run);
    cs_status status = CS_OK;
    while (status == CS_OK) {
        size_t number;
        bool lost;
        status = cs_watch_wait(all->watch, run->update.interrupted, &number, &lost, error);
        if (status != CS_OK)
            break;
        if (lost)
            cs_console_say(&console, "too much changed at once, looking at all of",
                           all[number].target.root);
        status = update_followed(run, &all[number], error);
    }
    return status;
}

cs_status cs_run_follow(const cs_run *run, const char *const *folders, size_t count,
                        cs_error *error)
{
    cs_watch *watch = NULL;
    followed *all = calloc(count, sizeof *all);
    cs_status status = all == NULL ? cs_fail_memory(error) : cs_watch_new(&watch, error);
    for (size_t i = 0; i < count && status == CS_OK; i++) {
        all[i] = (followed){.watch = watch, .number = i};
        status = begin_following(run, &all[i], folders[i], error);
    }
    if (status == CS_OK)
        status = follow(run, all, error);
    for (size_t i = 0; all != NULL && i < count; i++)
        cs_target_release(&all[i].target);
    free(all);
    cs_watch_free(watch);
    return status;
}
