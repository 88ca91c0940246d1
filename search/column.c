/* column.c - see column.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "column.h"

#include <string.h>

#include "result.h"
#include "suggest.h"
#include "text.h"

static void add_printable(cs_buf *out, cs_view text)
{
    cs_text_add_printable(out, text.data == NULL ? "" : text.data, text.len);
}

/* ---- the fields -------------------------------------------------------------------- */

static void add_rank(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)c;
    cs_buf_addf(out, "%zu", rank);
}

static void add_score(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    cs_buf_addf(out, "%.6g", c->hit->score);
}

static void add_id(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    cs_id id;
    char text[cs_id_size];
    if (!cs_result_id(c->hit->path, c->trail, c->depth, c->passage.text, &id)) {
        out->status = CS_MEMORY;
        return;
    }
    cs_result_write_id(id, text);
    cs_buf_add_string(out, text);
}

/* After --null its raw bytes, for xargs -0. */
static void add_path(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)rank;
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(r, c->index, c->hit->path, &path);
    if (r->separator == '\0')
        cs_buf_add_view(out, cs_buf_view(&path));
    else
        add_printable(out, cs_buf_view(&path));
}

static void add_root(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    add_printable(out, cs_view_of(c->index->manifest.settings.root));
}

static void add_line(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    if (c->freshness != CS_STALE)
        cs_buf_addf(out, "%u", cs_context_place(c).line);
}

static void add_column(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    if (c->freshness != CS_STALE)
        cs_buf_addf(out, "%u", cs_context_place(c).column);
}

static void add_first(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    uint32_t first, last;
    cs_result_lines(c, &first, &last);
    if (c->freshness != CS_STALE)
        cs_buf_addf(out, "%u", first);
}

static void add_last(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    uint32_t first, last;
    cs_result_lines(c, &first, &last);
    if (c->freshness != CS_STALE)
        cs_buf_addf(out, "%u", last);
}

static void add_title(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    add_printable(out, c->file.title);
}

static void add_section(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    if (c->depth > 1)
        add_printable(out, c->trail[c->depth - 1]);
}

static void add_trail(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    for (size_t i = 0; i < c->depth; i++) {
        cs_buf_add_string(out, i == 0 ? "" : " \xE2\x80\xBA ");
        add_printable(out, c->trail[i]);
    }
}

static void add_snippet(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    CS_SCOPED(cs_buf) snippet = {.limit = cs_max_scratch};
    cs_result_add_snippet(c, &snippet);
    add_printable(out, cs_buf_view(&snippet));
}

static void add_text(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    add_printable(out, c->passage.text);
}

/* The first of the words that matched, as it stands in the text. */
static void add_match(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    if (c->matches.count == 0)
        return;
    const cs_found *m = &c->matches.items[0];
    add_printable(out, (cs_view){c->passage.text.data + m->start, m->end - m->start});
}

/* "[3] axios; [4] ..." */
static void add_sources(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    size_t before = out->len;
    for (size_t i = 0; i < c->passage.marks.count; i++) {
        const cs_citation *s = cs_result_source(c, i);
        if (s == NULL)
            continue;
        cs_buf_add_string(out, out->len > before ? "; " : "");
        if (s->label.len > 0) {
            cs_buf_add_char(out, '[');
            add_printable(out, s->label);
            cs_buf_add_string(out, "] ");
        }
        add_printable(out, s->text.len > 0 ? s->text : s->url);
    }
}

static void add_urls(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    size_t before = out->len;
    for (size_t i = 0; i < c->passage.marks.count; i++) {
        const cs_citation *s = cs_result_source(c, i);
        if (s == NULL || s->url.len == 0)
            continue;
        cs_buf_add_string(out, out->len > before ? " " : "");
        add_printable(out, s->url);
    }
}

static void add_stale(const cs_report *r, const cs_context *c, size_t rank, cs_buf *out)
{
    (void)r, (void)rank;
    cs_buf_add_string(out, c->freshness == CS_STALE ? "true" : "false");
}

