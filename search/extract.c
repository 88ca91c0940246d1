/* extract.c - see extract.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "extract.h"

#include <stdlib.h>
#include <string.h>

#include "fresh.h"

void cs_extract_release(cs_extract *extract)
{
    for (size_t i = 0; i < extract->count; i++)
        cs_context_release(&extract->passages[i]);
    free(extract->passages);
    free(extract->hits);
    if (!extract->borrowed)
        cs_file_release(&extract->file);
    *extract = (cs_extract){0};
}

/* ---- which passages ---------------------------------------------------------------- */

/* The last section that begins at or above the line. */
static uint32_t section_at(const cs_file *file, uint32_t line)
{
    uint32_t section = 0;
    for (uint32_t i = 0; i < file->sections.count; i++)
        if (file->sections.items[i].line <= line)
            section = i;
    return section;
}

cs_status cs_extract_section_at(const cs_collection *collection, cs_file_place place, uint32_t line,
                                cs_part_asked *ret_part, cs_error *error)
{
    const cs_store *store = collection->shards[place.shard].store;
    cs_file file = {0};
    cs_passage passage = {0};
    cs_status status = cs_schema_read_file(cs_store_file(store, place.file), &file, error);
    if (status != CS_OK)
        return status;
    *ret_part = (cs_part_asked){section_at(&file, line), 0, UINT32_MAX};
    for (uint32_t p = cs_store_first_passage(store, place.file);
         p < cs_store_first_passage(store, place.file + 1); p++) {
        if (cs_schema_read_passage(cs_store_passage(store, p), &passage, NULL) == CS_OK &&
            passage.first_line <= line && line <= passage.last_line)
            ret_part->section = passage.section; /* a heading's line may be in two */
        cs_passage_release(&passage);
    }
    cs_file_release(&file);
    return CS_OK;
}

/* Whether a section is the one asked for or, with `deep`, stands below it. */
static bool is_in(const cs_file *file, uint32_t section, uint32_t asked, bool deep)
{
    if (asked == cs_no_parent || section == asked)
        return true;
    for (size_t i = 0; deep && section < file->sections.count && i < file->sections.count; i++) {
        section = file->sections.items[section].parent;
        if (section == asked)
            return true;
    }
    return false;
}

/* ---- how much of each -------------------------------------------------------------- */

static cs_excerpt whole(const cs_context *c)
{
    return (cs_excerpt){0, (uint32_t)c->passage.text.len, false, false};
}

/* The visible lines with something of these lines of the file. False for none. */
static bool cut_to_lines(const cs_context *c, const cs_part_asked *part, cs_excerpt *ret_excerpt)
{
    cs_view text = c->passage.text;
    uint32_t start = UINT32_MAX, end = 0;
    for (size_t i = 0; i < c->passage.spans.count; i++) {
        const cs_span *s = &c->passage.spans.items[i];
        int64_t line = (int64_t)s->line + c->line_shift;
        if (s->kind == CS_SPAN_NOWHERE || line < part->first || line > part->last)
            continue;
        start = s->text < start ? s->text : start;
        end = s->text + s->length > end ? s->text + s->length : end;
    }
    if (start >= end)
        return false;
    if (c->passage.kinds & CS_KIND_TABLE) { /* a row has the words of its header: whole rows */
        while (start > 0 && text.data[start - 1] != '\n')
            start--;
        while (end < text.len && text.data[end] != '\n')
            end++;
    }
    while (end > start + 1 && (text.data[end - 1] == ' ' || text.data[end - 1] == '\n'))
        end--;
    *ret_excerpt = (cs_excerpt){start, end, false, false};
    return true;
}

/* Keeps the passage if it has something of the part's lines, shown as far as it does. */
static bool keep(cs_context *c, const cs_part_asked *part)
{
    cs_excerpt e = whole(c);
    bool lines = part->first > 0 || part->last < UINT32_MAX;
    if (lines && !cut_to_lines(c, part, &e))
        return false;
    c->excerpts[0] = e;
    c->excerpt_count = 1;
    c->best = 0;
    return true;
}

