/* synonym.c - see synonym.h. Lines are kept as text, and a word is looked up by a
 * search for it between two blanks: a query has few words, and most runs none that
 * would pay for a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "synonym.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

void cs_synonyms_release(cs_synonyms *synonyms)
{
    cs_buf_release(&synonyms->lines);
    cs_buf_release(&synonyms->faults);
}

/* ---- reading ----------------------------------------------------------------------- */

/* A file, read line by line. */
typedef struct reading {
    const char *name;
    size_t number;      /* of the line, from 1 */
    size_t fault_count; /* lines left out */
    cs_synonyms *synonyms;
} reading;

/* Says why a line is left out; of very many only the first ones. */
static void add_fault(reading *r, const char *what, cs_view item)
{
    cs_buf *faults = &r->synonyms->faults;
    if (++r->fault_count > cs_max_synonym_faults)
        return;
    cs_buf_addf(faults, "%s:%zu: left out: %s: ", r->name, r->number, what);
    cs_text_add_printable(faults, item.data, item.len < 80 ? item.len : 80);
    cs_buf_add_char(faults, '\n');
}

/* Appends an item as one word and a blank; a compound by its joined form. False when it is
 * none, or more than one. */
static bool add_folded(cs_buf *lines, cs_view item)
{
    cs_tokenizer tokenizer;
    cs_token token;
    size_t words = 0, start = lines->len;
    bool joined = false;
    cs_tokenizer_init(&tokenizer, item.data, item.len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        if (token.pair || token.amount || (token.extra && words < 2))
            continue;
        words += !token.extra;
        joined = token.extra;
        cs_buf_truncate(lines, start);
        cs_buf_add_view(lines, token.term);
        cs_buf_add_char(lines, ' ');
    }
    return words == 1 || joined;
}

static bool is_blank(char c)
{
    return c == ' ' || c == ',' || (c >= '\t' && c <= '\r');
}

/* One line without its end: "- a b", "a b", "a > b". A faulty one is left out. */
static void read_line(reading *r, cs_view line)
{
    size_t at = 0, words = 0, arrows = 0;
    cs_buf *lines = &r->synonyms->lines;
    size_t before = lines->len;
    const char *comment = line.len > 0 ? memchr(line.data, '#', line.len) : NULL;
    size_t len = comment == NULL ? line.len : (size_t)(comment - line.data);
    cs_view bad = {0};
    cs_buf_add_string(lines, "\n ");
    while (at < len && bad.len == 0) {
        size_t start = at;
        while (at < len && !is_blank(line.data[at]))
            at++;
        cs_view item = {line.data + start, at - start};
        bool sign = item.len == 1 && (*item.data == '>' || (*item.data == '-' && words == 0));
        arrows += item.len == 1 && *item.data == '>';
        if (sign) {
            cs_buf_add_view(lines, item);
            cs_buf_add_char(lines, ' ');
        } else if (item.len > 0 &&
                   (memchr(item.data, '"', item.len) != NULL || !add_folded(lines, item))) {
            bad = item;
        }
        words += item.len > 0;
        at += at < len;
    }
    if (bad.len > 0)
        add_fault(r, "not a single word", bad);
    else if (arrows > 1)
        add_fault(r, "more than one >", line);
    if (bad.len > 0 || arrows > 1)
        cs_buf_truncate(lines, before);
}

cs_status cs_synonyms_read(const char *name, cs_view text, cs_synonyms *ret_synonyms,
                           cs_error *error)
{
    CS_SCOPED(cs_buf) valid = {.limit = (size_t)4 * cs_max_synonym_file};
    cs_synonyms read = {.lines = {.limit = (size_t)16 * cs_max_synonym_file},
                        .faults = {.limit = 1 << 16}};
    reading r = {.name = name, .synonyms = &read};
    cs_text_repair(&valid, text.data, text.len);
    for (size_t at = 0; at < valid.len;) {
        const char *end = memchr(valid.data + at, '\n', valid.len - at);
        size_t len = end == NULL ? valid.len - at : (size_t)(end - valid.data) - at;
        r.number++;
        read_line(&r, (cs_view){valid.data + at, len});
        at += len + 1;
    }
    if (r.fault_count > cs_max_synonym_faults)
        cs_buf_addf(&read.faults, "%s: %zu more lines left out\n", name,
                    r.fault_count - cs_max_synonym_faults);
    cs_buf_add_char(&read.lines, '\n');
    if (cs_buf_status(&valid) != CS_OK || cs_buf_status(&read.lines) != CS_OK ||
        cs_buf_status(&read.faults) != CS_OK) {
        cs_synonyms_release(&read);
        return cs_fail_memory(error);
    }
    *ret_synonyms = read;
    return CS_OK;
}

