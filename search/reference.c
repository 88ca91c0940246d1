/* reference.c - see reference.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* ---- reading ----------------------------------------------------------------------- */

/* Reads a number of at most nine digits; returns where it ends, `at` if there is none. */
static const char *read_number(const char *at, uint32_t *ret_number)
{
    uint32_t number = 0;
    size_t digits = strspn(at, "0123456789");
    if (digits > 9)
        return at;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (uint32_t)(at[i] - '0');
    *ret_number = number;
    return at + digits;
}

/* ":9", ":9-20", ":9:..." at a colon of the text. */
static bool read_lines(const char *colon, cs_reference *r)
{
    const char *end = read_number(colon + 1, &r->first);
    if (end == colon + 1)
        return false;
    r->last = r->first;
    r->kind = CS_REFERENCE_LINE;
    if (*end == '-') {
        const char *last = read_number(end + 1, &r->last);
        r->kind = CS_REFERENCE_LINES;
        return last != end + 1 && *last == '\0';
    }
    return *end == '\0' || *end == ':';
}

cs_status cs_reference_read(const char *text, cs_reference *ret_reference, cs_error *error)
{
    cs_reference r = {.path = cs_view_of(text)};
    const char *end = read_number(text, &r.hit);
    if (strlen(text) == cs_id_size - 1 && cs_result_read_id(text, &r.id)) {
        r.kind = CS_REFERENCE_ID;
    } else if (end != text && *end == '\0') {
        r.kind = CS_REFERENCE_HIT;
    } else {
        for (const char *colon = strchr(text, ':'); colon != NULL; colon = strchr(colon + 1, ':'))
            if (read_lines(colon, &r)) {
                r.path.len = (size_t)(colon - text);
                break;
            } else {
                r.kind = CS_REFERENCE_STUDY;
            }
    }
    if (r.path.len == 0)
        return cs_fail(error, CS_USAGE, "a place is needed: path:line, an id, a hit's number");
    if ((r.kind == CS_REFERENCE_LINE || r.kind == CS_REFERENCE_LINES) && r.first == 0)
        return cs_fail(error, CS_USAGE, "lines are counted from 1: %s", text);
    if (r.kind == CS_REFERENCE_LINES && r.last < r.first)
        return cs_fail(error, CS_USAGE, "lines that end before they begin: %s", text);
    *ret_reference = r;
    return CS_OK;
}

/* ---- finding ----------------------------------------------------------------------- */

/* An absolute path without ".", ".." and doubled slashes; links are not looked at. */
static void add_normal(cs_buf *out, const char *folder, cs_view path)
{
    CS_SCOPED(cs_buf) whole = {.limit = 1 << 17};
    if (path.len == 0 || path.data[0] != '/')
        cs_buf_addf(&whole, "%s/", folder);
    cs_buf_add_view(&whole, path);
    for (const char *at = whole.data == NULL ? "" : whole.data; *at != '\0';) {
        size_t len = strcspn(at, "/");
        bool up = len == 2 && at[0] == '.' && at[1] == '.';
        if (up) {
            const char *slash = out->len > 0 ? strrchr(out->data, '/') : NULL;
            cs_buf_truncate(out, slash == NULL ? 0 : (size_t)(slash - out->data));
        } else if (len > 0 && !(len == 1 && at[0] == '.')) {
            cs_buf_add_char(out, '/');
            cs_buf_add(out, at, len);
        }
        at += len + (at[len] == '/');
    }
}

/* What is left of an absolute path below the root; an empty view if it is elsewhere. */
static cs_view below(const char *root, const char *path)
{
    size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (path == NULL || strncmp(path, root, len) != 0 || path[len] != '/')
        return (cs_view){0};
    return cs_view_of(path + len + 1);
}

static bool find_file(const cs_shard *shard, cs_view path, uint32_t *ret_file)
{
    cs_file file;
    for (uint32_t f = 0; path.len > 0 && f < shard->store->file_count; f++)
        if (cs_schema_read_stamp(cs_store_file(shard->store, f), &file, NULL) == CS_OK &&
            cs_view_equal(file.path, path) && !cs_segment_is_dead(shard->segment, f)) {
            *ret_file = f;
            return true;
        }
    return false;
}

/* By its absolute path, or if that is NULL by its path below any root. */
static bool find_anywhere(const cs_collection *c, const char *absolute, cs_view relative,
                          cs_file_place *place)
{
    for (uint32_t i = 0; i < c->shard_count; i++) {
        const cs_shard *shard = &c->shards[i];
        cs_view path =
            absolute == NULL ? relative : below(shard->index->manifest.settings.root, absolute);
        place->shard = i;
        if (find_file(shard, path, &place->file))
            return true;
    }
    return false;
}

