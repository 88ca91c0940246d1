/* frontmatter.c - see frontmatter.h. The only file that includes <yaml.h>.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "frontmatter.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "toml.h"

enum {
    max_path = 256,
    max_value = 1000,
    max_visits = 1 << 16,   /* of YAML nodes: aliases of aliases grow without bound */
    max_compared = 1 << 22, /* keys of YAML's merged mappings, for the same reason */
    max_open = 200,         /* brackets of YAML that are open at once, and */
    max_anchors = 1000      /* anchors: libyaml takes time by their square */
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

/* ---- where it is ------------------------------------------------------------------- */

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

static cs_view trim(cs_view v)
{
    static const char blanks[] = " \t\r\n";
    while (v.len > 0 && memchr(blanks, v.data[0], sizeof blanks - 1) != NULL)
        v.data++, v.len--;
    while (v.len > 0 && memchr(blanks, v.data[v.len - 1], sizeof blanks - 1) != NULL)
        v.len--;
    return v;
}

typedef struct collector {
    cs_arena *arena;
    cs_frontmatter *front;
    uint32_t visits;    /* of nodes; an alias is visited again */
    ptrdiff_t compared; /* keys, for merged mappings */
    bool full;          /* no more values are taken */
    bool partial;       /* some were left out */
    bool failed;
} collector;

static void add_value(collector *c, const char *path, cs_view value, bool plain)
{
    value = trim(value);
    c->full = c->full || c->front->metadata.count >= cs_max_metadata;
    if (c->full || value.len == 0 || path[0] == '\0')
        return;
    if (value.len > max_value) {
        value.len = max_value;
        while (value.len > 0 && ((unsigned char)value.data[value.len] & 0xC0) == 0x80)
            value.len--;
    }
    CS_SCOPED(cs_buf) key = {.limit = max_path};
    cs_schema_fold_key(&key, cs_view_of(path));
    if (key.len == 0 && cs_buf_status(&key) == CS_OK)
        return; /* nothing of it can be typed before a colon */
    cs_metadata *m = CS_PUSH(&c->front->metadata);
    if (m == NULL || cs_buf_status(&key) != CS_OK) {
        c->failed = true;
        return;
    }
    m->key = cs_arena_copy(c->arena, cs_buf_view(&key));
    m->value = cs_arena_copy(c->arena, value);
    m->typed = cs_value_read(value, plain);
}

