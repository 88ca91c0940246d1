/* markdown.c - see markdown.h. The only file that includes <cmark.h>.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "markdown.h"

#include <cmark.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "notation.h"

void cs_blocks_release(cs_blocks *blocks)
{
    free(blocks->items);
    *blocks = (cs_blocks){0};
}

/* ---- memory ------------------------------------------------------------------------ */

/* cmark calls abort(3) when its allocator fails; this one leaves it by longjmp(3)
 * instead, and frees what cmark had. No two threads of one process may parse. */
typedef struct allocation {
    struct allocation *next, *prev;
    max_align_t bytes[];
} allocation;

static allocation *allocations;
static jmp_buf no_memory;

static void *hold(allocation *a)
{
    if (a == NULL)
        longjmp(no_memory, 1);
    *a = (allocation){.next = allocations};
    if (a->next != NULL)
        a->next->prev = a;
    allocations = a;
    return a->bytes;
}

static allocation *let_go(void *bytes)
{
    if (bytes == NULL)
        return NULL;
    allocation *a = (allocation *)(void *)((char *)bytes - offsetof(allocation, bytes));
    *(a->prev != NULL ? &a->prev->next : &allocations) = a->next;
    if (a->next != NULL)
        a->next->prev = a->prev;
    return a;
}

static void *allocate(size_t count, size_t size)
{
    bool fits = size == 0 || count <= (SIZE_MAX - sizeof(allocation)) / size;
    return hold(fits ? calloc(1, sizeof(allocation) + count * size) : NULL);
}

static void *reallocate(void *bytes, size_t size)
{
    allocation *a = let_go(bytes);
    allocation *grown = realloc(a, sizeof(allocation) + size);
    if (grown == NULL)
        free(a);
    return hold(grown);
}

static void release(void *bytes)
{
    free(let_go(bytes));
}

/* The tree of a text, and an iterator over it; false when there is no memory. Free
 * both with free_tree, in any case. */
static bool parse(cs_view text, cmark_iter **ret_iter)
{
    static cmark_mem memory = {allocate, reallocate, release};
    if (setjmp(no_memory) != 0)
        return false;
    cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &memory);
    cmark_parser_feed(parser, text.data, text.len);
    cmark_node *document = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    *ret_iter = cmark_iter_new(document);
    return true;
}

static void free_tree(void)
{
    while (allocations != NULL)
        release(allocations->bytes);
}

/* ---- the skeleton ------------------------------------------------------------------ */

/* What a byte can mean: to the structure of blocks, or only inside of one. */
enum { MARKER = 1, BULLET = 2, INSIDE = 4 };

static const unsigned char meanings[256] = {
    [' '] = MARKER,          ['\t'] = MARKER,
    ['>'] = MARKER,          ['*'] = MARKER | BULLET | INSIDE,
    ['+'] = MARKER | BULLET, ['-'] = MARKER | BULLET,
    ['#'] = MARKER,          ['`'] = MARKER | INSIDE,
    ['~'] = MARKER | INSIDE, ['='] = MARKER,
    ['_'] = MARKER | INSIDE, ['.'] = MARKER,
    [')'] = MARKER,          ['0'] = MARKER,
    ['1'] = MARKER,          ['2'] = MARKER,
    ['3'] = MARKER,          ['4'] = MARKER,
    ['5'] = MARKER,          ['6'] = MARKER,
    ['7'] = MARKER,          ['8'] = MARKER,
    ['9'] = MARKER,          ['['] = INSIDE,
    [']'] = INSIDE,          ['!'] = INSIDE,
    ['&'] = INSIDE,          ['\\'] = INSIDE,
    ['<'] = INSIDE,          ['\0'] = INSIDE,
};

