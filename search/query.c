/* query.c - see query.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

typedef struct parser {
    const char *query;
    size_t len, at;
    size_t words;
    unsigned nesting;
    unsigned brackets;
    cs_error *error;
} parser;

static cs_node *fail(parser *p, size_t column, const char *what)
{
    cs_query_fail(p->error, p->query, column, "%s", what);
    return NULL;
}

static cs_node *fail_memory(parser *p)
{
    cs_fail_memory(p->error);
    return NULL;
}

/* ---- nodes ------------------------------------------------------------------------- */

static cs_node *new_node(parser *p, cs_node_kind kind, size_t column)
{
    cs_node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return fail_memory(p);
    node->kind = kind;
    node->column = column;
    return node;
}

/* Takes over `child`; frees both and returns false without memory. */
static bool add_child(parser *p, cs_node *node, cs_node *child)
{
    cs_node **place = CS_PUSH(&node->children);
    if (place == NULL) {
        cs_node_free(child);
        fail_memory(p);
        return false;
    }
    *place = child;
    return true;
}

/* ---- characters -------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Quotes: those of one group open and close a phrase, in any order. */
static const struct {
    uint32_t point;
    char group;
} quotes[] = {
    {'"', '"'},    {0xAB, '<'},   {0xBB, '<'},   {0x201C, '"'}, {0x201D, '"'}, {0x201E, '"'},
    {0x201F, '"'}, {0x300C, '['}, {0x300D, '['}, {0x300E, '{'}, {0x300F, '{'}, {0xFF02, '"'},
};

/* The gershayim of a Hebrew acronym, as keyboards have it. */
static bool is_gershayim(const parser *p, size_t at)
{
    const unsigned char *q = (const unsigned char *)p->query + at;
    return at >= 2 && p->len - at > 2 && q[-2] == 0xD7 && q[-1] >= 0x90 && q[1] == 0xD7 &&
           q[2] >= 0x90;
}

/* The group of the quote at `at` and its size; 0 without one. */
static char quote_at(const parser *p, size_t at, size_t *ret_size)
{
    *ret_size = 1;
    if (at >= p->len || (p->query[at] == '"' && is_gershayim(p, at)))
        return '\0';
    uint32_t point = cs_text_decode(p->query + at, p->len - at, ret_size);
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (quotes[i].point == point)
            return quotes[i].group;
    return '\0';
}

static void skip_blanks(parser *p)
{
    while (p->at < p->len) {
        size_t size;
        if (!cs_text_is_space(cs_text_decode(p->query + p->at, p->len - p->at, &size)))
            break;
        p->at += size;
    }
}

static size_t word_end(const parser *p, size_t at)
{
    size_t size;
    while (at < p->len && p->query[at] != '(' && p->query[at] != ')' && !quote_at(p, at, &size)) {
        if (cs_text_is_space(cs_text_decode(p->query + at, p->len - at, &size)))
            break;
        at += size;
    }
    return at;
}

static bool is_operator(const parser *p, const char *name)
{
    size_t len = strlen(name);
    return word_end(p, p->at) - p->at == len && memcmp(p->query + p->at, name, len) == 0;
}

/* NEAR, and NEAR/ with whatever follows it. */
static bool is_near(const parser *p)
{
    return is_operator(p, "NEAR") ||
           (p->len - p->at >= 5 && memcmp(p->query + p->at, "NEAR/", 5) == 0);
}

static bool is_any_operator(const parser *p)
{
    return is_operator(p, "AND") || is_operator(p, "OR") || is_near(p);
}

/* ---- leaves ------------------------------------------------------------------------ */

static bool is_letter(uint32_t c)
{
    cs_class class = cs_text_class(c);
    return class == CS_CLASS_LETTER || class == CS_CLASS_BIGRAM;
}

static bool is_field_character(uint32_t c)
{
    return is_letter(c) || cs_text_class(c) == CS_CLASS_DIGIT ||
           cs_text_class(c) == CS_CLASS_MARK || c == '_' || c == '.' || c == '-';
}

