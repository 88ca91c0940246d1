/* request.c - the command line of casesearch: its options, and what they ask for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "request.h"

#include <string.h>

#include "column.h"
#include "options.h"
#include "query.h"

enum {
    OPT_DB = 1,
    OPT_ALL,
    OPT_EXACT,
    OPT_NO_SYNONYMS,
    OPT_LIMIT,
    OPT_OFFSET,
    OPT_PER_FILE,
    OPT_NO_FOLD,
    OPT_IN,
    OPT_SINCE,
    OPT_SORT,
    OPT_FILES,
    OPT_COUNT,
    OPT_NULL,
    OPT_JSON,
    OPT_JSONL,
    OPT_CSV,
    OPT_MD,
    OPT_FORMAT,
    OPT_SOURCES,
    OPT_SHOW,
    OPT_OUTLINE,
    OPT_LIST,
    OPT_OPEN,
    OPT_CONTEXT,
    OPT_FULL,
    OPT_NO_PAGER,
    OPT_EXPLAIN,
    OPT_COLOR,
    OPT_REFRESH,
    OPT_INTERACTIVE,
    OPT_MCP,
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
    {OPT_IN, 0, "in", "GLOB", "of studies whose path matches only; may be repeated"},
    {OPT_SINCE, 0, "since", "DATE", "of studies dated so or later: 2021-06, 18m, 2y"},
    {OPT_SORT, 0, "sort", "BY", "score, path or date, the latest first [score]"},
    {0, 0, "What is printed:", NULL, NULL},
    {OPT_FILES, 'l', "files", NULL, "the studies' paths only"},
    {OPT_COUNT, 'c', "count", NULL, "the exact number of passages only"},
    {OPT_NULL, '0', "null", NULL, "end each path or --format with a NUL byte"},
    {OPT_JSON, 0, "json", NULL, "one JSON object"},
    {OPT_JSONL, 0, "jsonl", NULL, "one JSON object a line for each passage"},
    {OPT_CSV, 0, "csv", NULL, "a table, one row a passage"},
    {OPT_MD, 0, "md", NULL, "Markdown: quotations with their place and sources"},
    {OPT_FORMAT, 0, "format", "TEMPLATE", "such as '{path}:{line} {snippet}', one a passage"},
    {OPT_CONTEXT, 'C', "context", "N", "N more sentences around the best ones"},
    {OPT_FULL, 0, "full", NULL, "the whole section of each passage"},
    {OPT_NO_PAGER, 0, "no-pager", NULL, "do not page what is longer than the terminal"},
    {OPT_EXPLAIN, 0, "explain", NULL, "how the query is read, and each score by term"},
    {OPT_COLOR, 0, "color", "WHEN", "auto, always or never [auto]"},
    {0, 0, "In place of passages (QUERY may be left out; N: of the last search then):", NULL, NULL},
    {OPT_SHOW, 0, "show", "REF", "read a section: path:9, path:9-20, id, hit's number"},
    {OPT_OUTLINE, 0, "outline", "FILE", "its headings, with their lines"},
    {OPT_LIST, 0, "list", NULL, "the studies: title, path, date, sections, words"},
    {OPT_SOURCES, 0, "sources", NULL, "the sources that passages rest on, counted"},
    {OPT_INTERACTIVE, 'i', "interactive", NULL, "results as you type, with a preview"},
    {OPT_OPEN, 'o', "open", "N", "open hit N in the editor"},
    {0, 0, "Which index:", NULL, NULL},
    {OPT_DB, 'd', "db", "DIR", "index directory, or indexed folder; may be repeated"},
    {OPT_REFRESH, 0, "refresh", "WHEN", "update it first: auto, never or always [auto]"},
    {0, 0, "Else:", NULL, NULL},
    {OPT_MCP, 0, "mcp", NULL, "serve programs over the Model Context Protocol"},
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

static cs_status set_limit(cs_request *r, const char *value, cs_error *error)
{
    cs_status status = set_number("--limit", value, &r->page.limit, error);
    if (r->page.limit == 0)
        r->page.limit = UINT32_MAX;
    r->limited = true;
    return status;
}

static cs_format format_of(int id)
{
    switch (id) {
    case OPT_FILES:
        return CS_FORMAT_FILES;
    case OPT_COUNT:
        return CS_FORMAT_COUNT;
    case OPT_JSON:
        return CS_FORMAT_JSON;
    case OPT_CSV:
        return CS_FORMAT_CSV;
    case OPT_MD:
        return CS_FORMAT_MARKDOWN;
    default:
        return CS_FORMAT_JSONL;
    }
}

/* Each --db is one more. */
static cs_status add_db(cs_request *r, const char *value, cs_error *error)
{
    if (value[0] == '\0')
        return cs_fail(error, CS_USAGE, "--db: an index directory is needed");
    if (r->db_list.len > 0)
        cs_buf_add_char(&r->db_list, ':');
    cs_buf_add_string(&r->db_list, value);
    if (cs_buf_status(&r->db_list) != CS_OK)
        return cs_fail_memory(error);
    r->db = r->db_list.data;
    return CS_OK;
}

