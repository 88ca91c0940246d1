/* build_test.c - tests of indexer/build.c.
 *
 * lseek(2) is ours here, so that a file can kill who reads it; setitimer(2), so that
 * a file of a megabyte takes too long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <cmocka.h>

#include "build.h"
#include "index.h"
#include "limit.h"
#include "scratch.h"

/* How often a file of that name kills its reader; in memory that all share. */
static atomic_uint *deaths_left;

off_t lseek(int fd, off_t offset, int whence)
{
    char link[32], path[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    bool named = deaths_left != NULL && *deaths_left > 0 &&
                 readlink(link, path, sizeof path - 1) > 0 && strstr(path, "killer") != NULL;
    if (named) {
        atomic_fetch_sub(deaths_left, 1);
        raise(SIGKILL);
    }
    return (off_t)syscall(SYS_lseek, fd, offset, whence);
}

static bool little_time;

int setitimer(__itimer_which_t which, const struct itimerval *timer, struct itimerval *old)
{
    struct itimerval tight = *timer;
    if (little_time && timer->it_value.tv_sec > 0)
        tight.it_value = (struct timeval){.tv_usec = 20000};
    return (int)syscall(SYS_setitimer, which, &tight, old);
}

enum { max_files = 300 };

typedef struct fixture {
    cs_settings settings;
    cs_build build;
    cs_build_file files[max_files];
    char names[max_files][32];
    cs_buf told;
    size_t progress;
} fixture;

static void tell(void *context, cs_outcome outcome, const char *path, const char *text)
{
    fixture *f = context;
    cs_buf_addf(&f->told, "%d %s: %s\n", (int)outcome, path, text);
}

static void joining(void *context, size_t files)
{
    assert_true(files > 0);
    (void)context;
}

static void progress(void *context, size_t files, uint64_t bytes)
{
    fixture *f = context;
    f->progress = files;
    (void)bytes;
}

/* The scratch folder's "cases" with that many files, all to be read, `index` empty. */
static void begin(fixture *f, unsigned jobs)
{
    char folder[PATH_MAX];
    static char index[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", scratch_path("cases"));
    snprintf(index, sizeof index, "%s", scratch_path("index"));
    scratch_folder("index");
    f->settings = (cs_settings){.root = folder, .language = (char *)"en"};
    f->settings.selection = (cs_selection){.extensions = (char *)"md", .max_size = 1 << 22};
    cs_buf_init(&f->told, 1 << 20);
    f->build.directory = index;
    f->build.root_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    f->build.lock_fd = -1;
    f->build.settings = &f->settings;
    f->build.jobs = jobs;
    f->build.files = f->files;
    f->build.context = f;
    f->build.tell = tell;
    f->build.progress = progress;
    f->build.joining = joining;
    assert_true(f->build.root_fd >= 0);
}

static void add(fixture *f, const char *name)
{
    struct stat st;
    size_t i = f->build.count++;
    snprintf(f->names[i], sizeof f->names[i], "%s", name);
    bool found = fstatat(f->build.root_fd, name, &st, 0) == 0;
    f->files[i] = (cs_build_file){.path = f->names[i], .size = found ? (uint64_t)st.st_size : 0};
}

static void end(fixture *f)
{
    close(f->build.root_fd);
    cs_buf_release(&f->told);
    free(f);
}

static void write_studies(unsigned count)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    for (unsigned i = 0; i < count; i++) {
        char name[64];
        cs_buf_clear(&text);
        cs_buf_addf(&text, "---\nyear: %u\n---\n# Study %u\n\n", 1900 + i, i);
        for (unsigned w = 0; w < 400 + 13 * i; w++)
            cs_buf_addf(&text, "word%u of%s", w * i % 1999, w % 50 == 0 ? "\n\n" : " ");
        snprintf(name, sizeof name, "cases/s%03u.md", i);
        scratch_file(name, text.data);
    }
}

static void add_studies(fixture *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "s%03u.md", i);
        add(f, name);
    }
}

static cs_status run(fixture *f, cs_segment *segment, bool *any)
{
    cs_error error = {0};
    cs_status status = cs_build_segment(&f->build, segment, any, &error);
    if (status != CS_OK)
        print_message("%s\n", error.message);
    return status;
}

/* The store of a segment, all of it. */
static void read_store(const fixture *f, const cs_segment *segment, cs_store *ret_store)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_segment_path(&path, f->build.directory, segment, CS_STORE_SUFFIX);
    int fd = open(path.data, O_RDONLY | O_CLOEXEC);
    assert_int_equal(cs_store_open(fd, "store", ret_store, NULL), CS_OK);
    close(fd);
}

