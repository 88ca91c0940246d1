/* editor_test.c - tests of search/editor.c: what known editors are given.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../search/editor.h"

/* The words, parted by bars. */
static const char *given(const char *command, const char *path)
{
    static char shown[400];
    const cs_spot spot = {path, 7, 12, 10};
    CS_SCOPED(cs_buf) words = {.limit = sizeof shown};
    cs_editor_arguments(command, &spot, &words);
    assert_true(words.len > 0 && words.len <= sizeof shown);
    for (size_t i = 0; i < words.len; i++)
        shown[i] = words.data[i] == '\0' ? '|' : words.data[i];
    shown[words.len - 1] = '\0'; /* the last one's end */
    return shown;
}

static void test_syntaxes(void **state)
{
    static const struct {
        const char *command, *words;
    } examples[] = {
        {"vim", "+call cursor(7,12)|a.md"},
        {"/usr/bin/nvim -R", "+call cursor(7,12)|a.md"},
        {"vi", "+7|a.md"},
        {"emacsclient -t", "+7:10|a.md"},
        {"nano", "+7,10|a.md"},
        {"kak", "+7:12|a.md"},
        {"hx", "a.md:7:10"},
        {"code --wait", "--goto|a.md:7:10"},
        {"kate", "--line|7|--column|10|a.md"},
        {"idea", "--line|7|--column|10|a.md"},
        {"xdg-open", "a.md"},
        {"  vim", "+call cursor(7,12)|a.md"},
        {"vimx", "a.md"},
        {"", "a.md"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        assert_string_equal(given(examples[i].command, "a.md"), examples[i].words);
}

static void test_paths_are_no_options(void **state)
{
    (void)state;
    assert_string_equal(given("vi", "-c.md"), "+7|./-c.md");
    assert_string_equal(given("vi", "+9"), "+7|./+9");
    assert_string_equal(given("vi", "a b.md"), "+7|a b.md");
    assert_string_equal(given("vi", "{line}.md"), "+7|{line}.md");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntaxes),
        cmocka_unit_test(test_paths_are_no_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
