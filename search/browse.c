/* browse.c - see browse.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "browse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "editor.h"
#include "last.h"
#include "output.h"
#include "text.h"

enum { max_output = 1 << 30 /* bytes */ };

/* ---- finding what was meant -------------------------------------------------------- */

static void note_missing(cs_answer *answer, const cs_reference *reference)
{
    char id[cs_id_size];
    if (reference->kind == CS_REFERENCE_ID) {
        cs_result_write_id(reference->id, id);
        cs_buf_addf(&answer->notes, "no passage has the id %s (any more)\n", id);
        return;
    }
    cs_buf_add_string(&answer->notes, "the index has no study ");
    cs_text_add_printable(&answer->notes, reference->path.data, reference->path.len);
    size_t before = answer->notes.len;
    cs_buf_add_string(&answer->notes, "; did you mean ");
    size_t start = answer->notes.len;
    cs_reference_suggest(&answer->collection, reference->path, &answer->notes);
    if (answer->notes.len == start)
        cs_buf_truncate(&answer->notes, before);
    cs_buf_add_string(&answer->notes, answer->notes.len > before ? "?\n" : "\n");
}

/* The section of a passage that was found by its id. */
static cs_status part_of_id(const cs_answer *answer, cs_file_place place, uint32_t passage,
                            cs_part_asked *ret_part, cs_error *error)
{
    const cs_store *store = answer->collection.shards[place.shard].store;
    *ret_part = (cs_part_asked){0, 0, UINT32_MAX};
    return cs_schema_passage_section(cs_store_passage(store, passage), &ret_part->section)
               ? CS_OK
               : cs_fail(error, CS_DAMAGED, "a passage cannot be read");
}

cs_status cs_browse_find(cs_answer *answer, const cs_reference *reference, cs_file_place *ret_place,
                         cs_part_asked *ret_part, bool *ret_found, cs_error *error)
{
    const cs_collection *collection = &answer->collection;
    uint32_t passage = 0;
    bool by_id = reference->kind == CS_REFERENCE_ID;
    cs_status status =
        by_id
            ? cs_reference_find_id(collection, reference->id, ret_place, &passage, ret_found, error)
            : cs_reference_find_path(collection, reference->path, ret_place, ret_found, error);
    if (status != CS_OK)
        return status;
    if (!*ret_found) {
        note_missing(answer, reference);
        return CS_OK;
    }
    if (by_id)
        return part_of_id(answer, *ret_place, passage, ret_part, error);
    if (reference->kind == CS_REFERENCE_LINE)
        return cs_extract_section_at(collection, *ret_place, reference->first, ret_part, error);
    bool lines = reference->kind == CS_REFERENCE_LINES;
    *ret_part = (cs_part_asked){cs_no_parent, lines ? reference->first : 0,
                                lines ? reference->last : UINT32_MAX};
    return CS_OK;
}

/* ---- show, outline, list ----------------------------------------------------------- */

/* Whether each object of JSON is one line. */
static bool in_lines(const cs_request *request)
{
    return request->format == CS_FORMAT_JSONL;
}

static cs_status show(cs_answer *a, const cs_report *report, cs_buf *out, bool *found,
                      cs_error *error)
{
    cs_file_place place;
    cs_part_asked part;
    CS_SCOPED(cs_extract) extract = {0};
    CS_SCOPED(cs_extractor)
    extractor = {.collection = &a->collection,
                 .plan = &a->plan,
                 .check = a->request->refresh != CS_REFRESH_NEVER};
    cs_status status = cs_browse_find(a, &a->request->reference, &place, &part, found, error);
    if (status != CS_OK || !*found)
        return status;
    status = cs_extract_make(&extractor, place, &part, NULL, &extract, error);
    *found = extract.count > 0;
    if (status == CS_OK && !*found)
        cs_buf_add_string(&a->notes, "there is no text in these lines\n");
    if (status != CS_OK || !*found)
        return status;
    return cs_request_wants_json(a->request)
               ? cs_print_extract_json(report, &extract, in_lines(a->request), out, error)
               : cs_print_extract(report, &extract, !isatty(STDOUT_FILENO), out, error);
}

static cs_status outline(cs_answer *a, const cs_report *report, cs_buf *out, bool *found,
                         cs_error *error)
{
    cs_file_place place;
    cs_part_asked part;
    CS_SCOPED(cs_outline) headings = {0};
    cs_status status = cs_browse_find(a, &a->request->reference, &place, &part, found, error);
    if (status != CS_OK || !*found)
        return status;
    status = cs_outline_make(&a->collection, place, &headings, error);
    if (status != CS_OK)
        return status;
    if (headings.file.sections.count == 0)
        cs_buf_add_string(&a->notes, "it has no headings\n");
    return cs_request_wants_json(a->request)
               ? cs_print_outline_json(report, &headings, in_lines(a->request), out, error)
               : cs_print_outline(report, &headings, !isatty(STDOUT_FILENO), out, error);
}