static size_t entries(const char *directory)
{
    size_t count = 0;
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        count += e->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* What a store holds, without the stamps of files: passages in order, first
 * passages, paths, forms, values. */
static void add_content(cs_buf *out, const cs_store *store)
{
    for (uint32_t i = 0; i < store->passage_count; i++) {
        cs_buf_add_sized(out, cs_store_passage(store, i));
        cs_buf_addf(out, " %u\n", cs_store_kinds(store, i));
    }
    for (uint32_t i = 0; i < store->file_count; i++) {
        cs_file file;
        assert_int_equal(cs_schema_read_stamp(cs_store_file(store, i), &file, NULL), CS_OK);
        cs_buf_addf(out, "%u %.*s %lx\n", cs_store_first_passage(store, i), (int)file.path.len,
                    file.path.data, (unsigned long)file.hash);
    }
    for (uint32_t i = 0; i < store->form_count; i++) {
        cs_view stem, word;
        assert_true(cs_store_form(store, i, &stem, &word));
        cs_buf_addf(out, "%.*s %.*s\n", (int)stem.len, stem.data, (int)word.len, word.data);
    }
    for (uint32_t k = 0; k < store->typed.count; k++)
        for (uint32_t i = 0; i < store->typed.items[k].count; i++) {
            uint32_t file;
            cs_store_value(store, store->typed.items[k].first + i, &file);
            cs_buf_addf(out, "%u %u\n", k, file);
        }
}

static void test_the_segment_does_not_depend_on_jobs(void **state)
{
    static const unsigned jobs[] = {1, 2, 5};
    CS_SCOPED(cs_buf) first = {.limit = 1 << 28};
    (void)state;
    write_studies(200);
    scratch_file("cases/blank.md", "\n");
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        CS_SCOPED(cs_buf) content = {.limit = 1 << 28};
        CS_SCOPED(cs_store) store = {0};
        cs_segment segment;
        bool any;
        fixture *f = calloc(1, sizeof *f);
        begin(f, jobs[i]);
        add(f, "blank.md");
        add_studies(f, 200);
        assert_int_equal(run(f, &segment, &any), CS_OK);
        assert_true(any);
        assert_int_equal(segment.files, 201);
        assert_int_equal(f->build.files[0].outcome, CS_OUTCOME_SKIPPED);
        assert_int_equal(f->build.files[200].outcome, CS_OUTCOME_READ);
        assert_string_equal(f->told.data, "2 blank.md: nothing in it to find\n");
        read_store(f, &segment, &store);
        add_content(&content, &store);
        cs_buf_add_view(&content, cs_buf_view(&f->told));
        assert_int_equal(cs_buf_status(&content), CS_OK);
        if (i == 0)
            cs_buf_add_view(&first, cs_buf_view(&content));
        assert_int_equal(content.len, first.len);
        assert_memory_equal(content.data, first.data, first.len);
        assert_int_equal(entries(f->build.directory), 2 * (i + 1)); /* nothing aside */
        end(f);
    }
}

static void share_deaths(unsigned count)
{
    if (deaths_left == NULL)
        deaths_left = mmap(NULL, sizeof *deaths_left, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(deaths_left != MAP_FAILED);
    *deaths_left = count;
}

static void kill_readers(unsigned deaths, unsigned jobs, const char *told, cs_outcome outcome)
{
    cs_segment segment;
    bool any;
    fixture *f = calloc(1, sizeof *f);
    begin(f, jobs);
    add_studies(f, 10);
    add(f, "killer.md");
    add_studies(f, 20);
    share_deaths(deaths);
    assert_int_equal(run(f, &segment, &any), CS_OK);
    share_deaths(0);
    assert_int_equal(f->build.files[10].outcome, outcome);
    for (size_t i = 0; i < f->build.count; i++)
        assert_true(i == 10 || f->build.files[i].outcome == CS_OUTCOME_READ);
    assert_int_equal(segment.files, outcome == CS_OUTCOME_READ ? 31 : 30);
    assert_string_equal(f->told.data == NULL ? "" : f->told.data, told);
    end(f);
}

/* Killed by what? Once may be chance. */
static void test_a_file_that_kills_its_reader(void **state)
{
    static const char told[] = "4 killer.md: its reader was killed (signal 9): left out\n";
    (void)state;
    write_studies(20);
    scratch_file("cases/killer.md", "# Killer\n\nText.\n");
    for (unsigned jobs = 1; jobs <= 3; jobs += 2) {
        kill_readers(1, jobs, "", CS_OUTCOME_READ);
        kill_readers(2, jobs, told, CS_OUTCOME_FAILED);
        kill_readers(1000, jobs, told, CS_OUTCOME_FAILED);
    }
}

/* 60,000 words; or a list in front matter, for which libyaml keeps every dash. */
static void write_costly(bool memory)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 22};
    cs_buf_add_string(&text, memory ? "---\n" : "");
    for (unsigned i = 0; i < (memory ? 1000000 : 60000); i++) {
        if (memory)
            cs_buf_add_string(&text, "- ");
        else
            cs_buf_addf(&text, "word%u, ", i);
    }
    cs_buf_add_string(&text, memory ? "\n---\n" : "");
    scratch_file("cases/costly.md", text.data);
}

