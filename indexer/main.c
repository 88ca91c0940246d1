/* main.c - caseindex: builds or updates the index of a folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dump.h"
#include "guard.h"
#include "inspect.h"
#include "options.h"
#include "run.h"
#include "target.h"
#include "text.h"
#include "tidy.h"
#include "version.h"
#include "workers.h"
#include "writer.h"

enum {
    max_max_size = 1 << 30, /* the largest --max-size: offsets are of 32 bits */
    max_extensions = 1000   /* bytes of --ext */
};

enum {
    OPT_DB = 1,
    OPT_EXT,
    OPT_NO_IGNORE,
    OPT_IGNORE,
    OPT_FOLLOW,
    OPT_NO_FOLLOW,
    OPT_MAX_SIZE,
    OPT_LANG,
    OPT_WATCH,
    OPT_REBUILD,
    OPT_COMPACT,
    OPT_DRY_RUN,
    OPT_WAIT,
    OPT_JOBS,
    OPT_JSON,
    OPT_STATUS,
    OPT_CHECK,
    OPT_FORGET,
    OPT_DUMP,
    OPT_QUICK,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_HELP,
    OPT_VERSION
};

static const cs_option table[] = {
    {0, 0, "Which files (kept for later runs):", NULL, NULL},
    {OPT_EXT, 0, "ext", "LIST", "extensions [md,markdown,mdown,mkd,mdx,txt]"},
    {OPT_NO_IGNORE, 0, "no-ignore", NULL, "take hidden files and what ignore files name"},
    {OPT_IGNORE, 0, "ignore", NULL, "leave them out again"},
    {OPT_FOLLOW, 0, "follow", NULL, "follow symbolic links"},
    {OPT_NO_FOLLOW, 0, "no-follow", NULL, "do not follow them any more"},
    {OPT_MAX_SIZE, 0, "max-size", "SIZE", "skip larger files [8M]"},
    {OPT_LANG, 0, "lang", "LANG", "language of studies that do not say theirs [en]"},
    {0, 0, "What to do:", NULL, NULL},
    {OPT_WATCH, 0, "watch", NULL, "update, then follow every change until stopped"},
    {OPT_REBUILD, 0, "rebuild", NULL, "read everything again"},
    {OPT_COMPACT, 0, "compact", NULL, "merge all segments into one, without what is dead"},
    {OPT_DRY_RUN, 0, "dry-run", NULL, "print what would be done with each file, do nothing"},
    {OPT_STATUS, 0, "status", NULL, "print what the index holds, change nothing"},
    {OPT_CHECK, 0, "check", NULL, "verify the index against its checksums"},
    {OPT_FORGET, 0, "forget", NULL, "remove the index; the studies stay"},
    {OPT_DUMP, 0, "dump", NULL, "print what would be indexed of each FILE"},
    {0, 0, "How:", NULL, NULL},
    {OPT_DB, 'd', "db", "DIR", "where the index is [under ~/.cache/casesearch]"},
    {OPT_JOBS, 0, "jobs", "N", "processes that read files [one a processor]"},
    {OPT_JSON, 0, "json", NULL, "print --status or --check as JSON"},
    {OPT_WAIT, 0, "wait", NULL, "wait for another caseindex to finish"},
    {OPT_QUICK, 0, "quick", NULL, "update only if little changed; else print how much"},
    {OPT_QUIET, 'q', "quiet", NULL, "print errors only"},
    {OPT_VERBOSE, 'v', "verbose", NULL, "name every skipped file and oddity"},
    {OPT_HELP, 'h', "help", NULL, "print this"},
    {OPT_VERSION, 0, "version", NULL, "print the version"},
    {0, 0, NULL, NULL, NULL},
};

static const cs_program program = {
    .name = "caseindex",
    .usage = "caseindex [OPTION...] [FOLDER...]",
    .summary = "Builds or updates the index of each FOLDER of Markdown case studies (the\n"
               "current one by default), so that casesearch finds its passages.",
    .table = table,
};

typedef struct settings {
    cs_run run;
    char *extensions; /* owned; blank separated */
    uint64_t max_size;
    int mode; /* an OPT_ of "What to do", or 0 */
    bool json;
} settings;

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

/* ---- the command line -------------------------------------------------------------- */

