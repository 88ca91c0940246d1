# sets.py - the judged sets: documents as Markdown files, queries, judgements.
#
# Of the sets beside this repository (../shared/ir) each document becomes one file,
# "# title", a blank line, the text; its name is the document's id. Texts are written
# as they are: the few that look like Markdown are taken for it. awsdocs-dev is pages
# of Markdown already, its ids are their paths. The project's own set (own.tsv) judges
# places in the files of corpus/.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import re
import shutil
import subprocess
import urllib.parse

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
EVAL = os.path.join(BUILD, "eval")
SHARED = os.path.join(ROOT, "..", "shared")
JUDGED = os.path.join(EVAL, "judged")

MEAN_OF = ("cranfield", "cacm", "lisa", "npl", "scifact-train", "msmarco-5k")
PAGES = {"awsdocs-dev": ("large.tar.xz", "siagholami__aws-documentation/documents")}
OWN = "own"


def neutral(text):
    """A query of which nothing is syntax, for all programs alike. Away go quotes of all
    kinds but apostrophes, brackets, colons, *, and + and - before a word; AND, OR, NOT,
    XOR, NEAR and ADJ become small. All other signs stay, as hyphens within words do."""
    text = re.sub(r"[\s\x00-\x1f\x7f\"\u201c-\u201f\u00ab\u00bb\u300c-\u300f\uff02()\[\]{}:\uff1a*]+",
                  " ", text)
    text = re.sub(r"(?<!\S)[+\-\u2212]+(?=\S)", "", text)
    return re.sub(r"\b(AND|OR|NOT|XOR|NEAR|ADJ)\b", lambda m: m[0].lower(), text).strip()


def file_name(identity):
    """A document's id as the name of a file."""
    name = urllib.parse.quote(identity, safe=" ")
    return (name if not name.startswith(".") else "%2E" + name[1:]) + ".md"


def identity_of(path):
    return urllib.parse.unquote(path[:-3])


class JudgedSet:
    """name; folder of Markdown; queries: [(id, as typed, neutral)]; level from which a
    grade is relevant; judged: {query: {document: grade}}, or of the own set
    {query: [(grade, file, first line, last line)]}."""

    def __init__(self, name, folder, queries, judged, level=1):
        self.name, self.folder, self.level = name, folder, level
        self.judged = judged
        self.queries = [(q, text, neutral(text)) for q, text in queries if q in judged]
        self.by_passage = name == OWN or name in PAGES  # documents are long: passages compete

    def document(self, path, lines):
        """What a hit counts as."""
        if self.name == OWN:
            return "%s:%d-%d" % (path, lines[0], lines[1])
        return path if self.name in PAGES else identity_of(path)


def unpack(archive, member, folder, strip=0):
    """Once: the archive's member into the folder."""
    if os.path.isdir(folder):
        return
    shutil.rmtree(folder + ".part", ignore_errors=True)
    os.makedirs(folder + ".part")
    subprocess.run(["tar", "-xJf", archive, "-C", folder + ".part", "--strip-components=%d" % strip]
                   + ([member] if member else []), check=True)
    os.rename(folder + ".part", folder)


def documents(name):
    """(id, title, text) of each document of a set that is not Markdown."""
    with open(os.path.join(JUDGED, name, "corpus.jsonl"), encoding="utf-8") as f:
        for line in f:
            document = json.loads(line)
            yield document["_id"], document.get("title") or "", document.get("text") or ""


def write_documents(name, folder):
    if os.path.isdir(folder):
        return
    shutil.rmtree(folder + ".part", ignore_errors=True)
    os.makedirs(folder + ".part")
    for identity, title, text in documents(name):
        title = " ".join(title.split())
        with open(os.path.join(folder + ".part", file_name(identity)), "w", encoding="utf-8") as f:
            f.write(("# %s\n\n" % title if title else "") + text + "\n")
    os.rename(folder + ".part", folder)


