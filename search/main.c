/* main.c - casesearch: ranks the passages of case studies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fetch.h"
#include "fresh.h"
#include "guard.h"
#include "locate.h"
#include "options.h"
#include "print.h"
#include "suggest.h"
#include "text.h"
#include "version.h"

enum {
    default_limit = 10,
    default_per_file = 3,
    default_columns = 80,
    max_output = 1 << 30 /* bytes */
};

enum {
    OPT_DB = 1,
    OPT_ALL,
    OPT_EXACT,
    OPT_NO_SYNONYMS,
    OPT_LIMIT,
    OPT_OFFSET,
    OPT_PER_FILE,
    OPT_NO_FOLD,
    OPT_FILES,
    OPT_COUNT,
    OPT_NULL,
    OPT_JSON,
    OPT_JSONL,
    OPT_SOURCES,
    OPT_COLOR,
    OPT_REFRESH,
    OPT_HELP,
    OPT_VERSION
};

static const cs_option table[] = {
    {0, 0, "Which passages:", NULL, NULL},
    {OPT_ALL, 'a', "all", NULL, "every word is required"},
    {OPT_EXACT, 0, "exact", NULL, "words as typed: no forms, synonyms, corrections"},
    {OPT_NO_SYNONYMS, 0, "no-synonyms", NULL, "valuation does not find valued"},
    {OPT_LIMIT, 'n', "limit", "N", "show N passages at most, 0 for all [10]"},
    {OPT_OFFSET, 0, "offset", "N", "leave out the N best"},
    {OPT_PER_FILE, 0, "per-file", "N", "of one study show N at most, 0 for all [3]"},
    {OPT_NO_FOLD, 0, "no-fold", NULL, "show copies as passages of their own"},
    {0, 0, "What is printed:", NULL, NULL},
    {OPT_FILES, 'l', "files", NULL, "the studies' paths only"},
    {OPT_COUNT, 'c', "count", NULL, "the exact number of passages only"},
    {OPT_NULL, '0', "null", NULL, "end each path of --files with a NUL byte"},
    {OPT_JSON, 0, "json", NULL, "one JSON object"},
    {OPT_JSONL, 0, "jsonl", NULL, "one JSON object a line for each passage"},
    {OPT_SOURCES, 0, "sources", NULL, "the sources they rest on, counted; all without QUERY"},
    {OPT_COLOR, 0, "color", "WHEN", "auto, always or never [auto]"},
    {0, 0, "Which index:", NULL, NULL},
    {OPT_DB, 'd', "db", "DIR", "index directory, or several parted by colons"},
    {OPT_REFRESH, 0, "refresh", "WHEN", "update it first: auto, never or always [auto]"},
    {0, 0, "Else:", NULL, NULL},
    {OPT_HELP, 'h', "help", NULL, "print this"},
    {OPT_VERSION, 0, "version", NULL, "print the version"},
    {0, 0, NULL, NULL, NULL},
};

static const cs_program program = {
    .name = "casesearch",
    .usage = "casesearch [OPTION...] QUERY...",
    .summary = "Ranks the passages of your case studies: words, \"phrases\", valu*, +must -not,\n"
               "AND OR NOT ( ), title: section: path: file: cite: site: in: lang: and\n"
               "every field of the front matter.",
    .table = table,
    .unknown = "to leave out a word write: NOT %s (or put -- before the query)",
};

typedef struct settings {
    const char *db;
    cs_asking asking;
    bool no_synonyms;
    cs_page page;
    bool limited; /* --limit was given */
    int format;   /* an OPT_ of "What is printed", or 0 */
    bool null;
    bool sources; /* list what is cited */
    int color;    /* -1 never, 0 auto, 1 always */
    cs_refresh refresh;
    int mode; /* OPT_HELP, OPT_VERSION or 0 */
} settings;

/* ---- the command line ---------------------------------------------------------------------- */

static cs_status set_number(const char *option, const char *value, uint32_t *number,
                            cs_error *error)
{
    uint64_t wide = 0;
    cs_status status = cs_options_number(option, value, INT32_MAX, &wide, error);
    if (status == CS_OK)
        *number = (uint32_t)wide;
    return status;
}

