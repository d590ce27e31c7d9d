# What capture.sh and record.sh share: to run a program of a chapter and keep
# what it prints. Read by them with $workbook, $root, $chapter and $out set.
#
# What is kept has a head (command, exit, sources: a hash of what it was made
# from, the verdict a program gives itself), a blank line, and what was printed.
# shellcheck shell=sh disable=SC2154 # they are set where this is read

number=${chapter%%_*}
seconds=${WB_CAPTURE_SECONDS:-120}
scripts=${0%/*}
conf=$WORKBOOK_BUILD/chapters/$chapter/judge.conf
readme=chapters/$chapter/README.md
tab=$(printf '\t')

# Blame the comment that asks for it.
fail() {
    line=$(grep -nF -- "$comment" "$root/$readme" | head -n 1 | cut -d : -f 1)
    echo "$readme:${line:-0}: $1" >&2
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

# Run what the words say, and leave it in FILE as made from HASH.
make() {
    file=$1 hash=$2 verb=$3
    shift 3
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
    mv "$out/.part" "$file"
}

# Where what the words say is kept.
name_of() {
    echo "$*.txt" | tr ' ' '_'
}

# List the hashes of the files named on standard input, and of these scripts, in
# FILE. Names count as well: the list changes when a file is renamed.
list_sources() {
    xargs -r sha256sum -- > "$1"
    cat "$scripts/programs.sh" "$scripts/measure.sh" | sha256sum >> "$1"
}

# The chapter's own programs among the files named on standard input.
own_programs() {
    grep "^chapters/$chapter/" |
        grep -vE '/(test_[^/]*|starter|exercise)\.[ch]$' || true
}

# The hash of the words and of a list of sources.
hash_of() {
    list=$1
    shift
    { echo "$*"; cat "$list"; } | sha256sum | cut -c 1-64
}

# Was FILE made from HASH?
is_from() {
    grep -qsx "sources: $2" "$1"
}
