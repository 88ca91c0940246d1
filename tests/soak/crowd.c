/* crowd.c - readers beside a writer: some processes that ask without a pause, one
 * that changes a study and updates the index without a pause.
 *
 *   crowd SECONDS READERS CASESEARCH CASEINDEX INDEX FOLDER
 *
 * Each study holds the word "always" in as many passages as it says in its name;
 * every answer must have all of them. Prints: queries, failed queries, publications,
 * failed publications; and the first failure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

typedef struct counts {
    atomic_uint queries, failed, publications, unpublished;
    atomic_bool told;
    char failure[2000];
} counts;

static counts *shared;
static double end;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Runs a program; its output and errors go into `out`. Returns what waitpid says. */
static int run(char *const arguments[], char *out, size_t size)
{
    int ends[2], state = -1;
    pid_t child;
    posix_spawn_file_actions_t actions;
    size_t len = 0;
    ssize_t n;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    int failed = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    while (failed == 0 && (n = read(ends[0], out + len, size - 1 - len)) > 0)
        len += (size_t)n;
    out[len] = '\0';
    close(ends[0]);
    if (failed != 0 || waitpid(child, &state, 0) != child)
        return -1;
    return state;
}

static void tell(const char *who, int state, const char *out)
{
    if (!atomic_exchange(&shared->told, true))
        snprintf(shared->failure, sizeof shared->failure, "%s: status %d: %.1500s", who, state,
                 out);
}

static void read_on(char *casesearch, char *index, const char *expected)
{
    char out[1 << 12];
    char *arguments[] = {casesearch, "--refresh", "never", "-d",     index,
                         "-n",       "0",         "-c",    "always", NULL};

    while (now() < end) {
        int state = run(arguments, out, sizeof out);
        atomic_fetch_add(&shared->queries, 1);
        if (state == 0 && strcmp(out, expected) == 0)
            continue;
        atomic_fetch_add(&shared->failed, 1);
        tell("casesearch", state, out);
    }
}

/* Studies 0 to 19; each has one passage. */
static void write_study(const char *folder, unsigned study, unsigned version)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/s%u.md", folder, study);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return;
    fprintf(file, "# Study %u\n\nIt always was version %u.\n", study, version);
    fclose(file);
}

enum { studies = 20 };

static void write_on(char *caseindex, char *index, char *folder)
{
    char out[1 << 12];
    char *arguments[] = {caseindex, "-q", "-d", index, folder, NULL};

    for (unsigned version = 1; now() < end; version++) {
        write_study(folder, version % studies, version);
        int state = run(arguments, out, sizeof out);
        atomic_fetch_add(state == 0 ? &shared->publications : &shared->unpublished, 1);
        if (state != 0)
            tell("caseindex", state, out);
    }
}

int main(int argc, char **argv)
{
    char out[1 << 12], expected[32];

    if (argc != 7)
        return 2;
    int readers = atoi(argv[2]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    for (unsigned i = 0; i < studies; i++)
        write_study(argv[6], i, 0);
    char *first[] = {argv[4], "-q", "-d", argv[5], argv[6], NULL};
    if (run(first, out, sizeof out) != 0) {
        fprintf(stderr, "%s", out);
        return 1;
    }
    snprintf(expected, sizeof expected, "%d\n", studies);
    end = now() + atof(argv[1]);
    for (int i = 0; i <= readers; i++) {
        if (fork() != 0)
            continue;
        prctl(PR_SET_PDEATHSIG, 9);
        if (i == 0)
            write_on(argv[4], argv[5], argv[6]);
        else
            read_on(argv[3], argv[5], expected);
        _exit(0);
    }
    while (wait(NULL) > 0)
        continue;
    printf("%u %u %u %u\n%s\n", shared->queries, shared->failed, shared->publications,
           shared->unpublished, shared->failure);
    return 0;
}
