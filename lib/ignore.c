/* ignore.c - rules of ignore files; see ignore.h and gitignore(5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "glob.h"
#include "ignore.h"

/* A longer line cannot be a sensible rule, and would cost time on every path. */
enum { MAX_RULE_BYTES = 4096, READ_BYTES = 16384 };

/* The files of one level, weakest first; the bit of each is 1 << index. */
static const struct {
    const char *name; /* seen in the folder */
    const char *file; /* read */
    bool git;
} sources[] = {
    {".git", ".git/info/exclude", true},
    {".gitignore", ".gitignore", true},
    {".ignore", ".ignore", false},
    {".casesearchignore", ".casesearchignore", false},
};
enum { SOURCES = sizeof sources / sizeof *sources, GIT_BIT = 1 };

static void level_release(cs_ignore_level *level)
{
    cs_buf_release(&level->text);
    free(level->rules.items);
    *level = (cs_ignore_level){0};
}

void cs_ignore_release(cs_ignore *ignore)
{
    while (ignore->count > 0)
        cs_ignore_pop(ignore);
    free(ignore->items);
    *ignore = (cs_ignore){0};
}

void cs_ignore_pop(cs_ignore *ignore)
{
    level_release(&ignore->items[--ignore->count]);
}

void cs_ignore_problems_release(cs_ignore_problems *problems)
{
    free(problems->items);
    *problems = (cs_ignore_problems){0};
}

unsigned cs_ignore_bit(const char *name)
{
    for (size_t i = 0; i < SOURCES; i++)
        if (strcmp(name, sources[i].name) == 0)
            return 1u << i;
    return 0;
}

/* ---- a line ------------------------------------------------------------------------ */

/* The next line without its end, which may be CRLF. */
static cs_view take_line(cs_view *text)
{
    const char *newline = memchr(text->data, '\n', text->len);
    cs_view line = {text->data, newline ? (size_t)(newline - text->data) : text->len};
    size_t taken = line.len + (newline != NULL);

    text->data += taken;
    text->len -= taken;
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* Blanks at the end go, unless a backslash quotes them. */
static cs_view trim_end(cs_view line)
{
    size_t kept = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == ' ')
            continue;
        if (line.data[i] == '\\' && i + 1 < line.len)
            i++;
        kept = i + 1;
    }
    line.len = kept;
    return line;
}

static bool ends_with(cs_view view, const char *end)
{
    size_t len = strlen(end);
    return view.len >= len && memcmp(view.data + view.len - len, end, len) == 0;
}

static cs_status add_rule(cs_ignore_level *level, cs_view line, bool git, cs_error *error)
{
    cs_ignore_rule rule = {.pattern = (uint32_t)level->text.len, .git = git};

    if (line.len > 0 && line.data[0] == '!') {
        rule.negated = true;
        line.data++, line.len--;
    }
    if (ends_with(line, "/")) {
        rule.directory_only = true;
        line.len--;
    }
    if (line.len > 3 && memcmp(line.data, "**/", 3) == 0 &&
        !memchr(line.data + 3, '/', line.len - 3))
        line.data += 3, line.len -= 3; /* says the same, and is found sooner */
    rule.anchored = line.len > 0 && memchr(line.data, '/', line.len) != NULL;
    if (rule.anchored && line.data[0] == '/')
        line.data++, line.len--;
    if (line.len == 0 || line.len > MAX_RULE_BYTES)
        return CS_OK;

    cs_buf_add_view(&level->text, line);
    /* "a/ **" (without the blank) names what is in a, not a itself, while "**"
     * alone would match no component too. */
    if (ends_with(line, "/**"))
        cs_buf_add_string(&level->text, "/*");
    cs_buf_add_char(&level->text, '\0');
    if (cs_buf_status(&level->text) != CS_OK)
        return cs_fail_memory(error);
    const char *pattern = level->text.data + rule.pattern;
    rule.literal = !cs_glob_is_pattern(pattern);
    rule.suffix = pattern[0] == '*' && !rule.anchored && !cs_glob_is_pattern(pattern + 1);

    cs_ignore_rule *item = CS_PUSH(&level->rules);
    if (!item)
        return cs_fail_memory(error);
    *item = rule;
    return CS_OK;
}

