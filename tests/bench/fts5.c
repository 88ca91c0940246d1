/* fts5.c - the peer of `make bench`: the passages of caseindex in SQLite FTS5.
 *
 *   fts5 build DATABASE FOLDER [SQL...]    a new database
 *   fts5 update DATABASE FOLDER [SQL...]   reads what has another size or time again
 *   fts5 first COUNT FOLDER                prints the paths of the first files, in byte order,
 *                                          that have COUNT passages or a few more
 *
 * SQL are settings: PRAGMAs are run before tables are made, the rest after. Files are found,
 * read and parsed by the code of caseindex itself, in one thread, so that what is compared is
 * the index; one row a passage, its text stored, and one transaction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "passage.h"
#include "walk.h"

/* The passages of a file are rows [first, end) of p. Paths in byte order, as walks have them. */
static const char schema[] =
    "CREATE VIRTUAL TABLE p USING fts5(title, trail, text, tokenize = 'porter unicode61');"
    "CREATE TABLE file(path TEXT PRIMARY KEY, size INT, mtime INT, first INT, end INT)"
    "    WITHOUT ROWID;"
    "CREATE INDEX file_first ON file(first);"
    "INSERT INTO p(p, rank) VALUES ('rank', 'bm25(2, 2, 1)');";

typedef struct peer {
    sqlite3 *db;
    sqlite3_stmt *add, *add_file, *drop, *drop_file;
    sqlite3_int64 next; /* row */
    int root;           /* the folder */
    cs_buf bytes;       /* of the file at hand */
    cs_buf trail;
} peer;

/* A file as the database has it. */
typedef struct known {
    bool any;
    const char *path;
    sqlite3_int64 size, mtime, first, end;
} known;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "fts5: %s: %s\n", what, why);
    exit(1);
}

static void run(peer *p, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(p->db, sql, NULL, NULL, &why) != SQLITE_OK)
        die(sql, why);
}

static sqlite3_stmt *prepare(peer *p, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(p->db, sql, -1, &statement, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(p->db));
    return statement;
}

static void step(peer *p, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        die("cannot write", sqlite3_errmsg(p->db));
    sqlite3_reset(statement);
}

static void bind_view(sqlite3_stmt *statement, int column, cs_view text)
{
    sqlite3_bind_text(statement, column, text.data, (int)text.len, SQLITE_STATIC);
}

/* ---- a file ------------------------------------------------------------------------ */

static void add_passage(peer *p, const cs_file *file, const cs_passage *passage)
{
    cs_view trail[cs_max_trail];
    size_t depth = cs_file_trail(file, passage->section, trail);
    cs_buf_clear(&p->trail);
    for (size_t i = 1; i < depth; i++) {
        cs_buf_add_string(&p->trail, i > 1 ? " > " : "");
        cs_buf_add_view(&p->trail, trail[i]);
    }
    if (cs_buf_status(&p->trail) != CS_OK)
        die("trail", "out of memory");
    sqlite3_bind_int64(p->add, 1, p->next);
    bind_view(p->add, 2, trail[0]);
    bind_view(p->add, 3, cs_buf_view(&p->trail));
    bind_view(p->add, 4, passage->text);
    step(p, p->add);
}

/* Reads a file and adds its passages, if there is a database; counts them. */
static uint32_t read_file(peer *p, const char *path)
{
    cs_stamp stamp;
    const char *why = "";
    uint32_t count = 0;
    if (cs_read_file(p->root, path, false, cs_default_max_size, &p->bytes, &stamp, &why) != CS_OK ||
        cs_source_is_binary(cs_buf_view(&p->bytes)))
        return 0;
    CS_SCOPED(cs_study) study = {0};
    if (cs_study_read(cs_buf_view(&p->bytes), cs_view_of(path), "en", &study, NULL) != CS_OK)
        die(path, "out of memory");
    cs_passages passages = {.study = &study};
    for (;; count++) {
        CS_SCOPED(cs_passage) passage = {0};
        bool found;
        if (cs_passages_next(&passages, &passage, &found, NULL) != CS_OK)
            die(path, "out of memory");
        if (!found)
            return count;
        if (p->db != NULL)
            add_passage(p, &study.file, &passage);
        p->next++;
    }
}

static void add_file(peer *p, const cs_candidate *file)
{
    sqlite3_bind_int64(p->add_file, 4, p->next);
    read_file(p, file->path);
    bind_view(p->add_file, 1, cs_view_of(file->path));
    sqlite3_bind_int64(p->add_file, 2, (sqlite3_int64)file->stamp.size);
    sqlite3_bind_int64(p->add_file, 3, file->stamp.mtime);
    sqlite3_bind_int64(p->add_file, 5, p->next);
    step(p, p->add_file);
}

static void drop_file(peer *p, const known *file)
{
    sqlite3_bind_int64(p->drop, 1, file->first);
    sqlite3_bind_int64(p->drop, 2, file->end);
    step(p, p->drop);
    bind_view(p->drop_file, 1, cs_view_of(file->path));
    step(p, p->drop_file);
}

/* ---- all files --------------------------------------------------------------------- */

