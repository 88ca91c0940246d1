/* main.c - casesearch: ranks the passages of case studies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "options.h"
#include "output.h"
#include "version.h"

static void tell_notes(const cs_answer *answer)
{
    const char *at = answer->notes.len > 0 ? answer->notes.data : "";
    for (size_t len; *at != '\0'; at += len + 1) {
        len = strcspn(at, "\n"); /* each ends with one */
        fprintf(stderr, "casesearch: %.*s\n", (int)len, at);
    }
}

static cs_status search(const cs_request *request, bool *found, cs_error *error)
{
    CS_SCOPED(cs_answer) answer = {0};
    cs_status status = cs_answer_make(request, &answer, error);
    tell_notes(&answer);
    if (status == CS_OK)
        status = cs_output_answer(&answer, error);
    *found = cs_answer_found(&answer);
    return status;
}

static cs_status print_help(cs_error *error)
{
    CS_SCOPED(cs_buf) help = {.limit = 1 << 16};
    cs_request_help(&help);
    return cs_output_write(&help, error);
}

static cs_status print_version(cs_error *error)
{
    CS_SCOPED(cs_buf) version = {.limit = 64};
    cs_buf_add_string(&version, "casesearch " CS_VERSION "\n");
    return cs_output_write(&version, error);
}

static cs_status run(const cs_request *request, bool *found, cs_error *error)
{
    switch (request->mode) {
    case CS_MODE_HELP:
        return print_help(error);
    case CS_MODE_VERSION:
        return print_version(error);
    default:
        return search(request, found, error);
    }
}

int main(int argc, char **argv)
{
    CS_SCOPED(cs_request) request = {0};
    cs_error error = {0};
    bool found = true;
    signal(SIGPIPE, SIG_IGN);
    cs_guard_install("casesearch");
    cs_status status = cs_request_parse(argc, argv, &request, &error);
    if (status == CS_OK)
        status = run(&request, &found, &error);
    if (status != CS_OK && cs_request_wants_json(&request))
        cs_error_print_json(&error);
    else if (status != CS_OK)
        cs_error_print("casesearch", &error);
    if (status != CS_OK)
        return cs_exit_code(status);
    return found ? CS_EXIT_OK : CS_EXIT_NO_MATCH;
}
