/* guard_test.c - tests of lib/guard.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "guard.h"
#include "scratch.h"
#include "status.h"

/* Reads a mapped file that was cut short. Does not return. */
static void read_what_is_gone(void)
{
    int fd = open(scratch_path("file"), O_RDWR);
    volatile const char *map = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    if (fd < 0 || map == MAP_FAILED || ftruncate(fd, 0) != 0)
        _exit(99);
    _exit(map[0] == 'x' ? 98 : 97);
}

/* In a process of its own, or in a child of that; what waitpid says, and its errors. */
static int die(int of_child, char *errors, size_t size)
{
    int ends[2], state;
    scratch_file("file", "x");
    scratch_must(pipe(ends) == 0, "pipe");
    pid_t process = fork();
    scratch_must(process >= 0, "fork");
    if (process == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        signal(SIGBUS, SIG_DFL); /* not that of the test's runner */
        cs_guard_install("program");
        if (!of_child || fork() == 0)
            read_what_is_gone();
        scratch_must(wait(&state) > 0, "wait");
        _exit(WIFSIGNALED(state) ? WTERMSIG(state) : 96);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t n; (n = read(ends[0], errors + len, size - 1 - len)) > 0;)
        len += (size_t)n;
    errors[len] = '\0';
    close(ends[0]);
    scratch_must(waitpid(process, &state, 0) == process, "waitpid");
    return state;
}

static void test_a_process_ends_with_a_message(void **state)
{
    char errors[1000];
    (void)state;
    int ended = die(0, errors, sizeof errors);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), CS_EXIT_INDEX);
    assert_non_null(strstr(errors, "program: the index is damaged"));
    assert_non_null(strstr(errors, "hint: "));
}

static void test_a_child_dies_of_the_signal(void **state)
{
    char errors[1000];
    (void)state;
    int ended = die(1, errors, sizeof errors);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), SIGBUS);
    assert_string_equal(errors, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_a_process_ends_with_a_message),
        TEST(test_a_child_dies_of_the_signal),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
