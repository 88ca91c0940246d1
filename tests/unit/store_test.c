/* store_test.c - tests of lib/store.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "store.h"

enum { files = 300, languages = 3, stems = 400, footer = 36 };

/* File f has (f * 7) % 5 passages: also none, first and last, and in a row. */
static uint32_t passages_of(uint32_t file)
{
    return file % 50 == 7 ? 40 : file * 7 % 5;
}

static void add_file(cs_store_writer *writer, uint32_t number)
{
    char path[40], text[3000], key[20];
    cs_metadata metadata[3] = {{.value = {"x", 1}}};
    cs_file file = {.path = {path, 0}, .hash = number, .state = CS_FILE_READ};

    for (uint32_t i = 0; i < passages_of(number); i++) {
        cs_passage passage = {.kinds = i % 2 == 0 ? CS_KIND_LIST : CS_KIND_CODE};
        int len = snprintf(text, sizeof text, "file %u passage %u %*s.", number, i,
                           (int)(number * 11 % 2000), "end");
        passage.text = (cs_view){text, (size_t)len};
        passage.first_line = i;
        passage.length = i == 3 ? 70000 : number + i * 300;
        passage.print = (cs_fingerprint){.sketch = ~(uint64_t)0 - number, .exact = number * 7 + i};
        assert_int_equal(cs_store_writer_add_passage(writer, &passage, NULL), CS_OK);
    }
    file.path.len = (size_t)snprintf(path, sizeof path, "folder/%05u.md", number);
    if (number % 100 == 0) {
        metadata[0].key = (cs_view){key, (size_t)snprintf(key, sizeof key, "key%u", number)};
        metadata[1].key = metadata[2].key = cs_view_of("year");
        metadata[1].typed = (cs_value){.type = CS_VALUE_NUMBER, .number = 2000 + number};
        metadata[2].typed = (cs_value){.type = CS_VALUE_DATE, .first = -1, .last = (int)number};
        file.metadata.items = metadata;
        file.metadata.count = 3;
    }
    file.stamp.size = number;
    file.language = cs_view_of("en");
    assert_int_equal(cs_store_writer_end_file(writer, &file, NULL), CS_OK);
}

static const char *const codes[languages] = {"de", "en", "none"};

/* Stem s of language l has s % 4 forms, none included. */
static void add_forms(cs_store_writer *writer, int language)
{
    char stem[40], form[80];

    assert_int_equal(cs_store_writer_add_language(writer, cs_view_of(codes[language]), NULL),
                     CS_OK);
    for (int s = 0; s < stems; s++)
        for (int f = 0; f < s % 4; f++) {
            snprintf(stem, sizeof stem, "stem%04d", s);
            snprintf(form, sizeof form, "%s-%s-%d", codes[language], stem, f);
            assert_int_equal(
                cs_store_writer_add_form(writer, cs_view_of(stem), cs_view_of(form), NULL), CS_OK);
        }
}

static void write_store(const char *name, uint32_t file_count, int language_count)
{
    cs_store_writer *writer = NULL;
    cs_error error = {0};

    if (cs_store_writer_new(scratch_path(name), &writer, &error) != CS_OK)
        fail_msg("%s", error.message);
    for (uint32_t i = 0; i < file_count; i++)
        add_file(writer, i);
    assert_int_equal(cs_store_writer_files(writer), file_count);
    for (int i = 0; i < language_count; i++)
        add_forms(writer, i);
    assert_int_equal(cs_store_writer_finish(writer, true, &error), CS_OK);
    cs_store_writer_free(writer);
}

static cs_status open_store(const char *name, cs_store *store)
{
    int fd = open(scratch_path(name), O_RDONLY);
    cs_error error = {0};

    assert_true(fd >= 0);
    cs_status status = cs_store_open(fd, name, store, &error);
    assert_int_equal(status, error.status);
    close(fd); /* the header says that it may be */
    return status;
}

static void assert_view(cs_view view, const char *string)
{
    if (!cs_view_equal(view, cs_view_of(string)))
        fail_msg("\"%.*s\" is not \"%s\"", (int)view.len, view.data, string);
}