/* "md,.txt,*.rst" as "md txt rst". */
static cs_status set_extensions(settings *s, const char *list, cs_error *error)
{
    CS_SCOPED(cs_buf) out = {.limit = max_extensions};
    for (const char *at = list; *at != '\0'; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
        bool first = out.len == 0 || out.data[out.len - 1] == ' ';
        if (first && (c == '.' || (c == '*' && at[1] == '.')))
            continue;
        if ((unsigned char)c < 0x20 || strchr("/*?[]\\", c) != NULL)
            return cs_fail(error, CS_USAGE, "--ext: not an extension: %s", list);
        if (c != ',' && c != ' ')
            cs_buf_add_char(&out, c);
        else if (!first)
            cs_buf_add_char(&out, ' ');
    }
    if (cs_buf_status(&out) != CS_OK)
        return cs_fail(error, CS_USAGE, "--ext: more than %d bytes", max_extensions);
    if (out.len == 0)
        return cs_fail(error, CS_USAGE, "--ext: no extension in \"%s\"", list);
    free(s->extensions);
    s->extensions = out.data;
    out.data = NULL;
    s->run.update.extensions = s->extensions;
    return CS_OK;
}

static cs_status set_max_size(settings *s, const char *value, cs_error *error)
{
    cs_status status = cs_options_size("--max-size", value, &s->max_size, error);
    if (status == CS_OK && s->max_size > max_max_size)
        return cs_fail(error, CS_USAGE, "--max-size: at most 1G");
    s->run.update.max_size = &s->max_size;
    return status;
}

static cs_status set_language(settings *s, const char *value, cs_error *error)
{
    if (!cs_language_is_plausible(cs_view_of(value))) {
        cs_fail(error, CS_USAGE, "--lang: not a language: %s", value);
        cs_hint(error, "a code such as en, fr or de, or none");
        return CS_USAGE;
    }
    s->run.update.language = cs_language_code(cs_view_of(value));
    return CS_OK;
}

static cs_status set_jobs(settings *s, const char *value, cs_error *error)
{
    uint64_t jobs;
    cs_status status = cs_options_number("--jobs", value, cs_max_jobs, &jobs, error);
    if (status != CS_OK || jobs == 0)
        return cs_fail(error, CS_USAGE, "--jobs: not a number from 1 to %d: %s", cs_max_jobs,
                       value);
    s->run.update.jobs = (unsigned)jobs;
    return CS_OK;
}

/* Help goes before all else; of other things to do there is one. */
static cs_status enter(settings *s, int id, cs_error *error)
{
    bool about = s->mode == OPT_HELP || s->mode == OPT_VERSION;
    if (!about && s->mode != 0 && s->mode != id && id != OPT_HELP && id != OPT_VERSION)
        return cs_fail(error, CS_USAGE, "--%s and --%s do not go together",
                       cs_options_name(&program, s->mode), cs_options_name(&program, id));
    if (!about)
        s->mode = id;
    return CS_OK;
}

/* An option without a value. */
static cs_status set_flag(settings *s, int id, cs_error *error)
{
    switch (id) {
    case OPT_NO_IGNORE:
    case OPT_IGNORE:
        s->run.update.no_ignore = id == OPT_NO_IGNORE;
        s->run.update.ignore = id == OPT_IGNORE;
        break;
    case OPT_FOLLOW:
    case OPT_NO_FOLLOW:
        s->run.update.follow = id == OPT_FOLLOW;
        s->run.update.no_follow = id == OPT_NO_FOLLOW;
        break;
    case OPT_WATCH:
        s->run.watch = true;
        break;
    case OPT_REBUILD:
        s->run.update.rebuild = true;
        break;
    case OPT_COMPACT:
        s->run.update.compact = true;
        break;
    case OPT_DRY_RUN:
        s->run.update.dry = true;
        break;
    case OPT_WAIT:
        s->run.update.wait = true;
        break;
    case OPT_QUICK:
        s->run.update.quick = s->run.quiet = true;
        break;
    case OPT_JSON:
        s->json = true;
        break;
    case OPT_QUIET:
        s->run.quiet = true;
        break;
    case OPT_VERBOSE:
        s->run.verbose = s->run.update.tell_kept = true;
        break;
    default:
        return enter(s, id, error);
    }
    return CS_OK;
}

static cs_status set_option(void *context, int id, const char *value, cs_error *error)
{
    settings *s = context;
    switch (id) {
    case OPT_EXT:
        return set_extensions(s, value, error);
    case OPT_MAX_SIZE:
        return set_max_size(s, value, error);
    case OPT_JOBS:
        return set_jobs(s, value, error);
    case OPT_LANG:
        return set_language(s, value, error);
    case OPT_DB:
        s->run.db = value;
        return value[0] != '\0' ? CS_OK
                                : cs_fail(error, CS_USAGE, "--db: an index directory is needed");
    default:
        return set_flag(s, id, error);
    }
}

