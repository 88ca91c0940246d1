/* records_fuzz.c - what is read of an index: its manifest, the store of a segment, the
 * records in it. Their checksums stop damage, not malice; so here they hold. The first
 * byte chooses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <fcntl.h>
#include <inttypes.h>

#include "hash.h"
#include "manifest.h"
#include "store.h"

/* ---- the manifest ------------------------------------------------------------------ */

/* A folder in memory, where there is one: each manifest is synced. */
static const char *scratch(void)
{
    static char shared[] = "/dev/shm/casesearch-fuzz-XXXXXX";
    static char usual[] = "/tmp/casesearch-fuzz-XXXXXX";
    static const char *made;
    if (made == NULL)
        made = mkdtemp(shared);
    if (made == NULL)
        made = mkdtemp(usual);
    FUZZ_MUST(made != NULL);
    return made;
}

static void remove_scratch(void)
{
    char path[256];
    snprintf(path, sizeof path, "%s/manifest", scratch());
    unlink(path);
    rmdir(scratch());
}

static void write_manifest(const char *path, cs_view body)
{
    FILE *file = fopen(path, "wb");
    FUZZ_MUST(file != NULL);
    FUZZ_MUST(fwrite(body.data, 1, body.len, file) == body.len);
    fprintf(file, "end %016" PRIx64 "\n", cs_hash(body.data, body.len));
    FUZZ_MUST(fclose(file) == 0);
}

/* What was read, written and read again, is the same. */
static void check_manifest(cs_view body)
{
    static bool registered;
    char path[256];
    cs_error error = {0};
    CS_SCOPED(cs_manifest) first = {0};
    CS_SCOPED(cs_manifest) second = {0};
    snprintf(path, sizeof path, "%s/manifest", scratch());
    if (!registered)
        atexit(remove_scratch);
    registered = true;
    write_manifest(path, body);
    if (cs_manifest_read(scratch(), &first, &error) != CS_OK) {
        FUZZ_MUST(error.message[0] != '\0');
        return;
    }
    FUZZ_MUST(first.settings.root != NULL && first.settings.language != NULL);
    FUZZ_MUST(cs_manifest_write(scratch(), &first, &error) == CS_OK);
    FUZZ_MUST(cs_manifest_read(scratch(), &second, &error) == CS_OK);
    FUZZ_MUST(strcmp(first.settings.root, second.settings.root) == 0);
    FUZZ_MUST(first.segments.count == second.segments.count);
    for (size_t i = 0; i < first.segments.count; i++) {
        const cs_segment *a = &first.segments.items[i], *b = &second.segments.items[i];
        FUZZ_MUST(strcmp(a->name, b->name) == 0 && a->dead.count == b->dead.count);
        for (size_t d = 0; d < a->dead.count; d++)
            FUZZ_MUST(a->dead.items[d] < a->files && cs_segment_is_dead(b, a->dead.items[d]));
    }
}

/* ---- the store --------------------------------------------------------------------- */

static void look_at_passages(const cs_store *store)
{
    for (uint32_t i = 0; i < store->passage_count && i < 64; i++) {
        CS_SCOPED(cs_passage) passage = {0};
        cs_view record = cs_store_passage(store, i);
        char room[64];
        uint32_t section;
        FUZZ_MUST(cs_view_equal(cs_store_read_passage(store, i, room, sizeof room), record));
        cs_schema_read_passage(record, &passage, NULL);
        cs_schema_passage_section(record, &section);
        cs_schema_passage_line(record);
        cs_schema_passage_text(record);
        cs_store_kinds(store, i);
        cs_store_fingerprint(store, i);
        cs_store_file_of(store, i);
    }
}

static void look_at_forms(const cs_store *store)
{
    for (size_t l = 0; l < store->languages.count && l < 8; l++) {
        const cs_language *language = &store->languages.items[l];
        FUZZ_MUST((uint64_t)language->first + language->count <= store->form_count);
        for (uint32_t i = 0; i < language->count && i < 32; i++) {
            cs_view stem, form;
            cs_views forms = {0};
            if (cs_store_form(store, language->first + i, &stem, &form))
                FUZZ_MUST(cs_store_forms(store, language, stem, &forms));
            cs_views_release(&forms);
        }
    }
}

static void look_at_values(const cs_store *store)
{
    for (size_t k = 0; k < store->typed.count && k < 32; k++) {
        FUZZ_MUST(cs_store_key(store, store->keys.items[k]) <= k);
        for (uint32_t i = 0; i < store->typed.items[k].count && i < 32; i++) {
            uint32_t file;
            cs_store_value(store, store->typed.items[k].first + i, &file);
        }
    }
}

static void check_store(cs_view bytes)
{
    cs_store store = {0};
    cs_error error = {0};
    int fd = fuzz_descriptor(bytes);
    if (cs_store_open(fd, "store", &store, &error) == CS_OK) {
        look_at_passages(&store);
        for (uint32_t i = 0; i < store.file_count && i < 64; i++) {
            CS_SCOPED(cs_file) file = {0};
            cs_file stamp = {0};
            cs_store_first_passage(&store, i);
            cs_schema_read_file(cs_store_file(&store, i), &file, NULL);
            cs_schema_read_stamp(cs_store_file(&store, i), &stamp, NULL);
        }
        look_at_forms(&store);
        look_at_values(&store);
    } else {
        FUZZ_MUST(error.message[0] != '\0');
    }
    cs_store_release(&store);
    close(fd);
}

/* ---- records ----------------------------------------------------------------------- */

static void check_passage(cs_view record)
{
    CS_SCOPED(cs_passage) p = {0};
    if (cs_schema_read_passage(record, &p, NULL) != CS_OK)
        return;
    uint32_t end = (uint32_t)p.text.len;
    cs_passage_locate(&p, 0, end);
    cs_passage_locate(&p, end / 2, end);
    cs_passage_locate(&p, end, end);
    for (uint32_t at = 0; at + 7 < end && at < 512; at += 7)
        cs_passage_locate(&p, at, at + 7);
    FUZZ_MUST(cs_schema_passage_text(record).len == p.text.len);
    FUZZ_MUST(cs_schema_passage_line(record) == p.first_line);
}

static void check_file(cs_view record)
{
    CS_SCOPED(cs_file) file = {0};
    cs_file stamp = {0};
    cs_schema_read_stamp(record, &stamp, NULL);
    if (cs_schema_read_file(record, &file, NULL) != CS_OK)
        return;
    FUZZ_MUST(cs_view_equal(file.path, stamp.path));
    for (uint32_t i = 0; i < file.sections.count; i++) {
        cs_view trail[cs_max_trail];
        FUZZ_MUST(cs_file_trail(&file, i, trail) >= 1);
    }
    for (size_t i = 0; i < file.sources.count; i++) {
        CS_SCOPED(cs_buf) site = {.limit = 1 << 16};
        cs_schema_add_site(&site, file.sources.items[i].url);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_view rest = fuzz_view(data + (size > 0), size > 0 ? size - 1 : 0);
    switch (size > 0 ? data[0] : 0) {
    case 'm':
        check_manifest(rest);
        break;
    case 's':
        check_store(rest);
        break;
    case 'p':
        check_passage(rest);
        break;
    case 'f':
        check_file(rest);
        break;
    default:
        return -1;
    }
    return 0;
}
