/* corpora.h - every text file of a folder, for tests of what holds for all of them:
 * those of corpus/ ($CORPUS), of tests/reading, and of CASES_CORPORA=DIR[:DIR...].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORPORA_H
#define CORPORA_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study.h"

/* Called with each file. */
typedef void (*corpora_check)(const char *path, cs_view bytes);

static corpora_check corpora_checking;

static inline int corpora_visit(const char *path, const struct stat *st, int type,
                                struct FTW *where)
{
    (void)where;
    if (type != FTW_F || st->st_size > 64 << 20)
        return 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    char *bytes = malloc((size_t)st->st_size + 1);
    if (bytes == NULL)
        abort();
    size_t len = fread(bytes, 1, (size_t)st->st_size, file);
    fclose(file);
    if (!cs_source_is_binary((cs_view){bytes, len}))
        corpora_checking(path, (cs_view){bytes, len});
    free(bytes);
    return 0;
}

static inline void corpora_folder(const char *folder, corpora_check check)
{
    corpora_checking = check;
    if (nftw(folder, corpora_visit, 16, FTW_PHYS) != 0) {
        fprintf(stderr, "cannot read %s\n", folder);
        exit(1);
    }
}

/* The project's own folders; tests are run from its top. */
static inline void corpora_own(void (*check_folder)(const char *folder))
{
    const char *folder = getenv("CORPUS");
    check_folder(folder != NULL ? folder : "corpus");
    check_folder("tests/reading");
}

/* False when no others are named. */
static inline bool corpora_others(void (*check_folder)(const char *folder))
{
    const char *named = getenv("CASES_CORPORA");
    if (named == NULL || *named == '\0')
        return false;
    char *folders = cs_copy_string(cs_view_of(named)), *rest = NULL;
    if (folders == NULL)
        abort();
    for (char *f = strtok_r(folders, ":", &rest); f != NULL; f = strtok_r(NULL, ":", &rest))
        check_folder(f);
    free(folders);
    return true;
}

#endif
