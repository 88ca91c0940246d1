/* print_sources.c - the sources of --sources, for people and for pipes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"
#include "text.h"

enum { number_columns = 9, min_columns = 40, max_columns = 100 };

static void add_text(cs_buf *out, cs_view text)
{
    cs_text_add_printable(out, text.data, text.len);
}

/* "       12       3  Axios: Acme raises" and its address on a line of its own. */
static void add_row(const cs_source_report *report, const cs_source_count *source, cs_buf *out)
{
    const char *dim = report->color ? "\033[2m" : "", *off = report->color ? "\033[0m" : "";
    const char *link = report->color ? "\033[36m" : "";
    size_t columns = report->columns < min_columns   ? min_columns
                     : report->columns > max_columns ? max_columns
                                                     : report->columns;
    cs_buf_addf(out, "%s%*u%*u%s  ", dim, number_columns, source->passages, number_columns,
                source->studies, off);
    size_t room = columns - (size_t)2 * number_columns - 2;
    CS_SCOPED(cs_buf) text = {.limit = cs_max_scratch};
    add_text(&text, source->text.len > 0 ? source->text : source->url);
    if (source->text.len > 0)
        cs_text_ellipsize(&text, room);
    cs_buf_add_view(out, cs_buf_view(&text));
    cs_buf_add_char(out, '\n');
    if (source->text.len == 0 || source->url.len == 0)
        return;
    cs_buf_addf(out, "%*s%s", 2 * number_columns + 2, "", link);
    add_text(out, source->url);
    cs_buf_addf(out, "%s\n", off);
}

static void add_total(const cs_source_report *report, const char *dim, cs_buf *out)
{
    size_t count = report->list->count, shown = report->last - report->first;
    cs_buf_addf(out, "\n%s", dim);
    cs_print_add_number(out, count);
    cs_buf_add_string(out, count == 1 ? " source" : " sources");
    if (shown < count)
        cs_buf_addf(out, ", %zu shown", shown);
}

cs_status cs_print_sources_terminal(const cs_source_report *report, cs_buf *out, cs_error *error)
{
    const char *dim = report->color ? "\033[2m" : "", *off = report->color ? "\033[0m" : "";
    const cs_source_list *list = report->list;
    if (list->count > 0)
        cs_buf_addf(out, "%s%*s%*s  source%s\n", dim, number_columns, "passages", number_columns,
                    "studies", off);
    for (size_t i = report->first; i < report->last; i++)
        add_row(report, &list->items[i], out);
    if (list->count > 0)
        add_total(report, dim, out);
    if (list->count > 0 && list->unresolved > 0)
        cs_buf_addf(out, "  \xC2\xB7  %u mark%s without a definition", list->unresolved,
                    list->unresolved == 1 ? "" : "s");
    if (list->count > 0)
        cs_buf_addf(out, "%s\n", off);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* Fields parted by tabs, which no field holds: passages, studies, site, address,
 * text. */
cs_status cs_print_sources_lines(const cs_source_report *report, cs_buf *out, cs_error *error)
{
    for (size_t i = report->first; i < report->last; i++) {
        const cs_source_count *source = &report->list->items[i];
        CS_SCOPED(cs_buf) site = {.limit = cs_max_scratch};
        cs_schema_add_site(&site, source->url);
        cs_buf_addf(out, "%u\t%u\t", source->passages, source->studies);
        add_text(out, cs_buf_view(&site));
        cs_buf_add_char(out, '\t');
        add_text(out, source->url);
        cs_buf_add_char(out, '\t');
        add_text(out, source->text);
        cs_buf_add_char(out, '\n');
    }
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
