# peers.py - casesearch and the programs it is measured beside: how each builds, updates and
# is asked.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import shutil
import sys

# Queries and what they ask for; words are joined by OR for all, as casesearch does.
RARE, COMMON, THREE, REQUIRED, PHRASE, STOP_PHRASE, PREFIX, LETTER, NONE = range(9)
QUERIES = {
    RARE: ("rare word", ["australia"]),
    COMMON: ("common word", ["data"]),
    THREE: ("three words", ["lambda", "function", "timeout"]),
    REQUIRED: ("required words", ["snapshot", "encryption"]),
    PHRASE: ("phrase", ["security", "group"]),
    STOP_PHRASE: ("phrase of stop words", ["of", "the"]),
    PREFIX: ("prefix of three letters", ["con"]),
    LETTER: ("prefix of one letter", ["c"]),
    NONE: ("no match", ["qzxqzx"]),
}


def written(kind, required, optional):
    """A query as most programs want it; its words joined by `required` or `optional`."""
    words = QUERIES[kind][1]
    if kind in (PHRASE, STOP_PHRASE):
        return '"%s"' % " ".join(words)
    if kind in (PREFIX, LETTER):
        return words[0] + "*"
    return (required if kind == REQUIRED else optional).join(words)


class Casesearch:
    name = "casesearch"
    codes = (0, 6)  # 6: done, but some files could not be read

    def __init__(self, build, place):
        self.build_folder, self.index = build, os.path.join(place, "casesearch")

    def clear(self):
        shutil.rmtree(self.index, ignore_errors=True)

    def build(self, folder):
        return [os.path.join(self.build_folder, "caseindex"), "--quiet", "-d", self.index, folder]

    update = build

    def ask(self, kind):
        text = ("+" if kind == REQUIRED else "") + written(kind, " +", " ")
        return [os.path.join(self.build_folder, "casesearch"), "-d", self.index, "--refresh",
                "never", text]


class Fts5:
    name = "SQLite FTS5"
    codes = (0,)
    # The fastest of those tried, see doc/decisions.md.
    settings = ["PRAGMA journal_mode=off", "PRAGMA synchronous=off", "PRAGMA locking_mode=exclusive",
                "PRAGMA page_size=16384",
                "INSERT INTO p(p, rank) VALUES ('automerge', 16)"]
    sql = """PRAGMA mmap_size=4294967296;
SELECT (SELECT path FROM file WHERE first <= p.rowid ORDER BY first DESC LIMIT 1), title, trail,
    snippet(p, 2, '', '', '...', 40) FROM p WHERE p MATCH '%s' ORDER BY rank LIMIT 10;
"""

    def __init__(self, build, place):
        self.program, self.index = os.path.join(build, "bench", "fts5"), os.path.join(place, "fts5.db")
        self.place = place

    def clear(self):
        if os.path.exists(self.index):
            os.unlink(self.index)

    def build(self, folder):
        return [self.program, "build", self.index, folder] + self.settings

    def update(self, folder):
        return [self.program, "update", self.index, folder] + self.settings

    def ask(self, kind):
        script = os.path.join(self.place, "query-%d.sql" % kind)
        with open(script, "w") as f:
            f.write(self.sql % written(kind, " AND ", " OR "))
        return ["sqlite3", "-batch", "-readonly", "-init", os.devnull, self.index, ".read " + script]


class Omindex:
    """Whole files, in the stock Xapian way. Is not asked: it has no command that prints
    passages."""
    name = "omindex"
    codes = (0,)

    def __init__(self, _, place):
        self.index = os.path.join(place, "omindex")

    def clear(self):
        shutil.rmtree(self.index, ignore_errors=True)

    def build(self, folder):
        kinds = [option for ending in ("md", "MD", "markdown", "mdown", "mkd", "mdx")
                 for option in ("-M", ending + ":text/plain")]
        return ["omindex", "--db", self.index, "--url", "/"] + kinds + [folder]

    update = build


class Recoll:
    """Whole files; a question is answered with names and abstracts."""
    name = "recoll"
    codes = (0,)

    def __init__(self, _, place):
        self.conf = os.path.join(place, "recoll")
        self.index = os.path.join(self.conf, "xapiandb")

    def clear(self):
        shutil.rmtree(self.conf, ignore_errors=True)

    def build(self, folder):
        os.makedirs(self.conf, exist_ok=True)
        with open(os.path.join(self.conf, "recoll.conf"), "w") as f:
            f.write("topdirs = %s\nloglevel = 1\n" % folder)
        return ["recollindex", "-c", self.conf]

    update = build

    def ask(self, kind):
        return ["recollq", "-c", self.conf, "-n", "10", "-A", written(kind, " ", " OR ")]


class Ripgrep:
    """No index: all lines that match, none before the other."""
    name = "ripgrep"

    def __init__(self, folder):
        self.folder = folder

    def ask(self, kind):
        words = QUERIES[kind][1]
        if kind == REQUIRED:
            patterns = ["%s.*%s|%s.*%s" % (*words, *reversed(words))]
        elif kind in (PHRASE, STOP_PHRASE):
            patterns = [" ".join(words)]
        elif kind in (PREFIX, LETTER):
            patterns = [words[0] + r"\w*"]
        else:
            patterns = words
        return ["rg", "-iw"] + [part for p in patterns for part in ("-e", p)] + [self.folder]


def has(program):
    if shutil.which(program):
        return True
    print("bench: no %s here: left out" % program, file=sys.stderr)
    return False