static void add_note(collector *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_note(collector *c, const char *format, ...)
{
    char note[300];
    va_list args;
    va_start(args, format);
    vsnprintf(note, sizeof note, format, args);
    va_end(args);
    if (c->front->note.len == 0)
        c->front->note = cs_arena_copy(c->arena, cs_view_of(note));
}

/* ---- YAML -------------------------------------------------------------------------- */

static void add_yaml_node(collector *c, yaml_document_t *document, int index, char *path,
                          unsigned depth);

static cs_view scalar_of(const yaml_node_t *node)
{
    if (node == NULL || node->type != YAML_SCALAR_NODE)
        return (cs_view){"", 0};
    return (cs_view){(const char *)node->data.scalar.value, node->data.scalar.length};
}

static bool is_plain(const yaml_node_t *node)
{
    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* YAML 1.1's null, which says nothing, and base64. */
static bool is_nothing(const yaml_node_t *node)
{
    static const char *const nulls[] = {"~", "null", "Null", "NULL"};
    for (size_t i = 0; is_plain(node) && i < sizeof nulls / sizeof *nulls; i++)
        if (cs_view_equal(scalar_of(node), cs_view_of(nulls[i])))
            return true;
    return node->tag != NULL && strcmp((const char *)node->tag, "tag:yaml.org,2002:binary") == 0;
}

/* Whether a pair is "<<": what it has belongs to the mapping itself. */
static bool is_merge(yaml_document_t *document, const yaml_node_pair_t *pair)
{
    const yaml_node_t *key = yaml_document_get_node(document, pair->key);
    return cs_view_equal(scalar_of(key), cs_view_of("<<")) && is_plain(key);
}

static bool has_key(collector *c, yaml_document_t *document, const yaml_node_t *mapping,
                    cs_view key)
{
    c->compared += mapping->data.mapping.pairs.top - mapping->data.mapping.pairs.start;
    if (c->compared > max_compared)
        return c->partial = true;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++)
        if (cs_view_equal(scalar_of(yaml_document_get_node(document, pair->key)), key))
            return true;
    return false;
}

static void add_yaml_pair(collector *c, yaml_document_t *document, const yaml_node_pair_t *pair,
                          char *path, unsigned depth)
{
    cs_view key = scalar_of(yaml_document_get_node(document, pair->key));
    if (key.len == 0)
        return;
    size_t used = strlen(path);
    int n = snprintf(path + used, max_path - used, "%s%.*s", used == 0 ? "" : ".",
                     (int)(key.len < max_path ? key.len : max_path), key.data);
    if (n > 0)
        add_yaml_node(c, document, pair->value, path, depth + 1);
    path[used] = '\0';
}

/* The pairs of a merged mapping, or of each in a list of them, that `into` does
 * not have itself (YAML's merge key type, 2005). */
static void merge(collector *c, yaml_document_t *document, int from, const yaml_node_t *into,
                  char *path, unsigned depth)
{
    yaml_node_t *node = yaml_document_get_node(document, from);
    if (node == NULL || depth > cs_max_metadata_depth || c->visits++ > max_visits)
        return;
    if (node->type == YAML_SEQUENCE_NODE)
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++)
            merge(c, document, *item, into, path, depth + 1);
    if (node->type != YAML_MAPPING_NODE)
        return;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top && c->visits++ < max_visits; pair++) {
        if (is_merge(document, pair))
            merge(c, document, pair->value, into, path, depth + 1);
        else if (!has_key(c, document, into,
                          scalar_of(yaml_document_get_node(document, pair->key))))
            add_yaml_pair(c, document, pair, path, depth);
    }
}

static void add_yaml_node(collector *c, yaml_document_t *document, int index, char *path,
                          unsigned depth)
{
    yaml_node_t *node = yaml_document_get_node(document, index);
    if (node == NULL || c->full)
        return;
    c->partial = c->partial || depth > cs_max_metadata_depth;
    c->full = c->visits++ > max_visits;
    if (c->full || depth > cs_max_metadata_depth)
        return;
    if (node->type == YAML_SCALAR_NODE && !is_nothing(node))
        add_value(c, path, scalar_of(node), is_plain(node));
    if (node->type == YAML_SEQUENCE_NODE)
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++)
            add_yaml_node(c, document, *item, path, depth + 1);
    if (node->type == YAML_MAPPING_NODE)
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++) {
            if (is_merge(document, pair))
                merge(c, document, pair->value, node, path, depth);
            else
                add_yaml_pair(c, document, pair, path, depth);
        }
}

/* What libyaml could not read; lines are those of the file. */
static void note_problem(collector *c, const yaml_parser_t *parser)
{
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
    size_t line = parser->problem_mark.line + 2, start = parser->context_mark.line + 2;
    c->front->broken = true;
    if (parser->context != NULL && start < line)
        add_note(c, "front matter, line %zu: %s %s that begins in line %zu", line, problem,
                 parser->context, start);
    else
        add_note(c, "front matter, line %zu: %s", line, problem);
}

