# torture.py - what the tests of hostile input share: running a program under a clock and
# a scale, on a terminal or not; what a terminal must never get; the table.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import collections
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import termios
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "soak"))
from soak import SANITIZED, SEED, SLICE, environment, path, program, scratch  # noqa: F401

ROOM = 16 if SANITIZED else 1  # times the limits of a file, as indexer/limit.h has it
EVERYTHING = ["--refresh", "never", "-n", "0", "--per-file", "0", "--no-fold", "NOT qzxqzx"]

Ran = collections.namedtuple("Ran", "code out err seconds megabytes")


def run(arguments, timeout=300, cwd=None, env=None, terminal=False, limits=None, into=None, **more):
    """A program to its end. `terminal`: both outputs are one, and come as .out, or go to the
    file `into`. .code is negative for a signal, None after the timeout; .megabytes is the
    largest of its processes, but no less than this process: it is to stay small."""
    master = slave = None
    if terminal:
        master, slave = pty.openpty()
        mode = termios.tcgetattr(slave)
        mode[1] &= ~termios.OPOST
        termios.tcsetattr(slave, termios.TCSANOW, mode)
        termios.tcsetwinsize(slave, (24, 80))
    begun = time.monotonic()
    process = subprocess.Popen(
        [program(arguments[0])] + list(arguments[1:]), cwd=cwd or scratch, env=env or environment(),
        stdin=slave if terminal else subprocess.DEVNULL, stdout=slave or subprocess.PIPE,
        stderr=slave or subprocess.PIPE, start_new_session=True, preexec_fn=limits, **more)
    if terminal:
        os.close(slave)
    outputs = [into or Collected(), Collected()]
    sources = [master] if terminal else [process.stdout.fileno(), process.stderr.fileno()]
    readers = [threading.Thread(target=drain, args=pair) for pair in zip(sources, outputs)]
    timer = threading.Timer(timeout, end_all, [process.pid])
    for thread in readers + [timer]:
        thread.start()
    _, state, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    late = not timer.is_alive()
    timer.cancel()
    for thread in readers:
        thread.join()
    process.returncode = code = os.waitstatus_to_exitcode(state)
    if terminal:
        os.close(master)
    else:
        process.stdout.close()
        process.stderr.close()
    return Ran(None if late else code, *(bytes(o) if isinstance(o, Collected) else b"" for o in outputs),
               seconds, usage.ru_maxrss / 1024)


class Collected(bytearray):
    write = bytearray.extend


def drain(source, output):
    while True:
        try:
            chunk = os.read(source, 1 << 16)
        except OSError:  # EIO: the terminal has no other side any more
            return
        if not chunk:
            return
        output.write(chunk)


def end_all(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


# What a terminal may be told beside text: colours, and links to percent-encoded places.
ALLOWED = re.compile(rb"\x1b\[[0-9;]*m|\x1b\]8;;[!-~]*\x1b\\|\x1b\[K|\r")
STRAY = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def stray(shown, terminal=False):
    """"" or the first thing in `shown` that a terminal must not get."""
    if terminal:
        shown = ALLOWED.sub(b"", shown)
    try:
        text = shown.decode("utf-8")
    except UnicodeDecodeError as e:
        return "invalid UTF-8 at byte %d: %r" % (e.start, shown[max(0, e.start - 20):e.start + 9])
    found = STRAY.search(text)
    return "U+%04X in %r" % (ord(found[0]), text[max(0, found.start() - 20):found.end() + 9]) \
        if found else ""


def stray_in(file, terminal=False):
    """The same of a file that may be long, line by line."""
    file.seek(0)
    return next(filter(None, (stray(line, terminal) for line in file)), "")


class Table:
    """A line for each input as it is done: what happened, time, memory; for the slice
    one for each group."""

    def __init__(self, title):
        self.groups, self.failed = {}, 0
        if not SLICE:
            print("\n%s\n%-46s %-50s %7s %6s" % (title, "input", "what happened", "s", "MB"))

    def add(self, group, name, happened, ran=None, wrong=""):
        row = self.groups.setdefault(group, [])
        if wrong:
            row.append("%s: %s" % (name, wrong))
            self.failed += 1
        if SLICE:
            return
        cost = "%7.2f %6.0f" % (ran.seconds, ran.megabytes) if ran else ""
        print("%-46.46s %-50.50s %s" % (name, happened.replace(scratch, "{T}"), cost))
        if wrong:
            print("    WRONG: " + wrong.replace(scratch, "{T}").replace("\n", " | ")[:600])
        sys.stdout.flush()

    def finish(self):
        for group, wrong in self.groups.items() if SLICE else []:
            print("%s %s" % ("not ok" if wrong else "ok", group))
            for line in wrong[:5]:
                print("    " + line.replace(scratch, "{T}").replace("\n", " | ")[:600])
        sys.exit(1 if self.failed else 0)


def said(ran):
    """The first line of the errors, for the table."""
    lines = (ran.err or ran.out).decode("utf-8", "replace").strip().split("\n")
    return lines[0].removeprefix("caseindex: ").removeprefix("casesearch: ")


def unhurt(ran, codes):
    """"" or how a run ended that was to end with one of these codes."""
    if ran.code is None:
        return "no end"
    if ran.code not in codes:
        return "exit %d: %s" % (ran.code, ran.err.decode("utf-8", "replace")[:300])
    return stray(ran.err)
