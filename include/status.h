/* status.h - what can go wrong, in words a user would understand.
 *
 * Every function that can fail returns a cs_status and takes, last, a
 * caller-owned cs_error that receives the message. Nothing below main()
 * prints. Outputs are named ret_* and untouched on failure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_STATUS_H
#define CS_STATUS_H

typedef enum cs_status {
    CS_OK = 0,
    CS_USAGE,       /* the command line cannot be understood */
    CS_SYNTAX,      /* the query cannot be understood */
    CS_NO_INDEX,    /* there is no index where one was looked for */
    CS_FORMAT,      /* an index of another format version, or of another program */
    CS_REFUSED,     /* what is there is not to be trusted, or not ours to write to */
    CS_DAMAGED,     /* the index does not hold what its manifest says */
    CS_LOCKED,      /* another process writes to the index */
    CS_IO,          /* reading or writing failed */
    CS_LIMIT,       /* a named limit was reached */
    CS_INTERRUPTED, /* SIGINT or SIGTERM arrived */
    CS_GONE,        /* a file vanished between two looks */
    CS_MEMORY       /* no memory left */
} cs_status;

/* A message "what: why" without a final newline, and an optional hint: what
 * to do about it. Zero-initialise before the first use. */
typedef struct cs_error {
    cs_status status;
    char message[1024];
    char hint[512];
} cs_error;

/* Exit codes of both programs, spec section 1. */
enum {
    CS_EXIT_OK = 0,
    CS_EXIT_NO_MATCH = 1,
    CS_EXIT_USAGE = 2,
    CS_EXIT_INDEX = 3,
    CS_EXIT_LOCKED = 4,
    CS_EXIT_IO = 5,
    CS_EXIT_PARTIAL = 6,
    CS_EXIT_MEMORY = 70,
    CS_EXIT_SIGNAL = 128
};

/* Records `status` with a formatted message and clears the hint; a message
 * that is too long is cut. Returns `status`, so that a failing function ends
 * in one line. `error` may be NULL. */
cs_status cs_fail(cs_error *error, cs_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: appends ": " and the text of `code` (an
 * errno value). ENOMEM becomes CS_MEMORY. */
cs_status cs_fail_errno(cs_error *error, cs_status status, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* CS_MEMORY with its message. Inline, so that a compiler or analyzer of the caller sees that
 * it is never CS_OK. */
static inline cs_status cs_fail_memory(cs_error *error)
{
    cs_fail(error, CS_MEMORY, "out of memory");
    return CS_MEMORY;
}

/* CS_DAMAGED, unless errno is ENOMEM: for what could not be read, when that was for lack
 * of memory or because it is wrong. The caller sets errno to 0 before it reads. */
cs_status cs_fail_damaged(cs_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds what to do about it to an error that is already recorded. */
void cs_hint(cs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A name for a status, as above without the CS_, in lower case. */
const char *cs_status_name(cs_status status);

/* The exit code that a status stands for. CS_INTERRUPTED gives CS_EXIT_SIGNAL:
 * the caller adds the signal's number. */
int cs_exit_code(cs_status status);

#endif