/* Read apart it is what stands in the mapping, into whatever room. */
static void assert_read_apart(const cs_store *store, cs_view record, bool file, uint32_t number)
{
    static const size_t sizes[] = {0, 1, 40, 300, 4096};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char room[4096];
        cs_view apart = file ? cs_store_read_file(store, number, room, sizes[i])
                             : cs_store_read_passage(store, number, room, sizes[i]);
        bool fits = apart.data >= room && apart.data < room + sizeof room;
        assert_true(cs_view_equal(apart, record));
        assert_int_equal(fits, record.len + (record.len < 128 ? 1 : 2) <= sizes[i]);
    }
}

static void check_file(const cs_store *store, uint32_t number, uint32_t first)
{
    char path[40], text[40];
    cs_file file;

    assert_int_equal(cs_schema_read_stamp(cs_store_file(store, number), &file, NULL), CS_OK);
    snprintf(path, sizeof path, "folder/%05u.md", number);
    assert_view(file.path, path);
    assert_read_apart(store, cs_store_file(store, number), true, number);
    assert_int_equal(file.hash, number);
    assert_int_equal(cs_store_first_passage(store, number), first);
    for (uint32_t i = 0; i < passages_of(number); i++) {
        CS_SCOPED(cs_passage) passage = {0};
        cs_view record = cs_store_passage(store, first + i);
        assert_int_equal(cs_schema_read_passage(record, &passage, NULL), CS_OK);
        assert_read_apart(store, record, false, first + i);
        int len = snprintf(text, sizeof text, "file %u passage %u ", number, i);
        assert_memory_equal(passage.text.data, text, (size_t)len);
        assert_memory_equal(passage.text.data + passage.text.len - 4, "end.", 4);
        assert_int_equal(passage.first_line, i);
        assert_int_equal(cs_store_kinds(store, first + i), passage.kinds);
        assert_int_equal(cs_store_length(store, first + i), i == 3 ? 65535 : number + i * 300);
        cs_fingerprint print = cs_store_fingerprint(store, first + i);
        assert_true(print.sketch == ~(uint64_t)0 - number && print.exact == number * 7 + i);
        assert_int_equal(cs_schema_passage_line(record), i);
        assert_int_equal(cs_store_file_of(store, first + i), number);
    }
}

/* Key by key, in the order of the files. */
static void check_values(const cs_store *store)
{
    assert_int_equal(cs_store_key(store, cs_view_of("none")), store->keys.count);
    assert_int_equal(store->typed.items[cs_store_key(store, cs_view_of("key200"))].count, 0);
    cs_typed_key year = store->typed.items[cs_store_key(store, cs_view_of("year"))];
    assert_int_equal(year.count, 6);
    for (uint32_t i = 0; i < year.count; i++) {
        uint32_t file, expected = i / 2 * 100, date = 0;
        cs_value value = cs_store_value(store, year.first + i, &file);
        assert_int_equal(file, expected);
        date = value.type == CS_VALUE_DATE;
        assert_true(date ? value.first == -1 && value.last == (int)expected
                         : value.type == CS_VALUE_NUMBER && value.number == 2000 + expected);
    }
}

static void test_passages_and_files_come_back(void **state)
{
    cs_store store;
    uint32_t first = 0;

    (void)state;
    write_store("a", files, languages);
    assert_int_equal(open_store("a", &store), CS_OK);
    assert_int_equal(store.file_count, files);
    for (uint32_t i = 0; i < files; i++) {
        check_file(&store, i, first);
        first += passages_of(i);
    }
    assert_int_equal(store.passage_count, first);
    assert_int_equal(cs_store_first_passage(&store, files), first);
    assert_int_equal(store.keys.count, 4);
    assert_view(store.keys.items[0], "key0");
    assert_view(store.keys.items[3], "key200");
    check_values(&store);
    cs_store_release(&store);
}

