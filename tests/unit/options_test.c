/* options_test.c - tests of lib/options.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"
#include "scratch.h"

static const cs_option table[] = {
    {0, '\0', "Results:", NULL, NULL},
    {1, 'n', "limit", "N", "at most N passages"},
    {2, 'l', "files", NULL, "only the paths"},
    {0, '\0', "Index:", NULL, NULL},
    {3, 'd', "db", "DIR", "the index directory"},
    {4, '\0', "all", NULL, "every word"},
    {5, '\0', "a-very-long-option-name", "ARGUMENT", "does not fit its column"},
    {6, '\0', "nineteen-characters", NULL, "just does not fit"},
    {0, '\0', NULL, NULL, NULL},
};

static const cs_program program = {
    .name = "prog",
    .usage = "prog [OPTIONS] WORD...",
    .summary = "Does things.",
    .table = table,
    .unknown = "write NOT %s",
};

/* Writes "id=value " for each option into the buffer. */
static cs_status note(void *context, int id, const char *value, cs_error *error)
{
    cs_buf *seen = context;
    if (value == NULL)
        cs_buf_addf(seen, "%d ", id);
    else
        cs_buf_addf(seen, "%d=%s ", id, value);
    return value != NULL && strcmp(value, "bad") == 0 ? cs_fail(error, CS_USAGE, "bad") : CS_OK;
}

typedef struct example {
    const char *line; /* blank separated; "_" stands for an empty word */
    const char *seen; /* options and operands, or the message */
    const char *hint; /* of a failure */
} example;

