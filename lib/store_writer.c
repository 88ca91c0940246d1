/* store_writer.c - see store.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "store_format.h"

enum {
    write_chunk = 1 << 20,
    max_record = 1 << 30,
    max_keys = 10000,
    key_slots = 1 << 15, /* of a hash table of them: a power of two, sparse at max_keys */
};

typedef struct typed_value {
    uint32_t key, file;
    size_t order; /* among those of a file: as they stand there */
    cs_value value;
} typed_value;

struct cs_store_writer {
    int fd;
    char *path;
    cs_buf pending; /* not yet written */
    cs_buf record;
    uint64_t written; /* bytes in the file, without `pending` */
    cs_buf passages, files, first, forms, kinds, prints, lengths;
    cs_buf file_records; /* of files since the last settle_files */
    uint32_t settled;    /* files before them */
    uint32_t passage_count, file_count, form_count;
    uint32_t file_start; /* the first passage of the file being added */
    struct {
        cs_language *items; /* codes are the caller's */
        size_t count, cap;
    } languages;
    struct {
        char **items;
        size_t count, cap;
    } keys;
    struct {
        typed_value *items;
        size_t count, cap;
    } values; /* numbers and dates of front matter, in the order of the files */
    uint16_t key_slots[key_slots]; /* index of a key + 1, at its hash or after; 0: none */
};

static cs_status flush(cs_store_writer *w, cs_error *error)
{
    for (size_t done = 0; done < w->pending.len;) {
        ssize_t n = write(w->fd, w->pending.data + done, w->pending.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cs_fail_errno(error, CS_IO, errno, "cannot write %s", w->path);
        done += (size_t)n;
    }
    w->written += w->pending.len;
    cs_buf_clear(&w->pending);
    return CS_OK;
}

static cs_status check_buffers(const cs_store_writer *w, cs_error *error)
{
    const cs_buf *all[] = {&w->pending, &w->record, &w->passages, &w->files,   &w->first,
                           &w->forms,   &w->kinds,  &w->prints,   &w->lengths, &w->file_records};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (cs_buf_status(all[i]) == CS_MEMORY)
            return cs_fail_memory(error);
        if (cs_buf_status(all[i]) == CS_LIMIT)
            return cs_fail(error, CS_LIMIT, "%s would be too large", w->path);
    }
    return CS_OK;
}

cs_status cs_store_writer_new(const char *path, cs_store_writer **ret_writer, cs_error *error)
{
    cs_store_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return cs_fail_memory(error);
    w->fd = -1;
    cs_buf_init(&w->pending, max_record);
    cs_buf_init(&w->record, max_record);
    cs_buf_init(&w->file_records, max_record);
    cs_buf_init(&w->passages, (size_t)UINT32_MAX * 8);
    cs_buf_init(&w->files, (size_t)UINT32_MAX * 8);
    cs_buf_init(&w->first, (size_t)UINT32_MAX * 4);
    cs_buf_init(&w->forms, (size_t)UINT32_MAX * 8);
    cs_buf_init(&w->kinds, UINT32_MAX);
    cs_buf_init(&w->prints, (size_t)UINT32_MAX * cs_store_print_size);
    cs_buf_init(&w->lengths, (size_t)UINT32_MAX * cs_store_length_size);
    w->path = cs_copy_string(cs_view_of(path));
    if (w->path == NULL) {
        cs_store_writer_free(w);
        return cs_fail_memory(error);
    }
    w->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0) {
        cs_status status = cs_fail_errno(error, CS_IO, errno, "cannot create %s", path);
        cs_store_writer_free(w);
        return status;
    }
    cs_buf_add(&w->pending, CS_STORE_MAGIC, (size_t)cs_store_magic_size);
    *ret_writer = w;
    return CS_OK;
}