/* Learns the sections of a study's passages, unless they are known. */
static cs_status learn_sections(cs_extractor *x, cs_file_place place, cs_error *error)
{
    const cs_store *store = x->collection->shards[place.shard].store;
    uint32_t first = cs_store_first_passage(store, place.file);
    uint32_t count = cs_store_first_passage(store, place.file + 1) - first;
    if (x->sections != NULL && x->place.shard == place.shard && x->place.file == place.file)
        return CS_OK;
    free(x->sections);
    x->sections = calloc((size_t)count + 1, sizeof *x->sections);
    if (x->sections == NULL)
        return cs_fail_memory(error);
    x->place = place;
    x->first = first;
    x->count = count;
    for (uint32_t i = 0; i < count; i++)
        if (!cs_schema_passage_section(cs_store_passage(store, first + i), &x->sections[i]))
            return cs_fail_damaged(error, "passage %u of \"%s\" cannot be read", first + i,
                                   x->collection->shards[place.shard].index->directory);
    return CS_OK;
}

static bool make_room(const cs_extractor *x, const cs_part_asked *part, bool deep, cs_extract *r)
{
    size_t count = 0;
    for (uint32_t i = 0; i < x->count; i++)
        count += is_in(&r->file, x->sections[i], part->section, deep);
    free(r->hits);
    free(r->passages);
    r->hits = calloc(count + 1, sizeof *r->hits);
    r->passages = calloc(count + 1, sizeof *r->passages);
    return r->hits != NULL && r->passages != NULL;
}

static cs_status add_passage(cs_extractor *x, uint32_t passage, const cs_part_asked *part,
                             const cs_context *same, cs_extract *r, cs_error *error)
{
    cs_hit *hit = &r->hits[r->count];
    cs_context *c = &r->passages[r->count];
    bool gone = false;
    *hit = (cs_hit){
        .shard = x->place.shard, .passage = passage, .file = x->place.file, .path = r->file.path};
    same = r->count > 0 ? &r->passages[0] : same;
    cs_status status = cs_context_make(x->collection, x->plan, hit, same, c, error);
    if (status == CS_OK && x->check)
        status = cs_fresh_check(&x->fresh, c, &gone, error);
    if (status == CS_OK && !gone && keep(c, part))
        r->count++;
    else
        cs_context_release(c);
    return status;
}

static cs_status add_passages(cs_extractor *x, const cs_part_asked *part, bool deep,
                              const cs_context *same, cs_extract *r, cs_error *error)
{
    cs_status status = make_room(x, part, deep, r) ? CS_OK : cs_fail_memory(error);
    for (uint32_t i = 0; i < x->count && status == CS_OK; i++)
        if (is_in(&r->file, x->sections[i], part->section, deep))
            status = add_passage(x, x->first + i, part, same, r, error);
    return status;
}

void cs_extractor_release(cs_extractor *extractor)
{
    free(extractor->sections);
    cs_fresh_release(&extractor->fresh);
    *extractor = (cs_extractor){0};
}

cs_status cs_extract_make(cs_extractor *x, cs_file_place place, const cs_part_asked *part,
                          const cs_context *same, cs_extract *ret_extract, cs_error *error)
{
    cs_extract *r = ret_extract;
    const cs_shard *shard = &x->collection->shards[place.shard];
    *r = (cs_extract){.index = shard->index, .borrowed = same != NULL};
    cs_status status = learn_sections(x, place, error);
    if (same != NULL)
        r->file = same->file;
    else if (status == CS_OK)
        status = cs_schema_read_file(cs_store_file(shard->store, place.file), &r->file, error);
    if (status == CS_OK)
        status = add_passages(x, part, false, same, r, error);
    if (status == CS_OK && r->count == 0 && part->section != cs_no_parent)
        status = add_passages(x, part, true, same, r, error);
    return status;
}
