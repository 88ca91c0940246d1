/* walk_test.c - tests of lib/walk.c and lib/folder.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "scratch.h"
#include "walk.h"

#define MIB ((uint64_t)1 << 20)

static const cs_selection usual = {.extensions = (char *)"md txt", .max_size = 8 * MIB};

/* Walks a folder of the scratch folder; what it found stands in `found`. */
static cs_walk found;

static void walk_bounded(const char *name, cs_selection selection, cs_walk_bounds bounds)
{
    cs_error error = {0};

    cs_walk_release(&found);
    cs_status status = cs_walk_folder(scratch_path(name), &selection, &bounds, &found, &error);
    if (status != CS_OK)
        fail_msg("%s", error.message);
}

static void walk(const char *name, cs_selection selection)
{
    walk_bounded(name, selection, (cs_walk_bounds){0});
    assert_true(found.complete);
}

/* The paths found, or of the notes, with blanks between. */
static const char *paths(bool notes)
{
    static char text[16384];
    char *at = text;
    size_t left = sizeof text;
    size_t count = notes ? found.notes.count : found.files.count;

    *at = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *path = notes ? found.notes.items[i].path : found.files.items[i].path;
        int len = snprintf(at, left, "%s%s", i ? " " : "", path);
        assert_in_range(len, 0, left - 1);
        at += len;
        left -= (size_t)len;
    }
    return text;
}

static void check_paths(const char *files, const char *notes)
{
    assert_string_equal(paths(false), files);
    assert_string_equal(paths(true), notes);
}

static void test_extensions(void **state)
{
    cs_selection selection = usual;

    (void)state;
    scratch_file("a.md", "");
    scratch_file("B.MD", "");
    scratch_file("c.TxT", "");
    scratch_file("d.mdx", "");
    scratch_file("e.tar.md", "");
    scratch_file("md", "");
    scratch_file("f", "");
    scratch_file("g.", "");
    scratch_file(".md", "");
    scratch_file("h.m", "");
    scratch_folder("folder.md");
    walk("", usual);
    check_paths("B.MD a.md c.TxT e.tar.md", "");
    selection.extensions = (char *)"tar.md  m";
    walk("", selection);
    check_paths("e.tar.md h.m", "");
    selection.extensions = (char *)"";
    walk("", selection);
    check_paths("", "");
    selection.extensions = (char *)cs_default_extensions;
    walk("", selection);
    check_paths("B.MD a.md c.TxT d.mdx e.tar.md", "");
    selection.extensions = (char *)"md";
    selection.no_ignore = true; /* a name that is nothing but an extension has none */
    walk("", selection);
    check_paths("B.MD a.md e.tar.md", "");
}

static void test_byte_order_of_whole_paths(void **state)
{
    (void)state;
    scratch_file("a/b.md", "");
    scratch_file("a-b.md", "");
    scratch_file("a.md", "");
    scratch_file("a0/x.md", "");
    scratch_file("a/B/c.md", "");
    scratch_file("\xFF\xFE.md", "");
    scratch_file("é.md", "");
    scratch_file("new\nline \x1b.md", "");
    walk("", usual);
    check_paths("a-b.md a.md a/B/c.md a/b.md a0/x.md new\nline \x1b.md é.md \xFF\xFE.md", "");
}

