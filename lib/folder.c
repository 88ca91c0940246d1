/* folder.c - see folder.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

enum { OPEN_FOLDERS = 32 }; /* besides the outermost */

/* Of the names in one folder; about four million of usual length. */
#define MAX_NAMES_BYTES ((size_t)256 << 20)

cs_folder *cs_folders_top(const cs_folders *folders)
{
    return &folders->items[folders->count - 1];
}

void cs_folders_pop(cs_folders *folders)
{
    cs_folder *top = cs_folders_top(folders);

    if (top->fd >= 0)
        close(top->fd);
    cs_buf_release(&top->names);
    free(top->entries.items);
    folders->count--;
}

void cs_folders_release(cs_folders *folders)
{
    while (folders->count > 0)
        cs_folders_pop(folders);
    free(folders->items);
    *folders = (cs_folders){0};
}

cs_folder *cs_folders_push(cs_folders *folders, int fd, cs_folder_id id)
{
    cs_folder *top = CS_PUSH(folders);

    if (!top) {
        close(fd);
        return NULL;
    }
    *top = (cs_folder){.fd = fd, .id = id};
    cs_buf_init(&top->names, MAX_NAMES_BYTES);
    if (folders->count > OPEN_FOLDERS + 1) {
        cs_folder *parked = top - OPEN_FOLDERS;
        if (parked->fd >= 0)
            close(parked->fd);
        parked->fd = -1;
    }
    return top;
}

static bool same(cs_folder_id a, cs_folder_id b)
{
    return a.ino == b.ino && a.dev == b.dev;
}

/* `fd` when it is the folder meant; closes it and gives -1 otherwise. */
static int keep_if_same(int fd, cs_folder_id id)
{
    struct stat st;

    if (fd >= 0 && (fstat(fd, &st) != 0 || !same((cs_folder_id){st.st_dev, st.st_ino}, id))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Component by component, because the kernel follows only 40 links in one path
 * and takes only PATH_MAX bytes. */
static int open_by_steps(int from, const char *path)
{
    char name[NAME_MAX + 1];
    int fd = fcntl(from, F_DUPFD_CLOEXEC, 0);

    while (fd >= 0 && *path) {
        size_t len = strcspn(path, "/");
        if (len > NAME_MAX)
            break;
        memcpy(name, path, len);
        name[len] = '\0';
        int next = openat(fd, name, CS_FOLDER_FLAGS);
        close(fd);
        fd = next;
        path += len + (path[len] == '/');
    }
    return fd;
}

bool cs_folders_unpark(cs_folders *folders, const char *path)
{
    if (folders->count < 2)
        return true;
    const cs_folder *top = cs_folders_top(folders);
    cs_folder *around = &folders->items[folders->count - 2];

    if (around->fd < 0 && top->fd >= 0)
        around->fd = keep_if_same(openat(top->fd, "..", CS_FOLDER_FLAGS), around->id);
    if (around->fd < 0)
        around->fd = keep_if_same(open_by_steps(folders->items[0].fd, path), around->id);
    return around->fd >= 0;
}

bool cs_folders_hold(const cs_folders *folders, cs_folder_id id)
{
    for (size_t i = 0; i < folders->count; i++)
        if (same(folders->items[i].id, id))
            return true;
    return false;
}

void cs_folder_set_release(cs_folder_set *set)
{
    free(set->items);
    *set = (cs_folder_set){0};
}

/* Where it stands, or would stand. */
static cs_folder_id *place_of(cs_folder_id *items, size_t cap, cs_folder_id id)
{
    uint64_t key = (uint64_t)id.ino ^ (uint64_t)id.dev << 40;
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & (cap - 1);

    while (items[at].ino != 0 && !same(items[at], id))
        at = (at + 1) & (cap - 1);
    return &items[at];
}

bool cs_folder_set_add(cs_folder_set *set, cs_folder_id id, bool *ret_known)
{
    if (set->count * 2 >= set->cap) {
        size_t cap = set->cap ? set->cap * 2 : 64;
        cs_folder_id *items = calloc(cap, sizeof *items);
        if (!items)
            return false;
        for (size_t i = 0; i < set->cap; i++)
            if (set->items[i].ino != 0)
                *place_of(items, cap, set->items[i]) = set->items[i];
        free(set->items);
        set->items = items;
        set->cap = cap;
    }
    cs_folder_id *place = place_of(set->items, set->cap, id);
    *ret_known = place->ino != 0;
    set->count += !*ret_known;
    *place = id;
    return true;
}
