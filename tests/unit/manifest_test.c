/* manifest_test.c - tests of lib/manifest.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hash.h"
#include "manifest.h"
#include "scratch.h"

static char *copy_of(const char *string)
{
    char *copy = strdup(string);
    assert_non_null(copy);
    return copy;
}

static cs_segment *add_segment(cs_manifest *m, const char *name, uint32_t files)
{
    cs_segment *segment = CS_PUSH(&m->segments);
    scratch_must(segment != NULL, name);
    snprintf(segment->name, sizeof segment->name, "%s", name);
    segment->files = files;
    segment->passages = files * 7;
    segment->db = (cs_part){UINT64_MAX, {1, INT64_MAX, INT64_MIN, UINT64_MAX}};
    segment->store = (cs_part){0, {UINT64_MAX, -1, 0, 42}};
    return segment;
}

static void kill_all(cs_segment *segment, const uint32_t *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(cs_segment_kill(segment, files[i]));
}
#define KILL(segment, ...)                                                                         \
    kill_all(segment, (const uint32_t[]){__VA_ARGS__},                                             \
             sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* A manifest with something of everything. */
static void fill(cs_manifest *m)
{
    m->settings.root = copy_of("/home/ada/cases");
    m->settings.language = copy_of("en");
    m->settings.selection.extensions = copy_of("md markdown");
    m->settings.selection.no_ignore = true;
    m->settings.selection.max_size = 8 << 20;
    cs_segment *segment = add_segment(m, "01c5a0f2e6b34d77", 40);
    KILL(segment, 3, 7, 8, 9, 39);
    add_segment(m, "ffffffffffffffff", cs_max_files);
}

static void write_ok(const cs_manifest *m)
{
    cs_error error = {0};
    if (cs_manifest_write(scratch_root, m, &error) != CS_OK)
        fail_msg("%s", error.message);
}

static void read_ok(cs_manifest *m)
{
    cs_error error = {0};
    if (cs_manifest_read(scratch_root, m, &error) != CS_OK)
        fail_msg("%s", error.message);
}

static void assert_same_part(const cs_part *a, const cs_part *b)
{
    assert_true(a->checksum == b->checksum);
    assert_true(cs_stamp_equal(&a->stamp, &b->stamp));
}

static void assert_same(const cs_manifest *a, const cs_manifest *b)
{
    assert_string_equal(a->settings.root, b->settings.root);
    assert_string_equal(a->settings.language, b->settings.language);
    assert_string_equal(a->settings.selection.extensions, b->settings.selection.extensions);
    assert_int_equal(a->settings.selection.no_ignore, b->settings.selection.no_ignore);
    assert_int_equal(a->settings.selection.follow, b->settings.selection.follow);
    assert_true(a->settings.selection.max_size == b->settings.selection.max_size);
    assert_int_equal(a->segments.count, b->segments.count);
    for (size_t i = 0; i < a->segments.count; i++) {
        const cs_segment *x = &a->segments.items[i], *y = &b->segments.items[i];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->passages, y->passages);
        assert_int_equal(x->files, y->files);
        assert_same_part(&x->db, &y->db);
        assert_same_part(&x->store, &y->store);
        assert_int_equal(x->dead.count, y->dead.count);
        for (size_t j = 0; j < x->dead.count; j++)
            assert_int_equal(x->dead.items[j], y->dead.items[j]);
    }
}

static void test_round_trip(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_manifest) read = {0};

    (void)state;
    fill(&written);
    write_ok(&written);
    read_ok(&read);
    assert_same(&written, &read);
    assert_int_not_equal(access(scratch_path("manifest.new"), F_OK), 0);
}

static void test_without_segments_and_with_each_option(void **state)
{
    (void)state;
    for (int bits = 0; bits < 4; bits++) {
        CS_SCOPED(cs_manifest) written = {0};
        CS_SCOPED(cs_manifest) read = {0};
        written.settings.root = copy_of("/");
        written.settings.language = copy_of("none");
        written.settings.selection.extensions = copy_of("");
        written.settings.selection.no_ignore = bits & 1;
        written.settings.selection.follow = bits & 2;
        written.settings.selection.max_size = UINT64_MAX;
        write_ok(&written);
        read_ok(&read);
        assert_same(&written, &read);
    }
}

