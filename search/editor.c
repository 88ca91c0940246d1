/* editor.c - see editor.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "editor.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "text.h"

extern char **environ;

/* How a program is told a line and a column. */
typedef struct syntax {
    const char *programs; /* names parted by blanks */
    const char *words;    /* parted by blanks; {file} {line} {column} {byte} are put in */
} syntax;

static const syntax table[] = {
    {"vim nvim gvim mvim view gview vimr neovide", "+call\\ cursor({line},{byte}) {file}"},
    {"vi nvi elvis vile ex jed joe jmacs jpico ne mg e3 le mcedit", "+{line} {file}"},
    {"emacs emacsclient gedit gnome-text-editor micro xed pluma", "+{line}:{column} {file}"},
    {"nano pico rnano", "+{line},{column} {file}"},
    {"kak kakoune", "+{line}:{byte} {file}"},
    {"hx helix subl sublime_text sublime zed zeditor lapce amp", "{file}:{line}:{column}"},
    {"code codium code-insiders vscodium cursor windsurf", "--goto {file}:{line}:{column}"},
    {"kate kwrite", "--line {line} --column {column} {file}"},
    {"mate", "--line {line}:{column} {file}"},
    {"idea pycharm webstorm clion goland", "--line {line} --column {column} {file}"},
    {"geany", "{file}:{line}:{column}"},
    {"notepadqq notepad++", "-n{line} {file}"},
};

static bool is_word_of(const char *list, cs_view word)
{
    for (const char *at = list; *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (cs_view_equal((cs_view){at, len}, word))
            return true;
        at += len + strspn(at + len, " ");
    }
    return false;
}

/* The program of a command, without its folder. */
static cs_view program_of(const char *command)
{
    command += strspn(command, " \t");
    size_t len = strcspn(command, " \t");
    for (size_t i = len; i > 0; i--)
        if (command[i - 1] == '/')
            return (cs_view){command + i, len - i};
    return (cs_view){command, len};
}

static const char *words_for(const char *command)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (is_word_of(table[i].programs, program_of(command)))
            return table[i].words;
    return "{file}";
}

/* A path that begins like an option is one no more. */
static void add_file(cs_buf *out, const char *path)
{
    cs_buf_add_string(out, path[0] == '-' || path[0] == '+' ? "./" : "");
    cs_buf_add_string(out, path);
}

/* Puts in the name in brackets at `at`; returns how long it is, 0 for none. */
static size_t add_named(cs_buf *out, const char *at, const cs_spot *spot)
{
    static const char *const names[] = {"{file}", "{line}", "{column}", "{byte}"};
    const uint32_t numbers[] = {0, spot->line, spot->character_column, spot->byte_column};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(at, names[i], strlen(names[i])) != 0)
            continue;
        if (i == 0)
            add_file(out, spot->path);
        else
            cs_buf_addf(out, "%u", numbers[i] > 0 ? numbers[i] : 1);
        return strlen(names[i]);
    }
    return 0;
}

void cs_editor_arguments(const char *command, const cs_spot *spot, cs_buf *out)
{
    for (const char *at = words_for(command); *at != '\0';) {
        size_t named = add_named(out, at, spot);
        if (named == 0 && *at == '\\' && at[1] == ' ') {
            cs_buf_add_char(out, ' ');
            named = 2;
        } else if (named == 0) {
            cs_buf_add_char(out, *at == ' ' ? '\0' : *at);
            named = 1;
        }
        at += named;
    }
    cs_buf_add_char(out, '\0');
}

/* A text as a part of a word of the shell that stands in such quotes; '\0': in none. */
static void add_escaped(cs_buf *out, const char *text, char quote)
{
    if (quote == '\0') {
        cs_text_add_shell_word(out, text);
        return;
    }
    for (; *text != '\0'; text++) {
        if (quote == '"' && strchr("\\\"$`", *text) != NULL)
            cs_buf_add_char(out, '\\');
        if (quote == '\'' && *text == '\'')
            cs_buf_add_string(out, "'\\'");
        cs_buf_add_char(out, *text);
    }
}

/* A command with {file} in it is filled in, so that the file is no more than text to the shell,
 * whatever quotes it stands in. */
static void add_filled(cs_buf *out, const char *command, const cs_spot *spot)
{
    for (char quote = '\0'; *command != '\0';) {
        CS_SCOPED(cs_buf) value = {.limit = cs_max_scratch};
        size_t named = add_named(&value, command, spot);
        if (named > 0) {
            add_escaped(out, value.data == NULL ? "" : value.data, quote);
            command += named;
            continue;
        }
        if (*command == '\\' && quote != '\'' && command[1] != '\0')
            cs_buf_add_char(out, *command++);
        else if (*command == quote)
            quote = '\0';
        else if (quote == '\0' && (*command == '"' || *command == '\''))
            quote = *command;
        cs_buf_add_char(out, *command++);
    }
}

static void add_command(cs_buf *out, const char *command, const cs_spot *spot)
{
    CS_SCOPED(cs_buf) words = {.limit = cs_max_scratch};
    if (strstr(command, "{file}") != NULL) {
        add_filled(out, command, spot);
        return;
    }
    cs_editor_arguments(command, spot, &words);
    cs_buf_add_string(out, command);
    for (size_t at = 0; at < words.len; at += strlen(words.data + at) + 1) {
        cs_buf_add_char(out, ' ');
        cs_text_add_shell_word(out, words.data + at);
    }
}

static const char *editor_command(void)
{
    static const char *const names[] = {"CASESEARCH_EDITOR", "VISUAL", "EDITOR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "vi";
}

/* Runs it with the signals as a program expects them; we wait through those of the keyboard. */
static int run_shell(const char *line, int *ret_code)
{
    sigset_t usual, none;
    posix_spawnattr_t attributes;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    pid_t child;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char *const arguments[] = {(char *)"sh", (char *)"-c", (char *)line, NULL};
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    int failed = posix_spawn(&child, "/bin/sh", NULL, &attributes, arguments, environ);
    while (failed == 0 && waitpid(child, ret_code, 0) < 0)
        failed = errno == EINTR ? 0 : errno;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

cs_status cs_editor_open(const cs_spot *spot, cs_error *error)
{
    const char *command = editor_command();
    int code = 0;
    CS_SCOPED(cs_buf) line = {.limit = cs_max_scratch};
    add_command(&line, command, spot);
    if (cs_buf_status(&line) != CS_OK)
        return cs_fail_memory(error);
    int failed = run_shell(line.data, &code);
    if (failed != 0)
        return cs_fail_errno(error, CS_IO, failed, "cannot run the editor");
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return CS_OK;
    cs_fail(error, CS_IO, "the editor failed: %s", command);
    cs_hint(error, "CASESEARCH_EDITOR, VISUAL and EDITOR name another one");
    return CS_IO;
}
