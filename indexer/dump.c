/* dump.c - see dump.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump.h"

#include <stdlib.h>

#include "passage.h"
#include "text.h"

static void add_line(cs_buf *out, const char *name, cs_view value)
{
    cs_buf_addf(out, "%s: ", name);
    cs_text_add_printable(out, value.data, value.len);
    cs_buf_add_char(out, '\n');
}

/* A value that is a number or date says so, and which if it is written otherwise. */
static void add_field(cs_buf *out, const cs_metadata *field)
{
    static const char *const types[cs_value_types] = {"text", "number", "date"};
    CS_SCOPED(cs_buf) worth = {.limit = 100};
    cs_value_add(&worth, &field->typed);
    cs_buf_add_string(out, "field ");
    cs_text_add_printable(out, field->key.data, field->key.len);
    if (field->typed.type != CS_VALUE_TEXT) {
        bool same = cs_view_equal(cs_buf_view(&worth), field->value);
        cs_buf_addf(out, " (%s%s%s)", types[field->typed.type], same ? "" : " ",
                    same || worth.data == NULL ? "" : worth.data);
    }
    cs_buf_add_string(out, ": ");
    cs_text_add_printable(out, field->value.data, field->value.len);
    cs_buf_add_char(out, '\n');
}

static void add_kinds(cs_buf *out, uint32_t kinds)
{
    const char *before = "";
    for (size_t i = 0; i < cs_kinds; i++) {
        if ((kinds & 1u << i) == 0)
            continue;
        cs_buf_addf(out, "%s%s", before, cs_kind_names[i]);
        before = ", ";
    }
}

static void add_source(cs_buf *out, const cs_citation *source, bool used)
{
    static const char *const kinds[cs_citation_kinds] = {
        "note", "loose note", "number", "item", "link", "address", "undefined",
    };
    CS_SCOPED(cs_buf) site = {.limit = 1 << 16};
    cs_schema_add_site(&site, source->url);
    cs_buf_add_string(out, "    [");
    cs_text_add_printable(out, source->label.data, source->label.len);
    cs_buf_add_string(out, "] ");
    cs_text_add_printable(out, source->text.data, source->text.len);
    if (source->url.len > 0) {
        cs_buf_add_string(out, " <");
        cs_text_add_printable(out, source->url.data, source->url.len);
        cs_buf_add_char(out, '>');
    }
    cs_buf_addf(out, " (%s", kinds[source->kind]);
    if (site.len > 0) {
        cs_buf_add_string(out, ", site ");
        cs_text_add_printable(out, site.data, site.len);
    }
    if (source->line > 0)
        cs_buf_addf(out, ", line %u", source->line);
    cs_buf_add_string(out, used ? ")\n" : ", never cited)\n");
}

static void add_text(cs_buf *out, cs_view text)
{
    for (size_t start = 0; start < text.len;) {
        size_t end = start;
        while (end < text.len && text.data[end] != '\n')
            end++;
        cs_buf_add_string(out, "    | ");
        cs_text_add_printable(out, text.data + start, end - start);
        cs_buf_add_char(out, '\n');
        start = end + 1;
    }
}

static void add_passage(cs_buf *out, const cs_file *file, const cs_passage *passage)
{
    cs_view trail[cs_max_trail];
    size_t depth = cs_file_trail(file, passage->section, trail);
    cs_buf_addf(out, "\npassage: lines %u-%u, bytes %u-%u, ", passage->first_line,
                passage->last_line, passage->start, passage->end);
    add_kinds(out, passage->kinds);
    cs_buf_add_string(out, "\n  trail: ");
    for (size_t i = 0; i < depth; i++) {
        cs_buf_add_string(out, i == 0 ? "" : " > ");
        cs_text_add_printable(out, trail[i].data, trail[i].len);
    }
    cs_buf_add_char(out, '\n');
    add_text(out, passage->text);
    for (size_t i = 0; i < passage->marks.count; i++)
        add_source(out, &file->sources.items[passage->marks.items[i].source], true);
}

static void add_outline(cs_buf *out, const cs_file *file)
{
    static const char *const forms[cs_heading_forms] = {"atx", "setext", "html", "summary", "bold"};
    if (file->sections.count > 0)
        cs_buf_add_string(out, "\noutline:\n");
    for (size_t i = 0; i < file->sections.count; i++) {
        const cs_section *section = &file->sections.items[i];
        cs_buf_addf(out, "%*s", 4, "");
        for (uint32_t up = section->parent; up != cs_no_parent;
             up = file->sections.items[up].parent)
            cs_buf_add_string(out, "  ");
        cs_text_add_printable(out, section->heading.data, section->heading.len);
        cs_buf_addf(out, " (%s, level %u, line %u)\n", forms[section->form], section->level,
                    section->line);
    }
}

/* Which sources some mark cites; NULL without memory. */
static bool *find_used(const cs_study *study)
{
    bool *used = calloc(study->file.sources.count + 1, sizeof *used);
    for (size_t i = 0; used != NULL && i < study->marks.count; i++)
        used[study->marks.items[i].source] = true;
    return used;
}

static cs_status add_sources(cs_buf *out, const cs_study *study, cs_error *error)
{
    bool *used = find_used(study);
    if (used == NULL)
        return cs_fail_memory(error);
    if (study->file.sources.count > 0)
        cs_buf_add_string(out, "\nsources:\n");
    for (size_t i = 0; i < study->file.sources.count; i++)
        add_source(out, &study->file.sources.items[i], used[i]);
    free(used);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

cs_status cs_dump_study(const cs_study *study, cs_buf *out, cs_error *error)
{
    const cs_file *file = &study->file;
    add_line(out, "file", file->path);
    add_line(out, "title", file->title);
    add_line(out, "language", file->language);
    if (file->note.len > 0)
        add_line(out, "note", file->note);
    for (size_t i = 0; i < file->metadata.count; i++)
        add_field(out, &file->metadata.items[i]);
    add_outline(out, file);
    cs_passages passages = {.study = study};
    for (bool found = true; found;) {
        CS_SCOPED(cs_passage) passage = {0};
        cs_status status = cs_passages_next(&passages, &passage, &found, error);
        if (status != CS_OK)
            return status;
        if (found)
            add_passage(out, file, &passage);
    }
    return add_sources(out, study, error);
}