/* The options that narrow a search or order what it finds. */
static cs_status set_narrowing(cs_request *r, int id, const char *value, cs_error *error)
{
    int choice = 0;
    cs_status status;
    if (id == OPT_SINCE) {
        r->narrowing.since_given = true;
        return cs_narrow_read_since(value, &r->narrowing.since, error);
    }
    if (id == OPT_SORT) {
        status = set_choice("--sort", value, cs_order_names, &choice, error);
        r->order = (cs_order)choice;
        return status;
    }
    if (r->narrowing.glob_count == cs_max_globs)
        return cs_fail(error, CS_USAGE, "--in: at most %d times", cs_max_globs);
    r->narrowing.globs[r->narrowing.glob_count++] = value;
    return CS_OK;
}

static const char *const mode_names[] = {
    [CS_MODE_SHOW] = "--show", [CS_MODE_OUTLINE] = "--outline", [CS_MODE_LIST] = "--list",
    [CS_MODE_OPEN] = "--open", [CS_MODE_SERVE] = "--mcp",       [CS_MODE_TYPE] = "--interactive",
};

/* Help goes before all else; of other modes there is one. */
static cs_status enter(cs_request *r, cs_mode mode, cs_error *error)
{
    if (r->mode >= CS_MODE_HELP)
        return CS_OK;
    if (r->mode != CS_MODE_SEARCH && r->mode != mode && mode < CS_MODE_HELP)
        return cs_fail(error, CS_USAGE, "%s and %s do not go together", mode_names[r->mode],
                       mode_names[mode]);
    r->mode = mode;
    return CS_OK;
}

/* The options that ask for something else than passages. */
static cs_status set_mode(cs_request *r, int id, const char *value, cs_error *error)
{
    cs_status status;
    switch (id) {
    case OPT_SHOW:
    case OPT_OUTLINE:
        status = enter(r, id == OPT_SHOW ? CS_MODE_SHOW : CS_MODE_OUTLINE, error);
        return status == CS_OK ? cs_reference_read(value, &r->reference, error) : status;
    case OPT_OPEN:
        status = enter(r, CS_MODE_OPEN, error);
        return status == CS_OK ? set_number("--open", value, &r->hit, error) : status;
    case OPT_LIST:
        return enter(r, CS_MODE_LIST, error);
    case OPT_INTERACTIVE:
        return enter(r, CS_MODE_TYPE, error);
    case OPT_MCP:
        return enter(r, CS_MODE_SERVE, error);
    case OPT_HELP:
        return enter(r, CS_MODE_HELP, error);
    default:
        return enter(r, CS_MODE_VERSION, error);
    }
}

/* Options without a value; false for another one. */
static bool set_flag(cs_request *r, int id)
{
    bool *const flags[] = {
        [OPT_ALL] = &r->asking.all,          [OPT_EXACT] = &r->asking.exact,
        [OPT_NO_SYNONYMS] = &r->no_synonyms, [OPT_NULL] = &r->null,
        [OPT_SOURCES] = &r->sources,         [OPT_FULL] = &r->full,
        [OPT_NO_PAGER] = &r->no_pager,       [OPT_EXPLAIN] = &r->asking.explain,
    };
    bool known = (size_t)id < sizeof flags / sizeof *flags && flags[id] != NULL;
    if (known)
        *flags[id] = true;
    return known;
}

