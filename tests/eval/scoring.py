# scoring.py - what a ranking is worth, given judgements; what a difference is worth.
#
# The measures are those of trec_eval and BEIR: nDCG with linear gains (a grade
# counts as itself, not as 2^grade - 1) and a discount of log2(rank + 1), the ideal
# from all judged grades; a query without a hit scores 0, one without a relevant
# document does not count. A run's order is that of its lines.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import math
import random

MEASURES = ("nDCG@10", "MAP", "R@100", "MRR", "S@1")


def dcg(gains, cut):
    return sum(g / math.log2(i + 2) for i, g in enumerate(gains[:cut]))


def measures(gains, grades, level=1):
    """gains: the grade of each hit, in order; grades: all that were judged."""
    relevant = sum(1 for g in grades if g >= level)
    ideal = dcg(sorted(grades, reverse=True), 10)
    ranks = [i + 1 for i, g in enumerate(gains) if g >= level]
    return {"nDCG@10": dcg(gains, 10) / ideal if ideal else 0.0,
            "MAP": sum((n + 1) / rank for n, rank in enumerate(ranks)) / relevant if relevant else 0.0,
            "R@100": sum(1 for rank in ranks if rank <= 100) / relevant if relevant else 0.0,
            "MRR": 1 / ranks[0] if ranks else 0.0,
            "S@1": 1.0 if ranks and ranks[0] == 1 else 0.0}


def gains_of_documents(hits, grades):
    """hits: ids; grades: {id: grade}."""
    return [max(grades.get(hit, 0), 0) for hit in hits]


def gains_of_places(hits, places):
    """hits: (file, first line, last line); places: (grade, file, first, last), where
    lines 0 to 0 are the rest of the file. A hit takes the best of the places it shares
    lines with that no hit before has found, and finds them all; one that shares lines
    only with places found before is passed over."""
    found, gains = set(), []
    for path, first, last in hits:
        mine = [i for i, place in enumerate(places) if place[1] == path]
        here = [i for i in mine if places[i][2] and places[i][2] <= last and first <= places[i][3]]
        if here and found.issuperset(here):
            continue
        here = here or [i for i in mine if not places[i][2]]
        gains.append(max((places[i][0] for i in here if i not in found), default=0))
        found.update(here)
    return gains


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def randomisation(differences, rounds=10000, seed=1):
    """Fisher's paired randomisation test, two-sided: how often the sum of the
    differences, each with a random sign, is as far from 0 as it was."""
    differences = [d for d in differences if abs(d) > 1e-12]
    if not differences:
        return 1.0
    observed = abs(sum(differences)) - 1e-9
    tables = []  # of eight differences each: the sum for each choice of signs
    for i in range(0, len(differences), 8):
        sums = [0.0]
        for d in differences[i:i + 8]:
            sums = [s + d for s in sums] + [s - d for s in sums]
        tables.append(sums * (256 // len(sums)))
    rng = random.Random(seed)
    extreme = sum(abs(sum(t[b] for t, b in zip(tables, rng.randbytes(len(tables))))) >= observed
                  for _ in range(rounds))
    return (extreme + 1) / (rounds + 1)
