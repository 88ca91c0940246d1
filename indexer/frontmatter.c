/* frontmatter.c - see frontmatter.h. The only file that includes <yaml.h>.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "frontmatter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    max_path = 256,
    max_value = 1000,
    max_visits = 1 << 16, /* of YAML nodes: aliases of aliases grow without bound */
    max_open = 200,       /* brackets of YAML that are open at once, and */
    max_anchors = 1000    /* anchors: libyaml takes time by their square */
};

void cs_frontmatter_release(cs_frontmatter *front)
{
    free(front->metadata.items);
    *front = (cs_frontmatter){0};
}

cs_view cs_frontmatter_value(const cs_frontmatter *front, const char *key)
{
    for (size_t i = 0; i < front->metadata.count; i++)
        if (cs_view_equal(front->metadata.items[i].key, cs_view_of(key)))
            return front->metadata.items[i].value;
    return (cs_view){"", 0};
}

/* ---- where it is ------------------------------------------------------------------ */

static cs_view line_of(const cs_source *source, uint32_t line)
{
    uint32_t start, end;
    cs_source_line_range(source, line, &start, &end);
    while (end > start && (source->text.data[end - 1] == ' ' || source->text.data[end - 1] == '\t'))
        end--;
    return (cs_view){source->text.data + start, end - start};
}

static bool is_line(const cs_source *source, uint32_t line, const char *fence)
{
    return cs_view_equal(line_of(source, line), cs_view_of(fence));
}

/* The line of the closing fence, or 0. */
static uint32_t closing_line(const cs_source *source, const char *fence)
{
    bool yaml = fence[0] == '-';
    for (uint32_t line = 1; line < source->lines.count; line++)
        if (is_line(source, line, fence) || (yaml && is_line(source, line, "...")))
            return line;
    return 0;
}

/* ---- values ------------------------------------------------------------------------ */

typedef struct collector {
    cs_arena *arena;
    cs_frontmatter *front;
    uint32_t visits; /* of nodes; an alias is visited again */
    bool failed;
} collector;

static void add_value(collector *c, const char *path, cs_view value)
{
    if (c->front->metadata.count >= cs_max_metadata || value.len == 0 || path[0] == '\0')
        return;
    if (value.len > max_value) {
        value.len = max_value;
        while (value.len > 0 && ((unsigned char)value.data[value.len] & 0xC0) == 0x80)
            value.len--;
    }
    CS_SCOPED(cs_buf) key = {.limit = max_path};
    cs_schema_fold_key(&key, cs_view_of(path));
    cs_metadata *m = CS_PUSH(&c->front->metadata);
    if (m == NULL || cs_buf_status(&key) != CS_OK) {
        c->failed = true;
        return;
    }
    m->key = cs_arena_copy(c->arena, cs_buf_view(&key));
    m->value = cs_arena_copy(c->arena, value);
}

/* ---- YAML --------------------------------------------------------------------------- */

static void add_yaml_node(collector *c, yaml_document_t *document, int index, char *path,
                          unsigned depth);

static void add_yaml_pair(collector *c, yaml_document_t *document, const yaml_node_pair_t *pair,
                          char *path, unsigned depth)
{
    yaml_node_t *key = yaml_document_get_node(document, pair->key);
    if (key == NULL || key->type != YAML_SCALAR_NODE)
        return;
    size_t used = strlen(path);
    int n = snprintf(path + used, max_path - used, "%s%.*s", used == 0 ? "" : ".",
                     (int)(key->data.scalar.length < max_path ? key->data.scalar.length : max_path),
                     (const char *)key->data.scalar.value);
    if (n > 0)
        add_yaml_node(c, document, pair->value, path, depth + 1);
    path[used] = '\0';
}

static void add_yaml_node(collector *c, yaml_document_t *document, int index, char *path,
                          unsigned depth)
{
    yaml_node_t *node = yaml_document_get_node(document, index);
    if (node == NULL || depth > cs_max_metadata_depth || c->visits++ > max_visits ||
        c->front->metadata.count >= cs_max_metadata)
        return;
    if (node->type == YAML_SCALAR_NODE)
        add_value(c, path,
                  (cs_view){(const char *)node->data.scalar.value, node->data.scalar.length});
    if (node->type == YAML_SEQUENCE_NODE)
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++)
            add_yaml_node(c, document, *item, path, depth + 1);
    if (node->type == YAML_MAPPING_NODE)
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++)
            add_yaml_pair(c, document, pair, path, depth);
}