static cs_status set_option(void *context, int id, const char *value, cs_error *error)
{
    static const char *const when_color[] = {"never", "auto", "always"};
    static const char *const when_refresh[] = {"auto", "never", "always"};
    cs_request *r = context;
    int choice = 0;
    cs_status status = CS_OK;
    if (set_flag(r, id))
        return CS_OK;
    switch (id) {
    case OPT_DB:
        return add_db(r, value, error);
    case OPT_IN:
    case OPT_SINCE:
    case OPT_SORT:
        return set_narrowing(r, id, value, error);
    case OPT_LIMIT:
        return set_limit(r, value, error);
    case OPT_OFFSET:
        return set_number("--offset", value, &r->page.offset, error);
    case OPT_PER_FILE:
        return set_number("--per-file", value, &r->page.per_file, error);
    case OPT_CONTEXT:
        return set_number("--context", value, &r->sentences, error);
    case OPT_NO_FOLD:
        r->page.fold = false;
        break;
    case OPT_COLOR:
        status = set_choice("--color", value, when_color, &choice, error);
        r->color = choice - 1;
        break;
    case OPT_REFRESH:
        status = set_choice("--refresh", value, when_refresh, &choice, error);
        r->refresh = (cs_refresh)choice;
        break;
    case OPT_FILES:
    case OPT_COUNT:
    case OPT_JSON:
    case OPT_JSONL:
    case OPT_CSV:
    case OPT_MD:
        r->format = format_of(id);
        break;
    case OPT_FORMAT:
        r->template = value;
        r->format = CS_FORMAT_TEMPLATE;
        return cs_template_check(value, error);
    default:
        return set_mode(r, id, value, error);
    }
    return status;
}

static cs_status join_words(const cs_operands *words, cs_request *request, cs_error *error)
{
    cs_buf *query = &request->query;
    for (size_t i = 0; i < words->count; i++) {
        cs_buf_add_string(query, i == 0 ? "" : " ");
        cs_buf_add_string(query, words->items[i]);
    }
    if (cs_buf_status(query) == CS_LIMIT)
        return cs_fail(error, CS_SYNTAX, "the query is longer than %d bytes", cs_max_query);
    if (cs_buf_status(query) != CS_OK)
        return cs_fail_memory(error);
    if (query->len == 0 && request->mode == CS_MODE_SEARCH && !request->sources) {
        cs_fail(error, CS_USAGE, "there is no query");
        cs_hint(error, "casesearch --help shows how to ask");
        return CS_USAGE;
    }
    return CS_OK;
}

static const char *const format_names[] = {
    [CS_FORMAT_FILES] = "--files",    [CS_FORMAT_COUNT] = "--count", [CS_FORMAT_JSON] = "--json",
    [CS_FORMAT_JSONL] = "--jsonl",    [CS_FORMAT_CSV] = "--csv",     [CS_FORMAT_MARKDOWN] = "--md",
    [CS_FORMAT_TEMPLATE] = "--format"};

/* Whether what is asked for can be told so; errors of --open and --mcp as JSON, too. */
static bool has_format(const cs_request *r)
{
    switch (r->format) {
    case CS_FORMAT_USUAL:
        return true;
    case CS_FORMAT_JSON:
    case CS_FORMAT_JSONL:
        return r->mode != CS_MODE_TYPE;
    case CS_FORMAT_COUNT:
        return r->mode == CS_MODE_SEARCH || r->mode == CS_MODE_LIST;
    default:
        return r->mode == CS_MODE_SEARCH && !r->sources;
    }
}

/* Explanations are told as text and as JSON, of passages. */
static cs_status check_explain(const cs_request *r, const char *other, cs_error *error)
{
    bool told = r->format == CS_FORMAT_USUAL || cs_request_wants_json(r);
    if (!r->asking.explain || (other == NULL && told))
        return CS_OK;
    return cs_fail(error, CS_USAGE, "%s and --explain do not go together",
                   other != NULL ? other : format_names[r->format]);
}

