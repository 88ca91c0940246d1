/* index_test.c - tests of lib/index.c.
 *
 * open(2) is ours here, so that a writer can come in at the worst moment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <cmocka.h>

#include "library.h"

/* Called once, before the next file of that suffix is opened. */
static void (*before_open)(void);
static const char *before_suffix;

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    size_t len = strlen(path), tail = before_suffix == NULL ? 0 : strlen(before_suffix);
    if (before_open != NULL && len >= tail && strcmp(path + len - tail, before_suffix) == 0) {
        void (*call)(void) = before_open;
        before_open = NULL;
        call();
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* A file that grows by a copy of itself, before the n-th look at a size: it still
 * begins and ends as a store does. */
static const char *grows;
static int looks_left;

static void grow(const char *name)
{
    static char bytes[1 << 20];
    int fd = open(name, O_RDWR | O_APPEND);
    ssize_t n = read(fd, bytes, sizeof bytes);
    scratch_must(n > 0 && write(fd, bytes, (size_t)n) == n, name);
    close(fd);
}

int fstat(int fd, struct stat *st)
{
    if (grows != NULL && --looks_left == 0)
        grow(grows);
    return (int)syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
}

static cs_status open_index(unsigned flags, cs_index *index, cs_error *error)
{
    char directory[PATH_MAX]; /* that scratch_path has goes round */
    snprintf(directory, sizeof directory, "%s", scratch_path(LIBRARY_INDEX));
    *error = (cs_error){0};
    return cs_index_open(directory, flags, index, error);
}

/* Opens and releases. */
static cs_status try_open(unsigned flags, cs_error *error)
{
    cs_index index;
    cs_status status = open_index(flags, &index, error);

    cs_index_release(&index);
    return status;
}

/* Two segments. */
static int make_index(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};

    library_make(state);
    for (int i = 0; i < 1000; i++)
        cs_buf_add_string(&text, "filler ");
    library_write("a.md", text.data);
    library_update();
    library_write("b.md", "beta\n");
    library_update();
    return 0;
}

