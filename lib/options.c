/* options.c - see options.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void cs_operands_release(cs_operands *operands)
{
    free(operands->items);
    *operands = (cs_operands){0};
}

static bool is_end(const cs_option *option)
{
    return option->name == NULL;
}

static const cs_option *find_long(const cs_program *program, const char *name, size_t len)
{
    for (const cs_option *o = program->table; !is_end(o); o++)
        if (o->id != 0 && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

const char *cs_options_name(const cs_program *program, int id)
{
    const cs_option *o = program->table;
    while (!is_end(o) && o->id != id)
        o++;
    return is_end(o) ? "" : o->name;
}

static const cs_option *find_short(const cs_program *program, const char *word)
{
    for (const cs_option *o = program->table; !is_end(o); o++)
        if (o->letter != '\0' && word[1] == o->letter && word[2] == '\0')
            return o;
    return NULL;
}

/* Whether a word is an option with its number run into it, as in -n5. */
static bool is_run_together(const cs_program *program, const char *word)
{
    const char letter[] = {'-', word[1], '\0'};
    const cs_option *option = find_short(program, letter);
    size_t digits = word[1] == '\0' ? 0 : strspn(word + 2, "0123456789");
    return option != NULL && option->argument != NULL && digits > 0 && word[2 + digits] == '\0';
}

static cs_status unknown(const cs_program *program, const char *word, cs_error *error)
{
    CS_SCOPED(cs_buf) shown = {.limit = 256};
    cs_text_add_printable(&shown, word, strnlen(word, 80));
    if (cs_buf_status(&shown) != CS_OK)
        return cs_fail_memory(error);
    cs_fail(error, CS_USAGE, "unknown option: %s", shown.data);
    if (program->unknown != NULL && word[1] != '-' && word[2] != '\0')
        cs_hint(error, program->unknown, word + 1);
    else
        cs_hint(error, "%s --help lists the options", program->name);
    return CS_USAGE;
}

/* Takes the option in argv[*i], moving *i past an argument of its own. */
static cs_status take(const cs_program *program, int argc, char **argv, int *i, cs_option_set set,
                      void *context, cs_error *error)
{
    const char *word = argv[*i], *value = NULL;
    const cs_option *option;
    if (word[1] == '-') {
        size_t len = strcspn(word + 2, "=");
        option = find_long(program, word + 2, len);
        value = word[2 + len] == '=' ? word + 2 + len + 1 : NULL;
    } else {
        option = find_short(program, word);
        if (option == NULL && is_run_together(program, word)) {
            option = find_short(program, (const char[]){'-', word[1], '\0'});
            value = word + 2;
        }
    }
    if (option == NULL)
        return unknown(program, word, error);
    if (option->argument == NULL && value != NULL)
        return cs_fail(error, CS_USAGE, "--%s takes no value", option->name);
    if (option->argument != NULL && value == NULL) {
        if (*i + 1 >= argc)
            return cs_fail(error, CS_USAGE, "--%s needs a value: %s", option->name,
                           option->argument);
        value = argv[++*i];
    }
    return set(context, option->id, value, error);
}

cs_status cs_options_parse(const cs_program *program, int argc, char **argv, cs_option_set set,
                           void *context, cs_operands *ret_operands, cs_error *error)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
            continue;
        }
        if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
            cs_status status = take(program, argc, argv, &i, set, context, error);
            if (status != CS_OK)
                return status;
            continue;
        }
        const char **operand = CS_PUSH(ret_operands);
        if (operand == NULL)
            return cs_fail_memory(error);
        *operand = argv[i];
    }
    return CS_OK;
}

