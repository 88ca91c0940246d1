/* index.c - see index.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"
#include "place.h"

cs_status cs_index_fail(cs_error *error, const xc_error *failure, const char *what)
{
    cs_status status = CS_IO;
    switch (failure->status) {
    case XC_OK:
        return CS_OK;
    case XC_LOCKED:
        status = CS_LOCKED;
        break;
    case XC_MEMORY:
        return cs_fail_memory(error);
    case XC_CORRUPT:
    case XC_NOT_FOUND:
    case XC_MODIFIED:
        status = CS_DAMAGED;
        break;
    case XC_VERSION:
        status = CS_FORMAT;
        break;
    default:
        break;
    }
    cs_fail(error, status, "%s: %s", what, failure->message);
    if (status == CS_DAMAGED || status == CS_FORMAT)
        cs_hint(error, "build the index anew with caseindex --rebuild");
    return status;
}

/* Opens a file of an index, if it is one to be trusted. */
static cs_status open_file(const char *path, int *ret_fd, struct stat *ret_st, cs_error *error)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ELOOP)
        return cs_fail(error, CS_REFUSED, "%s is a symbolic link", path);
    if (fd < 0 || fstat(fd, &st) != 0) {
        cs_status status = errno == ENOENT ? CS_GONE : CS_IO;
        cs_fail_errno(error, status, errno, "cannot read %s", path);
        if (fd >= 0)
            close(fd);
        return status;
    }
    if (cs_place_fault(&st) != NULL) {
        close(fd);
        return cs_fail(error, CS_REFUSED, "%s %s", path, cs_place_fault(&st));
    }
    *ret_fd = fd;
    *ret_st = st;
    return CS_OK;
}

cs_status cs_part_measure(const char *path, cs_part *ret_part, cs_error *error)
{
    int fd = -1;
    struct stat st;
    uint64_t size, sum;
    cs_status status = open_file(path, &fd, &st, error);
    if (status != CS_OK)
        return status;
    status = cs_hash_file(fd, path, &sum, &size, error);
    if (status == CS_OK && fstat(fd, &st) != 0)
        status = cs_fail_errno(error, CS_IO, errno, "cannot read %s", path);
    close(fd);
    if (status == CS_OK)
        *ret_part = (cs_part){sum, cs_stamp_of(&st)};
    return status;
}

static cs_status damaged(const char *path, cs_error *error)
{
    cs_fail(error, CS_DAMAGED, "the index is damaged: %s is not what was written", path);
    cs_hint(error, "build it anew with caseindex --rebuild");
    return CS_DAMAGED;
}

/* Opens a file of a segment and makes sure that it is what was published. */
static cs_status open_part(cs_index *index, const cs_segment *segment, const char *suffix,
                           cs_part *part, unsigned flags, int *ret_fd, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_segment_path(&path, index->directory, segment, suffix);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    int fd = -1;
    struct stat st;
    cs_status status = open_file(path.data, &fd, &st, error);
    if (status != CS_OK)
        return status;
    cs_stamp now = cs_stamp_of(&st);
    if (status == CS_OK && ((flags & CS_INDEX_CHECK) || !cs_stamp_equal(&now, &part->stamp))) {
        uint64_t sum = 0, size = 0;
        status = cs_hash_file(fd, path.data, &sum, &size, error);
        if (status == CS_OK && (sum != part->checksum || size != part->stamp.size))
            status = damaged(path.data, error);
        part->stamp = now;
        index->verified = true;
    }
    if (status != CS_OK) {
        close(fd);
        return status;
    }
    *ret_fd = fd;
    return CS_OK;
}