static void test_default_extensions(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_manifest) read = {0};

    (void)state;
    written.settings.root = copy_of("/a");
    written.settings.language = copy_of("en");
    write_ok(&written);
    read_ok(&read);
    assert_string_equal(read.settings.selection.extensions, cs_default_extensions);
}

static void test_odd_roots(void **state)
{
    static const char *const roots[] = {
        "/a\nb",    "/a\\nb",    "/a\\",  "/a\\\\n\n", "/\n",         "/a b ",
        "/caf\xE9", "/日本/x\r", "/a\tb", "/\\\n\\",   "/root end 0", "/a\n\nsegment x",
    };

    (void)state;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        CS_SCOPED(cs_manifest) written = {0};
        CS_SCOPED(cs_manifest) read = {0};
        fill(&written);
        free(written.settings.root);
        written.settings.root = copy_of(roots[i]);
        write_ok(&written);
        read_ok(&read);
        assert_same(&written, &read);
    }
}

/* The text of the manifest; the caller releases it. */
static void slurp(cs_buf *text)
{
    char bytes[4096];
    FILE *file = fopen(scratch_path("manifest"), "rb");
    scratch_must(file != NULL, "manifest");
    cs_buf_add(text, bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
}

static void test_dead_files_as_written(void **state)
{
    static const struct {
        uint32_t dead[6];
        size_t count;
        const char *line;
    } examples[] = {
        {{0}, 1, "\ndead 0\n"},
        {{39}, 1, "\ndead 39\n"},
        {{0, 1}, 2, "\ndead 0-1\n"},
        {{3, 7, 8, 9}, 4, "\ndead 3,7-9\n"},
        {{9, 3, 8, 7, 3, 9}, 6, "\ndead 3,7-9\n"},
        {{0, 2, 4, 6}, 4, "\ndead 0,2,4,6\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        CS_SCOPED(cs_manifest) written = {0};
        CS_SCOPED(cs_manifest) read = {0};
        CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
        written.settings.root = copy_of("/a");
        written.settings.language = copy_of("en");
        kill_all(add_segment(&written, "0123456789abcdef", 40), examples[i].dead,
                 examples[i].count);
        write_ok(&written);
        slurp(&text);
        if (strstr(text.data, examples[i].line) == NULL)
            fail_msg("example %zu: %s", i, text.data);
        read_ok(&read);
        free(written.settings.selection.extensions);
        written.settings.selection.extensions = copy_of(read.settings.selection.extensions);
        assert_same(&written, &read);
    }
}

/* A failure of reading leaves what the caller has, and says which file. */
static cs_status refusal(void)
{
    cs_manifest untouched = {.settings = {.root = (char *)"untouched"}};
    cs_error error = {0};
    cs_status status = cs_manifest_read(scratch_root, &untouched, &error);
    if (status == CS_OK) {
        cs_manifest_release(&untouched);
        return CS_OK;
    }
    assert_string_equal(untouched.settings.root, "untouched");
    assert_int_equal(untouched.segments.count, 0);
    assert_int_equal(error.status, status);
    assert_non_null(strstr(error.message, "/manifest"));
    return status;
}

static void test_every_flipped_bit_is_refused(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};

    (void)state;
    fill(&written);
    write_ok(&written);
    slurp(&text);
    for (size_t i = 0; i < text.len; i++)
        for (int bit = 0; bit <= 8; bit++) {
            int flip = bit == 8 ? 0xFF : 1 << bit;
            text.data[i] = (char)(text.data[i] ^ flip);
            scratch_bytes("manifest", text.data, text.len);
            text.data[i] = (char)(text.data[i] ^ flip);
            cs_status status = refusal();
            if (status != CS_DAMAGED && status != CS_FORMAT)
                fail_msg("byte %zu, bits %02x: status %d", i, (unsigned)flip, (int)status);
        }
}

static void test_every_truncation_and_addition_is_refused(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};

    (void)state;
    fill(&written);
    write_ok(&written);
    slurp(&text);
    for (size_t len = 0; len < text.len; len++) {
        scratch_bytes("manifest", text.data, len);
        cs_status status = refusal();
        if (status != CS_DAMAGED && status != CS_FORMAT)
            fail_msg("%zu bytes: status %d", len, (int)status);
    }
    for (char c = '\0'; c != 'b'; c = c == '\0' ? '\n' : c == '\n' ? 'a' : 'b') {
        cs_buf_add_char(&text, c);
        scratch_bytes("manifest", text.data, text.len);
        assert_int_equal(refusal(), CS_DAMAGED);
        cs_buf_truncate(&text, text.len - 1);
    }
}