cs_status cs_reference_find_path(const cs_collection *collection, cs_view path,
                                 cs_file_place *ret_place, bool *ret_found, cs_error *error)
{
    cs_file_place place = {0};
    char *folder = realpath(".", NULL), *name = cs_copy_string(path);
    char *real = name == NULL ? NULL : realpath(name, NULL);
    CS_SCOPED(cs_buf) normal = {.limit = 1 << 17};
    add_normal(&normal, folder == NULL ? "" : folder, path);
    bool ok = name != NULL && cs_buf_status(&normal) == CS_OK;
    *ret_found =
        ok && (find_anywhere(collection, normal.len > 0 ? normal.data : "/", path, &place) ||
               (real != NULL && find_anywhere(collection, real, path, &place)) ||
               find_anywhere(collection, NULL, path, &place));
    free(folder);
    free(name);
    free(real);
    if (*ret_found)
        *ret_place = place;
    return ok ? CS_OK : cs_fail_memory(error);
}

static bool ends_in(cs_view path, cs_view end)
{
    size_t at = path.len - end.len;
    return end.len > 0 && path.len > end.len && path.data[at - 1] == '/' &&
           memcmp(path.data + at, end.data, end.len) == 0;
}

void cs_reference_suggest(const cs_collection *collection, cs_view path, cs_buf *out)
{
    enum { max_suggested = 3 };
    size_t found = 0;
    for (uint32_t i = 0; i < collection->shard_count; i++) {
        const cs_shard *shard = &collection->shards[i];
        cs_file file;
        for (uint32_t f = 0; f < shard->store->file_count && found < max_suggested; f++)
            if (cs_schema_read_stamp(cs_store_file(shard->store, f), &file, NULL) == CS_OK &&
                ends_in(file.path, path) && !cs_segment_is_dead(shard->segment, f)) {
                cs_buf_add_string(out, found++ == 0 ? "" : ", ");
                cs_text_add_printable(out, file.path.data, file.path.len);
            }
    }
}

bool cs_reference_add_below(const cs_collection *collection, cs_view path, cs_buf *out)
{
    CS_SCOPED(cs_buf) normal = {.limit = 1 << 17};
    char *folder = realpath(".", NULL);
    add_normal(&normal, folder == NULL ? "" : folder, path);
    free(folder);
    const char *absolute = normal.len > 0 ? normal.data : "/";
    for (size_t i = 0; i < collection->index_count; i++) {
        const char *root = collection->indexes[i].manifest.settings.root;
        cs_view rest = below(root, absolute);
        if (rest.len == 0 && strcmp(root, absolute) != 0)
            continue;
        cs_buf_add_view(out, rest.len == 0 ? cs_view_of("*") : rest);
        return true;
    }
    return false;
}

static bool is_passage(const cs_file *file, cs_view record, cs_id id)
{
    cs_passage passage = {0};
    cs_view trail[cs_max_trail];
    cs_id own = {0};
    bool same = cs_schema_read_passage(record, &passage, NULL) == CS_OK;
    same = same &&
           cs_result_id(file->path, trail, cs_file_trail(file, passage.section, trail),
                        passage.text, &own) &&
           own.passage == id.passage;
    cs_passage_release(&passage);
    return same;
}

/* The passage of a file with that id; false when it has none. */
static bool find_passage(const cs_shard *shard, uint32_t number, cs_id id, uint32_t *ret_passage)
{
    cs_file file = {0};
    uint32_t end = cs_store_first_passage(shard->store, number + 1), p = end;
    if (cs_schema_read_file(cs_store_file(shard->store, number), &file, NULL) == CS_OK)
        for (p = cs_store_first_passage(shard->store, number); p < end; p++)
            if (is_passage(&file, cs_store_passage(shard->store, p), id))
                break;
    cs_file_release(&file);
    *ret_passage = p;
    return p < end;
}

cs_status cs_reference_find_id(const cs_collection *collection, cs_id id, cs_file_place *ret_place,
                               uint32_t *ret_passage, bool *ret_found, cs_error *error)
{
    cs_file file;
    *ret_found = false;
    for (uint32_t i = 0; i < collection->shard_count; i++) {
        const cs_shard *shard = &collection->shards[i];
        for (uint32_t f = 0; f < shard->store->file_count; f++) {
            cs_status status = cs_schema_read_stamp(cs_store_file(shard->store, f), &file, error);
            if (status != CS_OK)
                return status;
            if (cs_result_path_id(file.path) != id.path || cs_segment_is_dead(shard->segment, f) ||
                !find_passage(shard, f, id, ret_passage))
                continue;
            *ret_place = (cs_file_place){i, f};
            *ret_found = true;
            return CS_OK;
        }
    }
    return CS_OK;
}
