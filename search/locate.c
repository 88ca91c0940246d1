/* locate.c - see locate.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "locate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "manifest.h"
#include "text.h"
#include "walk.h"

/* ---- running caseindex ------------------------------------------------------------- */

/* The caseindex beside this program, else the one in PATH. */
static void run_caseindex(const char *const *arguments)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof "caseindex");
    char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
    char **argv = (char **)(uintptr_t)arguments; /* exec leaves them as they are */
    if (slash != NULL) {
        memcpy(slash + 1, "caseindex", sizeof "caseindex");
        execv(path, argv);
    }
    execvp("caseindex", argv);
    _exit(127);
}

static void silence_errors(void)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
}

/* Runs it and waits; what it prints on standard output goes into `out`. Its
 * complaints are shown unless `silent`. */
static cs_status call_caseindex(const char *const *arguments, bool silent, cs_buf *out,
                                int *ret_code, cs_error *error)
{
    int ends[2];
    if (pipe(ends) != 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot run caseindex");
    pid_t child = fork();
    if (child < 0) {
        int code = errno;
        close(ends[0]);
        close(ends[1]);
        return cs_fail_errno(error, CS_IO, code, "cannot run caseindex");
    }
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (silent)
            silence_errors();
        run_caseindex(arguments);
    }
    close(ends[1]);
    char chunk[256];
    for (ssize_t n; (n = read(ends[0], chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR);)
        if (n > 0)
            cs_buf_add(out, chunk, (size_t)n);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    *ret_code = WIFEXITED(status) ? WEXITSTATUS(status) : CS_EXIT_SIGNAL + WTERMSIG(status);
    if (*ret_code == 127)
        return cs_fail(error, CS_IO,
                       "cannot run caseindex: it is not beside casesearch or in PATH");
    return CS_OK;
}

/* The command that updates an index, as it is typed in the current folder. */
static void add_command(const char *directory, const char *root, cs_buf *out)
{
    char *usual = NULL, *here = realpath(".", NULL);
    bool is_usual = cs_place_for_root(root, &usual, NULL) == CS_OK && strcmp(usual, directory) == 0;
    cs_buf_add_string(out, is_usual ? "caseindex" : "caseindex -d ");
    if (!is_usual) {
        cs_text_add_shell_word(out, directory);
    } else if (here == NULL || strcmp(here, root) != 0) {
        cs_buf_add_char(out, ' ');
        cs_text_add_shell_word(out, root);
    }
    free(usual);
    free(here);
}

/* New, changed and deleted ones. */
static void tell_newer(const char *said, const char *directory, const char *root)
{
    CS_SCOPED(cs_buf) command = {.limit = 1 << 16};
    CS_SCOPED(cs_buf) shown = {.limit = 1 << 18};
    size_t newer = 0;
    if (said == NULL || sscanf(said, "newer %zu", &newer) != 1 || newer == 0)
        return;
    add_command(directory, root, &command);
    cs_text_add_printable(&shown, command.data == NULL ? "" : command.data, command.len);
    fprintf(stderr, "casesearch: the index is behind by %s%zu %s: run %s\n",
            strstr(said, "at least") != NULL ? "at least " : "", newer,
            newer == 1 ? "file" : "files", shown.data == NULL ? "caseindex" : shown.data);
}

/* A folder on a disk that is not there now: none of its files can be shown. */
static void tell_missing(const char *root)
{
    CS_SCOPED(cs_buf) shown = {.limit = cs_max_scratch};
    if (access(root, R_OK | X_OK) == 0)
        return;
    const char *why = strerror(errno);
    cs_text_add_printable(&shown, root, strlen(root));
    fprintf(stderr, "casesearch: cannot read %s: %s\n", shown.data == NULL ? "" : shown.data, why);
}

cs_status cs_locate_refresh(const char *directory, cs_refresh refresh, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    if (refresh == CS_REFRESH_NEVER)
        return CS_OK;
    cs_status readable = cs_manifest_read(directory, &manifest, error);
    if (readable != CS_OK)
        return readable; /* caseindex would make one, of the current folder */
    bool automatic = refresh == CS_REFRESH_AUTO;
    if (automatic)
        tell_missing(manifest.settings.root);
    const char *const quick[] = {"caseindex", "--quick", "--db", directory, NULL};
    const char *const full[] = {"caseindex", "--quiet", "--wait", "--db", directory, NULL};
    CS_SCOPED(cs_buf) said = {.limit = 1 << 12};
    int code = 0;
    cs_status status = call_caseindex(automatic ? quick : full, automatic, &said, &code, error);
    if (automatic && status == CS_IO)
        return CS_OK; /* an index can be searched where it cannot be written */
    if (status != CS_OK)
        return status;
    tell_newer(said.data, directory, manifest.settings.root);
    if (!automatic && code != CS_EXIT_OK && code != CS_EXIT_PARTIAL)
        return cs_fail(error, CS_IO, "caseindex failed with exit code %d", code);
    return CS_OK;
}

/* ---- first use --------------------------------------------------------------------- */

static bool is_forbidden_folder(const char *folder)
{
    const char *home = getenv("HOME");
    char *real = home == NULL ? NULL : realpath(home, NULL);
    bool forbidden = strcmp(folder, "/") == 0 || (real != NULL && strcmp(folder, real) == 0);
    free(real);
    return forbidden;
}

static cs_status refuse_first_use(const char *folder, const char *why, cs_error *error)
{
    CS_SCOPED(cs_buf) word = {.limit = 1 << 16};
    cs_text_add_shell_word(&word, folder);
    cs_fail(error, CS_NO_INDEX, "there is no index of %s%s", folder, why);
    cs_hint(error, "make one with: caseindex %s", word.data == NULL ? "." : word.data);
    return CS_NO_INDEX;
}

static cs_status refuse_empty(const char *folder, cs_error *error)
{
    cs_fail(error, CS_NO_INDEX, "there is no index, and no file to index in %s", folder);
    cs_hint(error, "go to a folder of Markdown files, or index one with: caseindex FOLDER");
    return CS_NO_INDEX;
}

/* How many files of the folder can be found now. */
static void tell_first_use(const char *folder, const char *directory)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    CS_SCOPED(cs_buf) shown = {.limit = cs_max_scratch};
    size_t files = 0;
    if (cs_manifest_read(directory, &manifest, NULL) != CS_OK)
        return; /* the search will say why */
    for (size_t i = 0; i < manifest.segments.count; i++)
        files += manifest.segments.items[i].studies;
    cs_text_add_printable(&shown, folder, strlen(folder));
    fprintf(stderr, "casesearch: first use: indexed %zu %s of %s\n", files,
            files == 1 ? "file" : "files", shown.data == NULL ? "" : shown.data);
}

