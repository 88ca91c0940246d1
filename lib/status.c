/* status.c - see status.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void record(cs_error *error, cs_status status, const char *format, va_list args)
{
    error->status = status;
    error->hint[0] = '\0';
    if (vsnprintf(error->message, sizeof error->message, format, args) < 0)
        error->message[0] = '\0';
}

cs_status cs_fail(cs_error *error, cs_status status, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list args;
    va_start(args, format);
    record(error, status, format, args);
    va_end(args);
    return status;
}

cs_status cs_fail_errno(cs_error *error, cs_status status, int code, const char *format, ...)
{
    if (code == ENOMEM)
        status = CS_MEMORY;
    if (error == NULL)
        return status;
    va_list args;
    va_start(args, format);
    record(error, status, format, args);
    va_end(args);
    char reason[128];
    const char *text = code == ENOMEM ? "out of memory" : strerror_r(code, reason, sizeof reason);
    size_t used = strlen(error->message);
    snprintf(error->message + used, sizeof error->message - used, ": %s", text);
    return status;
}

cs_status cs_fail_damaged(cs_error *error, const char *format, ...)
{
    if (errno == ENOMEM)
        return cs_fail_memory(error);
    if (error == NULL)
        return CS_DAMAGED;
    va_list args;
    va_start(args, format);
    record(error, CS_DAMAGED, format, args);
    va_end(args);
    return CS_DAMAGED;
}

void cs_hint(cs_error *error, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list args;
    va_start(args, format);
    if (vsnprintf(error->hint, sizeof error->hint, format, args) < 0)
        error->hint[0] = '\0';
    va_end(args);
}

const char *cs_status_name(cs_status status)
{
    static const char *const names[] = {"ok",          "usage",   "syntax", "no_index", "format",
                                        "refused",     "damaged", "locked", "io",       "limit",
                                        "interrupted", "gone",    "memory"};
    return names[status];
}

int cs_exit_code(cs_status status)
{
    switch (status) {
    case CS_OK:
        return CS_EXIT_OK;
    case CS_USAGE:
    case CS_SYNTAX:
        return CS_EXIT_USAGE;
    case CS_NO_INDEX:
    case CS_FORMAT:
    case CS_REFUSED:
    case CS_DAMAGED:
        return CS_EXIT_INDEX;
    case CS_LOCKED:
        return CS_EXIT_LOCKED;
    case CS_INTERRUPTED:
        return CS_EXIT_SIGNAL;
    case CS_MEMORY:
        return CS_EXIT_MEMORY;
    case CS_IO:
    case CS_LIMIT:
    case CS_GONE:
        break;
    }
    return CS_EXIT_IO;
}
