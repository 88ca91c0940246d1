/* manifest.c - see manifest.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"
#include "place.h"

enum { version = 1, max_manifest = 64 << 20 };

bool cs_settings_equal(const cs_settings *a, const cs_settings *b)
{
    return strcmp(a->selection.extensions, b->selection.extensions) == 0 &&
           strcmp(a->language, b->language) == 0 && strcmp(a->root, b->root) == 0 &&
           a->selection.no_ignore == b->selection.no_ignore &&
           a->selection.follow == b->selection.follow &&
           a->selection.max_size == b->selection.max_size;
}

void cs_manifest_release(cs_manifest *manifest)
{
    free(manifest->settings.root);
    free(manifest->settings.selection.extensions);
    free(manifest->settings.language);
    for (size_t i = 0; i < manifest->segments.count; i++)
        free(manifest->segments.items[i].dead.items);
    free(manifest->segments.items);
    *manifest = (cs_manifest){0};
}

bool cs_segment_is_dead(const cs_segment *segment, uint32_t file)
{
    size_t low = 0, high = segment->dead.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segment->dead.items[middle] == file)
            return true;
        if (segment->dead.items[middle] < file)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool cs_segment_kill(cs_segment *segment, uint32_t file)
{
    if (cs_segment_is_dead(segment, file))
        return true;
    uint32_t *last = CS_PUSH(&segment->dead);
    if (last == NULL)
        return false;
    uint32_t *at = last;
    for (; at > segment->dead.items && at[-1] > file; at--)
        *at = at[-1];
    *at = file;
    return true;
}

void cs_segment_path(cs_buf *out, const char *directory, const cs_segment *segment,
                     const char *suffix)
{
    cs_buf_addf(out, "%s/%s%s", directory, segment->name, suffix);
}

/* ---- writing ----------------------------------------------------------------------- */

static void add_path(cs_buf *out, const char *path)
{
    for (; *path != '\0'; path++) {
        if (*path == '\\')
            cs_buf_add_string(out, "\\\\");
        else if (*path == '\n')
            cs_buf_add_string(out, "\\n");
        else
            cs_buf_add_char(out, *path);
    }
}

static void add_part(cs_buf *out, const char *name, const cs_part *part)
{
    cs_buf_addf(out, "%s %" PRIu64 " %016" PRIx64 " %" PRId64 " %" PRId64 " %" PRIu64 "\n", name,
                part->stamp.size, part->checksum, part->stamp.mtime, part->stamp.ctime,
                part->stamp.inode);
}

static void add_dead(cs_buf *out, const cs_segment *segment)
{
    if (segment->dead.count == 0)
        return;
    cs_buf_add_string(out, "dead ");
    for (size_t i = 0; i < segment->dead.count;) {
        size_t last = i;
        const uint32_t *dead = segment->dead.items;
        while (last + 1 < segment->dead.count && dead[last + 1] == dead[last] + 1)
            last++;
        cs_buf_addf(out, "%s%" PRIu32, i == 0 ? "" : ",", dead[i]);
        if (last > i)
            cs_buf_addf(out, "-%" PRIu32, dead[last]);
        i = last + 1;
    }
    cs_buf_add_char(out, '\n');
}

/* The last line, for the text before it. */
static void add_end(cs_buf *out, const char *text, size_t len)
{
    cs_buf_addf(out, "end %016" PRIx64 "\n", cs_hash(text, len));
}

static void format_manifest(cs_buf *out, const cs_manifest *manifest)
{
    const cs_settings *s = &manifest->settings;
    cs_buf_addf(out, "casesearch manifest %d\nroot ", version);
    add_path(out, s->root);
    cs_buf_addf(out, "\nextensions %s\n",
                s->selection.extensions == NULL ? cs_default_extensions : s->selection.extensions);
    if (s->selection.no_ignore || s->selection.follow)
        cs_buf_addf(out, "options%s%s\n", s->selection.no_ignore ? " no-ignore" : "",
                    s->selection.follow ? " follow" : "");
    cs_buf_addf(out, "max-size %" PRIu64 "\nlanguage %s\n", s->selection.max_size, s->language);
    for (size_t i = 0; i < manifest->segments.count; i++) {
        const cs_segment *segment = &manifest->segments.items[i];
        cs_buf_addf(out, "segment %s passages %" PRIu32 " files %" PRIu32 " studies %" PRIu32 "\n",
                    segment->name, segment->passages, segment->files, segment->studies);
        add_part(out, "db", &segment->db);
        add_part(out, "store", &segment->store);
        add_dead(out, segment);
    }
    add_end(out, out->data, out->len);
}

static int sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int code = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return code;
}

