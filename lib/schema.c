/* schema.c - terms and records of schema.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

const cs_field_name cs_fields[] = {
    {"title", CS_FIELD_TITLE}, {"heading", CS_FIELD_HEADING}, {"section", CS_FIELD_HEADING},
    {"path", CS_FIELD_PATH},   {"file", CS_FIELD_FILE},       {"cite", CS_FIELD_CITE},
    {"site", CS_FIELD_SITE},   {"in", CS_FIELD_IN},           {"lang", CS_FIELD_LANG},
};
const size_t cs_fields_count = sizeof cs_fields / sizeof *cs_fields;

const char *const cs_kind_names[cs_kinds] = {"prose", "list",    "quote",     "table",
                                             "code",  "sources", "questions", "contents"};

/* ---- terms ------------------------------------------------------------------------- */

void cs_schema_add_term(cs_buf *out, cs_field field, cs_view key, cs_view term)
{
    static const char prefixes[] = {
        [CS_FIELD_TITLE] = 'S', [CS_FIELD_CITE] = 'C',  [CS_FIELD_SITE] = 'H',
        [CS_FIELD_LANG] = 'L',  [CS_FIELD_META] = '\0',
    };
    if (prefixes[field] != '\0')
        cs_buf_add_char(out, prefixes[field]);
    if (field == CS_FIELD_META) {
        cs_buf_add_char(out, 'F');
        cs_buf_add_view(out, key);
        cs_buf_add_char(out, ':');
    }
    cs_buf_add_view(out, term);
}

void cs_schema_fold_key(cs_buf *out, cs_view key)
{
    size_t len = key.len;
    if (len > cs_max_key)
        for (len = cs_max_key; len > 0 && ((unsigned char)key.data[len] & 0xC0) == 0x80;)
            len--; /* not amid a character */
    bool gap = false, begun = false;
    for (size_t i = 0; i < len; i++) {
        char c = key.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        bool typed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
                     c == '_' || c == '.' || c == '-';
        if (typed && gap)
            cs_buf_add_char(out, '_');
        if (typed)
            cs_buf_add_char(out, c);
        begun = begun || typed;
        gap = begun && !typed;
    }
}

void cs_schema_add_site(cs_buf *out, cs_view url)
{
    const char *slashes = url.len > 3 ? memmem(url.data, url.len, "//", 2) : NULL;
    if (slashes == NULL || (slashes != url.data && slashes[-1] != ':'))
        return;
    const char *host = slashes + 2, *end = host, *limit = url.data + url.len;
    for (; end < limit && memchr("/?#\\", *end, 4) == NULL; end++)
        if (*end == '@')
            host = end + 1;
    for (const char *port = host; port < end; port++)
        if (*port == ':')
            end = port;
    if (end - host > 4 && strncasecmp(host, "www.", 4) == 0)
        host += 4;
    for (; host < end; host++)
        cs_buf_add_char(out, *host >= 'A' && *host <= 'Z' ? (char)(*host | 0x20) : *host);
}

/* ---- spans ------------------------------------------------------------------------- */

/* The span that holds byte `at` of the text: the last that begins at or before
 * it. */
