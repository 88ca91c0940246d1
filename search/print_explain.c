/* print_explain.c - an explanation for people: see explain.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "print.h"
#include "text.h"

/* ---- for people -------------------------------------------------------------------- */

static void add_printable(cs_buf *out, const char *text)
{
    cs_text_add_printable(out, text, strlen(text));
}

/* A line of text, indented; broken at its blanks where it would be longer than so many columns. */
static void add_line(cs_view text, size_t columns, cs_buf *out)
{
    enum { indent = 2, deeper = 4 };
    size_t column = indent;
    cs_buf_addf(out, "%*s", indent, "");
    for (size_t at = 0, len; at < text.len; at += len + 1) {
        const char *word = text.data + at, *blank = memchr(word, ' ', text.len - at);
        len = blank == NULL ? text.len - at : (size_t)(blank - word);
        size_t width = cs_text_width(word, len);
        if (at > 0 && column + 1 + width > columns) {
            cs_buf_addf(out, "\n%*s", deeper, "");
            column = deeper;
        } else if (at > 0) {
            cs_buf_add_char(out, ' ');
            column++;
        }
        cs_buf_add(out, word, len);
        column += width;
    }
    cs_buf_add_char(out, '\n');
}

/* Lines, each with its end; only at a terminal is any broken. */
static void add_lines(const cs_report *report, const cs_buf *lines, cs_buf *out)
{
    size_t columns = isatty(STDOUT_FILENO) ? report->columns : SIZE_MAX;
    for (size_t at = 0, len; at < lines->len; at += len + 1) {
        len = strcspn(lines->data + at, "\n");
        add_line((cs_view){lines->data + at, len}, columns, out);
    }
}

/* A node and what is below it, each on a line of its own. */
static void add_node(const cs_node *node, unsigned depth, cs_buf *out)
{
    static const char *const signs[] = {[CS_MAY] = "", [CS_MUST] = "+", [CS_MUST_NOT] = "-"};
    bool leaf = cs_node_is_leaf(node);
    const char *field = leaf ? cs_explain_field(node) : "";
    cs_buf_addf(out, "%*s%s%s", (int)(2 * depth), "",
                node->kind == CS_NODE_NOT ? "" : signs[node->occur], cs_explain_kind(node));
    if (node->kind == CS_NODE_NEAR)
        cs_buf_addf(out, "/%u", node->distance);
    if (*field != '\0') {
        cs_buf_add_char(out, ' ');
        add_printable(out, field);
        cs_buf_add_char(out, ':');
    }
    for (size_t i = 0; leaf && i < node->words.count; i++) {
        cs_buf_add_char(out, ' ');
        add_printable(out, node->words.items[i]);
    }
    if (leaf && node->words.count == 0) {
        cs_buf_add_char(out, ' ');
        add_printable(out, node->text);
    }
    cs_buf_add_char(out, '\n');
    for (size_t i = 0; i < node->children.count; i++)
        add_node(node->children.items[i], depth + 1, out);
}

static void add_words(const cs_pattern *pattern, const char *parted, cs_buf *out)
{
    for (size_t i = 0; i < pattern->words.count; i++) {
        cs_buf_add_string(out, i == 0 ? "" : parted);
        add_printable(out, pattern->words.items[i]);
    }
}

/* What NEAR looks for: "raise, raised near valuation". */
static void add_near(const cs_pattern *near, cs_buf *out)
{
    cs_buf_add_string(out, ": ");
    for (size_t i = 0; i < near->parts.count; i++) {
        bool other = i > 0 && near->parts.items[i].operand != near->parts.items[i - 1].operand;
        cs_buf_add_string(out, i == 0 ? "" : other ? " near " : ", ");
        add_words(&near->parts.items[i], near->parts.items[i].kind == CS_NODE_PHRASE ? " " : ", ",
                  out);
    }
}

