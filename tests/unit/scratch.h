/* scratch.h - a folder of its own for a test, removed afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_root[PATH_MAX];

/* Stops the test program: a test without its folder tells nothing. */
static inline void scratch_must(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

/* The path of `name` in the scratch folder; valid until the next but three. */
static inline const char *scratch_path(const char *name)
{
    static char paths[4][2 * PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", scratch_root, name);
    return path;
}

/* cmocka set-up and tear-down. */
static inline int scratch_make(void **state)
{
    char name[] = "/tmp/casesearch-test-XXXXXX";

    (void)state;
    scratch_must(mkdtemp(name) != NULL, name);
    scratch_must(realpath(name, scratch_root) != NULL, name);
    return 0;
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
                                     struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static inline int scratch_remove(void **state)
{
    (void)state;
    return nftw(scratch_root, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder with its missing parents. */
static inline void scratch_folder(const char *name)
{
    char path[2 * PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", scratch_root, name);
    for (char *at = path + strlen(scratch_root) + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(path, 0755);
        *at = '/';
    }
    mkdir(path, 0755);
    struct stat st;
    scratch_must(stat(path, &st) == 0 && S_ISDIR(st.st_mode), path);
}

/* A file with its missing folders. */
static inline void scratch_bytes(const char *name, const void *data, size_t len)
{
    const char *slash = strrchr(name, '/');

    if (slash) {
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
        scratch_folder(folder);
    }
    FILE *file = fopen(scratch_path(name), "wb");
    scratch_must(file != NULL, name);
    scratch_must(fwrite(data, 1, len, file) == len, name);
    scratch_must(fclose(file) == 0, name);
}

static inline void scratch_file(const char *name, const char *text)
{
    scratch_bytes(name, text, strlen(text));
}

#endif
