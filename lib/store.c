/* store.c - see store.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- reading ----------------------------------------------------------------------- */

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
    if (store->bytes.len > 0) {
        munmap((void *)(uintptr_t)store->bytes.data, store->bytes.len);
        close(store->fd);
    }
    *store = (cs_store){0};
}

uint64_t cs_store_u64(const char *at)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

uint32_t cs_store_u32(const char *at)
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
    const char *footer = all.data + all.len - cs_store_footer_size;
    uint64_t tables = cs_store_u64(footer), facts = cs_store_u64(footer + 8);
    store->passage_count = cs_store_u32(footer + 16);
    store->file_count = cs_store_u32(footer + 20);
    store->form_count = cs_store_u32(footer + 24);
    uint64_t need =
        ((uint64_t)store->passage_count + 1) * 8 + ((uint64_t)store->file_count + 1) * (8 + 4) +
        (uint64_t)store->form_count * 8 +
        (uint64_t)store->passage_count * (1 + cs_store_print_size + cs_store_length_size);
    uint64_t end = all.len - cs_store_footer_size;
    if (tables > end || facts > end || facts < tables || facts - tables < need)
        return false;
    uint64_t values = facts - tables - need;
    if (values % cs_store_value_size != 0 || values / cs_store_value_size > UINT32_MAX)
        return false;
    store->passages = all.data + tables;
    store->files = store->passages + ((size_t)store->passage_count + 1) * 8;
    store->first = store->files + ((size_t)store->file_count + 1) * 8;
    store->forms = store->first + ((size_t)store->file_count + 1) * 4;
    store->kinds = store->forms + (size_t)store->form_count * 8;
    store->prints = store->kinds + store->passage_count;
    store->lengths = store->prints + (size_t)store->passage_count * cs_store_print_size;
    store->values = store->lengths + (size_t)store->passage_count * cs_store_length_size;
    cs_reader in;
    cs_reader_init(&in, (cs_view){all.data + facts, (size_t)(end - facts)});
    return read_languages(&in, store) && read_keys(&in, store, values / cs_store_value_size);
}

static cs_status check_format(const cs_store *store, const char *name, cs_error *error)
{
    cs_view all = store->bytes;
    const char *footer = all.data + all.len - cs_store_footer_size;
    if (memcmp(all.data, CS_STORE_MAGIC, (size_t)cs_store_magic_size) != 0)
        return cs_fail(error, CS_FORMAT, "%s is not a store of casesearch", name);
    if (memcmp(footer + cs_store_footer_size - 4, CS_STORE_END, (size_t)cs_store_end_size) != 0)
        return cs_fail(error, CS_DAMAGED, "%s is cut short", name);
    if (cs_store_u32(footer + 28) != cs_format_version)
        return cs_fail(error, CS_FORMAT, "%s has format %u, this program reads %d", name,
                       cs_store_u32(footer + 28), cs_format_version);
    return CS_OK;
}

cs_status cs_store_open(int fd, const char *name, cs_store *ret_store, cs_error *error)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", name);
    if (st.st_size < (off_t)((size_t)cs_store_magic_size + cs_store_footer_size))
        return cs_fail(error, CS_DAMAGED, "%s is cut short", name);
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", name);
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, own, 0);
    if (map == MAP_FAILED) {
        int code = errno;
        close(own);
        return cs_fail_errno(error, CS_IO, code, "cannot map %s", name);
    }
    cs_store store = {.bytes = {map, (size_t)st.st_size}, .fd = own};
    cs_status status = check_format(&store, name, error);
    errno = 0;
    if (status == CS_OK && !find_tables(&store))
        status = cs_fail_damaged(error, "the tables of %s cannot be right", name);
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
    uint64_t start = i < count ? cs_store_u64(table + (size_t)i * 8) : store->bytes.len;
    if (start >= store->bytes.len)
        return (cs_view){"", 0};
    cs_reader in;
    cs_reader_init(&in, (cs_view){store->bytes.data + start, (size_t)(store->bytes.len - start)});
    return cs_read_sized(&in);
}