/* "valuation: valuation, valuations; synonyms: valued" */
static void add_weigher(const cs_search_plan *plan, const cs_weigher *weigher, cs_buf *out)
{
    add_printable(out, weigher->typed);
    for (size_t i = weigher->first; i < weigher->last; i++) {
        const cs_pattern *pattern = &plan->patterns.items[i];
        bool row = pattern->kind == CS_NODE_PHRASE;
        if (pattern->kind == CS_NODE_NEAR) { /* the others say the same */
            add_near(pattern, out);
            break;
        }
        cs_buf_add_string(out, i == weigher->first ? ": " : row ? "; in a row: " : "; synonyms: ");
        add_words(pattern, row ? " " : ", ", out);
        cs_buf_add_string(out, pattern->kind == CS_NODE_PREFIX ? "*" : "");
        if (pattern->joined != NULL) {
            cs_buf_add_string(out, "; in one: ");
            add_words(pattern->joined, ", ", out);
        }
    }
    cs_buf_add_char(out, '\n');
}

/* A part of a score, with its sign; nothing when there is none. */
static void add_part(double part, const char *name, cs_buf *out)
{
    if (part == 0)
        return;
    cs_buf_addf(out, "  %+10.6f  ", part);
    add_printable(out, name);
    cs_buf_add_char(out, '\n');
}

static void add_score(const cs_explanation *e, size_t hit, cs_buf *out)
{
    const cs_score *s = &e->scores[hit];
    for (size_t i = 0; i < e->plan->weighers.count; i++)
        add_part(s->share * cs_explanation_weight(e, hit, i), e->plan->weighers.items[i].typed,
                 out);
    add_part(s->share * s->all_words, "all of the words", out);
    add_part(s->asked, "its heading was asked for", out);
    add_part(s->near, "words near each other, the study", out);
    add_part(s->common, "words in common with the best, or its place kept", out);
    if (s->share != 1)
        cs_buf_addf(out, "  of the first search %.2g counts: it lists, or only asks\n", s->share);
}

static void add_hit(const cs_report *report, size_t number, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    const cs_context *c = &report->contexts[number];
    cs_print_path(report, c->index, c->hit->path, &path);
    cs_buf_addf(out, "\n%zu  %.6f  ", report->offset + number + 1, c->hit->score);
    cs_text_add_printable(out, path.data == NULL ? "" : path.data, path.len);
    if (c->freshness == CS_STALE)
        cs_buf_add_string(out, " (changed since)\n");
    else
        cs_buf_addf(out, ":%u\n", cs_context_place(c).line);
    add_score(report->explanation, number, out);
}

cs_status cs_print_explanation(const cs_report *report, cs_buf *out, cs_error *error)
{
    const cs_explanation *e = report->explanation;
    CS_SCOPED(cs_buf) weighers = {.limit = out->limit};
    CS_SCOPED(cs_buf) xapian = {.limit = out->limit};
    const char *query = report->corrected != NULL ? report->corrected : report->query;
    cs_buf_add_string(out, "query: ");
    add_printable(out, query);
    if (strcmp(e->query, query) != 0) { /* it finds the hits, this puts them in order */
        cs_buf_add_string(out, "\nranked as: ");
        add_printable(out, e->query);
    }
    cs_buf_add_string(out, "\n\nread as:\n");
    add_node(e->tree, 1, out);
    cs_buf_add_string(out, "\nwhat weighs:\n");
    for (size_t i = 0; i < e->plan->weighers.count; i++)
        add_weigher(e->plan, &e->plan->weighers.items[i], &weighers);
    add_lines(report, &weighers, out);
    cs_buf_add_string(out, "\nfor Xapian:\n");
    add_printable(&xapian, e->xapian);
    cs_buf_add_char(&xapian, '\n');
    add_lines(report, &xapian, out);
    for (size_t i = 0; i < report->count; i++)
        add_hit(report, i, out);
    bool whole = cs_buf_status(&weighers) == CS_OK && cs_buf_status(&xapian) == CS_OK;
    return whole && cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
