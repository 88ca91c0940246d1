/* update_test.c - an index brought up to date: one step at a time, settings, interruptions;
 * update_many_test.c has many steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "update_fixture.h"

/* ---- one step at a time ------------------------------------------------------------ */

static void test_first_run_and_nothing_to_do(void **state)
{
    (void)state;
    library_write("a.md", "# A\n\nalpha\n");
    library_write("sub/b.md", "# B\n\nbeta\n\n## Two\n\ngamma\n");
    library_write("blank.md", "\n");
    library_write("binary.md", "x");
    scratch_bytes(library_name("binary.md"), "a\0b", 3);
    cs_update_result r = library_update();
    assert_int_equal(r.files, 4);
    assert_int_equal(r.added, 4);
    assert_int_equal(r.skipped, 2);
    assert_int_equal(r.studies, 2);
    assert_int_equal(r.passages, 3);
    assert_true(r.published);
    assert_content("a.md:3-3 alpha\nsub/b.md:3-3 beta\nsub/b.md:7-7 gamma\n");
    r = library_update();
    assert_int_equal(r.kept, 4);
    assert_int_equal(r.added + r.changed + r.deleted + r.failed, 0);
    assert_int_equal(r.passages, 3);
    assert_false(r.published);
    assert_int_equal(leftovers(), 0);
}

static void test_add_change_rename_delete(void **state)
{
    (void)state;
    library_write("a.md", "alpha\n");
    library_write("b.md", "beta\n");
    library_write("c.md", "gamma\n");
    library_update();
    library_write("d.md", "delta\n");
    library_write("b.md", "beta two\n");
    library_delete("a.md");
    scratch_must(rename(scratch_path(library_name("c.md")), scratch_path(library_name("e.md"))) ==
                     0,
                 "rename");
    cs_update_result r = library_update();
    assert_int_equal(r.added, 2);
    assert_int_equal(r.changed, 1);
    assert_int_equal(r.deleted, 2);
    assert_int_equal(r.studies, 3);
    assert_content("b.md:1-1 beta two\nd.md:1-1 delta\ne.md:1-1 gamma\n");
    library_delete("b.md");
    library_delete("d.md");
    library_delete("e.md");
    r = library_update();
    assert_int_equal(r.deleted, 3);
    assert_int_equal(r.passages, 0);
    assert_content("");
    assert_int_equal(leftovers(), 0);
}

static void set_times(const char *path, const struct timespec times[2])
{
    scratch_must(utimensat(AT_FDCWD, scratch_path(library_name(path)), times, 0) == 0, path);
}

static void test_touched_file_keeps_its_text(void **state)
{
    static const struct timespec past[2] = {{1000000000, 5}, {1000000000, 5}};

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    set_times("a.md", past);
    library_update();
    assert_content("a.md:1-1 alpha\n");
    cs_update_result r = library_update();
    assert_int_equal(r.kept, 1);
}

/* What size and mtime hide, ctime tells. */
static void test_same_size_and_restored_mtime(void **state)
{
    struct stat st;

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    usleep(50000);
    library_update();
    scratch_must(stat(scratch_path(library_name("a.md")), &st) == 0, "stat");
    library_write("a.md", "omega\n");
    set_times("a.md", (const struct timespec[2]){st.st_atim, st.st_mtim});
    cs_update_result r = library_update();
    assert_int_equal(r.changed, 1);
    assert_content("a.md:1-1 omega\n");
}

static bool is_racy(const char *path)
{
    cs_collection c;
    cs_file file;

    library_open(&c);
    assert_int_equal(c.shard_count, 1);
    assert_int_equal(cs_schema_read_stamp(cs_store_file(c.shards[0].store, 0), &file, NULL), CS_OK);
    assert_true(cs_view_equal(file.path, cs_view_of(path)));
    bool racy = file.racy;
    cs_collection_release(&c);
    return racy;
}

