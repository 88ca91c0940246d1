/* tty.c - see tty.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "tty.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

/* The alternate screen, no wrapping at the edge; and back: wrapping, cursor, colours. */
static const char take[] = "\033[?1049h\033[?7l\033[H\033[2J";
static const char give[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

static volatile sig_atomic_t resized, asked_to_end;

static void on_resize(int number)
{
    (void)number;
    resized = 1;
}

static void on_end(int number)
{
    asked_to_end = number;
}

/* Signals are let in while a key is waited for only. */
static const int ending[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

static void add_signals(sigset_t *set)
{
    sigaddset(set, SIGWINCH);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(set, ending[i]);
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_resize};
    sigset_t blocked;
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, NULL);
    action.sa_handler = on_end;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaction(ending[i], &action, NULL);
    sigemptyset(&blocked);
    add_signals(&blocked);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

cs_status cs_tty_init(cs_tty *tty, cs_error *error)
{
    const char *term = getenv("TERM");
    *tty = (cs_tty){0};
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &tty->usual) != 0)
        return cs_fail(error, CS_USAGE, "--interactive needs a terminal");
    if (term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0)
        return cs_fail(error, CS_USAGE,
                       "--interactive needs a terminal that can do more than TERM=%s",
                       term == NULL ? "" : term);
    return CS_OK;
}

static void put(const char *sequence, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, sequence, len);
        if (n < 0 && errno != EINTR)
            return;
        sequence += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

cs_status cs_tty_enter(cs_tty *tty, cs_error *error)
{
    struct termios raw = tty->usual;
    if (tty->entered)
        return CS_OK;
    watch_signals();
    tty->entered = true; /* from here on it is not as it was */
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot set the terminal");
    put(take, sizeof take - 1);
    return CS_OK;
}

void cs_tty_restore(const cs_tty *tty)
{
    put(give, sizeof give - 1);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &tty->usual);
}

void cs_tty_leave(cs_tty *tty)
{
    if (tty->entered)
        cs_tty_restore(tty);
    tty->entered = false;
}

void cs_tty_size(unsigned *ret_rows, unsigned *ret_columns)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    *ret_rows = known && size.ws_row > 0 ? size.ws_row : 24;
    *ret_columns = known && size.ws_col > 0 ? size.ws_col : 80;
}

/* ---- keys -------------------------------------------------------------------------- */

/* Waits so long for input, -1 for ever; 1 when there is some, 0 when not, -1 for a signal. */
static int wait_for_input(int milliseconds)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    sigset_t open;
    sigprocmask(SIG_SETMASK, NULL, &open);
    sigdelset(&open, SIGWINCH);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigdelset(&open, ending[i]);
    return ppoll(&in, 1, milliseconds < 0 ? NULL : &time, &open);
}

bool cs_tty_has_more(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0;
}

/* The next byte of a sequence that has begun; -1 when none comes soon. */
static int next_byte(void)
{
    enum { patience = 50 /* milliseconds between the bytes of one key */ };
    unsigned char byte;
    if (wait_for_input(patience) <= 0 || read(STDIN_FILENO, &byte, 1) != 1)
        return -1;
    return byte;
}

/* What a sequence that ends so means; `number` is its parameter. */
static cs_key meaning(int end, int number)
{
    switch (end) {
    case 'A':
        return CS_KEY_UP;
    case 'B':
        return CS_KEY_DOWN;
    case 'H':
        return CS_KEY_HOME;
    case 'F':
        return CS_KEY_END;
    case '~':
        return number == 5                  ? CS_KEY_PAGE_UP
               : number == 6                ? CS_KEY_PAGE_DOWN
               : number == 1 || number == 7 ? CS_KEY_HOME
               : number == 4 || number == 8 ? CS_KEY_END
                                            : CS_KEY_NONE;
    default:
        return CS_KEY_NONE;
    }
}

/* After an Esc: "[A", "OA", "[5~", or nothing at all, which is the key. */
static cs_key read_sequence(void)
{
    int byte = next_byte(), number = 0;
    if (byte == -1)
        return CS_KEY_QUIT;
    if (byte != '[' && byte != 'O')
        return CS_KEY_NONE;
    for (byte = next_byte(); byte >= '0' && byte <= ';'; byte = next_byte())
        number = byte <= '9' && number < 100 ? number * 10 + byte - '0' : number;
    return meaning(byte, number);
}

/* The rest of a character in UTF-8; bytes that are none are not taken. */
static cs_key read_text(unsigned char first, cs_buf *text)
{
    char bytes[4] = {(char)first};
    size_t len = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    for (size_t i = 1; i < len; i++) {
        int byte = next_byte();
        if (byte == -1)
            return CS_KEY_NONE;
        bytes[i] = (char)byte;
    }
    if (!cs_text_is_valid(bytes, len))
        return CS_KEY_NONE;
    cs_buf_add(text, bytes, len);
    return CS_KEY_TEXT;
}

static cs_key read_control(unsigned char byte)
{
    enum {
        ctrl_c = 3,
        ctrl_d = 4,
        ctrl_h = 8,
        ctrl_l = 12,
        ctrl_n = 14,
        ctrl_p = 16,
        ctrl_u = 21,
        ctrl_w = 23,
        ctrl_z = 26,
        escape = 27,
        del = 127
    };
    switch (byte) {
    case ctrl_c:
    case ctrl_d:
        return CS_KEY_QUIT;
    case ctrl_h:
    case del:
        return CS_KEY_BACKSPACE;
    case '\r':
    case '\n':
        return CS_KEY_ENTER;
    case ctrl_l:
        return CS_KEY_REDRAW;
    case ctrl_n:
        return CS_KEY_DOWN;
    case ctrl_p:
        return CS_KEY_UP;
    case ctrl_u:
        return CS_KEY_CLEAR;
    case ctrl_w:
        return CS_KEY_WORD;
    case ctrl_z:
        return CS_KEY_SUSPEND;
    case escape:
        return read_sequence();
    default:
        return CS_KEY_NONE;
    }
}

cs_key cs_tty_read(cs_tty *tty, cs_buf *text)
{
    unsigned char byte;
    int ready = wait_for_input(-1);
    if (asked_to_end != 0) {
        tty->signal = asked_to_end;
        return CS_KEY_QUIT;
    }
    if (ready < 0) {
        resized = 0;
        return CS_KEY_REDRAW;
    }
    if (read(STDIN_FILENO, &byte, 1) != 1)
        return CS_KEY_QUIT;
    return byte < 0x20 || byte == 0x7F ? read_control(byte) : read_text(byte, text);
}