/* Whether libyaml reads a text in bounded time; if not, it is broken. */
static bool is_harmless(collector *c, cs_view text)
{
    uint32_t open = 0, anchors = 0, line = 2;
    for (size_t i = 0; i < text.len; i++) {
        char at = text.data[i], before = i > 0 ? text.data[i - 1] : '\n';
        char after = i + 1 < text.len ? text.data[i + 1] : '\n';
        line += at == '\n' || (at == '\r' && after != '\n');
        open += at == '[' || at == '{';
        open -= open > 0 && (at == ']' || at == '}');
        anchors += at == '&' && before == ' ' && strchr(" \r\n", after) == NULL;
        if (open <= max_open && anchors <= max_anchors)
            continue;
        c->front->broken = true;
        add_note(c, "front matter, line %u: %s", line,
                 open > max_open ? "nested too deep" : "too many anchors");
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
    if (!is_harmless(c, text))
        return true;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.len);
    bool memory = true;
    errno = 0; /* libyaml does not set its error wherever strdup(3) fails */
    if (yaml_parser_load(&parser, &document)) {
        yaml_node_t *root = yaml_document_get_root_node(&document);
        *is_mapping = root == NULL || root->type == YAML_MAPPING_NODE;
        char path[max_path] = "";
        if (root != NULL && *is_mapping)
            add_yaml_node(c, &document, 1, path, 0);
        yaml_document_delete(&document);
    } else if (parser.error == YAML_MEMORY_ERROR || errno == ENOMEM) {
        memory = false;
    } else {
        note_problem(c, &parser);
    }
    yaml_parser_delete(&parser);
    return memory;
}

/* ---- broken YAML ------------------------------------------------------------------- */

/* "key: value" at the start of a line: its parts. */
static bool split_pair(cs_view line, cs_view *ret_key, cs_view *ret_value)
{
    const char *colon = memchr(line.data, ':', line.len);
    size_t len = colon == NULL ? 0 : (size_t)(colon - line.data);
    if (len == 0 || len > cs_max_key || strchr(" \t-*_[<>#", line.data[0]) != NULL ||
        (len + 1 < line.len && line.data[len + 1] != ' '))
        return false;
    *ret_key = (cs_view){line.data, len};
    *ret_value = trim((cs_view){colon + 1, line.len - len - 1});
    return true;
}

static size_t count(cs_view text, const char *bytes)
{
    size_t found = 0;
    for (size_t i = 0; i < text.len; i++)
        found += strchr(bytes, text.data[i]) != NULL;
    return found;
}

/* A pair whose key is one word, which prose hardly begins with. */
static bool is_plain_pair(cs_view line)
{
    cs_view key, value;
    return split_pair(line, &key, &value) && count(key, " ") == 0;
}

/* "key:value", which YAML takes for text. */
static bool is_glued_pair(cs_view line)
{
    const char *colon = memchr(line.data, ':', line.len);
    return colon != NULL &&
           count((cs_view){line.data, (size_t)(colon - line.data)}, " \t<[(*#") == 0;
}

/* Whether a value that begins with a sign of YAML is not what that sign begins: "[One] two",
 * "*One* two", "> 50 % growth". */
static bool is_sign_of_text(cs_view value)
{
    static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    char first = value.data[0], close = first == '[' ? ']' : '}';
    size_t i = 1;
    const char *end = memrchr(value.data, close, value.len);
    switch (first) {
    case '[':
    case '{':
        if (count(value, "[{") != count(value, "]}")) /* it goes on in the next line */
            return false;
        i = end == NULL ? value.len : (size_t)(end - value.data) + 1;
        break;
    case '*':
        while (i < value.len && strchr(names, value.data[i]) != NULL)
            i++;
        break;
    case '|':
    case '>':
        while (i < value.len && strchr("+-0123456789", value.data[i]) != NULL)
            i++;
        break;
    default:
        return false;
    }
    while (i < value.len && value.data[i] == ' ')
        i++;
    return i < value.len && value.data[i] != '#';
}

/* Whether YAML cannot read a value as it stands, but could in quotes: "One: two",
 * "@home", "\"One\" two". */
static bool needs_quotes(cs_view value)
{
    if (value.len < 2)
        return false;
    if (strchr("[{|>&*!#'", value.data[0]) != NULL)
        return is_sign_of_text(value);
    if (strchr("@`%", value.data[0]) != NULL)
        return true;
    if (value.data[0] != '"')
        return value.data[value.len - 1] == ':' || memmem(value.data, value.len, ": ", 2) != NULL;
    const char *close = memchr(value.data + 1, '"', value.len - 1);
    return close != NULL && close < value.data + value.len - 1 && close[-1] != '\\';
}

