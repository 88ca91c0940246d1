/* lock_test.c - tests of indexer/lock.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "lock.h"
#include "scratch.h"

/* Another process that takes the lock, says so through a pipe and keeps it until
 * it is told to end, or for `ms`. */
typedef struct holder {
    pid_t process;
    int end; /* closing it ends the process */
} holder;

static holder begin_holder(void)
{
    int ready[2], end[2];
    char byte;

    scratch_must(pipe(ready) == 0 && pipe(end) == 0, "pipe");
    pid_t process = fork();
    scratch_must(process >= 0, "fork");
    if (process == 0) {
        int lock;
        close(end[1]);
        if (cs_lock_take(scratch_root, false, &lock, NULL) != CS_OK || write(ready[1], "x", 1) != 1)
            _exit(1);
        _exit(read(end[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(end[0]);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return (holder){process, end[1]};
}

static void end_holder(holder *h)
{
    int status;

    close(h->end);
    assert_int_equal(waitpid(h->process, &status, 0), h->process);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_lock_is_taken_and_given_back(void **state)
{
    int lock = -1, other = -1;
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_OK);
    assert_true(lock >= 0);
    assert_int_not_equal(fcntl(lock, F_GETFD) & FD_CLOEXEC, 0);
    assert_int_equal(cs_lock_take(scratch_root, false, &other, &error), CS_LOCKED);
    assert_int_equal(other, -1);
    close(lock);
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_OK);
    close(lock);
}

static const char *this_host(void)
{
    static char host[100];
    scratch_must(gethostname(host, sizeof host - 1) == 0, "gethostname");
    return host;
}

/* How long ago a message says that the holder began; its time is local, ISO 8601. */
static long seconds_since(const char *message)
{
    struct tm local = {.tm_isdst = -1};
    char zone[16], now[16];
    const char *at = strstr(message, " since ");
    time_t time_now = time(NULL);

    assert_non_null(at);
    assert_int_equal(sscanf(at, " since %d-%d-%dT%d:%d:%d%15s", &local.tm_year, &local.tm_mon,
                            &local.tm_mday, &local.tm_hour, &local.tm_min, &local.tm_sec, zone),
                     7);
    local.tm_year -= 1900;
    local.tm_mon -= 1;
    strftime(now, sizeof now, "%z", localtime(&time_now));
    assert_string_equal(zone, now);
    return (long)(time_now - mktime(&local));
}

static void test_holder_is_named(void **state)
{
    int lock;
    cs_error error = {0};
    char name[64];
    holder h = begin_holder();

    (void)state;
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_LOCKED);
    snprintf(name, sizeof name, "process %ld on ", (long)h.process);
    assert_non_null(strstr(error.message, name));
    assert_non_null(strstr(error.message, this_host()));
    assert_in_range(seconds_since(error.message), 0, 60);
    assert_non_null(strstr(error.message, scratch_root));
    assert_non_null(strstr(error.hint, "--wait"));
    end_holder(&h);
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_OK);
    close(lock);
}

static void test_a_long_holder_leaves_nothing_behind(void **state)
{
    int lock, other;
    cs_error error = {0};

    (void)state;
    scratch_file("lock", "process 123456789012345 on a-host-with-a-long-name\nand more\n");
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_OK);
    assert_int_equal(cs_lock_take(scratch_root, false, &other, &error), CS_LOCKED);
    assert_null(strstr(error.message, "123456789012345"));
    assert_null(strstr(error.message, "\n"));
    close(lock);
}

static void test_lock_goes_with_a_killed_process(void **state)
{
    int lock, status;
    holder h = begin_holder();

    (void)state;
    kill(h.process, SIGKILL);
    waitpid(h.process, &status, 0);
    close(h.end);
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, NULL), CS_OK);
    close(lock);
}

/* A child of the holder has the lock, for so long after the holder died; that is
 * named as `host`'s. */
static pid_t leave_the_lock_to_a_child(long ms, const char *host)
{
    int ready[2];
    char byte;
    scratch_must(pipe(ready) == 0, "pipe");
    pid_t process = fork();
    scratch_must(process >= 0, "fork");
    if (process == 0) {
        int lock;
        char text[200];
        if (cs_lock_take(scratch_root, false, &lock, NULL) != CS_OK)
            _exit(1);
        int n = snprintf(text, sizeof text, "process %ld on %s since then\n", (long)getpid(), host);
        if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)n, 0) != n)
            _exit(1);
        if (fork() != 0)
            _exit(write(ready[1], "x", 1) == 1 ? 0 : 1);
        nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    assert_int_equal(waitpid(process, NULL, 0), process);
    return process;
}

