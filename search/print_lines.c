/* print_lines.c - one line a hit, for pipes: the shape of grep -n and of an
 * editor's quickfix list; and the names of files alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "print.h"
#include "text.h"

/* Writes how to get from folder `from` to `to`, both absolute and real. */
static void add_relative(cs_buf *out, const char *from, const char *to)
{
    size_t common = 0, i = 0;
    for (; from[i] != '\0' && from[i] == to[i]; i++)
        if (from[i] == '/')
            common = i;
    bool from_ends = from[i] == '\0' && (to[i] == '/' || (i > 0 && from[i - 1] == '/'));
    if (from_ends) {
        cs_buf_add_string(out, to + i + (to[i] == '/'));
        return;
    }
    if (common == 0) { /* nothing in common but the root: absolute is shorter */
        cs_buf_add_string(out, to);
        return;
    }
    for (const char *at = from + common; at != NULL; at = strchr(at + 1, '/'))
        cs_buf_add_string(out, "../");
    cs_buf_add_string(out, to + common + 1);
}

void cs_print_path(const cs_report *report, const cs_index *index, cs_view name, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    const char *root = index->manifest.settings.root;
    cs_buf_addf(&path, "%s%s", root, root[0] == '/' && root[1] == '\0' ? "" : "/");
    cs_buf_add_view(&path, name);
    if (cs_buf_status(&path) != CS_OK)
        out->status = cs_buf_status(&path);
    else if (report->cwd == NULL)
        cs_buf_add_string(out, path.data);
    else
        add_relative(out, report->cwd, path.data);
}

static void add_printable_path(const cs_report *report, const cs_context *c, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(report, c->index, c->hit->path, &path);
    cs_text_add_printable(out, path.data == NULL ? "" : path.data, path.len);
}

/* A whole section on one line; nothing where it was shown before. */
static void add_section(const cs_extract *extract, cs_buf *out)
{
    for (size_t i = 0; i < extract->count; i++) {
        cs_view text = extract->passages[i].passage.text;
        cs_buf_add_string(out, i == 0 ? "" : " ");
        cs_text_add_printable(out, text.data, text.len);
    }
}

static void add_line(const cs_report *report, const cs_context *c, cs_buf *out)
{
    const cs_excerpt *e = &c->excerpts[c->best];
    cs_position place = cs_context_place(c);
    add_printable_path(report, c, out);
    if (c->freshness == CS_STALE)
        cs_buf_add_string(out, "::");
    else
        cs_buf_addf(out, ":%u:%u", place.line, place.column);
    cs_buf_add_char(out, ':');
    for (size_t i = 0; i < c->depth; i++) {
        cs_buf_add_string(out, i == 0 ? "" : " \xE2\x80\xBA ");
        cs_text_add_printable(out, c->trail[i].data, c->trail[i].len);
    }
    cs_buf_add_string(out, ": ");
    if (report->extracts != NULL) {
        add_section(&report->extracts[c - report->contexts], out);
    } else {
        cs_buf_add_string(out, e->cut_before ? "\xE2\x80\xA6 " : "");
        cs_text_add_printable(out, c->passage.text.data + e->start, e->end - e->start);
        cs_buf_add_string(out, e->cut_after ? " \xE2\x80\xA6" : "");
    }
    cs_buf_add_char(out, '\n');
}

cs_status cs_print_lines(const cs_report *report, cs_buf *out, cs_error *error)
{
    for (size_t i = 0; i < report->count; i++)
        add_line(report, &report->contexts[i], out);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* Names for people have their controls replaced; after --null they are the raw
 * bytes, for xargs -0. */
cs_status cs_print_files(const cs_report *report, cs_buf *out, cs_error *error)
{
    for (size_t i = 0; i < report->count; i++) {
        if (report->separator == '\0')
            cs_print_path(report, report->contexts[i].index, report->contexts[i].hit->path, out);
        else
            add_printable_path(report, &report->contexts[i], out);
        cs_buf_add_char(out, report->separator);
    }
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
