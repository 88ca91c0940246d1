/* citation.c - see citation.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "citation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* Names of sections of sources, lower case; at the end, how they are misspelled. */
static const char *const source_headings[] = {
    "resources",
    "references",
    "reference",
    "sources",
    "source",
    "works cited",
    "citations",
    "bibliography",
    "footnotes",
    "endnotes",
    "notes",
    "links",
    "reference list",
    "sources cited",
    "further reading",
    "work cited",
    "citation",
    "citing",
    "cited sources",
    "works referenced",
    "references cited",
    "sources used",
    "sources consulted",
    "source list",
    "source links",
    "source register",
    "reading list",
    "recommended reading",
    "foot notes",
    "end notes",
    "literature",
    "additional reading",
    "suggested reading",
    "optional reading",
    "ressources",
    "références",
    "bibliographie",
    "quellen",
    "literatur",
    "referencias",
    "fuentes",
    "bibliografía",
    "fonti",
    "bibliografia",
    "referências",
    "bronnen",
    "参考文献",
    "出典",
    "参考资料",
    "参考",
    "מקורות",
    "المراجع",
    "المصادر",
    "источники",
    "литература",
    "refences",
    "refrences",
    "referances",
    "refernces",
    "refferences",
    "resourses",
    "recources",
    "reasources",
    "resouces",
    "soruces",
    "souces",
    "sorces",
    "citiations",
    "bibliograpy",
};

/* What may stand before such a name. */
static const char *const source_qualities[] = {
    "additional", "external",    "further", "helpful",   "main",     "official", "online", "other",
    "primary",    "recommended", "related", "secondary", "selected", "useful",   "web",
};

/* Without numbering, emoji and signs in front, and colons and stops behind. */
static cs_view core_of(cs_view heading)
{
    size_t size;
    while (heading.len > 0) {
        cs_class class = cs_text_class(cs_text_decode(heading.data, heading.len, &size));
        if (class == CS_CLASS_LETTER || class == CS_CLASS_BIGRAM)
            break;
        heading.data += size;
        heading.len -= size;
    }
    while (heading.len > 0 && strchr(": .", heading.data[heading.len - 1]) != NULL)
        heading.len--;
    return heading;
}

static bool is_named(cs_view heading)
{
    char first = heading.len > 0 ? (char)(heading.data[0] | 0x20) : '\0';
    for (size_t i = 0; i < sizeof source_headings / sizeof *source_headings; i++)
        if ((source_headings[i][0] | 0x20) == first && strlen(source_headings[i]) == heading.len &&
            strncasecmp(source_headings[i], heading.data, heading.len) == 0)
            return true;
    return false;
}

/* "Primary sources", but not "Other notes". */
static bool is_qualified(cs_view heading)
{
    for (size_t i = 0; i < sizeof source_qualities / sizeof *source_qualities; i++) {
        size_t len = strlen(source_qualities[i]);
        if (heading.len <= len + 1 || heading.data[len] != ' ' ||
            strncasecmp(source_qualities[i], heading.data, len) != 0)
            continue;
        cs_view rest = {heading.data + len + 1, heading.len - len - 1};
        return is_named(heading) ||
               (is_named(rest) && strncasecmp(rest.data, "notes", rest.len) != 0);
    }
    return is_named(heading);
}

bool cs_is_source_heading(cs_view heading)
{
    enum { max_length = 80, max_numbering = 40 };
    static const char *const joints[] = {" & ", " and ", " / ", ", "};
    if (heading.len > max_length + max_numbering)
        return false;
    cs_view rest = core_of(heading);
    if (rest.len > max_length)
        return false;
    for (size_t j = 0; j < sizeof joints / sizeof *joints; j++) {
        const char *joint = memmem(rest.data, rest.len, joints[j], strlen(joints[j]));
        if (joint == NULL)
            continue;
        cs_view first = {rest.data, (size_t)(joint - rest.data)};
        cs_view second = {joint + strlen(joints[j]), rest.len - first.len - strlen(joints[j])};
        return is_qualified(first) && is_qualified(second);
    }
    return is_qualified(rest);
}

