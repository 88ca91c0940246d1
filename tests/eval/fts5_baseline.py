# fts5_baseline.py - the strongest of the simple peers: SQLite FTS5 with porter stems,
# words joined by OR, stop words dropped from queries (unless nothing else is left),
# bm25 with title and headings three times.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import sqlite3
import time

STOP_WORDS = frozenset("""a about after all an and any are as at be been but by can could did do does
    for from had has have he her his how i if in into is it its me my of on or our she should so than
    that the their them then there these they this those to was we were what when where which who whom
    why will with would you your""".split())


def words_of(text):
    words = re.findall(r"[^\W_]+", text)
    return [w for w in words if w.lower() not in STOP_WORDS] or words


def index(path, texts):
    """Of lines of id, title, headings and text."""
    if os.path.exists(path):
        os.remove(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("CREATE VIRTUAL TABLE p USING fts5(id UNINDEXED, title, headings, text, "
               "tokenize = 'porter unicode61')")
    with open(texts, encoding="utf-8") as f:
        db.executemany("INSERT INTO p VALUES (?, ?, ?, ?)", (line.rstrip("\n").split("\t") for line in f))
    db.execute("INSERT INTO p(p) VALUES ('optimize')")
    db.commit()
    db.close()


def search(path, queries, hits, passages):
    """{query: ids, best first} and the milliseconds of each. Of ids that come in
    passages the best counts, among so many times as many hits."""
    db = sqlite3.connect(path)
    run, times = {}, []
    for query, text in queries:
        start = time.perf_counter()
        match = " OR ".join('"%s"' % word for word in words_of(text))
        found = {}  # in order
        for identity, in db.execute("SELECT id FROM p WHERE p MATCH ? ORDER BY bm25(p, 0, 3, 3, 1) LIMIT ?",
                                    (match, hits * passages)):
            found.setdefault(identity)
        run[query] = list(found)[:hits]
        times.append((time.perf_counter() - start) * 1000)
    db.close()
    return run, times