static const cs_span *span_at(const cs_spans *spans, uint32_t at)
{
    size_t low = 0, high = spans->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (spans->items[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    return &spans->items[low];
}

/* How far into the span's source byte `at` of the text is. `is_end`: at is the
 * end of a range, so that the half of an entity takes in all of it. */
static uint32_t into_source(const cs_span *span, const char *text, uint32_t at, bool is_end)
{
    uint32_t into = at - span->text;
    if (into > span->length)
        into = span->length;
    switch (span->kind) {
    case CS_SPAN_COPY:
        return into;
    case CS_SPAN_UTF16:
        return cs_text_utf16_size(text + span->text, into);
    case CS_SPAN_WHOLE:
        return is_end && into > 0 ? span->source_length : 0;
    case CS_SPAN_NOWHERE:
        break;
    }
    return 0;
}

cs_position cs_passage_locate(const cs_passage *passage, uint32_t start, uint32_t end)
{
    if (passage->spans.count == 0)
        return (cs_position){passage->first_line, 1, passage->start, passage->start};
    const cs_span *first = span_at(&passage->spans, start);
    const cs_span *last = end > start ? span_at(&passage->spans, end - 1) : first;
    uint32_t into = into_source(first, passage->text.data, start, false);
    cs_position position = {
        .line = first->line,
        .column = first->column + into,
        .start = first->source + into,
    };
    position.end = last->source + into_source(last, passage->text.data, end, true);
    if (position.end < position.start)
        position.end = position.start;
    return position;
}

/* Each span: length, and below it in the same number the kind with a bit for "another line"; where
 * it begins after the end of the one before, for WHOLE its source length, and on another line the
 * line's distance and the column. */
enum { span_kind_bits = 3, span_other_line = 4, span_length_shift = 3 };

static void add_spans(cs_buf *out, const cs_spans *spans, uint32_t source, uint32_t line)
{
    uint32_t column = 0, line_end = source;
    cs_buf_add_varint(out, spans->count);
    for (size_t i = 0; i < spans->count; i++) {
        const cs_span *s = &spans->items[i];
        bool other = s->line != line || s->column != column + (s->source - line_end);
        cs_buf_add_varint(out, (uint64_t)s->length << span_length_shift | (unsigned)s->kind |
                                   (other ? span_other_line : 0u));
        cs_buf_add_svarint(out, (int64_t)s->source - source);
        if (s->kind == CS_SPAN_WHOLE || s->kind == CS_SPAN_UTF16)
            cs_buf_add_varint(out, s->source_length);
        if (other) {
            cs_buf_add_svarint(out, (int64_t)s->line - line);
            cs_buf_add_varint(out, s->column);
        }
        line = s->line;
        source = line_end = s->source + s->source_length;
        column = s->column + s->source_length;
    }
}

/* A number written as its distance from `base`. */
static uint32_t read_near(cs_reader *in, uint32_t base)
{
    int64_t distance = cs_read_svarint(in);
    if (distance < -(int64_t)base || distance > (int64_t)(UINT32_MAX - base)) {
        in->failed = true;
        return 0;
    }
    return (uint32_t)((int64_t)base + distance);
}

static bool read_span(cs_reader *in, cs_span *s, const cs_span *before, size_t text_len)
{
    uint32_t before_end = before->source + before->source_length;
    s->text = before->text + before->length;
    uint64_t bits = cs_read_varint(in);
    if (bits >> span_length_shift > UINT32_MAX)
        in->failed = true;
    s->length = (uint32_t)(bits >> span_length_shift);
    s->kind = (cs_span_kind)(bits & span_kind_bits);
    s->source = read_near(in, before_end);
    if (s->kind == CS_SPAN_COPY)
        s->source_length = s->length;
    else if (s->kind != CS_SPAN_NOWHERE)
        s->source_length = cs_read_varint32(in);
    if (bits & span_other_line) {
        s->line = read_near(in, before->line);
        s->column = cs_read_varint32(in);
    } else {
        s->line = before->line;
        s->column = before->column + before->source_length + (s->source - before_end);
    }
    return !in->failed && s->length <= text_len - s->text &&
           s->source_length <= UINT32_MAX - s->source;
}

static bool read_spans(cs_reader *in, cs_passage *p)
{
    cs_span before = {.source = p->start, .line = p->first_line};
    uint32_t count = cs_read_count(in);
    p->spans.items = count == 0 ? NULL : calloc(count, sizeof *p->spans.items);
    if (count > 0 && p->spans.items == NULL)
        return false;
    p->spans.count = p->spans.cap = count;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_span(in, &p->spans.items[i], &before, p->text.len))
            return false;
        before = p->spans.items[i];
    }
    return count == 0 || before.text + before.length == p->text.len;
}

/* ---- passages ---------------------------------------------------------------------- */

void cs_passage_release(cs_passage *passage)
{
    free(passage->spans.items);
    free(passage->marks.items);
    *passage = (cs_passage){0};
}

void cs_schema_add_passage(cs_buf *out, const cs_passage *passage)
{
    cs_buf_add_sized(out, passage->text);
    cs_buf_add_varint(out, passage->section);
    cs_buf_add_varint(out, passage->first_line);
    cs_buf_add_varint(out, passage->last_line);
    cs_buf_add_varint(out, passage->start);
    cs_buf_add_varint(out, passage->end);
    cs_buf_add_varint(out, passage->kinds);
    add_spans(out, &passage->spans, passage->start, passage->first_line);
    cs_buf_add_varint(out, passage->marks.count);
    for (size_t i = 0; i < passage->marks.count; i++) {
        cs_buf_add_varint(out, passage->marks.items[i].text);
        cs_buf_add_varint(out, passage->marks.items[i].source);
    }
}

static bool read_marks(cs_reader *in, cs_passage *p)
{
    uint32_t count = cs_read_count(in);
    for (uint32_t i = 0; i < count; i++) {
        cs_mark *mark = CS_PUSH(&p->marks);
        if (mark == NULL)
            return false;
        mark->text = cs_read_varint32(in);
        mark->source = cs_read_varint32(in);
        if (mark->text > p->text.len)
            return false;
    }
    return !in->failed;
}

