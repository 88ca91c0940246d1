/* main.c - casesearch: ranks the passages of case studies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "browse.h"
#include "guard.h"
#include "interactive.h"
#include "last.h"
#include "mcp.h"
#include "options.h"
#include "output.h"
#include "version.h"

static cs_status search(const cs_request *request, bool *found, cs_error *error)
{
    CS_SCOPED(cs_answer) answer = {0};
    cs_status status = cs_answer_make(request, &answer, error);
    if (status != CS_OK)
        cs_output_tell(&answer.notes);
    if (status == CS_OK && request->format == CS_FORMAT_USUAL && !request->sources)
        cs_last_keep(&answer);
    if (status == CS_OK)
        status = cs_output_answer(&answer, error);
    *found = cs_answer_found(&answer);
    return status;
}

static cs_status browse(const cs_request *request, bool *found, cs_error *error)
{
    CS_SCOPED(cs_buf) notes = {.limit = 1 << 20};
    cs_status status = cs_browse(request, &notes, found, error);
    cs_output_tell(&notes);
    return status;
}

static cs_status print_help(const cs_request *request, cs_error *error)
{
    CS_SCOPED(cs_buf) help = {.limit = 1 << 16};
    cs_request_help(&help);
    return cs_output_show(request, NULL, &help, error);
}

static cs_status print_version(cs_error *error)
{
    CS_SCOPED(cs_buf) version = {.limit = 64};
    cs_buf_add_string(&version, "casesearch " CS_VERSION "\n");
    return cs_output_write(&version, error);
}

static cs_status run(const cs_request *request, bool *found, int *code, cs_error *error)
{
    switch (request->mode) {
    case CS_MODE_HELP:
        return print_help(request, error);
    case CS_MODE_VERSION:
        return print_version(error);
    case CS_MODE_TYPE:
        return cs_interactive(request, code, error);
    case CS_MODE_SERVE:
        return cs_mcp_serve(request, error);
    case CS_MODE_SEARCH:
        return search(request, found, error);
    default:
        return browse(request, found, error);
    }
}

int main(int argc, char **argv)
{
    CS_SCOPED(cs_request) request = {0};
    cs_error error = {0};
    bool found = true;
    int code = CS_EXIT_OK;
    cs_guard_streams();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write(2), not the end */
    cs_guard_install("casesearch");
    cs_status status = cs_request_parse(argc, argv, &request, &error);
    if (status == CS_OK)
        status = run(&request, &found, &code, &error);
    if (status != CS_OK && cs_request_wants_json(&request))
        cs_error_print_json(&error);
    else if (status != CS_OK)
        cs_error_print("casesearch", &error);
    if (status != CS_OK)
        return cs_exit_code(status);
    return found ? code : CS_EXIT_NO_MATCH;
}
