/* tty.h - the terminal as casesearch -i has it: no echo, key by key, a screen of its own.
 *
 * Plain ANSI escape sequences, as every terminal since the VT100 and its heirs has them
 * (ECMA-48), and the alternate screen of xterm.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TTY_H
#define CS_TTY_H

#include <termios.h>

#include "buf.h"

typedef enum cs_key {
    CS_KEY_NONE, /* nothing that means anything here */
    CS_KEY_TEXT,
    CS_KEY_ENTER,
    CS_KEY_BACKSPACE,
    CS_KEY_WORD,  /* ^W: leave out the last word */
    CS_KEY_CLEAR, /* ^U */
    CS_KEY_UP,
    CS_KEY_DOWN,
    CS_KEY_PAGE_UP,
    CS_KEY_PAGE_DOWN,
    CS_KEY_HOME,
    CS_KEY_END,
    CS_KEY_REDRAW,  /* ^L, or another size */
    CS_KEY_SUSPEND, /* ^Z */
    CS_KEY_QUIT     /* Esc, ^C, ^D, a signal, the end of the input */
} cs_key;

typedef struct cs_tty {
    struct termios usual;  /* as it was found */
    volatile bool entered; /* it is not as it was found */
    int signal;            /* that asked to end, or 0 */
} cs_tty;

/* Remembers how the terminal is. CS_USAGE when standard input and output are not one that
 * can do it. */
cs_status cs_tty_init(cs_tty *tty, cs_error *error);

/* Takes the terminal, and gives it back as it was; both do nothing the second time. */
cs_status cs_tty_enter(cs_tty *tty, cs_error *error);
void cs_tty_leave(cs_tty *tty);

/* Gives it back though another process took it. Safe in a signal handler. */
void cs_tty_restore(const cs_tty *tty);

void cs_tty_size(unsigned *ret_rows, unsigned *ret_columns);

/* Waits for a key; of CS_KEY_TEXT one character is appended. */
cs_key cs_tty_read(cs_tty *tty, cs_buf *text);

/* Whether more was typed already. */
bool cs_tty_has_more(void);

#endif