bool cs_is_vague_heading(cs_view heading)
{
    static const char *const vague[] = {"notes", "links", "resources", "reference", "literature"};
    cs_view core = core_of(heading);
    for (size_t i = 0; i < sizeof vague / sizeof *vague; i++)
        if (strlen(vague[i]) == core.len && strncasecmp(vague[i], core.data, core.len) == 0)
            return true;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins(cs_view text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && strncasecmp(text.data, with, len) == 0;
}

static cs_view after(cs_view text, size_t at)
{
    return (cs_view){text.data + at, text.len - at};
}

/* A number that is raised at the start of a line: <sup>3</sup> text, <sup>3 text
 * (never closed), $^{[3]}$ text (TeX). What follows must look like words. */
static bool raised_at(cs_view line, cs_view *ret_label)
{
    enum { max_digits = 3 };
    static const char *const forms[][2] = {{"<sup>", "</sup>"}, {"<sup>", "<sup>"},
                                           {"<sup>", " "},      {"<sup>[", "]</sup>"},
                                           {"$^{[", "]}$"},     {"$^{", "}$"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!begins(line, forms[i][0]))
            continue;
        cs_view number = after(line, strlen(forms[i][0]));
        size_t digits = 0;
        while (digits < number.len && is_digit(number.data[digits]))
            digits++;
        cs_view rest = after(number, digits);
        if (digits == 0 || digits > max_digits || !begins(rest, forms[i][1]))
            continue;
        rest = after(rest, strlen(forms[i][1]));
        while (rest.len > 0 && (rest.data[0] == ' ' || rest.data[0] == '.'))
            rest = after(rest, 1);
        if (rest.len < 2 || strchr("+-/=^<,;:)", rest.data[0]) != NULL)
            return false;
        *ret_label = (cs_view){number.data, digits};
        return true;
    }
    return false;
}

/* "(3) text", "3) text", "3\\. text", "3.text": where Markdown sees no list. */
static bool plain_at(cs_view line, cs_view *ret_label)
{
    enum { max_digits = 3 };
    bool open = begins(line, "(");
    cs_view rest = after(line, open);
    size_t digits = 0;
    while (digits < rest.len && is_digit(rest.data[digits]))
        digits++;
    cs_view label = {rest.data, digits};
    rest = after(rest, digits);
    if (begins(rest, "\\"))
        rest = after(rest, 1);
    bool closed = begins(rest, ")") || (!open && begins(rest, "."));
    if (digits == 0 || digits > max_digits || !closed || rest.len < 3 || is_digit(rest.data[1]))
        return false;
    *ret_label = label;
    return true;
}

/* "[3](url)" in a section of sources, as a source with that number. */
static bool linked_at(cs_view line, cs_view *ret_label)
{
    enum { max_digits = 3 };
    bool twice = begins(line, "[[");
    size_t start = twice ? 2 : begins(line, "[") ? 1 : line.len, end = start;
    while (end < line.len && is_digit(line.data[end]))
        end++;
    if (end == start || end - start > max_digits || !begins(after(line, end), twice ? "]](" : "]("))
        return false;
    *ret_label = (cs_view){line.data + start, end - start};
    return true;
}

bool cs_definition_at(cs_view line, bool in_sources, cs_citation_kind *ret_kind, cs_view *ret_label)
{
    enum { max_label = 64 };
    if (begins(line, "\\[") && line.len > 2 && is_digit(line.data[2]))
        line = after(line, 1); /* \[3\] text */
    *ret_kind = CS_CITATION_NUMBER;
    if (raised_at(line, ret_label))
        return true;
    if (in_sources && linked_at(line, ret_label))
        return true;
    if (in_sources && plain_at(line, ret_label)) {
        *ret_kind = CS_CITATION_ITEM;
        return true;
    }
    bool named = begins(line, "[^");
    if (line.len <= 3 || (!named && !(in_sources && line.data[0] == '[')))
        return false;
    size_t start = named ? 2 : 1, end = start;
    while (end < line.len && end - start < max_label && line.data[end] != ']') {
        if (!named && line.data[end] == '\\')
            break;
        if ((!named && !is_digit(line.data[end])) || strchr("[<", line.data[end]) != NULL)
            return false;
        end++;
    }
    size_t label = end - start;
    end += end < line.len && line.data[end] == '\\';
    if (label == 0 || end + 1 >= line.len || line.data[end] != ']')
        return false;
    if (!named && (line.data[end + 1] == '(' || line.data[end + 1] == '['))
        return false;
    *ret_label = (cs_view){line.data + start, label};
    if (named)
        *ret_kind = line.data[end + 1] == ':' ? CS_CITATION_NOTE : CS_CITATION_LOOSE;
    return true;
}

bool cs_is_source_address(cs_view url)
{
    static const char *const none[] = {
        "#", "data:", "mailto:", "tel:", "javascript:", "http://localhost"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (begins(url, none[i]))
            return false;
    bool mail = url.len > 0 && memchr(url.data, '@', url.len) != NULL &&
                memchr(url.data, ':', url.len) == NULL && memchr(url.data, '/', url.len) == NULL;
    return url.len > 0 && !mail;
}

/* ---- resolving --------------------------------------------------------------------- */

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
    bool numbers; /* the file defines numbers: one that it does not define lacks its definition */
} lookup;

/* Labels are of three kinds, which do not meet: those of notes ([^3]), of numbers
 * ([3]), of links. */
typedef enum label_class { LABEL_NOTE, LABEL_NUMBER, LABEL_LINK } label_class;

static label_class class_of(const cs_citation *source)
{
    switch (source->kind) {
    case CS_CITATION_NOTE:
    case CS_CITATION_LOOSE:
        return LABEL_NOTE;
    case CS_CITATION_NUMBER:
    case CS_CITATION_ITEM:
        return LABEL_NUMBER;
    default:
        return LABEL_LINK;
    }
}

static size_t hash_source(label_class class, cs_view label, cs_view url)
{
    size_t hash = 14695981039346656037u ^ (size_t) class;
    for (size_t i = 0; i < label.len; i++)
        hash = (hash ^ (size_t)((unsigned char)label.data[i] | 0x20)) * 1099511628211u;
    for (size_t i = 0; i < url.len; i++)
        hash = (hash ^ (unsigned char)url.data[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

/* A definition is found by its label alone, a link by label and url. */
static uint32_t *find_source(const lookup *table, const cs_file *file, label_class class,
                             cs_view label, cs_view url)
{
    bool link = class == LABEL_LINK;
    for (size_t i = hash_source(class, label, link ? url : (cs_view){"", 0});; i++) {
        uint32_t *slot = &table->slots[i & table->mask];
        if (*slot == 0)
            return slot;
        const cs_citation *c = &file->sources.items[*slot - 1];
        if (class_of(c) == class && same_label(c->label, label) &&
            (!link || cs_view_equal(c->url, url)))
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
        cs_citation source = {d->kind, d->label, d->text, d->url, d->line};
        uint32_t *slot = find_source(table, file, class_of(&source), d->label, d->url);
        if (!add_source(file, source))
            return false;
        table->numbers =
            table->numbers || d->kind == CS_CITATION_NUMBER || d->kind == CS_CITATION_ITEM;
        bool loose = *slot != 0 && d->kind == CS_CITATION_NOTE &&
                     file->sources.items[*slot - 1].kind == CS_CITATION_LOOSE;
        if (*slot == 0 ||
            loose) /* the first definition of a label counts, with a colon before all */
            *slot = (uint32_t)file->sources.count;
    }
    return true;
}

/* The definition that a label means: of its own class, else of the other, which no
 * link means: [3] with "[3]: url" is not [^3]; 0 for none, else index + 1. */
static uint32_t find_definition(const cs_note *note, const lookup *table, const cs_file *file)
{
    const cs_view none = {"", 0};
    label_class class = note->kind == CS_NOTE_MARK ? LABEL_NOTE : LABEL_NUMBER;
    label_class other = note->kind == CS_NOTE_MARK ? LABEL_NUMBER : LABEL_NOTE;
    uint32_t found = *find_source(table, file, class, note->label, none);
    if (found != 0 || note->kind == CS_NOTE_LINK)
        return found;
    return *find_source(table, file, other, note->label, none);
}

/* Whether a number that is not defined is a mark all the same: among others that
 * are. No list begins with [0]. */
static bool lacks_definition(const cs_note *note, const lookup *table)
{
    return note->kind != CS_NOTE_NUMBER ||
           (table->numbers && !cs_view_equal(note->label, cs_view_of("0")));
}

/* Without blanks round it. */
static cs_view link_text(const cs_note *note, cs_view text)
{
    cs_view shown = note->text.len > 0
                        ? note->text
                        : (cs_view){text.data + note->start, note->end - note->start};
    while (shown.len > 0 && strchr(" \n", shown.data[0]) != NULL)
        shown.data++, shown.len--;
    while (shown.len > 0 && strchr(" \n", shown.data[shown.len - 1]) != NULL)
        shown.len--;
    return shown;
}

/* The source a note points to, adding links and unresolved marks; 0 for none,
 * else index + 1. False without memory. */
static bool source_of(const cs_note *note, cs_view text, const cs_source *source, lookup *table,
                      cs_file *file, uint32_t *ret_source)
{
    bool link = note->kind == CS_NOTE_LINK;
    *ret_source = note->label.len > 0 ? find_definition(note, table, file) : 0;
    if (*ret_source != 0 || !lacks_definition(note, table))
        return true;
    uint32_t *slot = find_source(table, file, LABEL_LINK, note->label, note->url);
    if (*slot == 0) {
        cs_citation added = {.kind = CS_CITATION_UNDEFINED, .label = note->label, .url = note->url};
        if (link) {
            added.kind = note->bare ? CS_CITATION_ADDRESS : CS_CITATION_LINK;
            added.line = note->line > 0 ? note->line : cs_source_line(source, note->source) + 1;
        }
        if (link && note->label.len == 0)
            added.text = link_text(note, text);
        if (!add_source(file, added))
            return false;
        *slot = (uint32_t)file->sources.count;
    }
    *ret_source = *slot;
    return true;
}

static bool add_mark(cs_marks *marks, uint32_t text, uint32_t source)
{
    cs_mark *mark = CS_PUSH(marks);
    if (mark != NULL)
        *mark = (cs_mark){text, source};
    return mark != NULL;
}

/* The number at the start of *text, which is moved past it and what parts it from
 * the next. */
static uint32_t take_number(cs_view *text, char *ret_after)
{
    uint32_t number = 0;
    for (; text->len > 0 && is_digit(text->data[0]); *text = after(*text, 1))
        number = number * 10 + (uint32_t)(text->data[0] - '0');
    *ret_after = text->len > 0 ? text->data[0] : '\0';
    while (text->len > 0 && !is_digit(text->data[0]))
        *text = after(*text, 1);
    return number;
}

static uint32_t find_number(const lookup *table, const cs_file *file, uint32_t number)
{
    char digits[12];
    int len = snprintf(digits, sizeof digits, "%u", number);
    return *find_source(table, file, LABEL_NUMBER, (cs_view){digits, (size_t)len},
                        (cs_view){"", 0});
}

/* [1, 3-5]: marks if the file defines all the numbers; else it is an interval, or
 * the like. */
static bool add_list(const cs_note *note, const lookup *table, const cs_file *file, cs_marks *marks)
{
    enum { max_range = 20 };
    size_t before = marks->count;
    char parted = ',';
    uint32_t last = 0;
    for (cs_view rest = note->label; rest.len > 0;) {
        uint32_t first = last + 1;
        bool range = parted == '-' || parted == '\xE2'; /* or an en dash */
        last = take_number(&rest, &parted);
        first = range && first <= last && last - first < max_range ? first : last;
        for (; first <= last; first++) {
            uint32_t source = find_number(table, file, first);
            if (source == 0) {
                marks->count = before;
                return true;
            }
            if (!add_mark(marks, note->start, source - 1))
                return false;
        }
    }
    return true;
}

static bool is_list(const cs_note *note)
{
    for (size_t i = 0; note->kind == CS_NOTE_NUMBER && i < note->label.len; i++)
        if (!is_digit(note->label.data[i]))
            return true;
    return false;
}

/* A link with text; a picture has none. */
static bool is_citable(const cs_note *note)
{
    if (note->kind != CS_NOTE_LINK)
        return note->kind != CS_NOTE_CODE;
    return cs_is_source_address(note->url) && (note->end > note->start || note->text.len > 0);
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
    lookup table = {0};
    if (!make_lookup(&table, definitions->count + count))
        return false;
    bool ok = add_definitions(definitions, &table, file);
    for (size_t i = 0; ok && i < count; i++) {
        uint32_t found = 0;
        if (!is_citable(&notes[i]))
            continue;
        if (is_list(&notes[i])) {
            ok = add_list(&notes[i], &table, file, ret_marks);
            continue;
        }
        ok = source_of(&notes[i], text, source, &table, file, &found);
        if (ok && found != 0)
            ok = add_mark(ret_marks, notes[i].start, found - 1);
    }
    free(table.slots);
    sort_marks(ret_marks);
    return ok;
}
