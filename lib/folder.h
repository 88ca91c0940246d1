/* folder.h - the folders that a walk is in, and those it has been in.
 *
 * A stack, outermost first, on which a bounded number of folders is open: the
 * outermost, from which everything can be reached, and the innermost. Those
 * between are parked, that is closed, until the walk comes back to them.
 *
 * Private to lib, a part of walk.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FOLDER_H
#define CS_FOLDER_H

#include <sys/types.h>

#include "buf.h"

/* How every folder is opened. */
#define CS_FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)

/* What tells two folders apart. */
typedef struct cs_folder_id {
    dev_t dev;
    ino_t ino;
} cs_folder_id;

typedef struct cs_folder_entry {
    size_t name;        /* offset in the folder's names */
    unsigned char type; /* DT_REG, DT_DIR ... as readdir(3) has it */
    bool link;          /* a symbolic link to what `type` says */
} cs_folder_entry;

typedef struct cs_folder {
    int fd; /* -1 while parked */
    cs_folder_id id;
    size_t path_len; /* for the walk: bytes of its path with the final '/' */
    bool has_level;  /* for the walk: ignore rules of this folder are in force */
    cs_buf names;    /* NUL-terminated, one after the other */
    struct {
        cs_folder_entry *items;
        size_t count, cap;
    } entries;
    size_t next; /* the first entry not yet entered */
} cs_folder;

typedef struct cs_folders {
    cs_folder *items;
    size_t count, cap;
} cs_folders;

void cs_folders_release(cs_folders *folders);

/* Adds the folder open as `fd`, which it takes over in any case, and parks
 * another if need be. NULL without memory. Moves the items. */
cs_folder *cs_folders_push(cs_folders *folders, int fd, cs_folder_id id);

/* The innermost folder. */
cs_folder *cs_folders_top(const cs_folders *folders);

/* Closes and takes away the innermost folder. */
void cs_folders_pop(cs_folders *folders);

/* Opens the folder around the innermost one again when it is parked: as the
 * parent of the innermost, or by `path`, its path below the outermost, when
 * that is another folder (moved, or entered through a link). False when
 * neither leads to it. */
bool cs_folders_unpark(cs_folders *folders, const char *path);

bool cs_folders_hold(const cs_folders *folders, cs_folder_id id);

/* Hash set with open addressing, at most half full; inode 0 marks a free place. */
typedef struct cs_folder_set {
    cs_folder_id *items;
    size_t count, cap;
} cs_folder_set;

void cs_folder_set_release(cs_folder_set *set);

/* *ret_known: it was in the set before. False without memory. */
bool cs_folder_set_add(cs_folder_set *set, cs_folder_id id, bool *ret_known);

#endif
