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
#include "options.h"
#include "place.h"
#include "text.h"
#include "tidy.h"
#include "update.h"
#include "version.h"
#include "workers.h"
#include "writer.h"

enum {
    max_max_size = 1 << 30, /* the largest --max-size: offsets are of 32 bits */
    max_named = 10          /* skipped files that are named without --verbose */
};

enum {
    OPT_DB = 1,
    OPT_EXT,
    OPT_NO_IGNORE,
    OPT_FOLLOW,
    OPT_MAX_SIZE,
    OPT_LANG,
    OPT_REBUILD,
    OPT_WAIT,
    OPT_JOBS,
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
    {OPT_FOLLOW, 0, "follow", NULL, "follow symbolic links"},
    {OPT_MAX_SIZE, 0, "max-size", "SIZE", "skip larger files [8M]"},
    {OPT_LANG, 0, "lang", "LANG", "language of studies that do not say theirs [en]"},
    {0, 0, "What to do:", NULL, NULL},
    {OPT_REBUILD, 0, "rebuild", NULL, "read everything again"},
    {OPT_STATUS, 0, "status", NULL, "print what the index holds, change nothing"},
    {OPT_CHECK, 0, "check", NULL, "verify the index against its checksums"},
    {OPT_FORGET, 0, "forget", NULL, "remove the index; the studies stay"},
    {OPT_DUMP, 0, "dump", NULL, "print what would be indexed of each FILE"},
    {0, 0, "How:", NULL, NULL},
    {OPT_DB, 'd', "db", "DIR", "where the index is [under ~/.cache/casesearch]"},
    {OPT_JOBS, 0, "jobs", "N", "processes that read files [one a processor]"},
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
    cs_update_options update;
    const char *db;
    char *extensions; /* owned; blank separated */
    uint64_t max_size;
    int mode; /* an OPT_ of "What to do", or 0 */
    bool quiet, verbose;
} settings;

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

/* ---- the command line --------------------------------------------------------------- */

/* "md,.txt" as "md txt". */
static cs_status set_extensions(settings *s, const char *list, cs_error *error)
{
    CS_SCOPED(cs_buf) out = {.limit = 1000};
    for (const char *at = list; *at != '\0'; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
        bool first = out.len == 0 || out.data[out.len - 1] == ' ';
        if (c == '.' && first)
            continue;
        if ((unsigned char)c < 0x20 || c == '/')
            return cs_fail(error, CS_USAGE, "--ext: not an extension: %s", list);
        if (c != ',' && c != ' ')
            cs_buf_add_char(&out, c);
        else if (!first)
            cs_buf_add_char(&out, ' ');
    }
    if (out.len == 0 || cs_buf_status(&out) != CS_OK)
        return cs_fail(error, CS_USAGE, "--ext: no extension in \"%s\"", list);
    free(s->extensions);
    s->extensions = out.data;
    out.data = NULL;
    s->update.extensions = s->extensions;
    return CS_OK;
}

static cs_status set_max_size(settings *s, const char *value, cs_error *error)
{
    cs_status status = cs_options_size("--max-size", value, &s->max_size, error);
    if (status == CS_OK && s->max_size > max_max_size)
        return cs_fail(error, CS_USAGE, "--max-size: at most 1G");
    s->update.max_size = &s->max_size;
    return status;
}

static cs_status set_language(settings *s, const char *value, cs_error *error)
{
    if (!cs_language_is_plausible(cs_view_of(value))) {
        cs_fail(error, CS_USAGE, "--lang: not a language: %s", value);
        cs_hint(error, "a code such as en, fr or de, or none");
        return CS_USAGE;
    }
    s->update.language = cs_language_code(cs_view_of(value));
    return CS_OK;
}