/* A file read within the clock's grain of its last change, or before it. */
static void test_racy_stamps_are_marked(void **state)
{
    static const struct timespec past[2] = {{1000000000, 5}, {1000000000, 5}};
    static const struct timespec future[2] = {{4000000000, 5}, {4000000000, 5}};

    (void)state;
    library_write("a.md", "alpha\n");
    set_times("a.md", future);
    library_update();
    assert_true(is_racy("a.md"));
    set_times("a.md", past);
    usleep(100000); /* its ctime is of now */
    library_update();
    assert_false(is_racy("a.md"));
}

/* Adds a file as `text` to a segment, under the stamp that it has now: as if it had
 * been written again within the clock's grain. */
static void add_file_as(cs_segment_writer *writer, const char *path, const char *text, bool racy)
{
    struct stat st;
    CS_SCOPED(cs_study) study = {0};

    scratch_must(stat(scratch_path(library_name(path)), &st) == 0, path);
    assert_int_equal(cs_study_read(cs_view_of(text), cs_view_of(path), "en", &study, NULL), CS_OK);
    study.file.path = cs_view_of(path);
    study.file.stamp = cs_stamp_of(&st);
    study.file.racy = racy;
    study.file.hash = 12345; /* not that of the file */
    study.file.state = CS_FILE_READ;
    assert_int_equal(cs_segment_writer_add(writer, &study, NULL), CS_OK);
}

/* A segment of one file that is racy or not, and of another that is not; either
 * may be NULL. */
static void add_segment_of(cs_manifest *manifest, const char *racy, const char *sure,
                           const char *text)
{
    cs_segment_writer *writer;
    cs_segment *segment = CS_PUSH(&manifest->segments);
    cs_chunk chunk;
    cs_part db, store;

    assert_int_equal(cs_segment_writer_new(scratch_path(LIBRARY_INDEX), &writer, NULL), CS_OK);
    assert_int_equal(cs_segment_writer_begin_chunk(writer, 0, NULL), CS_OK);
    if (racy != NULL)
        add_file_as(writer, racy, text, true);
    if (sure != NULL)
        add_file_as(writer, sure, text, false);
    assert_int_equal(cs_segment_writer_end_chunk(writer, &chunk, NULL), CS_OK);
    assert_int_equal(cs_segment_writer_join_databases(writer, &chunk, 1, &db, NULL), CS_OK);
    assert_int_equal(cs_segment_writer_join_stores(writer, &chunk, 1, &store, NULL), CS_OK);
    cs_segment_writer_finish(writer, &chunk, 1, &db, &store, segment);
    cs_segment_writer_free(writer);
}

static void write_manifest(cs_manifest *manifest)
{
    manifest->settings.root = cs_copy_string(cs_view_of(scratch_path(LIBRARY_FOLDER)));
    manifest->settings.language = cs_copy_string(cs_view_of("en"));
    manifest->settings.selection.extensions = cs_copy_string(cs_view_of("md"));
    manifest->settings.selection.max_size = 1 << 20;
    assert_int_equal(cs_manifest_write(scratch_path(LIBRARY_INDEX), manifest, NULL), CS_OK);
}

static void test_a_racy_stamp_is_not_believed(void **state)
{
    CS_SCOPED(cs_manifest) manifest = {0};

    (void)state;
    library_write("racy.md", "after\n");
    library_write("sure.md", "other\n");
    add_segment_of(&manifest, "racy.md", "sure.md", "befor\n");
    write_manifest(&manifest);
    cs_update_result r = library_update();
    assert_int_equal(r.changed, 1);
    assert_int_equal(r.reread, 1); /* the other went along */
    char *content = content_of(LIBRARY_INDEX);
    assert_non_null(strstr(content, "racy.md:1-1 after\n"));
    free(content);
}