static void test_look_ups_out_of_range_are_empty(void **state)
{
    static const uint32_t beyond[] = {0, 1, 1000, UINT32_MAX};
    cs_store store;

    (void)state;
    write_store("a", files, languages);
    assert_int_equal(open_store("a", &store), CS_OK);
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        uint32_t more = i == 3 ? 0 : beyond[i];
        uint32_t passage = i == 3 ? UINT32_MAX : store.passage_count + more;
        uint32_t file = i == 3 ? UINT32_MAX : store.file_count + more;
        char room[100];
        assert_int_equal(cs_store_passage(&store, passage).len, 0);
        assert_int_equal(cs_store_read_passage(&store, passage, room, sizeof room).len, 0);
        assert_int_equal(cs_store_read_file(&store, file, room, sizeof room).len, 0);
        assert_int_equal(cs_store_kinds(&store, passage), 0);
        assert_int_equal(cs_store_file(&store, file).len, 0);
        assert_int_equal(cs_store_first_passage(&store, file), store.passage_count);
    }
    cs_store_release(&store);
}

static void check_stem(const cs_store *store, int language, const char *stem, int expected)
{
    CS_SCOPED(cs_views) forms = {0};
    char form[80];

    assert_true(cs_store_forms(store, &store->languages.items[language], cs_view_of(stem), &forms));
    assert_int_equal(forms.count, expected);
    for (int i = 0; i < expected; i++) {
        snprintf(form, sizeof form, "%s-%s-%d", codes[language], stem, i);
        assert_view(forms.items[i], form);
    }
}

static void test_forms_of_each_language(void **state)
{
    static const char *const none[] = {"", "a", "stem", "stem000", "stem00011", "stem9999", "zz"};
    char stem[40];
    cs_store store;

    (void)state;
    write_store("a", 2, languages);
    assert_int_equal(open_store("a", &store), CS_OK);
    assert_int_equal(store.languages.count, languages);
    for (int l = 0; l < languages; l++) {
        assert_view(store.languages.items[l].code, codes[l]);
        for (int s = 0; s < stems; s++) {
            snprintf(stem, sizeof stem, "stem%04d", s);
            check_stem(&store, l, stem, s % 4);
        }
        for (size_t i = 0; i < sizeof none / sizeof *none; i++)
            check_stem(&store, l, none[i], 0);
    }
    cs_store_release(&store);
}

static void test_empty_store(void **state)
{
    cs_store store;

    (void)state;
    write_store("empty", 0, 0);
    assert_int_equal(open_store("empty", &store), CS_OK);
    assert_int_equal(store.passage_count + store.file_count + store.form_count, 0);
    assert_int_equal(cs_store_passage(&store, 0).len, 0);
    assert_int_equal(cs_store_first_passage(&store, 0), 0);
    cs_store_release(&store);
    write_store("blank", 1, 0); /* a file without passages */
    assert_int_equal(open_store("blank", &store), CS_OK);
    assert_int_equal(cs_store_first_passage(&store, 1), 0);
    cs_store_release(&store);
}

static void test_writer_never_writes_over_a_file(void **state)
{
    cs_store_writer *writer = NULL;
    cs_error error = {0};

    (void)state;
    scratch_file("there", "precious");
    assert_int_equal(cs_store_writer_new(scratch_path("there"), &writer, &error), CS_IO);
    assert_null(writer);
    assert_int_equal(cs_store_writer_new(scratch_path("no/such"), &writer, &error), CS_IO);
    cs_store_writer_free(NULL);
}

/* ---- damage ------------------------------------------------------------------------ */