/* The workers of a writer that was killed: they are about to go. */
static void test_a_dead_holder_is_not_in_the_way(void **state)
{
    int lock;
    cs_error error = {0};

    (void)state;
    leave_the_lock_to_a_child(200, this_host());
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_OK);
    close(lock);
}

/* Of another host nobody here can say whether it lives. */
static void test_a_holder_elsewhere_is_believed(void **state)
{
    int lock;
    cs_error error = {0};

    (void)state;
    leave_the_lock_to_a_child(200, "another-host");
    assert_int_equal(cs_lock_take(scratch_root, false, &lock, &error), CS_LOCKED);
    assert_non_null(strstr(error.message, "on another-host since then"));
    assert_int_equal(cs_lock_take(scratch_root, true, &lock, &error), CS_OK);
    close(lock);
}

/* The index is removed, and made anew by another, while one waits for it. */
static void test_the_lock_is_that_of_the_index_as_it_is_now(void **state)
{
    int status, first, second;

    (void)state;
    assert_int_equal(cs_lock_take(scratch_root, false, &first, NULL), CS_OK);
    pid_t waiter = fork();
    scratch_must(waiter >= 0, "fork");
    if (waiter == 0) {
        int lock;
        close(first);
        _exit(cs_lock_take(scratch_root, true, &lock, NULL) != CS_OK         ? 1
              : cs_lock_take(scratch_root, false, &first, NULL) == CS_LOCKED ? 0
                                                                             : 2);
    }
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    scratch_must(unlink(scratch_path("lock")) == 0, "unlink");
    assert_int_equal(cs_lock_take(scratch_root, false, &second, NULL), CS_OK);
    close(first);
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    assert_int_equal(waitpid(waiter, &status, WNOHANG), 0); /* it waits for the second */
    close(second);
    assert_int_equal(waitpid(waiter, &status, 0), waiter);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_waits_for_the_holder(void **state)
{
    int lock, status;
    holder h = begin_holder();

    (void)state;
    pid_t waiter = fork();
    scratch_must(waiter >= 0, "fork");
    if (waiter == 0) {
        close(h.end);
        _exit(cs_lock_take(scratch_root, true, &lock, NULL) == CS_OK ? 0 : 1);
    }
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    assert_int_equal(waitpid(waiter, &status, WNOHANG), 0); /* still waiting */
    end_holder(&h);
    assert_int_equal(waitpid(waiter, &status, 0), waiter);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void ignore_signal(int number)
{
    (void)number;
}

static void test_a_signal_ends_the_wait(void **state)
{
    int lock = -1;
    cs_error error = {0};
    struct sigaction action = {.sa_handler = ignore_signal}, old;
    holder h = begin_holder();

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
    ualarm(50000, 50000); /* again and again: one may come before the wait */
    assert_int_equal(cs_lock_take(scratch_root, true, &lock, &error), CS_INTERRUPTED);
    ualarm(0, 0);
    sigaction(SIGALRM, &old, NULL);
    assert_int_equal(lock, -1);
    end_holder(&h);
}

static void test_no_such_directory_and_no_links(void **state)
{
    int lock = -1;
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_lock_take(scratch_path("none"), false, &lock, &error), CS_IO);
    scratch_folder("linked");
    scratch_file("victim", "precious");
    scratch_must(symlink(scratch_path("victim"), scratch_path("linked/lock")) == 0, "symlink");
    assert_int_equal(cs_lock_take(scratch_path("linked"), false, &lock, &error), CS_IO);
    assert_int_equal(lock, -1);
    struct stat st;
    assert_int_equal(stat(scratch_path("victim"), &st), 0);
    assert_int_equal(st.st_size, 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_lock_is_taken_and_given_back),
        TEST(test_holder_is_named),
        TEST(test_a_long_holder_leaves_nothing_behind),
        TEST(test_lock_goes_with_a_killed_process),
        TEST(test_a_dead_holder_is_not_in_the_way),
        TEST(test_a_holder_elsewhere_is_believed),
        TEST(test_the_lock_is_that_of_the_index_as_it_is_now),
        TEST(test_waits_for_the_holder),
        TEST(test_a_signal_ends_the_wait),
        TEST(test_no_such_directory_and_no_links),
    };
    return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
