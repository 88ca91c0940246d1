/* writer.c - see writer.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document.h"
#include "forms.h"
#include "index.h"
#include "limit.h"
#include "passage.h"

struct cs_segment_writer {
    char *directory;
    char name[cs_segment_name + 1];
    cs_document_maker *maker;
    cs_store_writer *store; /* of the chunk at hand; NULL between chunks */
    xc_writer *batch;       /* NULL between batches */
    uint32_t in_batch;
    cs_chunk chunk;
    bool finished;
};

void cs_remove_tree(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) { /* a file, or a link: what that names is not ours */
        unlink(path);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(path);
}

static cs_status path_of(const cs_segment_writer *w, const char *suffix, cs_buf *out,
                         cs_error *error)
{
    cs_buf_init(out, 1 << 16);
    cs_buf_addf(out, "%s/%s%s", w->directory, w->name, suffix);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

static cs_status choose_name(cs_segment_writer *w, cs_error *error)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return cs_fail_errno(error, CS_IO, errno, "cannot get a random name");
    snprintf(w->name, sizeof w->name, "%016" PRIx64, random);
    return CS_OK;
}

cs_status cs_segment_writer_new(const char *directory, cs_segment_writer **ret_writer,
                                cs_error *error)
{
    cs_segment_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return cs_fail_memory(error);
    w->directory = cs_copy_string(cs_view_of(directory));
    cs_status status = w->directory == NULL ? cs_fail_memory(error) : choose_name(w, error);
    if (status == CS_OK)
        status = cs_document_maker_new(&w->maker, error);
    if (status != CS_OK) {
        cs_segment_writer_free(w);
        return status;
    }
    *ret_writer = w;
    return CS_OK;
}

/* Removes all that begins with a name: of one chunk, or of all. */
static void remove_aside(const cs_segment_writer *w, const char *name)
{
    DIR *dir = opendir(w->directory);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, name, strlen(name)) != 0)
            continue;
        CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
        cs_buf_addf(&path, "%s/%s", w->directory, entry->d_name);
        if (cs_buf_status(&path) == CS_OK)
            cs_remove_tree(path.data);
    }
    if (dir != NULL)
        closedir(dir);
}

void cs_segment_writer_free(cs_segment_writer *writer)
{
    if (writer == NULL)
        return;
    xc_writer_free(writer->batch);
    cs_document_maker_free(writer->maker);
    cs_store_writer_free(writer->store);
    if (writer->directory != NULL && writer->name[0] != '\0') {
        char aside[cs_segment_name + 16];
        snprintf(aside, sizeof aside, "%s%s-", CS_ASIDE_PREFIX, writer->name);
        remove_aside(writer, aside);
        if (!writer->finished)
            remove_aside(writer, writer->name);
    }
    free(writer->directory);
    free(writer);
}

/* ---- chunks ------------------------------------------------------------------------ */