/* The index of `value` among three words. */
static cs_status set_choice(const char *option, const char *value, const char *const words[3],
                            int *choice, cs_error *error)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(value, words[i]) == 0) {
            *choice = i;
            return CS_OK;
        }
    return cs_fail(error, CS_USAGE, "%s: not %s, %s or %s: %s", option, words[0], words[1],
                   words[2], value);
}

static cs_status set_limit(settings *s, const char *value, cs_error *error)
{
    cs_status status = set_number("--limit", value, &s->page.limit, error);
    if (s->page.limit == 0)
        s->page.limit = UINT32_MAX;
    s->limited = true;
    return status;
}

static cs_status set_option(void *context, int id, const char *value, cs_error *error)
{
    static const char *const when_color[] = {"never", "auto", "always"};
    static const char *const when_refresh[] = {"auto", "never", "always"};
    settings *s = context;
    int choice = 0;
    cs_status status = CS_OK;
    switch (id) {
    case OPT_DB:
        s->db = value;
        break;
    case OPT_ALL:
        s->asking.all = true;
        break;
    case OPT_EXACT:
        s->asking.exact = true;
        break;
    case OPT_NO_SYNONYMS:
        s->no_synonyms = true;
        break;
    case OPT_LIMIT:
        return set_limit(s, value, error);
    case OPT_OFFSET:
        return set_number("--offset", value, &s->page.offset, error);
    case OPT_PER_FILE:
        return set_number("--per-file", value, &s->page.per_file, error);
    case OPT_NO_FOLD:
        s->page.fold = false;
        break;
    case OPT_NULL:
        s->null = true;
        break;
    case OPT_SOURCES:
        s->sources = true;
        break;
    case OPT_COLOR:
        status = set_choice("--color", value, when_color, &choice, error);
        s->color = choice - 1;
        break;
    case OPT_REFRESH:
        status = set_choice("--refresh", value, when_refresh, &choice, error);
        s->refresh = (cs_refresh)choice;
        break;
    case OPT_HELP:
    case OPT_VERSION:
        s->mode = id;
        break;
    default:
        s->format = id;
    }
    return status;
}

static cs_status join_words(const settings *s, const cs_operands *words, cs_buf *query,
                            cs_error *error)
{
    for (size_t i = 0; i < words->count; i++) {
        cs_buf_add_string(query, i == 0 ? "" : " ");
        cs_buf_add_string(query, words->items[i]);
    }
    if (cs_buf_status(query) == CS_LIMIT)
        return cs_fail(error, CS_SYNTAX, "the query is longer than %d bytes", cs_max_query);
    if (cs_buf_status(query) != CS_OK)
        return cs_fail_memory(error);
    if (query->len == 0 && !s->sources) {
        cs_fail(error, CS_USAGE, "there is no query");
        cs_hint(error, "casesearch --help shows how to ask");
        return CS_USAGE;
    }
    return CS_OK;
}

/* ---- output -----------------------------------------------------------------------------------
 */

/* Writes all; a reader that went away is a quiet success. */
static cs_status write_out(const cs_buf *out, cs_error *error)
{
    for (size_t done = 0; done < out->len;) {
        ssize_t n = write(STDOUT_FILENO, out->data + done, out->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE)
            return CS_OK;
        if (n < 0)
            return cs_fail_errno(error, CS_IO, errno, "cannot write the results");
        done += (size_t)n;
    }
    return CS_OK;
}

static unsigned terminal_columns(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (columns != NULL && atoi(columns) > 0)
        return (unsigned)atoi(columns);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return default_columns;
}

static cs_print choose_format(const settings *s, bool terminal)
{
    switch (s->format) {
    case OPT_FILES:
        return cs_print_files;
    case OPT_JSON:
        return cs_print_json;
    case OPT_JSONL:
        return cs_print_jsonl;
    default:
        return terminal ? cs_print_terminal : cs_print_lines;
    }
}

static bool wants_color(const settings *s, bool terminal)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = term != NULL && strcmp(term, "dumb") == 0;
    bool wanted = terminal && !dumb && !(no_color != NULL && no_color[0] != '\0');
    return s->color > 0 || (s->color == 0 && wanted);
}

/* ---- a search
 * ------------------------------------------------------------------------------------ */