void cs_store_writer_free(cs_store_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    cs_buf *all[] = {&writer->pending, &writer->record,      &writer->passages, &writer->files,
                     &writer->first,   &writer->forms,       &writer->kinds,    &writer->prints,
                     &writer->lengths, &writer->file_records};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cs_buf_release(all[i]);
    for (size_t i = 0; i < writer->keys.count; i++)
        free(writer->keys.items[i]);
    free(writer->languages.items);
    free(writer->keys.items);
    free(writer->values.items);
    free(writer->path);
    free(writer);
}

static cs_status add_record(cs_store_writer *w, cs_buf *offsets, cs_error *error)
{
    cs_buf_add_u64(offsets, w->written + w->pending.len);
    cs_buf_add_sized(&w->pending, cs_buf_view(&w->record));
    cs_status status = check_buffers(w, error);
    if (status == CS_OK && w->pending.len >= write_chunk)
        status = flush(w, error);
    return status;
}

cs_status cs_store_writer_add_passage(cs_store_writer *writer, const cs_passage *passage,
                                      cs_error *error)
{
    cs_buf_clear(&writer->record);
    cs_schema_add_passage(&writer->record, passage);
    cs_buf_add_char(&writer->kinds, (char)passage->kinds);
    cs_buf_add_u64(&writer->prints, passage->print.sketch);
    cs_buf_add_u32(&writer->prints, passage->print.exact);
    uint32_t length = passage->length < UINT16_MAX ? passage->length : UINT16_MAX;
    cs_buf_add_char(&writer->lengths, (char)(length & 0xFF));
    cs_buf_add_char(&writer->lengths, (char)(length >> 8));
    writer->passage_count++;
    return add_record(writer, &writer->passages, error);
}

/* Sets *ret_number to the number of a key, or to max_keys when there are too many.
 * False without memory. */
static bool remember_key(cs_store_writer *w, cs_view key, uint32_t *ret_number)
{
    size_t slot = cs_hash(key.data, key.len) % key_slots;
    for (; w->key_slots[slot] != 0; slot = (slot + 1) % key_slots) {
        *ret_number = w->key_slots[slot] - 1u;
        if (cs_view_equal(cs_view_of(w->keys.items[*ret_number]), key))
            return true;
    }
    *ret_number = max_keys;
    if (w->keys.count >= max_keys)
        return true;
    char *copy = cs_copy_string(key);
    char **added = copy == NULL ? NULL : CS_PUSH(&w->keys);
    if (added == NULL) {
        free(copy);
        return false;
    }
    *added = copy;
    w->key_slots[slot] = (uint16_t)w->keys.count;
    *ret_number = (uint32_t)w->keys.count - 1;
    return true;
}

/* The keys of a file, and what numbers and dates it has under them. */
static bool remember_metadata(cs_store_writer *w, const cs_file *file)
{
    for (size_t i = 0; i < file->metadata.count; i++) {
        const cs_metadata *field = &file->metadata.items[i];
        uint32_t key;
        if (!remember_key(w, field->key, &key))
            return false;
        if (field->typed.type == CS_VALUE_TEXT || key == max_keys)
            continue;
        typed_value *value = CS_PUSH(&w->values);
        if (value == NULL)
            return false;
        *value = (typed_value){key, w->file_count, w->values.count, field->typed};
    }
    return true;
}

static void put_u64(char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++, value >>= 8)
        at[i] = (char)(value & 0xff);
}

/* Writes the records of files that wait, side by side: an update reads all of them,
 * and then no page of passages. */
static cs_status settle_files(cs_store_writer *w, cs_error *error)
{
    cs_status status = check_buffers(w, error);
    if (status != CS_OK)
        return status;
    for (; w->settled < w->file_count; w->settled++) {
        char *at = w->files.data + (size_t)w->settled * 8;
        put_u64(at, cs_store_u64(at) + w->written + w->pending.len);
    }
    cs_buf_add_view(&w->pending, cs_buf_view(&w->file_records));
    cs_buf_clear(&w->file_records);
    status = check_buffers(w, error);
    return status == CS_OK && w->pending.len >= write_chunk ? flush(w, error) : status;
}