/* The length of a field's name before its colon at p->at, or 0. */
static size_t field_length(const parser *p)
{
    size_t end = p->at, size = 0;
    if (!is_letter(cs_text_decode(p->query + end, p->len - end, &size)))
        return 0;
    while (end < p->len && is_field_character(cs_text_decode(p->query + end, p->len - end, &size)))
        end += size;
    if (end >= p->len || p->query[end] != ':' || end + 1 >= p->len)
        return 0;
    const char *after = p->query + end + 1;
    if (is_blank(*after) || (p->len - end > 2 && memcmp(after, "//", 2) == 0))
        return 0;
    return end - p->at;
}

static bool set_field(cs_node *leaf, cs_field field, const char *key)
{
    leaf->field = field;
    leaf->key = key == NULL ? NULL : strdup(key);
    return key == NULL || leaf->key != NULL;
}

/* Whether what a field asks for is no words. */
static bool is_verbatim(cs_field field)
{
    return field == CS_FIELD_PATH || field == CS_FIELD_FILE || field == CS_FIELD_SITE ||
           field == CS_FIELD_IN || field == CS_FIELD_LANG;
}

/* A leaf of query bytes [start, end). */
static cs_node *make_leaf(parser *p, cs_node_kind kind, size_t start, size_t end, cs_field field,
                          const char *key)
{
    cs_node *leaf = new_node(p, kind, start);
    if (leaf == NULL)
        return NULL;
    leaf->quoted = kind == CS_NODE_PHRASE;
    leaf->text = cs_copy_string((cs_view){p->query + start, end - start});
    if (leaf->text == NULL || !set_field(leaf, field, key)) {
        cs_node_free(leaf);
        return fail_memory(p);
    }
    if (is_verbatim(field)) {
        leaf->kind = CS_NODE_GLOB;
        if (end - start <= cs_max_pattern)
            return leaf;
        cs_node_free(leaf);
        return fail(p, start, "too long");
    }
    if (cs_node_split(leaf, p->query, &p->words, p->error) != CS_OK) {
        cs_node_free(leaf);
        return NULL;
    }
    return leaf;
}

static cs_node *parse_quoted(parser *p, cs_field field, const char *key)
{
    size_t open = p->at, size;
    char group = quote_at(p, open, &size);
    size_t start = open + size, end = start;
    while (end < p->len && quote_at(p, end, &size) != group)
        end += size;
    if (end >= p->len)
        return fail(p, open, "a quote that is not closed");
    p->at = end + size;
    return make_leaf(p, CS_NODE_PHRASE, start, end, field, key);
}

/* Whether what follows a field of its own, or of front matter, is a range. Where
 * there are none, "a..b" is one only if it could be one elsewhere: path:../x. */
static bool is_range(const parser *p, cs_field field, size_t start, size_t end)
{
    cs_view text = {p->query + start, end - start};
    cs_value_range range;
    size_t at;
    if (field == CS_FIELD_TEXT || !cs_range_is_meant(text))
        return false;
    return field == CS_FIELD_META || cs_range_read(text, &range, &at) == NULL;
}

static cs_node *parse_range(parser *p, size_t end, cs_field field, const char *key)
{
    size_t start = p->at, at = 0;
    cs_value_range range;
    const char *wrong = field != CS_FIELD_META
                            ? "a field without numbers and dates"
                            : cs_range_read((cs_view){p->query + start, end - start}, &range, &at);
    if (wrong != NULL) {
        fail(p, start + at, wrong);
        cs_hint(p->error, "ranges are as in year:2019..2021 or date:>=2021-06, over front matter; "
                          "put other text in quotes");
        return NULL;
    }
    cs_node *leaf = new_node(p, CS_NODE_RANGE, start);
    if (leaf == NULL)
        return NULL;
    p->at = end;
    leaf->range = range;
    leaf->text = cs_copy_string((cs_view){p->query + start, end - start});
    if (leaf->text != NULL && set_field(leaf, field, key))
        return leaf;
    cs_node_free(leaf);
    return fail_memory(p);
}

