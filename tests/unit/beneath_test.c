/* beneath_test.c - tests of lib/beneath.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "beneath.h"
#include "buf.h"
#include "scratch.h"

enum { deep = 40, name_length = 200 }; /* 40 folders of 200 letters: 8,000 bytes */

/* Opens, and says what stands in it. */
static const char *content(int folder, const char *path, bool follow)
{
    static char text[16];
    int fd = cs_open_beneath(folder, path, follow);
    if (fd < 0)
        return strerror(errno);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static int open_scratch(const char *name)
{
    int fd = open(scratch_path(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    scratch_must(fd >= 0, name);
    return fd;
}

static void test_links(void **state)
{
    (void)state;
    scratch_file("root/a/b/file", "inside");
    scratch_file("outside/file", "secret");
    scratch_must(symlink("../../outside", scratch_path("root/a/link")) == 0, "link");
    scratch_must(symlink("file", scratch_path("root/a/b/to-file")) == 0, "link");
    int root = open_scratch("root");
    assert_string_equal(content(root, "a/b/file", false), "inside");
    assert_string_equal(content(root, "a/b/to-file", false), strerror(ELOOP));
    assert_string_equal(content(root, "a/link/file", false), strerror(ELOOP));
    assert_string_equal(content(root, "a/b/to-file", true), "inside");
    assert_string_equal(content(root, "a/link/file", true), "secret");
    assert_string_equal(content(root, "a/b/none", false), strerror(ENOENT));
    assert_string_equal(content(root, "a/b/file/x", false), strerror(ENOTDIR));
    close(root);
}

/* A path too long for one call; what is done there is done on old kernels for all. */
static void test_long_paths(void **state)
{
    char name[name_length + 1] = "";
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    (void)state;
    memset(name, 'n', name_length);
    scratch_folder("root");
    int root = open_scratch("root"), at = dup(root);
    for (int i = 0; i < deep; i++) {
        scratch_must(mkdirat(at, name, 0700) == 0, "folder");
        int next = openat(at, name, O_RDONLY | O_DIRECTORY);
        close(at);
        at = next;
        cs_buf_addf(&path, "%s/", name);
    }
    int fd = openat(at, "file", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "deep", 4), 4);
    close(fd);
    assert_int_equal(symlinkat("file", at, "link"), 0);
    assert_int_equal(symlinkat(".", at, "folder"), 0);
    close(at);
    static const struct {
        const char *name;
        const char *plain, *followed;
    } ends[] = {{"file", "deep", "deep"}, {"link", NULL, "deep"}, {"folder/file", NULL, "deep"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        CS_SCOPED(cs_buf) whole = {.limit = 1 << 16};
        cs_buf_addf(&whole, "%s%s", path.data, ends[i].name);
        bool is_link = ends[i].plain == NULL;
        const char *refusal = strerror(strchr(ends[i].name, '/') == NULL ? ELOOP : ENOTDIR);
        assert_string_equal(content(root, whole.data, false), is_link ? refusal : ends[i].plain);
        assert_string_equal(content(root, whole.data, true), ends[i].followed);
    }
    int spare = dup(root); /* nothing was left open between */
    assert_int_equal(spare, root + 1);
    close(spare);
    close(root);
}

/* nftw(3), which scratch_remove uses, knows no such paths. */
static int remove_deep(void **state)
{
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_path("root"));
    return system(command) == 0 ? scratch_remove(state) : -1;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_links, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_long_paths, scratch_make, remove_deep),
    };
    return cmocka_run_group_tests_name("beneath", tests, NULL, NULL);
}
