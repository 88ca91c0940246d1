/* watch_test.c - tests of indexer/watch.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "scratch.h"
#include "watch.h"

static volatile sig_atomic_t interrupted;

static cs_watch *watch;
static const cs_selection selection = {.max_size = UINT64_MAX};

/* Walks the scratch folder and watches what was walked. */
static void watch_all(void)
{
    CS_SCOPED(cs_walk) walk = {0};
    assert_int_equal(cs_walk_folder(scratch_path(""), &selection, NULL, &walk, NULL), CS_OK);
    assert_int_equal(cs_watch_folders(watch, 0, &walk, &selection, NULL), CS_OK);
}

static void begin(void)
{
    interrupted = 0;
    assert_int_equal(cs_watch_new(&watch, NULL), CS_OK);
    assert_int_equal(cs_watch_add_root(watch, scratch_path(""), NULL), CS_OK);
    watch_all();
}

/* Milliseconds until the root is due; -1: not within a second. */
static int64_t wait_for_root(void)
{
    size_t root = 7;
    bool lost = true;
    int64_t begun = cs_clock();
    interrupted = 0;
    alarm(1);
    cs_status status = cs_watch_wait(watch, &interrupted, &root, &lost, NULL);
    alarm(0);
    if (status == CS_INTERRUPTED)
        return -1;
    assert_int_equal(status, CS_OK);
    assert_int_equal(root, 0);
    assert_false(lost);
    return (cs_clock() - begun) / 1000000;
}

static void on_alarm(int number)
{
    interrupted = number;
}

/* A folder that is new to the watch makes its root due; so does a change, once. */
static void test_due(void **state)
{
    (void)state;
    begin();
    assert_true(wait_for_root() >= cs_watch_quiet - 1);
    assert_int_equal(wait_for_root(), -1);
    scratch_file("one.md", "one");
    int64_t waited = wait_for_root();
    assert_true(waited >= cs_watch_quiet - 10);
    watch_all(); /* nothing new */
    assert_int_equal(wait_for_root(), -1);
    cs_watch_free(watch);
}

/* What no walk would take makes nothing due. */
static void test_noise(void **state)
{
    (void)state;
    begin();
    wait_for_root();
    scratch_file("one.tmp", "x");
    scratch_file(".one.md", "x");
    scratch_file("4913", "x");
    assert_int_equal(wait_for_root(), -1);
    scratch_file(".ignore", "x");
    assert_true(wait_for_root() >= 0);
    cs_watch_free(watch);
}

/* What the last walk did not enter is not followed any more. */
static void test_sweep(void **state)
{
    (void)state;
    assert_int_equal(mkdir(scratch_path("a"), 0700), 0);
    begin();
    wait_for_root();
    scratch_file("a/one.md", "one");
    assert_true(wait_for_root() >= 0);
    scratch_file(".ignore", "a/\n");
    assert_true(wait_for_root() >= 0);
    watch_all();
    scratch_file("a/one.md", "two");
    assert_int_equal(wait_for_root(), -1);
    cs_watch_free(watch);
}

/* Where there is no end of changes the root is due all the same. */
static void test_endless(void **state)
{
    (void)state;
    begin();
    wait_for_root();
    pid_t child = fork();
    if (child == 0)
        for (;;) {
            scratch_file("one.md", "one");
            usleep(20000);
        }
    size_t root;
    bool lost;
    int64_t begun = cs_clock();
    interrupted = 0;
    assert_int_equal(cs_watch_wait(watch, &interrupted, &root, &lost, NULL), CS_OK);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_true(cs_clock() - begun < (cs_watch_longest + 1000) * (int64_t)1000000);
    cs_watch_free(watch);
}

static void test_names(void **state)
{
    (void)state;
    const cs_selection all = {.no_ignore = true}, links = {.follow = true};
    assert_true(cs_walk_may_matter(&selection, "a.md", false));
    assert_true(cs_walk_may_matter(&selection, "a.MD", false));
    assert_true(cs_walk_may_matter(&selection, ".gitignore", false));
    assert_true(cs_walk_may_matter(&selection, "folder", true));
    assert_false(cs_walk_may_matter(&selection, "a.md~", false));
    assert_false(cs_walk_may_matter(&selection, ".a.md", false));
    assert_false(cs_walk_may_matter(&selection, ".git", true));
    assert_true(cs_walk_may_matter(&all, ".git", true));
    assert_true(cs_walk_may_matter(&all, ".a.md", false));
    assert_true(cs_walk_may_matter(&links, "a", false));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_due, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_noise, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_sweep, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_endless, scratch_make, scratch_remove),
        cmocka_unit_test(test_names),
    };
    const struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
