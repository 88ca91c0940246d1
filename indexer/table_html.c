/* table_html.c - tables in HTML: rows as those of Markdown (table.c). A row of
 * nothing but <th> is the header of those below; a <th> before <td> names its
 * row: "Founded: 2009". Columns that cells span are counted; where a cell spans
 * rows, no cell is said to be of a column.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "hidden.h"
#include "study_work.h"

typedef cs_study_work work;

static bool begins(cs_view text, size_t at, const char *tag)
{
    size_t len = strlen(tag);
    if (text.len - at <= len || strncasecmp(text.data + at, tag, len) != 0)
        return false;
    char next = text.data[at + len];
    return next == '>' || next == ' ' || next == '\t' || next == '\n' || next == '\r';
}

/* Past what is hidden at `at`; `at` when nothing is, 0 when it never ends. */
static size_t skip_hidden(cs_view text, size_t at)
{
    unsigned kind = cs_hidden_kind(text, at);
    return kind == 0 ? at : cs_hidden_end(text, at, kind);
}

uint32_t cs_table_html_end(cs_view text, size_t at)
{
    bool row = false;
    for (at++; at < text.len; at++) {
        const char *next = memchr(text.data + at, '<', text.len - at);
        if (next == NULL)
            return 0;
        at = (size_t)(next - text.data);
        row = row || begins(text, at, "<tr");
        char second = at + 2 < text.len ? text.data[at + 2] : '\0';
        bool heading = (text.data[at + 1] == 'h' || text.data[at + 1] == 'H') && second >= '1' &&
                       second <= '6';
        if (heading || begins(text, at, "<table") || begins(text, at, "<summary"))
            return 0;
        if (begins(text, at, "</table")) {
            const char *end = memchr(text.data + at, '>', text.len - at);
            return !row || end == NULL ? 0 : (uint32_t)(end + 1 - text.data);
        }
        size_t after = skip_hidden(text, at);
        if (after == 0)
            return 0;
        at = after > at ? after - 1 : at;
    }
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What an attribute of the tag at `at` counts; 1 without it. */
static size_t attribute(cs_view text, size_t at, const char *name)
{
    const char *end = memchr(text.data + at, '>', text.len - at);
    size_t len = end == NULL ? 0 : (size_t)(end - (text.data + at)), value = 0;
    const char *found = len == 0 ? NULL : memmem(text.data + at, len, name, strlen(name));
    if (found == NULL)
        return 1;
    for (found += strlen(name); found < end && (*found < '0' || *found > '9'); found++)
        continue;
    for (; found < end && *found >= '0' && *found <= '9' && value < cs_max_columns; found++)
        value = value * 10 + (size_t)(*found - '0');
    return value > 0 ? value : 1;
}

/* A table while it is read. */
typedef struct table {
    work *w;
    const cs_block *block;
    cs_view text; /* up to its end */
    cs_row header, row;
    size_t heads; /* cells of the row that are <th> */
    bool has_header, has_rows;
    bool spans;      /* over rows: columns are not known */
    bool open, head; /* a cell is open; it is a <th> */
    uint32_t cell;   /* where its content begins */
    size_t columns;  /* it takes */
} table;

static void end_cell(table *t, uint32_t end)
{
    cs_row *r = &t->row;
    uint32_t start = t->cell;
    if (!t->open)
        return;
    t->open = false;
    while (start < end && is_blank(t->text.data[start]))
        start++;
    while (end > start && is_blank(t->text.data[end - 1]))
        end--;
    if (t->head && r->count < cs_max_columns)
        r->names |= UINT64_C(1) << r->count;
    t->heads += t->head;
    for (size_t i = 0; i < t->columns && r->count < cs_max_columns; i++) {
        r->cells[r->count++] = (struct cs_cell){start, i == 0 ? end : start};
        t->heads += i > 0 && t->head;
    }
}

/* A header that spans columns heads each of them. Those it has no text for begin
 * where it does. */
static void spread_header(cs_row *header)
{
    for (size_t i = 1; i < header->count; i++) {
        struct cs_cell *cell = &header->cells[i];
        if (cell->start == cell->end && cell->start == cell[-1].start)
            *cell = cell[-1];
    }
}

/* A header with no rows is all there is. */
static void end_header(table *t)
{
    if (t->has_header && !t->has_rows)
        cs_table_add_row(t->w, t->block, NULL, &t->header);
}

static void end_row(table *t, uint32_t end)
{
    end_cell(t, end);
    cs_row *r = &t->row;
    if (r->count == 0)
        return;
    if (t->heads == r->count)
        r->names = 0;
    if (t->heads == r->count && !t->spans) {
        end_header(t);
        t->header = *r;
        t->has_header = true;
        t->has_rows = false;
    } else {
        if (t->has_header && !t->has_rows)
            spread_header(&t->header);
        cs_table_add_row(t->w, t->block, t->has_header ? &t->header : NULL, r);
        t->has_rows = true;
    }
    r->count = t->heads = 0;
    r->names = 0;
}

/* What begins at a '<'; returns the last byte that is read. */
static uint32_t read_tag(table *t, uint32_t at)
{
    bool head = begins(t->text, at, "<th");
    bool cell = head || begins(t->text, at, "<td");
    const char *end = memchr(t->text.data + at, '>', t->text.len - at);
    uint32_t close = end == NULL ? (uint32_t)t->text.len : (uint32_t)(end - t->text.data);
    size_t after = skip_hidden(t->text, at);
    if (after > at)
        return (uint32_t)after - 1;
    if (begins(t->text, at, "</td") || begins(t->text, at, "</th") || cell)
        end_cell(t, at);
    if (begins(t->text, at, "<tr") || begins(t->text, at, "</tr") || begins(t->text, at, "</table"))
        end_row(t, at);
    if (begins(t->text, at, "<caption")) { /* its text is a cell of a row of its own */
        t->open = true;
        t->head = false;
        t->columns = 1;
        t->cell = close + 1;
    }
    if (begins(t->text, at, "</caption"))
        end_row(t, at);
    if (!cell)
        return at;
    t->open = true;
    t->head = head;
    t->cell = close + 1;
    t->columns = attribute(t->text, at, "colspan");
    return close;
}

void cs_table_read_html(work *w, const cs_block *block, uint32_t at, uint32_t end)
{
    table t = {.w = w, .block = block, .text = {w->study->source.text.data, end}};
    t.spans = memmem(t.text.data + at, end - at, "rowspan", 7) != NULL;
    for (; at < end; at++)
        if (t.text.data[at] == '<')
            at = read_tag(&t, at);
    end_row(&t, end);
    end_header(&t);
}