static void refuse(const char *told)
{
    cs_segment segment;
    bool any;
    for (unsigned jobs = 1; jobs <= 3; jobs += 2) {
        fixture *f = calloc(1, sizeof *f);
        begin(f, jobs);
        add_studies(f, 10);
        add(f, "costly.md");
        add_studies(f, 20);
        assert_int_equal(run(f, &segment, &any), CS_OK);
        for (size_t i = 0; i < f->build.count; i++)
            assert_int_equal(f->build.files[i].outcome,
                             i == 10 ? CS_OUTCOME_REFUSED : CS_OUTCOME_READ);
        assert_int_equal(segment.files, 31); /* so that it is not tried in every run */
        assert_int_equal(segment.studies, 30);
        assert_string_equal(f->told.data, told);
        end(f);
    }
}

/* A file that costs too much is named, and all others are read. */
static void test_a_file_over_its_limits(void **state)
{
    (void)state;
    write_studies(20);
    write_costly(false);
    little_time = true;
    refuse("4 costly.md: takes more than 2 s: left out\n");
    little_time = false;
    if (cs_limit_lenience > 1)
        return; /* a sanitizer ends the process when it gets no memory */
    write_costly(true);
    refuse("4 costly.md: takes more than 128 MB: left out\n");
}

static void write_oversize(void)
{
    char path[PATH_MAX];
    scratch_file("cases/large.md", "large");
    snprintf(path, sizeof path, "%s", scratch_path("cases/large.md"));
    scratch_must(truncate(path, (1 << 22) + 1) == 0, path);
}

static void test_files_that_are_gone_or_cannot_be_read(void **state)
{
    cs_segment segment;
    bool any;
    fixture *f = calloc(1, sizeof *f);
    (void)state;
    write_studies(1);
    write_oversize();
    begin(f, 2);
    add(f, "gone.md");
    add(f, "large.md");
    add(f, "s000.md");
    assert_int_equal(run(f, &segment, &any), CS_OK);
    assert_int_equal(f->build.files[0].outcome, CS_OUTCOME_GONE);
    assert_int_equal(f->build.files[1].outcome, CS_OUTCOME_FAILED);
    assert_int_equal(f->build.files[2].outcome, CS_OUTCOME_READ);
    assert_true(any);
    assert_int_equal(segment.files, 1);
    assert_non_null(strstr(f->told.data, "4 large.md: "));
    end(f);
}

static void test_nothing_to_write(void **state)
{
    cs_segment segment;
    bool any = true;
    fixture *f = calloc(1, sizeof *f);
    (void)state;
    begin(f, 2);
    assert_int_equal(run(f, &segment, &any), CS_OK);
    assert_false(any);
    add(f, "gone.md");
    any = true;
    assert_int_equal(run(f, &segment, &any), CS_OK);
    assert_false(any);
    assert_int_equal(entries(f->build.directory), 0);
    end(f);
}

static void test_interrupted(void **state)
{
    static const volatile sig_atomic_t now = SIGTERM;
    cs_segment segment;
    bool any;
    fixture *f = calloc(1, sizeof *f);
    (void)state;
    write_studies(5);
    begin(f, 2);
    add_studies(f, 5);
    f->build.interrupted = &now;
    assert_int_equal(cs_build_segment(&f->build, &segment, &any, NULL), CS_INTERRUPTED);
    assert_int_equal(entries(f->build.directory), 0);
    end(f);
}

static int make(void **state)
{
    scratch_make(state);
    scratch_folder("cases");
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_the_segment_does_not_depend_on_jobs),
        TEST(test_a_file_that_kills_its_reader),
        TEST(test_a_file_over_its_limits),
        TEST(test_files_that_are_gone_or_cannot_be_read),
        TEST(test_nothing_to_write),
        TEST(test_interrupted),
    };
    return cmocka_run_group_tests_name("build", tests, NULL, NULL);
}