/* A text with a checksum that holds. */
static void write_text(const char *lines)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    cs_buf_add_string(&text, lines);
    cs_buf_addf(&text, "end %016" PRIx64 "\n", cs_hash(text.data, text.len));
    scratch_bytes("manifest", text.data, text.len);
}

#define HEAD "casesearch manifest 1\nroot /a\nextensions md\nmax-size 1\nlanguage en\n"
#define SEGMENT                                                                                    \
    "segment 0123456789abcdef passages 9 files 3 studies 2\n"                                      \
    "db 1 00000000000000aa 2 3 4\nstore 1 00000000000000aa 2 3 4\n"

static void test_what_no_program_of_ours_wrote(void **state)
{
    static const struct {
        const char *lines;
        cs_status status;
    } examples[] = {
        {HEAD, CS_OK},
        {HEAD SEGMENT, CS_OK},
        {HEAD SEGMENT "dead 0-2\n", CS_OK},
        {"casesearch manifest 2\nsomething else\n", CS_FORMAT},
        {"casesearch manifest 0\n", CS_FORMAT},
        {"casesearch manifest -1\n", CS_FORMAT},
        {"casesearch manifest\n", CS_FORMAT},
        {"hello\n", CS_FORMAT},
        {"", CS_FORMAT},
        {"casesearch manifest 1\n", CS_DAMAGED},
        {"casesearch manifest 1\nroot /a\nextensions md\n", CS_DAMAGED},
        {HEAD "surprise\n", CS_DAMAGED},
        {HEAD "root /b\n", CS_DAMAGED},
        {HEAD "db 1 00000000000000aa 2 3 4\n", CS_DAMAGED},
        {HEAD "dead 0\n", CS_DAMAGED},
        {HEAD "segment 0123 passages 9 files 3 studies 2\n", CS_DAMAGED},
        {HEAD "segment 0123456789abcdef passages 9 files 16777217 studies 2\n", CS_DAMAGED},
        {HEAD "segment ../../../etc/pass passages 9 files 3 studies 2\n", CS_DAMAGED},
        {HEAD SEGMENT "dead 3\n", CS_DAMAGED},
        {HEAD SEGMENT "dead 0-3\n", CS_DAMAGED},
        {HEAD SEGMENT "dead 2-0\n", CS_DAMAGED},
        {HEAD SEGMENT "dead x\n", CS_DAMAGED},
        {HEAD SEGMENT "dead 1;2\n", CS_DAMAGED},
        {HEAD SEGMENT "dead 2,1\n", CS_DAMAGED},
        {HEAD SEGMENT "dead 1,1\n", CS_DAMAGED},
        {HEAD SEGMENT "dead -1\n", CS_DAMAGED},
        {HEAD SEGMENT "db 1\n", CS_DAMAGED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        write_text(examples[i].lines);
        cs_status status = refusal();
        if (status != examples[i].status)
            fail_msg("%s: status %d", examples[i].lines, (int)status);
    }
}

static void test_missing_and_unreadable(void **state)
{
    cs_manifest m = {0};
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_manifest_read(scratch_path("nowhere"), &m, &error), CS_NO_INDEX);
    scratch_file("plain", "x");
    assert_int_equal(cs_manifest_read(scratch_path("plain"), &m, &error), CS_REFUSED);
    scratch_folder("strange/manifest");
    assert_int_equal(cs_manifest_read(scratch_path("strange"), &m, &error), CS_IO);
    scratch_folder("empty");
    assert_int_equal(cs_manifest_read(scratch_path("empty"), &m, &error), CS_NO_INDEX);
    assert_non_null(strstr(error.message, "empty/manifest: No such file"));
    fill(&m);
    assert_int_equal(cs_manifest_write(scratch_path("nowhere"), &m, &error), CS_IO);
    cs_manifest_release(&m);
}