/* The path of a part of segment `i`, relative to the scratch folder. */
static const char *part(size_t i, const char *suffix)
{
    static char name[PATH_MAX];
    CS_SCOPED(cs_manifest) manifest = {0};

    assert_int_equal(cs_manifest_read(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    assert_true(i < manifest.segments.count);
    snprintf(name, sizeof name, LIBRARY_INDEX "/%s%s", manifest.segments.items[i].name, suffix);
    return name;
}

static void test_open_and_release(void **state)
{
    cs_index index, empty = {0};
    cs_error error;

    (void)state;
    assert_int_equal(open_index(CS_INDEX_DATABASE, &index, &error), CS_OK);
    assert_int_equal(index.manifest.segments.count, 2);
    assert_int_equal(cs_index_study_count(&index), 2);
    assert_false(index.verified);
    for (size_t i = 0; i < 2; i++)
        assert_true(fcntl(index.databases[i], F_GETFD) >= 0);
    int fd = index.databases[0];
    cs_index_release(&index);
    assert_true(fcntl(fd, F_GETFD) < 0);
    cs_index_release(&index);
    cs_index_release(&empty);
    assert_int_equal(open_index(CS_INDEX_STORES, &index, &error), CS_OK);
    assert_int_equal(index.databases[0], -1);
    cs_index_release(&index);
}

static void test_no_index(void **state)
{
    cs_index index;
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_index_open(scratch_path("none"), 0, &index, &error), CS_NO_INDEX);
    cs_index_release(&index);
}

/* One byte of the file becomes another, in place. Its times stay or change. */
static void damage(const char *name, off_t at, bool keep_times)
{
    struct stat st;
    char byte;
    int fd = open(scratch_path(name), O_RDWR);

    scratch_must(fd >= 0 && fstat(fd, &st) == 0, name);
    at = at < 0 ? st.st_size + at : at;
    scratch_must(pread(fd, &byte, 1, at) == 1, name);
    byte = (char)(byte ^ 0x20);
    scratch_must(pwrite(fd, &byte, 1, at) == 1, name);
    const struct timespec times[2] = {st.st_atim, st.st_mtim};
    if (keep_times)
        scratch_must(futimens(fd, times) == 0, name);
    close(fd);
}

static void test_damage_in_each_part(void **state)
{
    static const char *const suffixes[] = {CS_STORE_SUFFIX, CS_DB_SUFFIX};
    static const off_t places[] = {0, 50, -60, -1};
    cs_error error;

    (void)state;
    for (size_t segment = 0; segment < 2; segment++)
        for (size_t s = 0; s < 2; s++)
            for (size_t i = 0; i < 4; i++) {
                const char *name = part(segment, suffixes[s]);
                damage(name, places[i], true); /* ctime tells all the same */
                assert_int_equal(try_open(CS_INDEX_DATABASE, &error), CS_DAMAGED);
                assert_non_null(strstr(error.hint, "--rebuild"));
                assert_int_equal(try_open(CS_INDEX_DATABASE | CS_INDEX_CHECK, &error), CS_DAMAGED);
                damage(name, places[i], true);
                assert_int_equal(try_open(CS_INDEX_DATABASE, &error), CS_OK);
            }
}

/* Rot that keeps all stamps: as if the damaged file were what was published. */
static void test_rot_is_found_by_a_check_only(void **state)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    struct stat st;
    cs_error error;

    (void)state;
    const char *name = part(0, CS_STORE_SUFFIX);
    damage(name, 50, false);
    assert_int_equal(cs_manifest_read(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    scratch_must(stat(scratch_path(name), &st) == 0, name);
    manifest.segments.items[0].store.stamp = cs_stamp_of(&st);
    assert_int_equal(cs_manifest_write(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    assert_int_equal(try_open(CS_INDEX_DATABASE, &error), CS_OK);
    assert_int_equal(try_open(CS_INDEX_CHECK, &error), CS_DAMAGED);
}

static void test_other_stamps_are_verified_and_then_kept(void **state)
{
    cs_index index;
    cs_error error;

    (void)state;
    const char *name = part(1, CS_STORE_SUFFIX);
    scratch_must(utimensat(AT_FDCWD, scratch_path(name), NULL, 0) == 0, name);
    assert_int_equal(open_index(CS_INDEX_STORES, &index, &error), CS_OK);
    assert_true(index.verified);
    cs_index_release(&index);
    assert_true(library_update().published); /* the indexer keeps the new stamps */
    assert_int_equal(open_index(CS_INDEX_STORES, &index, &error), CS_OK);
    assert_false(index.verified);
    cs_index_release(&index);
}

static void test_cut_short_and_grown(void **state)
{
    cs_error error;

    (void)state;
    const char *store = part(0, CS_STORE_SUFFIX);
    scratch_must(truncate(scratch_path(store), 100) == 0, store);
    assert_int_equal(try_open(CS_INDEX_STORES, &error), CS_DAMAGED);
    scratch_must(truncate(scratch_path(store), 0) == 0, store);
    assert_int_equal(try_open(CS_INDEX_STORES, &error), CS_DAMAGED);
    assert_non_null(strstr(error.hint, "--rebuild"));
}

static void test_missing_parts(void **state)
{
    cs_error error;

    (void)state;
    scratch_must(unlink(scratch_path(part(1, CS_DB_SUFFIX))) == 0, "db");
    assert_int_equal(try_open(CS_INDEX_STORES, &error), CS_OK);
    assert_int_equal(try_open(CS_INDEX_DATABASE, &error), CS_DAMAGED);
    assert_int_equal(error.status, CS_DAMAGED);
    assert_non_null(strstr(error.hint, "--rebuild"));
    scratch_must(unlink(scratch_path(part(1, CS_STORE_SUFFIX))) == 0, "store");
    assert_int_equal(try_open(CS_INDEX_STORES, &error), CS_DAMAGED);
    assert_non_null(strstr(error.hint, "--rebuild"));
}

/* A segment that is a link is not ours: what it names is never opened. */
static void test_links_are_not_followed(void **state)
{
    cs_error error;

    (void)state;
    char moved[PATH_MAX];
    const char *name = part(0, CS_DB_SUFFIX);
    snprintf(moved, sizeof moved, "%s", scratch_path("moved"));
    scratch_must(rename(scratch_path(name), moved) == 0, name);
    scratch_must(symlink(moved, scratch_path(name)) == 0, name);
    assert_int_not_equal(try_open(CS_INDEX_DATABASE, &error), CS_OK);
}

/* All is read again, merged into one segment; the old ones are removed. */
static void replace_all(void)
{
    cs_update_options rebuild = {.rebuild = true};
    cs_update_result result;

    library_write("c.md", "gamma\n");
    assert_int_equal(library_run(LIBRARY_INDEX, &rebuild, &result, NULL), CS_OK);
}

/* A writer that is always a step ahead: `writes_left` times. */
static int writes_left;

static void replace_again(void)
{
    replace_all();
    if (--writes_left > 0)
        before_open = replace_again;
}

static void test_manifest_is_read_again_as_long_as_it_changes(void **state)
{
    cs_index index;
    cs_error error;

    (void)state;
    writes_left = 5;
    before_suffix = CS_STORE_SUFFIX;
    before_open = replace_again;
    assert_int_equal(open_index(CS_INDEX_DATABASE, &index, &error), CS_OK);
    assert_int_equal(writes_left, 0);
    assert_int_equal(cs_index_study_count(&index), 3);
    cs_index_release(&index);
}

/* The store becomes another after its stamp was looked at, before it is mapped. */
static void test_a_store_that_changes_at_the_last_moment(void **state)
{
    cs_error error;
    char name[PATH_MAX];

    (void)state;
    snprintf(name, sizeof name, "%s", scratch_path(part(0, CS_STORE_SUFFIX)));
    grows = name;
    looks_left = 2;
    assert_int_equal(try_open(CS_INDEX_STORES, &error), CS_DAMAGED);
    assert_int_equal(looks_left, 0);
    grows = NULL;
    assert_non_null(strstr(error.message, "not what was written"));
}

static void test_manifest_is_read_again_once(void **state)
{
    static const char *const suffixes[] = {CS_STORE_SUFFIX, CS_DB_SUFFIX};
    cs_index index;
    cs_error error;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        before_suffix = suffixes[i];
        before_open = replace_all;
        assert_int_equal(open_index(CS_INDEX_DATABASE, &index, &error), CS_OK);
        assert_null(before_open); /* it did come in between */
        assert_int_equal(index.manifest.segments.count, 1);
        assert_int_equal(cs_index_study_count(&index), 3);
        cs_index_release(&index);
    }
}

/* What was opened stays whole under a writer. */
static void test_reader_beside_a_writer(void **state)
{
    cs_collection c;

    (void)state;
    library_open(&c);
    replace_all();
    assert_string_equal(library_find(&c, "beta"), "b.md:1");
    assert_string_equal(library_find(&c, "gamma"), "");
    cs_collection_release(&c);
    library_open(&c);
    assert_string_equal(library_find(&c, "gamma"), "c.md:1");
    cs_collection_release(&c);
}

static void test_counts_that_do_not_agree(void **state)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_error error;

    (void)state;
    assert_int_equal(cs_manifest_read(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    manifest.segments.items[0].passages++;
    assert_int_equal(cs_manifest_write(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    assert_int_equal(try_open(CS_INDEX_STORES, &error), CS_DAMAGED);
}

static void test_errors_of_the_wrapper(void **state)
{
    static const struct {
        xc_status from;
        cs_status to;
    } table[] = {{XC_LOCKED, CS_LOCKED},     {XC_MEMORY, CS_MEMORY},  {XC_CORRUPT, CS_DAMAGED},
                 {XC_NOT_FOUND, CS_DAMAGED}, {XC_VERSION, CS_FORMAT}, {XC_INVALID, CS_IO}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        xc_error failure = {.status = table[i].from};
        cs_error error = {0};
        assert_int_equal(cs_index_fail(&error, &failure, "what"), table[i].to);
        assert_int_equal(error.status, table[i].to);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_index, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_open_and_release),
        TEST(test_no_index),
        TEST(test_damage_in_each_part),
        TEST(test_rot_is_found_by_a_check_only),
        TEST(test_other_stamps_are_verified_and_then_kept),
        TEST(test_cut_short_and_grown),
        TEST(test_missing_parts),
        TEST(test_links_are_not_followed),
        TEST(test_manifest_is_read_again_once),
        TEST(test_manifest_is_read_again_as_long_as_it_changes),
        TEST(test_a_store_that_changes_at_the_last_moment),
        TEST(test_reader_beside_a_writer),
        TEST(test_counts_that_do_not_agree),
        cmocka_unit_test(test_errors_of_the_wrapper),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