static int write_all(int fd, cs_view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.data, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes.data += n;
        bytes.len -= (size_t)n;
    }
    return 0;
}

static int write_file(const char *path, cs_view bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int code = write_all(fd, bytes);
    if (code == 0 && fsync(fd) != 0)
        code = errno;
    if (close(fd) != 0 && code == 0)
        code = errno;
    return code;
}

cs_status cs_manifest_write(const char *directory, const cs_manifest *manifest, cs_error *error)
{
    CS_SCOPED(cs_buf) text = {.limit = max_manifest};
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    CS_SCOPED(cs_buf) aside = {.limit = 1 << 16};
    format_manifest(&text, manifest);
    cs_buf_addf(&path, "%s/%s", directory, CS_MANIFEST_NAME);
    cs_buf_addf(&aside, "%s/%s.new", directory, CS_MANIFEST_NAME);
    if (cs_buf_status(&text) != CS_OK || cs_buf_status(&path) != CS_OK ||
        cs_buf_status(&aside) != CS_OK)
        return cs_fail_memory(error);
    int code = write_file(aside.data, cs_buf_view(&text));
    if (code == 0) /* the names of new segments are on the disk before one counts on them */
        code = sync_directory(directory);
    if (code == 0 && rename(aside.data, path.data) != 0)
        code = errno;
    if (code != 0) {
        unlink(aside.data);
        return cs_fail_errno(error, CS_IO, code, "cannot write %s", path.data);
    }
    code = sync_directory(directory);
    if (code != 0)
        return cs_fail_errno(error, CS_IO, code, "cannot sync %s", directory);
    return CS_OK;
}

/* ---- reading ----------------------------------------------------------------------- */

static cs_status read_whole(const char *path, cs_buf *out, cs_error *error)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &st) == 0 && cs_place_fault(&st) != NULL) {
        close(fd);
        return cs_fail(error, CS_REFUSED, "%s %s", path, cs_place_fault(&st));
    }
    if (fd < 0 && errno == ELOOP)
        return cs_fail(error, CS_REFUSED, "%s is a symbolic link", path);
    if (fd < 0) {
        cs_status status = errno == ENOENT || errno == ENOTDIR ? CS_NO_INDEX : CS_IO;
        cs_fail_errno(error, status, errno, "cannot read %s", path);
        if (status == CS_NO_INDEX)
            cs_hint(error, "there is no index there: caseindex makes one");
        return status;
    }
    char chunk[1 << 14];
    cs_status status = CS_OK;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            status = cs_fail_errno(error, CS_IO, errno, "cannot read %s", path);
        if (n <= 0)
            break;
        cs_buf_add(out, chunk, (size_t)n);
    }
    close(fd);
    if (status == CS_OK && cs_buf_status(out) == CS_MEMORY)
        return cs_fail_memory(error);
    if (status == CS_OK && cs_buf_status(out) != CS_OK)
        return cs_fail(error, CS_DAMAGED, "%s is too large to be a manifest", path);
    return status;
}

static cs_status damaged(const char *path, cs_error *error)
{
    if (cs_fail_damaged(error, "the index is damaged: %s", path) == CS_MEMORY)
        return CS_MEMORY;
    cs_hint(error, "build it anew with caseindex --rebuild");
    return CS_DAMAGED;
}

static cs_status not_ours(const char *path, cs_error *error)
{
    cs_fail(error, CS_FORMAT, "%s is not a manifest of casesearch", path);
    cs_hint(error, "name another directory, or build the index anew with caseindex --rebuild");
    return CS_FORMAT;
}

/* Cuts the checked text at its "end" line. */
static cs_status check_sum(cs_buf *text, const char *path, cs_error *error)
{
    int found;
    if (text->len == 0 || sscanf(text->data, "casesearch manifest %d", &found) != 1)
        return not_ours(path, error);
    if (found != version) {
        cs_fail(error, CS_FORMAT, "the index %s has format %d, this program reads %d", path, found,
                version);
        cs_hint(error, "build it anew with caseindex --rebuild");
        return CS_FORMAT;
    }
    enum { end_length = sizeof "end 0123456789abcdef\n" - 1 };
    errno = 0;
    if (text->len < end_length || strlen(text->data) != text->len)
        return damaged(path, error);
    CS_SCOPED(cs_buf) end = {.limit = end_length};
    size_t len = text->len - end_length;
    add_end(&end, text->data, len);
    if (cs_buf_status(&end) != CS_OK)
        return cs_fail_memory(error);
    if (memcmp(text->data + len, end.data, end_length) != 0)
        return damaged(path, error);
    cs_buf_truncate(text, len);
    return CS_OK;
}

