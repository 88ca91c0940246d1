# page.awk - a page of doc/ as a manual page: Markdown, as far as these pages use it, to mdoc(7).
#
#   LC_ALL=C awk -v name=casesearch-query -v section=7 -v about="..." -v date="..." -v see="casesearch 1,..." \
#       -f doc/page.awk doc/query-language.md
#
# Headings, paragraphs, lists, fences, tables whose first cell is what the others speak of,
# `code`, **strong**, *emphasis*, links by their text.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# Text of the page as text of mdoc; fonts by escapes, for macros would need lines of their own.
function inline(text,    out, at, end, what) {
    out = ""
    while (length(text) > 0) {
        if (substr(text, 1, 1) == "`" && (end = index(substr(text, 2), "`")) > 0) {
            out = out "\\fB" escaped(substr(text, 2, end - 1)) "\\fR"
            text = substr(text, end + 2)
        } else if (substr(text, 1, 2) == "**" && (end = index(substr(text, 3), "**")) > 0) {
            out = out "\\fB" inline(substr(text, 3, end - 1)) "\\fR"
            text = substr(text, end + 4)
        } else if (match(text, /^\*[^* ][^*]*\*/)) {
            out = out "\\fI" escaped(substr(text, 2, RLENGTH - 2)) "\\fR"
            text = substr(text, RLENGTH + 1)
        } else if (match(text, /^\[[^]]*\]\([^)]*\)/)) {
            what = substr(text, 2, index(text, "](") - 2)
            text = substr(text, RLENGTH + 1)
            out = out inline(what)
        } else if (match(text, /^\\[|*_`]/)) {
            out = out substr(text, 2, 1)
            text = substr(text, 3)
        } else {
            at = match(substr(text, 2), /[`*[\\]/)
            at = at == 0 ? length(text) : at
            out = out escaped(substr(text, 1, at))
            text = substr(text, at + 1)
        }
    }
    return out
}

function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/\\\|/, "|", text)
    return text
}

# A line of text, which must not look like a macro.
function put(line) {
    print (line ~ /^[.']/ ? "\\&" : "") line
}

# The length of a text as mandoc(1) counts it, which writes what is not ASCII as \[u1234].
function size_of(text) {
    return length(text) + 7 * gsub(/[\300-\377]/, "", text)
}

# Filled text: a sentence begins a line, no line is long.
function fill(text,    words, n, i, line, word) {
    n = split(text, words, " ")
    line = ""
    for (i = 1; i <= n; i++) {
        word = words[i]
        if (line != "" && size_of(line) + size_of(word) >= 76) {
            put(line)
            line = ""
        }
        line = line == "" ? word : line " " word
        if (word ~ /[.!?:;][)"\\fR]*$/) {
            put(line)
            line = ""
        }
    }
    if (line != "")
        put(line)
}

# The head of an item: no word of it is a macro.
function head(text,    words, n, i, line) {
    n = split(text, words, " ")
    line = ".It"
    for (i = 1; i <= n; i++)
        line = line " \\&" words[i]
    gsub(/"/, "\\(dq", line)
    print line
}

function end_paragraph() {
    if (paragraph != "") {
        if (!fresh && !in_list)
            print ".Pp"
        fill(inline(paragraph))
        paragraph = ""
        fresh = 0
    }
}

function end_list() {
    end_paragraph()
    if (in_list) {
        print ".El"
        in_list = 0
    }
}

function end_table() {
    if (in_table) {
        print ".El"
        in_table = 0
    }
}

# The cells of a row; a bar after a backslash is text.
function cells_of(line, cells,    n) {
    gsub(/\\\|/, "\001", line)
    sub(/^\| */, "", line)
    sub(/ *\|$/, "", line)
    n = split(line, cells, / *\| */)
    for (i = 1; i <= n; i++)
        gsub(/\001/, "|", cells[i])
    return n
}

function row(line,    cells, n, i, text, part) {
    n = cells_of(line, cells)
    if (!in_table) {
        end_list()
        print ".Bl -tag -width Ds"
        in_table = 1
        columns = n
        for (i = 1; i <= n; i++)
            names[i] = cells[i]
        return
    }
    if (cells[1] ~ /^:?-+:?$/)
        return
    head(inline(cells[1]))
    text = ""
    for (i = 2; i <= n; i++) {
        if (cells[i] == "")
            continue
        part = names[i] == "null" ? "null: " cells[i] : cells[i]
        text = text == "" ? part : text "; " part
    }
    fill(inline(text))
    fresh = 0
}

BEGIN {
    print ".Dd " date
    print ".Dt " toupper(name) " " section
    print ".Os"
    print ".Sh NAME"
    print ".Nm " name
    print ".Nd " about
    print ".Sh DESCRIPTION"
    fresh = 1
}

/^```/ {
    if (in_code) {
        print ".Ed"
        in_code = 0
        fresh = 0
    } else {
        end_list()
        end_table()
        print (fresh ? ".Bd -literal -offset 2n -compact" : ".Bd -literal -offset 2n")
        in_code = 1
    }
    next
}
in_code {
    gsub(/\\/, "\\e")
    put($0)
    next
}
/^# / { next }
/^## / {
    end_list()
    end_table()
    print ".Ss " inline(substr($0, 4))
    fresh = 1
    next
}
/^### / {
    end_list()
    end_table()
    print ".Ss " inline(substr($0, 5))
    fresh = 1
    next
}
/^\|/ {
    end_paragraph()
    row($0)
    next
}
/^- / {
    end_paragraph()
    end_table()
    if (!in_list)
        print (fresh ? ".Bl -bullet -compact" : ".Pp\n.Bl -bullet -compact")
    in_list = 1
    fresh = 0
    print ".It"
    paragraph = substr($0, 3)
    next
}
/^ *$/ {
    end_paragraph()
    end_table()
    blank = 1
    next
}
{
    if (in_list && blank && $0 !~ /^ /)
        end_list()
    blank = 0
    sub(/^ +/, "")
    paragraph = paragraph == "" ? $0 : paragraph " " $0
}
END {
    end_list()
    end_table()
    print ".Sh SEE ALSO"
    n = split(see, pages, ",")
    for (i = 1; i <= n; i++)
        print ".Xr " pages[i] (i < n ? " ," : "")
}
