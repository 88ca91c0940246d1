/* mcp_tools.c - the tools of mcp.h. Their parameters are tables: the schema that is told and
 * the check of a call are made of the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "browse.h"
#include "mcp.h"
#include "print_json.h"

/* ---- parameters -------------------------------------------------------------------- */

typedef enum kind { TEXT, NUMBER, FLAG, TEXTS, ORDER } kind;

typedef struct param {
    const char *name; /* NULL ends a table */
    kind kind;
    bool required;
    json_int_t least, most; /* of a NUMBER */
    const char *about;
} param;

#define QUERY_SYNTAX                                                                               \
    "Words are ranked; \"a phrase\", +must, -not, OR, NEAR/8, valu*; fields title: heading: "      \
    "path: "                                                                                       \
    "cite: site: in:table lang: and keys of the front matter, year:2019..2021"
#define BUDGET                                                                                     \
    {                                                                                              \
        "budget", NUMBER, false, cs_min_mcp_budget, cs_max_mcp_budget,                             \
            "Bytes of the answer at most [20000]; what does not fit is counted in left_out"        \
    }
#define PAGE                                                                                       \
    {"limit", NUMBER, false, 1, 1000, "So many at most"},                                          \
    {                                                                                              \
        "offset", NUMBER, false, 0, INT32_MAX, "Leave out so many of the first"                    \
    }
#define FILTERS                                                                                    \
    {"in", TEXTS, false, 0, 0, "Only studies whose path matches one of these patterns"},           \
        {"since", TEXT, false, 0, 0, "Only studies dated so or later: 2021, 2021-06-30, 18m, 2y"}, \
    {                                                                                              \
        "sort", ORDER, false, 0, 0, "score, path or date (the latest first)"                       \
    }

static const param search_params[] = {
    {"query", TEXT, true, 0, 0, QUERY_SYNTAX},
    PAGE,
    {"per_study", NUMBER, false, 0, 1000, "Of one study so many at most [3]; 0 for all"},
    {"all_words", FLAG, false, 0, 0, "Every word is required"},
    {"exact", FLAG, false, 0, 0, "Words as typed: no forms, synonyms and corrections"},
    {"sentences", NUMBER, false, 0, 100, "So many more around the best ones of each passage [0]"},
    FILTERS,
    BUDGET,
    {NULL, TEXT, false, 0, 0, NULL},
};

static const param show_params[] = {
    {"ref", TEXT, true, 0, 0,
     "The id of a passage, path:line (its section), path:from-to (these lines) or path (the "
     "study)"},
    {"query", TEXT, false, 0, 0, "What to mark"},
    BUDGET,
    {NULL, TEXT, false, 0, 0, NULL},
};

static const param outline_params[] = {
    {"ref", TEXT, true, 0, 0, "The path of a study, or the id of one of its passages"},
    BUDGET,
    {NULL, TEXT, false, 0, 0, NULL},
};

static const param list_params[] = {
    {"query", TEXT, false, 0, 0, "Only studies with a passage for it, best first; else by path"},
    PAGE,
    FILTERS,
    BUDGET,
    {NULL, TEXT, false, 0, 0, NULL},
};

static const param sources_params[] = {
    {"query", TEXT, false, 0, 0, "Only what passages for it rest on"},
    PAGE,
    {"in", TEXTS, false, 0, 0, "Only studies whose path matches one of these patterns"},
    BUDGET,
    {NULL, TEXT, false, 0, 0, NULL},
};

static json_t *schema_of(const param *p)
{
    switch (p->kind) {
    case NUMBER:
        return json_pack("{s:s,s:I,s:I,s:s}", "type", "integer", "minimum", p->least, "maximum",
                         p->most, "description", p->about);
    case FLAG:
        return json_pack("{s:s,s:s}", "type", "boolean", "description", p->about);
    case TEXTS:
        return json_pack("{s:s,s:{s:s},s:i,s:s}", "type", "array", "items", "type", "string",
                         "maxItems", cs_max_globs, "description", p->about);
    case ORDER:
        return json_pack("{s:[s,s,s],s:s}", "enum", "score", "path", "date", "description",
                         p->about);
    default:
        return json_pack("{s:s,s:s}", "type", "string", "description", p->about);
    }
}

static json_t *schema_of_all(const param *params)
{
    json_t *properties = json_object(), *required = json_array();
    for (; params->name != NULL; params++) {
        cs_json_set(properties, params->name, schema_of(params));
        if (params->required)
            cs_json_append(required, json_string(params->name));
    }
    return json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}

