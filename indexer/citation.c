/* citation.c - see citation.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "citation.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const source_headings[] = {
    "resources",   "references", "reference",      "sources",       "source",
    "works cited", "citations",  "bibliography",   "footnotes",     "endnotes",
    "notes",       "links",      "reference list", "sources cited", "further reading",
    "ressources",  "références", "bibliographie",  "quellen",       "literatur",
    "referencias", "fuentes",    "bibliografía",   "fonti",         "bibliografia",
    "referências", "bronnen",    "参考文献",       "出典",          "参考资料",
    "מקורות",      "المراجع",    "المصادر",        "источники",     "литература",
};

static bool is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == ')' || c == ' ' || c == '#';
}

bool cs_is_source_heading(cs_view heading)
{
    while (heading.len > 0 && is_number_byte(heading.data[0]))
        heading.data++, heading.len--;
    while (heading.len > 0 && strchr(": .", heading.data[heading.len - 1]) != NULL)
        heading.len--;
    for (size_t i = 0; i < sizeof source_headings / sizeof *source_headings; i++)
        if (strlen(source_headings[i]) == heading.len &&
            strncasecmp(source_headings[i], heading.data, heading.len) == 0)
            return true;
    return false;
}

bool cs_definition_at(cs_view line, bool in_sources, cs_citation_kind *ret_kind, cs_view *ret_label)
{
    enum { max_label = 64 };
    bool named = line.len > 3 && line.data[0] == '[' && line.data[1] == '^';
    if (!named && !(in_sources && line.len > 3 && line.data[0] == '['))
        return false;
    size_t start = named ? 2 : 1, end = start;
    while (end < line.len && end - start < max_label && line.data[end] != ']') {
        bool digit = line.data[end] >= '0' && line.data[end] <= '9';
        if ((!named && !digit) || line.data[end] == '[')
            return false;
        end++;
    }
    if (end == start || end >= line.len || line.data[end] != ']')
        return false;
    bool empty = end + 1 == line.len;
    if (empty || (!named && (line.data[end + 1] == '(' || line.data[end + 1] == '[')))
        return false;
    *ret_label = (cs_view){line.data + start, end - start};
    *ret_kind = !named                      ? CS_CITATION_NUMBER
                : line.data[end + 1] == ':' ? CS_CITATION_NOTE
                                            : CS_CITATION_LOOSE;
    return true;
}

/* ---- resolving -------------------------------------------------------------------- */

static bool add_source(cs_file *file, cs_citation source)
{
    cs_citation *c = CS_PUSH(&file->sources);
    if (c != NULL)
        *c = source;
    return c != NULL;
}

static bool same_label(cs_view a, cs_view b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

/* A source that is looked up again and again; files with thousands of links
 * exist, so it is a hash table of places in file->sources. */
typedef struct lookup {
    uint32_t *slots; /* index + 1 */
    size_t mask;
} lookup;

static size_t hash_source(cs_view label, cs_view url)
{
    size_t hash = 14695981039346656037u;
    for (size_t i = 0; i < label.len; i++)
        hash = (hash ^ (size_t)((unsigned char)label.data[i] | 0x20)) * 1099511628211u;
    for (size_t i = 0; i < url.len; i++)
        hash = (hash ^ (unsigned char)url.data[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

/* A definition is found by its label alone, a link by label and url. */
static uint32_t *find_source(const lookup *table, const cs_file *file, cs_view label, cs_view url,
                             bool definition)
{
    for (size_t i = hash_source(label, definition ? (cs_view){"", 0} : url);; i++) {
        uint32_t *slot = &table->slots[i & table->mask];
        if (*slot == 0)
            return slot;
        const cs_citation *c = &file->sources.items[*slot - 1];
        if (same_label(c->label, label) && (definition || cs_view_equal(c->url, url)))
            return slot;
    }
}

static bool make_lookup(lookup *table, size_t items)
{
    size_t size = 64;
    while (size < items * 2)
        size *= 2;
    table->mask = size - 1;
    table->slots = calloc(size, sizeof *table->slots);
    return table->slots != NULL;
}

static bool add_definitions(const cs_definitions *definitions, lookup *table, cs_file *file)
{
    for (size_t i = 0; i < definitions->count; i++) {
        const cs_definition *d = &definitions->items[i];
        uint32_t *slot = find_source(table, file, d->label, d->url, true);
        if (!add_source(file, (cs_citation){d->kind, d->label, d->text, d->url, d->line}))
            return false;
        if (*slot == 0) /* the first definition of a label counts */
            *slot = (uint32_t)file->sources.count;
    }
    return true;
}

/* The source a note points to, adding links and unresolved marks; 0 for none,
 * else index + 1. False without memory. */
static bool source_of(const cs_note *note, cs_view text, const cs_source *source, lookup *table,
                      cs_file *file, uint32_t *ret_source)
{
    cs_view none = {"", 0};
    bool link = note->kind == CS_NOTE_LINK;
    if (!link || note->label.len > 0) {
        uint32_t *slot = find_source(table, file, note->label, none, true);
        if (*slot != 0 || note->kind == CS_NOTE_NUMBER) {
            *ret_source = *slot;
            return true;
        }
    }
    uint32_t *slot = find_source(table, file, note->label, note->url, !link);
    if (*slot == 0) {
        cs_view shown = {text.data + note->start, note->end - note->start};
        uint32_t line = link ? cs_source_line(source, note->source) + 1 : 0;
        cs_citation_kind kind = !link        ? CS_CITATION_UNDEFINED
                                : note->bare ? CS_CITATION_ADDRESS
                                             : CS_CITATION_LINK;
        if (!add_source(file,
                        (cs_citation){kind, note->label, link ? shown : none, note->url, line}))
            return false;
        *slot = (uint32_t)file->sources.count;
    }
    *ret_source = *slot;
    return true;
}

static bool is_citable(const cs_note *note)
{
    if (note->kind != CS_NOTE_LINK)
        return note->kind != CS_NOTE_CODE;
    return note->url.len > 0 && note->url.data[0] != '#' &&
           strncasecmp(note->url.data, "data:", 5) != 0;
}

static int compare_marks(const void *a, const void *b)
{
    const cs_mark *left = a, *right = b;
    if (left->text != right->text)
        return left->text < right->text ? -1 : 1;
    return left->source < right->source ? -1 : left->source > right->source;
}

/* A link is noted where it ends: after the marks in its text. */
static void sort_marks(cs_marks *marks)
{
    bool sorted = true;
    for (size_t i = 1; i < marks->count; i++)
        sorted = sorted && marks->items[i - 1].text <= marks->items[i].text;
    if (!sorted)
        qsort(marks->items, marks->count, sizeof *marks->items, compare_marks);
}

bool cs_citations_resolve(const cs_definitions *definitions, const cs_note *notes, size_t count,
                          cs_view text, const cs_source *source, cs_file *file, cs_marks *ret_marks)
{
    lookup table;
    if (!make_lookup(&table, definitions->count + count))
        return false;
    bool ok = add_definitions(definitions, &table, file);
    for (size_t i = 0; ok && i < count; i++) {
        uint32_t found = 0;
        if (!is_citable(&notes[i]))
            continue;
        ok = source_of(&notes[i], text, source, &table, file, &found);
        cs_mark *mark = ok && found != 0 ? CS_PUSH(ret_marks) : NULL;
        if (mark != NULL)
            *mark = (cs_mark){notes[i].start, found - 1};
        else if (found != 0)
            ok = false;
    }
    free(table.slots);
    sort_marks(ret_marks);
    return ok;
}