cs_status cs_store_writer_end_file(cs_store_writer *writer, const cs_file *file, cs_error *error)
{
    cs_store_writer *w = writer;
    cs_buf_add_u32(&w->first, w->file_start);
    w->file_start = w->passage_count;
    if (!remember_metadata(w, file))
        return cs_fail_memory(error);
    w->file_count++;
    cs_buf_clear(&w->record);
    cs_schema_add_file(&w->record, file);
    cs_buf_add_u64(&w->files, w->file_records.len);
    cs_buf_add_sized(&w->file_records, cs_buf_view(&w->record));
    cs_status status = check_buffers(w, error);
    if (status == CS_OK && w->file_records.len >= write_chunk)
        status = settle_files(w, error);
    return status;
}

/* Numbers and dates of one file after the other, as they were added. */
static bool append_values(cs_store_writer *w, const cs_store *store)
{
    for (uint32_t k = 0; k < store->typed.count; k++) {
        uint32_t key, first = store->typed.items[k].first;
        if (!remember_key(w, store->keys.items[k], &key))
            return false;
        for (uint32_t i = 0; i < store->typed.items[k].count && key != max_keys; i++) {
            uint32_t file;
            cs_value value = cs_store_value(store, first + i, &file);
            typed_value *added = CS_PUSH(&w->values);
            if (added == NULL)
                return false;
            *added = (typed_value){key, w->file_count + file, w->values.count, value};
        }
    }
    return true;
}

cs_status cs_store_writer_append(cs_store_writer *writer, const cs_store *store, cs_error *error)
{
    cs_store_writer *w = writer;
    cs_status status = settle_files(w, error);
    if (status != CS_OK)
        return status;
    uint64_t tables = cs_store_u64(store->passages + (size_t)store->passage_count * 8);
    uint64_t end = store->form_count > 0 ? cs_store_u64(store->forms) : tables;
    uint64_t to = w->written + w->pending.len;
    if (end < (size_t)cs_store_magic_size || end > store->bytes.len)
        return cs_fail(error, CS_DAMAGED, "a part of %s cannot be read", w->path);
    for (uint32_t i = 0; i < store->passage_count; i++)
        cs_buf_add_u64(&w->passages, cs_store_u64(store->passages + (size_t)i * 8) + to -
                                         (size_t)cs_store_magic_size);
    for (uint32_t i = 0; i < store->file_count; i++) {
        cs_buf_add_u64(&w->files, cs_store_u64(store->files + (size_t)i * 8) + to -
                                      (size_t)cs_store_magic_size);
        cs_buf_add_u32(&w->first, cs_store_u32(store->first + (size_t)i * 4) + w->passage_count);
    }
    cs_buf_add(&w->kinds, store->kinds, store->passage_count);
    cs_buf_add(&w->prints, store->prints, (size_t)store->passage_count * cs_store_print_size);
    cs_buf_add(&w->lengths, store->lengths, (size_t)store->passage_count * cs_store_length_size);
    if (!append_values(w, store))
        return cs_fail_memory(error);
    w->passage_count += store->passage_count;
    w->file_count += store->file_count;
    w->file_start = w->passage_count;
    w->settled = w->file_count;
    status = flush(w, error);
    cs_buf_add(&w->pending, store->bytes.data + (size_t)cs_store_magic_size,
               (size_t)end - (size_t)cs_store_magic_size);
    if (status == CS_OK)
        status = check_buffers(w, error);
    return status == CS_OK ? flush(w, error) : status;
}

cs_status cs_store_writer_add_language(cs_store_writer *writer, cs_view code, cs_error *error)
{
    cs_language *language = CS_PUSH(&writer->languages);
    if (language == NULL)
        return cs_fail_memory(error);
    *language = (cs_language){code, writer->form_count, 0};
    return settle_files(writer, error); /* forms are the last records */
}

