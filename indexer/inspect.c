/* inspect.c - see inspect.h. The JSON is written by hand: a few members of known
 * names do not pay for a library that caseindex would have to load.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "inspect.h"

#include <inttypes.h>
#include <string.h>

#include "index.h"
#include "text.h"

enum { json_schema = 1 };

/* The sums over the segments. */
typedef struct totals {
    uint64_t files, dead_files, passages, dead, bytes;
} totals;

static uint64_t bytes_of(const cs_segment *segment)
{
    return segment->db.stamp.size + segment->store.stamp.size;
}

static totals add_up(const cs_manifest *m)
{
    totals t = {0};
    for (size_t i = 0; i < m->segments.count; i++) {
        const cs_segment *s = &m->segments.items[i];
        t.files += s->files - s->dead.count;
        t.dead_files += s->dead.count;
        t.passages += s->passages - s->dead_passages;
        t.dead += s->dead_passages;
        t.bytes += bytes_of(s);
    }
    return t;
}

/* ---- JSON -------------------------------------------------------------------------- */

static void add_string(cs_buf *out, const char *text)
{
    cs_text_add_json(out, text, strlen(text));
}

static void add_number(cs_buf *out, const char *name, uint64_t number)
{
    cs_buf_addf(out, ", \"%s\": %" PRIu64, name, number);
}

static void add_segments(cs_buf *out, const cs_manifest *m)
{
    cs_buf_add_string(out, ", \"segments\": [");
    for (size_t i = 0; i < m->segments.count; i++) {
        const cs_segment *s = &m->segments.items[i];
        cs_buf_addf(out, "%s{\"name\": \"%s\"", i > 0 ? ", " : "", s->name);
        add_number(out, "files", s->files);
        add_number(out, "dead_files", s->dead.count);
        add_number(out, "passages", s->passages);
        add_number(out, "dead_passages", s->dead_passages);
        add_number(out, "bytes", bytes_of(s));
        cs_buf_add_char(out, '}');
    }
    cs_buf_add_char(out, ']');
}

/* "md markdown" as an array. */
static void add_extensions(cs_buf *out, const char *list)
{
    cs_buf_add_string(out, ", \"settings\": {\"extensions\": [");
    for (const char *at = list; *at != '\0';) {
        size_t len = strcspn(at, " ");
        CS_SCOPED(cs_buf) one = {.limit = 1 << 10};
        cs_buf_add(&one, at, len);
        add_string(out, one.data == NULL ? "" : one.data);
        at += len + strspn(at + len, " ");
        cs_buf_add_string(out, *at != '\0' ? ", " : "");
    }
    cs_buf_add_char(out, ']');
}

static void add_json(cs_buf *out, const cs_index *index, const totals *t)
{
    const cs_settings *set = &index->manifest.settings;
    cs_buf_addf(out, "{\"schema\": %d, \"root\": ", json_schema);
    add_string(out, set->root);
    cs_buf_add_string(out, ", \"directory\": ");
    add_string(out, index->directory);
    add_number(out, "format", cs_format_version);
    add_number(out, "studies", cs_index_study_count(index));
    add_number(out, "passages", t->passages);
    add_number(out, "files", t->files);
    add_number(out, "dead_passages", t->dead);
    add_number(out, "bytes", t->bytes);
    add_segments(out, &index->manifest);
    add_extensions(out, set->selection.extensions);
    cs_buf_addf(out, ", \"ignore\": %s, \"follow\": %s",
                set->selection.no_ignore ? "false" : "true",
                set->selection.follow ? "true" : "false");
    add_number(out, "max_size", set->selection.max_size);
    cs_buf_add_string(out, ", \"language\": ");
    add_string(out, set->language);
    cs_buf_add_string(out, "}}\n");
}

/* ---- for people -------------------------------------------------------------------- */

static void add_line(cs_buf *out, const char *name, const char *value)
{
    cs_buf_addf(out, "%-11s ", name);
    cs_text_add_printable(out, value, strlen(value));
    cs_buf_add_char(out, '\n');
}

static void add_count(cs_buf *out, const char *name, uint64_t count)
{
    cs_buf_addf(out, "%-11s %" PRIu64 "\n", name, count);
}

static void add_settings(cs_buf *out, const cs_settings *set)
{
    const cs_selection *s = &set->selection;
    add_line(out, "language", set->language);
    add_line(out, "extensions", s->extensions);
    if (s->no_ignore || s->follow)
        cs_buf_addf(out, "%-11s%s%s\n", "options", s->no_ignore ? " --no-ignore" : "",
                    s->follow ? " --follow" : "");
    cs_buf_addf(out, "%-11s %" PRIu64 " bytes\n", "max size", s->max_size);
}

static void add_text(cs_buf *out, const cs_index *index, const totals *t)
{
    const cs_manifest *m = &index->manifest;
    add_line(out, "folder", m->settings.root);
    add_line(out, "index", index->directory);
    add_count(out, "format", cs_format_version);
    add_count(out, "studies", cs_index_study_count(index));
    add_count(out, "passages", t->passages);
    add_count(out, "files", t->files);
    cs_buf_addf(out, "%-11s %zu, %.1f MB, %" PRIu64 " dead passages\n", "segments",
                m->segments.count, (double)t->bytes / 1e6, t->dead);
    for (size_t i = 0; i < m->segments.count; i++) {
        const cs_segment *s = &m->segments.items[i];
        cs_buf_addf(out,
                    "  %s  %.1f MB, %" PRIu32 " files (%zu dead), %" PRIu32 " passages (%" PRIu32
                    " dead)\n",
                    s->name, (double)bytes_of(s) / 1e6, s->files, s->dead.count, s->passages,
                    s->dead_passages);
    }
    add_settings(out, &m->settings);
}

/* ---- the modes --------------------------------------------------------------------- */

cs_status cs_inspect_status(const char *directory, bool json, cs_buf *out, cs_error *error)
{
    CS_SCOPED(cs_index) index = {0};
    cs_status status = cs_index_open(directory, CS_INDEX_STORES, &index, error);
    if (status != CS_OK)
        return status;
    totals t = add_up(&index.manifest);
    if (json)
        add_json(out, &index, &t);
    else
        add_text(out, &index, &t);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

static void add_verdict(cs_buf *out, const char *directory, const cs_error *damage)
{
    cs_buf_addf(out, "{\"schema\": %d, \"directory\": ", json_schema);
    add_string(out, directory);
    cs_buf_addf(out, ", \"ok\": %s, \"damage\": ", damage == NULL ? "true" : "false");
    if (damage == NULL)
        cs_buf_add_string(out, "null");
    else
        add_string(out, damage->message);
    cs_buf_add_string(out, "}\n");
}

cs_status cs_inspect_check(const char *directory, bool json, cs_buf *out, cs_error *error)
{
    CS_SCOPED(cs_index) index = {0};
    cs_status status = cs_index_open(directory, CS_INDEX_DATABASE | CS_INDEX_CHECK, &index, error);
    if (json && (status == CS_OK || status == CS_DAMAGED))
        add_verdict(out, directory, status == CS_OK ? NULL : error);
    if (status != CS_OK)
        return status;
    totals t = add_up(&index.manifest);
    if (!json) {
        add_line(out, "folder", index.manifest.settings.root);
        add_line(out, "index", directory);
        cs_buf_addf(out, "%-11s %.1f MB: every checksum holds\n", "check", (double)t.bytes / 1e6);
    }
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
