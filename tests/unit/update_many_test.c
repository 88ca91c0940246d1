/* update_many_test.c - many updates, their segments and merges.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "update_fixture.h"

/* ---- many -------------------------------------------------------------------------- */

static void write_random(const char *path, uint32_t *seed)
{
    static const char *const words[] = {"alpha",  "beta",  "gamma", "## Two\n\n", "raised",
                                        "raises", "money", "\n\n",  "delta.",     "epsilon"};
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};

    cs_buf_addf(&text, "# %s\n\n", path);
    uint32_t count = library_random(seed, 10) == 0 ? 1000 : library_random(seed, 200);
    while (count-- > 0)
        cs_buf_addf(&text, "%s ", words[library_random(seed, 10)]);
    library_write(path, text.data);
}

static void edit_at_random(uint32_t *seed)
{
    for (uint32_t edits = 1 + library_random(seed, 4); edits > 0; edits--) {
        char path[20], other[20];
        snprintf(path, sizeof path, "%s%u.md", library_random(seed, 2) == 0 ? "" : "sub/",
                 library_random(seed, 20));
        snprintf(other, sizeof other, "%u.md", library_random(seed, 20));
        switch (library_random(seed, 5)) {
        case 0:
            unlink(scratch_path(library_name(path)));
            break;
        case 1:
            if (rename(scratch_path(library_name(path)), scratch_path(library_name(other))) != 0)
                write_random(path, seed);
            break;
        default:
            write_random(path, seed);
        }
    }
}

static void test_random_edits_lose_nothing(void **state)
{
    uint32_t seed = 2024;
    size_t most = 0;

    (void)state;
    library_write("large.md", "");
    for (int i = 0; i < 12; i++) {
        char path[20];
        snprintf(path, sizeof path, "base%d.md", i);
        write_random(path, &seed);
    }
    for (int round = 0; round < 60; round++) {
        edit_at_random(&seed);
        library_update();
        size_t count = segment_count();
        most = count > most ? count : most;
        assert_true(count <= cs_max_segments);
        if (round % 10 == 9)
            same_as_clean_build();
    }
    assert_true(most > 1); /* else nothing was tried */
    assert_int_equal(leftovers(), 0);
}

/* Each segment too large to be merged with what comes after it, until there are
 * too many. */
static void test_segments_stay_few(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 24};
    size_t sizes[cs_max_segments + 1] = {0}, most = 0;
    char path[30];

    (void)state;
    for (size_t i = 1; i < cs_max_segments + 1; i++)
        sizes[i] = sizes[i - 1] * cs_merge_factor + 8;
    while (text.len < sizes[cs_max_segments])
        cs_buf_add_string(&text, "word ");
    for (size_t i = cs_max_segments + 1; i-- > 0;) {
        snprintf(path, sizeof path, "%zu.md", i);
        cs_buf_truncate(&text, sizes[i]);
        library_write(path, text.data);
        library_update();
        most = segment_count() > most ? segment_count() : most;
        assert_true(most <= cs_max_segments);
    }
    assert_int_equal(most, cs_max_segments);
    same_as_clean_build();
}

/* Descriptors that the run did not open are not closed by it. */
static void test_no_other_descriptor_is_closed(void **state)
{
    int spare = open("/dev/null", O_RDONLY);

    (void)state;
    int kept = dup(0);
    assert_int_equal(dup2(spare, 0), 0);
    library_write("a.md", "alpha\n");
    library_update();
    assert_true(fcntl(0, F_GETFD) >= 0);
    cs_update_options rebuild = {.rebuild = true};
    cs_update_result r;
    assert_int_equal(library_run(LIBRARY_INDEX, &rebuild, &r, NULL), CS_OK);
    assert_true(fcntl(0, F_GETFD) >= 0);
    if (kept >= 0)
        dup2(kept, 0);
    close(spare);
    close(kept);
}

static void test_merges_are_planned_by_size(void **state)
{
    cs_load loads[cs_max_segments] = {
        {.live = 1000}, {.live = 100}, {.live = 10}, {.live = 5, .dead = 6}};

    (void)state;
    cs_plan_merges(loads, 3, 0, cs_merge_most); /* nothing new, nothing dead */
    assert_false(loads[0].merged || loads[1].merged || loads[2].merged);
    cs_plan_merges(loads, 4, 1, cs_merge_most);
    assert_true(loads[3].merged);  /* half dead */
    assert_true(loads[2].merged);  /* 10 <= 4 * (1 + 5) */
    assert_false(loads[1].merged); /* 100 > 4 * 16 */
    for (int i = 0; i < cs_max_segments; i++)
        loads[i] = (cs_load){.live = 1000000u + (uint64_t)i};
    cs_plan_merges(loads, cs_max_segments, 1, cs_merge_most);
    assert_true(loads[0].merged); /* the smallest makes room */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_edits_lose_nothing),
        TEST(test_segments_stay_few),
        TEST(test_no_other_descriptor_is_closed),
        cmocka_unit_test(test_merges_are_planned_by_size),
    };
    return cmocka_run_group_tests_name("update, many", tests, NULL, NULL);
}
