/* ignore_test.c - tests of lib/ignore.c; git itself is the judge where it can be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "ignore.h"
#include "scratch.h"

typedef struct example {
    const char *rules;
    const char *path; /* ends in '/' for a folder */
    bool excluded;
} example;

/* As git does: what lies in an excluded folder is excluded. */
static bool excludes(const cs_ignore *ignore, const char *path)
{
    char part[PATH_MAX];

    for (size_t i = 0;; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (cs_ignore_excludes(ignore, part, path[i] == '/'))
            return true;
        if (path[i] == '\0' || path[i + 1] == '\0')
            return false;
    }
}

/* One level from a text, in memory. */
static void parse(cs_ignore *ignore, const char *rules)
{
    bool cut = true;
    cs_ignore_level *level = CS_PUSH(ignore);

    assert_non_null(level);
    cs_buf_init(&level->text, 4 * CS_IGNORE_MAX_BYTES);
    assert_int_equal(cs_ignore_parse(level, cs_view_of(rules), true, &cut, NULL), CS_OK);
    assert_false(cut);
}

/* Every one holds in git too: test_git_agrees. */
static const example examples[] = {
    {"*.md", "a.md", true},
    {"*.md", "x/y/a.md", true},
    {"*.md", "a.txt", false},
    {"a.md", "x/a.md", true},
    {"/a.md", "a.md", true},
    {"/a.md", "x/a.md", false},
    {"x/a.md", "x/a.md", true},
    {"x/a.md", "y/x/a.md", false},
    {"# a.md", "a.md", false},
    {"#a.md", "#a.md", false},
    {"\\#a.md", "#a.md", true},
    {"*.md\n!a.md", "a.md", false},
    {"*.md\n!a.md", "b.md", true},
    {"!a.md\n*.md", "a.md", true},
    {"\\!a.md", "!a.md", true},
    {"\\!a.md", "a.md", false},
    {"a.md   ", "a.md", true},
    {"a\\ ", "a ", true},
    {"a\\ ", "a", false},
    {"a\\  ", "a ", true},
    {"a\\\\ ", "a\\", true},
    {" a.md", "a.md", false},
    {" a.md", " a.md", true},
    {"a.md\t", "a.md", false},
    {"", "a.md", false},
    {"/", "a.md", false},
    {"/", "a/", false},
    {"!", "a.md", false},
    {"  ", "a.md", false},
    {"x/", "x/", true},
    {"x/", "x", false},
    {"x/", "y/x/", true},
    {"x/", "x/a.md", true},
    {"/x/", "y/x/", false},
    {"y/x/", "y/x/", true},
    {"x//", "x/", false},
    {"//x", "x", false},
    {"**/x", "x", true},
    {"**/x", "a/b/x", true},
    {"**/x/y", "a/x/y", true},
    {"**/x/y", "a/x/b/y", false},
    {"x/**", "x", false},
    {"x/**", "x/", false},
    {"x/**", "x/a", true},
    {"x/**", "x/a/b", true},
    {"x/**/", "x/a/", true},
    {"x/**/", "x/a", false},
    {"x/**\n!x/a", "x/a", false},
    {"x/**\n!x/a/b", "x/a/b", true},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b", "a/x/y/c", false},
    {"**", "a", true},
    {"**/", "a", false},
    {"**/", "a/", true},
    {"/**", "a/b", true},
    {"a**b", "axb", true},
    {"a/**b", "a/x/b", false},
    {"a/**b", "a/xb", true},
    {"/*", "a/", true},
    {"/*\n!/a", "a/b", false},
    {"*\n!a/b", "a/b", true},
    {"x\n!x/a.md", "x/a.md", true},
    {"*.m[de]", "a.md", true},
    {"*.m[!d]", "a.md", false},
    {"[a-c].md", "b.md", true},
    {"[", "[", false},
    {"a[", "a[", false},
    {"a\\", "a\\", false},
    {"a?c", "abc", true},
    {"x/?c", "x/bc", true},
    {"x?c", "x/c", false},
    {"x*c", "x/c", false},
    {"x/*/c", "x/a/b/c", false},
    {"a.md\r\n", "a.md", true},
    {"a.md\r", "a.md", true},
    {"\xEF\xBB\xBF"
     "a.md\nb.md\r\n",
     "a.md", true},
    {"\n\n*.md\n\n", "a.md", true},
    {"A.MD", "a.md", false},
    {".*", ".a/", true},
    {"a/b/", "a/b/c/d", true},
    {"é.md", "é.md", true},
    {"\xFF*", "\xFF\xFE", true},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        CS_SCOPED(cs_ignore) ignore = {0};
        parse(&ignore, examples[i].rules);
        if (excludes(&ignore, examples[i].path) != examples[i].excluded)
            fail_msg("rules \"%s\" on \"%s\": not %s", examples[i].rules, examples[i].path,
                     examples[i].excluded ? "excluded" : "kept");
    }
}

