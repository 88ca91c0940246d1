# systems.py - the programs that are measured: casesearch, plain Xapian, SQLite FTS5.
# Each gives a run, {query: [documents, best first]}, and milliseconds.
#
# Of sets of short documents the baselines get title and text of each; of the sets of
# Markdown pages the passages casesearch has cut, with their title and headings, and
# the best passage of a document counts.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import concurrent.futures
import hashlib
import json
import os
import pty
import re
import statistics
import subprocess
import termios
import time

import fts5_baseline
import sets

HITS = 100
WORKERS = 2
TIMED = 40  # queries of a set whose time is taken, each on its own
CASEINDEX = os.path.join(sets.BUILD, "caseindex")
CASESEARCH = os.path.join(sets.BUILD, "casesearch")
XAPIAN = os.path.join(sets.BUILD, "tests", "xapian_baseline")

def digest(*paths):
    h = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as f:
            h.update(f.read())
    return h.hexdigest()


def stamped(name, key):
    """Whether what `name` was made from is still `key`."""
    try:
        with open(os.path.join(sets.EVAL, name + ".stamp"), encoding="utf-8") as f:
            return f.read() == key
    except OSError:
        return False


def stamp(name, key):
    with open(os.path.join(sets.EVAL, name + ".stamp"), "w", encoding="utf-8") as f:
        f.write(key)


# ---- runs on disk --------------------------------------------------------------------

def write_run(folder, name, run, tag):
    """In TREC's format. The score only says the order: the run is what was shown."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".run"), "w", encoding="utf-8") as f:
        for query, hits in run.items():
            for i, document in enumerate(hits):
                f.write("%s Q0 %s %d %d %s\n" % (query, document.replace(" ", "%20"), i + 1, 1000 - i, tag))


def read_run(folder, name):
    run = {}
    with open(os.path.join(folder, name + ".run"), encoding="utf-8") as f:
        for line in f:
            query, _, document = line.split()[:3]
            run.setdefault(query, []).append(document.replace("%20", " "))
    return run


# ---- casesearch ----------------------------------------------------------------------

def index_folder(name):
    return os.path.join(sets.EVAL, "index", name)


def build_index(judged):
    """Anew when caseindex has changed; returns what the index was made from."""
    key = digest(CASEINDEX) + judged.name
    folder = index_folder(judged.name)
    os.makedirs(folder, exist_ok=True)
    again = [] if stamped("index/" + judged.name, key) else ["--rebuild"]
    done = subprocess.run([CASEINDEX, "-q", "--no-ignore", "-d", folder] + again + [judged.folder],
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 6):  # 6: some files could not be read
        raise SystemExit("caseindex: " + done.stderr.decode("utf-8", "replace"))
    stamp("index/" + judged.name, key)


def command(judged, *options):
    return [CASESEARCH, "-d", index_folder(judged.name), "--refresh", "never", "--no-fold",
            "--per-file", "0" if judged.name == sets.OWN else "1", *options, "--"]


def ask(judged, text):
    """The documents of one query, best first."""
    done = subprocess.run(command(judged, "--jsonl", "-n", str(HITS)) + [text], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, close_fds=False, check=False)
    if done.returncode not in (0, 1):
        return None, done.stderr.decode("utf-8", "replace").split("\n")[0]
    hits = map(json.loads, done.stdout.split(b"\n")[:-1])
    return [judged.document(hit["path"], hit["lines"]) for hit in hits], ""


def at_terminal(judged, text):
    """Milliseconds of a whole run at a terminal, ten hits, and those it names itself."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (50, 100))
    start = time.perf_counter()
    with subprocess.Popen(command(judged, "--no-pager") + [text], stdin=slave, stdout=slave, stderr=slave,
                          close_fds=False) as process:
        os.close(slave)
        output = b""
        try:
            while chunk := os.read(master, 1 << 16):
                output += chunk
        except OSError:
            pass  # the last holder of the terminal is gone
        process.wait()
    took = (time.perf_counter() - start) * 1000
    os.close(master)
    inside = re.findall(rb"([0-9.]+) ms", output)
    return took, float(inside[-1]) if inside else None


