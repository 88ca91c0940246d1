/* forms_test.c - forms of several stores become one list, each once and in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "forms.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char root[200];

static int make(void **state)
{
    (void)state;
    const char *folder = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/forms_test.XXXXXX", folder && *folder ? folder : "/tmp");
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int clean(void **state)
{
    (void)state;
    return rmdir(root);
}

static const char *path_of(unsigned number)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%u", root, number);
    return path;
}

typedef struct form {
    const char *language, *stem, *word;
} form;

static cs_store_writer *new_writer(unsigned number)
{
    cs_store_writer *writer;
    assert_int_equal(cs_store_writer_new(path_of(number), &writer, NULL), CS_OK);
    return writer;
}

static void finish(cs_store_writer *writer)
{
    assert_int_equal(cs_store_writer_finish(writer, false, NULL), CS_OK);
    cs_store_writer_free(writer);
}

/* Opens and removes it. */
static cs_store open_store(unsigned number)
{
    cs_store store;
    int fd = open(path_of(number), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(cs_store_open(fd, "store", &store, NULL), CS_OK);
    close(fd);
    assert_int_equal(unlink(path_of(number)), 0);
    return store;
}

static void add_store(cs_forms *forms, unsigned number, const form *list, size_t count)
{
    cs_store_writer *writer = new_writer(number);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(list[i].language, list[i - 1].language) != 0)
            assert_int_equal(
                cs_store_writer_add_language(writer, cs_view_of(list[i].language), NULL), CS_OK);
        assert_int_equal(cs_store_writer_add_form(writer, cs_view_of(list[i].stem),
                                                  cs_view_of(list[i].word), NULL),
                         CS_OK);
    }
    finish(writer);
    CS_SCOPED(cs_store) store = open_store(number);
    assert_int_equal(cs_forms_add(forms, &store, NULL), CS_OK);
}

static void check(const cs_store *store, const form *list, size_t count)
{
    size_t at = 0;
    for (size_t l = 0; l < store->languages.count; l++)
        for (uint32_t i = 0; i < store->languages.items[l].count; i++, at++) {
            cs_view stem, word;
            assert_true(cs_store_form(store, store->languages.items[l].first + i, &stem, &word));
            assert_true(at < count);
            assert_true(
                cs_view_equal(store->languages.items[l].code, cs_view_of(list[at].language)));
            assert_true(cs_view_equal(stem, cs_view_of(list[at].stem)));
            assert_true(cs_view_equal(word, cs_view_of(list[at].word)));
        }
    assert_int_equal(at, count);
}

#define LIST(array) (array), sizeof(array) / sizeof *(array)

static void test_each_once_and_in_order(void **state)
{
    (void)state;
    static const form first[] = {
        {"en", "valu", "valued"}, {"en", "valu", "values"}, {"fr", "a", "a"}};
    static const form second[] = {{"de", "wert", "werte"},
                                  {"en", "val", "valu"}, /* not stem "valu" */
                                  {"en", "valu", "value"},
                                  {"en", "valu", "values"}};
    static const form all[] = {{"de", "wert", "werte"},  {"en", "val", "valu"},
                               {"en", "valu", "value"},  {"en", "valu", "valued"},
                               {"en", "valu", "values"}, {"fr", "a", "a"}};
    cs_forms *forms;
    assert_int_equal(cs_forms_new(&forms, NULL), CS_OK);
    add_store(forms, 1, LIST(first));
    add_store(forms, 2, LIST(second));
    add_store(forms, 3, first, 0);
    cs_store_writer *writer = new_writer(4);
    assert_int_equal(cs_forms_write(forms, writer, NULL), CS_OK);
    finish(writer);
    cs_forms_free(forms);
    CS_SCOPED(cs_store) store = open_store(4);
    check(&store, LIST(all));
}

/* More than the table has room for at first. */
static void test_many(void **state)
{
    (void)state;
    enum { count = 20000 };
    static char names[count][16];
    static form list[count];
    cs_forms *forms;
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "w%05zu", i);
        list[i] = (form){"en", names[i], names[i]};
    }
    assert_int_equal(cs_forms_new(&forms, NULL), CS_OK);
    add_store(forms, 1, list + count / 3, count - count / 3);
    add_store(forms, 2, list, count / 2);
    cs_store_writer *writer = new_writer(3);
    assert_int_equal(cs_forms_write(forms, writer, NULL), CS_OK);
    finish(writer);
    cs_forms_free(forms);
    CS_SCOPED(cs_store) store = open_store(3);
    check(&store, LIST(list));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_once_and_in_order),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests_name("forms", tests, make, clean);
}