const cs_column cs_columns[] = {
    {"rank", add_rank, true},        {"score", add_score, true},  {"id", add_id, false},
    {"path", add_path, false},       {"line", add_line, true},    {"column", add_column, true},
    {"first", add_first, true},      {"last", add_last, true},    {"title", add_title, false},
    {"section", add_section, false}, {"trail", add_trail, false}, {"match", add_match, false},
    {"snippet", add_snippet, false}, {"text", add_text, false},   {"sources", add_sources, false},
    {"urls", add_urls, false},       {"stale", add_stale, false}, {"root", add_root, false},
};
const size_t cs_columns_count = sizeof cs_columns / sizeof *cs_columns;

/* ---- templates --------------------------------------------------------------------- */

static const cs_column *find_column(cs_view name)
{
    for (size_t i = 0; i < cs_columns_count; i++)
        if (cs_view_equal(name, cs_view_of(cs_columns[i].name)))
            return &cs_columns[i];
    return NULL;
}

static cs_status unknown_column(cs_view name, cs_error *error)
{
    enum { typing = 2 };
    const char *nearest = NULL;
    unsigned best = typing + 1;
    CS_SCOPED(cs_buf) names = {.limit = 400};
    for (size_t i = 0; i < cs_columns_count; i++) {
        unsigned distance = cs_spelling_distance(name, cs_view_of(cs_columns[i].name), typing);
        cs_buf_addf(&names, "%s%s", i == 0 ? "" : " ", cs_columns[i].name);
        if (distance >= best)
            continue;
        best = distance;
        nearest = cs_columns[i].name;
    }
    cs_fail(error, CS_USAGE, "--format: there is no field {%.*s}", (int)name.len, name.data);
    if (nearest != NULL)
        cs_hint(error, "did you mean {%s}?", nearest);
    else
        cs_hint(error, "the fields are: %s", names.data);
    return CS_USAGE;
}

/* What stands at `at`: a byte, or a field. Returns where it ends; NULL where a bracket is
 * not closed. */
static const char *next_part(const char *at, char *ret_byte, cs_view *ret_name)
{
    *ret_name = (cs_view){0};
    *ret_byte = *at;
    if ((*at == '{' || *at == '}') && at[1] == *at)
        return at + 2;
    if (*at == '\\' && at[1] != '\0' && strchr("nt\\", at[1]) != NULL) {
        *ret_byte = at[1] == 'n' ? '\n' : at[1] == 't' ? '\t' : '\\';
        return at + 2;
    }
    if (*at != '{')
        return *at == '}' ? NULL : at + 1;
    size_t len = strcspn(at + 1, "{}");
    *ret_name = (cs_view){at + 1, len};
    return at[1 + len] == '}' ? at + len + 2 : NULL;
}

cs_status cs_template_check(const char *template, cs_error *error)
{
    char byte;
    cs_view name;
    for (const char *at = template; *at != '\0';) {
        const char *end = next_part(at, &byte, &name);
        if (end == NULL) {
            cs_fail(error, CS_USAGE, "--format: a bracket that is not closed or opened: %s", at);
            cs_hint(error, "{path} is a field; a bracket itself is written twice: {{ }}");
            return CS_USAGE;
        }
        if (name.data != NULL && find_column(name) == NULL)
            return unknown_column(name, error);
        at = end;
    }
    return CS_OK;
}

void cs_template_add(const char *template, const cs_report *report, const cs_context *context,
                     size_t rank, cs_buf *out)
{
    char byte;
    cs_view name;
    for (const char *at = template; *at != '\0';) {
        const char *end = next_part(at, &byte, &name);
        const cs_column *column = name.data == NULL ? NULL : find_column(name);
        if (column != NULL)
            column->add(report, context, rank, out);
        else
            cs_buf_add_char(out, byte);
        at = end == NULL ? at + 1 : end;
    }
}