cs_status cs_ignore_parse(cs_ignore_level *level, cs_view text, bool git, bool *ret_cut,
                          cs_error *error)
{
    size_t before = level->rules.count;
    bool cut = false;

    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        text.data += 3, text.len -= 3;
    while (text.len > 0 && !cut) {
        cs_view line = trim_end(take_line(&text));
        if (line.len == 0 || line.data[0] == '#')
            continue;
        cut = level->rules.count - before == CS_IGNORE_MAX_RULES;
        cs_status status = cut ? CS_OK : add_rule(level, line, git, error);
        if (status != CS_OK)
            return status;
    }
    *ret_cut = cut;
    return CS_OK;
}

/* ---- a file ------------------------------------------------------------------------ */

/* What became of reading one: rules, or why there are none. */
typedef struct outcome {
    const char *reason; /* NULL: none to tell of */
    bool failure;
} outcome;

static const outcome unreadable = {"ignore file cannot be read: its rules are not applied", true};
static const outcome too_large = {"ignore file larger than 1 MiB: its rules are not applied", true};
static const outcome too_many = {"ignore file with more than 10000 rules: the rest is not applied",
                                 true};
static const outcome is_link = {"ignore file is a symbolic link: not followed", false};

/* Looks before it opens, since opening alone can wake a FIFO's writer or a
 * device; looks again after, since the name may mean something else by then.
 * -1 when there is nothing to read. */
