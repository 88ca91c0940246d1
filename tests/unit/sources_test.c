/* sources_test.c - tests of search/sources.c: the sources of a folder, counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "library.h"
#include "sources.h"

/* Sources as "passages/studies text <url>; ", then the marks without one. */
static const char *count(const char *query)
{
    static char text[4096];
    CS_SCOPED(cs_source_list) list = {0};
    CS_SCOPED(cs_buf) out = {.limit = sizeof text};
    CS_SCOPED(answer) a = {0};
    cs_collection c;

    library_open(&c);
    if (query != NULL)
        assert_int_equal(library_plan(&c, query, false, &a, NULL), CS_OK);
    assert_int_equal(cs_sources_count(&c, query == NULL ? NULL : &a.plan, &list, NULL), CS_OK);
    for (size_t i = 0; i < list.count; i++) {
        const cs_source_count *s = &list.items[i];
        cs_buf_addf(&out, "%u/%u %.*s <%.*s>; ", s->passages, s->studies, (int)s->text.len,
                    s->text.data, (int)s->url.len, s->url.data);
    }
    cs_buf_addf(&out, "%u unresolved", list.unresolved);
    snprintf(text, sizeof text, "%s", out.data);
    answer_release(&a);
    cs_collection_release(&c);
    return text;
}

static void test_the_same_source(void **state)
{
    (void)state;
    library_write("a.md", "# A\n\n[one](http://www.x.example/a/#b) [two](https://X.example/a)\n");
    library_write("b.md", "# B\n\n## C\n\nMore.[^1]\n\n## D\n\nhttps://x.example/a?\n\n"
                          "[^1]: The Axe, 2020\n");
    library_write("c.md", "# C\n\nMore[^9].[^7]\n\n[^7]: the axe (2020)\n");
    library_update();
    assert_string_equal(count(NULL), "2/2 one <http://www.x.example/a/>; 2/2 the axe (2020) <>; "
                                     "1 unresolved");
    assert_string_equal(count("title:c"), "1/1 the axe (2020) <>; 1 unresolved");
}

static void test_a_definition_names_it(void **state)
{
    (void)state;
    library_write("a.md", "# A\n\nSee [here](https://x.example).\n");
    library_write("b.md", "# B\n\nMore.[^1]\n\n[^1]: Axe, https://x.example\n");
    library_write("c.md", "# C\n\nhttps://y.example and [the other file](b.md).\n");
    library_update();
    assert_string_equal(count(NULL), "2/2 Axe, https://x.example <https://x.example>; "
                                     "1/1  <https://y.example>; 0 unresolved");
}

static void test_never_cited(void **state)
{
    (void)state;
    library_write("a.md", "# A\n\nWords.\n\n[^1]: Axe\n");
    library_update();
    assert_string_equal(count(NULL), "0/0 Axe <>; 0 unresolved");
    assert_string_equal(count("words"), "0 unresolved");
}

static void write_large(const char *path)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    for (int i = 0; i < 2000; i++)
        cs_buf_addf(&text, "Other%d. ", i);
    library_write(path, text.data);
}

/* What a new segment says of a file counts, what the old one says does not. */
static void test_files_that_changed(void **state)
{
    (void)state;
    library_write("a.md", "# A\n\nWords.[^1]\n\n[^1]: Axe\n");
    library_write("b.md", "# B\n\nWords.[^1]\n\n[^1]: Axe\n");
    library_write("c.md", "# C\n\nWords.[^1]\n\n[^1]: Saw\n");
    write_large("d.md"); /* so that its segment is not merged into the next */
    library_update();
    library_write("b.md", "# B\n\nOther words.[^1]\n\n[^1]: Saw\n");
    library_delete("c.md");
    library_update();
    assert_string_equal(count(NULL), "1/1 Axe <>; 1/1 Saw <>; 0 unresolved");
    assert_string_equal(count("words"), "1/1 Axe <>; 1/1 Saw <>; 0 unresolved");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_same_source, library_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_a_definition_names_it, library_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_never_cited, library_make, scratch_remove),
        cmocka_unit_test_setup_teardown(test_files_that_changed, library_make, scratch_remove),
    };
    return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