cs_status cs_schema_read_passage(cs_view bytes, cs_passage *ret_passage, cs_error *error)
{
    cs_passage *p = ret_passage;
    *p = (cs_passage){0};
    cs_reader in;
    errno = 0;
    cs_reader_init(&in, bytes);
    p->text = cs_read_sized(&in);
    p->section = cs_read_varint32(&in);
    p->first_line = cs_read_varint32(&in);
    p->last_line = cs_read_varint32(&in);
    p->start = cs_read_varint32(&in);
    p->end = cs_read_varint32(&in);
    p->kinds = cs_read_varint32(&in);
    if (!read_spans(&in, p) || !read_marks(&in, p) || in.at != in.end)
        return cs_fail_damaged(error, "a passage of the index cannot be read");
    return CS_OK;
}

cs_view cs_schema_passage_text(cs_view bytes)
{
    cs_reader in;
    cs_reader_init(&in, bytes);
    return cs_read_sized(&in);
}

bool cs_schema_passage_section(cs_view bytes, uint32_t *ret_section)
{
    cs_reader in;
    cs_reader_init(&in, bytes);
    cs_read_sized(&in); /* the text */
    *ret_section = cs_read_varint32(&in);
    return !in.failed;
}

uint32_t cs_schema_passage_line(cs_view bytes)
{
    cs_reader in;
    cs_reader_init(&in, bytes);
    cs_read_sized(&in); /* text and section */
    cs_read_varint32(&in);
    return cs_read_varint32(&in);
}

/* ---- files ------------------------------------------------------------------------- */

void cs_file_release(cs_file *file)
{
    free(file->sections.items);
    free(file->metadata.items);
    free(file->sources.items);
    *file = (cs_file){0};
}

static bool same_heading(cs_view a, cs_view b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

size_t cs_file_trail(const cs_file *file, uint32_t section, cs_view trail[cs_max_trail])
{
    cs_view inner[cs_max_trail];
    size_t depth = 0;
    while (section < file->sections.count) {
        const cs_section *s = &file->sections.items[section];
        bool repeated = depth > 0 && same_heading(s->heading, inner[depth - 1]);
        if (s->heading.len > 0 && !repeated && !same_heading(s->heading, file->title)) {
            if (depth == cs_max_trail - 1)
                memmove(inner, inner + 1, (--depth) * sizeof *inner);
            inner[depth++] = s->heading;
        }
        section = s->parent;
    }
    trail[0] = file->title;
    for (size_t i = 0; i < depth; i++)
        trail[1 + i] = inner[depth - 1 - i];
    return depth + 1;
}

/* Its type; the bits of a number (IEEE 754), or both days of a date. */
void cs_schema_add_value(cs_buf *out, const cs_value *value)
{
    uint64_t bits;
    cs_buf_add_varint(out, (uint64_t)value->type);
    if (value->type == CS_VALUE_NUMBER) {
        memcpy(&bits, &value->number, sizeof bits);
        cs_buf_add_u64(out, bits);
    }
    if (value->type == CS_VALUE_DATE) {
        cs_buf_add_u32(out, (uint32_t)value->first);
        cs_buf_add_u32(out, (uint32_t)value->last);
    }
}

cs_value cs_schema_read_value(cs_reader *in)
{
    cs_value value = {.type = CS_VALUE_TEXT};
    uint32_t type = cs_read_varint32(in);
    in->failed = in->failed || type >= cs_value_types;
    if (in->failed)
        return value;
    value.type = (cs_value_type)type;
    if (value.type == CS_VALUE_NUMBER) {
        uint64_t bits = cs_read_u64(in);
        memcpy(&value.number, &bits, sizeof bits);
    }
    if (value.type == CS_VALUE_DATE) {
        value.first = (int32_t)cs_read_u32(in);
        value.last = (int32_t)cs_read_u32(in);
    }
    return value;
}

static void add_stamp(cs_buf *out, const cs_file *file)
{
    cs_buf_add_sized(out, file->path);
    cs_buf_add_varint(out, file->stamp.size);
    cs_buf_add_svarint(out, file->stamp.mtime);
    cs_buf_add_svarint(out, file->stamp.ctime);
    cs_buf_add_varint(out, file->stamp.inode);
    cs_buf_add_varint(out, file->racy);
    cs_buf_add_u64(out, file->hash);
    cs_buf_add_varint(out, (uint64_t)file->state);
}

void cs_schema_add_file(cs_buf *out, const cs_file *file)
{
    add_stamp(out, file);
    cs_buf_add_sized(out, file->language);
    cs_buf_add_sized(out, file->title);
    cs_buf_add_sized(out, file->note);
    cs_buf_add_varint(out, file->sections.count);
    for (size_t i = 0; i < file->sections.count; i++) {
        const cs_section *s = &file->sections.items[i];
        cs_buf_add_varint(out, (uint64_t)s->parent + 1);
        cs_buf_add_varint(out, s->level);
        cs_buf_add_varint(out, (uint64_t)s->form);
        cs_buf_add_varint(out, s->line);
        cs_buf_add_sized(out, s->heading);
    }
    cs_buf_add_varint(out, file->metadata.count);
    for (size_t i = 0; i < file->metadata.count; i++) {
        cs_buf_add_sized(out, file->metadata.items[i].key);
        cs_buf_add_sized(out, file->metadata.items[i].value);
        cs_schema_add_value(out, &file->metadata.items[i].typed);
    }
    cs_buf_add_varint(out, file->sources.count);
    for (size_t i = 0; i < file->sources.count; i++) {
        const cs_citation *c = &file->sources.items[i];
        cs_buf_add_varint(out, (uint64_t)c->kind);
        cs_buf_add_sized(out, c->label);
        cs_buf_add_sized(out, c->text);
        cs_buf_add_sized(out, c->url);
        cs_buf_add_varint(out, c->line);
    }
}

static void read_stamp(cs_reader *in, cs_file *file)
{
    file->path = cs_read_sized(in);
    file->stamp.size = cs_read_varint(in);
    file->stamp.mtime = cs_read_svarint(in);
    file->stamp.ctime = cs_read_svarint(in);
    file->stamp.inode = cs_read_varint(in);
    file->racy = cs_read_varint(in) != 0;
    file->hash = cs_read_u64(in);
    uint32_t state = cs_read_varint32(in);
    if (state > CS_FILE_BLANK)
        in->failed = true;
    file->state = (cs_file_state)state;
}

/* A value of an enum of `count` values. */
static uint32_t read_choice(cs_reader *in, uint32_t count)
{
    uint32_t value = cs_read_varint32(in);
    in->failed = in->failed || value >= count;
    return value;
}

static bool read_sections(cs_reader *in, cs_file *file)
{
    uint32_t count = cs_read_count(in);
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        cs_section *s = CS_PUSH(&file->sections);
        if (s == NULL)
            return false;
        uint32_t parent = (uint32_t)cs_read_varint(in);
        s->parent = parent - 1; /* 0 becomes cs_no_parent */
        s->level = cs_read_varint32(in);
        s->form = (cs_heading_form)read_choice(in, cs_heading_forms);
        s->line = cs_read_varint32(in);
        s->heading = cs_read_sized(in);
        if (s->parent != cs_no_parent && s->parent >= i)
            in->failed = true; /* a parent stands before its children: no loops */
    }
    return !in->failed;
}

