#!/bin/sh
# Run the programs whose output a chapter shows, if their sources have changed.
#
#   capture.sh WORKBOOK ROOT CHAPTER OUT MEASURED < list of source files
#
# WORKBOOK is the program `workbook`, ROOT the repository, CHAPTER a directory
# under ROOT/chapters, OUT where "explore_bad.txt" and its like are kept (see
# programs.sh); what is wanted stands in OUT.asks, made by asks.sh. The hash of
# each is one of the sources, the compiler's flags, the scripts and the command.
# weave.lua reads them and judges.
#
# What record.sh has left in MEASURED/CHAPTER is taken as it is, unless there is
# a file "mine" beside OUT: then all is captured here.
set -eu

workbook=$1 root=$2 chapter=$3 out=$4 recorded=$5/$3
. "${0%/*}/programs.sh"

STALE='was recorded with other sources: record it again, with the target
book-record, and commit it; or see your own with ./workbook book --mine'

# Take over what another build has captured, or what was recorded.
take() {
    cmp -s "$1" "$out/$name" || cp "$1" "$out/$name"
}

# Make the capture of the words given, unless it is recorded, or there and
# fresh, or another build, in WB_CAPTURES, has a fresh one.
capture() {
    hash=$(hash_of "$out/.sources" "$@")
    own=$(hash_of "$out/.own" "$@")
    if is_from "${WB_CAPTURES-}/$chapter/$name" "$hash"; then
        take "$WB_CAPTURES/$chapter/$name"
    elif [ -f "$recorded/$name" ] && [ ! -e "${out%/*}/mine" ]; then
        is_from "$recorded/$name" "$own" || fail "\"$*\" $(echo $STALE)"
        take "$recorded/$name"
        echo recorded > "$out.here"
    elif ! is_from "$out/$name" "$hash"; then
        make "$out/$name" "$hash" "$@"
    fi
}

# Which machine has captured this; here.sh compares.
[ -f "$out.ok" ] && [ -d "$out" ] || { uname -n; nproc; } > "$out.here"
[ -z "${WB_CAPTURES-}" ] || echo "another build" > "$out.here"

mkdir -p "$out"
cd "$root"
cat > "$out/.files"
own_programs < "$out/.files" | list_sources "$out/.own"
list_sources "$out/.sources" < "$out/.files"
if [ -f "$conf" ]; then
    grep '^cflag=' "$conf" | grep -v WB_CHAPTER_DIR >> "$out/.sources" || true
    # Without the name it is called by: cc and gcc are one.
    "$(sed -n 's/^compiler=//p' "$conf")" --version |
        sed -n -e 's/^[^ ]* //p' -e 1q >> "$out/.sources"
fi

wanted=
while IFS=$tab read -r words comment; do
    # shellcheck disable=SC2086 # the words are separate arguments
    set -- $words
    case $1 in
    tsan | runs) # a program that is not there is weave.lua's to refuse
        [ -f "chapters/$chapter/$2.c" ] || continue ;;
    esac
    name=$(name_of "$@")
    wanted="$wanted $name"
    capture "$@"
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