static const char hex_digits[] = "0123456789abcdefABCDEF";

/* The value of four hexadecimal digits after "\\u", or 0. */
static uint32_t escaped_unit(cs_view at)
{
    char digits[5] = "";
    if (at.len < 6 || memcmp(at.data, "\\u", 2) != 0 || strspn(at.data + 2, hex_digits) < 4)
        return 0;
    memcpy(digits, at.data + 2, 4);
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* Text in which two halves of a character (JSON's way beyond U+FFFF, which YAML
 * does not have) are that character. */
static void add_joined_halves(cs_buf *out, cs_view text)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t high = escaped_unit((cs_view){text.data + i, text.len - i});
        uint32_t low = high >> 10 != 0xD800 >> 10
                           ? 0
                           : escaped_unit((cs_view){text.data + i + 6, text.len - i - 6});
        if (low >> 10 == 0xDC00 >> 10) {
            cs_buf_addf(out, "\\U%08X", 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF));
            i += 12;
        } else {
            cs_buf_add_char(out, text.data[i++]);
        }
    }
}

/* A line, its value in quotes if it needs them. */
static void add_repaired(cs_buf *out, cs_view line)
{
    size_t start = 0;
    cs_view key, value;
    while (start < line.len && strchr(" -", line.data[start]) != NULL)
        start++;
    if (!split_pair((cs_view){line.data + start, line.len - start}, &key, &value) ||
        !needs_quotes(value)) {
        add_joined_halves(out, line);
    } else {
        cs_buf_add(out, line.data, (size_t)(value.data - line.data));
        cs_buf_add_char(out, '\'');
        for (size_t i = 0; i < value.len; i++) {
            cs_buf_add_char(out, value.data[i]);
            if (value.data[i] == '\'')
                cs_buf_add_char(out, '\'');
        }
        cs_buf_add_char(out, '\'');
    }
    cs_buf_add_char(out, '\n');
}

/* The plain pairs of each line. */
static void add_pairs(collector *c, const cs_source *source, uint32_t close)
{
    for (uint32_t line = 1; line < close; line++) {
        cs_view text = line_of(source, line), key, value;
        if (!split_pair(text, &key, &value) ||
            strchr("[{|>&*!", value.len > 0 ? value.data[0] : '|') != NULL)
            continue;
        bool quoted = value.len > 1 && strchr("\"'", value.data[0]) != NULL &&
                      value.data[0] == value.data[value.len - 1];
        if (quoted)
            value = (cs_view){value.data + 1, value.len - 2};
        char path[max_path];
        snprintf(path, sizeof path, "%.*s", (int)key.len, key.data);
        add_value(c, path, value, !quoted);
    }
}

/* The first line with something on it, after the fence. */
static cs_view first_text(const cs_source *source, uint32_t end)
{
    for (uint32_t line = 1; line < end; line++) {
        cs_view text = line_of(source, line);
        if (text.len > 0 && text.data[0] != '#')
            return text;
    }
    return (cs_view){"", 0};
}

/* Whether YAML that libyaml refuses was meant as a mapping, and is no text between two rules: it
 * begins with a pair; of several words only where nearly all lines are pairs, items or indented. */
static bool is_meant_as_mapping(const cs_source *source, uint32_t close)
{
    enum { max_blanks = 2 }; /* of such a key */
    size_t lines = 0, fit = 0;
    cs_view first = first_text(source, close), key, value;
    if (is_plain_pair(first))
        return true;
    bool words = split_pair(first, &key, &value) && count(key, " ") <= max_blanks && value.len > 0;
    if (!words && !is_glued_pair(first))
        return false;
    for (uint32_t line = 1; line < close; line++) {
        cs_view text = line_of(source, line);
        if (text.len == 0 || (text.data[0] == '#' && (text.len < 2 || text.data[1] != '#')))
            continue; /* a comment, but "##" is a heading */
        lines++;
        fit += split_pair(text, &key, &value) || is_glued_pair(text) ||
               strchr(" \t-", text.data[0]) != NULL;
    }
    return fit > 1 && fit * 4 >= lines * 3;
}

