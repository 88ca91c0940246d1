/* print_json_study.c - what is read on, a study's headings, studies: as JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "print_json.h"

/* ---- an extract -------------------------------------------------------------------- */

static json_t *passage_of(const cs_context *c)
{
    const cs_excerpt *e = &c->excerpts[0];
    cs_view text = {c->passage.text.data + e->start, e->end - e->start};
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b}", "id", cs_json_id(c), "trail",
                     cs_json_trail(c), "lines", cs_json_lines(c), "bytes", cs_json_place(c), "text",
                     cs_json_text(text), "matches", cs_json_matches(c), "sources",
                     cs_json_sources(c), "stale", c->freshness == CS_STALE);
}

json_t *cs_json_extract(const cs_extract *extract)
{
    json_t *passages = json_array();
    const cs_context *first = &extract->passages[0];
    const cs_context *last = &extract->passages[extract->count - 1];
    for (size_t i = 0; i < extract->count; i++)
        cs_json_append(passages, passage_of(&extract->passages[i]));
    bool stale = first->freshness == CS_STALE || last->freshness == CS_STALE;
    json_t *lines = stale ? json_null()
                          : cs_json_pair((uint32_t)(first->passage.first_line + first->line_shift),
                                         (uint32_t)(last->passage.last_line + last->line_shift));
    const char *root = extract->index->manifest.settings.root;
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "root", cs_json_bytes(root, strlen(root)), "path",
                     cs_json_bytes(extract->file.path.data, extract->file.path.len), "title",
                     cs_json_text(extract->file.title), "trail", cs_json_trail(first), "lines",
                     lines, "passages", passages);
}

/* A part as an answer of its own, in one line or as one reads it. */
static cs_status print_alone(const cs_report *report, json_t *value, bool lines, cs_buf *out,
                             cs_error *error)
{
    json_t *root = json_pack("{s:i,s:s?,s:o}", "schema", cs_json_schema, "query",
                             report->query[0] == '\0' ? NULL : report->query, "index",
                             cs_json_index(report->collection, report->studies));
    json_object_update_missing(root, value);
    bool whole = root != NULL && value != NULL;
    json_decref(value);
    return whole ? cs_json_add(root, lines ? JSON_COMPACT : JSON_INDENT(2), out, error)
                 : cs_fail_memory(error);
}

cs_status cs_print_extract_json(const cs_report *report, const cs_extract *extract, bool lines,
                                cs_buf *out, cs_error *error)
{
    return print_alone(report, cs_json_extract(extract), lines, out, error);
}

/* ---- an outline -------------------------------------------------------------------- */

static json_t *date_of(const cs_value *date)
{
    CS_SCOPED(cs_buf) text = {.limit = 64};
    cs_value_add(&text, date);
    return text.len > 0 ? cs_json_text(cs_buf_view(&text)) : json_null();
}

json_t *cs_json_outline(const cs_outline *outline)
{
    json_t *headings = json_array();
    for (size_t i = 0; i < outline->file.sections.count; i++) {
        const cs_section *s = &outline->file.sections.items[i];
        if (s->heading.len == 0)
            continue;
        cs_json_append(headings,
                       json_pack("{s:I,s:I,s:o,s:I}", "line", (json_int_t)s->line, "level",
                                 (json_int_t)s->level, "heading", cs_json_text(s->heading), "words",
                                 (json_int_t)outline->words[i]));
    }
    cs_value date = cs_listing_date(&outline->file);
    const char *root = outline->index->manifest.settings.root;
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "root", cs_json_bytes(root, strlen(root)), "path",
                     cs_json_bytes(outline->file.path.data, outline->file.path.len), "title",
                     cs_json_text(outline->file.title), "date", date_of(&date), "headings",
                     headings);
}

cs_status cs_print_outline_json(const cs_report *report, const cs_outline *outline, bool lines,
                                cs_buf *out, cs_error *error)
{
    return print_alone(report, cs_json_outline(outline), lines, out, error);
}

/* ---- studies ----------------------------------------------------------------------- */

json_t *cs_json_listed(const cs_listed *listed, bool root)
{
    json_t *study = json_pack(
        "{s:o,s:o,s:o,s:o,s:I,s:I,s:I}", "path", cs_json_bytes(listed->path.data, listed->path.len),
        "title", cs_json_text(listed->title), "date", date_of(&listed->date), "language",
        cs_json_text(listed->language), "sections", (json_int_t)listed->sections, "passages",
        (json_int_t)listed->passages, "words", (json_int_t)listed->words);
    const char *folder = listed->index->manifest.settings.root;
    if (root)
        cs_json_set(study, "root", cs_json_bytes(folder, strlen(folder)));
    return study;
}

cs_status cs_print_listing_json(const cs_report *report, const cs_listing *listing, bool lines,
                                cs_buf *out, cs_error *error)
{
    bool several = report->collection->index_count > 1;
    cs_status status = CS_OK;
    for (size_t i = 0; lines && i < report->count && status == CS_OK; i++)
        status = cs_json_add(cs_json_listed(&listing->items[report->offset + i], several),
                             JSON_COMPACT, out, error);
    if (lines)
        return status;
    json_t *studies = json_array();
    for (size_t i = 0; i < report->count; i++)
        cs_json_append(studies, cs_json_listed(&listing->items[report->offset + i], several));
    json_t *value = json_pack("{s:s?,s:s?,s:{s:I,s:s},s:o}", "corrected", report->corrected,
                              "suggestion", report->suggestion, "total", "value",
                              (json_int_t)listing->count, "relation", "eq", "studies", studies);
    return print_alone(report, value, false, out, error);
}