/* Where the word ends that begins at `start`: an amount may go over blanks. */
static size_t amount_end(const parser *p, size_t start)
{
    CS_SCOPED(cs_buf) term = {.limit = cs_max_amount};
    size_t end = word_end(p, start), stop = end;
    for (int i = 1; i < cs_max_amount_words && stop < p->len && p->query[stop] == ' '; i++)
        stop = word_end(p, stop + 1);
    size_t amount = cs_node_amount((cs_view){p->query + start, stop - start}, &term);
    if (start + amount <= end)
        return end;
    size_t after = word_end(p, start + amount);
    cs_tokenizer rest;
    cs_token token;
    cs_tokenizer_init(&rest, p->query + start + amount, after - start - amount);
    return p->query[after - 1] == '*' || cs_tokenizer_next(&rest, &token) ? end : after;
}

static cs_node *parse_word(parser *p, cs_field field, const char *key)
{
    size_t start = p->at;
    size_t end = field == CS_FIELD_TEXT ? amount_end(p, start) : word_end(p, start);
    if (is_range(p, field, start, end))
        return parse_range(p, end, field, key);
    p->at = end;
    bool prefix = end > start + 1 && p->query[end - 1] == '*';
    if (is_verbatim(field))
        prefix = false;
    cs_node *leaf = make_leaf(p, prefix ? CS_NODE_PREFIX : CS_NODE_WORD, start,
                              prefix ? end - 1 : end, field, key);
    if (leaf != NULL && leaf->kind == CS_NODE_PREFIX && leaf->words.count > 1) {
        cs_node_free(leaf);
        return fail(p, end - 1, "only a single word can end in *");
    }
    return leaf;
}

static cs_node *parse_list(parser *p, cs_field field, const char *key);

static cs_node *parse_group(parser *p, cs_field field, const char *key)
{
    size_t open = p->at++;
    if (++p->nesting > cs_max_query_nesting)
        return fail(p, open, "brackets nested too deep");
    p->brackets++;
    cs_node *list = parse_list(p, field, key);
    if (list == NULL)
        return NULL;
    p->nesting--;
    p->brackets--;
    if (p->at >= p->len || p->query[p->at] != ')') {
        cs_node_free(list);
        return fail(p, open, "a bracket that is not closed");
    }
    p->at++;
    if (list->children.count == 0) {
        cs_node_free(list);
        return fail(p, open, "nothing between the brackets");
    }
    return list;
}

static cs_field field_of(const char *folded)
{
    for (size_t i = 0; i < cs_fields_count; i++)
        if (strcmp(cs_fields[i].name, folded) == 0)
            return cs_fields[i].field;
    return CS_FIELD_META;
}

static cs_node *parse_value(parser *p, cs_field field, const char *key)
{
    size_t size;
    if (quote_at(p, p->at, &size))
        return parse_quoted(p, field, key);
    if (p->query[p->at] == '(')
        return parse_group(p, field, key);
    return parse_word(p, field, key);
}

static cs_node *parse_primary(parser *p, cs_field field, const char *key)
{
    if (p->query[p->at] == ')')
        return fail(p, p->at, "a bracket that was not opened");
    size_t len = field_length(p);
    if (len == 0)
        return parse_value(p, field, key);
    CS_SCOPED(cs_buf) folded = {.limit = cs_max_key};
    size_t column = p->at;
    cs_schema_fold_key(&folded, (cs_view){p->query + p->at, len});
    if (cs_buf_status(&folded) != CS_OK)
        return fail_memory(p);
    p->at += len + 1;
    cs_field named = field_of(folded.data);
    cs_node *node = parse_value(p, named, named == CS_FIELD_META ? folded.data : NULL);
    if (node != NULL && cs_node_is_empty(node)) {
        cs_node_free(node);
        fail(p, column + len, "a field needs a word after its colon");
        cs_hint(p->error, "put the words in quotes to search for them as text");
        return NULL;
    }
    if (node != NULL)
        node->column = column;
    return node;
}

/* ---- NEAR -------------------------------------------------------------------------- */

typedef cs_node *(*parse_fn)(parser *, cs_field, const char *);

/* What stands after the operator `name` that was just read at `column`. */
static cs_node *parse_operand(parser *p, size_t column, const char *name, parse_fn next,
                              cs_field field, const char *key)
{
    skip_blanks(p);
    if (p->at < p->len && p->query[p->at] != ')' && !is_any_operator(p))
        return next(p, field, key);
    cs_query_fail(p->error, p->query, column, "%s needs something after it", name);
    return NULL;
}