/* Of YAML that libyaml refuses, what can be read is: all of it, if quotes round
 * some values help ("title: One: two" is the commonest fault) or joining the
 * halves of characters, else its plain pairs. *is_mapping is false when it is text between two
 * rules. False only without memory. */
static bool rescue(collector *c, const cs_source *source, uint32_t close, bool *is_mapping)
{
    *is_mapping = is_meant_as_mapping(source, close);
    c->front->metadata.count = 0;
    if (!*is_mapping)
        return true;
    CS_SCOPED(cs_buf) repaired = {.limit = (size_t)3 * source->text.len + 16};
    for (uint32_t line = 1; line < close; line++)
        add_repaired(&repaired, line_of(source, line));
    bool mapping;
    c->front->broken = false;
    if (cs_buf_status(&repaired) != CS_OK || !read_yaml(c, cs_buf_view(&repaired), &mapping))
        return false;
    if (c->front->broken || !mapping)
        add_pairs(c, source, close);
    c->front->broken = true;
    return true;
}

/* ---- both -------------------------------------------------------------------------- */

static void add_toml_value(void *context, const char *path, cs_view value, bool plain)
{
    add_value(context, path, value, plain);
}

static bool read_toml(collector *c, cs_view text)
{
    const char *what;
    uint32_t line;
    bool memory = cs_toml_read(text, add_toml_value, c, &what, &line);
    c->front->broken = what != NULL;
    if (what != NULL)
        add_note(c, "front matter, line %u: %s", line + 1, what);
    return memory;
}

static bool read_between(collector *c, const cs_source *source, bool yaml, uint32_t close,
                         bool *is_mapping)
{
    uint32_t start = source->lines.items[1], end = source->lines.items[close];
    cs_view text = {source->text.data + start, end - start};
    *is_mapping = true;
    if (!yaml)
        return read_toml(c, text);
    bool memory = read_yaml(c, text, is_mapping);
    if (memory && c->front->broken)
        memory = rescue(c, source, close, is_mapping);
    if (!*is_mapping) {
        c->front->broken = false;
        c->front->note = (cs_view){"", 0};
    }
    return memory;
}

/* A fence that no other follows is a rule, but before a pair it was meant as one. */
static void note_unclosed(collector *c, const cs_source *source, bool yaml)
{
    cs_view first = first_text(source, (uint32_t)source->lines.count);
    if (yaml ? is_plain_pair(first) : memchr(first.data, '=', first.len) != NULL)
        add_note(c, "front matter, line 1: it is never closed");
}

cs_status cs_frontmatter_read(const cs_source *source, cs_arena *arena, cs_frontmatter *ret_front,
                              cs_error *error)
{
    *ret_front = (cs_frontmatter){.note = {"", 0}};
    collector c = {.arena = arena, .front = ret_front};
    bool yaml = is_line(source, 0, "---"), is_mapping;
    if (!yaml && !is_line(source, 0, "+++"))
        return CS_OK;
    uint32_t close = closing_line(source, yaml ? "---" : "+++");
    if (close == 0) {
        note_unclosed(&c, source, yaml);
        return CS_OK;
    }
    if (!read_between(&c, source, yaml, close, &is_mapping) || c.failed)
        return cs_fail_memory(error);
    if (is_mapping)
        ret_front->lines = close + 1;
    if (c.full || c.partial)
        add_note(&c, "front matter: more than %d values, or nested deeper than %d, are left out",
                 cs_max_metadata, cs_max_metadata_depth);
    return CS_OK;
}