/* Options that make no sense together. */
static cs_status check_options(const settings *s, cs_error *error)
{
    bool inspects = s->mode == OPT_STATUS || s->mode == OPT_CHECK;
    if (s->json && !inspects)
        return cs_fail(error, CS_USAGE, "--json goes with --status or --check");
    const cs_update_options *u = &s->run.update;
    const char *update = u->rebuild ? "--rebuild" : u->compact ? "--compact" : NULL;
    if (s->mode != 0 && update != NULL)
        return cs_fail(error, CS_USAGE, "--%s and %s do not go together",
                       cs_options_name(&program, s->mode), update);
    if (s->run.watch && (s->mode != 0 || u->dry || u->quick))
        return cs_fail(error, CS_USAGE, "--watch goes with no other thing to do");
    return CS_OK;
}

/* ---- modes ------------------------------------------------------------------------- */

static cs_status forget(const settings *s, const char *directory, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_status status = cs_manifest_read(directory, &manifest, error);
    if (status == CS_NO_INDEX || status == CS_IO)
        return status; /* never remove what is not an index */
    if (status == CS_FORMAT || status == CS_REFUSED)
        return status;
    if (s->run.update.dry) {
        printf("would remove %s\n", directory);
        return CS_OK;
    }
    status = cs_tidy_away(directory, s->run.update.wait, error);
    if (status != CS_OK)
        return status;
    if (!s->run.quiet)
        fprintf(stderr, "caseindex: removed %s\n", directory);
    return CS_OK;
}

/* A reader that went away is a quiet success. */
static cs_status print(const cs_buf *out, cs_error *error)
{
    if ((out->len > 0 && fwrite(out->data, 1, out->len, stdout) != out->len) || fflush(stdout) != 0)
        return errno == EPIPE ? CS_OK
                              : cs_fail_errno(error, CS_IO, errno, "cannot write the output");
    return CS_OK;
}

static cs_status inspect(const settings *s, const char *directory, cs_error *error)
{
    CS_SCOPED(cs_buf) out = {.limit = 1 << 20};
    cs_status status = s->mode == OPT_STATUS ? cs_inspect_status(directory, s->json, &out, error)
                                             : cs_inspect_check(directory, s->json, &out, error);
    cs_status printed = print(&out, status == CS_OK ? error : NULL);
    return status == CS_OK ? printed : status;
}

static cs_status run_target(const settings *s, const cs_target *target, bool *partial,
                            cs_error *error)
{
    switch (s->mode) {
    case OPT_STATUS:
    case OPT_CHECK:
        return inspect(s, target->directory, error);
    case OPT_FORGET:
        return forget(s, target->directory, error);
    default:
        return cs_run_update(&s->run, target, partial, error);
    }
}

/* The command that repairs an index, wherever it is typed. */
static void hint_rebuild(const settings *s, const cs_target *target, cs_error *error)
{
    CS_SCOPED(cs_buf) word = {.limit = 1 << 16};
    bool named = s->run.db != NULL;
    cs_text_add_shell_word(&word, named ? s->run.db : target->root);
    cs_hint(error, "build it anew with: caseindex --rebuild %s%s", named ? "-d " : "",
            word.data == NULL ? "." : word.data);
}

/* `folder` is NULL when none is named. */
static cs_status run_folder(const settings *s, const char *folder, bool *partial, cs_error *error)
{
    CS_SCOPED(cs_target) target = {0};
    const char *db = s->run.db;
    cs_status status = s->mode == 0 ? cs_target_folder(db, folder, &target, error)
                                    : cs_target_index(db, folder, &target, error);
    if (status == CS_OK)
        status = run_target(s, &target, partial, error);
    if (status == CS_DAMAGED && target.directory != NULL)
        hint_rebuild(s, &target, error);
    return status;
}

/* ---- dumping ----------------------------------------------------------------------- */

/* What would be indexed of one file, whatever index there is. */
static cs_status dump(const settings *s, const char *path, cs_buf *text, cs_error *error)
{
    const uint64_t max_size = s->run.update.max_size != NULL ? s->max_size : cs_default_max_size;
    CS_SCOPED(cs_buf) bytes = {0};
    CS_SCOPED(cs_study) study = {0};
    cs_stamp stamp;
    const char *why = "";
    if (cs_read_file(AT_FDCWD, path, true, max_size, &bytes, &stamp, &why) != CS_OK)
        return cs_fail(error, CS_IO, "cannot read %s: %s", path, why);
    if (cs_source_is_binary(cs_buf_view(&bytes)))
        return cs_fail(error, CS_IO, "%s is not text", path);
    const char *language = s->run.update.language != NULL ? s->run.update.language : "en";
    cs_status status =
        cs_study_read(cs_buf_view(&bytes), cs_view_of(path), language, &study, error);
    study.file.path = cs_view_of(path);
    if (status == CS_OK)
        status = cs_dump_study(&study, text, error);
    return status;
}

