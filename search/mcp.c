/* mcp.c - the protocol of mcp.h: messages, methods, revisions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "mcp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "version.h"

static const char modern[] = "2026-07-28", legacy[] = "2025-06-18";
static const char version_key[] = "io.modelcontextprotocol/protocolVersion";
static const char capabilities_key[] = "io.modelcontextprotocol/clientCapabilities";
static const char server_key[] = "io.modelcontextprotocol/serverInfo";
static const char subscription_key[] = "io.modelcontextprotocol/subscriptionId";

static const char instructions[] =
    "Searches passages of Markdown case studies. search finds them, best first, each with an id, "
    "its lines and the sources it cites; show reads the whole section of an id or a path:line; "
    "outline has a study's headings, list the studies, sources what they cite. Quote with path and "
    "lines. An answer that was cut says so in left_out.";

/* Codes of JSON-RPC 2.0, and of the protocol. */
enum {
    parse_error = -32700,
    invalid_request = -32600,
    no_method = -32601,
    invalid_params = -32602,
    internal_error = -32603,
    unsupported_version = -32022
};

typedef struct server {
    const cs_request *request;
    json_t *id; /* of the request that is answered; NULL: not known */
    bool stateless;
    cs_buf *out;
    cs_error *error;
} server;

/* ---- answers ----------------------------------------------------------------------- */

static cs_status send(const server *s, json_t *message)
{
    if (message != NULL && s->id != NULL)
        json_object_set(message, "id", s->id);
    return cs_json_add(message, JSON_COMPACT, s->out, s->error);
}

/* `data` may be NULL; it is taken. */
static cs_status fail(const server *s, int code, const char *message, json_t *data)
{
    json_t *error = json_pack("{s:i,s:s}", "code", code, "message", message);
    if (data != NULL)
        cs_json_set(error, "data", data);
    return send(s, json_pack("{s:s,s:o}", "jsonrpc", "2.0", "error", error));
}

static json_t *server_info(void)
{
    return json_pack("{s:s,s:s,s:s}", "name", "casesearch", "title", "casesearch", "version",
                     CS_VERSION);
}

/* Takes the result. */
static cs_status succeed(const server *s, json_t *result)
{
    if (result != NULL && s->stateless) {
        cs_json_set(result, "resultType", json_string("complete"));
        json_t *meta = json_pack("{s:o}", server_key, server_info());
        json_object_update(meta, json_object_get(result, "_meta"));
        cs_json_set(result, "_meta", meta);
    }
    return send(s, json_pack("{s:s,s:o}", "jsonrpc", "2.0", "result", result));
}

/* What may be kept for an hour: it changes with the program only. */
static void set_cacheable(const server *s, json_t *result)
{
    const json_int_t hour = 3600000;
    if (!s->stateless)
        return;
    cs_json_set(result, "ttlMs", json_integer(hour));
    cs_json_set(result, "cacheScope", json_string("public"));
}

/* ---- methods ----------------------------------------------------------------------- */

static cs_status initialize(const server *s, json_t *params)
{
    (void)params; /* whatever revision is asked for, this is the one with a handshake */
    return succeed(s,
                   json_pack("{s:s,s:{s:{}},s:o,s:s}", "protocolVersion", legacy, "capabilities",
                             "tools", "serverInfo", server_info(), "instructions", instructions));
}

static cs_status discover(const server *s, json_t *params)
{
    (void)params;
    json_t *result = json_pack("{s:[s,s],s:{s:{}},s:s}", "supportedVersions", modern, legacy,
                               "capabilities", "tools", "instructions", instructions);
    set_cacheable(s, result);
    return succeed(s, result);
}

static cs_status ping(const server *s, json_t *params)
{
    (void)params;
    return succeed(s, json_object());
}

static cs_status list_tools(const server *s, json_t *params)
{
    if (json_object_get(params, "cursor") != NULL)
        return fail(s, invalid_params, "there is one page of tools, without a cursor", NULL);
    json_t *result = json_pack("{s:o}", "tools", cs_mcp_tools());
    set_cacheable(s, result);
    return succeed(s, result);
}