typedef struct search {
    const settings *settings;
    const char *query;
    cs_asking asking;
    int64_t begun;
    cs_collection collection;
    cs_search_plan plan;
    cs_hits hits;
    uint32_t total; /* passages that match: of --count exact, else what hits says */
    cs_buf better;  /* the query without misspelt words that finds something, or empty */
    bool corrected; /* it was searched for in the place of `query` */
    cs_context *contexts;
    size_t count;
} search;

static void release(search *s)
{
    for (size_t i = 0; i < s->count; i++)
        cs_context_release(&s->contexts[i]);
    free(s->contexts);
    cs_hits_release(&s->hits);
    cs_buf_release(&s->better);
    cs_search_plan_release(&s->plan);
    cs_collection_release(&s->collection);
}

/* A context that was made of another hit of the same study, among the last ones, or
 * NULL. */
static const cs_context *same_study(const search *s, const cs_hit *hit)
{
    enum { look_back = 64 };
    for (size_t i = s->count; i > 0 && s->count - i < look_back; i--) {
        const cs_hit *other = s->contexts[i - 1].hit;
        if (other->shard == hit->shard && other->file == hit->file)
            return &s->contexts[i - 1];
    }
    return NULL;
}

/* Makes the hits ready to be shown; those whose file is gone fall out, or leave
 * their place to a copy. */
static cs_status make_contexts(search *s, cs_error *error)
{
    bool check = s->settings->refresh != CS_REFRESH_NEVER;
    s->contexts = calloc(s->hits.count + 1, sizeof *s->contexts);
    if (s->contexts == NULL)
        return cs_fail_memory(error);
    for (size_t i = 0; i < s->hits.count;) {
        const cs_hit *hit = &s->hits.items[i];
        const cs_context *same = same_study(s, hit);
        cs_context *context = &s->contexts[s->count++];
        bool gone = false;
        cs_status status = cs_context_make(&s->collection, &s->plan, hit, same, context, error);
        if (status == CS_OK && check)
            status = cs_fresh_check(context, &gone, error);
        if (status != CS_OK)
            return status;
        if (gone) {
            cs_context_release(context);
            s->count--;
            s->hits.total -= s->hits.total > 0;
        }
        i += !gone || !cs_match_replace(&s->hits, i);
    }
    return CS_OK;
}

static cs_status print_count(uint32_t count, cs_error *error)
{
    CS_SCOPED(cs_buf) out = {.limit = 64};
    cs_buf_addf(&out, "%u\n", count);
    return write_out(&out, error);
}

static uint64_t studies_of(const cs_collection *collection)
{
    uint64_t studies = 0;
    for (size_t i = 0; i < collection->index_count; i++)
        studies += cs_index_study_count(&collection->indexes[i]);
    return studies;
}

static cs_status print_report(search *s, cs_error *error)
{
    bool terminal = isatty(STDOUT_FILENO);
    cs_report report = {
        .query = s->query,
        .corrected = s->corrected ? s->better.data : NULL,
        .suggestion = !s->corrected && s->better.len > 0 ? s->better.data : NULL,
        .collection = &s->collection,
        .hits = &s->hits,
        .contexts = s->contexts,
        .count = s->count,
        .offset = s->settings->page.offset,
    };
    report.studies = studies_of(&s->collection);
    char *cwd = realpath(".", NULL);
    report.cwd = cwd;
    report.milliseconds = (double)(cs_clock() - s->begun) / 1e6;
    report.color = wants_color(s->settings, terminal);
    report.links = report.color && terminal;
    report.columns = terminal_columns();
    report.separator = s->settings->null ? '\0' : '\n';
    CS_SCOPED(cs_buf) out = {.limit = max_output};
    cs_status status = choose_format(s->settings, terminal)(&report, &out, error);
    free(cwd);
    return status == CS_OK ? write_out(&out, error) : status;
}

static cs_print_sources choose_source_format(const settings *s, bool terminal)
{
    switch (s->format) {
    case OPT_JSON:
        return cs_print_sources_json;
    case OPT_JSONL:
        return cs_print_sources_jsonl;
    default:
        return terminal ? cs_print_sources_terminal : cs_print_sources_lines;
    }
}