/* A sign or NOT would be text here. */
static cs_node *parse_near_operand(parser *p, cs_field field, const char *key)
{
    char sign = p->query[p->at];
    if (sign == '+' || sign == '-' || is_operator(p, "NOT"))
        return fail(p, p->at, "NEAR takes no +, - or NOT inside");
    return parse_primary(p, field, key);
}

/* Reads NEAR or NEAR/n at p->at; 0 with an error. */
static unsigned parse_distance(parser *p)
{
    size_t start = p->at, end = word_end(p, start), at = start + strlen("NEAR/");
    unsigned distance = 0;
    p->at = end;
    if (end < at)
        return cs_default_near;
    for (; at < end && distance <= cs_max_near; at++) {
        if (p->query[at] < '0' || p->query[at] > '9')
            break;
        distance = distance * 10 + (unsigned)(p->query[at] - '0');
    }
    if (at == end && distance >= 1 && distance <= cs_max_near)
        return distance;
    cs_query_fail(p->error, p->query, start + strlen("NEAR/"),
                  "NEAR takes a number from 1 to %d, as in NEAR/8", cs_max_near);
    return 0;
}

/* Whether NEAR can look for it: words of this field, or an OR of such in brackets.
 * Counts the leaves; *ret_column is where it is not. */
static bool is_near_operand(const cs_node *node, cs_field field, size_t *words, size_t *ret_column)
{
    if (node->kind == CS_NODE_LIST && node->children.count == 1 && node->occur == CS_MAY)
        return is_near_operand(node->children.items[0], field, words, ret_column);
    *ret_column = node->column;
    if (node->kind == CS_NODE_OR && node->occur == CS_MAY) {
        for (size_t i = 0; i < node->children.count; i++)
            if (!is_near_operand(node->children.items[i], field, words, ret_column))
                return false;
        return true;
    }
    ++*words;
    return node->occur == CS_MAY && node->field == field && node->kind < CS_NODE_GLOB &&
           node->words.count > 0;
}

/* Takes over `operand`; false with an error. */
static bool add_operand(parser *p, cs_node *node, cs_node *operand, cs_field field, size_t *words)
{
    size_t column = 0;
    if (operand == NULL)
        return false;
    const char *wrong = NULL;
    if (!is_near_operand(operand, field, words, &column))
        wrong = "NEAR takes words, phrases, prefixes, and (a OR b) of these";
    else if (node->children.count == cs_max_near_operands || *words > cs_max_near_words)
        wrong = "too many words in one NEAR";
    if (wrong == NULL)
        return add_child(p, node, operand);
    fail(p, column, wrong);
    if (cs_node_is_leaf(operand) && operand->field != field)
        cs_hint(p->error, "in a field it is written so: heading:(a NEAR/8 b)");
    cs_node_free(operand);
    return false;
}

/* primary (NEAR primary)*: of several numbers the largest counts. */
static cs_node *parse_near(parser *p, cs_field field, const char *key)
{
    cs_node *first = parse_primary(p, field, key);
    skip_blanks(p);
    if (first == NULL || p->at >= p->len || !is_near(p))
        return first;
    size_t column = p->at, words = 0;
    cs_node *node = new_node(p, CS_NODE_NEAR, first->column);
    if (node == NULL) {
        cs_node_free(first);
        return NULL;
    }
    bool ok = add_operand(p, node, first, field, &words);
    if (ok && field != CS_FIELD_TEXT && field != CS_FIELD_HEADING && field != CS_FIELD_CITE)
        ok = fail(p, column, "NEAR looks into text, headings and sources only") != NULL;
    while (ok && p->at < p->len && is_near(p)) {
        column = p->at;
        unsigned distance = parse_distance(p);
        node->distance = distance > node->distance ? distance : node->distance;
        ok = distance > 0 &&
             add_operand(p, node, parse_operand(p, column, "NEAR", parse_near_operand, field, key),
                         field, &words);
        skip_blanks(p);
    }
    if (ok)
        return node;
    cs_node_free(node);
    return NULL;
}

/* ---- operators --------------------------------------------------------------------- */

