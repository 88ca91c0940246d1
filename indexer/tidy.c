/* tidy.c - see tidy.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "tidy.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "place.h"
#include "writer.h"

enum { max_path = 1 << 16 };

bool cs_tidy_names(const cs_manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->segments.count; i++)
        if (strncmp(manifest->segments.items[i].name, name, cs_segment_name) == 0)
            return true;
    return false;
}

static bool begins_with(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool is_segment_name(const char *name)
{
    return strspn(name, "0123456789abcdef") >= cs_segment_name;
}

/* What a segment leaves in the directory: "<name>.db" and ".store", while it is merged
 * in levels "<name>.db.XXXXXX"; aside "new-<name>-...". */
static bool is_ours(const char *name)
{
    if (begins_with(name, CS_ASIDE_PREFIX))
        return is_segment_name(name + strlen(CS_ASIDE_PREFIX));
    if (strcmp(name, CS_MANIFEST_NAME ".new") == 0)
        return true;
    const char *suffix = is_segment_name(name) ? name + cs_segment_name : "";
    return strcmp(suffix, CS_DB_SUFFIX) == 0 || strcmp(suffix, CS_STORE_SUFFIX) == 0 ||
           begins_with(suffix, CS_DB_SUFFIX ".");
}

/* Calls for the path of each entry but "." and "..". */
static void each(const char *directory,
                 void (*call)(const char *path, const char *name, const cs_manifest *manifest),
                 const cs_manifest *manifest)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        CS_SCOPED(cs_buf) path = {.limit = max_path};
        cs_buf_addf(&path, "%s/%s", directory, entry->d_name);
        if (cs_buf_status(&path) == CS_OK)
            call(path.data, entry->d_name, manifest);
    }
    if (dir != NULL)
        closedir(dir);
}

static void remove_database(const char *path, const char *name, const cs_manifest *manifest)
{
    (void)name, (void)manifest;
    cs_remove_tree(path);
}

static void remove_if_ours(const char *path, const char *name, const cs_manifest *manifest)
{
    bool aside = begins_with(name, CS_ASIDE_PREFIX);
    bool levels = strstr(name, CS_DB_SUFFIX ".") != NULL; /* a directory of databases */
    if (!is_ours(name) || (!aside && !levels && cs_tidy_names(manifest, name)))
        return;
    if (levels)
        each(path, remove_database, manifest);
    cs_remove_tree(path);
}

void cs_tidy(const char *directory, const cs_manifest *manifest)
{
    each(directory, remove_if_ours, manifest);
}

cs_status cs_tidy_check(const char *directory, cs_error *error)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    cs_status status = CS_OK;
    while (status == CS_OK && dir != NULL && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        bool known = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
                     strcmp(name, "lock") == 0 || strcmp(name, CS_MANIFEST_NAME) == 0;
        if (known || is_ours(name))
            continue;
        status =
            cs_fail(error, CS_REFUSED, "%s holds what is not of an index: %s", directory, name);
        cs_hint(error, "name an empty directory, or one that is not there yet, with --db DIR");
    }
    if (dir != NULL)
        closedir(dir);
    return status;
}

/* The manifest goes first: without it the rest is of no index, whatever happens. */
cs_status cs_tidy_away(const char *directory, bool wait, cs_error *error)
{
    static const cs_manifest nothing = {0};
    CS_SCOPED(cs_buf) path = {.limit = max_path};
    int lock;
    cs_status status = cs_lock_take(directory, wait, &lock, error);
    if (status != CS_OK)
        return status;
    cs_buf_addf(&path, "%s/%s", directory, CS_MANIFEST_NAME);
    if (cs_buf_status(&path) != CS_OK)
        status = cs_fail_memory(error);
    else if (unlink(path.data) != 0 && errno != ENOENT)
        status = cs_fail_errno(error, CS_IO, errno, "cannot remove %s", path.data);
    if (status == CS_OK) {
        cs_tidy(directory, &nothing);
        cs_buf_clear(&path);
        cs_buf_addf(&path, "%s/lock", directory);
        if (cs_buf_status(&path) == CS_OK)
            unlink(path.data);
        rmdir(directory);
    }
    close(lock);
    return status;
}