/* All of them, unless a limit was set. */
static cs_status print_sources(const search *s, const cs_source_list *list, cs_error *error)
{
    const settings *set = s->settings;
    bool terminal = isatty(STDOUT_FILENO);
    cs_source_report report = {
        .list = list,
        .query = s->query[0] == '\0' ? NULL : s->query,
        .collection = &s->collection,
        .studies = studies_of(&s->collection),
        .color = wants_color(set, terminal),
        .columns = terminal_columns(),
    };
    report.first = set->page.offset < list->count ? set->page.offset : list->count;
    report.last = list->count;
    if (set->limited && report.last - report.first > set->page.limit)
        report.last = report.first + set->page.limit;
    CS_SCOPED(cs_buf) out = {.limit = max_output};
    cs_status status;
    if (set->format == OPT_COUNT) {
        cs_buf_addf(&out, "%zu\n", list->count);
        status = cs_buf_status(&out) == CS_OK ? CS_OK : cs_fail_memory(error);
    } else {
        status = choose_source_format(set, terminal)(&report, &out, error);
    }
    return status == CS_OK ? write_out(&out, error) : status;
}

static cs_status list_sources(search *s, bool planned, bool *found, cs_error *error)
{
    CS_SCOPED(cs_source_list) list = {0};
    cs_status status = cs_sources_count(&s->collection, planned ? &s->plan : NULL, &list, error);
    if (status == CS_OK)
        status = print_sources(s, &list, error);
    *found = list.count > 0;
    return status;
}

/* Of paths: one hit a study, copies too, all studies unless a limit was set. */
static cs_page page_of(const settings *s)
{
    cs_page page = s->page;
    if (s->format == OPT_FILES) {
        page.per_file = 1;
        page.fold = false;
        page.limit = s->limited ? page.limit : UINT32_MAX;
    }
    return page;
}

/* Counts, or finds the page. */
static cs_status find(search *s, cs_error *error)
{
    cs_page page = page_of(s->settings);
    if (s->settings->format == OPT_COUNT)
        return cs_match_count(&s->collection, &s->plan, &s->total, error);
    cs_status status = cs_match_run(&s->collection, &s->plan, &page, &s->hits, error);
    s->total = s->hits.total;
    return status;
}

/* Plans the query in s->better; when it finds nothing, s->better is emptied. */
static cs_status plan_better(search *s, cs_search_plan *plan, cs_error *error)
{
    cs_node *tree = NULL;
    xc_mset found = {0};
    cs_status status = cs_query_parse(s->better.data, &tree, error);
    if (status == CS_OK)
        status = cs_search_plan_make(&s->collection, s->better.data, tree, &s->asking, plan, error);
    cs_node_free(tree);
    if (status == CS_OK)
        status = cs_fetch_matches(&s->collection, plan->query, 1, 0, &found, error);
    if (status == CS_OK && found.count == 0)
        cs_buf_clear(&s->better);
    xc_mset_free(&found);
    return status;
}

static void tell_better(const search *s)
{
    CS_SCOPED(cs_buf) line = {.limit = 1 << 19};
    if (s->better.len == 0)
        return;
    if (s->corrected) {
        cs_buf_add_string(&line, "nothing for \"");
        cs_text_add_printable(&line, s->query, strlen(s->query));
        cs_buf_add_string(&line, "\"; showing \"");
    } else {
        cs_buf_add_string(&line, "did you mean \"");
    }
    cs_text_add_printable(&line, s->better.data, s->better.len);
    fprintf(stderr, "casesearch: %s%s\n", line.data, s->corrected ? "\"" : "\"?");
}

/* After find(): a word is nowhere in the index, so it may be misspelt. */
static cs_status correct(search *s, const cs_node *tree, cs_error *error)
{
    CS_SCOPED(cs_search_plan) plan = {0};
    s->better.limit = cs_max_query;
    const cs_synonyms *found = s->total > 0 ? s->asking.synonyms : NULL;
    cs_status status = cs_suggest(&s->collection, s->query, tree, found, &s->better, error);
    if (status != CS_OK || s->better.len == 0)
        return status;
    status = plan_better(s, &plan, error);
    s->corrected = status == CS_OK && s->better.len > 0 && s->total == 0;
    if (s->corrected) {
        cs_search_plan typed = s->plan;
        s->plan = plan;
        plan = typed;
        cs_hits_release(&s->hits);
        status = find(s, error);
    }
    if (status == CS_OK)
        tell_better(s);
    return status;
}

