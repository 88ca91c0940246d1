# corpus.py - the text of the bench: the large corpus where it is, else text made here;
# copies of it, and changes.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import itertools
import os
import random
import shutil
import subprocess

LARGE = "../shared/corpora/large.tar.xz"
MADE_FILES = 20000
ENDINGS = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".txt")

# Words of made text at their ranks by frequency; those between them are made of
# syllables. The queries of the bench ask for them.
STOP_WORDS = ("the to a for in and of is that you this with on or can as are from it be an by "
              "not when if at which all have your").split()
RANKS = {40: "data", 60: "function", 90: "value", 150: "connection", 220: "content",
         300: "security group", 500: "lambda", 700: "configuration", 900: "snapshot",
         1200: "timeout", 1500: "encryption", 30000: "australia"}
WORDS = 50000


def vocabulary(random_source):
    syllables = [c + v for c in "b c d f g k l m n p r s t v con tra pre st".split() for v in "aeiou"]
    words, seen = list(STOP_WORDS), set(STOP_WORDS)
    while len(words) < WORDS:
        word = "".join(random_source.choices(syllables, k=random_source.randint(2, 4)))
        if word not in seen:
            seen.add(word)
            words.append(word)
    for rank, word in RANKS.items():
        words[rank] = word
    return words


def make(folder, files):
    """Studies of 12 sections of 40 to 140 words, drawn after Zipf's law; always the same."""
    source = random.Random(1)
    words = vocabulary(source)
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(WORDS)))
    for number in range(files):
        if number % 200 == 0:
            place = os.path.join(folder, "%03d" % (number // 200))
            os.makedirs(place)
        drawn = source.choices(words, cum_weights=weights, k=12 * 140)
        with open(os.path.join(place, "study-%05d.md" % number), "w") as f:
            f.write("# %s %s %d\n" % (drawn[-1].title(), drawn[-2].title(), number))
            for section in range(12):
                text = drawn[section * 140:section * 140 + source.randint(40, 139)]
                f.write("\n## %s %s\n\n" % (text[0].title(), text[-1]))
                for at in range(0, len(text), 17):
                    f.write(" ".join(text[at:at + 17]).capitalize() + ".\n")


def prepare(cache):
    """The folder with the text and what it is called; kept in the build for the next time."""
    packed = os.path.exists(LARGE)
    name = "large" if packed else "made"
    ready = os.path.join(cache, name)
    if not os.path.isdir(ready):
        raw = ready + ".new"
        shutil.rmtree(raw, ignore_errors=True)
        os.makedirs(raw)
        if packed:
            subprocess.run(["tar", "-xf", LARGE, "-C", raw], check=True)
        else:
            make(raw, MADE_FILES)
        os.rename(raw, ready)
    return ready, "large.tar.xz" if packed else "text made by tests/bench/corpus.py"


# ---- copies ------------------------------------------------------------------------------


def paths(folder):
    """What caseindex takes by default, ignore files aside; in byte order."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += [os.path.relpath(os.path.join(place, n), folder) for n in names
                  if n.lower().endswith(ENDINGS) and not n.startswith(".")]
    return sorted(found, key=os.fsencode)


def link(source, names, destination):
    """The same files in another folder: hard links, for no file is changed in place."""
    made = set()
    for name in names:
        path = os.path.join(destination, name)
        place = os.path.dirname(path)
        if place not in made:
            os.makedirs(place, exist_ok=True)
            made.add(place)
        os.link(os.path.join(source, name), path)


def write_numbered(text, number, path):
    """A number before the text, which is after the front matter."""
    front = text.find(b"\n---", 3) if text.startswith(b"---\n") else -1
    at = text.find(b"\n", front + 1) + 1 if front > 0 else 0
    with open(path, "wb") as f:
        f.write(text[:at] + b"%d\n\n" % number + text[at:])


def copy(source, names, destination, copies):
    """So many copies side by side, with a number before the text of each file."""
    for name in names:
        with open(os.path.join(source, name), "rb") as f:
            text = f.read()
        for number in range(copies):
            path = os.path.join(destination, str(number), name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_numbered(text, number, path)


def change(folders, names):
    """Adds a paragraph to each file, as an editor does: a new file takes its place. What is
    linked to the old one elsewhere is not touched."""
    for name in names:
        with open(os.path.join(folders[0], name), "rb") as f:
            text = f.read()
        for folder in folders:
            path = os.path.join(folder, name)
            with open(path + "~", "wb") as f:
                f.write(text + b"\n\nOne more paragraph, number %d.\n" % len(text))
            os.rename(path + "~", path)