static const char *fault_of(const param *p, json_t *value)
{
    json_int_t number = json_integer_value(value);
    size_t i;
    json_t *item;
    switch (p->kind) {
    case NUMBER:
        return !json_is_integer(value)                 ? "is no integer"
               : number < p->least || number > p->most ? "is out of range"
                                                       : NULL;
    case FLAG:
        return json_is_boolean(value) ? NULL : "is no boolean";
    case TEXTS:
        json_array_foreach(value, i,
                           item) if (!json_is_string(item)) return "has an item that is no string";
        return json_is_array(value) && json_array_size(value) <= cs_max_globs
                   ? NULL
                   : "is no array of at most 16 strings";
    default:
        return json_is_string(value) ? NULL : "is no string";
    }
}

static cs_status unknown_param(const param *params, const char *name, cs_error *error)
{
    CS_SCOPED(cs_buf) names = {.limit = 400};
    for (size_t i = 0; params[i].name != NULL; i++)
        cs_buf_addf(&names, "%s%s", i == 0 ? "" : ", ", params[i].name);
    cs_fail(error, CS_USAGE, "there is no parameter \"%s\"", name);
    cs_hint(error, "the parameters are: %s", names.data);
    return CS_USAGE;
}

static cs_status check(const param *params, json_t *arguments, cs_error *error)
{
    const char *name;
    json_t *value;
    for (const param *p = params; p->name != NULL; p++)
        if (p->required && json_object_get(arguments, p->name) == NULL)
            return cs_fail(error, CS_USAGE, "the parameter \"%s\" is missing", p->name);
    json_object_foreach(arguments, name, value)
    {
        const param *p = params;
        while (p->name != NULL && strcmp(p->name, name) != 0)
            p++;
        if (p->name == NULL)
            return unknown_param(params, name, error);
        if (fault_of(p, value) != NULL)
            return cs_fail(error, CS_USAGE, "the parameter \"%s\" %s", name, fault_of(p, value));
    }
    return CS_OK;
}

/* ---- a call as a request ----------------------------------------------------------- */

typedef struct call {
    json_t *arguments;
    cs_request request;
    size_t budget; /* bytes that are left */
} call;

static uint32_t number_of(const call *c, const char *name, uint32_t otherwise)
{
    json_t *value = json_object_get(c->arguments, name);
    return value == NULL ? otherwise : (uint32_t)json_integer_value(value);
}

static cs_status read_order(const char *order, cs_request *r, cs_error *error)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(order, cs_order_names[i]) == 0) {
            r->order = (cs_order)i;
            return CS_OK;
        }
    return cs_fail(error, CS_USAGE, "the parameter \"sort\" is not score, path or date");
}

static cs_status read_filters(call *c, cs_error *error)
{
    cs_request *r = &c->request;
    const char *since = json_string_value(json_object_get(c->arguments, "since"));
    const char *sort = json_string_value(json_object_get(c->arguments, "sort"));
    size_t i;
    json_t *glob;
    json_array_foreach(json_object_get(c->arguments, "in"), i, glob)
        r->narrowing.globs[r->narrowing.glob_count++] = json_string_value(glob);
    r->narrowing.since_given = since != NULL;
    cs_status status = sort == NULL ? CS_OK : read_order(sort, r, error);
    if (status == CS_OK && since != NULL)
        status = cs_narrow_read_since(since, &r->narrowing.since, error);
    return status;
}

/* The arguments as what a command line would ask. Release request.query. */
static cs_status read_call(call *c, const cs_request *base, cs_error *error)
{
    const char *query = json_string_value(json_object_get(c->arguments, "query"));
    const char *ref = json_string_value(json_object_get(c->arguments, "ref"));
    cs_request *r = &c->request;
    *r = (cs_request){.db = base->db,
                      .refresh = base->refresh,
                      .no_synonyms = base->no_synonyms,
                      .format = CS_FORMAT_JSON,
                      .query = {.limit = cs_max_query}};
    r->asking.all = json_is_true(json_object_get(c->arguments, "all_words"));
    r->asking.exact = json_is_true(json_object_get(c->arguments, "exact"));
    r->page = (cs_page){.offset = number_of(c, "offset", 0),
                        .limit = number_of(c, "limit", cs_default_limit),
                        .per_file = number_of(c, "per_study", cs_default_per_file),
                        .fold = true};
    r->limited = json_object_get(c->arguments, "limit") != NULL;
    r->sentences = number_of(c, "sentences", 0);
    c->budget = number_of(c, "budget", cs_mcp_budget);
    cs_buf_add_string(&r->query, query == NULL ? "" : query);
    if (cs_buf_status(&r->query) == CS_LIMIT)
        return cs_fail(error, CS_SYNTAX, "the query is longer than %d bytes", cs_max_query);
    cs_status status = ref == NULL ? CS_OK : cs_reference_read(ref, &r->reference, error);
    if (status == CS_OK && ref != NULL && r->reference.kind == CS_REFERENCE_HIT)
        status = cs_fail(error, CS_USAGE, "ref: a number means nothing here; give an id");
    return status == CS_OK ? read_filters(c, error) : status;
}