/* All of them, unless a limit was set. */
static void choose_studies(const cs_answer *a, const cs_listing *listing, cs_report *report)
{
    const cs_page *page = &a->request->page;
    report->offset = page->offset < listing->count ? page->offset : listing->count;
    report->count = listing->count - report->offset;
    if (a->request->limited && report->count > page->limit)
        report->count = page->limit;
}

static cs_status list(cs_answer *a, const cs_report *report, cs_buf *out, bool *found,
                      cs_error *error)
{
    cs_report studies;
    CS_SCOPED(cs_listing) listing = {0};
    cs_status status = cs_answer_correct(a, error);
    if (status == CS_OK)
        status =
            cs_listing_make(&a->collection, a->tree != NULL ? &a->plan : NULL, &listing, error);
    if (status != CS_OK)
        return status;
    studies = cs_output_report(a, report->cwd); /* corrected meanwhile */
    cs_order_listing(a->request->order, &listing);
    choose_studies(a, &listing, &studies);
    if (a->request->format == CS_FORMAT_COUNT) {
        *found = listing.count > 0;
        cs_buf_addf(out, "%zu\n", listing.count);
        return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
    }
    *found = studies.count > 0;
    if (!*found)
        cs_answer_note_page(a, listing.count);
    return cs_request_wants_json(a->request)
               ? cs_print_listing_json(&studies, &listing, in_lines(a->request), out, error)
               : cs_print_listing(&studies, &listing, !isatty(STDOUT_FILENO), out, error);
}

static cs_status print(cs_answer *answer, bool *found, cs_error *error)
{
    const cs_request *request = answer->request;
    char *cwd = realpath(".", NULL);
    if (cwd == NULL && errno == ENOMEM)
        return cs_fail_memory(error);
    CS_SCOPED(cs_buf) out = {.limit = max_output};
    cs_report report = cs_output_report(answer, cwd);
    cs_status status = request->mode == CS_MODE_SHOW ? show(answer, &report, &out, found, error)
                       : request->mode == CS_MODE_OUTLINE
                           ? outline(answer, &report, &out, found, error)
                           : list(answer, &report, &out, found, error);
    free(cwd);
    if (status == CS_OK && !*found && request->mode == CS_MODE_LIST)
        cs_output_note_nothing(answer);
    if (status != CS_OK || out.len == 0)
        return status;
    status = cs_output_show(request, &answer->notes, &out, error);
    cs_buf_clear(&answer->notes); /* told */
    return status;
}

/* ---- the editor -------------------------------------------------------------------- */

/* Characters in the line before a byte column, and one; the byte column where the file cannot
 * be read. */
static uint32_t character_column(const char *path, uint32_t line, uint32_t column)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    ssize_t len = file == NULL ? -1 : 0;
    for (uint32_t i = 0; i < line && len >= 0; i++)
        len = getline(&text, &size, file);
    uint32_t characters = 1;
    for (ssize_t i = 0; i + 1 < column && i < len; i++)
        characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    free(text);
    if (file != NULL)
        fclose(file);
    return len < 0 ? column : characters;
}

static cs_status open_at(const char *path, uint32_t line, uint32_t column, cs_error *error)
{
    cs_spot spot = {path, line, column, character_column(path, line, column)};
    return cs_editor_open(&spot, error);
}

cs_status cs_browse_open(const cs_context *context, cs_error *error)
{
    const cs_context *c = context;
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_report report = {0};
    cs_position place = cs_context_place(c);
    bool stale = c->freshness == CS_STALE;
    char *cwd = realpath(".", NULL);
    if (cwd == NULL && errno == ENOMEM)
        return cs_fail_memory(error);
    report.cwd = cwd;
    cs_print_path(&report, c->index, c->hit->path, &path);
    cs_status status = cs_buf_status(&path) == CS_OK ? open_at(path.data, stale ? 1 : place.line,
                                                               stale ? 1 : place.column, error)
                                                     : cs_fail_memory(error);
    free(cwd);
    return status;
}

/* Opens a hit of the query. */
static cs_status open_found(const cs_request *request, cs_buf *notes, bool *found, cs_error *error)
{
    cs_request one = *request;
    CS_SCOPED(cs_answer) answer = {0};
    one.page.offset = request->hit - 1;
    one.page.limit = 1;
    one.format = CS_FORMAT_USUAL;
    cs_status status = cs_answer_make(&one, &answer, error);
    cs_buf_add_view(notes, cs_buf_view(&answer.notes));
    *found = answer.count > 0;
    if (status == CS_OK && !*found && answer.hits.total > 0)
        cs_buf_addf(notes, "there is no hit %u\n", request->hit);
    return status == CS_OK && *found ? cs_browse_open(&answer.contexts[0], error) : status;
}