static cs_node *parse_signed(parser *p, cs_field field, const char *key)
{
    char sign = p->query[p->at];
    bool marked = (sign == '+' || sign == '-') && p->at + 1 < p->len &&
                  !is_blank(p->query[p->at + 1]) && p->query[p->at + 1] != ')';
    p->at += marked;
    cs_node *node = parse_near(p, field, key);
    if (node != NULL && marked)
        node->occur = sign == '+' ? CS_MUST : CS_MUST_NOT;
    return node;
}

static cs_node *parse_not(parser *p, cs_field field, const char *key)
{
    if (!is_operator(p, "NOT"))
        return parse_signed(p, field, key);
    size_t column = p->at;
    p->at += 3;
    if (++p->nesting > cs_max_query_nesting)
        return fail(p, column, "NOT nested too deep");
    cs_node *child = parse_operand(p, column, "NOT", parse_not, field, key);
    p->nesting--;
    if (child != NULL && cs_node_is_empty(child)) {
        cs_node_free(child);
        return fail(p, column, "NOT needs a word after it");
    }
    cs_node *node = child == NULL ? NULL : new_node(p, CS_NODE_NOT, column);
    if (node == NULL) {
        cs_node_free(child);
        return NULL;
    }
    node->occur = CS_MUST_NOT;
    if (add_child(p, node, child))
        return node;
    cs_node_free(node);
    return NULL;
}

/* Operands joined by one operator; `next` reads an operand. */
static cs_node *parse_chain(parser *p, cs_node_kind kind, const char *name, parse_fn next,
                            cs_field field, const char *key)
{
    cs_node *first = next(p, field, key);
    skip_blanks(p);
    if (first == NULL || p->at >= p->len || !is_operator(p, name))
        return first;
    cs_node *node = new_node(p, kind, first->column);
    if (node == NULL) {
        cs_node_free(first);
        return NULL;
    }
    bool ok = add_child(p, node, first);
    while (ok && p->at < p->len && is_operator(p, name)) {
        size_t column = p->at;
        p->at += strlen(name);
        cs_node *operand = parse_operand(p, column, name, next, field, key);
        ok = operand != NULL && add_child(p, node, operand);
        skip_blanks(p);
    }
    if (ok)
        return node;
    cs_node_free(node);
    return NULL;
}

static cs_node *parse_all(parser *p, cs_field field, const char *key)
{
    return parse_chain(p, CS_NODE_AND, "AND", parse_not, field, key);
}

static cs_node *parse_clause(parser *p, cs_field field, const char *key)
{
    return parse_chain(p, CS_NODE_OR, "OR", parse_all, field, key);
}

static cs_node *parse_list(parser *p, cs_field field, const char *key)
{
    cs_node *list = new_node(p, CS_NODE_LIST, p->at);
    if (list == NULL)
        return NULL;
    for (;;) {
        skip_blanks(p);
        if (p->at >= p->len || (p->query[p->at] == ')' && p->brackets > 0))
            return list;
        cs_node *clause = NULL;
        if (is_any_operator(p))
            cs_query_fail(p->error, p->query, p->at, "%s needs something before it",
                          is_near(p)              ? "NEAR"
                          : is_operator(p, "AND") ? "AND"
                                                  : "OR");
        else
            clause = parse_clause(p, field, key);
        if (clause == NULL) {
            cs_node_free(list);
            return NULL;
        }
        if (cs_node_is_empty(clause))
            cs_node_free(clause);
        else if (!add_child(p, list, clause)) {
            cs_node_free(list);
            return NULL;
        }
    }
}

cs_status cs_query_parse(const char *query, cs_node **ret_tree, cs_error *error)
{
    parser p = {.query = query, .len = strlen(query), .error = error};
    if (p.len > cs_max_query)
        return cs_fail(error, CS_SYNTAX, "the query is longer than %d bytes", cs_max_query);
    if (!cs_text_is_valid(query, p.len))
        return cs_fail(error, CS_SYNTAX, "the query is not valid UTF-8");
    cs_error none = {0};
    p.error = error == NULL ? &none : error;
    cs_node *tree = parse_list(&p, CS_FIELD_TEXT, NULL);
    if (tree == NULL)
        return p.error->status;
    if (tree->children.count == 0) {
        cs_node_free(tree);
        return cs_query_fail(error, query, 0, "there is no word to search for");
    }
    *ret_tree = tree;
    return CS_OK;
}