/* The same by read(2), into `room` where it fits there. */
static cs_view read_record(const cs_store *store, const char *table, uint32_t i, uint32_t count,
                           char *room, size_t size)
{
    if (i >= count)
        return (cs_view){"", 0};
    uint64_t start = cs_store_u64(table + (size_t)i * 8);
    uint64_t next = cs_store_u64(table + (size_t)(i + 1) * 8);
    if (start < next && next - start < size) /* others may follow before the next of its kind */
        size = (size_t)(next - start);
    ssize_t got = start < store->bytes.len ? pread(store->fd, room, size, (off_t)start) : -1;
    cs_reader in;
    cs_reader_init(&in, (cs_view){room, got > 0 ? (size_t)got : 0});
    cs_view whole = cs_read_sized(&in);
    return in.failed ? record(store, table, i, count) : whole;
}

cs_view cs_store_passage(const cs_store *store, uint32_t passage)
{
    return record(store, store->passages, passage, store->passage_count);
}

cs_view cs_store_file(const cs_store *store, uint32_t file)
{
    return record(store, store->files, file, store->file_count);
}

cs_view cs_store_read_passage(const cs_store *store, uint32_t passage, char *room, size_t size)
{
    return read_record(store, store->passages, passage, store->passage_count, room, size);
}

cs_view cs_store_read_file(const cs_store *store, uint32_t file, char *room, size_t size)
{
    return read_record(store, store->files, file, store->file_count, room, size);
}

uint32_t cs_store_kinds(const cs_store *store, uint32_t passage)
{
    return passage < store->passage_count ? (unsigned char)store->kinds[passage] : 0;
}

uint32_t cs_store_length(const cs_store *store, uint32_t passage)
{
    if (passage >= store->passage_count)
        return 0;
    const unsigned char *at =
        (const unsigned char *)store->lengths + (size_t)passage * cs_store_length_size;
    return (uint32_t)(at[0] | at[1] << 8);
}

cs_fingerprint cs_store_fingerprint(const cs_store *store, uint32_t passage)
{
    if (passage >= store->passage_count)
        return (cs_fingerprint){0};
    const char *at = store->prints + (size_t)passage * cs_store_print_size;
    return (cs_fingerprint){.sketch = cs_store_u64(at), .exact = cs_store_u32(at + 8)};
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
    cs_reader_init(&in,
                   (cs_view){store->values + (size_t)i * cs_store_value_size, cs_store_value_size});
    cs_value value = cs_schema_read_value(&in);
    *ret_file = cs_read_u32(&in);
    return value;
}

uint32_t cs_store_first_passage(const cs_store *store, uint32_t file)
{
    if (file >= store->file_count)
        return store->passage_count;
    return cs_store_u32(store->first + (size_t)file * 4);
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

bool cs_store_form(const cs_store *store, uint32_t number, cs_view *ret_stem, cs_view *ret_form)
{
    cs_reader in;
    cs_reader_init(&in, record(store, store->forms, number, store->form_count));
    *ret_stem = cs_read_sized(&in);
    *ret_form = cs_read_bytes(&in, (size_t)(in.end - in.at));
    return !in.failed;
}

uint32_t cs_store_form_from(const cs_store *store, uint32_t low, uint32_t high, cs_view stem)
{
    cs_view at, form;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        cs_store_form(store, middle, &at, &form);
        if (cs_view_compare(at, stem) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool cs_store_forms(const cs_store *store, const cs_language *language, cs_view stem,
                    cs_views *forms)
{
    uint32_t end = language->first + language->count;
    uint32_t low = cs_store_form_from(store, language->first, end, stem);
    cs_view at, form;
    for (; low < end; low++) {
        cs_store_form(store, low, &at, &form);
        if (!cs_view_equal(at, stem))
            break;
        cs_view *added = CS_PUSH(forms);
        if (added == NULL)
            return false;
        *added = form;
    }
    return true;
}