/* Content that proves to be another needs a segment: a full index makes room. */
static void test_racy_files_in_a_full_index(void **state)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    char racy[20], sure[20];

    (void)state;
    for (int i = 0; i < cs_max_segments; i++) {
        snprintf(racy, sizeof racy, "%d.md", i);
        snprintf(sure, sizeof sure, "sure%d.md", i);
        library_write(racy, i == 0 ? "after\n" : "befor\n");
        library_write(sure, "befor\n");
        add_segment_of(&manifest, i == 0 ? racy : NULL, sure, "befor\n");
        if (i > 0)
            unlink(scratch_path(library_name(racy)));
    }
    write_manifest(&manifest);
    cs_update_result r = library_update();
    assert_int_equal(r.changed, 1);
    assert_true(segment_count() <= cs_max_segments);
    same_as_clean_build();
}

/* ---- settings ---------------------------------------------------------------------- */

static void test_another_language_reads_again(void **state)
{
    cs_update_options german = {.language = "de"};
    cs_update_result r;
    cs_collection c;

    (void)state;
    library_write("a.md", "Die Bewertung.\n");
    library_update();
    assert_int_equal(library_run(LIBRARY_INDEX, &german, &r, NULL), CS_OK);
    assert_int_equal(r.bytes, 15);
    r = library_update(); /* it is kept for later runs */
    assert_int_equal(r.kept, 1);
    library_open(&c);
    assert_string_equal(library_find(&c, "bewertungen"), "a.md:1");
    cs_collection_release(&c);
}

static void test_selection_is_kept(void **state)
{
    const uint64_t small = 10;
    cs_update_options options = {.extensions = "txt", .max_size = &small, .no_ignore = true};
    cs_update_result r;

    (void)state;
    library_write("a.md", "alpha\n");
    library_write("a.txt", "text\n");
    library_write("b.txt", "too long a text\n");
    library_write(".c.txt", "hidden\n");
    assert_int_equal(library_run(LIBRARY_INDEX, &options, &r, NULL), CS_OK);
    assert_content(".c.txt:1-1 hidden\na.txt:1-1 text\n");
    assert_int_equal(r.skipped, 1);
    r = library_update();
    assert_int_equal(r.kept, 2);
    assert_false(r.published);
}

static void test_index_of_another_folder_is_refused(void **state)
{
    cs_update_options options = {.root = NULL};
    cs_update_result r;
    cs_error error = {0};
    const cs_update_watch watch = {0};

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    scratch_folder("other");
    scratch_file("other/b.md", "beta\n");
    options.root = scratch_path("other");
    options.directory = scratch_path(LIBRARY_INDEX);
    assert_int_equal(cs_update_run(&options, &watch, &r, &error), CS_USAGE);
    assert_non_null(strstr(error.hint, "--rebuild"));
    assert_content("a.md:1-1 alpha\n");
    options.rebuild = true;
    assert_int_equal(cs_update_run(&options, &watch, &r, &error), CS_OK);
    assert_content("b.md:1-1 beta\n");
}

static void test_rebuild_heals_a_damaged_index(void **state)
{
    cs_update_options rebuild = {.rebuild = true};
    cs_update_result r;
    cs_error error = {0};

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    scratch_file(LIBRARY_INDEX "/manifest", "casesearch manifest 1\nrubbish\n");
    assert_int_equal(library_run(LIBRARY_INDEX, NULL, &r, &error), CS_DAMAGED);
    assert_int_equal(library_run(LIBRARY_INDEX, &rebuild, &r, &error), CS_OK);
    assert_content("a.md:1-1 alpha\n");
    assert_int_equal(leftovers(), 0);
}

/* ---- interruptions ----------------------------------------------------------------- */