/* ---- what fits --------------------------------------------------------------------- */

/* Appends an item if it fits the budget, or is the first; takes it. */
static bool take(call *c, json_t *array, json_t *item)
{
    size_t size = item == NULL ? 0 : json_dumpb(item, NULL, 0, JSON_COMPACT) + 1;
    if (size > c->budget && json_array_size(array) > 0) {
        json_decref(item);
        return false;
    }
    c->budget -= size < c->budget ? size : c->budget;
    cs_json_append(array, item);
    return true;
}

/* What an answer left out: null for nothing. `next` is the offset that goes on, 0 for none. */
static json_t *left_out(size_t count, size_t next)
{
    if (count == 0)
        return json_null();
    json_t *left =
        json_pack("{s:I,s:s}", "count", (json_int_t)count, "why", "the byte budget is used up");
    if (next > 0)
        cs_json_set(left, "next_offset", json_integer((json_int_t)next));
    return left;
}

static json_t *notes_of(const cs_answer *answer)
{
    json_t *notes = json_array();
    const char *at = answer->notes.len > 0 ? answer->notes.data : "";
    for (size_t len; *at != '\0'; at += len + 1) {
        len = strcspn(at, "\n"); /* each ends with one */
        cs_json_append(notes, cs_json_bytes(at, len));
    }
    return notes;
}

static json_t *total_of(uint64_t total, bool exact)
{
    return json_pack("{s:I,s:s}", "value", (json_int_t)total, "relation", exact ? "eq" : "about");
}

/* ---- search ------------------------------------------------------------------------ */

static json_t *hit_of(const cs_context *x, size_t rank, bool several)
{
    CS_SCOPED(cs_buf) snippet = {.limit = cs_max_scratch};
    cs_result_add_snippet(x, &snippet);
    json_t *hit = json_pack(
        "{s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:I}", "rank", (json_int_t)rank, "id", cs_json_id(x),
        "path", cs_json_bytes(x->hit->path.data, x->hit->path.len), "trail", cs_json_trail(x),
        "lines", cs_json_lines(x), "snippet", cs_json_text(cs_buf_view(&snippet)), "sources",
        cs_json_sources(x), "stale", x->freshness == CS_STALE, "more", (json_int_t)x->hit->more);
    const char *root = x->index->manifest.settings.root;
    if (several && hit != NULL)
        cs_json_set(hit, "root", cs_json_bytes(root, strlen(root)));
    return hit;
}

static json_t *better_of(const cs_answer *a, bool corrected)
{
    return a->better.len > 0 && a->corrected == corrected ? cs_json_text(cs_buf_view(&a->better))
                                                          : json_null();
}

static cs_status run_search(call *c, json_t **ret_content, cs_error *error)
{
    CS_SCOPED(cs_answer) a = {0};
    if (c->request.query.len == 0)
        return cs_fail(error, CS_USAGE, "the query is empty");
    cs_status status = cs_answer_make(&c->request, &a, error);
    if (status != CS_OK)
        return status;
    json_t *results = json_array();
    size_t shown = 0, offset = c->request.page.offset;
    while (shown < a.count &&
           take(c, results,
                hit_of(&a.contexts[shown], offset + shown + 1, a.collection.index_count > 1)))
        shown++;
    *ret_content =
        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "index",
                  cs_json_index(&a.collection, cs_answer_studies(&a)), "total",
                  total_of(a.hits.total, a.hits.total_exact), "corrected", better_of(&a, true),
                  "suggestion", better_of(&a, false), "results", results, "left_out",
                  left_out(a.count - shown, offset + shown), "notes", notes_of(&a));
    return CS_OK;
}

/* ---- show, outline ----------------------------------------------------------------- */

