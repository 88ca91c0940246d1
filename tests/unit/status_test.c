/* status_test.c - tests of lib/status.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "status.h"

static void test_fail_records_and_returns(void **state)
{
    cs_error error = {0};

    (void)state;
    cs_hint(&error, "from before");
    assert_int_equal(cs_fail(&error, CS_LOCKED, "%s: held by %d", "index", 42), CS_LOCKED);
    assert_int_equal(error.status, CS_LOCKED);
    assert_string_equal(error.message, "index: held by 42");
    assert_string_equal(error.hint, "");
    cs_hint(&error, "wait for %d", 42);
    assert_string_equal(error.hint, "wait for 42");
    assert_string_equal(error.message, "index: held by 42");
    assert_int_equal(error.status, CS_LOCKED);
}

static void test_system_call_adds_its_reason(void **state)
{
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_fail_errno(&error, CS_IO, ENOENT, "cannot read %s", "a.md"), CS_IO);
    assert_string_equal(error.message, "cannot read a.md: No such file or directory");
    cs_hint(&error, "from before");
    assert_int_equal(cs_fail_errno(&error, CS_IO, ENOMEM, "cannot read"), CS_MEMORY);
    assert_int_equal(error.status, CS_MEMORY);
    assert_string_equal(error.hint, "");
}

static void test_memory(void **state)
{
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_fail_memory(&error), CS_MEMORY);
    assert_string_equal(error.message, "out of memory");
}

static void test_nobody_listens(void **state)
{
    (void)state;
    assert_int_equal(cs_fail(NULL, CS_SYNTAX, "x"), CS_SYNTAX);
    assert_int_equal(cs_fail_errno(NULL, CS_IO, EACCES, "x"), CS_IO);
    assert_int_equal(cs_fail_errno(NULL, CS_IO, ENOMEM, "x"), CS_MEMORY);
    assert_int_equal(cs_fail_memory(NULL), CS_MEMORY);
    cs_hint(NULL, "x");
}

static void test_long_messages_are_cut(void **state)
{
    char text[4096];
    cs_error error = {0};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cs_fail(&error, CS_IO, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    cs_fail_errno(&error, CS_IO, EACCES, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    cs_hint(&error, "%s", text);
    assert_int_equal(strlen(error.hint), sizeof error.hint - 1);
}

/* Spec section 1. */
static void test_exit_codes(void **state)
{
    static const struct {
        cs_status status;
        int code;
    } examples[] = {
        {CS_OK, 0},     {CS_USAGE, 2},   {CS_SYNTAX, 2},  {CS_NO_INDEX, 3},
        {CS_FORMAT, 3}, {CS_DAMAGED, 3}, {CS_LOCKED, 4},  {CS_IO, 5},
        {CS_LIMIT, 5},  {CS_GONE, 5},    {CS_MEMORY, 70}, {CS_INTERRUPTED, 128},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        assert_int_equal(cs_exit_code(examples[i].status), examples[i].code);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_records_and_returns),
        cmocka_unit_test(test_system_call_adds_its_reason),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_exit_codes),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
