/* place.c - where an index lives; see place.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"
#include "place.h"

enum { BASENAME_BYTES = 40, MAX_PLACE_BYTES = 4 * PATH_MAX };

void cs_places_release(cs_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        free(places->items[i]);
    free(places->items);
    *places = (cs_places){0};
}

/* Appends a copy. */
static cs_status add_place(cs_places *places, cs_view path, cs_error *error)
{
    char *copy = cs_copy_string(path);
    char **item = copy ? CS_PUSH(places) : NULL;

    if (!item) {
        free(copy);
        return cs_fail_memory(error);
    }
    *item = copy;
    return CS_OK;
}

/* The text of a buffer as an owned string. */
static cs_status copy_out(const cs_buf *buf, char **ret_string, cs_error *error)
{
    if (cs_buf_status(buf) == CS_LIMIT)
        return cs_fail(error, CS_LIMIT, "the path of an index: longer than %d bytes",
                       MAX_PLACE_BYTES);
    char *copy = cs_buf_status(buf) == CS_OK ? cs_copy_string(cs_buf_view(buf)) : NULL;
    if (!copy)
        return cs_fail_memory(error);
    *ret_string = copy;
    return CS_OK;
}

cs_status cs_place_real_path(const char *path, char **ret_path, cs_error *error)
{
    char *real = realpath(path, NULL);

    if (!real)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", path);
    *ret_path = real;
    return CS_OK;
}

/* Starts `path` with the folder that holds all indexes, without a final '/'. */
static cs_status add_cache_folder(cs_buf *path, cs_error *error)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    cs_buf_init(path, MAX_PLACE_BYTES);
    if (cache && cache[0] == '/') {
        cs_buf_add_string(path, cache);
    } else if (home && home[0] == '/') {
        cs_buf_add_string(path, home);
        cs_buf_add_string(path, "/.cache");
    } else {
        cs_fail(error, CS_IO,
                "cannot find the cache folder: neither XDG_CACHE_HOME nor HOME is "
                "an absolute path");
        cs_hint(error, "set HOME, or name the index with --db DIR");
        return CS_IO;
    }
    cs_buf_add_string(path, "/casesearch");
    return CS_OK;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static void add_basename(cs_buf *path, cs_view root)
{
    while (root.len > 0 && root.data[root.len - 1] == '/')
        root.len--;
    if (root.len == 0) {
        cs_buf_add_string(path, "root");
        return;
    }
    const char *slash = memrchr(root.data, '/', root.len);
    const char *name = slash ? slash + 1 : root.data;
    size_t len = (size_t)(root.data + root.len - name);

    for (size_t i = 0; i < len && i < BASENAME_BYTES; i++)
        cs_buf_add_char(path, is_plain(name[i]) ? name[i] : '_');
}

/* Makes `path` the directory of the index of `root`. */
static cs_status set_place(cs_buf *path, cs_view root, cs_error *error)
{
    cs_buf_release(path);
    cs_status status = add_cache_folder(path, error);
    if (status != CS_OK)
        return status;
    cs_buf_add_char(path, '/');
    add_basename(path, root);
    cs_buf_addf(path, "-%08x", (unsigned)(cs_hash(root.data, root.len) & 0xFFFFFFFFu));
    return CS_OK;
}

cs_status cs_place_for_root(const char *root, char **ret_directory, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};

    cs_status status = set_place(&path, cs_view_of(root), error);
    return status == CS_OK ? copy_out(&path, ret_directory, error) : status;
}

/* ---- trust ------------------------------------------------------------------------- */

const char *cs_place_fault(const struct stat *st)
{
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return "belongs to another user";
    return (st->st_mode & S_IWOTH) != 0 ? "can be written by everybody" : NULL;
}

static const char *fault_of_directory(const struct stat *st)
{
    return S_ISLNK(st->st_mode)    ? "is a symbolic link"
           : !S_ISDIR(st->st_mode) ? "is a file, not a directory"
                                   : cs_place_fault(st);
}

cs_status cs_place_check(const char *directory, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = MAX_PLACE_BYTES};
    struct stat st;
    size_t len = strlen(directory);

    while (len > 1 && directory[len - 1] == '/')
        len--; /* with it, lstat(2) would follow a link */
    cs_buf_add(&path, directory, len);
    if (cs_buf_status(&path) == CS_MEMORY)
        return cs_fail_memory(error);
    if (cs_buf_status(&path) != CS_OK || path.len == 0 || lstat(path.data, &st) != 0)
        return CS_OK; /* whoever opens it says why not */
    const char *fault = fault_of_directory(&st);
    if (!fault)
        return CS_OK;
    cs_fail(error, CS_REFUSED, "%s is not taken for an index: it %s", path.data, fault);
    cs_hint(error, S_ISLNK(st.st_mode)   ? "name the directory itself with --db DIR"
                   : S_ISDIR(st.st_mode) ? "make it yours alone (chmod, chown), or name another "
                                           "with --db DIR"
                                         : "name another with --db DIR");
    return CS_REFUSED;
}