/* "options| operands", or the message of the failure. */
static void run(const char *line, cs_buf *out, cs_error *error)
{
    char copy[256], *argv[32], *save;
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", line);
    argv[argc++] = (char *)"prog";
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
        argv[argc++] = strcmp(word, "_") == 0 ? (char *)"" : word;
    argv[argc] = NULL;
    CS_SCOPED(cs_operands) operands = {0};
    if (cs_options_parse(&program, argc, argv, note, out, &operands, error) != CS_OK) {
        assert_int_equal(error->status, CS_USAGE);
        cs_buf_clear(out);
        cs_buf_add_string(out, error->message);
        return;
    }
    cs_buf_add_char(out, '|');
    for (size_t i = 0; i < operands.count; i++)
        cs_buf_addf(out, " %s", operands.items[i]);
}

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) out = {.limit = 1 << 12};
        cs_error error = {0};
        run(examples[i].line, &out, &error);
        if (strcmp(out.data, examples[i].seen) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", examples[i].line, out.data, examples[i].seen);
        if (examples[i].hint != NULL && strcmp(error.hint, examples[i].hint) != 0)
            fail_msg("\"%s\": hint \"%s\", not \"%s\"", examples[i].line, error.hint,
                     examples[i].hint);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

static void test_understood(void **state)
{
    static const example examples[] = {
        {"", "|", NULL},
        {"a b", "| a b", NULL},
        {"-n 5 a", "1=5 | a", NULL},
        {"--limit 5 a", "1=5 | a", NULL},
        {"--limit=5 a", "1=5 | a", NULL},
        {"--limit= a", "1= | a", NULL},
        {"--db=a=b", "3=a=b |", NULL},
        {"--limit _ a", "1= | a", NULL},
        {"-n -5", "1=-5 |", NULL},
        {"--db --all", "3=--all |", NULL},
        {"a -l b --all c", "2 4 | a b c", NULL},
        {"-l -l", "2 2 |", NULL},
        {"-- -l --all", "| -l --all", NULL},
        {"a -- -- b", "| a -- b", NULL},
        {"-", "| -", NULL},
        {"_ a", "|  a", NULL},
        {"index", "| index", NULL},
    };
    (void)state;
    CHECK(examples);
}

static void test_refused(void **state)
{
    static const example examples[] = {
        {"-chatbot", "unknown option: -chatbot", "write NOT chatbot"},
        {"stripe -x", "unknown option: -x", "prog --help lists the options"},
        {"stripe -xy", "unknown option: -xy", "write NOT xy"},
        {"-ln", "unknown option: -ln", "write NOT ln"},
        {"-n5x", "unknown option: -n5x", "write NOT n5x"},
        {"-l5", "unknown option: -l5", "write NOT l5"},
        {"-n=5", "unknown option: -n=5", "write NOT n=5"},
        {"--nope", "unknown option: --nope", "prog --help lists the options"},
        {"--nope=3", "unknown option: --nope=3", "prog --help lists the options"},
        {"--lim 5", "unknown option: --lim", "prog --help lists the options"},
        {"--limits 5", "unknown option: --limits", "prog --help lists the options"},
        {"--Results: 5", "unknown option: --Results:", "prog --help lists the options"},
        {"--=5", "unknown option: --=5", "prog --help lists the options"},
        {"---", "unknown option: ---", "prog --help lists the options"},
        {"a --limit", "--limit needs a value: N", NULL},
        {"a -n", "--limit needs a value: N", NULL},
        {"--all=yes", "--all takes no value", NULL},
        {"--all=", "--all takes no value", NULL},
        {"--db bad -l", "bad", NULL},
        {"-\x1B[31m", "unknown option: -\xEF\xBF\xBD[31m", NULL},
    };
    (void)state;
    CHECK(examples);
}

static void test_without_a_hint_of_its_own(void **state)
{
    cs_program plain = program;
    char *argv[] = {(char *)"prog", (char *)"-x", NULL};
    CS_SCOPED(cs_operands) operands = {0};
    cs_error error = {0};

    (void)state;
    plain.unknown = NULL;
    assert_int_equal(cs_options_parse(&plain, 2, argv, note, NULL, &operands, &error), CS_USAGE);
    assert_string_equal(error.hint, "prog --help lists the options");
}

static void test_help(void **state)
{
    CS_SCOPED(cs_buf) out = {.limit = 1 << 12};

    (void)state;
    cs_options_help(&program, &out);
    assert_string_equal(out.data,
                        "usage: prog [OPTIONS] WORD...\n"
                        "\n"
                        "Does things.\n"
                        "\n"
                        "Results:\n"
                        "  -n, --limit N           at most N passages\n"
                        "  -l, --files             only the paths\n"
                        "\n"
                        "Index:\n"
                        "  -d, --db DIR            the index directory\n"
                        "      --all               every word\n"
                        "      --a-very-long-option-name ARGUMENT does not fit its column\n"
                        "      --nineteen-characters just does not fit\n");
}

static void test_numbers(void **state)
{
    static const struct {
        const char *value;
        uint64_t max;
        bool good;
        uint64_t number;
    } examples[] = {
        {"0", 10, true, 0},
        {"10", 10, true, 10},
        {"007", 10, true, 7},
        {"11", 10, false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"", 10, false, 0},
        {" 5", 10, false, 0},
        {"5 ", 10, false, 0},
        {"+5", 10, false, 0},
        {"-5", 10, false, 0},
        {"-18446744073709551611", 10, false, 0},
        {"0x5", 10, false, 0},
        {"5.0", 10, false, 0},
        {"five", 10, false, 0},
        {"5K", 10, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_error error = {0};
        uint64_t number = 77;
        cs_status status =
            cs_options_number("--limit", examples[i].value, examples[i].max, &number, &error);
        if (status != (examples[i].good ? CS_OK : CS_USAGE) ||
            number != (examples[i].good ? examples[i].number : 77))
            fail_msg("\"%s\": status %d, %llu", examples[i].value, (int)status,
                     (unsigned long long)number);
        assert_true(examples[i].good || strstr(error.message, "--limit: ") == error.message);
    }
}

static void test_sizes(void **state)
{
    static const struct {
        const char *value;
        bool good;
        uint64_t size;
    } examples[] = {
        {"0", true, 0},
        {"100", true, 100},
        {"500K", true, 512000},
        {"500k", true, 512000},
        {"8M", true, 8 << 20},
        {"8m", true, 8 << 20},
        {"1G", true, 1 << 30},
        {"20g", true, (uint64_t)20 << 30},
        {"21474836480", true, (uint64_t)20 << 30},
        {"0G", true, 0},
        {"99999999999G", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"M", false, 0},
        {"8MB", false, 0},
        {"8 M", false, 0},
        {"8T", false, 0},
        {"-1", false, 0},
        {"-1K", false, 0},
        {"+1K", false, 0},
        {" 1K", false, 0},
        {"1.5M", false, 0},
        {"8\x0B", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_error error = {0};
        uint64_t size = 77;
        cs_status status = cs_options_size("--max-size", examples[i].value, &size, &error);
        if (status != (examples[i].good ? CS_OK : CS_USAGE) ||
            size != (examples[i].good ? examples[i].size : 77))
            fail_msg("\"%s\": status %d, %llu", examples[i].value, (int)status,
                     (unsigned long long)size);
        assert_true(examples[i].good || strstr(error.message, "--max-size: ") == error.message);
    }
}

/* What cs_error_print writes to standard error; valid until the next call. */
static const char *printed(const cs_error *error)
{
    static char text[4096];
    const char *path = scratch_path("stderr");
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    scratch_must(freopen(path, "w", stderr) != NULL, path);
    cs_error_print("prog", error);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    FILE *file = fopen(path, "r");
    scratch_must(file != NULL, path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void test_error_print(void **state)
{
    cs_error error = {0};

    (void)state;
    cs_fail(&error, CS_IO, "a.md: gone");
    assert_string_equal(printed(&error), "prog: a.md: gone\n");
    cs_hint(&error, "look again");
    assert_string_equal(printed(&error), "prog: a.md: gone\nhint: look again\n");
    cs_fail(&error, CS_SYNTAX, "no end\n  a \"b\n    ^");
    assert_string_equal(printed(&error), "prog: no end\n  a \"b\n    ^\n");
    cs_fail(&error, CS_IO, "a\x1B[2Jb\r: gone");
    cs_hint(&error, "do\nnot\x9B");
    assert_string_equal(printed(&error), "prog: a\xEF\xBF\xBD[2Jb : gone\n"
                                         "hint: do not\xEF\xBF\xBD\n");
    error = (cs_error){0};
    assert_string_equal(printed(&error), "prog: \n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_understood),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_without_a_hint_of_its_own),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test_setup_teardown(test_error_print, scratch_make, scratch_remove),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