static void test_stamps_and_sum(void **state)
{
    struct stat st;

    (void)state;
    scratch_file("a.md", "12345");
    scratch_file("b.md", "123");
    walk("", usual);
    assert_int_equal(found.bytes, 8);
    assert_int_equal(stat(scratch_path("a.md"), &st), 0);
    cs_stamp stamp = cs_stamp_of(&st);
    assert_true(cs_stamp_equal(&stamp, &found.files.items[0].stamp));
    assert_int_equal(stamp.size, 5);
    assert_int_equal(stamp.inode, st.st_ino);
    assert_int_equal(stamp.mtime, st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    assert_int_equal(stamp.ctime, st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
    for (int i = 0; i < 4; i++) {
        cs_stamp other = stamp;
        other.size += i == 0;
        other.mtime += i == 1;
        other.ctime += i == 2;
        other.inode += i == 3;
        assert_false(cs_stamp_equal(&stamp, &other));
    }
}

static void test_size_limit(void **state)
{
    cs_selection selection = usual;

    (void)state;
    scratch_file("exact.md", "1234");
    scratch_file("over.md", "12345");
    scratch_file("over.html", "12345");
    selection.max_size = 4;
    walk("", selection);
    check_paths("exact.md", "over.md");
    assert_string_equal(found.notes.items[0].reason, "larger than --max-size");
    assert_false(found.notes.items[0].failure);
}

static void test_hidden_and_ignored(void **state)
{
    cs_selection selection = usual;

    (void)state;
    scratch_file(".hidden.md", "");
    scratch_file(".folder/a.md", "");
    scratch_file("build/a.md", "");
    scratch_file("in/build/keep.md", "");
    scratch_file("in/draft.md", "");
    scratch_file("in/final.md", "");
    scratch_file("out/draft.md", "");
    scratch_file("private/a.md", "");
    scratch_file("top.txt", "");
    scratch_file(".gitignore", "build/\ndraft.md\n");
    scratch_file("build/.gitignore", "!*.md\n");
    scratch_file("in/.gitignore", "!draft.md\n/final.md\n");
    scratch_file(".ignore", "*.txt\n");
    scratch_file(".casesearchignore", "/private\n");
    walk("", usual);
    check_paths("in/draft.md", "");
    selection.no_ignore = true;
    walk("", selection);
    check_paths(".folder/a.md .hidden.md build/a.md in/build/keep.md in/draft.md in/final.md "
                "out/draft.md private/a.md top.txt",
                "");
}

static void test_rules_above_root(void **state)
{
    (void)state;
    scratch_file("repo/.git/info/exclude", "excluded.md\n");
    scratch_file("repo/.gitignore", "*.txt\n/cases/a/only.md\nonly2.md/\n");
    scratch_file("repo/cases/.gitignore", "!keep.txt\n");
    scratch_file("repo/cases/a/only.md", "");
    scratch_file("repo/cases/a/only2.md", "");
    scratch_file("repo/cases/a/x.txt", "");
    scratch_file("repo/cases/a/in/keep.txt", "");
    scratch_file("repo/cases/a/in/only.md", "");
    scratch_file("repo/cases/a/in/excluded.md", "");
    walk("repo/cases/a", usual);
    check_paths("in/keep.txt in/only.md only2.md", "");
    assert_int_equal(symlink("repo/cases/a", scratch_path("link")), 0);
    walk("link", usual);
    check_paths("in/keep.txt in/only.md only2.md", "");
    scratch_file("plain/a/x.txt", "");
    scratch_file("plain/.gitignore", "*.txt\n"); /* no work tree: nothing above counts */
    walk("plain/a", usual);
    check_paths("x.txt", "");
}

static void test_problems_with_ignore_files(void **state)
{
    (void)state;
    scratch_file("repo/.git/HEAD", "");
    scratch_file("repo/a/b/c/x.md", "");
    scratch_file("rules", "");
    assert_int_equal(symlink("../rules", scratch_path("repo/.gitignore")), 0);
    assert_int_equal(symlink("../../rules", scratch_path("repo/a/.ignore")), 0);
    assert_int_equal(symlink("rules", scratch_path("repo/a/b/.ignore")), 0);
    assert_int_equal(symlink("rules", scratch_path("repo/a/b/c/.ignore")), 0);
    walk("repo/a/b", usual);
    check_paths("c/x.md", "../../.gitignore ../.ignore .ignore c/.ignore");
    walk("repo", usual);
    check_paths("a/b/c/x.md", ".gitignore a/.ignore a/b/.ignore a/b/c/.ignore");
}

static void test_only_regular_files(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cs_selection follow = usual;

    (void)state;
    follow.follow = true;
    alarm(10);
    scratch_file("file.md", "");
    assert_int_equal(mkfifo(scratch_path("fifo.md"), 0600), 0);
    assert_int_equal(mkfifo(scratch_path(".gitignore"), 0600), 0);
    assert_int_equal(symlink("fifo.md", scratch_path("link.md")), 0);
    assert_int_equal(symlink("/dev/zero", scratch_path("zero.md")), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", scratch_path("socket.md"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    walk("", usual);
    check_paths("file.md", "");
    walk("", follow);
    check_paths("file.md", "");
    alarm(0);
}

static void test_symbolic_links(void **state)
{
    cs_selection follow = usual;

    (void)state;
    follow.follow = true;
    scratch_file("outside/o.md", "");
    scratch_file("outside/file.md", "");
    scratch_file("root/real/a.md", "");
    scratch_file("root/z/b.md", "");
    assert_int_equal(symlink("../../outside", scratch_path("root/real/link")), 0);
    assert_int_equal(symlink("../outside/file.md", scratch_path("root/linked.md")), 0);
    assert_int_equal(symlink("..", scratch_path("root/real/up")), 0);
    assert_int_equal(symlink("../root", scratch_path("outside/round")), 0);
    assert_int_equal(symlink("z", scratch_path("root/alias")), 0);
    assert_int_equal(symlink("nowhere", scratch_path("root/broken.md")), 0);
    assert_int_equal(symlink("nowhere", scratch_path("root/broken")), 0);
    assert_int_equal(symlink("self.md", scratch_path("root/self.md")), 0);
    walk("root", usual);
    check_paths("real/a.md z/b.md", "");
    walk("root", follow);
    check_paths("linked.md real/a.md real/link/file.md real/link/o.md z/b.md",
                "alias broken.md real/link/round real/up self.md");
    for (size_t i = 0; i < found.notes.count; i++)
        assert_false(found.notes.items[i].failure);
    assert_non_null(strstr(found.notes.items[0].reason, "already read"));
    assert_non_null(strstr(found.notes.items[2].reason, "above"));
}

static void test_many_folders_behind_links(void **state)
{
    cs_selection follow = usual;
    char name[64], target[64];

    (void)state;
    follow.follow = true;
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "root/d%03d/a.md", i);
        scratch_file(name, "");
        snprintf(name, sizeof name, "root/link%03d", i);
        snprintf(target, sizeof target, "d%03d", i);
        assert_int_equal(symlink(target, scratch_path(name)), 0);
    }
    walk("root", follow);
    assert_int_equal(found.files.count, 200);
    assert_int_equal(found.notes.count, 200);
}

/* Makes a chain of `depth` folders called "d", each with a file a.md and, after
 * the chain in order, a folder "e" with one. */
static void make_chain(int depth)
{
    int at = open(scratch_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int i = 0; i < depth; i++) {
        scratch_must(mkdirat(at, "d", 0755) == 0 && mkdirat(at, "e", 0755) == 0, "mkdirat");
        int fd = openat(at, "e/a.md", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        scratch_must(fd >= 0 && close(fd) == 0, "openat");
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        scratch_must(next >= 0 && close(at) == 0, "openat");
        at = next;
    }
    close(at);
}

static void test_deep_tree_with_few_descriptors(void **state)
{
    struct rlimit old, few;

    (void)state;
    make_chain(512);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    few = old;
    few.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    walk("", usual);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(found.notes.count, 0);
    assert_int_equal(found.files.count, 512);
}

static void test_too_deep_tree(void **state)
{
    (void)state;
    make_chain(514);
    walk("", usual);
    assert_int_equal(found.files.count, 512);
    assert_int_equal(found.notes.count, 2);
    assert_true(found.notes.items[0].failure);
    assert_string_equal(found.notes.items[0].reason, "deeper than 512 folders");
    assert_int_equal(strlen(found.notes.items[0].path), 2 * 513 - 1);
}

/* Folders entered through links, deep enough to be parked: ".." does not lead
 * back to where the walk came from. */
static void test_parked_behind_links(void **state)
{
    cs_selection follow = usual;
    char name[64];

    (void)state;
    follow.follow = true;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "pool/%03d/z/a.md", i);
        scratch_file(name, "");
        if (i > 0) {
            char target[64];
            snprintf(name, sizeof name, "pool/%03d/next", i - 1);
            snprintf(target, sizeof target, "../%03d", i);
            assert_int_equal(symlink(target, scratch_path(name)), 0);
            snprintf(name, sizeof name, "pool/%03d/zz", i - 1);
            assert_int_equal(symlink("../../one.md", scratch_path(name)), 0);
        }
    }
    /* A link sorts behind folders, so the one that comes after "next" is what
     * needs the parked folder again. */
    for (int i = 0; i < 99; i++) {
        snprintf(name, sizeof name, "other/%03d/a.md", i);
        scratch_file(name, "");
        char link[64], target[64];
        snprintf(link, sizeof link, "pool/%03d/other", i);
        snprintf(target, sizeof target, "../../other/%03d", i);
        assert_int_equal(symlink(target, scratch_path(link)), 0);
    }
    walk("pool/000", follow);
    assert_int_equal(found.notes.count, 0);
    assert_int_equal(found.files.count, 199);
}

