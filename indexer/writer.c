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
#include "index.h"
#include "passage.h"

struct cs_segment_writer {
    char *directory;
    char name[cs_segment_name + 1];
    cs_store_writer *store;
    cs_document_maker *maker;
    xc_writer *batch; /* NULL between batches */
    uint32_t in_batch;
    struct {
        char **items;
        size_t count, cap;
    } batches;
    bool finished;
};

void cs_remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
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
    CS_SCOPED(cs_buf) path = {0};
    if (status == CS_OK)
        status = path_of(w, CS_STORE_SUFFIX, &path, error);
    if (status == CS_OK)
        status = cs_store_writer_new(path.data, &w->store, error);
    if (status == CS_OK)
        status = cs_document_maker_new(&w->maker, error);
    if (status != CS_OK) {
        cs_segment_writer_free(w);
        return status;
    }
    *ret_writer = w;
    return CS_OK;
}

static void remove_batches(cs_segment_writer *w)
{
    for (size_t i = 0; i < w->batches.count; i++) {
        cs_remove_tree(w->batches.items[i]);
        free(w->batches.items[i]);
    }
    w->batches.count = 0;
}

void cs_segment_writer_free(cs_segment_writer *writer)
{
    if (writer == NULL)
        return;
    xc_writer_free(writer->batch);
    cs_document_maker_free(writer->maker);
    bool had_store = writer->store != NULL;
    cs_store_writer_free(writer->store);
    remove_batches(writer);
    free(writer->batches.items);
    CS_SCOPED(cs_buf) store = {0};
    CS_SCOPED(cs_buf) db = {0};
    if (had_store && !writer->finished && path_of(writer, CS_STORE_SUFFIX, &store, NULL) == CS_OK)
        unlink(store.data);
    if (had_store && !writer->finished && path_of(writer, CS_DB_SUFFIX, &db, NULL) == CS_OK)
        unlink(db.data);
    free(writer->directory);
    free(writer);
}

/* ---- adding ------------------------------------------------------------------------ */

static cs_status begin_batch(cs_segment_writer *w, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_buf_addf(&path, "%s/%s%s-%zu", w->directory, CS_ASIDE_PREFIX, w->name, w->batches.count);
    char **item = cs_buf_status(&path) == CS_OK ? CS_PUSH(&w->batches) : NULL;
    if (item == NULL)
        return cs_fail_memory(error);
    *item = path.data;
    path = (cs_buf){0};
    xc_error failure;
    if (xc_writer_create(*item, XC_WRITER_NO_TERMLIST | XC_WRITER_NO_SYNC, &w->batch, &failure) !=
        XC_OK)
        return cs_index_fail(error, &failure, "cannot write the index");
    w->in_batch = 0;
    return CS_OK;
}

static cs_status end_batch(cs_segment_writer *w, cs_error *error)
{
    if (w->batch == NULL)
        return CS_OK;
    xc_error failure;
    if (xc_writer_commit(w->batch, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot write the index");
    xc_writer_free(w->batch);
    w->batch = NULL;
    return CS_OK;
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
    passage->file = cs_store_writer_files(w->store);
    status = cs_store_writer_add_passage(w->store, passage, error);
    if (status == CS_OK && ++w->in_batch >= cs_batch_documents)
        status = end_batch(w, error);
    return status;
}

cs_status cs_segment_writer_add(cs_segment_writer *writer, const cs_study *study, cs_error *error)
{
    cs_passages passages = {.study = study};
    bool first = true;
    for (bool found = study->file.state == CS_FILE_READ; found; first = false) {
        CS_SCOPED(cs_passage) passage = {0};
        cs_status status = cs_passages_next(&passages, &passage, &found, error);
        if (status == CS_OK && found)
            status = add_passage(writer, &study->file, &passage, first, error);
        if (status != CS_OK)
            return status;
    }
    return cs_store_writer_end_file(writer->store, &study->file, error);
}

uint32_t cs_segment_writer_passages(const cs_segment_writer *writer)
{
    return cs_store_writer_passages(writer->store);
}

/* ---- finishing ---------------------------------------------------------------------- */

static cs_status sync_file(const char *path, cs_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        int code = errno;
        if (fd >= 0)
            close(fd);
        return cs_fail_errno(error, CS_IO, code, "cannot sync %s", path);
    }
    close(fd);
    return CS_OK;
}

static cs_status compact(cs_segment_writer *w, const char *path, cs_error *error)
{
    xc_error failure;
    cs_status status = CS_OK;
    if (w->batches.count == 0) /* a segment of files without passages */
        status = begin_batch(w, error);
    if (status == CS_OK)
        status = end_batch(w, error);
    if (status != CS_OK)
        return status;
    if (xc_compact((const char *const *)w->batches.items, w->batches.count, path, true, &failure) !=
        XC_OK)
        return cs_index_fail(error, &failure, "cannot write the index");
    remove_batches(w);
    return sync_file(path, error);
}

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

cs_status cs_segment_writer_finish(cs_segment_writer *writer, cs_segment *ret_segment,
                                   cs_error *error)
{
    cs_segment_writer *w = writer;
    CS_SCOPED(cs_buf) db = {0};
    CS_SCOPED(cs_buf) store = {0};
    cs_segment segment = {
        .passages = cs_store_writer_passages(w->store),
        .files = cs_store_writer_files(w->store),
    };
    memcpy(segment.name, w->name, sizeof segment.name);
    cs_status status = path_of(w, CS_DB_SUFFIX, &db, error);
    if (status == CS_OK)
        status = path_of(w, CS_STORE_SUFFIX, &store, error);
    if (status == CS_OK)
        status = compact(w, db.data, error);
    if (status == CS_OK)
        status = check_count(db.data, segment.passages, error);
    if (status == CS_OK)
        status = cs_document_store_forms(w->maker, w->store, error);
    if (status == CS_OK)
        status = cs_store_writer_finish(w->store, error);
    if (status == CS_OK)
        status = cs_part_measure(db.data, &segment.db, error);
    if (status == CS_OK)
        status = cs_part_measure(store.data, &segment.store, error);
    if (status != CS_OK)
        return status;
    w->finished = true;
    *ret_segment = segment;
    return CS_OK;
}