cs_status cs_store_writer_add_form(cs_store_writer *writer, cs_view stem, cs_view form,
                                   cs_error *error)
{
    cs_buf_clear(&writer->record);
    cs_buf_add_sized(&writer->record, stem);
    cs_buf_add_view(&writer->record, form);
    writer->form_count++;
    writer->languages.items[writer->languages.count - 1].count++;
    return add_record(writer, &writer->forms, error);
}

uint32_t cs_store_writer_passages(const cs_store_writer *writer)
{
    return writer->passage_count;
}

uint32_t cs_store_writer_files(const cs_store_writer *writer)
{
    return writer->file_count;
}

static int compare_values(const void *a, const void *b)
{
    const typed_value *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static void add_values(cs_store_writer *w)
{
    if (w->values.count > 1)
        qsort(w->values.items, w->values.count, sizeof *w->values.items, compare_values);
    for (size_t i = 0; i < w->values.count; i++) {
        cs_schema_add_value(&w->pending, &w->values.items[i].value);
        cs_buf_add_u32(&w->pending, w->values.items[i].file);
    }
}

static void add_keys(cs_store_writer *w)
{
    size_t next = 0;
    cs_buf_add_varint(&w->pending, w->keys.count);
    for (size_t i = 0; i < w->keys.count; i++) {
        size_t first = next;
        while (next < w->values.count && w->values.items[next].key == i)
            next++;
        cs_buf_add_sized(&w->pending, cs_view_of(w->keys.items[i]));
        cs_buf_add_varint(&w->pending, next - first);
    }
}

static void add_facts(cs_store_writer *w)
{
    cs_buf_add_varint(&w->pending, w->languages.count);
    for (size_t i = 0; i < w->languages.count; i++) {
        cs_buf_add_sized(&w->pending, w->languages.items[i].code);
        cs_buf_add_varint(&w->pending, w->languages.items[i].first);
        cs_buf_add_varint(&w->pending, w->languages.items[i].count);
    }
    add_keys(w);
}

cs_status cs_store_writer_finish(cs_store_writer *writer, bool sync, cs_error *error)
{
    cs_store_writer *w = writer;
    cs_status status = settle_files(w, error);
    uint64_t tables = w->written + w->pending.len;
    cs_buf_add_u64(&w->passages, tables);
    cs_buf_add_u64(&w->files, tables);
    cs_buf_add_u32(&w->first, w->passage_count);
    cs_buf_add_view(&w->pending, cs_buf_view(&w->passages));
    cs_buf_add_view(&w->pending, cs_buf_view(&w->files));
    cs_buf_add_view(&w->pending, cs_buf_view(&w->first));
    cs_buf_add_view(&w->pending, cs_buf_view(&w->forms));
    cs_buf_add_view(&w->pending, cs_buf_view(&w->kinds));
    cs_buf_add_view(&w->pending, cs_buf_view(&w->prints));
    cs_buf_add_view(&w->pending, cs_buf_view(&w->lengths));
    add_values(w);
    uint64_t facts = w->written + w->pending.len;
    add_facts(w);
    cs_buf_add_u64(&w->pending, tables);
    cs_buf_add_u64(&w->pending, facts);
    cs_buf_add_u32(&w->pending, w->passage_count);
    cs_buf_add_u32(&w->pending, w->file_count);
    cs_buf_add_u32(&w->pending, w->form_count);
    cs_buf_add_u32(&w->pending, cs_format_version);
    cs_buf_add(&w->pending, CS_STORE_END, (size_t)cs_store_end_size);
    if (status == CS_OK)
        status = check_buffers(w, error);
    if (status == CS_OK)
        status = flush(w, error);
    if (status == CS_OK && sync && fsync(w->fd) != 0)
        status = cs_fail_errno(error, CS_IO, errno, "cannot sync %s", w->path);
    int fd = w->fd;
    w->fd = -1;
    if (close(fd) != 0 && status == CS_OK)
        status = cs_fail_errno(error, CS_IO, errno, "cannot close %s", w->path);
    return status;
}