static cs_status make_first_index(const char *folder, cs_places *places, cs_error *error)
{
    const char *const arguments[] = {"caseindex", "--quiet", "--wait", "--", folder, NULL};
    CS_SCOPED(cs_buf) said = {.limit = 1 << 12};
    int code = 0;
    cs_status status = call_caseindex(arguments, false, &said, &code, error);
    if (status != CS_OK)
        return status;
    if (code != CS_EXIT_OK && code != CS_EXIT_PARTIAL)
        return cs_fail(error, code == CS_EXIT_LOCKED ? CS_LOCKED : CS_IO,
                       "cannot index %s: caseindex ended with exit code %d", folder, code);
    char **place = CS_PUSH(places);
    if (place == NULL)
        return cs_fail_memory(error);
    status = cs_place_for_root(folder, place, error);
    if (status == CS_OK)
        tell_first_use(folder, *place);
    return status;
}

/* Indexes the current folder if it is small; *ret_made stays false when there
 * is nothing in it to index. */
static cs_status first_use(const char *folder, cs_places *places, bool *ret_made, cs_error *error)
{
    const char *allowed = getenv("CASESEARCH_AUTO_INDEX");
    CS_SCOPED(cs_walk) walk = {0};
    cs_selection selection = {.max_size = UINT64_MAX}; /* NULL: the default extensions */
    cs_walk_bounds bounds = {.max_files = cs_first_use_files};
    if (is_forbidden_folder(folder))
        return CS_OK;
    cs_status status = cs_walk_folder(folder, &selection, &bounds, &walk, error);
    if (status != CS_OK || walk.files.count == 0)
        return status;
    if (allowed != NULL && strcmp(allowed, "0") == 0)
        return refuse_first_use(folder, "", error);
    if (!walk.complete)
        return refuse_first_use(folder, ", and over 2,000 files are too many to index unasked",
                                error);
    if (walk.bytes > cs_first_use_bytes)
        return refuse_first_use(folder, ", and over 64 MiB are too much to index unasked", error);
    *ret_made = true;
    return make_first_index(folder, places, error);
}