static bool file_name(cs_buf *name)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool own = config != NULL && config[0] == '/';
    if (!own && (home == NULL || home[0] != '/'))
        return false;
    cs_buf_addf(name, "%s%s/casesearch/synonyms", own ? config : home, own ? "" : "/.config");
    return cs_buf_status(name) == CS_OK;
}

static cs_status read_file(int fd, const char *name, cs_synonyms *ret_synonyms, cs_error *error)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_synonym_file};
    char chunk[4096];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        cs_buf_add(&text, chunk, (size_t)n);
    if (n < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", name);
    if (cs_buf_status(&text) == CS_LIMIT)
        return cs_fail(error, CS_USAGE, "%s: longer than %d bytes", name, cs_max_synonym_file);
    if (cs_buf_status(&text) != CS_OK)
        return cs_fail_memory(error);
    return cs_synonyms_read(name, cs_buf_view(&text), ret_synonyms, error);
}

cs_status cs_synonyms_load(cs_synonyms *ret_synonyms, cs_error *error)
{
    CS_SCOPED(cs_buf) name = {.limit = 1 << 12};
    struct stat file;
    if (!file_name(&name))
        return CS_OK;
    int fd = open(name.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO is no file */
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return CS_OK;
    if (fd < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot open %s", name.data);
    cs_status status = CS_OK;
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))
        status = cs_fail(error, CS_IO, "%s: not a file", name.data);
    else
        status = read_file(fd, name.data, ret_synonyms, error);
    close(fd);
    return status;
}

/* ---- looking up -------------------------------------------------------------------- */

static bool has_word(const cs_pattern *pattern, cs_view word)
{
    for (size_t i = 0; i < pattern->words.count; i++)
        if (cs_view_equal(cs_view_of(pattern->words.items[i]), word))
            return true;
    return false;
}

/* Adds the words of [at, end), each with a blank after it, but for `word`. */
static bool add_words(const char *at, const char *end, cs_view word, cs_pattern *pattern)
{
    while (at < end && pattern->words.count < cs_max_synonyms) {
        const char *stop = memchr(at, ' ', (size_t)(end - at));
        cs_view found = {at, (size_t)((stop == NULL ? end : stop) - at)};
        if (found.len > 0 && !cs_view_equal(found, word) && !has_word(pattern, found) &&
            !cs_pattern_add_word(pattern, found))
            return false;
        at += found.len + 1;
    }
    return true;
}

/* What the line [start, end) says of its word at `at`. */
static bool add_line(const char *start, const char *end, const char *at, cs_view word,
                     cs_pattern *pattern)
{
    const char *arrow = memmem(start, (size_t)(end - start), " > ", 3);
    if (arrow == NULL)
        return add_words(start + 1, end, word, pattern);
    return at > arrow || add_words(arrow + 3, end, word, pattern);
}

/* Every line of the user with the word; *ret_hidden when one says that the table's are
 * left out. */
static bool find_own(cs_view lines, cs_view needle, cs_view word, cs_pattern *pattern,
                     bool *ret_hidden)
{
    const char *at = lines.data, *stop = lines.data + lines.len;
    while ((at = memmem(at, (size_t)(stop - at), needle.data, needle.len)) != NULL) {
        const char *before = memrchr(lines.data, '\n', (size_t)(at - lines.data));
        const char *start = before + 1; /* each line begins with one */
        const char *end = memchr(at, '\n', (size_t)(stop - at));
        if (memcmp(start, " - ", 3) == 0)
            *ret_hidden = true;
        else if (!add_line(start, end, at, word, pattern))
            return false;
        at = end;
    }
    return true;
}

bool cs_synonyms_find(const cs_synonyms *synonyms, const char *word, cs_pattern *pattern)
{
    cs_view view = cs_view_of(word);
    char needle[cs_max_term + 3];
    bool hidden = false;
    int len = snprintf(needle, sizeof needle, " %s ", word);
    if (len >= (int)sizeof needle)
        return true;
    if (synonyms->lines.len > 0 &&
        !find_own(cs_buf_view(&synonyms->lines), (cs_view){needle, (size_t)len}, view, pattern,
                  &hidden))
        return false;
    for (size_t i = 0; i < cs_synonym_lines && !hidden; i++) {
        const char *line = cs_synonym_table[i], *at = strstr(line, needle);
        if (at != NULL && !add_line(line, line + strlen(line), at, view, pattern))
            return false;
    }
    return true;
}
