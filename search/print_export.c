/* print_export.c - for other programs: a table (RFC 4180), and a template for each hit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "column.h"

/* What a document says must not be run as a formula by a spreadsheet: it takes what
 * begins so for one, unless an apostrophe stands before it (OWASP, CSV injection). */
static bool is_formula(cs_view value)
{
    return value.len > 0 && strchr("=+-@", value.data[0]) != NULL;
}

static void add_cell(cs_buf *out, cs_view value, bool number)
{
    bool quoted = memchr(value.data, '"', value.len) != NULL ||
                  memchr(value.data, ',', value.len) != NULL ||
                  (value.len > 0 && (value.data[0] == ' ' || value.data[value.len - 1] == ' '));
    cs_buf_add_string(out, quoted ? "\"" : "");
    cs_buf_add_string(out, !number && is_formula(value) ? "'" : "");
    for (size_t i = 0; i < value.len; i++) {
        cs_buf_add_string(out, value.data[i] == '"' ? "\"" : "");
        cs_buf_add_char(out, value.data[i]);
    }
    cs_buf_add_string(out, quoted ? "\"" : "");
}

/* A line a hit, for no value holds a line end; ended by '\n' alone, as programs do here. */
cs_status cs_print_csv(const cs_report *report, cs_buf *out, cs_error *error)
{
    CS_SCOPED(cs_buf) value = {.limit = cs_max_scratch};
    for (size_t i = 0; i < cs_columns_count && report->first; i++)
        cs_buf_addf(out, "%s%s", i == 0 ? "" : ",", cs_columns[i].name);
    cs_buf_add_string(out, report->first ? "\n" : "");
    for (size_t row = 0; row < report->count; row++) {
        for (size_t i = 0; i < cs_columns_count; i++) {
            cs_buf_clear(&value);
            cs_columns[i].add(report, &report->contexts[row], report->offset + row + 1, &value);
            if (cs_buf_status(&value) != CS_OK)
                return cs_fail_memory(error);
            cs_buf_add_string(out, i == 0 ? "" : ",");
            add_cell(out, value.len > 0 ? cs_buf_view(&value) : cs_view_of(""),
                     cs_columns[i].number);
        }
        cs_buf_add_char(out, '\n');
    }
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

cs_status cs_print_template(const cs_report *report, cs_buf *out, cs_error *error)
{
    for (size_t i = 0; i < report->count; i++) {
        cs_template_add(report->template, report, &report->contexts[i], report->offset + i + 1,
                        out);
        cs_buf_add_char(out, report->separator);
    }
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