static void test_bounds(void **state)
{
    char name[64];

    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "d%d/a.md", i);
        scratch_file(name, "");
    }
    walk_bounded("", usual, (cs_walk_bounds){.max_files = 50});
    assert_true(found.complete);
    assert_int_equal(found.files.count, 50);
    walk_bounded("", usual, (cs_walk_bounds){.max_files = 49});
    assert_false(found.complete);
    assert_int_equal(found.files.count, 49);
    walk_bounded("", usual, (cs_walk_bounds){.deadline = cs_clock() - 1});
    assert_false(found.complete);
    assert_true(found.files.count < 50);
    walk_bounded("", usual, (cs_walk_bounds){.deadline = cs_clock() + 60 * (int64_t)1000000000});
    assert_true(found.complete);
}

static void test_folder_that_cannot_be_read(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything; the next test stands in */
    scratch_file("a/x.md", "");
    scratch_file("b/x.md", "");
    assert_int_equal(chmod(scratch_path("a"), 0), 0);
    walk("", usual);
    chmod(scratch_path("a"), 0755);
    check_paths("b/x.md", "a");
    assert_true(found.notes.items[0].failure);
    assert_string_equal(found.notes.items[0].reason, "permission denied");
}

/* Without descriptors left a sub-folder cannot be opened, not even by root. */
static void test_no_descriptor_left(void **state)
{
    struct rlimit old, few;

    (void)state;
    scratch_file("a.md", "");
    scratch_file("b/x.md", "");
    int next = open("/", O_PATH | O_CLOEXEC);
    assert_true(next >= 0);
    assert_int_equal(close(next), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    few = old;
    few.rlim_cur = (rlim_t)next + 2; /* root and its copy, then b but not its copy */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    walk("", usual);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    check_paths("a.md", "b");
    assert_true(found.notes.items[0].failure);
    assert_string_equal(found.notes.items[0].reason, "too many open files");
}

static void test_root_that_cannot_be_read(void **state)
{
    CS_SCOPED(cs_walk) nothing = {0};
    cs_error error = {0};

    (void)state;
    scratch_file("file.md", "");
    assert_int_equal(cs_walk_folder(scratch_path("none"), &usual, NULL, &nothing, &error), CS_IO);
    assert_memory_equal(error.message, "cannot read /", 13);
    assert_non_null(strstr(error.message, "none: No such file or directory"));
    assert_int_equal(cs_walk_folder(scratch_path("file.md"), &usual, NULL, &nothing, &error),
                     CS_IO);
    assert_non_null(strstr(error.message, "Not a directory"));
    assert_false(nothing.complete);
    assert_int_equal(nothing.files.count, 0);
}

static int open_descriptors(void)
{
    DIR *stream = opendir("/proc/self/fd");
    int count = 0;

    scratch_must(stream != NULL, "/proc/self/fd");
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

/* Runs last: nothing above may have left a descriptor open. */
static void test_no_descriptor_leaks(void **state)
{
    cs_selection follow = usual;

    (void)state;
    follow.follow = true;
    scratch_file(".git/info/exclude", "x\n");
    scratch_file("a/.ignore", "x\n");
    scratch_file("a/b/c/d.md", "");
    assert_int_equal(symlink("..", scratch_path("a/b/up")), 0);
    int before = open_descriptors();
    walk("", follow);
    walk("a/b", follow);
    walk_bounded("", follow, (cs_walk_bounds){.deadline = cs_clock() - 1});
    assert_int_equal(open_descriptors(), before);
}

static int release_found(void **state)
{
    (void)state;
    cs_walk_release(&found);
    return 0;
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(test_extensions),
        IN_SCRATCH(test_byte_order_of_whole_paths),
        IN_SCRATCH(test_stamps_and_sum),
        IN_SCRATCH(test_size_limit),
        IN_SCRATCH(test_hidden_and_ignored),
        IN_SCRATCH(test_rules_above_root),
        IN_SCRATCH(test_problems_with_ignore_files),
        IN_SCRATCH(test_only_regular_files),
        IN_SCRATCH(test_symbolic_links),
        IN_SCRATCH(test_many_folders_behind_links),
        IN_SCRATCH(test_deep_tree_with_few_descriptors),
        IN_SCRATCH(test_too_deep_tree),
        IN_SCRATCH(test_parked_behind_links),
        IN_SCRATCH(test_bounds),
        IN_SCRATCH(test_folder_that_cannot_be_read),
        IN_SCRATCH(test_no_descriptor_left),
        IN_SCRATCH(test_root_that_cannot_be_read),
        IN_SCRATCH(test_no_descriptor_leaks),
    };
    return cmocka_run_group_tests_name("walk", tests, NULL, release_found);
}
