/* print_json.c - JSON, documented in doc/json.md. The only file that includes
 * <jansson.h>.
 *
 * How to add a member: add it here and to doc/json.md; members may be added, a
 * change of meaning raises `schema`. tests/cli/json checks both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "print.h"
#include "text.h"

enum { schema = 1 };

/* ---- values: NULL without memory, which jansson's _new setters pass on -------------- */

static json_t *string_of(cs_view text)
{
    return json_stringn(text.len > 0 ? text.data : "", text.len);
}

/* A path or another text that may be any bytes. */
static json_t *repaired(const char *bytes, size_t len)
{
    CS_SCOPED(cs_buf) valid = {.limit = 1 << 20};
    cs_text_repair(&valid, bytes, len);
    return cs_buf_status(&valid) == CS_OK
               ? json_stringn(valid.data == NULL ? "" : valid.data, valid.len)
               : NULL;
}

static json_t *pair_of(uint32_t first, uint32_t last)
{
    return json_pack("[I,I]", (json_int_t)first, (json_int_t)last);
}

/* Stable while the passage stays what and where it is. */
static json_t *id_of(const cs_context *c)
{
    CS_SCOPED(cs_buf) bytes = {.limit = 1 << 30};
    cs_buf_add_sized(&bytes, c->hit->path);
    cs_buf_add_varint(&bytes, c->passage.start);
    cs_buf_add_view(&bytes, c->passage.text);
    if (cs_buf_status(&bytes) != CS_OK)
        return NULL;
    char id[17];
    snprintf(id, sizeof id, "%016" PRIx64, cs_hash(bytes.data, bytes.len));
    return json_string(id);
}

static json_t *trail_of(const cs_context *c)
{
    json_t *trail = json_array();
    for (size_t i = 0; i < c->depth; i++)
        json_array_append_new(trail, string_of(c->trail[i]));
    return trail;
}

static json_t *matches_of(const cs_context *c)
{
    json_t *matches = json_array();
    for (size_t i = 0; i < c->matches.count; i++) {
        const cs_found *m = &c->matches.items[i];
        cs_position p = cs_context_locate(c, m->start, m->end);
        json_array_append_new(matches,
                              json_pack("{s:I,s:I,s:o}", "line", (json_int_t)p.line, "column",
                                        (json_int_t)p.column, "bytes", pair_of(p.start, p.end)));
    }
    return matches;
}

/* The site of an address, or null. */
static json_t *site_of(cs_view url)
{
    CS_SCOPED(cs_buf) site = {.limit = 1 << 16};
    cs_schema_add_site(&site, url);
    if (cs_buf_status(&site) != CS_OK)
        return NULL;
    return site.len > 0 ? repaired(site.data, site.len) : json_null();
}

static json_t *url_of(cs_view url)
{
    return url.len > 0 ? repaired(url.data, url.len) : json_null();
}

static json_t *source_of(const cs_citation *s, bool line_known)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:b}", "label", string_of(s->label), "text",
                     string_of(s->text), "url", url_of(s->url), "site", site_of(s->url), "line",
                     line_known && s->line > 0 ? json_integer(s->line) : json_null(), "resolved",
                     s->line > 0);
}

/* Every source of the passage once, in the order of its marks. */
static json_t *sources_of(const cs_context *c)
{
    json_t *sources = json_array();
    bool line_known = c->freshness == CS_FRESH; /* where a definition moved to is not known */
    for (size_t i = 0; i < c->passage.marks.count; i++) {
        uint32_t number = c->passage.marks.items[i].source;
        bool repeated = number >= c->file.sources.count;
        for (size_t j = 0; j < i && !repeated; j++)
            repeated = c->passage.marks.items[j].source == number;
        if (repeated)
            continue;
        const cs_citation *s = &c->file.sources.items[number];
        json_array_append_new(sources, source_of(s, line_known));
    }
    return sources;
}

static json_t *snippet_of(const cs_context *c)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    for (size_t i = 0; i < c->excerpt_count; i++) {
        const cs_excerpt *e = &c->excerpts[i];
        bool gap = i > 0 && e->start > c->excerpts[i - 1].end + 1;
        if (i > 0)
            cs_buf_add_char(&text, ' ');
        if (gap || e->cut_before)
            cs_buf_add_string(&text, "\xE2\x80\xA6 ");
        for (uint32_t at = e->start; at < e->end; at++) {
            char byte = c->passage.text.data[at]; /* marks may have a line of their own */
            cs_buf_add_char(&text, byte == '\n' ? ' ' : byte);
        }
        if (e->cut_after)
            cs_buf_add_string(&text, " \xE2\x80\xA6");
    }
    return cs_buf_status(&text) == CS_OK
               ? json_stringn(text.data == NULL ? "" : text.data, text.len)
               : NULL;
}

static json_t *copies_of(const cs_report *report, const cs_hit *hit)
{
    json_t *copies = json_array();
    for (uint32_t i = 0; i < hit->named; i++) {
        const cs_copy *c = &report->hits->copies.items[hit->first_copy + i];
        json_t *copy = json_pack("{s:o,s:I}", "path", repaired(c->path.data, c->path.len), "line",
                                 (json_int_t)c->line);
        const char *root = report->collection->shards[c->shard].index->manifest.settings.root;
        if (report->collection->index_count > 1)
            json_object_set_new(copy, "root", repaired(root, strlen(root)));
        json_array_append_new(copies, copy);
    }
    return copies;
}