static bool read_metadata(cs_reader *in, cs_file *file)
{
    uint32_t count = cs_read_count(in);
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        cs_metadata *m = CS_PUSH(&file->metadata);
        if (m == NULL)
            return false;
        m->key = cs_read_sized(in);
        m->value = cs_read_sized(in);
        m->typed = cs_schema_read_value(in);
    }
    return !in->failed;
}

static bool read_sources(cs_reader *in, cs_file *file)
{
    uint32_t count = cs_read_count(in);
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        cs_citation *c = CS_PUSH(&file->sources);
        if (c == NULL)
            return false;
        c->kind = (cs_citation_kind)read_choice(in, cs_citation_kinds);
        c->label = cs_read_sized(in);
        c->text = cs_read_sized(in);
        c->url = cs_read_sized(in);
        c->line = cs_read_varint32(in);
    }
    return !in->failed;
}

/* All up to the sections. */
static bool read_headings(cs_reader *in, cs_file *file)
{
    read_stamp(in, file);
    file->language = cs_read_sized(in);
    file->title = cs_read_sized(in);
    file->note = cs_read_sized(in);
    return read_sections(in, file);
}

cs_status cs_schema_read_file(cs_view bytes, cs_file *ret_file, cs_error *error)
{
    *ret_file = (cs_file){0};
    cs_reader in;
    errno = 0;
    cs_reader_init(&in, bytes);
    if (!read_headings(&in, ret_file) || !read_metadata(&in, ret_file) ||
        !read_sources(&in, ret_file) || in.at != in.end)
        return cs_fail_damaged(error, "a file record of the index cannot be read");
    return CS_OK;
}

cs_status cs_schema_read_headings(cs_view bytes, cs_file *ret_file, cs_error *error)
{
    *ret_file = (cs_file){0};
    cs_reader in;
    errno = 0;
    cs_reader_init(&in, bytes);
    if (!read_headings(&in, ret_file))
        return cs_fail_damaged(error, "a file record of the index cannot be read");
    return CS_OK;
}

cs_status cs_schema_read_stamp(cs_view bytes, cs_file *ret_file, cs_error *error)
{
    *ret_file = (cs_file){0};
    cs_reader in;
    errno = 0;
    cs_reader_init(&in, bytes);
    read_stamp(&in, ret_file);
    if (in.failed)
        return cs_fail_damaged(error, "a file record of the index cannot be read");
    return CS_OK;
}