/* Sections and more sentences do not go into formats that have text, but not theirs. */
static cs_status check_text(const cs_request *r, cs_error *error)
{
    bool field = r->format == CS_FORMAT_CSV || r->format == CS_FORMAT_TEMPLATE;
    bool quotation = r->format == CS_FORMAT_MARKDOWN;
    if (r->full && (field || quotation))
        return cs_fail(error, CS_USAGE, "%s and --full do not go together",
                       format_names[r->format]);
    if (r->sentences > 0 && quotation)
        return cs_fail(error, CS_USAGE, "--md and --context do not go together");
    return CS_OK;
}

/* The option that narrows a search, if there is one; else NULL. */
static const char *narrowing_name(const cs_request *r)
{
    return r->narrowing.glob_count > 0 ? "--in" : r->narrowing.since_given ? "--since" : NULL;
}

/* What a call over MCP says for itself. */
static bool says_what_calls_say(const cs_request *r)
{
    return r->asking.all || r->asking.exact || narrowing_name(r) != NULL || r->limited ||
           r->page.offset > 0 || r->page.per_file != cs_default_per_file || !r->page.fold ||
           r->order != CS_ORDER_SCORE;
}

static cs_status check_together(const cs_request *r, size_t words, cs_error *error)
{
    const char *other = r->sources ? "--sources" : mode_names[r->mode];
    if (r->sources && r->mode != CS_MODE_SEARCH)
        return cs_fail(error, CS_USAGE, "%s and --sources do not go together", mode_names[r->mode]);
    if (!has_format(r))
        return cs_fail(error, CS_USAGE, "%s and %s do not go together", format_names[r->format],
                       other);
    if (r->null && r->format != CS_FORMAT_FILES && r->format != CS_FORMAT_TEMPLATE)
        return cs_fail(error, CS_USAGE, "--null goes with --files or --format only");
    if (r->mode == CS_MODE_SERVE && words > 0)
        return cs_fail(error, CS_USAGE, "--mcp takes no query: it is asked over standard input");
    if (r->mode == CS_MODE_SERVE && says_what_calls_say(r))
        return cs_fail(error, CS_USAGE,
                       "--mcp goes with --db, --refresh and --no-synonyms only: "
                       "calls say the rest");
    if ((r->mode == CS_MODE_SHOW || r->mode == CS_MODE_OUTLINE) && narrowing_name(r) != NULL)
        return cs_fail(error, CS_USAGE, "%s and %s do not go together", other, narrowing_name(r));
    if (r->mode == CS_MODE_OPEN && r->hit == 0)
        return cs_fail(error, CS_USAGE, "--open: hits are counted from 1");
    cs_status status = check_explain(r, other, error);
    return status == CS_OK ? check_text(r, error) : status;
}

cs_status cs_request_parse(int argc, char **argv, cs_request *ret_request, cs_error *error)
{
    CS_SCOPED(cs_operands) words = {0};
    cs_request *r = ret_request;
    *r = (cs_request){
        .page = {.limit = cs_default_limit, .per_file = cs_default_per_file, .fold = true},
        .query = {.limit = cs_max_query},
        .db_list = {.limit = 1 << 18}};
    cs_status status = cs_options_parse(&program, argc, argv, set_option, r, &words, error);
    bool json = cs_options_have(argc, argv, "--json") || cs_options_have(argc, argv, "--jsonl");
    if (status != CS_OK && json)
        r->format = CS_FORMAT_JSON; /* the fault may stand before it */
    if (status != CS_OK || r->mode >= CS_MODE_HELP)
        return status;
    status = check_together(r, words.count, error);
    if (status != CS_OK)
        return status;
    return join_words(&words, r, error);
}

void cs_request_release(cs_request *request)
{
    cs_buf_release(&request->query);
    cs_buf_release(&request->db_list);
}

const char *cs_request_query(const cs_request *request)
{
    return request->query.data == NULL ? "" : request->query.data;
}

bool cs_request_wants_json(const cs_request *request)
{
    return request->format == CS_FORMAT_JSON || request->format == CS_FORMAT_JSONL;
}

void cs_request_help(cs_buf *out)
{
    cs_options_help(&program, out);
}