/* Of a chunk: its store, or one of its databases. */
static cs_status chunk_path(const cs_segment_writer *w, uint32_t chunk, const char *what,
                            cs_buf *out, cs_error *error)
{
    cs_buf_init(out, 1 << 16);
    cs_buf_addf(out, "%s/%s%s-%u-%s", w->directory, CS_ASIDE_PREFIX, w->name, chunk, what);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

static cs_status batch_path(const cs_segment_writer *w, uint32_t chunk, uint32_t batch, cs_buf *out,
                            cs_error *error)
{
    char number[16];
    snprintf(number, sizeof number, "%u", batch);
    return chunk_path(w, chunk, number, out, error);
}

cs_status cs_segment_writer_begin_chunk(cs_segment_writer *writer, uint32_t number, cs_error *error)
{
    cs_segment_writer *w = writer;
    CS_SCOPED(cs_buf) path = {0};
    char left[cs_segment_name + 32];
    snprintf(left, sizeof left, "%s%s-%u-", CS_ASIDE_PREFIX, w->name, number);
    remove_aside(w, left);
    w->chunk = (cs_chunk){.number = number};
    cs_status status = chunk_path(w, number, "store", &path, error);
    return status == CS_OK ? cs_store_writer_new(path.data, &w->store, error) : status;
}

/* ---- adding ------------------------------------------------------------------------ */

static cs_status begin_batch(cs_segment_writer *w, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};
    cs_status status = batch_path(w, w->chunk.number, w->chunk.batches, &path, error);
    if (status != CS_OK)
        return status;
    xc_error failure;
    if (xc_writer_create(path.data, XC_WRITER_NO_TERMLIST | XC_WRITER_NO_SYNC, &w->batch,
                         &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot write the index");
    w->chunk.batches++;
    w->in_batch = 0;
    return CS_OK;
}

static cs_status end_batch(cs_segment_writer *w, cs_error *error)
{
    if (w->batch == NULL)
        return CS_OK;
    xc_error failure;
    cs_limit_pause(); /* it is of many files */
    xc_status status = xc_writer_commit(w->batch, &failure);
    if (status == XC_OK) {
        xc_writer_free(w->batch);
        w->batch = NULL;
    }
    cs_limit_resume();
    return status == XC_OK ? CS_OK : cs_index_fail(error, &failure, "cannot write the index");
}

static cs_status add_passage(cs_segment_writer *w, const cs_file *file, cs_passage *passage,
                             bool first, cs_error *error)
{
    cs_status status = CS_OK;
    if (w->batch == NULL)
        status = begin_batch(w, error);
    xc_document *document = NULL;
    if (status == CS_OK)
        status = cs_document_make(w->maker, file, passage, first, &document, error);
    if (status != CS_OK)
        return status;
    xc_error failure;
    uint32_t docid;
    if (xc_writer_add(w->batch, document, &docid, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot write the index");
    status = cs_store_writer_add_passage(w->store, passage, error);
    if (status == CS_OK && ++w->in_batch >= cs_batch_documents)
        status = end_batch(w, error);
    return status;
}

cs_status cs_segment_writer_add(cs_segment_writer *writer, const cs_study *study, cs_error *error)
{
    cs_passages passages = {.study = study};
    bool first = true;
    uint32_t before = cs_store_writer_passages(writer->store);
    for (bool found = study->file.state == CS_FILE_READ; found; first = false) {
        CS_SCOPED(cs_passage) passage = {0};
        cs_status status = cs_passages_next(&passages, &passage, &found, error);
        if (status == CS_OK && found)
            status = add_passage(writer, &study->file, &passage, first, error);
        if (status != CS_OK)
            return status;
    }
    writer->chunk.studies += cs_store_writer_passages(writer->store) > before;
    return cs_store_writer_end_file(writer->store, &study->file, error);
}

cs_status cs_segment_writer_end_chunk(cs_segment_writer *writer, cs_chunk *ret_chunk,
                                      cs_error *error)
{
    cs_segment_writer *w = writer;
    cs_status status = end_batch(w, error);
    if (status == CS_OK)
        status = cs_document_store_forms(w->maker, w->store, error);
    if (status == CS_OK)
        status = cs_store_writer_finish(w->store, false, error);
    if (status != CS_OK)
        return status;
    w->chunk.files = cs_store_writer_files(w->store);
    w->chunk.passages = cs_store_writer_passages(w->store);
    cs_store_writer_free(w->store);
    w->store = NULL;
    *ret_chunk = w->chunk;
    return CS_OK;
}

/* ---- joining the databases --------------------------------------------------------- */

typedef struct paths {
    char **items;
    size_t count, cap;
} paths;

static void paths_release(paths *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->items[i]);
    free(p->items);
}

/* The databases of all chunks, in order. */
static cs_status list_batches(cs_segment_writer *w, const cs_chunk *chunks, size_t count,
                              paths *batches, cs_error *error)
{
    for (size_t i = 0; i < count; i++)
        for (uint32_t batch = 0; batch < chunks[i].batches; batch++) {
            CS_SCOPED(cs_buf) path = {0};
            cs_status status = batch_path(w, chunks[i].number, batch, &path, error);
            char **item = status == CS_OK ? CS_PUSH(batches) : NULL;
            if (item == NULL)
                return cs_fail_memory(error);
            *item = path.data;
            path = (cs_buf){0};
        }
    return CS_OK;
}

static cs_status compact(cs_segment_writer *w, const cs_chunk *chunks, size_t count,
                         const char *destination, cs_error *error)
{
    xc_error failure;
    CS_SCOPED(paths) batches = {0};
    cs_chunk empty = {.number = UINT32_MAX, .batches = 1};
    cs_status status = list_batches(w, chunks, count, &batches, error);
    if (status == CS_OK && batches.count == 0) {
        w->chunk = (cs_chunk){.number = empty.number};
        status = begin_batch(w, error);
        if (status == CS_OK)
            status = end_batch(w, error);
        if (status == CS_OK)
            status = list_batches(w, &empty, 1, &batches, error);
    }
    if (status == CS_OK && xc_compact((const char *const *)batches.items, batches.count,
                                      destination, true, &failure) != XC_OK)
        status = cs_index_fail(error, &failure, "cannot write the index");
    return status;
}

/* ---- joining the stores ------------------------------------------------------------ */

/* Appends the store of a chunk, and lets go of it. */
static cs_status append_store(const cs_segment_writer *w, uint32_t chunk, cs_store_writer *store,
                              cs_forms *forms, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};
    CS_SCOPED(cs_store) part = {0};
    cs_status status = chunk_path(w, chunk, "store", &path, error);
    if (status != CS_OK)
        return status;
    int fd = open(path.data, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", path.data);
    status = cs_store_open(fd, path.data, &part, error);
    close(fd);
    if (status == CS_OK)
        status = cs_store_writer_append(store, &part, error);
    return status == CS_OK ? cs_forms_add(forms, &part, error) : status;
}

static cs_status join_stores(const cs_segment_writer *w, const cs_chunk *chunks, size_t count,
                             const char *destination, cs_error *error)
{
    cs_store_writer *store = NULL;
    cs_forms *forms = NULL;
    cs_status status = cs_forms_new(&forms, error);
    if (status == CS_OK)
        status = cs_store_writer_new(destination, &store, error);
    for (size_t i = 0; i < count && status == CS_OK; i++)
        status = append_store(w, chunks[i].number, store, forms, error);
    if (status == CS_OK)
        status = cs_forms_write(forms, store, error);
    if (status == CS_OK)
        status = cs_store_writer_finish(store, true, error);
    cs_store_writer_free(store);
    cs_forms_free(forms);
    return status;
}

/* ---- finishing --------------------------------------------------------------------- */

/* That the database holds a document for each passage. */
static cs_status check_count(const char *path, uint32_t passages, cs_error *error)
{
    xc_error failure = {XC_OK, "", ""};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", path);
    xc_database *database = NULL;
    uint32_t count = 0;
    if (xc_database_open(&fd, 1, &database, &failure) == XC_OK)
        xc_database_doc_count(database, &count, &failure);
    xc_database_free(database);
    close(fd);
    if (failure.status != XC_OK)
        return cs_index_fail(error, &failure, "cannot read back the index");
    if (count != passages)
        return cs_fail(error, CS_DAMAGED, "%s holds %u documents of %u", path, count, passages);
    return CS_OK;
}

static uint32_t passages_of(const cs_chunk *chunks, size_t count)
{
    uint32_t passages = 0;
    for (size_t i = 0; i < count; i++)
        passages += chunks[i].passages;
    return passages;
}

cs_status cs_segment_writer_join_databases(cs_segment_writer *writer, const cs_chunk *chunks,
                                           size_t count, cs_part *ret_db, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};
    cs_status status = path_of(writer, CS_DB_SUFFIX, &path, error);
    if (status == CS_OK) {
        remove_aside(writer,
                     path.data + strlen(writer->directory) + 1); /* of one that was killed */
        status = compact(writer, chunks, count, path.data, error);
    }
    if (status == CS_OK)
        status = check_count(path.data, passages_of(chunks, count), error);
    return status == CS_OK ? cs_part_measure(path.data, ret_db, error) : status;
}

cs_status cs_segment_writer_join_stores(cs_segment_writer *writer, const cs_chunk *chunks,
                                        size_t count, cs_part *ret_store, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};
    cs_status status = path_of(writer, CS_STORE_SUFFIX, &path, error);
    if (status == CS_OK) {
        remove_aside(writer,
                     path.data + strlen(writer->directory) + 1); /* of one that was killed */
        status = join_stores(writer, chunks, count, path.data, error);
    }
    return status == CS_OK ? cs_part_measure(path.data, ret_store, error) : status;
}

void cs_segment_writer_finish(cs_segment_writer *writer, const cs_chunk *chunks, size_t count,
                              const cs_part *db, const cs_part *store, cs_segment *ret_segment)
{
    cs_segment segment = {.passages = passages_of(chunks, count), .db = *db, .store = *store};
    for (size_t i = 0; i < count; i++) {
        segment.files += chunks[i].files;
        segment.studies += chunks[i].studies;
    }
    memcpy(segment.name, writer->name, sizeof segment.name);
    writer->finished = true;
    *ret_segment = segment;
}