/* The editor would make a new one. */
static void note_gone(cs_view path, cs_buf *notes)
{
    cs_buf_add_string(notes, "there is no file ");
    cs_text_add_printable(notes, path.data, path.len);
    cs_buf_add_string(notes, " any more\n");
}

static cs_status open_last(const cs_request *request, cs_buf *notes, bool *found, cs_error *error)
{
    CS_SCOPED(cs_last) last = {0};
    const cs_last_hit *hit = NULL;
    cs_status status = cs_last_read(&last, error);
    if (status == CS_OK)
        status = cs_last_hit_of(&last, request->hit, &hit, error);
    if (status != CS_OK)
        return status;
    char *path = cs_copy_string(hit->path);
    if (path == NULL)
        return cs_fail_memory(error);
    *found = access(path, F_OK) == 0;
    if (*found)
        status = open_at(path, hit->line, hit->column, error);
    else
        note_gone(hit->path, notes);
    free(path);
    return status;
}

/* ---- all of it --------------------------------------------------------------------- */

/* A study that is named by a path is looked for in the index that covers it, wherever one
 * stands, unless an index is named. The caller frees *ret_directory, which may be NULL. */
static cs_status index_of_path(const cs_request *request, char **ret_directory, cs_error *error)
{
    const char *named = getenv("CASESEARCH_DB");
    char *path = cs_copy_string(request->reference.path), *real = NULL;
    *ret_directory = NULL;
    if (request->db == NULL && (named == NULL || named[0] == '\0') && path != NULL)
        real = realpath(path, NULL);
    char *slash = real == NULL ? NULL : strrchr(real, '/');
    cs_status status = CS_OK;
    if (slash != NULL) {
        slash[slash == real] = '\0'; /* the folder; "/" keeps its slash */
        status = cs_place_covering(real, ret_directory, error);
    }
    free(path);
    free(real);
    return status;
}

static cs_status answer_and_print(const cs_request *request, cs_buf *notes, bool *found,
                                  cs_error *error)
{
    CS_SCOPED(cs_answer) answer = {0};
    cs_status status = cs_answer_open(request, &answer, error);
    if (status == CS_OK)
        status = print(&answer, found, error);
    cs_buf_add_view(notes, cs_buf_view(&answer.notes));
    return status;
}

/* The hit of the last search is looked for where that searched, and its words are marked. */
static cs_status browse_last(const cs_request *request, cs_buf *notes, bool *found, cs_error *error)
{
    CS_SCOPED(cs_last) last = {0};
    CS_SCOPED(cs_buf) query = {.limit = cs_max_query};
    const cs_last_hit *hit = NULL;
    cs_request meant = *request;
    cs_status status = cs_last_read(&last, error);
    if (status == CS_OK)
        status = cs_last_hit_of(&last, request->reference.hit, &hit, error);
    if (status != CS_OK)
        return status;
    meant.db = last.db.data;
    meant.reference =
        (cs_reference){.kind = request->mode == CS_MODE_SHOW ? CS_REFERENCE_ID : CS_REFERENCE_STUDY,
                       .path = hit->path,
                       .id = hit->id};
    cs_buf_add_view(&query, last.query);
    if (meant.query.len == 0)
        meant.query = query;
    status = answer_and_print(&meant, notes, found, error);
    bool known = request->mode == CS_MODE_SHOW && hit->line > 0;
    if (status == CS_OK && !*found && known) { /* it changed since */
        meant.reference.kind = CS_REFERENCE_LINE;
        meant.reference.first = meant.reference.last = hit->line;
        cs_buf_clear(notes);
        status = answer_and_print(&meant, notes, found, error);
    }
    return status;
}

cs_status cs_browse(const cs_request *request, cs_buf *notes, bool *ret_found, cs_error *error)
{
    bool last = request->query.len == 0;
    *ret_found = false;
    if (request->mode == CS_MODE_OPEN)
        return last ? open_last(request, notes, ret_found, error)
                    : open_found(request, notes, ret_found, error);
    if (request->mode == CS_MODE_LIST || request->reference.kind == CS_REFERENCE_ID)
        return answer_and_print(request, notes, ret_found, error);
    if (request->reference.kind == CS_REFERENCE_HIT)
        return browse_last(request, notes, ret_found, error);
    CS_SCOPED(cs_buf) list = {.limit = cs_max_scratch};
    char *directory = NULL;
    cs_request meant = *request;
    cs_status status = index_of_path(request, &directory, error);
    if (directory != NULL) {
        cs_place_list_add(&list, cs_view_of(directory));
        meant.db = list.data;
    }
    if (status == CS_OK && cs_buf_status(&list) != CS_OK)
        status = cs_fail_memory(error);
    if (status == CS_OK)
        status = answer_and_print(&meant, notes, ret_found, error);
    free(directory);
    return status;
}