/* There is nothing to be told of: the tools never change. */
static cs_status listen_to_nothing(const server *s, json_t *params)
{
    (void)params;
    server note = *s;
    note.id = NULL;
    cs_status status =
        send(&note, json_pack("{s:s,s:s,s:{s:{s:O},s:{}}}", "jsonrpc", "2.0", "method",
                              "notifications/subscriptions/acknowledged", "params", "_meta",
                              subscription_key, s->id, "notifications"));
    json_t *end = json_pack("{s:{s:O}}", "_meta", subscription_key, s->id);
    return status == CS_OK ? succeed(s, end) : status;
}

/* An answer as text as well, for clients that take no structured one. */
static json_t *as_result(const server *s, json_t *content)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_scratch};
    json_incref(content);
    if (cs_json_add(content, JSON_COMPACT, &text, s->error) != CS_OK) {
        json_decref(content);
        return NULL;
    }
    cs_buf_truncate(&text, text.len - 1);
    return json_pack("{s:[{s:s,s:o}],s:o,s:b}", "content", "type", "text", "text",
                     cs_json_text(cs_buf_view(&text)), "structuredContent", content, "isError", 0);
}

/* What the model can mend: it is told in the result. */
static json_t *as_mistake(const cs_error *mistake)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 12};
    cs_buf_add_string(&text, mistake->message);
    if (mistake->hint[0] != '\0')
        cs_buf_addf(&text, "\nhint: %s", mistake->hint);
    return json_pack("{s:[{s:s,s:o}],s:b}", "content", "type", "text", "text",
                     cs_json_bytes(text.data, text.len), "isError", 1);
}

static cs_status call_tool(const server *s, json_t *params)
{
    json_t *name = json_object_get(params, "name"), *content = NULL;
    json_t *arguments = json_object_get(params, "arguments");
    cs_error mistake = {0};
    bool known = false;
    if (!json_is_string(name))
        return fail(s, invalid_params, "params.name is missing", NULL);
    if (arguments != NULL && !json_is_object(arguments))
        return fail(s, invalid_params, "params.arguments is no object", NULL);
    cs_status status =
        cs_mcp_call(s->request, json_string_value(name), arguments, &known, &content, &mistake);
    if (!known)
        return fail(s, invalid_params, "there is no such tool", json_pack("{s:O}", "name", name));
    if (status == CS_MEMORY) {
        *s->error = mistake;
        return status;
    }
    return succeed(s, status == CS_OK ? as_result(s, content) : as_mistake(&mistake));
}

/* A method, and in which of the revisions it is. */
typedef struct method {
    const char *name;
    bool in_legacy, in_modern;
    cs_status (*answer)(const server *s, json_t *params);
} method;

static const method methods[] = {
    {"initialize", true, false, initialize},
    {"ping", true, false, ping},
    {"server/discover", false, true, discover},
    {"subscriptions/listen", false, true, listen_to_nothing},
    {"tools/list", true, true, list_tools},
    {"tools/call", true, true, call_tool},
};

/* ---- requests ---------------------------------------------------------------------- */

/* Which revision a request speaks; false when that was answered with an error. */
static bool settle_revision(server *s, const char *name, json_t *meta, cs_status *status)
{
    json_t *version = json_object_get(meta, version_key);
    s->stateless = version != NULL || strcmp(name, "server/discover") == 0 ||
                   strcmp(name, "subscriptions/listen") == 0;
    if (!s->stateless)
        return true;
    if (!json_is_string(version)) {
        *status = fail(s, invalid_params, "params._meta has no protocol version", NULL);
        return false;
    }
    if (strcmp(json_string_value(version), modern) != 0) {
        json_t *data =
            json_pack("{s:[s,s],s:O}", "supported", modern, legacy, "requested", version);
        *status = fail(s, unsupported_version, "Unsupported protocol version", data);
        return false;
    }
    if (!json_is_object(json_object_get(meta, capabilities_key))) {
        *status = fail(s, invalid_params, "params._meta has no client capabilities", NULL);
        return false;
    }
    return true;
}