static void test_interrupted_run_leaves_the_index(void **state)
{
    const volatile sig_atomic_t stop = SIGINT;
    cs_update_options options = {.interrupted = &stop};
    cs_update_result r;
    cs_error error = {0};

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    library_write("a.md", "omega!\n");
    library_write("b.md", "beta\n");
    assert_int_equal(library_run(LIBRARY_INDEX, &options, &r, &error), CS_INTERRUPTED);
    assert_false(r.published);
    assert_content("a.md:1-1 alpha\n");
    library_update();
    assert_content("a.md:1-1 omega!\nb.md:1-1 beta\n");
    assert_int_equal(leftovers(), 0);
}

static volatile sig_atomic_t stop_later;

static void stop_at_the_end(void *context, size_t done, size_t all, uint64_t bytes,
                            uint64_t all_bytes)
{
    (void)context, (void)bytes, (void)all_bytes;
    stop_later = done == all ? SIGTERM : 0;
}

/* It was read and written, but not published. */
static void test_interrupted_at_the_last_moment(void **state)
{
    const cs_update_watch watch = {.progress = stop_at_the_end};
    cs_update_options options = {.interrupted = &stop_later};
    cs_update_result r;

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    library_write("b.md", "beta\n");
    options.root = scratch_path(LIBRARY_FOLDER);
    options.directory = scratch_path(LIBRARY_INDEX);
    stop_later = 0;
    assert_int_equal(cs_update_run(&options, &watch, &r, NULL), CS_INTERRUPTED);
    assert_content("a.md:1-1 alpha\n");
    library_delete("b.md"); /* now there is nothing to write; what is left goes all the same */
    library_update();
    assert_int_equal(leftovers(), 0);
}

static void kill_the_process(void *context, size_t done, size_t all, uint64_t bytes,
                             uint64_t all_bytes)
{
    (void)context, (void)done, (void)all, (void)bytes, (void)all_bytes;
    kill(getpid(), SIGKILL);
}