static cs_status run(search *s, const cs_node *tree, const cs_places *places, bool *found,
                     cs_error *error)
{
    cs_status status = cs_collection_open(places->items, places->count, &s->collection, error);
    s->begun = cs_clock();
    if (status == CS_OK && tree != NULL)
        status = cs_search_plan_make(&s->collection, s->query, tree, &s->asking, &s->plan, error);
    if (status == CS_OK && s->settings->sources)
        return list_sources(s, tree != NULL, found, error);
    if (status == CS_OK)
        status = find(s, error);
    if (status == CS_OK && s->plan.unknown && !s->asking.exact)
        status = correct(s, tree, error);
    if (status == CS_OK && s->settings->format == OPT_COUNT) {
        *found = s->total > 0;
        return print_count(s->total, error);
    }
    if (status == CS_OK)
        status = make_contexts(s, error);
    if (status == CS_OK)
        status = print_report(s, error);
    *found = s->count > 0;
    return status;
}

/* The user's; their faults are told, and the rest is taken. */
static cs_status load_synonyms(cs_synonyms *synonyms, cs_error *error)
{
    cs_status status = cs_synonyms_load(synonyms, error);
    const char *at = status == CS_OK && synonyms->faults.len > 0 ? synonyms->faults.data : "";
    for (size_t len; *at != '\0'; at += len + 1) {
        len = strcspn(at, "\n"); /* each ends with one */
        fprintf(stderr, "casesearch: %.*s\n", (int)len, at);
    }
    return status;
}

static cs_status search_all(const settings *s, const char *query, bool *found, cs_error *error)
{
    cs_node *tree = NULL;
    CS_SCOPED(cs_places) places = {0};
    bool made = false;
    cs_status status = query[0] == '\0' ? CS_OK : cs_query_parse(query, &tree, error);
    if (status == CS_OK)
        status = cs_locate(s->db, &places, &made, error);
    for (size_t i = 0; status == CS_OK && !made && i < places.count; i++)
        status = cs_locate_refresh(places.items[i], s->refresh, error);
    CS_SCOPED(cs_synonyms) synonyms = {0};
    search work = {.settings = s, .query = query, .asking = s->asking};
    if (status == CS_OK && !s->no_synonyms && !s->asking.exact) {
        status = load_synonyms(&synonyms, error);
        work.asking.synonyms = &synonyms;
    }
    if (status == CS_OK)
        status = run(&work, tree, &places, found, error);
    release(&work);
    cs_node_free(tree);
    return status;
}

static int print_text(const char *text)
{
    fputs(text, stdout);
    return fflush(stdout) == 0 || errno == EPIPE ? CS_EXIT_OK : CS_EXIT_IO;
}

static int print_help(void)
{
    CS_SCOPED(cs_buf) help = {.limit = 1 << 16};
    cs_options_help(&program, &help);
    return print_text(help.data);
}

int main(int argc, char **argv)
{
    settings s = {.page = {.limit = default_limit, .per_file = default_per_file, .fold = true}};
    cs_error error = {0};
    CS_SCOPED(cs_operands) words = {0};
    CS_SCOPED(cs_buf) query = {.limit = cs_max_query};
    bool found = false;
    signal(SIGPIPE, SIG_IGN);
    cs_guard_install(program.name);
    cs_status status = cs_options_parse(&program, argc, argv, set_option, &s, &words, &error);
    if (status == CS_OK && s.mode == OPT_HELP)
        return print_help();
    if (status == CS_OK && s.mode == OPT_VERSION)
        return print_text("casesearch " CS_VERSION "\n");
    if (status == CS_OK && s.sources && s.format == OPT_FILES)
        status = cs_fail(&error, CS_USAGE, "--files and --sources do not go together");
    if (status == CS_OK)
        status = join_words(&s, &words, &query, &error);
    if (status == CS_OK)
        status = search_all(&s, query.data == NULL ? "" : query.data, &found, &error);
    if (status != CS_OK) {
        cs_error_print(program.name, &error);
        return cs_exit_code(status);
    }
    return found ? CS_EXIT_OK : CS_EXIT_NO_MATCH;
}