static cs_status not_found(const cs_answer *a, cs_error *error)
{
    size_t len = a->notes.len > 0 ? strcspn(a->notes.data, "\n") : 0;
    cs_fail(error, CS_USAGE, "%.*s", (int)len, a->notes.len > 0 ? a->notes.data : "");
    cs_hint(error, "search and list have ids and paths");
    return CS_USAGE;
}

/* A text that does not fit is cut, if it is the first. */
static json_t *passage_of(const call *c, const cs_context *x, bool first)
{
    const cs_excerpt *e = &x->excerpts[0];
    cs_view text = {x->passage.text.data + e->start, e->end - e->start};
    size_t most = c->budget / 2;
    bool cut = first && text.len > most;
    while (cut && most > 0 && ((unsigned char)text.data[most] & 0xC0) == 0x80)
        most--;
    text.len = cut ? most : text.len;
    return json_pack("{s:o,s:o,s:o,s:o,s:b,s:o,s:b}", "id", cs_json_id(x), "trail",
                     cs_json_trail(x), "lines", cs_json_lines(x), "text", cs_json_text(text), "cut",
                     cut, "sources", cut ? json_array() : cs_json_sources(x), "stale",
                     x->freshness == CS_STALE);
}

static json_t *extract_of(call *c, const cs_answer *a, const cs_extract *x)
{
    json_t *passages = json_array();
    const char *root = x->index->manifest.settings.root;
    size_t shown = 0;
    while (shown < x->count && take(c, passages, passage_of(c, &x->passages[shown], shown == 0)))
        shown++;
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "root", cs_json_bytes(root, strlen(root)), "path",
                     cs_json_bytes(x->file.path.data, x->file.path.len), "title",
                     cs_json_text(x->file.title), "passages", passages, "left_out",
                     left_out(x->count - shown, 0), "notes", notes_of(a));
}

static cs_status run_show(call *c, json_t **ret_content, cs_error *error)
{
    CS_SCOPED(cs_answer) a = {0};
    CS_SCOPED(cs_extract) extract = {0};
    cs_file_place place;
    cs_part_asked part;
    bool found = false;
    cs_status status = cs_answer_open(&c->request, &a, error);
    if (status == CS_OK)
        status = cs_browse_find(&a, &c->request.reference, &place, &part, &found, error);
    if (status != CS_OK || !found)
        return status != CS_OK ? status : not_found(&a, error);
    CS_SCOPED(cs_extractor)
    extractor = {.collection = &a.collection,
                 .plan = &a.plan,
                 .check = c->request.refresh != CS_REFRESH_NEVER};
    status = cs_extract_make(&extractor, place, &part, NULL, &extract, error);
    if (status == CS_OK && extract.count == 0)
        return cs_fail(error, CS_USAGE, "there is no text in these lines");
    if (status == CS_OK)
        *ret_content = extract_of(c, &a, &extract);
    return status;
}

static cs_status run_outline(call *c, json_t **ret_content, cs_error *error)
{
    CS_SCOPED(cs_answer) a = {0};
    CS_SCOPED(cs_outline) outline = {0};
    cs_file_place place;
    cs_part_asked part;
    bool found = false;
    cs_status status = cs_answer_open(&c->request, &a, error);
    if (status == CS_OK)
        status = cs_browse_find(&a, &c->request.reference, &place, &part, &found, error);
    if (status != CS_OK || !found)
        return status != CS_OK ? status : not_found(&a, error);
    status = cs_outline_make(&a.collection, place, &outline, error);
    if (status != CS_OK)
        return status;
    json_t *content = cs_json_outline(&outline), *headings = json_array(), *heading;
    size_t i, left = 0;
    json_array_foreach(json_object_get(content, "headings"), i, heading) left +=
        left > 0 || !take(c, headings, json_incref(heading));
    cs_json_set(content, "headings", headings);
    cs_json_set(content, "left_out", left_out(left, 0));
    *ret_content = content;
    return CS_OK;
}

/* ---- list, sources ----------------------------------------------------------------- */