static cs_status set_jobs(settings *s, const char *value, cs_error *error)
{
    uint64_t jobs;
    cs_status status = cs_options_number("--jobs", value, cs_max_jobs, &jobs, error);
    if (status == CS_OK && jobs == 0)
        return cs_fail(error, CS_USAGE, "--jobs: at least 1");
    s->update.jobs = (unsigned)jobs;
    return status;
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
        s->db = value;
        break;
    case OPT_NO_IGNORE:
        s->update.no_ignore = true;
        break;
    case OPT_FOLLOW:
        s->update.follow = true;
        break;
    case OPT_REBUILD:
        s->update.rebuild = true;
        break;
    case OPT_WAIT:
        s->update.wait = true;
        break;
    case OPT_QUICK:
        s->update.quick = s->quiet = true;
        break;
    case OPT_QUIET:
        s->quiet = true;
        break;
    case OPT_VERBOSE:
        s->verbose = true;
        break;
    default:
        s->mode = id;
    }
    return CS_OK;
}

/* ---- what is printed ------------------------------------------------------------------- */

typedef struct printer {
    const settings *settings;
    size_t named, unnamed; /* skipped files */
    bool terminal;
    int64_t begun, shown; /* of the progress line */
} printer;

static void clear_progress(printer *p)
{
    if (p->shown != 0 && p->terminal)
        fputs("\r\033[K", stderr);
}

static void print_event(void *context, cs_event_kind kind, const char *path, const char *text)
{
    printer *p = context;
    bool always = kind == CS_EVENT_FAILED || p->settings->verbose;
    if (!always && (kind == CS_EVENT_NOTE || p->settings->quiet))
        return;
    if (!always && p->named >= max_named) {
        p->unnamed++;
        return;
    }
    p->named += !always;
    CS_SCOPED(cs_buf) shown = {.limit = 1 << 16};
    cs_text_add_printable(&shown, path, strlen(path));
    const char *verb = kind == CS_EVENT_FAILED    ? "cannot read"
                       : kind == CS_EVENT_SKIPPED ? "skipped"
                                                  : "note:";
    clear_progress(p);
    fprintf(stderr, "caseindex: %s %s: %s\n", verb, shown.data == NULL ? "?" : shown.data, text);
}

static void print_progress(void *context, size_t files, size_t all_files, uint64_t bytes,
                           uint64_t all_bytes)
{
    const int64_t second = 1000000000, interval = second / 10;
    printer *p = context;
    int64_t now = cs_clock();
    if (p->begun == 0)
        p->begun = p->shown = now;
    if (!p->terminal || now - p->shown < interval)
        return;
    p->shown = now;
    double elapsed = (double)(now - p->begun) / (double)second;
    double rate = (double)bytes / elapsed;
    double left = rate > 0 ? (double)(all_bytes - bytes) / rate : 0;
    fprintf(stderr, "\r\033[K%zu of %zu files, %.1f MB/s, %.0f s left", files, all_files,
            rate / 1e6, left);
}

static void print_summary(printer *p, const char *root, const cs_update_result *r)
{
    clear_progress(p);
    if (p->unnamed > 0)
        fprintf(stderr, "caseindex: skipped %zu more files (--verbose names them)\n", p->unnamed);
    if (p->settings->quiet)
        return;
    CS_SCOPED(cs_buf) shown = {.limit = 1 << 16};
    cs_text_add_printable(&shown, root, strlen(root));
    fprintf(stderr, "caseindex: %s: %llu %s, %llu %s", shown.data, (unsigned long long)r->studies,
            r->studies == 1 ? "study" : "studies", (unsigned long long)r->passages,
            r->passages == 1 ? "passage" : "passages");
    if (r->added + r->changed + r->deleted == 0)
        fputs(", nothing new", stderr);
    else
        fprintf(stderr, " (%zu new, %zu changed, %zu deleted)", r->added, r->changed, r->deleted);
    fputc('\n', stderr);
}

/* ---- modes -------------------------------------------------------------------------------- */

static cs_status index_directory(const settings *s, const char *root, char **ret_directory,
                                 cs_error *error)
{
    if (s->db == NULL)
        return cs_place_for_root(root, ret_directory, error);
    *ret_directory = cs_copy_string(cs_view_of(s->db));
    return *ret_directory == NULL ? cs_fail_memory(error) : CS_OK;
}