static int open_regular(int folder, const char *file, outcome *ret_outcome)
{
    struct stat st;

    if (fstatat(folder, file, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            *ret_outcome = unreadable;
        return -1;
    }
    if (S_ISLNK(st.st_mode))
        *ret_outcome = is_link;
    if (!S_ISREG(st.st_mode))
        return -1;
    int fd = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        if (errno != ENOENT)
            *ret_outcome = unreadable;
        return -1;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void read_text(int fd, cs_buf *text, outcome *ret_outcome)
{
    char block[READ_BYTES];

    for (;;) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            *ret_outcome = unreadable;
        if (got <= 0)
            return;
        cs_buf_add(text, block, (size_t)got);
        if (cs_buf_status(text) != CS_OK) {
            *ret_outcome = too_large;
            return;
        }
    }
}

static cs_status read_rules(cs_ignore_level *level, int folder, size_t source, outcome *ret_outcome,
                            cs_error *error)
{
    CS_SCOPED(cs_buf) text = {0};
    bool cut = false;

    int fd = open_regular(folder, sources[source].file, ret_outcome);
    if (fd < 0)
        return CS_OK;
    cs_buf_init(&text, CS_IGNORE_MAX_BYTES);
    read_text(fd, &text, ret_outcome);
    close(fd);
    if (cs_buf_status(&text) == CS_MEMORY)
        return cs_fail_memory(error);
    if (ret_outcome->reason)
        return CS_OK;
    cs_status status = cs_ignore_parse(level, cs_buf_view(&text), sources[source].git, &cut, error);
    if (cut)
        *ret_outcome = too_many;
    return status;
}

cs_status cs_ignore_push(cs_ignore *ignore, int folder, size_t base, unsigned present,
                         cs_ignore_problems *problems, cs_error *error)
{
    cs_ignore_level *level = CS_PUSH(ignore);
    struct stat st;

    if (!level)
        return cs_fail_memory(error);
    level->base = base;
    level->repository =
        (present & GIT_BIT) && fstatat(folder, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0;
    /* "/" and "*" are added to a rule of at least four bytes, and a NUL to each. */
    cs_buf_init(&level->text, (size_t)SOURCES * 2 * CS_IGNORE_MAX_BYTES);

    for (size_t i = 0; i < SOURCES; i++) {
        outcome found = {0};
        if (!(present & 1u << i))
            continue;
        cs_status status = read_rules(level, folder, i, &found, error);
        if (status != CS_OK)
            return status;
        if (!found.reason)
            continue;
        cs_ignore_problem *problem = CS_PUSH(problems);
        if (!problem)
            return cs_fail_memory(error);
        *problem = (cs_ignore_problem){sources[i].file, found.reason, 0, found.failure};
    }
    return CS_OK;
}

/* ---- the folders above ------------------------------------------------------------- */

static bool holds_repository(int folder)
{
    struct stat st;
    return fstatat(folder, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Opens the nearest folder above `root` that holds .git, for openat only.
 * *ret_below: root's path below it. -1 when there is none. */
static int open_repository_above(char *root, const char **ret_below)
{
    for (size_t len = strlen(root), first = 1; len > 0; first = 0) {
        char kept = root[len];
        root[len] = '\0';
        int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        root[len] = kept;
        bool found = folder >= 0 && holds_repository(folder);
        if (found && !first) {
            *ret_below = root + len + (kept == '/');
            return folder;
        }
        if (folder >= 0)
            close(folder);
        if (found || len == 1)
            break;
        while (len > 1 && root[len - 1] != '/')
            len--;
        len -= len > 1;
    }
    return -1;
}

/* One level for every folder from the one open as *folder, which holds .git,
 * to the last but one component of `below`. */
static cs_status push_chain(cs_ignore *ignore, int *folder, char *below,
                            cs_ignore_problems *problems, cs_error *error)
{
    size_t up = 1;
    for (const char *c = below; *c; c++)
        up += *c == '/';

    for (char *at = below;; up--) {
        size_t known = problems->count;
        cs_status status = cs_ignore_push(ignore, *folder, (size_t)(at - below), CS_IGNORE_ALL_BITS,
                                          problems, error);
        for (; known < problems->count; known++)
            problems->items[known].up = up;
        char *slash = strchr(at, '/');
        if (status != CS_OK || !slash)
            return status;

        *slash = '\0';
        int next = openat(*folder, at, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        *slash = '/';
        if (next < 0)
            return CS_OK; /* renamed meanwhile; what was read so far still holds */
        close(*folder);
        *folder = next;
        at = slash + 1;
    }
}

cs_status cs_ignore_push_above(cs_ignore *ignore, const char *root, cs_buf *prefix,
                               cs_ignore_problems *problems, cs_error *error)
{
    const char *below = NULL;
    char *path = cs_copy_string(cs_view_of(root));

    if (!path)
        return cs_fail_memory(error);
    cs_status status = CS_OK;
    int folder = open_repository_above(path, &below);
    if (folder >= 0) {
        cs_buf_add_string(prefix, below);
        cs_buf_add_char(prefix, '/');
        status = cs_buf_status(prefix) == CS_OK
                     ? push_chain(ignore, &folder, path + (below - path), problems, error)
                     : cs_fail_memory(error);
        close(folder);
    }
    free(path);
    return status;
}

/* ---- a path ------------------------------------------------------------------------ */

/* Most rules are plain names or "*.o", and every rule meets every file. */
static bool rule_matches(const cs_ignore_level *level, const cs_ignore_rule *rule, const char *path,
                         cs_view name)
{
    const char *pattern = level->text.data + rule->pattern;
    const char *subject = rule->anchored ? path : name.data;

    if (rule->suffix)
        return ends_with(name, pattern + 1);
    return rule->literal ? strcmp(pattern, subject) == 0 : cs_glob_match(pattern, subject);
}

/* The last rule of a level that matches, or NULL. */
static const cs_ignore_rule *deciding_rule(const cs_ignore_level *level, const char *path,
                                           cs_view name, bool is_directory, bool with_git)
{
    for (size_t i = level->rules.count; i-- > 0;) {
        const cs_ignore_rule *rule = &level->rules.items[i];
        if ((rule->directory_only && !is_directory) || (rule->git && !with_git))
            continue;
        if (rule_matches(level, rule, path, name))
            return rule;
    }
    return NULL;
}

bool cs_ignore_excludes(const cs_ignore *ignore, const char *path, bool is_directory)
{
    const char *slash = strrchr(path, '/');
    cs_view name = cs_view_of(slash ? slash + 1 : path);
    bool with_git = true;

    for (size_t i = ignore->count; i-- > 0;) {
        const cs_ignore_level *level = &ignore->items[i];
        const cs_ignore_rule *rule =
            deciding_rule(level, path + level->base, name, is_directory, with_git);
        if (rule)
            return !rule->negated;
        with_git = with_git && !level->repository;
    }
    return false;
}