static cs_status open_store(cs_index *index, size_t i, unsigned flags, cs_error *error)
{
    cs_segment *segment = &index->manifest.segments.items[i];
    int fd;
    cs_status status =
        open_part(index, segment, CS_STORE_SUFFIX, &segment->store, flags, &fd, error);
    if (status != CS_OK)
        return status;
    status = cs_store_open(fd, segment->name, &index->stores[i], error);
    close(fd);
    if (status == CS_DAMAGED || status == CS_FORMAT)
        cs_hint(error, "build the index anew with caseindex --rebuild");
    if (status != CS_OK)
        return status;
    if (index->stores[i].bytes.len !=
            segment->store.stamp.size || /* cut short since it was checked */
        index->stores[i].passage_count != segment->passages ||
        index->stores[i].file_count != segment->files)
        return damaged(segment->name, error);
    for (size_t d = 0; d < segment->dead.count; d++) {
        uint32_t file = segment->dead.items[d];
        uint32_t passages = cs_store_first_passage(&index->stores[i], file + 1) -
                            cs_store_first_passage(&index->stores[i], file);
        segment->dead_passages += passages;
        segment->dead_studies += passages > 0;
    }
    return CS_OK;
}

static cs_status open_databases(cs_index *index, unsigned flags, cs_error *error)
{
    for (size_t i = 0; i < index->manifest.segments.count; i++) {
        cs_segment *segment = &index->manifest.segments.items[i];
        cs_status status = open_part(index, segment, CS_DB_SUFFIX, &segment->db, flags,
                                     &index->databases[i], error);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

static cs_status open_once(const char *directory, unsigned flags, cs_index *index, cs_error *error)
{
    *index = (cs_index){0};
    for (size_t i = 0; i < cs_max_segments; i++)
        index->databases[i] = -1;
    index->directory = cs_copy_string(cs_view_of(directory));
    if (index->directory == NULL)
        return cs_fail_memory(error);
    cs_status status = cs_manifest_read(directory, &index->manifest, error);
    if (status == CS_OK && index->manifest.segments.count > cs_max_segments)
        status = damaged(directory, error);
    for (size_t i = 0; status == CS_OK && i < index->manifest.segments.count; i++)
        status = open_store(index, i, flags, error);
    if (status == CS_OK && (flags & CS_INDEX_DATABASE))
        status = open_databases(index, flags, error);
    return status;
}

static bool same_segments(const cs_manifest *a, const cs_manifest *b)
{
    bool same = a->segments.count == b->segments.count;
    for (size_t i = 0; same && i < a->segments.count; i++)
        same = strcmp(a->segments.items[i].name, b->segments.items[i].name) == 0;
    return same;
}

cs_status cs_index_open(const char *directory, unsigned flags, cs_index *ret_index, cs_error *error)
{
    cs_status status = open_once(directory, flags, ret_index, error);
    bool same = false;
    for (int i = 0; status == CS_GONE && !same && i < cs_max_reopen; i++) {
        CS_SCOPED(cs_manifest) before = ret_index->manifest;
        ret_index->manifest = (cs_manifest){0};
        cs_index_release(ret_index);
        status = open_once(directory, flags, ret_index, error);
        same = same_segments(&before, &ret_index->manifest);
    }
    if (status == CS_GONE) {
        if (error != NULL)
            error->status = CS_DAMAGED;
        cs_hint(error, "build the index anew with caseindex --rebuild");
        status = CS_DAMAGED;
    }
    return status;
}

/* The stores and descriptors are those that were opened; a writer may have
 * changed the segments of its manifest since. */
void cs_index_release(cs_index *index)
{
    for (size_t i = 0; i < cs_max_segments; i++) {
        cs_store_release(&index->stores[i]);
        if (index->directory != NULL && index->databases[i] >= 0)
            close(index->databases[i]);
    }
    cs_manifest_release(&index->manifest);
    free(index->directory);
    *index = (cs_index){0};
}

uint64_t cs_index_study_count(const cs_index *index)
{
    uint64_t count = 0;
    for (size_t i = 0; i < index->manifest.segments.count; i++) {
        const cs_segment *segment = &index->manifest.segments.items[i];
        count += segment->studies - segment->dead_studies;
    }
    return count;
}
