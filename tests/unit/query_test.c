/* query_test.c - tests of search/query.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "query.h"
#include "text.h"

/* ---- the tree as text -------------------------------------------------------------- */

static void print_words(const cs_node *leaf, cs_buf *out)
{
    for (size_t i = 0; i < leaf->words.count; i++)
        cs_buf_addf(out, "%s%s", i == 0 ? "" : " ", leaf->words.items[i]);
}

static void print_leaf(const cs_node *leaf, cs_buf *out)
{
    static const char *const fields[] = {
        "", "title:", "heading:", "path:", "file:", "cite:", "site:", "in:", "lang:", ""};

    cs_buf_add_string(out, fields[leaf->field]);
    if (leaf->key != NULL)
        cs_buf_addf(out, "%s:", leaf->key);
    if (leaf->kind == CS_NODE_GLOB || leaf->kind == CS_NODE_RANGE)
        cs_buf_addf(out, "<%s>", leaf->text);
    if (leaf->kind == CS_NODE_PHRASE)
        cs_buf_add_char(out, '"');
    print_words(leaf, out);
    if (leaf->kind == CS_NODE_PHRASE)
        cs_buf_add_char(out, '"');
    if (leaf->kind == CS_NODE_PREFIX)
        cs_buf_add_char(out, '*');
    if (leaf->joined != NULL)
        cs_buf_addf(out, "=%s", leaf->joined);
}

static void print_node(const cs_node *node, cs_buf *out)
{
    static const char *const opens[] = {[CS_NODE_AND] = "(and",
                                        [CS_NODE_OR] = "(or",
                                        [CS_NODE_NEAR] = "(near",
                                        [CS_NODE_NOT] = "(not",
                                        [CS_NODE_LIST] = "["};

    if (node->kind == CS_NODE_NOT)
        assert_int_equal(node->occur, CS_MUST_NOT);
    else if (node->occur != CS_MAY)
        cs_buf_add_char(out, node->occur == CS_MUST ? '+' : '-');
    if (cs_node_is_leaf(node)) {
        print_leaf(node, out);
        return;
    }
    bool list = node->kind == CS_NODE_LIST;
    cs_buf_add_string(out, opens[node->kind]);
    if (node->kind == CS_NODE_NEAR)
        cs_buf_addf(out, "/%u", node->distance);
    for (size_t i = 0; i < node->children.count; i++) {
        cs_buf_add_string(out, list && i == 0 ? "" : " ");
        print_node(node->children.items[i], out);
    }
    cs_buf_add_char(out, list ? ']' : ')');
}

typedef struct example {
    const char *query;
    const char *tree;
} example;

