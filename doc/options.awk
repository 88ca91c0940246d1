# options.awk - what --help prints, which is the program's table of options, as the list of a
# manual page or as completions of a shell.
#
#   casesearch --help | awk -v program=casesearch -v format=man|bash|zsh|fish -f doc/options.awk
#
# What completes the value of an option is told by the name of its argument; those of WHEN and
# BY are the words of its help that an "or" ends.
#
# SPDX-License-Identifier: GPL-2.0-or-later

function choices_of(text) {
    if (!match(text, /([a-z]+, )+[a-z]+ or [a-z]+|([a-z]+, )+[a-z]+ or [a-z]+|[a-z]+, [a-z]+ or [a-z]+/))
        return ""
    text = substr(text, RSTART, RLENGTH)
    gsub(/,| or/, "", text)
    return text
}

# What a value is: "files", "folders", "words" or nothing that can be completed.
function kind_of(argument) {
    if (argument == "DIR")
        return "folders"
    if (argument == "FILE" || argument == "REF" || argument == "GLOB")
        return "files"
    return argument == "WHEN" || argument == "BY" ? "words" : ""
}

/^  (-.,|   ) --/ {
    count++
    letter[count] = substr($0, 3, 1) == "-" ? substr($0, 4, 1) : ""
    rest = substr($0, 9)
    name[count] = rest
    sub(/[ =].*/, "", name[count])
    rest = substr(rest, length(name[count]) + 1)
    argument[count] = match(rest, /^ [A-Z]+/) ? substr(rest, 2, RLENGTH - 1) : ""
    help[count] = substr(rest, argument[count] == "" ? 1 : RLENGTH + 1)
    sub(/^ +/, "", help[count])
    group[count] = heading
    next
}
/^[A-Z].*:$/ {
    heading = substr($0, 1, length($0) - 1)
}

# ---- a manual page --------------------------------------------------------------------------

function man_text(text) {
    gsub(/\\/, "\\e", text)
    return (text ~ /^[.']/ ? "\\&" : "") text
}

function man(    i, before) {
    for (i = 1; i <= count; i++) {
        if (group[i] != before) {
            if (before != "")
                print ".El"
            print ".Ss " group[i]
            print ".Bl -tag -width Ds"
        }
        before = group[i]
        printf ".It "
        if (letter[i] != "")
            printf "Fl %s%s , ", letter[i], argument[i] == "" ? "" : " Ar " argument[i]
        printf "Fl -%s%s\n", name[i], argument[i] == "" ? "" : " Ar " argument[i]
        print man_text(help[i])
    }
    print ".El"
}

# ---- bash -------------------------------------------------------------------------------------

function bash(    i, all, names) {
    for (i = 1; i <= count; i++)
        all = all " --" name[i] (letter[i] == "" ? "" : " -" letter[i])
    print "# bash completion of " program ", made from its table of options."
    print "_" program "() {"
    print "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}"
    print "    case $before in"
    for (i = 1; i <= count; i++) {
        if (argument[i] == "")
            continue
        names = "--" name[i] (letter[i] == "" ? "" : " | -" letter[i])
        print "    " names ")"
        if (kind_of(argument[i]) == "words")
            print "        COMPREPLY=($(compgen -W '" choices_of(help[i]) "' -- \"$word\"))"
        else if (kind_of(argument[i]) == "folders")
            print "        compopt -o filenames; COMPREPLY=($(compgen -d -- \"$word\"))"
        else if (kind_of(argument[i]) == "files")
            print "        compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\"))"
        else
            print "        COMPREPLY=()"
        print "        return ;;"
    }
    print "    esac"
    print "    if [[ $word == -* ]]; then"
    print "        COMPREPLY=($(compgen -W '" substr(all, 2) "' -- \"$word\"))"
    print "    else"
    print "        compopt -o filenames; COMPREPLY=($(compgen -" (program == "caseindex" ? "d" : "f") " -- \"$word\"))"
    print "    fi"
    print "}"
    print "complete -F _" program " " program
}

# ---- zsh --------------------------------------------------------------------------------------

function zsh_text(text) {
    gsub(/'/, "'\\''", text)
    gsub(/\[/, "\\[", text)
    gsub(/\]/, "\\]", text)
    gsub(/:/, "\\:", text)
    return text
}

function zsh_value(i,    kind) {
    if (argument[i] == "")
        return ""
    kind = kind_of(argument[i])
    return ":" argument[i] ":" (kind == "words" ? "(" choices_of(help[i]) ")" \
                                : kind == "folders" ? "_files -/" : kind == "files" ? "_files" : " ")
}

function zsh(    i) {
    print "#compdef " program
    print "# zsh completion of " program ", made from its table of options."
    print "_arguments -s -S \\"
    for (i = 1; i <= count; i++) {
        if (letter[i] != "")
            print "    '*-" letter[i] "[" zsh_text(help[i]) "]" zsh_value(i) "' \\"
        print "    '*--" name[i] (argument[i] == "" ? "" : "=") "[" zsh_text(help[i]) "]" zsh_value(i) "' \\"
    }
    print "    '*:" (program == "caseindex" ? "folder:_files -/" : "query:_files") "'"
}

# ---- fish -------------------------------------------------------------------------------------

function fish_text(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/'/, "\\'", text)
    return text
}

function fish(    i, line, kind) {
    print "# fish completion of " program ", made from its table of options."
    for (i = 1; i <= count; i++) {
        line = "complete -c " program " -l " name[i] (letter[i] == "" ? "" : " -s " letter[i])
        kind = kind_of(argument[i])
        if (kind == "words")
            line = line " -x -a '" choices_of(help[i]) "'"
        else if (kind == "folders")
            line = line " -x -a '(__fish_complete_directories)'"
        else if (kind == "files")
            line = line " -r"
        else if (argument[i] != "")
            line = line " -x"
        print line " -d '" fish_text(help[i]) "'"
    }
}

END {
    if (count == 0)
        exit 1
    if (format == "man")
        man()
    else if (format == "bash")
        bash()
    else if (format == "zsh")
        zsh()
    else
        fish()
}