/* ---- finding ----------------------------------------------------------------------- */

/* Whether `directory`, relative to the one open as `at`, is an index. */
static bool is_index(int at, const char *directory)
{
    struct stat st;
    int fd = openat(at, directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return false;
    bool found = fstatat(fd, CS_MANIFEST_NAME, &st, 0) == 0 && S_ISREG(st.st_mode);
    close(fd);
    return found;
}

cs_status cs_place_covering(const char *directory, char **ret_directory, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};
    cs_view folder = cs_view_of(directory);

    for (;;) {
        cs_status status = set_place(&path, folder, error);
        if (status != CS_OK)
            return status;
        if (cs_buf_status(&path) != CS_OK || is_index(AT_FDCWD, path.data))
            return copy_out(&path, ret_directory, error);
        if (folder.len <= 1)
            break;
        while (folder.len > 0 && folder.data[folder.len - 1] != '/')
            folder.len--;
        if (folder.len > 1)
            folder.len--;
    }
    *ret_directory = NULL;
    return CS_OK;
}

static int compare_places(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static cs_status list_places(DIR *stream, cs_buf *path, cs_places *places, cs_error *error)
{
    size_t base = path->len;
    struct dirent *found;

    while ((errno = 0, found = readdir(stream)) != NULL) {
        const char *name = found->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !is_index(dirfd(stream), name))
            continue;
        cs_buf_truncate(path, base);
        cs_buf_addf(path, "/%s", name);
        if (cs_buf_status(path) != CS_OK)
            return cs_fail_memory(error);
        cs_status status = add_place(places, cs_buf_view(path), error);
        if (status != CS_OK)
            return status;
    }
    int code = errno;
    cs_buf_truncate(path, base);
    return code == 0 ? CS_OK : cs_fail_errno(error, CS_IO, code, "cannot read %s", path->data);
}

cs_status cs_place_all(cs_places *ret_places, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {0};
    CS_SCOPED(cs_places) places = {0};

    cs_status status = add_cache_folder(&path, error);
    if (status != CS_OK)
        return status;
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    DIR *stream = opendir(path.data);
    if (stream) {
        status = list_places(stream, &path, &places, error);
        closedir(stream);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        status = cs_fail_errno(error, CS_IO, errno, "cannot read %s", path.data);
    }
    if (status != CS_OK)
        return status;
    if (places.count > 1)
        qsort(places.items, places.count, sizeof *places.items, compare_places);
    *ret_places = places;
    places = (cs_places){0};
    return CS_OK;
}

void cs_place_list_add(cs_buf *list, cs_view directory)
{
    cs_buf_add_string(list, list->len > 0 ? ":" : "");
    for (size_t i = 0; i < directory.len; i++) {
        cs_buf_add_string(list, directory.data[i] == ':' ? "\\" : "");
        cs_buf_add_char(list, directory.data[i]);
    }
}

cs_status cs_place_split(const char *list, cs_places *ret_places, cs_error *error)
{
    CS_SCOPED(cs_places) places = {0};

    for (const char *at = list; *at;) {
        CS_SCOPED(cs_buf) name = {.limit = cs_max_scratch};
        for (; *at != '\0' && *at != ':'; at++) {
            at += at[0] == '\\' && at[1] == ':';
            cs_buf_add_char(&name, *at);
        }
        at += *at == ':';
        if (cs_buf_status(&name) != CS_OK)
            return cs_fail_memory(error);
        cs_status status = name.len > 0 ? add_place(&places, cs_buf_view(&name), error) : CS_OK;
        if (status != CS_OK)
            return status;
    }
    if (places.count == 0)
        return cs_fail(error, CS_USAGE, "\"%s\" names no index", list);
    *ret_places = places;
    places = (cs_places){0};
    return CS_OK;
}

/* One directory of the chain. Whatever mkdir says, one that is there will do:
 * a read-only or automounted parent may give other errors than EEXIST. */
static cs_status create_one(const char *path, cs_error *error)
{
    struct stat st;

    if (mkdir(path, 0700) == 0)
        return CS_OK;
    int code = errno;
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return CS_OK;
        code = ENOTDIR;
    }
    return cs_fail_errno(error, CS_IO, code, "cannot create %s", path);
}

cs_status cs_place_create(const char *directory, cs_error *error)
{
    char *path = cs_copy_string(cs_view_of(directory));

    if (!path)
        return cs_fail_memory(error);
    cs_status status = CS_OK;
    for (char *at = path; *at && status == CS_OK; at++) {
        if (*at != '/' || at == path)
            continue;
        *at = '\0';
        status = create_one(path, error);
        *at = '/';
    }
    if (status == CS_OK)
        status = create_one(path, error);
    free(path);
    return status;
}