static void check(const example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
        cs_error error = {0};
        cs_node *tree = NULL;
        if (cs_query_parse(examples[i].query, &tree, &error) != CS_OK)
            fail_msg("%s: %s", examples[i].query, error.message);
        print_node(tree, &text);
        cs_node_free(tree);
        if (strcmp(text.data, examples[i].tree) != 0)
            fail_msg("%s: %s, not %s", examples[i].query, text.data, examples[i].tree);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

/* ---- trees ------------------------------------------------------------------------- */

static void test_amounts(void **state)
{
    static const example examples[] = {
        {"$4.5 billion", "[$usd4500000000]"},
        {"worth USD 4.5bn in May", "[worth $usd4500000000 in may]"},
        {"~$4.5B?", "[$usd4500000000]"},
        {"+€5m -7 million", "[+$eur5000000 -7000000]"},
        {"4.5 billion US dollars, sold", "[$usd4500000000 sold]"},
        {"a NEAR $5 (NOT $6 or $7)", "[(near/10 a $usd5) [(not $usd6) or $usd7]]"},
        {"5 OR 6 million", "[(or 5 6000000)]"},
        {"5 \"million\"", "[5 \"million\"]"},
        {"5 (million)", "[5 [million]]"},
        {"\"$4.5 billion\"", "[\"4.5 billion\"]"},
        {"$30-$50 million", "[\"30 50\" million]"},
        {"$5,7 8", "[$usd5.7 8]"},
        {"4.5 of a billion", "[4.5 of a billion]"},
        {"tags:$5 million", "[tags:5 million]"},
        {"$5* million", "[5* million]"},
        {"5m*", "[5m*]"},
        {"$5/month", "[\"5 month\"]"},
    };
    (void)state;
    CHECK(examples);
}

static void test_words_and_phrases(void **state)
{
    static const example examples[] = {
        {"valuation", "[valuation]"},
        {"Hugging  Face\tvaluation", "[hugging face valuation]"},
        {"\"open source\"", "[\"open source\"]"},
        {"\"Valued\"", "[\"valued\"]"},
        {"“open source”", "[\"open source\"]"},
        {"”open source“", "[\"open source\"]"},
        {"„open source“", "[\"open source\"]"},
        {"«open source»", "[\"open source\"]"},
        {"»open source«", "[\"open source\"]"},
        {"「open source」", "[\"open source\"]"},
        {"『open source』", "[\"open source\"]"},
        {"＂open source＂", "[\"open source\"]"},
        {"\"open «source» code\"", "[\"open source code\"]"},
        {"“open 『source』 code”", "[\"open source code\"]"},
        {"\"open source”", "[\"open source\"]"},
        {"a\"b c\"d", "[a \"b c\" d]"},
        {"valu*", "[valu*]"},
        {"\"valu*\"", "[\"valu\"]"},
        {"GPT-4", "[\"gpt 4\"=gpt4]"},
        {"\"GPT-4\"", "[\"gpt 4\"=gpt4]"},
        {"node.js", "[\"node js\"]"},
        {"4.5 1,000 U.S. R&D o'reilly's", "[4.5 1000 us r&d o'reilly]"},
        {"東京都", "[\"東京 京都\"]"},
        {"東京都*", "[\"東京 京都\"]"},
        {"東京*", "[東京*]"},
        {"Käärmann", "[kaarmann]"},
        {"https://x.com", "[\"https x com\"]"},
        {"a b", "[a b]"},
        {"a\u3000b", "[a b]"},
        {"state-of-the-art", "[\"state of the art\"]"},
    };
    (void)state;
    CHECK(examples);
}

/* A joined form stands for the compound, never for a phrase that has more in it. */
static void test_joined_form_is_of_the_whole_leaf(void **state)
{
    static const example examples[] = {
        {"\"open-source software\"", "[\"open source software\"]"},
        {"\"the GPT-4\"", "[\"the gpt 4\"]"},
        {"GPT-4/GPT-5", "[\"gpt 4 gpt 5\"]"},
        {"(GPT-4)", "[[\"gpt 4\"=gpt4]]"},
        {"GPT-4?", "[\"gpt 4\"=gpt4]"},
        {"title:GPT-4", "[title:\"gpt 4\"=gpt4]"},
    };
    (void)state;
    CHECK(examples);
}

static void test_operators_and_precedence(void **state)
{
    static const example examples[] = {
        {"a OR b", "[(or a b)]"},
        {"a OR b OR c", "[(or a b c)]"},
        {"a AND b", "[(and a b)]"},
        {"a OR b AND c", "[(or a (and b c))]"},
        {"a AND b OR c", "[(or (and a b) c)]"},
        {"a AND b OR c AND d", "[(or (and a b) (and c d))]"},
        {"x a OR b y", "[x (or a b) y]"},
        {"a b AND c d", "[a (and b c) d]"},
        {"NOT a", "[(not a)]"},
        {"NOT NOT a", "[(not (not a))]"},
        {"a NOT b", "[a (not b)]"},
        {"a AND NOT b", "[(and a (not b))]"},
        {"NOT a OR b", "[(or (not a) b)]"},
        {"NOT a AND b", "[(and (not a) b)]"},
        {"NOT (a OR b)", "[(not [(or a b)])]"},
        {"(a OR b) AND c", "[(and [(or a b)] c)]"},
        {"(a b) c", "[[a b] c]"},
        {"((a))", "[[[a]]]"},
        {"a(b)c", "[a [b] c]"},
        {"a or b and not c", "[a or b and not c]"},
        {"ORDER ANDY NOTE", "[order andy note]"},
        {"\"a OR b\"", "[\"a or b\"]"},
        {"OR: x", "[or x]"},
        {"a OR(b)", "[(or a [b])]"},
        {"a\u3000OR\u3000b", "[(or a b)]"},
    };
    (void)state;
    CHECK(examples);
}

static void test_signs(void **state)
{
    static const example examples[] = {
        {"+stripe -chatbot", "[+stripe -chatbot]"},
        {"+\"open source\"", "[+\"open source\"]"},
        {"-(a b)", "[-[a b]]"},
        {"+title:stripe", "[+title:stripe]"},
        {"a OR -b", "[(or a -b)]"},
        {"-a AND +b", "[(and -a +b)]"},
        {"C++ a-b", "[c \"a b\"=ab]"},
        {"- a", "[a]"},
        {"(a -)", "[[a]]"},
        {"--a", "[-a]"},
        {"NOT -a", "[(not -a)]"},
        {"-valu*", "[-valu*]"},
    };
    (void)state;
    CHECK(examples);
}

static void test_ranges(void **state)
{
    static const example examples[] = {
        {"year:2019..2021", "[year:<2019..2021>]"},
        {"a year:>=2019 b", "[a year:<>=2019> b]"},
        {"-Date:<2021-06-30", "[-date:<<2021-06-30>]"},
        {"year:(2019.. OR 1999)", "[[(or year:<2019..> year:1999)]]"},
        {"NOT year:..2019", "[(not year:<..2019>)]"},
        {"year:\"2019..2021\"", "[year:\"2019 2021\"]"},
        {"2019..2021", "[\"2019 2021\"]"},
        {"path:../x", "[path:<../x>]"},
        {"path:a..b", "[path:<a..b>]"},
        {"title:wait...", "[title:wait]"},
    };
    (void)state;
    CHECK(examples);
}

static void test_ranges_that_are_none(void **state)
{
    static const struct {
        const char *query, *message;
    } examples[] = {
        {"x year:2023..2020",
         "a range that ends before it begins\n  x year:2023..2020\n         ^"},
        {"year:abc..", "a bound that is neither a number nor a date\n  year:abc..\n       ^"},
        {"year:2020..abc",
         "a bound that is neither a number nor a date\n  year:2020..abc\n             ^"},
        {"year:>", "a range without a bound\n  year:>\n        ^"},
        {"title:2020..2021", "a field without numbers and dates\n  title:2020..2021\n        ^"},
        {"path:>2020", "a field without numbers and dates\n  path:>2020\n       ^"},
        {"heading:(x 2020..)",
         "a field without numbers and dates\n  heading:(x 2020..)\n             ^"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_error error = {0};
        cs_node *tree = NULL;
        assert_int_equal(cs_query_parse(examples[i].query, &tree, &error), CS_SYNTAX);
        assert_string_equal(error.message, examples[i].message);
        assert_non_null(strstr(error.hint, "year:2019..2021"));
    }
}

static void test_fields(void **state)
{
    static const example examples[] = {
        {"title:Stripe", "[title:stripe]"},
        {"TITLE:Stripe Heading:Origin", "[title:stripe heading:origin]"},
        {"section:results", "[heading:results]"},
        {"title:\"open source\"", "[title:\"open source\"]"},
        {"title:(a b)", "[[title:a title:b]]"},
        {"title:(a OR tags:b)", "[[(or title:a tags:b)]]"},
        {"tags:FinTech", "[tags:fintech]"},
        {"Founded_In:2016", "[founded_in:2016]"},
        {"a.b-c:x", "[a.b-c:x]"},
        {"title:valu*", "[title:valu*]"},
        {"path:2023/Q1", "[path:<2023/Q1>]"},
        {"file:*.md", "[file:<*.md>]"},
        {"file:\"a b.md\"", "[file:<a b.md>]"},
        {"path:*", "[path:<*>]"},
        {"title: stripe", "[title stripe]"},
        {"title:", "[title]"},
        {"10:30", "[\"10 30\"]"},
        {"http://x mailto:y", "[\"http x\" mailto:y]"},
        {"é:x", "[é:x]"},
        {"公司:华为", "[公司:华为]"},
        {"größe2:x", "[größe2:x]"},
        {"title:https://x", "[title:\"https x\"]"},
        {"a:b:c", "[a:\"b c\"]"},
        {"-title:x", "[-title:x]"},
        {"cite:Axios cite:\"a b\" cite:ax*", "[cite:axios cite:\"a b\" cite:ax*]"},
        {"site:*.Example.com/a", "[site:<*.Example.com/a>]"},
        {"in:(code OR table)", "[[(or in:<code> in:<table>)]]"},
        {"lang:de-DE", "[lang:<de-DE>]"},
    };
    (void)state;
    CHECK(examples);
}

static void test_keys_are_cut(void **state)
{
    char query[2 * cs_max_key], tree[2 * cs_max_key], key[cs_max_key + 1];

    (void)state;
    memset(key, 'a', cs_max_key);
    key[cs_max_key] = '\0';
    snprintf(query, sizeof query, "A%sTAIL:x", key + 1);
    snprintf(tree, sizeof tree, "[%s:x]", key);
    check(&(example){query, tree}, 1);
}

static void test_leaves_without_words_say_nothing(void **state)
{
    static const example examples[] = {
        {"a - b", "[a b]"}, {"a \"\" b", "[a b]"}, {"a -\"\" b", "[a b]"},      {"! a ?", "[a]"},
        {"a * b", "[a b]"}, {"a [^3] b", "[a b]"}, {"a OR -", "[(or a \"\")]"},
    };
    (void)state;
    check(examples, 6);
    /* inside an operator it stays; the plan leaves it out */
    cs_node *tree = NULL;
    assert_int_equal(cs_query_parse(examples[6].query, &tree, NULL), CS_OK);
    assert_int_equal(tree->children.items[0]->children.count, 2);
    assert_int_equal(tree->children.items[0]->children.items[1]->words.count, 0);
    cs_node_free(tree);
}

static void test_columns_of_leaves(void **state)
{
    cs_node *tree = NULL;

    (void)state;
    assert_int_equal(cs_query_parse("é title:x +y", &tree, NULL), CS_OK);
    assert_int_equal(tree->children.items[0]->column, 0);
    assert_int_equal(tree->children.items[1]->column, 3);
    assert_int_equal(tree->children.items[2]->column, 12);
    assert_string_equal(tree->children.items[0]->text, "é");
    cs_node_free(tree);
}

/* ---- errors ------------------------------------------------------------------------ */

typedef struct fault {
    const char *query;
    const char *message;
    size_t caret; /* columns before it, as a terminal shows the query */
} fault;

/* The message is "what", the query, the caret; each on its line. */
static void check_fault(const fault *f)
{
    cs_error error = {0};
    cs_node *tree = NULL;
    char expected[sizeof error.message];

    if (cs_query_parse(f->query, &tree, &error) != CS_SYNTAX)
        fail_msg("%s was not refused", f->query);
    assert_null(tree);
    assert_int_equal(error.status, CS_SYNTAX);
    snprintf(expected, sizeof expected, "%s\n  %s\n  %*s^", f->message, f->query, (int)f->caret,
             "");
    assert_string_equal(error.message, expected);
}

static void test_faults(void **state)
{
    static const fault faults[] = {
        {"\"open", "a quote that is not closed", 0},
        {"a “open", "a quote that is not closed", 2},
        {"a «open\"", "a quote that is not closed", 2},
        {"a 「open』", "a quote that is not closed", 2},
        {"a b\"", "a quote that is not closed", 3},
        {"title:\"x", "a quote that is not closed", 6},
        {"(a", "a bracket that is not closed", 0},
        {"a (b (c)", "a bracket that is not closed", 2},
        {"a)", "a bracket that was not opened", 1},
        {"a) b", "a bracket that was not opened", 1},
        {")", "a bracket that was not opened", 0},
        {"()", "nothing between the brackets", 0},
        {"a ( - )", "nothing between the brackets", 2},
        {"OR a", "OR needs something before it", 0},
        {"a (AND b)", "AND needs something before it", 3},
        {"a OR", "OR needs something after it", 2},
        {"a AND", "AND needs something after it", 2},
        {"(a OR)", "OR needs something after it", 3},
        {"a NOT", "NOT needs something after it", 2},
        {"a OR OR b", "OR needs something after it", 2},
        {"a AND OR b", "AND needs something after it", 2},
        {"a OR NOT", "NOT needs something after it", 5},
        {"NOT AND b", "NOT needs something after it", 0},
        {"GPT-4*", "only a single word can end in *", 5},
        {"-", "there is no word to search for", 0},
        {"a title:- b", "a field needs a word after its colon", 7},
        {"path:\"\"", "a field needs a word after its colon", 4},
        {"a NOT -", "NOT needs a word after it", 2},
        {"", "there is no word to search for", 0},
        {"東京 (a", "a bracket that is not closed", 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        check_fault(&faults[i]);
}

/* What is shown for a tab or a control takes its column too. */
static void test_caret_under_what_is_shown(void **state)
{
    cs_error error = {0};
    cs_node *tree = NULL;

    (void)state;
    assert_int_equal(cs_query_parse("a\tb\x01 )", &tree, &error), CS_SYNTAX);
    assert_string_equal(error.message,
                        "a bracket that was not opened\n  a b\xEF\xBF\xBD )\n       ^");
}

static void test_long_query_is_shown_around_the_fault(void **state)
{
    char query[1001];
    cs_error error = {0};
    cs_node *tree = NULL;

    (void)state;
    for (size_t i = 0; i < 1000; i += 2)
        memcpy(query + i, "\xC3\xA9", 2);
    query[1000] = '\0';
    query[600] = ' ', query[601] = ')';
    assert_int_equal(cs_query_parse(query, &tree, &error), CS_SYNTAX);
    const char *line = strchr(error.message, '\n') + 1;
    const char *caret = strrchr(error.message, '\n') + 1;
    const char *bracket = strchr(line, ')');
    assert_true(bracket != NULL && bracket < caret);
    assert_true(cs_text_width(line, (size_t)(caret - 1 - line)) <= 78);
    assert_int_equal(strcspn(caret, "^"), cs_text_width(line, (size_t)(bracket - line)));
}

static char *repeated(const char *part, size_t count, const char *end)
{
    size_t len = strlen(part);
    char *text = malloc(len * count + strlen(end) + 1);

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, part, len);
    strcpy(text + len * count, end);
    return text;
}

static cs_status parse_repeated(const char *part, size_t count, const char *end, cs_error *error)
{
    char *query = repeated(part, count, end);
    cs_node *tree = NULL;
    cs_status status = cs_query_parse(query, &tree, error);

    cs_node_free(tree);
    free(query);
    return status;
}

static void refused(const char *part, size_t count, const char *end, const char *why)
{
    cs_error error = {0};

    assert_int_equal(parse_repeated(part, count, end, &error), CS_SYNTAX);
    if (strstr(error.message, why) == NULL)
        fail_msg("%s x %zu: %s", part, count, error.message);
}

static void test_limits(void **state)
{
    (void)state;
    assert_int_equal(parse_repeated(" ", cs_max_query - 1, "a", NULL), CS_OK);
    refused(" ", cs_max_query, "a", "longer than 65536 bytes");
    assert_int_equal(parse_repeated("a ", cs_max_query_words, "", NULL), CS_OK);
    refused("a ", cs_max_query_words + 1, "", "too many words");
    assert_int_equal(parse_repeated("a.", cs_max_phrase, "", NULL), CS_OK);
    refused("ab.", cs_max_phrase + 1, "", "too many words");
    refused("\"a b c d\" ", cs_max_query_words / 4 + 1, "", "too many words");
    assert_int_equal(parse_repeated("NOT ", cs_max_query_nesting, "a", NULL), CS_OK);
    refused("NOT ", cs_max_query_nesting + 1, "a", "nested too deep");
    refused("(", cs_max_query_nesting + 1, "a", "nested too deep");
    refused("NOT (", cs_max_query_nesting, "a", "nested too deep");
    refused("title:(", cs_max_query, "", "longer");
    refused("title:(", 9000, "a", "nested too deep");
    refused("(", cs_max_query_nesting, "a", "not closed");
}

static void test_nesting_is_counted_where_it_is(void **state)
{
    (void)state; /* one after the other is not inside each other */
    assert_int_equal(parse_repeated("(a) ", cs_max_query_words, "", NULL), CS_OK);
    assert_int_equal(parse_repeated("NOT a ", cs_max_query_words, "", NULL), CS_OK);
}

static void test_invalid_utf8(void **state)
{
    static const char *const queries[] = {"\xFF", "a \xC3", "\xC0\xAF", "\xED\xA0\x80", "a\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        cs_error error = {0};
        cs_node *tree = NULL;
        assert_int_equal(cs_query_parse(queries[i], &tree, &error), CS_SYNTAX);
        assert_string_equal(error.message, "the query is not valid UTF-8");
        assert_null(tree);
    }
}

/* ---- anything ---------------------------------------------------------------------- */

static void check_tree(const cs_node *node, unsigned depth)
{
    assert_true(depth < 10 * cs_max_query_nesting);
    assert_true(cs_node_is_leaf(node) == (node->text != NULL));
    assert_true((node->field == CS_FIELD_META) == (node->key != NULL));
    if (node->kind == CS_NODE_WORD)
        assert_true(node->words.count <= 1);
    if (node->kind == CS_NODE_NOT)
        assert_int_equal(node->children.count, 1);
    if (!cs_node_is_leaf(node))
        assert_true(node->children.count > 0);
    for (size_t i = 0; i < node->children.count; i++)
        check_tree(node->children.items[i], depth + 1);
}

static void check_anything(const char *query)
{
    cs_error error = {0};
    cs_node *tree = NULL;
    cs_status status = cs_query_parse(query, &tree, &error);

    if (status == CS_OK)
        check_tree(tree, 0);
    else if (status != CS_SYNTAX || tree != NULL || error.message[0] == '\0')
        fail_msg("%s: status %d", query, status);
    cs_node_free(tree);
}

static void test_anything_parses_or_is_refused(void **state)
{
    static const char *const tokens[] = {
        "(",        ")", "\"", "“",    "”",       " ",    "OR",      "AND",   "NOT",   "+",
        "-",        "*", "a",  "b c",  ":",       "x:",   "title:",  "path:", "file:", "GPT-4",
        "東京",     "é", "\t", "//",   "[^3",     "]",    "\\",      "ü*",    "4.5",   "the",
        "\xC2\xA0", "'", "&",  "\xFF", "tags:\"", "NEAR", " NEAR/3 "};
    uint32_t seed = 12345;

    (void)state;
    for (int round = 0; round < 10000; round++) {
        char query[400] = "";
        size_t len = 0;
        seed = seed * 1664525u + 1013904223u;
        for (unsigned n = seed >> 27; n > 0; n--) {
            seed = seed * 1664525u + 1013904223u;
            size_t pick = (seed >> 8) % (sizeof tokens / sizeof *tokens);
            bool bytes = round % 4 == 3;
            if (bytes)
                query[len++] = (char)(1 + (seed >> 8) % 255);
            else if (pick != 33 || seed >> 30 == 0) /* few are broken UTF-8 */
                len += (size_t)sprintf(query + len, "%s", tokens[pick]);
            query[len] = '\0';
        }
        check_anything(query);
    }
}

/* Each of these has as many parts as 64 KiB hold. */
static void test_large_queries_take_bounded_time(void **state)
{
    static const char *const parts[] = {"(",    "a OR ",  "a AND ", "\"",  "- ",    "a:", "-",
                                        "NOT ", "title:", "()",     "a\"", "((a) ", "*",  "東"};
    clock_t start = clock();

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *query = repeated(parts[i], cs_max_query / strlen(parts[i]), "");
        check_anything(query);
        free(query);
    }
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 4.0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_and_phrases),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_joined_form_is_of_the_whole_leaf),
        cmocka_unit_test(test_operators_and_precedence),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_ranges_that_are_none),
        cmocka_unit_test(test_keys_are_cut),
        cmocka_unit_test(test_leaves_without_words_say_nothing),
        cmocka_unit_test(test_columns_of_leaves),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_caret_under_what_is_shown),
        cmocka_unit_test(test_long_query_is_shown_around_the_fault),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_nesting_is_counted_where_it_is),
        cmocka_unit_test(test_invalid_utf8),
        cmocka_unit_test(test_anything_parses_or_is_refused),
        cmocka_unit_test(test_large_queries_take_bounded_time),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
