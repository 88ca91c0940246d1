# soak.py - what the durability tests share: a folder of studies that changes, an
# index of it, what the index answers, and the report.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import atexit
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = os.environ.get("ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
SLICE = "--slice" in sys.argv[1:]  # some seconds of it, for make check
SANITIZED = "sanitize" in BUILD
SEED = int(os.environ.get("CASES_SEED", "1"))
WORDS = ("market revenue growth funding customer retention strategy valuation product launch "
         "team pricing churn margin investor platform engineer network community trust").split()

# The slice is to be short: in memory, where there is such a folder.
memory = "/dev/shm" if SLICE and os.access("/dev/shm", os.W_OK) else None
scratch = os.path.realpath(tempfile.mkdtemp(prefix="cs-soak-", dir=memory))
atexit.register(shutil.rmtree, scratch, True)
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def path(*names):
    return os.path.join(scratch, *names)


def environment(**more):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8",
           "HOME": scratch, "XDG_CACHE_HOME": path("cache"), "TMPDIR": scratch}
    # The shim is loaded before the sanitizers' library, which is no fault.
    env["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"),
                                                 "verify_asan_link_order=0"]))
    env.update(more)
    return env


def program(name):
    return os.path.join(BUILD, name)


def run(arguments, env=None, timeout=120):
    """Exit code (negative: a signal), output, error output."""
    done = subprocess.run([program(arguments[0])] + list(arguments[1:]), cwd=scratch,
                          env=env or environment(), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    return (done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"))


# ---- a folder of studies ----------------------------------------------------------

class Folder:
    """Studies that change at random, the same in every run."""

    def __init__(self, seed, files, paragraphs=6):
        self.random = random.Random(seed)
        self.root = path("studies")
        self.paragraphs = paragraphs
        self.version = 0
        self.names = []
        os.mkdir(self.root)
        for _ in range(files):
            self.add()

    def write(self, name):
        self.version += 1
        lines = ["# Study %s\n" % name[:-3]]
        for i in range(self.random.randint(1, 2 * self.paragraphs)):
            if i % 3 == 0:
                lines.append("## Part %d of version %d\n" % (i, self.version))
            words = [self.random.choice(WORDS) for _ in range(self.random.randint(20, 120))]
            lines.append(" ".join(words) + " in state%d.\n" % self.version)
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))

    def add(self):
        name = "s%04d.md" % (len(self.names) + self.version)
        self.names.append(name)
        self.write(name)

    def change(self, files):
        """Changes that many, and sometimes adds or deletes one."""
        for name in self.random.sample(self.names, min(files, len(self.names))):
            self.write(name)
        if self.random.random() < 0.3:
            self.add()
        if self.random.random() < 0.3 and len(self.names) > 5:
            gone = self.names.pop(self.random.randrange(len(self.names)))
            os.unlink(os.path.join(self.root, gone))

    def index(self, directory, *options, **more):
        return run(["caseindex", "-q", "-d", directory, *options, self.root], **more)

    def clean_dump(self):
        """What a clean build of the folder as it is now holds."""
        fresh = path("clean")
        shutil.rmtree(fresh, True)
        code, _, errors = self.index(fresh, "--jobs", "1")
        if code != 0:
            raise RuntimeError("a clean build failed: %d %s" % (code, errors))
        return dump(fresh)


# ---- an index --------------------------------------------------------------------------

class Unreadable(Exception):
    """The index does not open: exit code, errors."""


NONE = ()  # the passages of no index


def dump(directory):
    """All passages of an index in one order: path, lines, text."""
    if not os.path.exists(os.path.join(directory, "manifest")):
        return NONE
    code, out, errors = run(["casesearch", "--refresh", "never", "-d", directory, "--jsonl", "--limit",
                             "0", "--per-file", "0", "--no-fold", "NOT", "qzxqzx"])
    if code not in (0, 1):
        raise Unreadable("casesearch: exit %d: %s" % (code, errors.strip()))
    passages = []
    for line in out.splitlines():
        hit = json.loads(line)
        if "text" in hit:
            passages.append((hit["path"], json.dumps(hit.get("lines", hit.get("line"))), hit["text"]))
    return tuple(sorted(passages))


def leftovers(directory):
    """Files of an index directory that its manifest does not name."""
    with open(os.path.join(directory, "manifest"), encoding="utf-8") as f:
        names = re.findall(r"^segment ([0-9a-f]+)", f.read(), re.M)
    wanted = {"manifest", "lock"} | {n + s for n in names for s in (".db", ".store")}
    return sorted(set(os.listdir(directory)) - wanted)


def heals(folder, directory, expected, *options):
    """The next run: "" or what is wrong with it."""
    code, _, errors = folder.index(directory, *options)
    if code != 0:
        return "the next run: exit %d: %s" % (code, errors.strip())
    if dump(directory) != expected:
        return "the next run does not hold what a clean build holds"
    left = leftovers(directory)
    return "left behind: " + " ".join(left) if left else ""


# ---- the report ---------------------------------------------------------------------------

class Report:
    """Counts runs and failures by what was done; prints a table, or, for the
    slice, a line for each."""

    def __init__(self):
        self.rows = {}

    def add(self, what, failure="", note=None):
        row = self.rows.setdefault(what, {"runs": 0, "failures": [], "notes": {}})
        row["runs"] += 1
        if failure:
            row["failures"].append(failure)
        if note is not None:
            row["notes"][note] = row["notes"].get(note, 0) + 1

    def skip(self, what, why):
        self.rows[what] = {"runs": 0, "failures": [], "notes": {"skipped: " + why: 1}}

    def finish(self):
        failed = 0
        for what, row in self.rows.items():
            bad = len(row["failures"])
            failed += bad
            notes = ", ".join(n if c == 1 and row["runs"] <= 1 else "%s %d" % (n, c)
                              for n, c in sorted(row["notes"].items()))
            if SLICE:
                print("%s %s%s" % ("not ok" if bad else "ok", what, " (%s)" % notes if
                                   "skipped" in notes else ""))
            else:
                result = "%d failed" % bad if bad else "skipped" if row["runs"] == 0 else "all held"
                print("%-58s %6d  %-10s %s" % (what, row["runs"], result, notes))
            for failure in row["failures"][:5]:
                print("    " + failure.replace(scratch, "{T}").replace("\n", " | "))
            sys.stdout.flush()
        sys.exit(1 if failed else 0)
