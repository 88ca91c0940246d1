/* replay.c - gives a fuzz target the files named on the command line, and those in
 * the folders named: the corpus again, without a fuzzer, with any compiler. "-m N" first:
 * each of them N more times, changed in ways that are the same in every run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

#include "fuzz.h"

enum { max_input = 16 << 20, slow_seconds = 10 };

static unsigned long replayed;
static unsigned mutations;

static void give(const uint8_t *bytes, size_t len)
{
    /* at the very end of its memory, so that a sanitizer sees a byte too many */
    uint8_t *exact = malloc(len > 0 ? len : 1);
    FUZZ_MUST(exact != NULL);
    memcpy(exact, bytes, len);
    clock_t begun = clock();
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    FUZZ_MUST((clock() - begun) / CLOCKS_PER_SEC < slow_seconds);
    replayed++;
}

/* Marsaglia's xorshift, 2003. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Flips a bit, sets a byte that means something somewhere, cuts, doubles, moves. */
static size_t mutate(uint8_t *bytes, size_t len, uint32_t *state)
{
    static const uint8_t sharp[] = "\0\n\r\t -#*_`[]()<>&|\"':^+=~\\0\x80\xc3\xe2\xff";
    uint32_t at = len > 0 ? next_random(state) % (uint32_t)len : 0;
    uint32_t some = next_random(state) % 64;
    if (len == 0)
        return 0;
    if (some > len - at)
        some = (uint32_t)len - at;
    switch (next_random(state) % 5) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << next_random(state) % 8);
        return len;
    case 1:
        bytes[at] = sharp[next_random(state) % (sizeof sharp - 1)];
        return len;
    case 2:
        memmove(bytes + at, bytes + at + some, len - at - some);
        return len - some;
    case 3:
        memmove(bytes + at + some, bytes + at, len - at);
        return len + some;
    default:
        memmove(bytes + next_random(state) % (len - some + 1), bytes + at, some);
        return len;
    }
}

static void give_mutations(const uint8_t *bytes, size_t len)
{
    enum { growth = 8 * 64 };
    uint8_t *copy = malloc(len + growth);
    uint32_t state = 2463534242u ^ (uint32_t)len;
    FUZZ_MUST(copy != NULL);
    for (unsigned i = 0; i < mutations; i++) {
        size_t size = len;
        memcpy(copy, bytes, len);
        for (uint32_t turns = 1 + next_random(&state) % 8; turns > 0; turns--)
            size = mutate(copy, size, &state);
        give(copy, size);
    }
    free(copy);
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(max_input);
    if (file == NULL || bytes == NULL) {
        perror(path);
        exit(2);
    }
    size_t len = fread(bytes, 1, max_input, file);
    if (ferror(file)) {
        perror(path);
        exit(2);
    }
    fclose(file);
    fprintf(stderr, "%s\n", path); /* the last one is the one that fails */
    give((uint8_t *)bytes, len);
    give_mutations((uint8_t *)bytes, len);
    free(bytes);
}

static void replay_folder(const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    if (count < 0) {
        perror(folder);
        exit(2);
    }
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        struct stat st;
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
            replay_file(path);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-m") == 0) {
        mutations = (unsigned)atoi(argv[2]);
        first = 3;
    }
    for (int i = first; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            replay_folder(argv[i]);
        else
            replay_file(argv[i]);
    }
    printf("%lu inputs\n", replayed);
    return replayed > 0 ? 0 : 2;
}
