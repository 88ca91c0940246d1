/* mcp.h - casesearch --mcp: a server of the Model Context Protocol on standard input and
 * output, for programs that let a language model ask.
 *
 * Revisions 2025-06-18, with its handshake, and 2026-07-28, which is stateless: each
 * request says which it speaks (modelcontextprotocol.io/specification). It only reads. One
 * JSON-RPC message a line; nothing else is written to standard output.
 *
 * How to add a tool
 *   1. its parameters, its answer's schema and its function in mcp_tools.c
 *   2. doc/mcp.md, CHANGELOG               tests/rules/mcp, which calls each tool
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_MCP_H
#define CS_MCP_H

#include "json.h"
#include "request.h"

enum {
    cs_max_mcp_message = 1 << 20, /* bytes of a line; a longer one is refused */
    cs_mcp_budget = 20000,        /* bytes of an answer, unless the caller says otherwise */
    cs_min_mcp_budget = 500,
    cs_max_mcp_budget = 200000
};

/* Serves until the end of standard input. The request has what the
 * command line said of indexes. */
cs_status cs_mcp_serve(const cs_request *request, cs_error *error);

/* The tools, as tools/list has them. NULL without memory. */
json_t *cs_mcp_tools(void);

/* Calls a tool: *ret_content is its answer; an error is for the model, which may mend the call.
 * *ret_known is false for a tool that is none. */
cs_status cs_mcp_call(const cs_request *request, const char *name, json_t *arguments,
                      bool *ret_known, json_t **ret_content, cs_error *error);

#endif