static void test_other_version_says_what_to_do(void **state)
{
    cs_manifest m = {0};
    cs_error error = {0};

    (void)state;
    write_text("casesearch manifest 7\n");
    assert_int_equal(cs_manifest_read(scratch_root, &m, &error), CS_FORMAT);
    assert_non_null(strstr(error.message, "format 7"));
    assert_non_null(strstr(error.hint, "--rebuild"));
}

static void test_leftovers_of_a_crash(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_manifest) read = {0};

    (void)state;
    fill(&written);
    write_ok(&written);
    scratch_file("manifest.new", "casesearch manifest 1\nroot /ho");
    read_ok(&read);
    assert_same(&written, &read);
    cs_manifest_release(&read);
    KILL(&written.segments.items[0], 20);
    write_ok(&written); /* over a longer leftover, too */
    scratch_file("manifest.new", "x");
    read_ok(&read);
    assert_same(&written, &read);
}

static void test_a_long_leftover_is_not_kept(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_manifest) read = {0};
    static char junk[1 << 16];

    (void)state;
    fill(&written);
    memset(junk, 'x', sizeof junk);
    scratch_bytes("manifest.new", junk, sizeof junk);
    write_ok(&written);
    read_ok(&read);
    assert_same(&written, &read);
}

/* A writer that cannot finish leaves the old one. */
static void test_a_failed_write_keeps_the_old_one(void **state)
{
    CS_SCOPED(cs_manifest) written = {0};
    CS_SCOPED(cs_manifest) read = {0};
    cs_error error = {0};

    (void)state;
    fill(&written);
    write_ok(&written);
    scratch_folder("manifest.new"); /* in the way of the one written aside */
    KILL(&written.segments.items[0], 20);
    assert_int_equal(cs_manifest_write(scratch_root, &written, &error), CS_IO);
    assert_int_equal(error.status, CS_IO);
    read_ok(&read);
    assert_false(cs_segment_is_dead(&read.segments.items[0], 20));
}

static void test_killing_keeps_order(void **state)
{
    CS_SCOPED(cs_manifest) m = {0};
    cs_segment *segment = add_segment(&m, "0123456789abcdef", 1009);

    (void)state;
    for (uint32_t i = 0; i < 1009; i += 2)
        assert_true(cs_segment_kill(segment, i * 347 % 1009));
    assert_true(cs_segment_kill(segment, 0));
    assert_int_equal(segment->dead.count, 505);
    for (size_t i = 1; i < segment->dead.count; i++)
        assert_true(segment->dead.items[i - 1] < segment->dead.items[i]);
    for (uint32_t i = 0; i < 1009; i++)
        assert_int_equal(cs_segment_is_dead(segment, i * 347 % 1009), i % 2 == 0);
    assert_false(cs_segment_is_dead(segment, UINT32_MAX));
}

static void test_segment_path(void **state)
{
    CS_SCOPED(cs_buf) path = {.limit = 1000};
    cs_segment segment = {.name = "0123456789abcdef"};

    (void)state;
    cs_segment_path(&path, "/x", &segment, CS_STORE_SUFFIX);
    assert_string_equal(path.data, "/x/0123456789abcdef.store");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(test_round_trip),
        IN_SCRATCH(test_without_segments_and_with_each_option),
        IN_SCRATCH(test_default_extensions),
        IN_SCRATCH(test_odd_roots),
        IN_SCRATCH(test_dead_files_as_written),
        IN_SCRATCH(test_every_flipped_bit_is_refused),
        IN_SCRATCH(test_every_truncation_and_addition_is_refused),
        IN_SCRATCH(test_what_no_program_of_ours_wrote),
        IN_SCRATCH(test_missing_and_unreadable),
        IN_SCRATCH(test_other_version_says_what_to_do),
        IN_SCRATCH(test_leftovers_of_a_crash),
        IN_SCRATCH(test_a_long_leftover_is_not_kept),
        IN_SCRATCH(test_a_failed_write_keeps_the_old_one),
        cmocka_unit_test(test_killing_keeps_order),
        cmocka_unit_test(test_segment_path),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
