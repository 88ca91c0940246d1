/* check.c - see check.h. Documents come in order, so those of one file follow each
 * other: the file that was read last is kept, and what its last section said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "cited.h"
#include "glance.h"

struct cs_check {
    const cs_collection *collection;
    cs_pattern pattern;
    cs_check_where where;
    cs_file file; /* the last one that was read */
    size_t shard;
    uint32_t number;
    bool have_file;
    uint32_t section; /* the last one asked about, and the answer */
    bool have_section, in_trail;
    char room[1 << 12], file_room[1 << 12]; /* for records */
};

cs_check *cs_check_new(const cs_collection *collection, const cs_pattern *pattern,
                       cs_check_where where)
{
    cs_check *check = calloc(1, sizeof *check);
    if (check == NULL)
        return NULL;
    check->collection = collection;
    check->where = where;
    if (cs_pattern_copy(pattern, &check->pattern))
        return check;
    cs_check_free(check);
    return NULL;
}

void cs_check_free(cs_check *check)
{
    if (check == NULL)
        return;
    cs_pattern_release(&check->pattern);
    cs_file_release(&check->file);
    free(check);
}

static bool is_in_text(const cs_check *check, cs_view text)
{
    cs_glance seen = cs_glance_at(&check->pattern, text);
    return seen == CS_GLANCE_UNSURE ? cs_pattern_is_in(&check->pattern, text)
                                    : seen == CS_GLANCE_YES;
}

static bool read_file(cs_check *check, size_t shard, uint32_t number)
{
    if (check->have_file && check->shard == shard && check->number == number)
        return true;
    cs_file_release(&check->file);
    check->have_section = false;
    check->shard = shard;
    check->number = number;
    cs_view record = cs_store_read_file(check->collection->shards[shard].store, number,
                                        check->file_room, sizeof check->file_room);
    cs_status status = check->where == CS_IN_SOURCES
                           ? cs_schema_read_file(record, &check->file, NULL)
                           : cs_schema_read_headings(record, &check->file, NULL);
    check->have_file = status == CS_OK;
    return check->have_file;
}

static bool is_in_trail(cs_check *check, uint32_t section)
{
    cs_view trail[cs_max_trail];
    if (check->have_section && check->section == section)
        return check->in_trail;
    size_t depth = cs_file_trail(&check->file, section, trail);
    check->have_section = true;
    check->section = section;
    check->in_trail = false;
    for (size_t i = check->where == CS_IN_HEADINGS ? 1 : 0; i < depth && !check->in_trail; i++)
        check->in_trail = is_in_text(check, trail[i]);
    return check->in_trail;
}

/* Whether one source of the passage has it all. */
static bool is_in_sources(cs_check *check, size_t shard, uint32_t file, cs_view record)
{
    CS_SCOPED(cs_passage) passage = {0};
    bool found = false;
    if (cs_schema_read_passage(record, &passage, NULL) != CS_OK || !read_file(check, shard, file))
        return false;
    cs_cited cited = {.pattern = check->pattern}; /* borrowed */
    for (size_t i = 0; i < passage.marks.count && !found; i++) {
        uint32_t source = passage.marks.items[i].source;
        found = source < check->file.sources.count &&
                cs_cited_is(&cited, &check->file.sources.items[source]);
    }
    return found;
}

bool cs_check_accept(void *context, size_t shard, uint32_t docid, uint32_t *next)
{
    cs_check *check = context;
    (void)next; /* where the pattern is next, only a look can tell */
    const cs_store *store = check->collection->shards[shard].store;
    cs_view record = cs_store_read_passage(store, docid - 1, check->room, sizeof check->room);
    if (check->where == CS_IN_SOURCES)
        return is_in_sources(check, shard, cs_store_file_of(store, docid - 1), record);
    if (check->where == CS_IN_TEXT && is_in_text(check, cs_schema_passage_text(record)))
        return true;
    uint32_t section;
    return cs_schema_passage_section(record, &section) &&
           read_file(check, shard, cs_store_file_of(store, docid - 1)) &&
           is_in_trail(check, section);
}