void cs_options_help(const cs_program *program, cs_buf *out)
{
    enum { help_column = 26 };
    cs_buf_addf(out, "usage: %s\n\n%s\n", program->usage, program->summary);
    for (const cs_option *o = program->table; !is_end(o); o++) {
        if (o->id == 0) {
            cs_buf_addf(out, "\n%s\n", o->name);
            continue;
        }
        size_t start = out->len;
        if (o->letter != '\0')
            cs_buf_addf(out, "  -%c, --%s", o->letter, o->name);
        else
            cs_buf_addf(out, "      --%s", o->name);
        if (o->argument != NULL)
            cs_buf_addf(out, " %s", o->argument);
        size_t used = out->len - start;
        cs_buf_addf(out, "%*s%s\n", used < help_column ? (int)(help_column - used) : 1, "",
                    o->help);
    }
}

cs_status cs_options_number(const char *option, const char *value, uint64_t max,
                            uint64_t *ret_number, cs_error *error)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number > max)
        return cs_fail(error, CS_USAGE, "%s: not a number from 0 to %llu: %s", option,
                       (unsigned long long)max, value);
    *ret_number = number;
    return CS_OK;
}

cs_status cs_options_size(const char *option, const char *value, uint64_t *ret_size,
                          cs_error *error)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    unsigned shift = 0;
    if (end != value && *end != '\0' && end[1] == '\0')
        shift = (*end | 0x20) == 'k'   ? 10
                : (*end | 0x20) == 'm' ? 20
                : (*end | 0x20) == 'g' ? 30
                                       : 0;
    if (value[0] < '0' || value[0] > '9' || errno != 0 || (*end != '\0' && shift == 0) ||
        number > ((uint64_t)INT64_MAX >> shift))
        return cs_fail(error, CS_USAGE, "%s: not a size such as 500K, 8M or 1G: %s", option, value);
    *ret_size = (uint64_t)number << shift;
    return CS_OK;
}

/* ---- errors: of all things, these are to be said without memory too ---------------- */

/* Without memory: plain ASCII, anything else is '?'. */
static void print_plain(const char *text, bool json)
{
    for (; *text != '\0'; text++) {
        bool plain = *text >= 0x20 && *text < 0x7F && !(json && (*text == '"' || *text == '\\'));
        fputc(plain || (*text == '\n' && !json) ? *text : '?', stderr);
    }
}

/* `lines`: the text may have several, as a query with its caret below has. */
static void print_line(const char *before, const char *text, bool lines)
{
    CS_SCOPED(cs_buf) line = {.limit = 1 << 14};
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, lines ? "\n" : "");
        cs_text_add_printable(&line, at, len);
        at += len;
        if (*at == '\n') {
            cs_buf_add_char(&line, '\n');
            at++;
        }
    }
    fprintf(stderr, "%s: ", before);
    if (cs_buf_status(&line) == CS_OK)
        fputs(line.data == NULL ? "" : line.data, stderr);
    else
        print_plain(text, false);
    fputc('\n', stderr);
}

void cs_error_print(const char *program, const cs_error *error)
{
    print_line(program, error->message, true);
    if (error->hint[0] != '\0')
        print_line("hint", error->hint, false);
}

static void print_string(const char *text)
{
    CS_SCOPED(cs_buf) string = {.limit = 1 << 14};
    cs_text_add_json(&string, text, strlen(text));
    if (cs_buf_status(&string) == CS_OK) {
        fputs(string.data, stderr);
        return;
    }
    fputc('"', stderr);
    print_plain(text, true);
    fputc('"', stderr);
}

void cs_error_print_json(const cs_error *error)
{
    fprintf(stderr, "{\"schema\": 1, \"error\": {\"status\": \"%s\", \"code\": %d, \"message\": ",
            cs_status_name(error->status), cs_exit_code(error->status));
    print_string(error->message);
    fputs(", \"hint\": ", stderr);
    if (error->hint[0] != '\0')
        print_string(error->hint);
    else
        fputs("null", stderr);
    fputs("}}\n", stderr);
}

bool cs_options_have(int argc, char **argv, const char *option)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], option) == 0)
            return true;
    return false;
}