static cs_status print_status(const char *directory, unsigned flags, cs_error *error)
{
    CS_SCOPED(cs_index) index = {0};
    cs_status status = cs_index_open(directory, flags, &index, error);
    if (status != CS_OK)
        return status;
    uint64_t passages = 0, dead = 0, size = 0;
    for (size_t i = 0; i < index.manifest.segments.count; i++) {
        const cs_segment *segment = &index.manifest.segments.items[i];
        passages += segment->passages - segment->dead_passages;
        dead += segment->dead_passages;
        size += segment->db.stamp.size + segment->store.stamp.size;
    }
    CS_SCOPED(cs_buf) shown = {.limit = 1 << 16};
    cs_text_add_printable(&shown, index.manifest.settings.root,
                          strlen(index.manifest.settings.root));
    printf("folder    %s\nindex     %s\nstudies   %llu\npassages  %llu\n", shown.data, directory,
           (unsigned long long)cs_index_study_count(&index), (unsigned long long)passages);
    printf("segments  %zu, %.1f MB, %llu dead passages\nlanguage  %s\nfiles     %s\n",
           index.manifest.segments.count, (double)size / 1e6, (unsigned long long)dead,
           index.manifest.settings.language, index.manifest.settings.selection.extensions);
    if (flags & CS_INDEX_CHECK)
        printf("check     every checksum holds\n");
    return CS_OK;
}

static cs_status forget(const settings *s, const char *directory, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_status status = cs_manifest_read(directory, &manifest, error);
    if (status == CS_NO_INDEX || status == CS_IO)
        return status; /* never remove what is not an index */
    if (status == CS_FORMAT)
        return status;
    status = cs_tidy_away(directory, s->update.wait, error);
    if (status != CS_OK)
        return status;
    if (!s->quiet)
        fprintf(stderr, "caseindex: removed %s\n", directory);
    return CS_OK;
}

static cs_status update(settings *s, const char *root, const char *directory, bool *partial,
                        cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_status status = s->update.quick ? cs_manifest_read(directory, &manifest, error)
                                       : cs_place_create(directory, error);
    if (status != CS_OK)
        return status; /* a quick look never makes an index */
    printer p = {.settings = s, .terminal = isatty(STDERR_FILENO) && !s->quiet};
    cs_update_watch watch = {&p, print_event, print_progress};
    cs_update_result result;
    s->update.root = root;
    s->update.directory = directory;
    s->update.interrupted = &interrupted;
    status = cs_update_run(&s->update, &watch, &result, error);
    if (status != CS_OK) {
        clear_progress(&p);
        return status;
    }
    print_summary(&p, root, &result);
    if (result.newer > 0) /* for casesearch, which says it in its own words */
        printf("newer %zu%s\n", result.newer, result.partly ? " at least" : "");
    *partial = *partial || result.failed > 0;
    return CS_OK;
}

static cs_status run_folder(settings *s, const char *folder, bool *partial, cs_error *error)
{
    char *root = NULL, *directory = NULL;
    cs_status status = cs_place_real_path(folder, &root, error);
    if (status == CS_OK)
        status = index_directory(s, root, &directory, error);
    if (status == CS_OK) {
        switch (s->mode) {
        case OPT_STATUS:
            status = print_status(directory, CS_INDEX_STORES, error);
            break;
        case OPT_CHECK:
            status = print_status(directory, CS_INDEX_DATABASE | CS_INDEX_CHECK, error);
            break;
        case OPT_FORGET:
            status = forget(s, directory, error);
            break;
        default:
            status = update(s, root, directory, partial, error);
        }
    }
    free(root);
    free(directory);
    return status;
}

/* Prints what would be indexed of one file, whatever index there is. */
static cs_status dump(const settings *s, const char *path, cs_error *error)
{
    const uint64_t max_size = s->update.max_size != NULL ? s->max_size : cs_default_max_size;
    CS_SCOPED(cs_buf) bytes = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 30};
    CS_SCOPED(cs_study) study = {0};
    cs_stamp stamp;
    const char *why = "";
    if (cs_read_file(AT_FDCWD, path, true, max_size, &bytes, &stamp, &why) != CS_OK)
        return cs_fail(error, CS_IO, "cannot read %s: %s", path, why);
    if (cs_source_is_binary(cs_buf_view(&bytes)))
        return cs_fail(error, CS_IO, "%s is not text", path);
    const char *language = s->update.language != NULL ? s->update.language : "en";
    cs_status status =
        cs_study_read(cs_buf_view(&bytes), cs_view_of(path), language, &study, error);
    study.file.path = cs_view_of(path);
    if (status == CS_OK)
        status = cs_dump_study(&study, &text, error);
    if (status == CS_OK)
        fwrite(text.data, 1, text.len, stdout);
    return status;
}