static cs_status skip_dump(bool *partial, cs_error *error)
{
    cs_error_print(program.name, error);
    *error = (cs_error){0};
    *partial = true;
    return CS_OK;
}

/* A file that cannot be read is named; the others are dumped. */
static cs_status dump_all(const settings *s, const cs_operands *files, bool *partial,
                          cs_error *error)
{
    cs_status status = CS_OK;
    if (files->count == 0)
        return cs_fail(error, CS_USAGE, "--dump needs a file");
    for (size_t i = 0; i < files->count && status == CS_OK; i++) {
        CS_SCOPED(cs_buf) text = {.limit = cs_max_scratch};
        status = dump(s, files->items[i], &text, error);
        if (status == CS_OK)
            status = print(&text, error);
        else if (status == CS_IO)
            status = skip_dump(partial, error);
    }
    return status;
}

static void tell(const settings *s, const cs_error *error)
{
    if (s->json)
        cs_error_print_json(error);
    else
        cs_error_print(program.name, error);
}

/* One after the other. What is wrong with one folder is told, and leaves the others be; *ret_first
 * is the first such fault. */
static cs_status run_each(const settings *s, const char *const *folders, size_t count,
                          bool *partial, cs_status *ret_first, cs_error *error)
{
    for (size_t i = 0; i < count; i++) {
        cs_status status = run_folder(s, folders[i], partial, error);
        if (status == CS_MEMORY || status == CS_INTERRUPTED || (status != CS_OK && count == 1))
            return status;
        if (status == CS_OK)
            continue;
        tell(s, error);
        *error = (cs_error){0};
        *ret_first = *ret_first == CS_OK ? status : *ret_first;
    }
    return CS_OK;
}

static cs_status run_folders(const settings *s, const cs_operands *folders, bool *partial,
                             cs_status *ret_first, cs_error *error)
{
    static const char *const none_named[] = {NULL};
    bool any = folders->count > 0;
    if (folders->count > 1 && s->run.db != NULL)
        return cs_fail(error, CS_USAGE, "--db holds the index of one folder, not of %zu",
                       folders->count);
    if (s->mode == OPT_DUMP)
        return dump_all(s, folders, partial, error);
    const char *const *items = any ? folders->items : none_named;
    size_t count = any ? folders->count : 1;
    return s->run.watch ? cs_run_follow(&s->run, items, count, error)
                        : run_each(s, items, count, partial, ret_first, error);
}

static void prepare_process(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    cs_guard_streams();
    signal(SIGPIPE, SIG_IGN);
    cs_guard_install(program.name);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write(2), not the end */
    /* what a batch frees the next one needs: keep it instead of giving it back */
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    struct rlimit files; /* a merge reads many small databases at once */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static cs_status print_about(int mode, cs_error *error)
{
    CS_SCOPED(cs_buf) about = {.limit = cs_max_scratch};
    if (mode == OPT_HELP)
        cs_options_help(&program, &about);
    else
        cs_buf_addf(&about, "caseindex %s (libxapian %s)\n", CS_VERSION, xc_version());
    return cs_buf_status(&about) == CS_OK ? print(&about, error) : cs_fail_memory(error);
}

int main(int argc, char **argv)
{
    settings s = {.run.update.interrupted = &interrupted};
    cs_error error = {0};
    CS_SCOPED(cs_operands) folders = {0};
    bool partial = false;
    cs_status first = CS_OK;
    prepare_process();
    cs_status status = cs_options_parse(&program, argc, argv, set_option, &s, &folders, &error);
    if (status != CS_OK && cs_options_have(argc, argv, "--json"))
        s.json = true; /* the fault may stand before it */
    bool about = s.mode == OPT_HELP || s.mode == OPT_VERSION;
    if (status == CS_OK)
        status = about ? print_about(s.mode, &error) : check_options(&s, &error);
    if (status == CS_OK && !about)
        status = run_folders(&s, &folders, &partial, &first, &error);
    free(s.extensions);
    if (status == CS_INTERRUPTED || (status != CS_OK && interrupted != 0)) {
        tell(&s, &error);
        return CS_EXIT_SIGNAL + (int)interrupted;
    }
    if (status == CS_OK && fflush(stdout) != 0 && errno != EPIPE)
        status = cs_fail_errno(&error, CS_IO, errno, "cannot write the output");
    if (status == CS_LOCKED && s.run.update.quick)
        return CS_EXIT_LOCKED; /* another one is at it: nothing to say */
    if (status != CS_OK) {
        tell(&s, &error);
        return cs_exit_code(status);
    }
    if (first != CS_OK)
        return cs_exit_code(first);
    return partial ? CS_EXIT_PARTIAL : CS_EXIT_OK;
}