def casesearch(judged):
    """The run; median milliseconds whole and inside; what failed."""
    texts = [(q, typed if judged.name == sets.OWN else plain) for q, typed, plain in judged.queries]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(lambda text: ask(judged, text[1]), texts))
    faults = ["%s %s: %s: %s" % (judged.name, q, why, text[:80])
              for (q, text), (hits, why) in zip(texts, answers) if hits is None]
    run = {q: hits or [] for (q, _), (hits, _) in zip(texts, answers)}
    sample = texts[::max(1, len(texts) // TIMED)][:TIMED]
    times = [at_terminal(judged, text) for _, text in sample]
    inside = [t for _, t in times if t is not None]
    return run, (statistics.median(t for t, _ in times), statistics.median(inside or [0])), faults


# ---- baselines -----------------------------------------------------------------------

def one_line(text):
    return " ".join(text.split())


def write_texts(judged):
    """What the baselines index: lines of id, title, headings, text."""
    name = "texts/" + judged.name
    key = digest(CASEINDEX) if judged.by_passage else judged.name
    path = os.path.join(sets.EVAL, name)
    if stamped(name, key):
        return path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        if not judged.by_passage:
            for identity, title, text in sets.documents(judged.name):
                f.write("\t".join((identity, one_line(title), "", one_line(text))) + "\n")
        else:
            every = command(judged, "--per-file", "0", "--jsonl", "-n", "0") + ["NOT", "qzxqzx"]
            with subprocess.Popen(every, stdout=subprocess.PIPE) as process:
                for hit in map(json.loads, process.stdout):
                    f.write("\t".join((judged.document(hit["path"], hit["lines"]), one_line(hit["title"]),
                                       one_line(" ".join(hit["trail"][1:])), one_line(hit["text"]))) + "\n")
    stamp(name, key)
    return path


def xapian_run(judged, texts):
    """The run, and median milliseconds inside. In small letters: its parser takes a word
    with a capital for a name, which it does not stem, and two sets shout."""
    db = os.path.join(sets.EVAL, "xapian", judged.name)
    os.makedirs(os.path.dirname(db), exist_ok=True)
    with open(texts, encoding="utf-8") as f:
        subprocess.run([XAPIAN, "index", db], stdin=f, check=True)
    queries = "".join("%s\t%s\n" % (q, plain.lower()) for q, _, plain in judged.queries)
    done = subprocess.run([XAPIAN, "search", db, str(HITS)], input=queries.encode("utf-8"),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit("xapian_baseline: " + done.stderr.decode("utf-8", "replace"))
    run = {q: [] for q, _, _ in judged.queries}
    for line in done.stdout.decode("utf-8").split("\n")[:-1]:
        cells = line.split(" ")
        run[cells[0]].append(" ".join(cells[2:-3]))
    return run, statistics.median(map(float, done.stderr.split()))


def fts5_run(judged, texts):
    path = os.path.join(sets.EVAL, "fts5", judged.name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fts5_baseline.index(path, texts)
    queries = [(q, plain) for q, _, plain in judged.queries]
    run, times = fts5_baseline.search(path, queries, HITS, 10 if judged.by_passage else 1)
    return run, statistics.median(times)


# What runs each, and the file that holds its ways.
BASELINES = {"xapian": (xapian_run, "xapian_baseline.cc"), "fts5": (fts5_run, "fts5_baseline.py")}


def baseline(name, judged, texts):
    """From the last time, when neither it nor texts nor queries have changed."""
    ways, source = BASELINES[name]
    key = digest(os.path.join(sets.HERE, source), texts)
    key += hashlib.sha256(repr(judged.queries).encode("utf-8")).hexdigest()
    folder, mark = os.path.join(sets.EVAL, "runs", name), "runs/%s/%s" % (name, judged.name)
    if not stamped(mark, key):
        run, ms = ways(judged, texts)
        write_run(folder, judged.name, run, name)
        with open(os.path.join(folder, judged.name + ".ms"), "w", encoding="utf-8") as f:
            f.write("%.3f\n" % ms)
        stamp(mark, key)
    with open(os.path.join(folder, judged.name + ".ms"), encoding="utf-8") as f:
        return read_run(folder, judged.name), float(f.read())
