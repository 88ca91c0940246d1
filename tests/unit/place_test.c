/* place_test.c - tests of lib/place.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hash.h"
#include "place.h"
#include "scratch.h"

/* The place of an index; valid until the next call. */
static char *place_of(const char *root)
{
    static char place[2 * PATH_MAX];
    char *owned = NULL;
    cs_error error = {0};

    assert_int_equal(cs_place_for_root(root, &owned, &error), CS_OK);
    snprintf(place, sizeof place, "%s", owned);
    free(owned);
    return place;
}

/* The name within the cache folder. */
static const char *name_of(const char *root)
{
    return strrchr(place_of(root), '/') + 1;
}

static void use_cache(const char *folder)
{
    assert_int_equal(setenv("XDG_CACHE_HOME", folder, 1), 0);
}

static void test_where_the_cache_is(void **state)
{
    char expected[128];
    char *place = (char *)"untouched";
    cs_error error = {0};

    (void)state;
    snprintf(expected, sizeof expected, "/cache/casesearch/studies-%08x",
             (unsigned)(cs_hash("/a/studies", 10) & 0xFFFFFFFFu));
    setenv("HOME", "/home/x", 1);
    use_cache("/cache");
    assert_string_equal(place_of("/a/studies"), expected);
    use_cache("");
    assert_ptr_equal(strstr(place_of("/a/studies"), "/home/x/.cache/casesearch/studies-"),
                     place_of("/a/studies"));
    use_cache("relative/cache");
    assert_non_null(strstr(place_of("/a/studies"), "/home/x/.cache/casesearch/studies-"));
    unsetenv("XDG_CACHE_HOME");
    assert_non_null(strstr(place_of("/a/studies"), "/home/x/.cache/casesearch/studies-"));
    unsetenv("HOME");
    assert_int_equal(cs_place_for_root("/a", &place, &error), CS_IO);
    assert_string_equal(place, "untouched");
    assert_non_null(strstr(error.message, "XDG_CACHE_HOME"));
    assert_non_null(strstr(error.hint, "--db"));
    setenv("HOME", "not/absolute", 1);
    assert_int_equal(cs_place_for_root("/a", &place, &error), CS_IO);
}

static void test_name_of_an_index(void **state)
{
    char long_name[300], expected[64];

    (void)state;
    use_cache("/c");
    assert_memory_equal(name_of("/"), "root-", 5);
    assert_int_equal(strlen(name_of("/")), 5 + 8);
    assert_memory_equal(name_of("/x/A.b_c-9"), "A.b_c-9-", 8);
    assert_memory_equal(name_of("/x/a b/"), "a_b-", 4);
    assert_memory_equal(name_of("/x/é\n\xFF"), "____-", 5);
    assert_memory_equal(name_of("/x/.notes"), ".notes-", 7);

    memset(long_name, 'n', sizeof long_name);
    long_name[0] = '/';
    long_name[sizeof long_name - 1] = '\0';
    memset(expected, 'n', 40);
    expected[40] = '-';
    assert_memory_equal(name_of(long_name), expected, 41);
    assert_int_equal(strlen(name_of(long_name)), 40 + 1 + 8);

    char one[64];
    snprintf(one, sizeof one, "%s", name_of("/a/same"));
    assert_string_not_equal(one, name_of("/b/same"));
    assert_string_equal(one, name_of("/a/same"));
}

static void test_real_path(void **state)
{
    char *path = NULL;
    cs_error error = {0};

    (void)state;
    scratch_folder("real/in");
    assert_int_equal(symlink("real", scratch_path("link")), 0);
    assert_int_equal(cs_place_real_path(scratch_path("link/./in/../in"), &path, &error), CS_OK);
    assert_string_equal(path, scratch_path("real/in"));
    free(path);
    path = NULL;
    assert_int_equal(cs_place_real_path(scratch_path("none"), &path, &error), CS_IO);
    assert_non_null(strstr(error.message, "none: No such file or directory"));
    assert_null(path);
}

/* Makes an index directory with a manifest for a folder. */
static void make_index(const char *root)
{
    char manifest[2 * PATH_MAX + 16];
    cs_error error = {0};
    const char *place = place_of(root);

    assert_int_equal(cs_place_create(place, &error), CS_OK);
    snprintf(manifest, sizeof manifest, "%s/%s", place, CS_MANIFEST_NAME);
    FILE *file = fopen(manifest, "w");
    assert_non_null(file);
    fclose(file);
}

static void check_covering(const char *directory, const char *root)
{
    char *found = (char *)"unset";
    cs_error error = {0};

    assert_int_equal(cs_place_covering(directory, &found, &error), CS_OK);
    if (root)
        assert_string_equal(found, place_of(root));
    else
        assert_null(found);
    free(found);
}

static void test_covering_index_nearest_first(void **state)
{
    cs_error error = {0};

    (void)state;
    use_cache(scratch_path("cache"));
    check_covering("/a/b/c", NULL);
    make_index("/a");
    check_covering("/a/b/c", "/a");
    check_covering("/a", "/a");
    check_covering("/ab", NULL);
    check_covering("/", NULL);
    make_index("/a/b/c");
    check_covering("/a/b/c/d", "/a/b/c");
    check_covering("/a/b", "/a");
    assert_int_equal(cs_place_create(place_of("/a/b"), &error), CS_OK);
    check_covering("/a/b", "/a"); /* no manifest, no index */
    make_index("/");
    check_covering("/x/y", "/");
    check_covering("/", "/");
}