static cs_status answer_request(server *s, const char *name, json_t *params)
{
    cs_status status = CS_OK;
    if (!settle_revision(s, name, json_object_get(params, "_meta"), &status))
        return status;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const method *m = &methods[i];
        if (strcmp(m->name, name) == 0 && (s->stateless ? m->in_modern : m->in_legacy))
            return m->answer(s, params);
    }
    return fail(s, no_method, "there is no such method", NULL);
}

static cs_status answer_message(server *s, json_t *message)
{
    json_t *version = json_object_get(message, "jsonrpc"), *id = json_object_get(message, "id");
    json_t *name = json_object_get(message, "method"), *params = json_object_get(message, "params");
    bool usable = json_is_string(id) || json_is_integer(id);
    s->id = usable ? id : NULL;
    if (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0)
        return fail(s, invalid_request, "no message of JSON-RPC 2.0", NULL);
    if (name == NULL && id != NULL)
        return CS_OK; /* an answer to what was never asked */
    if (!json_is_string(name) || (id != NULL && !usable))
        return fail(s, invalid_request, "a request has a method, and an id that is not null", NULL);
    if (id == NULL)
        return CS_OK; /* a notification: none of them asks for anything */
    if (params != NULL && !json_is_object(params))
        return fail(s, invalid_params, "params is no object", NULL);
    return answer_request(s, json_string_value(name), params);
}

static cs_status answer_line(server *s, cs_view line)
{
    json_error_t where;
    json_t *message = json_loadb(line.data, line.len, JSON_REJECT_DUPLICATES, &where);
    s->id = NULL;
    s->stateless = false;
    cs_status status = message == NULL || !json_is_object(message)
                           ? fail(s, message == NULL ? parse_error : invalid_request,
                                  message == NULL ? where.text : "no object", NULL)
                           : answer_message(s, message);
    json_decref(message);
    return status;
}

/* ---- lines ------------------------------------------------------------------------- */

/* Answers each whole line of what was read, and keeps the rest of it. */
static cs_status answer_lines(server *s, cs_buf *in, bool *too_long)
{
    cs_status status = CS_OK;
    size_t at = 0;
    for (char *end; status == CS_OK && at < in->len &&
                    (end = memchr(in->data + at, '\n', in->len - at)) != NULL;) {
        cs_view line = {in->data + at, (size_t)(end - in->data) - at};
        bool blank = line.len == 0 || (line.len == 1 && line.data[0] == '\r');
        cs_buf_clear(s->out);
        if (*too_long) { /* its end was reached */
            s->id = NULL;
            status = fail(s, invalid_request, "the message is too long", NULL);
        } else if (!blank) {
            status = answer_line(s, line);
        }
        *too_long = false;
        if (status == CS_OK)
            status = cs_output_write(s->out, s->error);
        at += line.len + 1;
    }
    CS_SCOPED(cs_buf) rest = {.limit = in->limit};
    cs_buf_add(&rest, in->len > at ? in->data + at : "", in->len - at);
    *too_long = *too_long || rest.len > cs_max_mcp_message;
    cs_buf_clear(in);
    if (!*too_long)
        cs_buf_add_view(in, cs_buf_view(&rest));
    return status;
}

cs_status cs_mcp_serve(const cs_request *request, cs_error *error)
{
    char chunk[1 << 16];
    CS_SCOPED(cs_buf) in = {.limit = cs_max_mcp_message + 2 * sizeof chunk};
    CS_SCOPED(cs_buf) out = {.limit = 1 << 26};
    server s = {.request = request, .out = &out, .error = error};
    bool too_long = false;
    cs_status status = CS_OK;
    while (status == CS_OK) {
        ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cs_fail_errno(error, CS_IO, errno, "cannot read standard input");
        if (n == 0 && in.len == 0 && !too_long)
            break;
        cs_buf_add(&in, n > 0 ? chunk : "\n",
                   n > 0 ? (size_t)n : 1); /* the last line may lack its end */
        if (cs_buf_status(&in) != CS_OK)
            return cs_fail_memory(error);
        status = answer_lines(&s, &in, &too_long);
        if (n == 0)
            break;
    }
    return status;
}
