#!/bin/sh
# Run the programs whose output a chapter shows, if their sources have changed.
#
#   capture.sh WORKBOOK ROOT CHAPTER OUT < list of source files
#
# WORKBOOK is the program `workbook`, ROOT the repository, CHAPTER a directory
# under ROOT/chapters, OUT where "explore_bad.txt" and its like are kept; what
# is wanted stands in OUT.asks, which asks.sh has made of its README. Each
# has a head (command, exit, sources: a hash of the sources, the compiler's
# flags, these scripts and the command), a blank line, and what was printed.
# weave.lua reads them and judges. measure.sh does what `workbook` does not.
set -eu

workbook=$1 root=$2 chapter=$3 out=$4
readme=$root/chapters/$chapter/README.md
number=${chapter%%_*}
seconds=${WB_CAPTURE_SECONDS:-120}
scripts=${0%/*}
conf=$WORKBOOK_BUILD/chapters/$chapter/judge.conf

fail() {
    line=$(grep -nF -- "$comment" "$readme" | head -n 1 | cut -d : -f 1)
    echo "chapters/$chapter/README.md:${line:-0}: $1" >&2
    exit 1
}

# Run workbook with the words given; leave what it prints in $out/.output and
# how it ends in $status. --graph, --trace: the graph or the trace is left
# there, and in $verdict what the program says of itself.
run() {
    rm -f "$out/.file"
    for word; do
        shift
        case $word in
        --graph | --trace) word=$word=$out/.file ;;
        esac
        set -- "$@" "$word"
    done
    [ -x "$workbook" ] || fail "this build has no program workbook to run $*"
    status=0
    (cd "$root" && exec env NO_COLOR=1 LC_ALL=C.UTF-8 COLUMNS=100 TERM=dumb \
        timeout -k 5 "$seconds" "$workbook" "$@") \
        > "$out/.output" 2>&1 < /dev/null || status=$?
    [ "$status" -ne 124 ] && [ "$status" -ne 137 ] ||
        fail "\`workbook $*\` did not end in $seconds s; mend the program"
    verdict=$(grep -m 1 '^verdict: ' "$out/.output" || true)
    [ ! -f "$out/.file" ] || mv "$out/.file" "$out/.output"
}

# Have measure.sh watch a program.
measure() {
    status=0 verdict=
    [ -f "$conf" ] || fail "this build knows no way to compile for \"$1\""
    sh "$scripts/measure.sh" "$root" "$chapter" "$out/.made" "$@" \
        > "$out/.output" 2> "$out/.why" < /dev/null ||
        fail "\"$*\": $(head -n 1 "$out/.why")"
}

# Make the capture of the words given, unless it is there and fresh, or another
# build, in WB_CAPTURES, has a fresh one: numbers differ from run to run.
capture() {
    name=$(echo "$*" | tr ' ' '_').txt
    hash=$( (echo "$*"; cat "$out/.sources") | sha256sum | cut -c 1-64)
    wanted="$wanted $name"
    if grep -qsx "sources: $hash" "$out/$name"; then
        return
    fi
    if grep -qsx "sources: $hash" "${WB_CAPTURES-}/$chapter/$name"; then
        cp "$WB_CAPTURES/$chapter/$name" "$out/$name"
        return
    fi
    verb=$1
    shift
    case $verb in
    tsan | sanitize | runs | difference) measure "$verb" "$@" ;;
    *) run "$verb" "$number" "$@" ;;
    esac
    set -- "$verb" "$number" "$@"
    {
        echo "command: $*"
        echo "exit: $status"
        echo "sources: $hash"
        [ -z "$verdict" ] || echo "$verdict"
        echo
        cat "$out/.output"
    } > "$out/.part"
    mv "$out/.part" "$out/$name"
}

# A program that is not there is weave.lua's to refuse.
watch() {
    [ ! -f "chapters/$chapter/$2.c" ] || capture "$@"
}

# A figure is drawn from the report of its exploration.
report() {
    program=$1
    shift
    capture explore "$program" --json "$@"
}

proof() {
    program=$1
    shift
    report "$program" --all "$@"
    watch tsan "$program" "$@"
}

graph() {
    program=$1
    shift
    capture explore "$program" --graph "$@"
}

lanes() {
    program=$1
    shift
    [ "${1-}" != -- ] || shift
    capture run "$program" --trace "$@"
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

# Which machine has captured this; here.sh compares.
[ -f "$out.ok" ] && [ -d "$out" ] || { uname -n; nproc; } > "$out.here"
[ -z "${WB_CAPTURES-}" ] || echo "another build" > "$out.here"

mkdir -p "$out"
cd "$root"
# Names count as well as contents: the hash sees a file that was renamed.
xargs -r sha256sum -- > "$out/.sources"
cat "$scripts/capture.sh" "$scripts/measure.sh" | sha256sum >> "$out/.sources"
if [ -f "$conf" ]; then
    grep '^cflag=' "$conf" | grep -v WB_CHAPTER_DIR >> "$out/.sources" || true
    "$(sed -n 's/^compiler=//p' "$conf")" --version | head -n 1 \
        >> "$out/.sources"
fi

wanted=
while IFS= read -r comment; do
    words=$(echo "$comment" |
        sed -e 's/^<!-- output: \(.*\) -->$/\1/' -e 's/^<!-- \(.*\) -->$/\1/' \
            -e 's/ *exit=[0-9]*//' -e 's/ *fault=[a-z-]*//' \
            -e 's/ *but=[a-z_A-Z0-9]*//g')
    case $words in
    *[!a-zA-Z0-9:=._\ -]*) fail "an option may hold letters, digits and =._-" ;;
    "run "[a-z]* | "explore "[a-z]* | "sanitize "[a-z]*)
        # shellcheck disable=SC2086 # the words are separate arguments
        capture $words ;;
    "figure: explore "[a-z]*)
        # shellcheck disable=SC2086
        report ${words#figure: explore } ;;
    "lanes: "[a-z]*)
        # shellcheck disable=SC2086
        each lanes ${words#lanes: } ;;
    "proof: "[a-z]*)
        # shellcheck disable=SC2086
        each proof ${words#proof: } ;;
    "evidence: "[a-z]*)
        capture difference ;;
    "runs: "[a-z]*)
        # shellcheck disable=SC2086
        watch runs ${words#runs: } ;;
    "play: "[a-z]*)
        # shellcheck disable=SC2086
        each graph ${words#play: } ;;
    esac # any other form is weave.lua's to refuse
done < "$out.asks"

for old in "$out"/*.txt; do
    case " $wanted " in
    *" ${old##*/} "*) ;;
    *) rm -f "$old" ;;
    esac
done

# The pages wait for this file, which changes only when a capture does.
cat /dev/null "$out"/*.txt 2> /dev/null | sha256sum > "$out.new"
if cmp -s "$out.new" "$out.ok"; then
    rm "$out.new"
else
    mv "$out.new" "$out.ok"
fi