static void note_problem(collector *c, const char *problem, size_t line)
{
    char note[200];
    snprintf(note, sizeof note, "front matter, line %zu: %s", line + 2,
             problem != NULL ? problem : "cannot be read");
    c->front->note = cs_arena_copy(c->arena, cs_view_of(note));
    c->front->broken = true;
}

/* Whether libyaml reads a text in bounded time. */
static bool is_harmless(cs_view text)
{
    uint32_t open = 0, anchors = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        open += c == '[' || c == '{';
        open -= open > 0 && (c == ']' || c == '}');
        anchors += c == '&' && i > 0 && text.data[i - 1] == ' ';
        if (open > max_open || anchors > max_anchors)
            return false;
    }
    return true;
}

/* Reads a mapping; anything else between the fences is no front matter at all.
 * False only without memory. */
static bool read_yaml(collector *c, cs_view text, bool *is_mapping)
{
    yaml_parser_t parser;
    yaml_document_t document;
    *is_mapping = true;
    if (!is_harmless(text)) {
        note_problem(c, "too deeply nested", 0);
        return true;
    }
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
    bool memory = true;
    if (yaml_parser_load(&parser, &document)) {
        yaml_node_t *root = yaml_document_get_root_node(&document);
        *is_mapping = root == NULL || root->type == YAML_MAPPING_NODE;
        char path[max_path] = "";
        if (root != NULL && *is_mapping)
            add_yaml_node(c, &document, 1, path, 0);
        yaml_document_delete(&document);
    } else if (parser.error == YAML_MEMORY_ERROR) {
        memory = false;
    } else {
        note_problem(c, parser.problem, parser.problem_mark.line);
    }
    yaml_parser_delete(&parser);
    return memory;
}

/* ---- TOML --------------------------------------------------------------------------- */

static cs_view trim(cs_view v)
{
    while (v.len > 0 && (v.data[0] == ' ' || v.data[0] == '\t'))
        v.data++, v.len--;
    while (v.len > 0 && (v.data[v.len - 1] == ' ' || v.data[v.len - 1] == '\t'))
        v.len--;
    return v;
}

/* One value at the start of `rest`: a string without its quotes, or what stands
 * before a comma, a bracket or a comment. Moves past it. */
static cs_view take_toml_value(cs_view *rest)
{
    cs_view v = trim(*rest);
    size_t end = 0;
    if (v.len > 0 && (v.data[0] == '"' || v.data[0] == '\'')) {
        char quote = v.data[0];
        for (end = 1; end < v.len && v.data[end] != quote; end++)
            if (quote == '"' && v.data[end] == '\\' && end + 1 < v.len)
                end++;
        cs_view value = {v.data + 1, end > 0 ? end - 1 : 0};
        end = end < v.len ? end + 1 : v.len;
        *rest = (cs_view){v.data + end, v.len - end};
        return value;
    }
    while (end < v.len && v.data[end] != ',' && v.data[end] != ']' && v.data[end] != '#')
        end++;
    *rest = (cs_view){v.data + end, v.len - end};
    return trim((cs_view){v.data, end});
}

/* The items of an array, as far as they are on this line; whether it goes on. */
static bool add_toml_items(collector *c, const char *path, cs_view rest)
{
    for (rest = trim(rest); rest.len > 0 && rest.data[0] != '#'; rest = trim(rest)) {
        if (rest.data[0] == ']')
            return false;
        if (rest.data[0] == ',' || rest.data[0] == '[')
            rest = (cs_view){rest.data + 1, rest.len - 1};
        else
            add_value(c, path, take_toml_value(&rest));
    }
    return true;
}

typedef struct toml {
    char table[104];      /* with a dot behind it */
    char array[max_path]; /* key of an array that goes on, or "" */
} toml;

