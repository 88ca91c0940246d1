/* column.h - the named fields of a hit, for --csv and --format.
 *
 * How to add a field: a line in cs_columns (column.c) and one in casesearch(1),
 * doc/casesearch.1.in.  tests/cli/export.test
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_COLUMN_H
#define CS_COLUMN_H

#include "print.h"

typedef struct cs_column {
    const char *name;
    /* Appends its value on one line, without controls; nothing where there is none. */
    void (*add)(const cs_report *report, const cs_context *context, size_t rank, cs_buf *out);
    bool number;
} cs_column;

extern const cs_column cs_columns[];
extern const size_t cs_columns_count;

/* Whether a template of --format can be understood: {name} is a field, {{ and }} are
 * brackets, \n \t \\ what they are elsewhere. CS_USAGE, with the nearest name, else. */
cs_status cs_template_check(const char *template, cs_error *error);

/* Appends the template with a hit's fields put in. It was checked. */
void cs_template_add(const char *template, const cs_report *report, const cs_context *context,
                     size_t rank, cs_buf *out);

#endif
