/* options.h - one table of options a program: it drives parsing and --help, and
 * with them man page and completions.
 *
 * GNU long options ("--limit 5", "--limit=5") and single short ones ("-n 5");
 * short options are never bundled, so that "-chatbot" is one word that was not
 * understood. Options and operands may be mixed; "--" ends the options.
 *
 * How to add an option
 *   1. a line in the table of indexer/main.c or search/request.c    tests/rules/help
 *   2. its case in the set_option of that file    tests/cli, a case that uses it
 *   3. README or doc/ where it matters, CHANGELOG; the manual page and the completions are made
 *      of the table; a value is completed by the name of its argument    tests/rules/pages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_OPTIONS_H
#define CS_OPTIONS_H

#include "buf.h"

typedef struct cs_option {
    int id;               /* the program's own; 0 makes the line a heading of --help */
    char letter;          /* '\0' without a short form */
    const char *name;     /* without the dashes; the heading's text */
    const char *argument; /* what it takes, for --help; NULL for a flag */
    const char *help;     /* one line */
} cs_option;

typedef struct cs_program {
    const char *name;
    const char *usage;      /* after "usage: " */
    const char *summary;    /* under the usage: what it does, one or two lines */
    const cs_option *table; /* ends with an all-zero line */
    const char *unknown;    /* hint for an option that does not exist, or NULL */
} cs_program;

/* Takes an option; `value` is NULL for a flag. */
typedef cs_status (*cs_option_set)(void *context, int id, const char *value, cs_error *error);

typedef struct cs_operands {
    const char **items; /* point into argv */
    size_t count, cap;
} cs_operands;
void cs_operands_release(cs_operands *operands);

/* Walks over argv[1..]. CS_USAGE for an unknown option, a missing or an
 * unwanted argument. */
cs_status cs_options_parse(const cs_program *program, int argc, char **argv, cs_option_set set,
                           void *context, cs_operands *ret_operands, cs_error *error);

/* The text of --help. */
void cs_options_help(const cs_program *program, cs_buf *out);

/* A whole number from 0 to `max`. CS_USAGE names the option. */
cs_status cs_options_number(const char *option, const char *value, uint64_t max,
                            uint64_t *ret_number, cs_error *error);

/* The same in bytes, with K, M or G (1024) after it. */
cs_status cs_options_size(const char *option, const char *value, uint64_t *ret_size,
                          cs_error *error);

/* Prints "program: message" and "hint: ..." lines to standard error. */
void cs_error_print(const char *program, const cs_error *error);

/* Prints the error to standard error as one line of JSON: doc/json.md. */
void cs_error_print_json(const cs_error *error);

/* The long name of an option, without its dashes. */
const char *cs_options_name(const cs_program *program, int id);

/* Whether an option is there, before a "--": for what must be known though the
 * command line cannot be understood. */
bool cs_options_have(int argc, char **argv, const char *option);

#endif