/* Runs git in the scratch folder, quietly; its exit code. */
static int run_git(const char *const *arguments)
{
    int code = -1;
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        const char *folder = scratch_root;
        if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0 &&
            chdir(folder) == 0 && setenv("HOME", folder, 1) == 0 &&
            setenv("GIT_CONFIG_NOSYSTEM", "1", 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0 &&
            unsetenv("GIT_DIR") == 0 && unsetenv("GIT_WORK_TREE") == 0 &&
            unsetenv("GIT_INDEX_FILE") == 0)
            execvp("git", (char *const *)arguments);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, &code, 0);
    return pid > 0 && WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

static void test_git_agrees(void **state)
{
    (void)state;
    if (run_git((const char *[]){"git", "init", "-q", ".", NULL}) != 0)
        skip();
    for (size_t i = 0; i < EXAMPLES; i++) {
        /* Folders of the path have to be there, or git takes them for files. */
        char name[PATH_MAX];
        snprintf(name, sizeof name, "t%zu/%s", i, examples[i].path);
        size_t len = strlen(name);
        if (name[len - 1] == '/') {
            name[len - 1] = '\0'; /* git takes "a/" for a file "" in a */
            scratch_folder(name);
        } else {
            scratch_file(name, "");
        }
        char rules[PATH_MAX];
        snprintf(rules, sizeof rules, "t%zu/.gitignore", i);
        scratch_file(rules, examples[i].rules);
        int code =
            run_git((const char *[]){"git", "check-ignore", "-q", "--no-index", "--", name, NULL});
        if (code != !examples[i].excluded)
            fail_msg("git, rules \"%s\" on \"%s\": exit code %d", examples[i].rules,
                     examples[i].path, code);
    }
}

static void test_limits_of_a_text(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_buf) text = {0};
    bool cut = false;

    (void)state;
    cs_buf_init(&text, 1 << 20);
    for (int i = 0; i < CS_IGNORE_MAX_RULES; i++)
        cs_buf_addf(&text, "# a comment\nr%d\n", i);
    parse(&ignore, text.data);
    assert_int_equal(ignore.items[0].rules.count, CS_IGNORE_MAX_RULES);
    assert_true(cs_ignore_excludes(&ignore, "r9999", false));
    cs_ignore_pop(&ignore);

    cs_buf_add_string(&text, "one-more\n");
    cs_ignore_level *level = CS_PUSH(&ignore);
    assert_non_null(level);
    cs_buf_init(&level->text, CS_IGNORE_MAX_BYTES);
    assert_int_equal(cs_ignore_parse(level, cs_buf_view(&text), false, &cut, NULL), CS_OK);
    assert_true(cut);
    assert_int_equal(level->rules.count, CS_IGNORE_MAX_RULES);
    cs_ignore_pop(&ignore);

    cs_buf_clear(&text);
    for (int i = 0; i < 5000; i++)
        cs_buf_add_char(&text, '*');
    cs_buf_add_string(&text, "\n*.txt\n");
    parse(&ignore, text.data); /* the line beyond any sense is left out */
    assert_int_equal(ignore.items[0].rules.count, 1);
    assert_true(cs_ignore_excludes(&ignore, "a.txt", false));
    assert_false(cs_ignore_excludes(&ignore, "a.md", false));
}