static void read_toml_line(collector *c, cs_view line, toml *t)
{
    line = trim(line);
    if (t->array[0] != '\0') {
        if (!add_toml_items(c, t->array, line))
            t->array[0] = '\0';
        return;
    }
    if (line.len == 0 || line.data[0] == '#')
        return;
    if (line.data[0] == '[') {
        size_t start = strspn(line.data, "[");
        size_t end = start;
        while (end < line.len && line.data[end] != ']')
            end++;
        snprintf(t->table, sizeof t->table, "%.*s.", (int)(end - start < 100 ? end - start : 100),
                 line.data + start);
        return;
    }
    const char *equals = memchr(line.data, '=', line.len);
    if (equals == NULL) {
        c->front->broken = true;
        c->front->note = cs_arena_copy(c->arena, cs_view_of("front matter: a line without ="));
        return;
    }
    cs_view key = trim((cs_view){line.data, (size_t)(equals - line.data)});
    char path[max_path];
    snprintf(path, sizeof path, "%s%.*s", t->table, (int)(key.len < 100 ? key.len : 100), key.data);
    cs_view value = trim((cs_view){equals + 1, line.len - (size_t)(equals + 1 - line.data)});
    if (value.len == 0 || value.data[0] != '[')
        add_value(c, path, take_toml_value(&value));
    else if (add_toml_items(c, path, value))
        memcpy(t->array, path, sizeof path);
}

/* ---- both ----------------------------------------------------------------------------- */

static bool read_between(collector *c, const cs_source *source, bool yaml, uint32_t close,
                         bool *is_mapping)
{
    uint32_t start = source->lines.items[1], end = source->lines.items[close];
    *is_mapping = true;
    if (yaml)
        return read_yaml(c, (cs_view){source->text.data + start, end - start}, is_mapping);
    toml t = {"", ""};
    for (uint32_t line = 1; line < close && !c->front->broken; line++)
        read_toml_line(c, line_of(source, line), &t);
    return true;
}

/* "key: value" at the start of a line: its parts. */
static bool split_pair(cs_view line, cs_view *ret_key, cs_view *ret_value)
{
    const char *colon = memchr(line.data, ':', line.len);
    size_t len = colon == NULL ? 0 : (size_t)(colon - line.data);
    if (len == 0 || len > cs_max_key || strchr(" \t-*_[<>", line.data[0]) != NULL ||
        memchr(line.data, ' ', len) != NULL || (len + 1 < line.len && line.data[len + 1] != ' '))
        return false;
    *ret_key = (cs_view){line.data, len};
    *ret_value = trim((cs_view){colon + 1, line.len - len - 1});
    size_t last = ret_value->len;
    if (last > 1 && strchr("\"'", ret_value->data[0]) != NULL &&
        ret_value->data[0] == ret_value->data[last - 1])
        *ret_value = (cs_view){ret_value->data + 1, last - 2};
    return true;
}

/* Of YAML that libyaml refuses, the plain pairs are still read ("title: One: two"
 * is the commonest fault). False when not even the first line is a pair: then it
 * is text between two rules. */
static bool rescue_pairs(collector *c, const cs_source *source, uint32_t close)
{
    bool first = true;
    for (uint32_t line = 1; line < close; line++) {
        cs_view text = line_of(source, line), key, value;
        if (text.len == 0 || text.data[0] == '#')
            continue;
        bool pair = split_pair(text, &key, &value);
        if (first && !pair)
            return false;
        first = false;
        char path[max_path];
        snprintf(path, sizeof path, "%.*s", pair ? (int)key.len : 0, pair ? key.data : "");
        if (pair && strchr("[{|>&*!", value.len > 0 ? value.data[0] : '|') == NULL)
            add_value(c, path, value);
    }
    return !first;
}

cs_status cs_frontmatter_read(const cs_source *source, cs_arena *arena, cs_frontmatter *ret_front,
                              cs_error *error)
{
    *ret_front = (cs_frontmatter){.note = {"", 0}};
    bool yaml = is_line(source, 0, "---");
    if (!yaml && !is_line(source, 0, "+++"))
        return CS_OK;
    uint32_t close = closing_line(source, yaml ? "---" : "+++");
    if (close == 0)
        return CS_OK;
    collector c = {.arena = arena, .front = ret_front};
    bool is_mapping;
    if (!read_between(&c, source, yaml, close, &is_mapping))
        return cs_fail_memory(error);
    if (yaml && ret_front->broken && !rescue_pairs(&c, source, close)) {
        ret_front->broken = is_mapping = false;
        ret_front->note = (cs_view){"", 0};
    }
    if (c.failed)
        return cs_fail_memory(error);
    if (is_mapping)
        ret_front->lines = close + 1;
    return CS_OK;
}