static char *read_back(const char *name, size_t *ret_len)
{
    FILE *file = fopen(scratch_path(name), "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    char *data = malloc((size_t)len);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)len, file), len);
    fclose(file);
    *ret_len = (size_t)len;
    return data;
}

/* Reads everything that an open store offers; what it gives must lie in it. */
static void read_all(const cs_store *store)
{
    const char *end = store->bytes.data + store->bytes.len;
    uint64_t seen = 0;

    for (uint32_t i = 0; i < store->passage_count && i < 2000; i++) {
        cs_view record = cs_store_passage(store, i);
        assert_true(record.len == 0 || record.data + record.len <= end);
        CS_SCOPED(cs_passage) passage = {0};
        cs_schema_read_passage(record, &passage, NULL);
        for (size_t b = 0; b < record.len; b++)
            seen += (unsigned char)record.data[b];
        assert_true(cs_store_file_of(store, i) < store->file_count || store->file_count == 0);
    }
    for (uint32_t i = 0; i < store->file_count && i < 2000; i++) {
        cs_file file = {0};
        cs_schema_read_file(cs_store_file(store, i), &file, NULL);
        cs_file_release(&file);
    }
    for (size_t l = 0; l < store->languages.count; l++) {
        CS_SCOPED(cs_views) forms = {0};
        assert_true(
            cs_store_forms(store, &store->languages.items[l], cs_view_of("stem0003"), &forms));
        for (size_t i = 0; i < forms.count; i++)
            assert_true(forms.items[i].data + forms.items[i].len <= end);
    }
    (void)seen;
}

static cs_status try_bytes(const char *data, size_t len)
{
    cs_store store;

    scratch_bytes("damaged", data, len);
    cs_status status = open_store("damaged", &store);
    if (status == CS_OK) {
        read_all(&store);
        cs_store_release(&store);
    }
    return status;
}

static void test_cut_short_is_refused(void **state)
{
    size_t len;

    (void)state;
    write_store("a", 4, languages);
    char *data = read_back("a", &len);
    assert_int_equal(try_bytes(data, len), CS_OK);
    for (size_t cut = 0; cut < len; cut += 97)
        assert_int_equal(try_bytes(data, cut), CS_DAMAGED);
    for (size_t cut = len - 60; cut < len; cut++)
        assert_int_equal(try_bytes(data, cut), CS_DAMAGED);
    free(data);
}

static void test_flips_in_the_footer_are_refused(void **state)
{
    size_t len;

    (void)state;
    write_store("a", 4, languages);
    char *data = read_back("a", &len);
    for (size_t at = len - footer; at < len; at++)
        for (int bit = 0; bit < 8; bit++) {
            data[at] = (char)(data[at] ^ 1 << bit);
            cs_status status = try_bytes(data, len);
            if (status != CS_DAMAGED && status != CS_FORMAT)
                fail_msg("byte %zu of the footer, bit %d: status %d", at - (len - footer), bit,
                         status);
            data[at] = (char)(data[at] ^ 1 << bit);
        }
    free(data);
}

static void test_other_formats_are_told_apart(void **state)
{
    size_t len;

    (void)state;
    write_store("a", 1, 0);
    char *data = read_back("a", &len);
    data[7] = '2';
    assert_int_equal(try_bytes(data, len), CS_FORMAT);
    data[7] = '1';
    data[len - 8]++;
    assert_int_equal(try_bytes(data, len), CS_FORMAT);
    free(data);
}

/* Without checksums (index.h has those) a flip may give other text, or empty
 * views, but nothing outside the file. */
static void test_flips_anywhere_do_no_harm(void **state)
{
    size_t len;
    uint32_t seed = 7;

    (void)state;
    write_store("a", 12, 2);
    char *data = read_back("a", &len);
    for (int round = 0; round < 600; round++) {
        seed = seed * 1664525u + 1013904223u;
        /* every other one among the tables at the end */
        size_t from = round % 2 == 0 ? 0 : len - len / 4;
        size_t at = from + (seed >> 4) % (len - from);
        data[at] = (char)(data[at] ^ 1 << (seed >> 29));
        try_bytes(data, len);
        data[at] = (char)(data[at] ^ 1 << (seed >> 29));
    }
    assert_int_equal(try_bytes(data, len), CS_OK);
    free(data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_passages_and_files_come_back),    TEST(test_look_ups_out_of_range_are_empty),
        TEST(test_forms_of_each_language),          TEST(test_empty_store),
        TEST(test_writer_never_writes_over_a_file), TEST(test_cut_short_is_refused),
        TEST(test_flips_in_the_footer_are_refused), TEST(test_other_formats_are_told_apart),
        TEST(test_flips_anywhere_do_no_harm),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