/* A file that cannot be read is named; the others are dumped. */
static cs_status dump_all(const settings *s, const cs_operands *files, bool *partial,
                          cs_error *error)
{
    cs_status status = CS_OK;
    if (files->count == 0)
        return cs_fail(error, CS_USAGE, "--dump needs a file");
    for (size_t i = 0; i < files->count && status == CS_OK; i++) {
        status = dump(s, files->items[i], error);
        if (status != CS_IO)
            continue;
        cs_error_print(program.name, error);
        *error = (cs_error){0};
        *partial = true;
        status = CS_OK;
    }
    return status;
}

/* With -d and no folder, the folder is the one that the index is of. */
static cs_status known_folder(const settings *s, char **ret_folder, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_status status = s->db == NULL ? CS_NO_INDEX : cs_manifest_read(s->db, &manifest, error);
    if (s->mode == 0 && (status == CS_FORMAT || status == CS_DAMAGED)) {
        cs_hint(error, "it does not say of which folder it was: name it, "
                       "caseindex --rebuild -d DIR FOLDER");
        return status;
    }
    bool known = status == CS_OK;
    *ret_folder = cs_copy_string(cs_view_of(known ? manifest.settings.root : "."));
    return *ret_folder == NULL ? cs_fail_memory(error) : CS_OK;
}

static cs_status run_folders(settings *s, const cs_operands *folders, bool *partial,
                             cs_error *error)
{
    if (folders->count > 1 && s->db != NULL)
        return cs_fail(error, CS_USAGE, "--db holds the index of one folder, not of %zu",
                       folders->count);
    cs_status status = CS_OK;
    if (s->mode == OPT_DUMP)
        return dump_all(s, folders, partial, error);
    if (folders->count == 0) {
        char *folder = NULL;
        status = known_folder(s, &folder, error);
        if (status == CS_OK)
            status = run_folder(s, folder, partial, error);
        free(folder);
    }
    for (size_t i = 0; i < folders->count && status == CS_OK; i++)
        status = run_folder(s, folders->items[i], partial, error);
    return status;
}

static void prepare_process(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
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

static int print_help(void)
{
    CS_SCOPED(cs_buf) help = {.limit = 1 << 16};
    cs_options_help(&program, &help);
    fputs(help.data, stdout);
    return fflush(stdout) == 0 || errno == EPIPE ? CS_EXIT_OK : CS_EXIT_IO;
}

int main(int argc, char **argv)
{
    settings s = {0};
    cs_error error = {0};
    CS_SCOPED(cs_operands) folders = {0};
    bool partial = false;
    prepare_process();
    cs_status status = cs_options_parse(&program, argc, argv, set_option, &s, &folders, &error);
    if (status == CS_OK && s.mode == OPT_HELP)
        return print_help();
    if (status == CS_OK && s.mode == OPT_VERSION) {
        printf("caseindex %s (libxapian %s)\n", CS_VERSION, xc_version());
        return fflush(stdout) == 0 || errno == EPIPE ? CS_EXIT_OK : CS_EXIT_IO;
    }
    if (status == CS_OK)
        status = run_folders(&s, &folders, &partial, &error);
    free(s.extensions);
    if (status == CS_INTERRUPTED || (status != CS_OK && interrupted != 0)) {
        cs_error_print(program.name, &error);
        return CS_EXIT_SIGNAL + (int)interrupted;
    }
    if (status == CS_OK && fflush(stdout) != 0 && errno != EPIPE)
        status = cs_fail_errno(&error, CS_IO, errno, "cannot write the output");
    if (status == CS_LOCKED && s.update.quick)
        return CS_EXIT_LOCKED; /* another one is at it: nothing to say */
    if (status != CS_OK) {
        cs_error_print(program.name, &error);
        return cs_exit_code(status);
    }
    return partial ? CS_EXIT_PARTIAL : CS_EXIT_OK;
}