static bool is(char c, unsigned meaning)
{
    return (meanings[(unsigned char)c] & meaning) != 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A thematic break of stars or dashes with blanks between, however long: no list in lists. */
static bool is_spaced_rule(const char *line, size_t len)
{
    size_t i = 0, signs = 0;
    while (i < len && is_blank(line[i]))
        i++;
    if (i == len || strchr("*-_", line[i]) == NULL)
        return false;
    for (size_t at = i; at < len; at++) {
        signs += line[at] == line[i];
        if (line[at] != line[i] && !is_blank(line[at]))
            return false;
    }
    return signs >= 3;
}

/* The length of the part of a line that can hold block markers: blanks, quote
 * and list markers, fences, rules, heading marks. What goes over a cap is made
 * text. */
static size_t marker_length(char *line, size_t len)
{
    size_t i = 0, markers = 0;
    for (; i < len && is(line[i], MARKER); i++) {
        bool opens =
            line[i] == '>' || (is(line[i], BULLET) && i + 1 < len && is_blank(line[i + 1]));
        markers += opens;
        bool blank = is_blank(line[i]);
        if (markers > cs_max_nesting || (blank && i > cs_max_indentation && markers == 0)) {
            if (is_spaced_rule(line, len))
                return len;
            memset(line + i, 'x', len - i);
            return len;
        }
    }
    return i;
}

/* ```code``` at the start of a line is no fence: CommonMark 4.5, an info string
 * holds no backtick. */
static void defuse_fence(char *line, size_t markers, size_t len)
{
    char *fence = memmem(line, markers, "```", 3);
    if (fence == NULL || memchr(line + markers, '`', len - markers) == NULL)
        return;
    for (size_t i = (size_t)(fence - line); i < markers; i++)
        if (line[i] == '`')
            line[i] = 'x';
}

/* Keeps a '<' that begins the line's content (an HTML block may begin there)
 * and every "</" (it may end one). */
static void defuse_line(char *line, size_t len)
{
    size_t markers = marker_length(line, len);
    defuse_fence(line, markers, len);
    bool html = markers < len && line[markers] == '<';
    for (size_t i = markers; i < len; i++) {
        char c = line[i];
        if (!is(c, INSIDE))
            continue;
        bool tag = c == '<' && (i == markers || (i + 1 < len && line[i + 1] == '/'));
        bool comment = c == '!' && html && i == markers + 1;
        if (!tag && !comment)
            line[i] = 'x';
    }
}

/* What is no text to a reader is blank to cmark; the text of an admonition,
 * indented by four, is that of a list item, not code. */
static bool replace_notation(cs_notation *lines, char *line, size_t len)
{
    cs_view view = {line, len};
    if (cs_notation_is_hidden(lines, view)) {
        memset(line, ' ', len);
        return true;
    }
    size_t at = 0;
    while (at < len && is_blank(line[at]))
        at++;
    if (at + 4 >= len || (line[at] != '!' && line[at] != '?') || !cs_notation_is_admonition(view))
        return false;
    memcpy(line + at, "+   ", 4);
    memset(line + at + 4, 'x', len - at - 4);
    return true;
}

static char *make_skeleton(const cs_source *source, uint32_t first_line, size_t *ret_len)
{
    uint32_t from = source->lines.items[first_line];
    size_t len = source->text.len - from;
    char *skeleton = malloc(len + 1);
    if (skeleton == NULL)
        return NULL;
    memcpy(skeleton, source->text.data + from, len);
    skeleton[len] = '\0';
    if (len > 3 && memcmp(skeleton, "\xEF\xBB\xBF", 3) == 0) /* cmark would not count its columns */
        memset(skeleton, is_blank(skeleton[3]) ? 'x' : ' ', 3);
    cs_notation lines = {0};
    uint32_t before = 0, before_end = 0; /* the line before */
    for (uint32_t line = first_line; line < source->lines.count; line++) {
        uint32_t start, end;
        cs_source_line_range(source, line, &start, &end);
        if (cs_notation_is_toc((cs_view){source->text.data + start, end - start}))
            memset(skeleton + before, ' ', before_end - before);
        if (!replace_notation(&lines, skeleton + (start - from), end - start))
            defuse_line(skeleton + (start - from), end - start);
        before = start - from;
        before_end = end - from;
    }
    *ret_len = len;
    return skeleton;
}

/* ---- the walk ---------------------------------------------------------------------- */

typedef struct walk {
    cs_blocks *blocks;
    const cs_source *source;
    uint32_t first_line; /* of the source, where cmark's line 1 is */
    uint32_t quotes, lists;
    uint32_t number;
    bool begins_item;
    bool admonition; /* that item is one */
    bool year;       /* its number is one, as in "1998. They met.": it is text */
    uint32_t marker; /* column of that */
} walk;

/* Whether a list is made of admonitions, see replace_notation. */
static bool is_admonition(const walk *w, cmark_node *list)
{
    uint32_t line = w->first_line + (uint32_t)cmark_node_get_start_line(list) - 1, start, end;
    uint32_t column = (uint32_t)cmark_node_get_start_column(list) - 1;
    if (line >= w->source->lines.count)
        return false;
    cs_source_line_range(w->source, line, &start, &end);
    char first = start + column < end ? w->source->text.data[start + column] : ' ';
    return first == '!' || first == '?';
}

static void enter_container(walk *w, cmark_node *node, cmark_node_type type, bool entering)
{
    uint32_t step = entering ? 1 : UINT32_MAX; /* + 1 or - 1 */
    if (type == CMARK_NODE_BLOCK_QUOTE)
        w->quotes += step;
    if (type == CMARK_NODE_LIST && !is_admonition(w, node))
        w->lists += step;
    if (type != CMARK_NODE_ITEM)
        return;
    w->begins_item = entering; /* an empty one ends here */
    if (!entering)
        return;
    cmark_node *list = cmark_node_parent(node);
    w->number = 0;
    w->year = false;
    w->admonition = is_admonition(w, node);
    if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST)
        return;
    /* the list counts its items in its user data */
    uintptr_t before = (uintptr_t)cmark_node_get_user_data(list);
    cmark_node_set_user_data(list, (void *)(before + 1));
    w->number = (uint32_t)cmark_node_get_list_start(list) + (uint32_t)before;
    w->year = w->number >= 1000 && w->number < 10000;
    w->marker = (uint32_t)cmark_node_get_start_column(node) - 1;
}

