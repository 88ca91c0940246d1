# report.py - the table of `make bench`, and whether the figures are those aimed at.
#
# SPDX-License-Identifier: GPL-2.0-or-later
WIDTHS = (37, 11, 18, 18, 18, 18)


def seconds(value):
    return "%.1f ms" % (value * 1000) if value < 0.9995 else "%.2f s" % value


def megabytes(value):
    return "%.1f MB" % (value / 1e6)


def line(cells):
    print("".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                  for i, (cell, w) in enumerate(zip(cells, WIDTHS))).rstrip(), flush=True)


class Table:
    """Rows of figures: ours, then each peer's with how many times ours it is."""

    def __init__(self, title, peers):
        self.peers = peers
        print()
        line([title, "casesearch"] + peers)

    def row(self, name, values, show):
        """`values` by program; those not measured are a dash."""
        ours = values.get("casesearch")
        cells = [name, show(ours) if ours is not None else "-"]
        for peer in self.peers:
            value = values.get(peer)
            ratio = "%6.1fx" % (value / ours) if value is not None and ours else " " * 7
            cells.append("-" if value is None else show(value) + ratio)
        line(cells)


# ---- targets ----------------------------------------------------------------------------


class Targets:
    def __init__(self):
        self.rows = []

    def at_most(self, name, value, bound, show):
        """A value that was not measured is None; so is a bound."""
        if value is None or bound is None:
            self.rows.append((name, "", "", "not measured"))
        else:
            self.rows.append((name, show(value), show(bound), "yes" if value <= bound else "NO"))

    def show(self):
        print("\n%-58s %12s %12s  reached" % ("target", "measured", "at most"))
        for row in self.rows:
            print("%-58s %12s %12s  %s" % row)


def times(value):
    return "%.2f x" % value


def index_targets(targets, found, source):
    """`found`: by program, what was measured of its indexing."""
    ours = found["casesearch"]
    fts5 = found["SQLite FTS5"]["wall"]
    targets.at_most("indexing: wall time of FTS5 (goal)", ours["wall"], fts5, seconds)
    targets.at_most("indexing: twice the wall time of FTS5", ours["wall"], 2 * fts5, seconds)
    omindex = found.get("omindex", {}).get("wall")
    targets.at_most("indexing: a sixth of the wall time of omindex", ours["wall"],
                    omindex and omindex / 6, seconds)
    targets.at_most("size of the index, text and all, by the source's", ours["size"] / source, 1.5,
                    times)
    targets.at_most("peak memory of all processes", ours["memory"], 400e6, megabytes)


def query_targets(targets, found, queries, peers):
    """`found`: by query, median seconds by program. `queries`: by query, its name and how
    much more than the empty program it may take, None for no bound."""
    for kind, (name, bound) in queries.items():
        ours, empty = found[kind]["casesearch"], found[kind]["empty program"]
        if bound is not None:
            targets.at_most("%s, more than the empty program" % name, ours - empty, bound, seconds)
    for peer in peers:
        ahead = [kind for kind in queries if peer in found[kind]]
        slower = [queries[kind][0] for kind in ahead
                  if found[kind]["casesearch"] > found[kind][peer]]
        targets.rows.append(("all queries ahead of " + peer,
                             "%d of %d" % (len(ahead) - len(slower), len(ahead)), "",
                             ("NO: " + ", ".join(slower) if slower else "yes") if ahead
                             else "not measured"))


def files(count):
    return "%d file%s" % (count, "" if count == 1 else "s")


def update_targets(targets, unchanged, updates):
    """Median seconds by program: nothing changed, and by number of files."""
    ours = unchanged["casesearch"]
    targets.at_most("nothing changed: twice find", ours, 2 * unchanged["find"], seconds)
    for count, room in ((1, 0.15), (100, 1.0)):
        targets.at_most("%s changed, more than nothing changed" % files(count),
                        updates[count]["casesearch"] - ours, room, seconds)
