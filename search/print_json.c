/* print_json.c - JSON, documented in doc/json.md and doc/casesearch.schema.json.
 *
 * How to add a member: add it here and to both; members may be added, a change of
 * meaning raises cs_json_schema. tests/rules/json and tests/rules/schema check both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "json_explain.h"
#include "print_json.h"

/* ---- values: see json.h ------------------------------------------------------------ */

json_t *cs_json_id(const cs_context *c)
{
    cs_id id;
    char text[cs_id_size];
    if (!cs_result_id(c->hit->path, c->trail, c->depth, c->passage.text, &id))
        return NULL;
    cs_result_write_id(id, text);
    return json_string(text);
}

json_t *cs_json_trail(const cs_context *c)
{
    json_t *trail = json_array();
    for (size_t i = 0; i < c->depth; i++)
        cs_json_append(trail, cs_json_text(c->trail[i]));
    return trail;
}

json_t *cs_json_matches(const cs_context *c)
{
    json_t *matches = json_array();
    for (size_t i = 0; c->freshness != CS_STALE && i < c->matches.count; i++) {
        const cs_found *m = &c->matches.items[i];
        cs_position p = cs_context_locate(c, m->start, m->end);
        cs_json_append(matches,
                       json_pack("{s:I,s:I,s:o}", "line", (json_int_t)p.line, "column",
                                 (json_int_t)p.column, "bytes", cs_json_pair(p.start, p.end)));
    }
    return matches;
}

/* The site of an address, or null. */
static json_t *site_of(cs_view url)
{
    CS_SCOPED(cs_buf) site = {.limit = cs_max_scratch};
    cs_schema_add_site(&site, url);
    if (cs_buf_status(&site) != CS_OK)
        return NULL;
    return site.len > 0 ? cs_json_bytes(site.data, site.len) : json_null();
}

static json_t *url_of(cs_view url)
{
    return url.len > 0 ? cs_json_bytes(url.data, url.len) : json_null();
}

static json_t *source_of(const cs_citation *s, bool line_known)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:b}", "label", cs_json_text(s->label), "text",
                     cs_json_text(s->text), "url", url_of(s->url), "site", site_of(s->url), "line",
                     line_known && s->line > 0 ? json_integer(s->line) : json_null(), "resolved",
                     s->line > 0);
}

/* Every source of the passage once, in the order of its marks. */
json_t *cs_json_sources(const cs_context *c)
{
    json_t *sources = json_array();
    bool line_known = c->freshness == CS_FRESH; /* where a definition moved to is not known */
    for (size_t i = 0; i < c->passage.marks.count; i++) {
        const cs_citation *s = cs_result_source(c, i);
        if (s != NULL)
            cs_json_append(sources, source_of(s, line_known));
    }
    return sources;
}

static json_t *snippet_of(const cs_context *c)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_scratch};
    cs_result_add_snippet(c, &text);
    return cs_buf_status(&text) == CS_OK ? cs_json_text(cs_buf_view(&text)) : NULL;
}

static json_t *copies_of(const cs_report *report, const cs_hit *hit)
{
    json_t *copies = json_array();
    for (uint32_t i = 0; i < hit->named; i++) {
        const cs_copy *c = &report->hits->copies.items[hit->first_copy + i];
        json_t *copy = json_pack("{s:o,s:I}", "path", cs_json_bytes(c->path.data, c->path.len),
                                 "line", (json_int_t)c->line);
        const char *root = report->collection->shards[c->shard].index->manifest.settings.root;
        if (report->collection->index_count > 1)
            cs_json_set(copy, "root", cs_json_bytes(root, strlen(root)));
        cs_json_append(copies, copy);
    }
    return copies;
}

json_t *cs_json_lines(const cs_context *c)
{
    uint32_t first, last;
    cs_result_lines(c, &first, &last);
    return c->freshness == CS_STALE ? json_null() : cs_json_pair(first, last);
}

json_t *cs_json_place(const cs_context *c)
{
    int64_t start = c->passage.start + c->byte_shift, end = c->passage.end + c->byte_shift;
    return c->freshness == CS_STALE ? json_null() : cs_json_pair((uint32_t)start, (uint32_t)end);
}

/* Shown whole in the place of its snippet, or with a hit before. */
static json_t *section_of(const cs_report *report, const cs_context *c)
{
    const cs_extract *extract = &report->extracts[c - report->contexts];
    return extract->count > 0 ? cs_json_extract(extract) : json_null();
}