static cs_status push(cs_ignore *ignore, const char *name, size_t base,
                      cs_ignore_problems *problems)
{
    cs_error error = {0};
    int folder = open(scratch_path(name), O_PATH | O_DIRECTORY | O_CLOEXEC);

    assert_true(folder >= 0);
    cs_status status = cs_ignore_push(ignore, folder, base, CS_IGNORE_ALL_BITS, problems, &error);
    close(folder);
    return status;
}

static void test_precedence_in_a_folder(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_ignore_problems) problems = {0};

    (void)state;
    scratch_file(".git/info/exclude", "*.md\nexclude\n");
    scratch_file(".gitignore", "!a.md\nb.md\n*.txt\n");
    scratch_file(".ignore", "!b.md\n!t.txt\nc\n");
    scratch_file(".casesearchignore", "t.txt\n!c\n");
    assert_int_equal(push(&ignore, "", 0, &problems), CS_OK);
    assert_int_equal(problems.count, 0);
    assert_true(cs_ignore_excludes(&ignore, "exclude", false));
    assert_true(cs_ignore_excludes(&ignore, "x.md", false));
    assert_false(cs_ignore_excludes(&ignore, "a.md", false));
    assert_false(cs_ignore_excludes(&ignore, "b.md", false));
    assert_true(cs_ignore_excludes(&ignore, "t.txt", false));
    assert_true(cs_ignore_excludes(&ignore, "u.txt", false));
    assert_false(cs_ignore_excludes(&ignore, "c", false));
}

static void test_inner_folder_decides(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_ignore_problems) problems = {0};

    (void)state;
    scratch_file(".gitignore", "*.md\n*.txt\n/in/top\n");
    scratch_file(".ignore", "both\n");
    scratch_file("in/.gitignore", "!a.md\n/only-here\n!both\n");
    assert_int_equal(push(&ignore, "", 0, &problems), CS_OK);
    assert_int_equal(push(&ignore, "in", 3, &problems), CS_OK);
    assert_false(cs_ignore_excludes(&ignore, "in/a.md", false));
    assert_true(cs_ignore_excludes(&ignore, "in/b.md", false));
    assert_true(cs_ignore_excludes(&ignore, "in/only-here", false));
    assert_false(cs_ignore_excludes(&ignore, "in/x/only-here", false));
    assert_true(cs_ignore_excludes(&ignore, "in/top", false));
    assert_false(cs_ignore_excludes(&ignore, "in/both", false));
    cs_ignore_pop(&ignore);
    assert_true(cs_ignore_excludes(&ignore, "a.md", false));
    assert_false(cs_ignore_excludes(&ignore, "only-here", false));
}

static void test_git_rules_stop_at_a_repository(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_ignore_problems) problems = {0};

    (void)state;
    scratch_file(".gitignore", "*.md\n");
    scratch_file(".ignore", "*.txt\n");
    scratch_folder("in/.git");
    assert_int_equal(push(&ignore, "", 0, &problems), CS_OK);
    assert_int_equal(push(&ignore, "in", 3, &problems), CS_OK);
    assert_false(cs_ignore_excludes(&ignore, "in/a.md", false));
    assert_true(cs_ignore_excludes(&ignore, "in/a.txt", false));
}