/* ---- finding ----------------------------------------------------------------------- */

static cs_status only_index(const char *folder, cs_places *places, cs_error *error)
{
    CS_SCOPED(cs_places) all = {0};
    cs_status status = cs_place_all(&all, error);
    if (status != CS_OK)
        return status;
    if (all.count == 0)
        return is_forbidden_folder(folder) ? refuse_first_use(folder, "", error)
                                           : refuse_empty(folder, error);
    CS_SCOPED(cs_buf) list = {.limit = 400};
    for (size_t i = 0; i < all.count; i++) {
        CS_SCOPED(cs_manifest) manifest = {0};
        if (cs_manifest_read(all.items[i], &manifest, NULL) != CS_OK)
            continue;
        if (all.count == 1) {
            CS_SCOPED(cs_buf) shown = {.limit = cs_max_scratch};
            cs_text_add_printable(&shown, manifest.settings.root, strlen(manifest.settings.root));
            fprintf(stderr, "casesearch: searching %s\n", shown.data == NULL ? "" : shown.data);
            *places = all;
            all = (cs_places){0};
            return CS_OK;
        }
        cs_buf_addf(&list, "%s%s", list.len == 0 ? "" : ", ", manifest.settings.root);
    }
    cs_fail(error, CS_NO_INDEX, "no index covers %s; there are those of %s", folder,
            list.data == NULL ? "other folders" : list.data);
    cs_hint(error, "go to one of these folders, or name an index with -d");
    return CS_NO_INDEX;
}

static bool is_same(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* An index that is named twice is searched once. */
static void drop_repeated(cs_places *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < places->count; i++) {
        size_t k = 0;
        while (k < kept && !is_same(places->items[k], places->items[i]))
            k++;
        if (k == kept)
            places->items[kept++] = places->items[i];
        else
            free(places->items[i]);
    }
    places->count = kept;
}

static bool has_manifest(const char *directory)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_buf_addf(&path, "%s/%s", directory, CS_MANIFEST_NAME);
    return path.data != NULL && access(path.data, F_OK) == 0;
}

/* A folder of studies stands for its index, if it has one where it usually is. */
static void take_index_of(char **place)
{
    char *root = has_manifest(*place) ? NULL : realpath(*place, NULL), *usual = NULL;
    if (root != NULL && cs_place_for_root(root, &usual, NULL) == CS_OK && has_manifest(usual)) {
        free(*place);
        *place = usual;
        usual = NULL;
    }
    free(usual);
    free(root);
}

cs_status cs_locate(const char *db, cs_places *ret_places, bool *ret_new, cs_error *error)
{
    *ret_new = false;
    const char *named = db != NULL ? db : getenv("CASESEARCH_DB");
    if (named != NULL && named[0] != '\0') {
        cs_status split = cs_place_split(named, ret_places, error);
        for (size_t i = 0; i < ret_places->count; i++)
            take_index_of(&ret_places->items[i]);
        drop_repeated(ret_places);
        return split;
    }
    char *folder = NULL, *directory = NULL;
    cs_status status = cs_place_real_path(".", &folder, error);
    if (status == CS_OK)
        status = cs_place_covering(folder, &directory, error);
    if (status == CS_OK && directory != NULL) {
        char **place = CS_PUSH(ret_places);
        if (place == NULL)
            status = cs_fail_memory(error);
        else
            *place = directory;
        directory = place == NULL ? directory : NULL;
    } else if (status == CS_OK) {
        status = first_use(folder, ret_places, ret_new, error);
        if (status == CS_OK && !*ret_new)
            status = only_index(folder, ret_places, error);
    }
    free(folder);
    free(directory);
    return status;
}