static bool is_leaf(cmark_node_type type, cs_block_kind *kind)
{
    switch (type) {
    case CMARK_NODE_PARAGRAPH:
        *kind = CS_BLOCK_PARAGRAPH;
        return true;
    case CMARK_NODE_HEADING:
        *kind = CS_BLOCK_HEADING;
        return true;
    case CMARK_NODE_CODE_BLOCK:
        *kind = CS_BLOCK_CODE;
        return true;
    case CMARK_NODE_HTML_BLOCK:
        *kind = CS_BLOCK_HTML;
        return true;
    default:
        return false;
    }
}

/* cmark leaves the last line of some HTML blocks out, and takes the line after
 * some unclosed fences in; the text it keeps of them tells how many they are. */
static uint32_t count_lines(const char *text)
{
    uint32_t lines = 0;
    for (; text != NULL && *text != '\0'; text++)
        lines += *text == '\n' || (*text == '\r' && text[1] != '\n') || text[1] == '\0';
    return lines;
}

static bool add_leaf(walk *w, cmark_node *node, cs_block_kind kind)
{
    cs_block *block = CS_PUSH(w->blocks);
    if (block == NULL)
        return false;
    uint32_t column = (uint32_t)cmark_node_get_start_column(node);
    uint32_t first = w->first_line + (uint32_t)cmark_node_get_start_line(node) - 1;
    if (w->blocks->count > 1 && block[-1].kind == CS_BLOCK_HEADING && block[-1].last >= first)
        block[-1].last = first - 1; /* setext: cmark 0.30 takes the next line in */
    *block = (cs_block){
        .kind = kind,
        .first = first,
        .last = w->first_line + (uint32_t)cmark_node_get_end_line(node) - 1,
        .column = column > 0 ? column - 1 : 0,
        .quotes = w->quotes,
        .lists = w->lists,
        .number = w->begins_item ? w->number : 0,
        .begins_item = w->begins_item,
    };
    if (w->begins_item && w->admonition) { /* the marker is read with the text */
        block->column -= block->column < 4 ? block->column : 4;
        block->begins_item = false;
    }
    block->inner = block->column;
    if (w->begins_item && w->year && kind == CS_BLOCK_PARAGRAPH &&
        cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_ITEM)
        block->column = w->marker;
    if (kind == CS_BLOCK_CODE || kind == CS_BLOCK_HTML)
        block->lines = count_lines(cmark_node_get_literal(node));
    if (kind == CS_BLOCK_HTML)
        block->last = block->first + block->lines - (block->lines > 0);
    if (kind == CS_BLOCK_HEADING)
        block->level = (uint32_t)cmark_node_get_heading_level(node);
    w->begins_item = false;
    return true;
}

static bool collect(cmark_iter *iter, walk *w)
{
    bool ok = true;
    cmark_event_type event;
    while (ok && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        cs_block_kind kind;
        if (is_leaf(type, &kind)) {
            if (event == CMARK_EVENT_ENTER)
                ok = add_leaf(w, node, kind);
        } else {
            enter_container(w, node, type, event == CMARK_EVENT_ENTER);
        }
    }
    return ok;
}

cs_status cs_markdown_blocks(const cs_source *source, uint32_t first_line, cs_blocks *ret_blocks,
                             cs_error *error)
{
    *ret_blocks = (cs_blocks){0};
    if (first_line >= source->lines.count)
        return CS_OK;
    size_t len;
    char *skeleton = make_skeleton(source, first_line, &len);
    if (skeleton == NULL)
        return cs_fail_memory(error);
    cmark_iter *iter;
    walk w = {.blocks = ret_blocks, .source = source, .first_line = first_line};
    bool ok = parse((cs_view){skeleton, len}, &iter) && collect(iter, &w);
    free_tree();
    free(skeleton);
    return ok ? CS_OK : cs_fail_memory(error);
}

/* ---- entities ---------------------------------------------------------------------- */

bool cs_markdown_entity(cs_view entity, char *out, size_t size, size_t *ret_length)
{
    cmark_iter *iter;
    bool ok = parse(entity, &iter);
    *ret_length = 0;
    if (ok) {
        cmark_node *paragraph = cmark_node_first_child(cmark_iter_get_root(iter));
        cmark_node *node = paragraph == NULL ? NULL : cmark_node_first_child(paragraph);
        const char *text = node == NULL ? NULL : cmark_node_get_literal(node);
        bool decoded = text != NULL && cmark_node_next(node) == NULL && text[0] != '\0' &&
                       !(text[0] == '&' && text[1] != '\0') && strlen(text) <= size;
        if (decoded) {
            *ret_length = strlen(text);
            memcpy(out, text, *ret_length);
        }
    }
    free_tree();
    return ok;
}