static cs_status run_list(call *c, json_t **ret_content, cs_error *error)
{
    CS_SCOPED(cs_answer) a = {0};
    CS_SCOPED(cs_listing) listing = {0};
    cs_status status = cs_answer_open(&c->request, &a, error);
    if (status == CS_OK)
        status = cs_answer_correct(&a, error);
    if (status == CS_OK)
        status = cs_listing_make(&a.collection, a.tree != NULL ? &a.plan : NULL, &listing, error);
    if (status != CS_OK)
        return status;
    cs_order_listing(c->request.order, &listing);
    json_t *studies = json_array();
    const cs_page *page = &c->request.page;
    size_t first = page->offset < listing.count ? page->offset : listing.count, at = first;
    size_t end = c->request.limited && listing.count - first > page->limit ? first + page->limit
                                                                           : listing.count;
    if (first == listing.count)
        cs_answer_note_page(&a, listing.count);
    while (at < end &&
           take(c, studies, cs_json_listed(&listing.items[at], a.collection.index_count > 1)))
        at++;
    *ret_content = json_pack("{s:o,s:o,s:o,s:o,s:o}", "index",
                             cs_json_index(&a.collection, cs_answer_studies(&a)), "total",
                             total_of(listing.count, true), "studies", studies, "left_out",
                             left_out(end - at, at), "notes", notes_of(&a));
    return CS_OK;
}

static cs_status run_sources(call *c, json_t **ret_content, cs_error *error)
{
    CS_SCOPED(cs_answer) a = {0};
    c->request.sources = true;
    cs_status status = cs_answer_make(&c->request, &a, error);
    if (status != CS_OK)
        return status;
    json_t *sources = json_array();
    const cs_page *page = &c->request.page;
    size_t count = a.sources.count, first = page->offset < count ? page->offset : count;
    size_t end = c->request.limited && count - first > page->limit ? first + page->limit : count;
    size_t at = first;
    while (at < end && take(c, sources, cs_json_cited(&a.sources.items[at])))
        at++;
    *ret_content = json_pack("{s:o,s:o,s:o,s:o,s:o}", "index",
                             cs_json_index(&a.collection, cs_answer_studies(&a)), "total",
                             total_of(count, true), "sources", sources, "left_out",
                             left_out(end - at, at), "notes", notes_of(&a));
    return CS_OK;
}

/* ---- the tools --------------------------------------------------------------------- */

#define STRING         "{\"type\":\"string\"}"
#define STRING_OR_NULL "{\"type\":[\"string\",\"null\"]}"
#define COUNT          "{\"type\":\"integer\",\"minimum\":0}"
#define LINES          "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"integer\"}}"
#define STRINGS        "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define OBJECT         "{\"type\":\"object\"}"
#define OBJECTS        "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"
#define LEFT_OUT                                                                                   \
    "{\"type\":[\"object\",\"null\"],\"properties\":{\"count\":" COUNT ",\"next_offset\":" COUNT   \
    ",\"why\":" STRING "},\"required\":[\"count\",\"why\"]}"
#define SOURCES                                                                                    \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"label\":" STRING         \
    ",\"text\":" STRING ",\"url\":" STRING_OR_NULL ",\"site\":" STRING_OR_NULL                     \
    ",\"line\":{\"type\":[\"integer\",\"null\"]},\"resolved\":{\"type\":\"boolean\"}},"            \
    "\"required\":[\"label\",\"text\",\"url\",\"resolved\"]}}"

static const char search_output[] =
    "{\"type\":\"object\",\"properties\":{\"index\":" OBJECT ",\"total\":{\"type\":\"object\","
    "\"properties\":{\"value\":" COUNT ",\"relation\":{\"enum\":[\"eq\",\"about\"]}},\"required\":"
    "[\"value\",\"relation\"]},\"corrected\":" STRING_OR_NULL ",\"suggestion\":" STRING_OR_NULL
    ",\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"rank\":" COUNT ",\"id\":" STRING ",\"path\":" STRING ",\"root\":" STRING
    ",\"trail\":" STRINGS ",\"lines\":" LINES ",\"snippet\":" STRING ",\"sources\":" SOURCES
    ",\"stale\":{\"type\":\"boolean\"},\"more\":" COUNT
    "},\"required\":[\"rank\",\"id\",\"path\",\"trail\",\"lines\",\"snippet\",\"sources\","
    "\"stale\","
    "\"more\"]}},\"left_out\":" LEFT_OUT ",\"notes\":" STRINGS
    "},\"required\":[\"index\",\"total\","
    "\"corrected\",\"suggestion\",\"results\",\"left_out\",\"notes\"]}";

static const char show_output[] =
    "{\"type\":\"object\",\"properties\":{\"root\":" STRING ",\"path\":" STRING ",\"title\":" STRING
    ",\"passages\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"id\":" STRING ",\"trail\":" STRINGS ",\"lines\":" LINES ",\"text\":" STRING
    ",\"cut\":{\"type\":\"boolean\"},"
    "\"sources\":" SOURCES ",\"stale\":{\"type\":\"boolean\"}},\"required\":[\"id\",\"trail\","
    "\"lines\",\"text\",\"cut\",\"sources\",\"stale\"]}},\"left_out\":" LEFT_OUT
    ",\"notes\":" STRINGS
    "},\"required\":[\"root\",\"path\",\"title\",\"passages\",\"left_out\",\"notes\"]}";

