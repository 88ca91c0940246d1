/* store.c - see store.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"

static const char magic[8] = {'C', 'S', 'S', 'T', 'O', 'R', 'E', '1'};
static const char end_magic[4] = {'C', 'S', 'E', 'N'};
enum {
    footer_size = 8 + 8 + 4 + 4 + 4 + 4 + 4,
    print_size = 8 + 4,
    write_chunk = 1 << 20,
    max_record = 1 << 30,
    max_keys = 10000,
    key_slots = 1 << 15, /* of a hash table of them: a power of two, sparse at max_keys */
    value_size = cs_schema_value_size + 4
};

/* ---- reading ----------------------------------------------------------------- */

void cs_views_release(cs_views *views)
{
    free(views->items);
    *views = (cs_views){0};
}

void cs_store_release(cs_store *store)
{
    free(store->languages.items);
    cs_views_release(&store->keys);
    free(store->typed.items);
    if (store->bytes.len > 0)
        munmap((void *)(uintptr_t)store->bytes.data, store->bytes.len);
    *store = (cs_store){0};
}

static uint64_t u64_at(const char *at)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

static uint32_t u32_at(const char *at)
{
    return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8 |
           (uint32_t)(unsigned char)at[2] << 16 | (uint32_t)(unsigned char)at[3] << 24;
}

/* `values`: how many numbers and dates the table has, of all keys. */
static bool read_keys(cs_reader *in, cs_store *store, uint64_t values)
{
    uint32_t count = cs_read_count(in), first = 0;
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        cs_view *key = CS_PUSH(&store->keys);
        cs_typed_key *typed = key == NULL ? NULL : CS_PUSH(&store->typed);
        if (typed == NULL)
            return false;
        *key = cs_read_sized(in);
        *typed = (cs_typed_key){first, cs_read_varint32(in)};
        if (typed->count > values - first)
            return false;
        first += typed->count;
    }
    return !in->failed && first == values;
}

static bool read_languages(cs_reader *in, cs_store *store)
{
    uint32_t count = cs_read_count(in);
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        cs_language *language = CS_PUSH(&store->languages);
        if (language == NULL)
            return false;
        language->code = cs_read_sized(in);
        language->first = cs_read_varint32(in);
        language->count = cs_read_varint32(in);
        if ((uint64_t)language->first + language->count > store->form_count)
            in->failed = true;
    }
    return !in->failed;
}

/* Sets the tables from the footer; false when they cannot be right. */
static bool find_tables(cs_store *store)
{
    cs_view all = store->bytes;
    const char *footer = all.data + all.len - footer_size;
    uint64_t tables = u64_at(footer), facts = u64_at(footer + 8);
    store->passage_count = u32_at(footer + 16);
    store->file_count = u32_at(footer + 20);
    store->form_count = u32_at(footer + 24);
    uint64_t need = ((uint64_t)store->passage_count + 1) * 8 +
                    ((uint64_t)store->file_count + 1) * (8 + 4) + (uint64_t)store->form_count * 8 +
                    (uint64_t)store->passage_count * (1 + print_size);
    uint64_t end = all.len - footer_size;
    if (tables > end || facts > end || facts < tables || facts - tables < need)
        return false;
    uint64_t values = facts - tables - need;
    if (values % value_size != 0 || values / value_size > UINT32_MAX)
        return false;
    store->passages = all.data + tables;
    store->files = store->passages + ((size_t)store->passage_count + 1) * 8;
    store->first = store->files + ((size_t)store->file_count + 1) * 8;
    store->forms = store->first + ((size_t)store->file_count + 1) * 4;
    store->kinds = store->forms + (size_t)store->form_count * 8;
    store->prints = store->kinds + store->passage_count;
    store->values = store->prints + (size_t)store->passage_count * print_size;
    cs_reader in;
    cs_reader_init(&in, (cs_view){all.data + facts, (size_t)(end - facts)});
    return read_languages(&in, store) && read_keys(&in, store, values / value_size);
}

