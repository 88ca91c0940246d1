# measure.py - wall time, CPU time and memory of commands.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import shlex
import statistics
import subprocess
import time

ROUNDS = 5  # of which medians are taken
PAGE = os.sysconf("SC_PAGE_SIZE")
SAMPLE = 0.02  # seconds between two looks at the memory


class Failed(Exception):
    pass


def start(command):
    os.sync()  # what others wrote is not this command's to wait for
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def finish(process, command, codes):
    said = process.stderr.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in codes:
        raise Failed("%s: exit code %d\n%s" % (shlex.join(command), process.returncode, said[-2000:]))
    return usage


def run(command, codes=(0,)):
    """Wall and CPU seconds of a command and of all that it started."""
    process = start(command)
    began = time.monotonic()
    usage = finish(process, command, codes)
    return {"wall": time.monotonic() - began, "cpu": usage.ru_utime + usage.ru_stime}


def medians(runs):
    return {key: statistics.median(r[key] for r in runs) for key in runs[0]}


# ---- memory -------------------------------------------------------------------------


def tree(pid):
    """A process and all below it."""
    found = [pid]
    for process in found:
        try:
            for thread in os.listdir("/proc/%d/task" % process):
                with open("/proc/%d/task/%s/children" % (process, thread)) as f:
                    found += [int(child) for child in f.read().split()]
        except OSError:
            pass  # it ended
    return found


def resident(pid):
    """Bytes of memory that all processes of a tree hold, and those of them that
    belong to no file. A page that two of them share counts twice."""
    pages = anonymous = 0
    for process in tree(pid):
        try:
            with open("/proc/%d/statm" % process) as f:
                _, rss, shared = f.read().split()[:3]
        except (OSError, ValueError):
            continue
        pages += int(rss)
        anonymous += int(rss) - int(shared)
    return pages * PAGE, anonymous * PAGE


def run_watched(command, codes=(0,)):
    """As run(), with the peak of resident(), looked at every SAMPLE seconds. For times
    that are compared use run(): the looking costs a little."""
    process = start(command)
    began = time.monotonic()
    peak = anonymous = 0
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        seen = resident(process.pid)
        peak, anonymous = max(peak, seen[0]), max(anonymous, seen[1])
        time.sleep(SAMPLE)
    wall = time.monotonic() - began
    usage = finish(process, command, codes)
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": peak,
            "anonymous": anonymous}


# ---- short commands --------------------------------------------------------------------


def hyperfine(command, runs, warmup, scratch):
    out = os.path.join(scratch, "hyperfine.json")
    done = subprocess.run(["hyperfine", "--shell", "none", "--style", "none", "--ignore-failure",
                           "--warmup", str(warmup), "--runs", str(max(runs, 2)), "--export-json",
                           out, shlex.join(command)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Failed("hyperfine: " + done.stdout.decode("utf-8", "replace"))
    with open(out) as f:
        return json.load(f)["results"][0]["times"]


def alternate(commands, scratch, slow=0.05):
    """The median seconds of each command, by hyperfine: ROUNDS rounds of all in turn, of
    8 runs each, or 2 where one run takes longer than `slow`."""
    times = {name: [] for name in commands}
    often = {name: hyperfine(command, 2, 1, scratch)[-1] < slow for name, command in commands.items()}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name] += hyperfine(command, *((8, 2) if often[name] else (2, 0)), scratch)
    return {name: statistics.median(found) for name, found in times.items()}


def size(path):
    """Bytes of a file, or of all files below a folder."""
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name))
               for folder, _, names in os.walk(path) for name in names)