/* A passage that moved with its file has its new lines; a stale one has none. */
static json_t *result_of(const cs_report *report, const cs_context *c, size_t rank)
{
    bool stale = c->freshness == CS_STALE;
    json_t *result =
        json_pack("{s:I,s:f,s:o,s:o,s:o,s:o}", "rank", (json_int_t)rank, "score", c->hit->score,
                  "id", cs_json_id(c), "path", cs_json_bytes(c->hit->path.data, c->hit->path.len),
                  "title", cs_json_text(c->file.title), "trail", cs_json_trail(c));
    cs_json_set(result, "lines", cs_json_lines(c));
    cs_json_set(result, "bytes", cs_json_place(c));
    cs_json_set(result, "text", cs_json_text(c->passage.text));
    cs_json_set(result, "snippet", snippet_of(c));
    cs_json_set(result, "stale", json_boolean(stale));
    cs_json_set(result, "matches", cs_json_matches(c));
    cs_json_set(result, "sources", cs_json_sources(c));
    cs_json_set(result, "copies", copies_of(report, c->hit));
    cs_json_set(result, "copy_count", json_integer(c->hit->copies));
    cs_json_set(result, "more", json_integer(c->hit->more));
    if (report->extracts != NULL)
        cs_json_set(result, "section", section_of(report, c));
    if (report->explanation != NULL)
        cs_json_set(result, "weights",
                    cs_json_weights(report->explanation, rank - report->offset - 1));
    if (report->collection->index_count > 1) {
        const char *root = c->index->manifest.settings.root;
        cs_json_set(result, "root", cs_json_bytes(root, strlen(root)));
    }
    return result;
}

json_t *cs_json_index(const cs_collection *collection, uint64_t studies)
{
    const cs_index *index = &collection->indexes[0];
    const char *root = index->manifest.settings.root;
    return json_pack("{s:o,s:o,s:I}", "root", cs_json_bytes(root, strlen(root)), "directory",
                     cs_json_bytes(index->directory, strlen(index->directory)), "studies",
                     (json_int_t)studies);
}

/* ---- output ------------------------------------------------------------------------ */

/* All but the results, and where they begin. */
static cs_status begin(const cs_report *report, cs_buf *out, cs_error *error)
{
    const char *relation = report->hits->total_exact ? "eq" : "about";
    json_t *root =
        json_pack("{s:i,s:s,s:s?,s:s?,s:o,s:{s:I,s:s}}", "schema", cs_json_schema, "query",
                  report->query, "corrected", report->corrected, "suggestion", report->suggestion,
                  "index", cs_json_index(report->collection, report->studies), "total", "value",
                  (json_int_t)report->hits->total, "relation", relation);
    cs_status status = cs_json_add_open(root, out, error);
    cs_buf_add_string(out, ",\n  \"results\": [");
    return status;
}

static cs_status end(const cs_report *report, cs_buf *out, cs_error *error)
{
    cs_status status = CS_OK;
    bool none = report->first && report->count == 0;
    cs_buf_add_string(out, none ? "]" : "\n  ]");
    if (report->explanation != NULL) {
        cs_buf_add_string(out, ",\n  \"explanation\": ");
        status = cs_json_add_inner(cs_json_explanation(report->explanation), 2, out, error);
    }
    cs_buf_add_string(out, "\n}\n");
    return status == CS_OK && cs_buf_status(out) != CS_OK ? cs_fail_memory(error) : status;
}

cs_status cs_print_json(const cs_report *report, cs_buf *out, cs_error *error)
{
    cs_status status = report->first ? begin(report, out, error) : CS_OK;
    for (size_t i = 0; i < report->count && status == CS_OK; i++) {
        cs_buf_add_string(out, report->first && i == 0 ? "\n    " : ",\n    ");
        status = cs_json_add_inner(result_of(report, &report->contexts[i], report->offset + i + 1),
                                   4, out, error);
    }
    return status == CS_OK && report->last ? end(report, out, error) : status;
}

cs_status cs_print_jsonl(const cs_report *report, cs_buf *out, cs_error *error)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < report->count && status == CS_OK; i++)
        status = cs_json_add(result_of(report, &report->contexts[i], report->offset + i + 1),
                             JSON_COMPACT, out, error);
    return status;
}

/* ---- sources ----------------------------------------------------------------------- */

json_t *cs_json_cited(const cs_source_count *source)
{
    return json_pack("{s:I,s:I,s:o,s:o,s:o}", "passages", (json_int_t)source->passages, "studies",
                     (json_int_t)source->studies, "text", cs_json_text(source->text), "url",
                     url_of(source->url), "site", site_of(source->url));
}

cs_status cs_print_sources_json(const cs_source_report *report, cs_buf *out, cs_error *error)
{
    json_t *sources = json_array();
    for (size_t i = report->first; i < report->last; i++)
        cs_json_append(sources, cs_json_cited(&report->list->items[i]));
    json_t *root =
        json_pack("{s:i,s:s?,s:s?,s:s?,s:o,s:{s:I,s:s},s:I,s:o}", "schema", cs_json_schema, "query",
                  report->query, "corrected", report->corrected, "suggestion", report->suggestion,
                  "index", cs_json_index(report->collection, report->studies), "total", "value",
                  (json_int_t)report->list->count, "relation", "eq", "unresolved",
                  (json_int_t)report->list->unresolved, "sources", sources);
    return cs_json_add(root, JSON_INDENT(2), out, error);
}

cs_status cs_print_sources_jsonl(const cs_source_report *report, cs_buf *out, cs_error *error)
{
    cs_status status = CS_OK;
    for (size_t i = report->first; i < report->last && status == CS_OK; i++)
        status = cs_json_add(cs_json_cited(&report->list->items[i]), JSON_COMPACT, out, error);
    return status;
}