static cs_status check_format(const cs_store *store, const char *name, cs_error *error)
{
    cs_view all = store->bytes;
    const char *footer = all.data + all.len - footer_size;
    if (memcmp(all.data, magic, sizeof magic) != 0)
        return cs_fail(error, CS_FORMAT, "%s is not a store of casesearch", name);
    if (memcmp(footer + footer_size - 4, end_magic, sizeof end_magic) != 0)
        return cs_fail(error, CS_DAMAGED, "%s is cut short", name);
    if (u32_at(footer + 28) != cs_format_version)
        return cs_fail(error, CS_FORMAT, "%s has format %u, this program reads %d", name,
                       u32_at(footer + 28), cs_format_version);
    return CS_OK;
}

cs_status cs_store_open(int fd, const char *name, cs_store *ret_store, cs_error *error)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", name);
    if (st.st_size < (off_t)(sizeof magic + footer_size))
        return cs_fail(error, CS_DAMAGED, "%s is cut short", name);
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return cs_fail_errno(error, CS_IO, errno, "cannot map %s", name);
    cs_store store = {.bytes = {map, (size_t)st.st_size}};
    cs_status status = check_format(&store, name, error);
    if (status == CS_OK && !find_tables(&store))
        status = cs_fail(error, CS_DAMAGED, "the tables of %s cannot be right", name);
    if (status != CS_OK) {
        cs_store_release(&store);
        return status;
    }
    *ret_store = store;
    return CS_OK;
}

/* Passages and files are interleaved, so each record has its length before it
 * and the table says where that begins. */
static cs_view record(const cs_store *store, const char *table, uint32_t i, uint32_t count)
{
    uint64_t start = i < count ? u64_at(table + (size_t)i * 8) : store->bytes.len;
    if (start >= store->bytes.len)
        return (cs_view){"", 0};
    cs_reader in;
    cs_reader_init(&in, (cs_view){store->bytes.data + start, (size_t)(store->bytes.len - start)});
    return cs_read_sized(&in);
}

cs_view cs_store_passage(const cs_store *store, uint32_t passage)
{
    return record(store, store->passages, passage, store->passage_count);
}

cs_view cs_store_file(const cs_store *store, uint32_t file)
{
    return record(store, store->files, file, store->file_count);
}

uint32_t cs_store_kinds(const cs_store *store, uint32_t passage)
{
    return passage < store->passage_count ? (unsigned char)store->kinds[passage] : 0;
}

cs_fingerprint cs_store_fingerprint(const cs_store *store, uint32_t passage)
{
    if (passage >= store->passage_count)
        return (cs_fingerprint){0};
    const char *at = store->prints + (size_t)passage * print_size;
    return (cs_fingerprint){.sketch = u64_at(at), .exact = u32_at(at + 8)};
}

size_t cs_store_key(const cs_store *store, cs_view name)
{
    size_t i = 0;
    while (i < store->keys.count && !cs_view_equal(store->keys.items[i], name))
        i++;
    return i;
}

cs_value cs_store_value(const cs_store *store, uint32_t i, uint32_t *ret_file)
{
    cs_reader in;
    cs_reader_init(&in, (cs_view){store->values + (size_t)i * value_size, value_size});
    cs_value value = cs_schema_read_value(&in);
    *ret_file = cs_read_u32(&in);
    return value;
}

uint32_t cs_store_first_passage(const cs_store *store, uint32_t file)
{
    if (file >= store->file_count)
        return store->passage_count;
    return u32_at(store->first + (size_t)file * 4);
}