static void test_leftovers_of_a_killed_run_are_removed(void **state)
{
    const cs_update_watch watch = {.progress = kill_the_process};
    cs_update_options options = {.rebuild = true};
    int status;

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    pid_t child = fork();
    scratch_must(child >= 0, "fork");
    if (child == 0) {
        cs_update_result r;
        options.root = scratch_path(LIBRARY_FOLDER);
        options.directory = scratch_path(LIBRARY_INDEX);
        cs_update_run(&options, &watch, &r, NULL);
        _exit(0);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_true(leftovers() > 0);
    assert_content("a.md:1-1 alpha\n");
    cs_update_result r = library_update(); /* nothing changed */
    assert_int_equal(r.kept, 1);
    assert_int_equal(leftovers(), 0);
    assert_content("a.md:1-1 alpha\n");
}

static void test_locked_index_is_left_alone(void **state)
{
    cs_update_result r;
    cs_error error = {0};
    int lock;

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    assert_int_equal(cs_lock_take(scratch_path(LIBRARY_INDEX), false, &lock, NULL), CS_OK);
    assert_int_equal(library_run(LIBRARY_INDEX, NULL, &r, &error), CS_LOCKED);
    close(lock);
    library_update();
}

/* ---- unreadable and quick ---------------------------------------------------------- */

static size_t failures;

static void count_failures(void *context, cs_event_kind kind, const char *path, const char *text)
{
    (void)context, (void)path, (void)text;
    failures += kind == CS_EVENT_FAILED;
}

static void test_unreadable_folder_keeps_what_is_known(void **state)
{
    const cs_update_watch watch = {.event = count_failures};
    cs_update_options options = {0};
    cs_update_result r;

    (void)state;
    if (geteuid() == 0)
        skip(); /* nothing is unreadable to root */
    library_write("a.md", "alpha\n");
    library_write("sub/b.md", "beta\n");
    library_update();
    scratch_must(chmod(scratch_path(library_name("sub")), 0) == 0, "chmod");
    options.root = scratch_path(LIBRARY_FOLDER);
    options.directory = scratch_path(LIBRARY_INDEX);
    failures = 0;
    cs_status status = cs_update_run(&options, &watch, &r, NULL);
    scratch_must(chmod(scratch_path(library_name("sub")), 0755) == 0, "chmod");
    assert_int_equal(status, CS_OK);
    assert_int_equal(failures, 1);
    assert_int_equal(r.failed, 1);
    assert_content("a.md:1-1 alpha\nsub/b.md:1-1 beta\n");
}

/* The path of a part of the first segment. */
static const char *first_part(const char *suffix)
{
    static char path[2 * PATH_MAX];
    CS_SCOPED(cs_manifest) manifest = {0};
    CS_SCOPED(cs_buf) name = {.limit = sizeof path};

    assert_int_equal(cs_manifest_read(scratch_path(LIBRARY_INDEX), &manifest, NULL), CS_OK);
    cs_segment_path(&name, scratch_path(LIBRARY_INDEX), &manifest.segments.items[0], suffix);
    snprintf(path, sizeof path, "%s", name.data);
    return path;
}

/* A database of another inode, or touched, is verified once, not at each search. */
static void test_a_copied_database_is_verified_once(void **state)
{
    cs_index index;

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    scratch_must(utimensat(AT_FDCWD, first_part(CS_DB_SUFFIX), NULL, 0) == 0, "utimensat");
    assert_true(library_update().published);
    assert_int_equal(cs_index_open(scratch_path(LIBRARY_INDEX), CS_INDEX_DATABASE, &index, NULL),
                     CS_OK);
    assert_false(index.verified);
    cs_index_release(&index);
}

static void test_a_damaged_database_is_no_base_of_an_update(void **state)
{
    cs_update_result result;
    cs_error error = {0};

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    scratch_must(truncate(first_part(CS_DB_SUFFIX), 100) == 0, "truncate");
    assert_int_equal(library_run(LIBRARY_INDEX, NULL, &result, &error), CS_DAMAGED);
    assert_non_null(strstr(error.hint, "--rebuild"));
}

static void test_quick_run_does_little_or_tells(void **state)
{
    cs_update_options quick = {.quick = true};
    cs_update_result r;
    char path[20];

    (void)state;
    library_write("a.md", "alpha\n");
    library_update();
    library_write("b.md", "beta\n");
    assert_int_equal(library_run(LIBRARY_INDEX, &quick, &r, NULL), CS_OK);
    if (!r.partly) { /* a slow machine */
        assert_int_equal(r.newer, 0);
        assert_int_equal(r.added, 1);
    }
    for (int i = 0; i <= cs_quick_files; i++) {
        snprintf(path, sizeof path, "n%d.md", i);
        library_write(path, "new\n");
    }
    assert_int_equal(library_run(LIBRARY_INDEX, &quick, &r, NULL), CS_OK);
    assert_false(r.published);
    if (!r.partly)
        assert_int_equal(r.newer, cs_quick_files + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_run_and_nothing_to_do),
        TEST(test_add_change_rename_delete),
        TEST(test_touched_file_keeps_its_text),
        TEST(test_same_size_and_restored_mtime),
        TEST(test_racy_stamps_are_marked),
        TEST(test_a_racy_stamp_is_not_believed),
        TEST(test_racy_files_in_a_full_index),
        TEST(test_another_language_reads_again),
        TEST(test_selection_is_kept),
        TEST(test_index_of_another_folder_is_refused),
        TEST(test_rebuild_heals_a_damaged_index),
        TEST(test_interrupted_run_leaves_the_index),
        TEST(test_interrupted_at_the_last_moment),
        TEST(test_leftovers_of_a_killed_run_are_removed),
        TEST(test_locked_index_is_left_alone),
        TEST(test_unreadable_folder_keeps_what_is_known),
        TEST(test_a_copied_database_is_verified_once),
        TEST(test_a_damaged_database_is_no_base_of_an_update),
        TEST(test_quick_run_does_little_or_tells),
    };
    return cmocka_run_group_tests_name("update", tests, NULL, NULL);
}
