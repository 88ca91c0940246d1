/* query.h - from what was typed to a tree.
 *
 *   query   = clause+                      ranked: any of them, more is better
 *   clause  = all ("OR" all)*
 *   all     = unary ("AND" unary)*
 *   unary   = "NOT" unary | ["+" | "-"] near
 *   near    = primary (("NEAR" | "NEAR/" number) primary)*
 *   primary = "(" query ")" | [field ":"] (word ["*"] | '"' words '"' | "(" query ")")
 *           | field ":" range
 *
 * A " stands for any quote: curly, „low“, «angled», full width, 「」 and 『』; what
 * closes is of the kind that opened. One between Hebrew letters is part of the word.
 * Operators are words in capitals; ranges are those of range.h. A field is
 * letters, digits, '_', '.' or '-' that begin with a letter, a colon, and neither
 * a blank nor "//" after it. An amount ($4.5 billion) is one word, with its blanks.
 * Text becomes words through terms.h only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_QUERY_H
#define CS_QUERY_H

#include "range.h"
#include "schema.h"

enum {
    cs_max_query = 1 << 16,     /* bytes */
    cs_max_query_words = 1000,  /* words of all leaves */
    cs_max_query_nesting = 100, /* brackets and NOTs inside each other */
    cs_max_pattern = 4096,      /* bytes of path:, file:, site:, in: and lang: */
    cs_max_phrase = 64,         /* words of one phrase */
    cs_default_near = 10,       /* NEAR without a number */
    cs_max_near = 1000,         /* its largest number */
    cs_max_near_operands = 6,   /* of one NEAR */
    cs_max_amount_words = 6,    /* of one amount: USD 4.5 thousand crore */
    cs_max_near_words = 32      /* words, phrases and prefixes of one NEAR */
};

typedef enum cs_node_kind {
    CS_NODE_WORD,   /* one word in all its forms */
    CS_NODE_PHRASE, /* words in a row, as typed; one word: exactly that form */
    CS_NODE_PREFIX, /* words that begin so */
    CS_NODE_GLOB,   /* the text as typed: a pattern of paths, a site, a kind of block */
    CS_NODE_DATED,  /* of --since: studies whose date is the lower bound of a range, or later */
    CS_NODE_RANGE,  /* of numbers or dates of front matter */
    CS_NODE_AND,
    CS_NODE_OR,
    CS_NODE_NEAR, /* of leaves, or ORs of them */
    CS_NODE_NOT,  /* of its one child */
    CS_NODE_LIST  /* clauses side by side: ranked */
} cs_node_kind;

typedef enum cs_occur { CS_MAY, CS_MUST, CS_MUST_NOT } cs_occur;

typedef struct cs_node {
    cs_node_kind kind;
    cs_occur occur; /* its sign, as an item of a list */
    cs_field field;
    char *key;     /* of CS_FIELD_META, folded; else NULL */
    char *text;    /* of a leaf, as typed; owned */
    size_t column; /* byte of the query where it begins */
    struct {
        char **items; /* folded words of a leaf, in order */
        size_t count, cap;
    } words;
    cs_value_range range; /* of a CS_NODE_RANGE or CS_NODE_DATED */
    uint64_t overlaps;    /* bit i: word i and the one before are pairs that share a character */
    char *joined;         /* GPT-4 as gpt4, or NULL */
    unsigned distance;    /* of a CS_NODE_NEAR: words from one to the next */
    bool amount;          /* of a CS_NODE_WORD: its word is the term of an amount */
    bool quoted;          /* typed in quotes: as it stands, not in all its forms */
    struct {
        struct cs_node **items;
        size_t count, cap;
    } children;
} cs_node;

void cs_node_free(cs_node *node);

/* Parses; the tree is a CS_NODE_LIST. CS_SYNTAX: the message holds the query
 * and, under it, a caret at the fault. */
cs_status cs_query_parse(const char *query, cs_node **ret_tree, cs_error *error);

/* A CS_SYNTAX error at a byte of the query. */
cs_status cs_query_fail(cs_error *error, const char *query, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool cs_node_is_leaf(const cs_node *node);

/* A leaf without a word in it, such as a dash: it says nothing. */
bool cs_node_is_empty(const cs_node *node);

/* The end of the amount that the text begins with, and its term; 0 for none. */
size_t cs_node_amount(cs_view text, cs_buf *term);

/* Cuts the text of a leaf into its words, and settles what kind of leaf that makes it.
 * Counts them in *words; too many are CS_SYNTAX. */
cs_status cs_node_split(cs_node *leaf, const char *query, size_t *words, cs_error *error);

#endif