static void test_all_indexes(void **state)
{
    CS_SCOPED(cs_places) places = {0};
    cs_error error = {0};

    (void)state;
    use_cache(scratch_path("cache"));
    assert_int_equal(cs_place_all(&places, &error), CS_OK);
    assert_int_equal(places.count, 0);
    make_index("/z/two");
    make_index("/z/one");
    for (int i = 30; i > 0; i--) {
        char root[16];
        snprintf(root, sizeof root, "/z/zz%d", i);
        make_index(root);
    }
    make_index("/z/.hidden");
    scratch_file("cache/casesearch/a-file", "");
    scratch_folder("cache/casesearch/empty");
    scratch_folder("cache/casesearch/folder/" CS_MANIFEST_NAME);
    assert_int_equal(cs_place_all(&places, &error), CS_OK);
    assert_int_equal(places.count, 33);
    for (size_t i = 1; i < places.count; i++)
        assert_true(strcmp(places.items[i - 1], places.items[i]) < 0);
    assert_string_equal(places.items[0], place_of("/z/.hidden"));
    assert_string_equal(places.items[1], place_of("/z/one"));
    assert_string_equal(places.items[2], place_of("/z/two"));
}

static void test_split(void **state)
{
    CS_SCOPED(cs_places) places = {0};
    cs_error error = {0};

    (void)state;
    assert_int_equal(cs_place_split(":/a/b::c d:", &places, &error), CS_OK);
    assert_int_equal(places.count, 2);
    assert_string_equal(places.items[0], "/a/b");
    assert_string_equal(places.items[1], "c d");
    cs_places_release(&places);
    assert_int_equal(cs_place_split("", &places, &error), CS_USAGE);
    assert_int_equal(cs_place_split("::", &places, &error), CS_USAGE);
    assert_int_equal(places.count, 0);
}

/* Any names, joined and parted again. */
static void test_list(void **state)
{
    static const char *const names[] = {"/a", "/c:o:l", ":", "/back\\slash", "/a\\:b", "x"};
    CS_SCOPED(cs_places) places = {0};
    CS_SCOPED(cs_buf) list = {.limit = 1000};
    cs_error error = {0};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cs_place_list_add(&list, cs_view_of(names[i]));
    assert_int_equal(cs_place_split(list.data, &places, &error), CS_OK);
    assert_int_equal(places.count, sizeof names / sizeof *names);
    for (size_t i = 0; i < places.count; i++)
        assert_string_equal(places.items[i], names[i]);
}

/* Root could give files away, others cannot: so the owner is made up. */
static void test_faults(void **state)
{
    struct stat st = {.st_mode = S_IFDIR | 0755, .st_uid = geteuid()};
    (void)state;
    assert_null(cs_place_fault(&st));
    st.st_mode |= 0020; /* a group of one's own is the rule */
    assert_null(cs_place_fault(&st));
    st.st_mode |= 01002; /* as /tmp has it */
    assert_string_equal(cs_place_fault(&st), "can be written by everybody");
    st = (struct stat){.st_mode = S_IFREG | 0644, .st_uid = 0};
    assert_null(cs_place_fault(&st));
    st.st_uid = geteuid() + 1;
    assert_string_equal(cs_place_fault(&st), "belongs to another user");
}

static cs_status check(const char *name, const char *end)
{
    char path[PATH_MAX];
    cs_error error = {0};
    snprintf(path, sizeof path, "%s%s", scratch_path(name), end);
    return cs_place_check(path, &error);
}

static void test_what_is_trusted(void **state)
{
    char path[PATH_MAX];
    (void)state;
    scratch_folder("index");
    scratch_file("stub", "remote :/bin/false\n");
    snprintf(path, sizeof path, "%s", scratch_path("link"));
    scratch_must(symlink("index", path) == 0, path);
    assert_int_equal(check("index", ""), CS_OK);
    assert_int_equal(check("index", "//"), CS_OK);
    assert_int_equal(check("none", ""), CS_OK);
    assert_int_equal(check("stub", ""), CS_REFUSED);
    assert_int_equal(check("link", ""), CS_REFUSED);
    assert_int_equal(check("link", "//"), CS_REFUSED);
    scratch_must(chmod(scratch_path("index"), 0777) == 0, "index");
    assert_int_equal(check("index", "/"), CS_REFUSED);
}

static void test_create(void **state)
{
    struct stat st;
    cs_error error = {0};

    (void)state;
    umask(0);
    assert_int_equal(cs_place_create(scratch_path("a/b//c/"), &error), CS_OK);
    assert_int_equal(stat(scratch_path("a"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(stat(scratch_path("a/b/c"), &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(cs_place_create(scratch_path("a/b/c"), &error), CS_OK);

    scratch_file("file", "");
    assert_int_equal(cs_place_create(scratch_path("file/x"), &error), CS_IO);
    assert_non_null(strstr(error.message, "file: Not a directory"));
    assert_int_equal(cs_place_create(scratch_path("file"), &error), CS_IO);
    assert_memory_equal(error.message, "cannot create /", 15);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_the_cache_is),
        cmocka_unit_test(test_name_of_an_index),
        IN_SCRATCH(test_real_path),
        IN_SCRATCH(test_covering_index_nearest_first),
        IN_SCRATCH(test_all_indexes),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_faults),
        IN_SCRATCH(test_what_is_trusted),
        IN_SCRATCH(test_create),
    };
    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
