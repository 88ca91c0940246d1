/* print_markdown.c - hits as Markdown to paste: a quotation of the passage, below it where it
 * stands and what it rests on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "print.h"
#include "result.h"
#include "text.h"

/* Whether a character of plain text would be markup there: CommonMark 0.30, chapters 4 to 6. At the
 * beginning of a line these too would make a block. */
static bool is_markup(const char *line, size_t at)
{
    size_t digits = strspn(line, "0123456789");
    if (strchr("\\`*_[]<>#&|~", line[at]) != NULL)
        return true;
    return at == 0 ? strchr("-+=:", line[at]) != NULL
                   : at == digits && strchr(".)", line[at]) != NULL;
}

/* Appends one line of text, so that Markdown shows it as it is. */
static void add_escaped(cs_buf *out, cs_view text)
{
    CS_SCOPED(cs_buf) line = {.limit = cs_max_scratch};
    cs_text_add_printable(&line, text.data == NULL ? "" : text.data, text.len);
    if (cs_buf_status(&line) != CS_OK)
        out->status = cs_buf_status(&line);
    for (size_t i = 0; i < line.len; i++) {
        if (is_markup(line.data, i))
            cs_buf_add_char(out, '\\');
        cs_buf_add_char(out, line.data[i]);
    }
}

/* Each line of the text, which is a block or the row of a table, is a paragraph. */
static void add_quotation(cs_buf *out, cs_view text)
{
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        size_t stop = end == NULL ? text.len : (size_t)(end - text.data);
        while (at < stop && text.data[at] == ' ')
            at++;
        if (at < stop) {
            cs_buf_add_string(out, "> ");
            add_escaped(out, (cs_view){text.data + at, stop - at});
            cs_buf_add_string(out, "\n>\n");
        }
        at = stop + 1;
    }
}

/* Where a link leads; all but the letters and signs of ASCII is escaped (RFC 3986, 2.1), for it
 * can be any bytes, and so are the `special` ones. */
static void add_destination(cs_buf *out, cs_view path, const char *special)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.data[i];
        if (c <= 0x20 || c >= 0x7F || strchr(special, c) != NULL)
            cs_buf_addf(out, "%%%02X", c);
        else
            cs_buf_add_char(out, (char)c);
    }
}

/* "> -- Study, Section, [path:9](path)" */
static void add_place(const cs_report *report, const cs_context *c, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(report, c->index, c->hit->path, &path);
    cs_buf_add_string(out, "> \xE2\x80\x94 *");
    add_escaped(out, c->trail[0]);
    cs_buf_add_char(out, '*');
    for (size_t i = 1; i < c->depth; i++) {
        cs_buf_add_string(out, i == 1 ? ", " : " \xE2\x80\xBA ");
        add_escaped(out, c->trail[i]);
    }
    cs_buf_add_string(out, ", [");
    add_escaped(out, cs_buf_view(&path));
    if (c->freshness != CS_STALE)
        cs_buf_addf(out, ":%u", cs_context_place(c).line);
    cs_buf_add_string(out, "](");
    add_destination(out, cs_buf_view(&path), "<>\\%()");
    cs_buf_add_string(out, c->freshness == CS_STALE ? ") (changed since)\n" : ")\n");
}

static void add_source(cs_buf *out, const cs_citation *source)
{
    cs_buf_add_string(out, "> - ");
    if (source->label.len > 0) {
        bool note = source->kind == CS_CITATION_NOTE || source->kind == CS_CITATION_LOOSE;
        cs_buf_add_string(out, note ? "\\[^" : "\\[");
        add_escaped(out, source->label);
        cs_buf_add_string(out, "\\] ");
    }
    if (source->line == 0)
        cs_buf_add_string(out, "no such source");
    add_escaped(out, source->text);
    bool said = memmem(source->text.data, source->text.len, source->url.data, source->url.len);
    if (source->url.len > 0 && (source->text.len == 0 || !said)) {
        cs_buf_add_string(out, source->text.len > 0 ? " <" : "<");
        add_destination(out, source->url, "<>");
        cs_buf_add_char(out, '>');
    }
    cs_buf_add_char(out, '\n');
}

static void add_sources(const cs_context *c, cs_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < c->passage.marks.count; i++) {
        const cs_citation *source = cs_result_source(c, i);
        if (source == NULL)
            continue;
        cs_buf_add_string(out, any ? "" : ">\n");
        add_source(out, source);
        any = true;
    }
}

cs_status cs_print_markdown(const cs_report *report, cs_buf *out, cs_error *error)
{
    for (size_t i = 0; i < report->count; i++) {
        const cs_context *c = &report->contexts[i];
        cs_buf_add_string(out, report->first && i == 0 ? "" : "\n");
        add_quotation(out, c->passage.text);
        add_place(report, c, out);
        add_sources(c, out);
    }
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