def read_queries(name):
    with open(os.path.join(JUDGED, name, "queries.jsonl"), encoding="utf-8") as f:
        return [(q["_id"], q["text"]) for q in map(json.loads, f)]


def read_grades(name):
    """{query: {document: grade}}, of queries with something relevant."""
    judged = {}
    with open(os.path.join(JUDGED, name, "qrels.tsv"), encoding="utf-8") as f:
        next(f)
        for line in f:
            query, document, grade = line.rstrip("\n").split("\t")
            judged.setdefault(query, {})[document] = int(grade)
    return {q: grades for q, grades in judged.items() if any(g > 0 for g in grades.values())}


def lines_of_place(place, lines):
    """First and last line, from 1, of a place of own.tsv; 0 to 0 is the whole file. In
    lines all blanks are plain ones."""
    if place == "*":
        return 0, 0
    ends = []
    for words in place.split(" ... "):
        at = [i + 1 for i, line in enumerate(lines) if words in line]
        if len(at) != 1:
            raise ValueError("stands on %d lines: %s" % (len(at), words))
        ends += at
    if ends[0] > ends[-1]:
        raise ValueError("ends before it begins: " + place)
    return ends[0], ends[-1]


def read_own(path=os.path.join(HERE, "own.tsv"), corpus=os.path.join(ROOT, "corpus")):
    """Queries, judgements, {query: shape}, and what is wrong with the file."""
    queries, judged, shapes, faults, texts = [], {}, {}, [], {}
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            cells = line.rstrip("\n").split("\t")
            try:
                if line.startswith("#") or not line.strip():
                    continue
                if cells[0] == "?":
                    _, query, shape, text = cells
                    if query in judged:
                        raise ValueError("twice: " + query)
                    queries.append((query, text))
                    judged[query], shapes[query] = [], shape
                    continue
                grade, study, place = cells
                if grade not in ("1", "2", "3"):
                    raise ValueError("not a grade: " + grade)
                if study not in texts:
                    with open(os.path.join(corpus, study), encoding="utf-8", newline="") as t:
                        texts[study] = [" ".join(line.split()) for line in re.split(r"\r\n|\r|\n", t.read())]
                found = (int(grade), study) + lines_of_place(place, texts[study])
                if found[1:] in [other[1:] for other in judged[query]]:
                    raise ValueError("the same lines twice: " + place)
                judged[query].append(found)
            except (ValueError, OSError) as e:
                faults.append("own.tsv:%d: %s" % (number, e))
    faults += ["own.tsv: nothing of grade 3 for " + q for q, places in judged.items()
               if not any(p[0] == 3 for p in places)]
    return queries, judged, shapes, faults


def available():
    """Names of the sets that can be had here."""
    names = []
    if os.path.exists(os.path.join(SHARED, "ir", "ir.tar.xz")):
        unpack(os.path.join(SHARED, "ir", "ir.tar.xz"), "", JUDGED, strip=1)
        there = [n for n in os.listdir(JUDGED) if os.path.exists(os.path.join(JUDGED, n, "qrels.tsv"))]
        names = [n for n in MEAN_OF if n in there]
        for n in sorted(set(there) - set(MEAN_OF)):
            pages = os.path.join(SHARED, "corpora", PAGES[n][0]) if n in PAGES else ""
            if os.path.exists(pages) or os.path.exists(os.path.join(JUDGED, n, "corpus.jsonl")):
                names.append(n)
    return names + [OWN]


def load(name):
    if name == OWN:
        queries, judged, _, faults = read_own()
        if faults:
            raise SystemExit("\n".join(faults))
        return JudgedSet(name, os.path.join(ROOT, "corpus"), queries, judged, level=2)
    folder = os.path.join(EVAL, "documents", name)
    if name in PAGES:
        archive, member = PAGES[name]
        unpack(os.path.join(SHARED, "corpora", archive), member, folder, strip=member.count("/") + 1)
    else:
        write_documents(name, folder)
    return JudgedSet(name, folder, read_queries(name), read_grades(name))
