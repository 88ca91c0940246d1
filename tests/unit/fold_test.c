/* fold_test.c - tests of search/fold.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fold.h"

static cs_fingerprint print_of(uint32_t exact, uint64_t sketch)
{
    return (cs_fingerprint){.sketch = sketch, .exact = exact};
}

/* The hit found, or -1. */
static int find(const cs_fold *fold, cs_fingerprint print)
{
    uint32_t hit = 0;
    return cs_fold_find(fold, print, &hit) ? (int)hit : -1;
}

static void test_the_first_that_is_like_it(void **state)
{
    cs_fold fold;

    (void)state;
    assert_true(cs_fold_init(&fold, 4));
    assert_int_equal(find(&fold, print_of(1, 0)), -1);
    cs_fold_keep(&fold, print_of(1, 0), 7);
    cs_fold_keep(&fold, print_of(1, 0xFF), 8);
    cs_fold_keep(&fold, print_of(2, 0xFF00), 9);
    assert_int_equal(find(&fold, print_of(1, 0)), 7);
    assert_int_equal(find(&fold, print_of(1, 0x1F)), 7);
    assert_int_equal(find(&fold, print_of(1, 0x3F)), 8);
    assert_int_equal(find(&fold, print_of(1, 0xFF00)), -1);
    assert_int_equal(find(&fold, print_of(2, 0)), -1);
    assert_int_equal(find(&fold, print_of(2, 0xFF00)), 9);
    cs_fold_release(&fold);
}

/* What must be the same falls into one place of the table for many. */
static void test_many(void **state)
{
    enum { many = 5000 };
    cs_fold fold;

    (void)state;
    assert_true(cs_fold_init(&fold, many));
    for (uint32_t i = 0; i < many; i++)
        cs_fold_keep(&fold, print_of(i << 16, i + 1), i);
    for (uint32_t i = 0; i < many; i++)
        assert_int_equal(find(&fold, print_of(i << 16, i + 1)), i);
    cs_fold_release(&fold);
}

/* Hits with the same figures are compared up to a bound, whatever comes later. */
static void test_bound(void **state)
{
    cs_fold fold;

    (void)state;
    assert_true(cs_fold_init(&fold, 2 * cs_fold_reach));
    for (uint32_t i = 0; i < 2 * cs_fold_reach; i++)
        cs_fold_keep(&fold, print_of(5, i * 0x9E3779B97F4A7C15u), i);
    assert_int_equal(find(&fold, print_of(5, (cs_fold_reach - 1) * 0x9E3779B97F4A7C15u)),
                     cs_fold_reach - 1);
    assert_int_equal(find(&fold, print_of(5, cs_fold_reach * 0x9E3779B97F4A7C15u)), -1);
    cs_fold_keep(&fold, print_of(6, 1), 1);
    assert_int_equal(find(&fold, print_of(6, 1)), 1);
    cs_fold_release(&fold);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_that_is_like_it),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