static void test_folders_above(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_ignore_problems) problems = {0};
    CS_SCOPED(cs_buf) prefix = {0};
    cs_error error = {0};

    (void)state;
    cs_buf_init(&prefix, PATH_MAX);
    scratch_file(".gitignore", "beyond\n");
    scratch_file("repo/.git/info/exclude", "excluded\n");
    scratch_file("repo/.gitignore", "*.md\n/a/root/anchored\n");
    scratch_file("repo/a/.gitignore", "!keep.md\n/root/second\n");
    scratch_file("repo/a/root/.gitignore", "not-read-here\n");

    assert_int_equal(
        cs_ignore_push_above(&ignore, scratch_path("repo/a/root"), &prefix, &problems, &error),
        CS_OK);
    assert_string_equal(prefix.data, "a/root/");
    assert_int_equal(ignore.count, 2);
    assert_true(cs_ignore_excludes(&ignore, "a/root/x.md", false));
    assert_false(cs_ignore_excludes(&ignore, "a/root/keep.md", false));
    assert_true(cs_ignore_excludes(&ignore, "a/root/anchored", false));
    assert_true(cs_ignore_excludes(&ignore, "a/root/second", false));
    assert_true(cs_ignore_excludes(&ignore, "a/root/excluded", false));
    assert_false(cs_ignore_excludes(&ignore, "a/root/beyond", false));
    assert_false(cs_ignore_excludes(&ignore, "a/root/not-read-here", false));

    cs_buf_clear(&prefix);
    assert_int_equal(
        cs_ignore_push_above(&ignore, scratch_path("repo"), &prefix, &problems, &error), CS_OK);
    assert_int_equal(cs_ignore_push_above(&ignore, "/", &prefix, &problems, &error), CS_OK);
    assert_int_equal(ignore.count, 2);
    assert_int_equal(prefix.len, 0);
}

static const char *reason_in(const cs_ignore_problems *problems, const char *file)
{
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problems->items[i].file, file) == 0)
            return problems->items[i].reason;
    return "";
}

static void test_only_regular_files_are_read(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_ignore_problems) problems = {0};

    (void)state;
    alarm(10); /* opening a FIFO would wait for ever */
    scratch_file("rules", "*.md\n");
    assert_int_equal(mkfifo(scratch_path(".gitignore"), 0600), 0);
    assert_int_equal(symlink("rules", scratch_path(".ignore")), 0);
    scratch_folder(".casesearchignore");
    assert_int_equal(push(&ignore, "", 0, &problems), CS_OK);
    alarm(0);
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(reason_in(&problems, ".ignore"), "symbolic link"));
    assert_false(problems.items[0].failure);
    assert_false(cs_ignore_excludes(&ignore, "a.md", false));
}

static void test_oversize_file_is_told(void **state)
{
    CS_SCOPED(cs_ignore) ignore = {0};
    CS_SCOPED(cs_ignore_problems) problems = {0};
    CS_SCOPED(cs_buf) text = {0};

    (void)state;
    cs_buf_init(&text, 2 * CS_IGNORE_MAX_BYTES);
    cs_buf_add_string(&text, "*.md\n#");
    while (text.len < CS_IGNORE_MAX_BYTES)
        cs_buf_add_char(&text, 'x');
    scratch_bytes(".gitignore", text.data, text.len);
    cs_buf_add_char(&text, 'x');
    scratch_bytes(".ignore", text.data, text.len);
    assert_int_equal(push(&ignore, "", 0, &problems), CS_OK);
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(reason_in(&problems, ".ignore"), "larger"));
    assert_true(problems.items[0].failure);
    assert_true(cs_ignore_excludes(&ignore, "a.md", false));
    assert_int_equal(ignore.items[0].rules.count, 1);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        IN_SCRATCH(test_git_agrees),
        cmocka_unit_test(test_limits_of_a_text),
        IN_SCRATCH(test_precedence_in_a_folder),
        IN_SCRATCH(test_inner_folder_decides),
        IN_SCRATCH(test_git_rules_stop_at_a_repository),
        IN_SCRATCH(test_folders_above),
        IN_SCRATCH(test_only_regular_files_are_read),
        IN_SCRATCH(test_oversize_file_is_told),
    };
    return cmocka_run_group_tests_name("ignore", tests, NULL, NULL);
}