/* A passage that moved with its file has its new lines; a stale one has none. */
static json_t *result_of(const cs_report *report, const cs_context *c, size_t rank)
{
    bool stale = c->freshness == CS_STALE;
    json_t *result =
        json_pack("{s:I,s:f,s:o,s:o,s:o,s:o}", "rank", (json_int_t)rank, "score", c->hit->score,
                  "id", id_of(c), "path", repaired(c->hit->path.data, c->hit->path.len), "title",
                  string_of(c->file.title), "trail", trail_of(c));
    int64_t line = c->line_shift, byte = c->byte_shift;
    json_object_set_new(result, "lines",
                        stale ? json_null()
                              : pair_of((uint32_t)(c->passage.first_line + line),
                                        (uint32_t)(c->passage.last_line + line)));
    json_object_set_new(
        result, "bytes",
        stale ? json_null()
              : pair_of((uint32_t)(c->passage.start + byte), (uint32_t)(c->passage.end + byte)));
    json_object_set_new(result, "text", string_of(c->passage.text));
    json_object_set_new(result, "snippet", snippet_of(c));
    json_object_set_new(result, "stale", json_boolean(stale));
    json_object_set_new(result, "matches", stale ? json_array() : matches_of(c));
    json_object_set_new(result, "sources", sources_of(c));
    json_object_set_new(result, "copies", copies_of(report, c->hit));
    json_object_set_new(result, "copy_count", json_integer(c->hit->copies));
    json_object_set_new(result, "more", json_integer(c->hit->more));
    if (report->collection->index_count > 1) {
        const char *root = c->index->manifest.settings.root;
        json_object_set_new(result, "root", repaired(root, strlen(root)));
    }
    return result;
}

static json_t *index_of(const cs_collection *collection, uint64_t studies)
{
    const cs_index *index = &collection->indexes[0];
    const char *root = index->manifest.settings.root;
    return json_pack("{s:o,s:o,s:I}", "root", repaired(root, strlen(root)), "directory",
                     repaired(index->directory, strlen(index->directory)), "studies",
                     (json_int_t)studies);
}

/* ---- output ------------------------------------------------------------------------------ */

static int add_dumped(const char *bytes, size_t len, void *out)
{
    cs_buf_add(out, bytes, len);
    return 0;
}

/* Appends a value and a line end, and frees it. */
static cs_status dump(json_t *value, size_t flags, cs_buf *out, cs_error *error)
{
    int failed = value == NULL
                     ? -1
                     : json_dump_callback(value, add_dumped, out, flags | JSON_REAL_PRECISION(9));
    json_decref(value);
    cs_buf_add_char(out, '\n');
    return failed == 0 && cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

cs_status cs_print_json(const cs_report *report, cs_buf *out, cs_error *error)
{
    json_t *results = json_array();
    for (size_t i = 0; i < report->count; i++)
        json_array_append_new(results,
                              result_of(report, &report->contexts[i], report->offset + i + 1));
    const char *relation = report->hits->total_exact ? "eq" : "about";
    json_t *root =
        json_pack("{s:i,s:s,s:s?,s:s?,s:o,s:{s:I,s:s},s:o}", "schema", schema, "query",
                  report->query, "corrected", report->corrected, "suggestion", report->suggestion,
                  "index", index_of(report->collection, report->studies), "total", "value",
                  (json_int_t)report->hits->total, "relation", relation, "results", results);
    return dump(root, JSON_INDENT(2), out, error);
}

cs_status cs_print_jsonl(const cs_report *report, cs_buf *out, cs_error *error)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < report->count && status == CS_OK; i++)
        status = dump(result_of(report, &report->contexts[i], report->offset + i + 1), JSON_COMPACT,
                      out, error);
    return status;
}

/* ---- sources ------------------------------------------------------------------------------- */

static json_t *count_of(const cs_source_count *source)
{
    return json_pack("{s:I,s:I,s:o,s:o,s:o}", "passages", (json_int_t)source->passages, "studies",
                     (json_int_t)source->studies, "text", string_of(source->text), "url",
                     url_of(source->url), "site", site_of(source->url));
}

cs_status cs_print_sources_json(const cs_source_report *report, cs_buf *out, cs_error *error)
{
    json_t *sources = json_array();
    for (size_t i = report->first; i < report->last; i++)
        json_array_append_new(sources, count_of(&report->list->items[i]));
    json_t *root =
        json_pack("{s:i,s:o,s:o,s:{s:I,s:s},s:I,s:o}", "schema", schema, "query",
                  report->query == NULL ? json_null() : json_string(report->query), "index",
                  index_of(report->collection, report->studies), "total", "value",
                  (json_int_t)report->list->count, "relation", "eq", "unresolved",
                  (json_int_t)report->list->unresolved, "sources", sources);
    return dump(root, JSON_INDENT(2), out, error);
}

cs_status cs_print_sources_jsonl(const cs_source_report *report, cs_buf *out, cs_error *error)
{
    cs_status status = CS_OK;
    for (size_t i = report->first; i < report->last && status == CS_OK; i++)
        status = dump(count_of(&report->list->items[i]), JSON_COMPACT, out, error);
    return status;
}