uint32_t cs_store_file_of(const cs_store *store, uint32_t passage)
{
    uint32_t low = 0, high = store->file_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (cs_store_first_passage(store, middle) <= passage)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static cs_view form_at(const cs_store *store, uint32_t i, cs_view *ret_stem)
{
    cs_reader in;
    cs_reader_init(&in, record(store, store->forms, i, store->form_count));
    *ret_stem = cs_read_sized(&in);
    return cs_read_bytes(&in, (size_t)(in.end - in.at));
}

bool cs_store_forms(const cs_store *store, const cs_language *language, cs_view stem,
                    cs_views *forms)
{
    uint32_t low = language->first, end = low + language->count, high = end;
    cs_view at;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        form_at(store, middle, &at);
        if (cs_view_compare(at, stem) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < end; low++) {
        cs_view form = form_at(store, low, &at);
        if (!cs_view_equal(at, stem))
            break;
        cs_view *added = CS_PUSH(forms);
        if (added == NULL)
            return false;
        *added = form;
    }
    return true;
}

/* ---- writing ------------------------------------------------------------------ */

typedef struct typed_value {
    uint32_t key, file;
    cs_value value;
} typed_value;

struct cs_store_writer {
    int fd;
    char *path;
    cs_buf pending; /* not yet written */
    cs_buf record;
    uint64_t written; /* bytes in the file, without `pending` */
    cs_buf passages, files, first, forms, kinds, prints;
    uint32_t passage_count, file_count, form_count;
    uint32_t file_start; /* the first passage of the file being added */
    struct {
        cs_language *items; /* codes are static text */
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
    const cs_buf *all[] = {&w->pending, &w->record, &w->passages, &w->files,
                           &w->first,   &w->forms,  &w->kinds,    &w->prints};
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
    cs_buf_init(&w->passages, (size_t)UINT32_MAX * 8);
    cs_buf_init(&w->files, (size_t)UINT32_MAX * 8);
    cs_buf_init(&w->first, (size_t)UINT32_MAX * 4);
    cs_buf_init(&w->forms, (size_t)UINT32_MAX * 8);
    cs_buf_init(&w->kinds, UINT32_MAX);
    cs_buf_init(&w->prints, (size_t)UINT32_MAX * print_size);
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
    cs_buf_add(&w->pending, magic, sizeof magic);
    *ret_writer = w;
    return CS_OK;
}

void cs_store_writer_free(cs_store_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    cs_buf *all[] = {&writer->pending, &writer->record, &writer->passages, &writer->files,
                     &writer->first,   &writer->forms,  &writer->kinds,    &writer->prints};
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
        *value = (typed_value){key, w->file_count, field->typed};
    }
    return true;
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
    return add_record(w, &w->files, error);
}

cs_status cs_store_writer_add_language(cs_store_writer *writer, const char *code, cs_error *error)
{
    cs_language *language = CS_PUSH(&writer->languages);
    if (language == NULL)
        return cs_fail_memory(error);
    *language = (cs_language){cs_view_of(code), writer->form_count, 0};
    return CS_OK;
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
    return (x->file > y->file) - (x->file < y->file);
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

cs_status cs_store_writer_finish(cs_store_writer *writer, cs_error *error)
{
    cs_store_writer *w = writer;
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
    add_values(w);
    uint64_t facts = w->written + w->pending.len;
    add_facts(w);
    cs_buf_add_u64(&w->pending, tables);
    cs_buf_add_u64(&w->pending, facts);
    cs_buf_add_u32(&w->pending, w->passage_count);
    cs_buf_add_u32(&w->pending, w->file_count);
    cs_buf_add_u32(&w->pending, w->form_count);
    cs_buf_add_u32(&w->pending, cs_format_version);
    cs_buf_add(&w->pending, end_magic, sizeof end_magic);
    cs_status status = check_buffers(w, error);
    if (status == CS_OK)
        status = flush(w, error);
    if (status == CS_OK && fsync(w->fd) != 0)
        status = cs_fail_errno(error, CS_IO, errno, "cannot sync %s", w->path);
    int fd = w->fd;
    w->fd = -1;
    if (close(fd) != 0 && status == CS_OK)
        status = cs_fail_errno(error, CS_IO, errno, "cannot close %s", w->path);
    return status;
}
