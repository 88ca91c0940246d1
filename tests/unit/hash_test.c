/* hash_test.c - tests of lib/hash.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hash.h"
#include "scratch.h"

/* Indexes on disk carry these values: another algorithm is another format.
 * As `xxhsum -H3` prints them. */
static void test_known_values(void **state)
{
    (void)state;
    assert_true(cs_hash("", 0) == 0x2D06800538D394C2u);
    assert_true(cs_hash("a", 1) == 0xE6C632B61E964E1Fu);
    assert_true(cs_hash("abc", 3) == 0x78AF5F94892F3950u);
}

static void check_file(size_t size)
{
    unsigned char *bytes = malloc(size + 1);
    uint64_t hash = 0, length = 0;
    cs_error error = {0};

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 7 + i / 251);
    scratch_bytes("file", bytes, size);
    int fd = open(scratch_path("file"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(lseek(fd, (off_t)(size / 2), SEEK_SET), (off_t)(size / 2));

    assert_int_equal(cs_hash_file(fd, "file", &hash, &length, &error), CS_OK);
    assert_true(hash == cs_hash(bytes, size));
    assert_int_equal(length, size);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), (off_t)(size / 2));
    close(fd);
    free(bytes);
}

static void test_file_as_in_memory(void **state)
{
    static const size_t sizes[] = {0, 1, 240, 241, 65535, 65536, 65537, 1000003};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_file(sizes[i]);
}

static void test_file_that_cannot_be_read(void **state)
{
    uint64_t hash = 1, size = 2;
    cs_error error = {0};
    int fd = open(scratch_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(cs_hash_file(fd, "/x/y", &hash, &size, &error), CS_IO);
    assert_string_equal(error.message, "cannot read /x/y: Is a directory");
    assert_int_equal(hash, 1);
    assert_int_equal(size, 2);
    close(fd);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        IN_SCRATCH(test_file_as_in_memory),
        IN_SCRATCH(test_file_that_cannot_be_read),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
