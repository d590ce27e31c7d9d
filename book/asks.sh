#!/bin/sh
# List what a chapter shows of its programs: for each comment of its README what
# is to be captured, "run good --trace<TAB><!-- lanes: good -->". The list stays
# as it is, and no program is asked for again, while only words around the
# comments change.
#
#   asks.sh ROOT CHAPTER OUT
set -eu

root=$1 chapter=$2 out=$3
readme=chapters/$chapter/README.md
forms='output|figure|lanes|proof|play|evidence|runs'
tab=$(printf '\t')

ask() {
    printf '%s%s%s\n' "$*" "$tab" "$comment"
}

# A figure is drawn from the report of its exploration.
report() {
    program=$1
    shift
    ask explore "$program" --json "$@"
}

proof() {
    program=$1
    shift
    report "$program" --all "$@"
    ask tsan "$program" "$@"
}

graph() {
    program=$1
    shift
    ask explore "$program" --graph "$@"
}

lanes() {
    program=$1
    shift
    [ "${1-}" != -- ] || shift
    ask run "$program" --trace "$@"
}

# Do $1 for each program, the leading words, with the options after them.
each() {
    action=$1 programs=
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        -*) break ;;
        esac
        programs="$programs $1"
        shift
    done
    for one in $programs; do
        "$action" "$one" "$@"
    done
}

cd "$root"
{ grep -E "^<!-- ($forms): .* -->\$" "$readme" || [ $? = 1 ]; } |
while IFS= read -r comment; do
    words=$(echo "$comment" |
        sed -e 's/^<!-- output: \(.*\) -->$/\1/' -e 's/^<!-- \(.*\) -->$/\1/' \
            -e 's/ *exit=[0-9]*//' -e 's/ *fault=[a-z-]*//' \
            -e 's/ *but=[a-z_A-Z0-9]*//g')
    case $words in
    *[!a-zA-Z0-9:=._\ -]*)
        line=$(grep -nF -- "$comment" "$readme" | head -n 1 | cut -d : -f 1)
        echo "$readme:$line: an option may hold letters, digits and =._-" >&2
        exit 1 ;;
    esac
    # shellcheck disable=SC2086 # the words are separate arguments
    case $words in
    "run "[a-z]* | "explore "[a-z]* | "sanitize "[a-z]*) ask $words ;;
    "figure: explore "[a-z]*) report ${words#figure: explore } ;;
    "lanes: "[a-z]*) each lanes ${words#lanes: } ;;
    "proof: "[a-z]*) each proof ${words#proof: } ;;
    "evidence: "[a-z]*) ask difference ;;
    "runs: "[a-z]*) ask runs ${words#runs: } ;;
    "play: "[a-z]*) each graph ${words#play: } ;;
    esac # any other form is weave.lua's to refuse
done > "$out.part"
if cmp -s "$out.part" "$out"; then
    rm "$out.part"
else
    mv "$out.part" "$out"
fi