static char *read_path(const char *from)
{
    char *path = cs_copy_string(cs_view_of(from));
    if (path == NULL)
        return NULL;
    char *to = path;
    for (const char *at = path; *at != '\0'; at++) {
        if (at[0] == '\\' && at[1] != '\0')
            *to++ = *++at == 'n' ? '\n' : *at;
        else
            *to++ = *at;
    }
    *to = '\0';
    return path;
}

static bool read_part(const char *line, cs_part *part)
{
    return sscanf(line, "%" SCNu64 " %" SCNx64 " %" SCNd64 " %" SCNd64 " %" SCNu64,
                  &part->stamp.size, &part->checksum, &part->stamp.mtime, &part->stamp.ctime,
                  &part->stamp.inode) == 5;
}

static bool read_dead(const char *at, cs_segment *segment)
{
    while (*at != '\0') {
        char *end;
        unsigned long first = strtoul(at, &end, 10), last = first;
        if (end == at)
            return false;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        if (last < first || last >= segment->files)
            return false;
        if (segment->dead.count > 0 && first <= segment->dead.items[segment->dead.count - 1])
            return false;
        for (unsigned long file = first; file <= last; file++) {
            uint32_t *dead = CS_PUSH(&segment->dead);
            if (dead == NULL)
                return false;
            *dead = (uint32_t)file;
        }
        at = *end == ',' ? end + 1 : end;
        if (*end != ',' && *end != '\0')
            return false;
    }
    return true;
}

static bool read_segment(const char *line, cs_manifest *m)
{
    cs_segment *segment = CS_PUSH(&m->segments);
    if (segment == NULL)
        return false;
    return sscanf(line, "%16[0-9a-f] passages %" SCNu32 " files %" SCNu32 " studies %" SCNu32,
                  segment->name, &segment->passages, &segment->files, &segment->studies) == 4 &&
           strlen(segment->name) == cs_segment_name && segment->files <= cs_max_files;
}

static bool read_options(const char *line, cs_selection *selection)
{
    selection->no_ignore = strstr(line, "no-ignore") != NULL;
    selection->follow = strstr(line, "follow") != NULL;
    return true;
}

/* What stands after "<word> " on the line, or NULL. */
static const char *after(const char *line, const char *word)
{
    size_t len = strlen(word);
    return strncmp(line, word, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool read_line(const char *line, cs_manifest *m)
{
    cs_segment *last = m->segments.count == 0 ? NULL : &m->segments.items[m->segments.count - 1];
    const char *rest;
    if ((rest = after(line, "root")) != NULL)
        return m->settings.root == NULL && (m->settings.root = read_path(rest)) != NULL;
    if ((rest = after(line, "extensions")) != NULL)
        return m->settings.selection.extensions == NULL &&
               (m->settings.selection.extensions = strdup(rest)) != NULL;
    if ((rest = after(line, "language")) != NULL)
        return m->settings.language == NULL && (m->settings.language = strdup(rest)) != NULL;
    if ((rest = after(line, "options")) != NULL)
        return read_options(rest, &m->settings.selection);
    if ((rest = after(line, "max-size")) != NULL)
        return sscanf(rest, "%" SCNu64, &m->settings.selection.max_size) == 1;
    if ((rest = after(line, "segment")) != NULL)
        return read_segment(rest, m);
    if (last != NULL && (rest = after(line, "db")) != NULL)
        return read_part(rest, &last->db);
    if (last != NULL && (rest = after(line, "store")) != NULL)
        return read_part(rest, &last->store);
    if (last != NULL && (rest = after(line, "dead")) != NULL)
        return read_dead(rest, last);
    return false;
}

static bool read_lines(char *text, cs_manifest *m)
{
    char *save, *line;
    strtok_r(text, "\n", &save); /* the first says the version */
    for (line = strtok_r(NULL, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        if (!read_line(line, m))
            return false;
    return m->settings.root != NULL && m->settings.selection.extensions != NULL &&
           m->settings.language != NULL;
}

cs_status cs_manifest_read(const char *directory, cs_manifest *ret_manifest, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    CS_SCOPED(cs_buf) text = {.limit = max_manifest};
    cs_buf_addf(&path, "%s/%s", directory, CS_MANIFEST_NAME);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    cs_status status = cs_place_check(directory, error);
    if (status == CS_OK)
        status = read_whole(path.data, &text, error);
    if (status == CS_OK)
        status = check_sum(&text, path.data, error);
    if (status != CS_OK)
        return status;
    CS_SCOPED(cs_manifest) manifest = {0};
    errno = 0;
    if (!read_lines(text.data, &manifest))
        return damaged(path.data, error);
    *ret_manifest = manifest;
    manifest = (cs_manifest){0};
    return CS_OK;
}