static void walk_folder(peer *p, const char *folder, cs_walk *ret_walk)
{
    static const cs_walk_bounds none = {0};
    cs_selection selection = {.max_size = cs_default_max_size};
    cs_error error = {0};
    p->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->root < 0 || cs_walk_folder(folder, &selection, &none, ret_walk, &error) != CS_OK)
        die(folder, "cannot read the folder");
}

static known next_known(sqlite3_stmt *files)
{
    known file = {.any = sqlite3_step(files) == SQLITE_ROW};
    if (file.any) {
        file.path = (const char *)sqlite3_column_text(files, 0);
        file.size = sqlite3_column_int64(files, 1);
        file.mtime = sqlite3_column_int64(files, 2);
        file.first = sqlite3_column_int64(files, 3);
        file.end = sqlite3_column_int64(files, 4);
    }
    return file;
}

/* Keeps the files of the walk that are to be read, drops those that changed or are gone. Both
 * sides are sorted by path. */
static void compare(peer *p, cs_walk *walk)
{
    sqlite3_stmt *files =
        prepare(p, "SELECT path, size, mtime, first, end FROM file ORDER BY path");
    known file = next_known(files);
    size_t kept = 0;
    for (size_t i = 0; i < walk->files.count || file.any;) {
        cs_candidate *found = i < walk->files.count ? &walk->files.items[i] : NULL;
        int order = !file.any ? -1 : found == NULL ? 1 : strcmp(found->path, file.path);
        if (order > 0 || (order == 0 && ((sqlite3_int64)found->stamp.size != file.size ||
                                         found->stamp.mtime != file.mtime)))
            drop_file(p, &file);
        else if (order == 0)
            found = NULL;
        if (order <= 0) {
            if (found != NULL) {
                cs_candidate swapped = walk->files.items[kept];
                walk->files.items[kept++] = *found;
                walk->files.items[i] = swapped;
            }
            i++;
        }
        if (order >= 0)
            file = next_known(files);
    }
    sqlite3_finalize(files);
    for (size_t i = kept; i < walk->files.count; i++)
        free(walk->files.items[i].path);
    walk->files.count = kept;
}

static void set(peer *p, char **settings, bool pragmas)
{
    for (; *settings != NULL; settings++)
        if ((strncmp(*settings, "PRAGMA", 6) == 0) == pragmas)
            run(p, *settings);
}

static void write_database(peer *p, bool anew, const char *path, const char *folder,
                           char **settings)
{
    CS_SCOPED(cs_walk) walk = {0};
    if (sqlite3_open(path, &p->db) != SQLITE_OK)
        die(path, sqlite3_errmsg(p->db));
    set(p, settings, true);
    walk_folder(p, folder, &walk);
    run(p, "BEGIN");
    if (anew)
        run(p, schema);
    set(p, settings, false);
    p->add = prepare(p, "INSERT INTO p(rowid, title, trail, text) VALUES (?, ?, ?, ?)");
    p->add_file = prepare(p, "INSERT INTO file VALUES (?, ?, ?, ?, ?)");
    p->drop = prepare(p, "DELETE FROM p WHERE rowid >= ? AND rowid < ?");
    p->drop_file = prepare(p, "DELETE FROM file WHERE path = ?");
    sqlite3_stmt *last = prepare(p, "SELECT max(end) FROM file");
    p->next = sqlite3_step(last) == SQLITE_ROW ? sqlite3_column_int64(last, 0) : 0;
    p->next += p->next == 0;
    sqlite3_finalize(last);
    compare(p, &walk);
    for (size_t i = 0; i < walk.files.count; i++)
        add_file(p, &walk.files.items[i]);
    run(p, "COMMIT");
    sqlite3_stmt *statements[] = {p->add, p->add_file, p->drop, p->drop_file};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        sqlite3_finalize(statements[i]);
    if (sqlite3_close(p->db) != SQLITE_OK)
        die(path, sqlite3_errmsg(p->db));
}

static void print_first(peer *p, unsigned long wanted, const char *folder)
{
    CS_SCOPED(cs_walk) walk = {0};
    unsigned long passages = 0;
    walk_folder(p, folder, &walk);
    for (size_t i = 0; i < walk.files.count && passages < wanted; i++) {
        passages += read_file(p, walk.files.items[i].path);
        puts(walk.files.items[i].path);
    }
    fprintf(stderr, "%lu\n", passages);
}

int main(int argc, char **argv)
{
    peer p = {.bytes = {.limit = SIZE_MAX}, .trail = {.limit = SIZE_MAX}, .root = -1};
    bool anew = argc > 3 && strcmp(argv[1], "build") == 0;
    if (anew || (argc > 3 && strcmp(argv[1], "update") == 0)) {
        write_database(&p, anew, argv[2], argv[3], argv + 4);
    } else if (argc == 4 && strcmp(argv[1], "first") == 0) {
        print_first(&p, strtoul(argv[2], NULL, 10), argv[3]);
    } else {
        fputs("usage: fts5 build|update DATABASE FOLDER [SQL...]\n"
              "       fts5 first COUNT FOLDER\n",
              stderr);
        return 2;
    }
    close(p.root);
    cs_buf_release(&p.bytes);
    cs_buf_release(&p.trail);
    return 0;
}