static const char outline_output[] =
    "{\"type\":\"object\",\"properties\":{\"root\":" STRING ",\"path\":" STRING ",\"title\":" STRING
    ",\"date\":" STRING_OR_NULL ",\"headings\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"line\":" COUNT ",\"level\":" COUNT ",\"heading\":" STRING ",\"words\":" COUNT
    "},\"required\":[\"line\",\"level\",\"heading\",\"words\"]}},\"left_out\":" LEFT_OUT
    "},\"required\":[\"root\",\"path\",\"title\",\"date\",\"headings\",\"left_out\"]}";

static const char list_output[] =
    "{\"type\":\"object\",\"properties\":{\"index\":" OBJECT ",\"total\":" OBJECT ",\"studies\":"
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"path\":" STRING
    ",\"title\":" STRING ",\"date\":" STRING_OR_NULL ",\"language\":" STRING ",\"sections\":" COUNT
    ",\"passages\":" COUNT ",\"words\":" COUNT ",\"root\":" STRING "},\"required\":[\"path\","
    "\"title\",\"date\",\"sections\",\"words\"]}},\"left_out\":" LEFT_OUT ",\"notes\":" STRINGS
    "},\"required\":[\"index\",\"total\",\"studies\",\"left_out\",\"notes\"]}";

static const char sources_output[] =
    "{\"type\":\"object\",\"properties\":{\"index\":" OBJECT ",\"total\":" OBJECT ",\"sources\":"
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"passages\":" COUNT
    ",\"studies\":" COUNT ",\"text\":" STRING ",\"url\":" STRING_OR_NULL ",\"site\":" STRING_OR_NULL
    "},\"required\":[\"passages\",\"studies\",\"text\",\"url\"]}},\"left_out\":" LEFT_OUT
    ",\"notes\":" STRINGS
    "},\"required\":[\"index\",\"total\",\"sources\",\"left_out\",\"notes\"]}";

typedef struct tool {
    const char *name, *title, *about;
    const param *params;
    const char *output;
    cs_status (*run)(call *c, json_t **ret_content, cs_error *error);
} tool;

static const tool tools[] = {
    {"search", "Search passages",
     "Finds the passages of case studies that fit a query, best first, with the sentences around "
     "the "
     "matches, their lines and the sources they cite.",
     search_params, search_output, run_search},
    {"show", "Read a section",
     "Reads the section, the lines or the study that a reference means, with its sources.",
     show_params, show_output, run_show},
    {"outline", "Headings of a study", "The headings of a study, with their lines and words.",
     outline_params, outline_output, run_outline},
    {"list", "List studies", "The studies: path, title, date, sections, words.", list_params,
     list_output, run_list},
    {"sources", "List sources",
     "What passages cite, each source once, those that most passages rest on first.",
     sources_params, sources_output, run_sources},
};
enum { tool_count = sizeof tools / sizeof *tools };

json_t *cs_mcp_tools(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < tool_count; i++) {
        const tool *t = &tools[i];
        json_t *output = json_loads(t->output, 0, NULL);
        cs_json_append(list, json_pack("{s:s,s:s,s:s,s:o,s:o,s:{s:b,s:b,s:b,s:b}}", "name", t->name,
                                       "title", t->title, "description", t->about, "inputSchema",
                                       schema_of_all(t->params), "outputSchema", output,
                                       "annotations", "readOnlyHint", 1, "destructiveHint", 0,
                                       "idempotentHint", 1, "openWorldHint", 0));
    }
    return list;
}

cs_status cs_mcp_call(const cs_request *request, const char *name, json_t *arguments,
                      bool *ret_known, json_t **ret_content, cs_error *error)
{
    const tool *t = tools;
    while (t < tools + tool_count && strcmp(t->name, name) != 0)
        t++;
    *ret_known = t < tools + tool_count;
    if (!*ret_known)
        return CS_OK;
    call c = {.arguments = arguments};
    cs_status status = check(t->params, arguments, error);
    if (status == CS_OK)
        status = read_call(&c, request, error);
    if (status == CS_OK)
        status = t->run(&c, ret_content, error);
    if (status == CS_OK && *ret_content == NULL)
        status = cs_fail_memory(error);
    cs_buf_release(&c.request.query);
    return status;
}
