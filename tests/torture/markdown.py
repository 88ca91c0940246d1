# markdown.py - Markdown that hurts: the pathological families of CommonMark's own tests
# (test/pathological_tests.py of cmark) and others, each grown to a size.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import random


def fill(unit, size):
    """`unit` again and again, `size` bytes in all."""
    if isinstance(unit, str):
        unit = unit.encode()
    return unit * (size // len(unit))


def around(before, middle, after, size):
    count = size // (len(before) + len(after))
    return (before * count + middle + after * count).encode()


def numbered(form, size):
    parts, total, i = [], 0, 0
    while total < size:
        parts.append((form % {"i": i, "j": i + 1}).encode())
        total += len(parts[-1])
        i += 1
    return b"".join(parts)


def backticks(size):
    parts, total, i = [], 0, 1
    while total < size:
        parts.append(b"e" + b"`" * i)
        total += i + 1
        i += 1
    return b"".join(parts)


def staircase(mark, size):
    """Lists or quotes, each line one deeper."""
    parts, total, i = [], 0, 0
    while total < size:
        parts.append(("  " * i + mark + " a\n").encode())
        total += len(parts[-1])
        i += 1
    return b"".join(parts)


def table(columns, size):
    head = b"|" + b" a |" * columns + b"\n|" + b"---|" * columns + b"\n"
    row = b"|" + b" x |" * columns + b"\n"
    return head + row * max(0, (size - len(head)) // len(row))


def noise(size):
    return random.Random(7).randbytes(size)


def lines_of(unit, size):
    return fill(unit + "\n", size)


# Name, and bytes for a size. Those of cmark's tests first.
FAMILIES = {
    "nested strong emphasis": lambda n: around("*a **a ", "b", " a** a*", n),
    "emphasis closers, no openers": lambda n: fill("a_ ", n),
    "emphasis openers, no closers": lambda n: fill("_a ", n),
    "link closers, no openers": lambda n: fill("a]", n),
    "link openers, no closers": lambda n: fill("[a", n),
    "mismatched openers and closers": lambda n: fill("*a_ ", n),
    "openers and closers, multiple of 3": lambda n: b"a**b" + fill("c* ", n),
    "link openers and emphasis closers": lambda n: fill("[ a_", n),
    "pattern [ (](": lambda n: fill("[ (](", n),
    "pattern ![[]()": lambda n: fill("![[]()", n),
    "hard link and emphasis": lambda n: fill("**x [a*b**c*](d)\n", n),
    "nested brackets": lambda n: around("[", "a", "]", n),
    "nested block quotes": lambda n: fill("> ", n) + b"a",
    "deeply nested lists": lambda n: staircase("*", n),
    "U+0000 in input": lambda n: b"x" * 9000 + fill("abc\0de\0", n),
    "backticks": backticks,
    "backticks in <details>": lambda n: b"<details>\n<summary>a</summary>\n\n" + backticks(n),
    "unclosed links <": lambda n: fill("[a](<b", n),
    "unclosed links (": lambda n: fill("[a](b", n),
    "unclosed <!--": lambda n: b"</" + fill("<!--", n),
    "unclosed <?": lambda n: fill("<?", n),
    "unclosed <![CDATA[": lambda n: fill("<![CDATA[", n),
    "unclosed <!A": lambda n: fill("<!A ", n),
    "empty lines in nested lists": lambda n: fill("- ", n // 2) + b"x" + b"\n" * (n // 2),
    "empty lines in a deep list": lambda n: fill("- ", 60) + b"x" + b"\n" * n,
    "reference collisions": lambda n: numbered("[%(i)d]: /u\n\n[x%(i)d]\n\n", n),
    "reference, long label": lambda n: b"[" + b"a" * n + b"]: /u",
    "references, expanded": lambda n: b"[a]: " + b"x" * (n // 4) + b"\n" + fill("[a] ", n * 3 // 4),
    # others
    "nesting 10^5 of quotes": lambda n: b">" * min(n, 100000) + b" a\n",
    "nesting 10^5 of brackets": lambda n: b"(" * min(n, 100000) + b"[" * min(n, 100000) + b"a\n",
    "nesting 10^5 of <div>": lambda n: fill("<div>", min(n, 500000)),
    "nesting of <table>": lambda n: fill("<table><tr><td>", n),
    "nesting of <details>": lambda n: fill("<details><summary>a</summary>\n\n", n),
    "quotes ever deeper": lambda n: numbered("%(i)0100d > a\n", n).replace(b"0", b">"),
    "one item a line, bullets change": lambda n: fill("- a\n+ a\n* a\n", n),
    "ordered list of many": lambda n: numbered("%(i)d. a\n", n),
    "rules": lambda n: fill("***\n", n),
    "setext underlines": lambda n: fill("a\n=\n", n),
    "headings": lambda n: numbered("# h %(i)d\n", n),
    "headings ever deeper, text": lambda n: fill("# a\n## b\n### c\n#### d\n##### e\n###### f\ng\n", n),
    "one heading": lambda n: b"# " + fill("word ", n),
    "bold lines": lambda n: fill("**a**\n\nb\n\n", n),
    "fences never closed": lambda n: fill("```\na\n~~~\n", n),
    "a line of a table, 10^5 columns": lambda n: table(min(100000, n // 16), n),
    "a table of many rows": lambda n: table(4, n),
    "a table, wide head": lambda n: b"|" + b"word " * (n // 20) + b"|\n|---|\n" + fill("| x |\n", n // 2),
    "pipes": lambda n: fill("|", n),
    "escapes": lambda n: fill("\\", n),
    "entities": lambda n: fill("&amp;&nbsp;&#0;&#x10FFFF;&nosuch;", n),
    "ampersands": lambda n: fill("&", n),
    "tags unclosed": lambda n: fill("<a ", n),
    "tags with quotes unclosed": lambda n: fill("<a b='", n),
    "tags": lambda n: fill("<b>x</b>", n),
    "scripts unclosed": lambda n: fill("<script>", n),
    "autolinks": lambda n: fill("https://a.org/?b=(c) ", n),
    "autolinks, dots": lambda n: b"www." + fill("a.", n),
    "addresses @": lambda n: fill("a@b.", n),
    "data: address": lambda n: b"![x](data:image/png;base64," + fill("AAAA", n) + b")\n",
    "links": lambda n: numbered("[a%(i)d](https://e.org/%(i)d) ", n),
    "wiki links unclosed": lambda n: fill("[[a|", n),
    "shortcodes unclosed": lambda n: fill("{{< a ", n),
    "shortcodes": lambda n: fill("{{< fig src=\"a\" title=\"b\" >}}", n),
    "braces": lambda n: fill("{", n),
    "dollars": lambda n: fill("$a$ $$b$$ ", n),
    "marks of footnotes": lambda n: numbered("a[^%(i)d] ", n),
    "definitions of footnotes": lambda n: numbered("[^%(i)d]: a\n", n),
    "marks and definitions": lambda n: numbered("a[^%(i)d]\n\n[^%(i)d]: b\n\n", n),
    "one mark, again and again": lambda n: b"[^a]: b\n\n" + fill("c[^a] ", n),
    "ranges of marks": lambda n: b"## References\n\n1. a\n999999. b\n\nx\n\n" + fill("c [1-999999]", n),
    "sources numbered": lambda n: b"## References\n\n" + numbered("[%(i)d] a\n", n),
    "sup": lambda n: fill("<sup>1</sup>", n),
    "<<<<<<<": lambda n: fill("<<<<<<< a\n=======\n>>>>>>> b\n", n),
    "colons": lambda n: fill("a\n: b\n", n),
    "front matter: lines": lambda n: b"---\n" + numbered("k%(i)d: v\n", n) + b"---\n",
    "front matter: anchors": lambda n: b"---\na: &a [x,x,x,x,x,x,x,x]\n" + numbered(
        "k%(i)d: &k%(j)d [*a,*a,*a,*a,*a,*a]\n", n) + b"---\n",
    "front matter: laughs": lambda n: b"---\nl0: &l0 [x,x,x,x,x,x,x,x,x]\n" + numbered(
        "l%(j)d: &l%(j)d [*l%(i)d,*l%(i)d,*l%(i)d,*l%(i)d]\n", min(n, 20000)) + b"---\n",
    "front matter: merges": lambda n: b"---\nm0: &m0 {a: b}\n" + numbered(
        "m%(j)d: &m%(j)d {<<: *m%(i)d, k%(i)d: v}\n", n) + b"---\n",
    "front matter: nesting": lambda n: b"---\na: " + around("[", "x", "]", n) + b"\n---\n",
    "front matter: maps": lambda n: b"---\na: " + fill("{a: ", n) + b"\n---\n",
    "front matter: one value": lambda n: b"---\na: " + fill("x ", n) + b"\n---\n",
    "front matter: quotes": lambda n: b"---\na: \"" + fill("\\\"", n) + b"\n---\n",
    "front matter: broken lines": lambda n: b"---\n" + fill("a: b: c\n", n) + b"---\n",
    "front matter: dashes": lambda n: b"---\n" + fill("- ", n) + b"\n---\n",
    "front matter: question marks": lambda n: b"---\n" + fill("? ", n) + b"\n---\n",
    "front matter: indents": lambda n: b"---\n" + staircase("a:", n) + b"---\n",
    "front matter: keys of one line": lambda n: b"---\n{" + numbered("k%(i)d: v, ", n) + b"}\n---\n",
    "front matter: not closed": lambda n: b"---\n" + fill("a: b\n", n),
    "front matter: TOML nesting": lambda n: b"+++\na = " + around("[", "1", "]", n) + b"\n+++\n",
    "front matter: TOML tables": lambda n: b"+++\n" + numbered("[t%(i)d]\nk = 1\n", n) + b"+++\n",
    "front matter: TOML strings": lambda n: b"+++\na = '''" + fill("''x", n) + b"\n+++\n",
    "combining marks": lambda n: b"a" + fill("\u0301\u0323", n),
    "combining marks, by 31": lambda n: fill("a" + "\u0301\u0323" * 16, n),
    "Tibetan marks": lambda n: fill("\u0f71\u0f72\u0f74", n),
    "U+FDFA": lambda n: fill("\ufdfa", n),
    "U+FDFA, words": lambda n: fill("\ufdfa ", n),
    "Hangul letters": lambda n: fill("\u1100\u1161\u11a8", n),
    "joiners": lambda n: fill("a\u200d", n),
    "emoji joined": lambda n: fill("\U0001f468\u200d", n),
    "flags": lambda n: fill("\U0001f1e9", n),
    "ideographs": lambda n: fill("\u6771", n),
    "Thai": lambda n: fill("\u0e17", n),
    "zero width": lambda n: fill("\u200b", n),
    "overrides": lambda n: fill("\u202ea\u202c ", n),
    "a line of letters": lambda n: fill("x", n),
    "a line of words": lambda n: fill("word ", n),
    "a line of other words": lambda n: numbered("w%(i)d ", n),
    "hyphens": lambda n: fill("a-", n),
    "dots": lambda n: fill("a.", n),
    "digits and commas": lambda n: fill("1,", n),
    "digits and points": lambda n: fill("1.", n),
    "apostrophes": lambda n: fill("a'", n),
    "full stops": lambda n: fill(". ", n),
    "abbreviations": lambda n: fill("Dr. ", n),
    "open quotes": lambda n: fill("\u201ca. ", n),
    "blanks": lambda n: fill(" ", n) + b"a\n",
    "tabs": lambda n: fill("\t", n) + b"a\n",
    "line ends": lambda n: b"\n" * n + b"a\n",
    "lone CR": lambda n: fill("a\r", n),
    "one letter a line": lambda n: fill("a\n\n", n),
    "invalid UTF-8": lambda n: fill(b"\xff\xfe\x80a", n),
    "cut UTF-8": lambda n: fill(b"\xf0\x9f\x98 ", n),
    "noise": noise,
    "noise, UTF-16": lambda n: b"\xff\xfe" + noise(n),
    "UTF-16 surrogates": lambda n: b"\xfe\xff" + fill(b"\xd8\x00", n),
    "UTF-16 words": lambda n: b"\xff\xfe" + fill("a\u0301 ".encode("utf-16-le"), n),
}
