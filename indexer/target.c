/* target.c - see target.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "manifest.h"
#include "place.h"

void cs_target_release(cs_target *target)
{
    free(target->root);
    free(target->directory);
    *target = (cs_target){0};
}

static cs_status set_directory(const char *db, cs_target *target, cs_error *error)
{
    if (db == NULL)
        return cs_place_for_root(target->root, &target->directory, error);
    target->directory = cs_copy_string(cs_view_of(db));
    return target->directory == NULL ? cs_fail_memory(error) : CS_OK;
}

/* ---- what is updated --------------------------------------------------------------- */

/* The folder that an index is of; of one that cannot be read, the current one. */
static cs_status folder_of(const char *db, char **ret_folder, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_status status = db == NULL ? CS_NO_INDEX : cs_manifest_read(db, &manifest, error);
    if (status == CS_FORMAT || status == CS_DAMAGED) {
        cs_hint(error, "it does not say of which folder it was: name it, "
                       "caseindex --rebuild -d DIR FOLDER");
        return status;
    }
    *ret_folder = cs_copy_string(cs_view_of(status == CS_OK ? manifest.settings.root : "."));
    return *ret_folder == NULL ? cs_fail_memory(error) : CS_OK;
}

static cs_status check_folder(const char *root, cs_error *error)
{
    struct stat st;
    if (stat(root, &st) != 0 || S_ISDIR(st.st_mode))
        return CS_OK; /* reading it will tell the rest */
    cs_fail_errno(error, CS_IO, ENOTDIR, "cannot read %s", root);
    cs_hint(error, "caseindex takes folders; caseindex --dump takes files");
    return CS_IO;
}

cs_status cs_target_folder(const char *db, const char *folder, cs_target *ret_target,
                           cs_error *error)
{
    char *known = NULL;
    cs_status status = folder == NULL ? folder_of(db, &known, error) : CS_OK;
    if (status == CS_OK)
        status = cs_place_real_path(folder == NULL ? known : folder, &ret_target->root, error);
    free(known);
    if (status == CS_OK)
        status = check_folder(ret_target->root, error);
    return status == CS_OK ? set_directory(db, ret_target, error) : status;
}

cs_status cs_target_mismatch(const char *directory, const char *old, const char *root,
                             cs_error *error)
{
    return cs_fail(error, CS_USAGE, "the index %s is of %s, not of %s", directory, old, root);
}

/* ---- what is looked at ------------------------------------------------------------- */

/* The real path that a folder had which is gone; the folder that it was in is there still. */
static cs_status path_of_missing(const char *folder, char **ret_root, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/')
        len--;
    size_t base = len;
    while (base > 0 && folder[base - 1] != '/')
        base--;
    cs_view name = {folder + base, len - base};
    if (name.len == 0 || cs_view_equal(name, cs_view_of(".")) ||
        cs_view_equal(name, cs_view_of("..")))
        return cs_fail_errno(error, CS_IO, ENOENT, "cannot read %s", folder);
    cs_buf_add(&path, folder, base);
    cs_buf_add_string(&path, base == 0 ? "." : "");
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    char *parent = realpath(path.data, NULL);
    if (parent == NULL)
        return cs_fail_errno(error, CS_IO, errno, "cannot read %s", folder);
    cs_buf_clear(&path);
    cs_buf_addf(&path, "%s/", strcmp(parent, "/") == 0 ? "" : parent);
    cs_buf_add_view(&path, name);
    free(parent);
    *ret_root = cs_copy_string(cs_buf_view(&path));
    return *ret_root == NULL ? cs_fail_memory(error) : CS_OK;
}

static cs_status find_root(const char *folder, char **ret_root, cs_error *error)
{
    *ret_root = realpath(folder, NULL);
    if (*ret_root != NULL)
        return CS_OK;
    if (errno == ENOENT)
        return path_of_missing(folder, ret_root, error);
    return cs_fail_errno(error, CS_IO, errno, "cannot read %s", folder);
}

/* There is no index of a folder; the one that covers it is named. */
static cs_status none_of(const char *root, cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    char *covering = NULL;
    cs_fail(error, CS_NO_INDEX, "there is no index of %s", root);
    if (cs_place_covering(root, &covering, NULL) == CS_OK && covering != NULL &&
        cs_manifest_read(covering, &manifest, NULL) == CS_OK)
        cs_hint(error, "the index that covers it is of %s", manifest.settings.root);
    else
        cs_hint(error, "caseindex makes one");
    free(covering);
    return CS_NO_INDEX;
}

cs_status cs_target_index(const char *db, const char *folder, cs_target *ret_target,
                          cs_error *error)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_target *t = ret_target;
    if (db != NULL && folder == NULL)
        return set_directory(db, t, error);
    cs_status status = find_root(folder == NULL ? "." : folder, &t->root, error);
    if (status == CS_OK)
        status = set_directory(db, t, error);
    if (status != CS_OK)
        return status;
    cs_status found = cs_manifest_read(t->directory, &manifest, NULL);
    if (db == NULL && found == CS_NO_INDEX)
        return none_of(t->root, error);
    if (found == CS_OK && strcmp(manifest.settings.root, t->root) != 0)
        return cs_target_mismatch(t->directory, manifest.settings.root, t->root, error);
    return CS_OK; /* what else is wrong with it, reading it will tell */
}
