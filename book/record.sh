#!/bin/sh
# Record what a chapter shows that differs from run to run, so that every build
# of the book shows the same: traces, and numbers over many runs. What else is
# to be recorded has a file in MEASURED/CHAPTER already, which may be empty.
#
#   record.sh WORKBOOK ROOT CHAPTER OUT MEASURED [check] < list of source files
#
# The arguments are those of capture.sh; "check" only says what there would be
# to do, and ends with status 1 if there is something. A recording stays as it
# is while its hash is right, of the command, the chapter's programs and the
# scripts; to make it again, empty it. One that nobody wants is removed.
set -eu

workbook=$1 root=$2 chapter=$3 out=$4 recorded=$5/$3 check=${6-}
. "${0%/*}/programs.sh"

mkdir -p "$out"
cd "$root"
own_programs | list_sources "$out/.own"

wanted= left=0
while IFS=$tab read -r words comment; do
    # shellcheck disable=SC2086 # the words are separate arguments
    set -- $words
    name=$(name_of "$@")
    case "$words " in
    "runs "* | *" --trace "*) ;;
    *) [ -f "$recorded/$name" ] || continue ;;
    esac
    wanted="$wanted $name"
    hash=$(hash_of "$out/.own" "$@")
    is_from "$recorded/$name" "$hash" && continue
    if [ -n "$check" ]; then
        echo "$recorded/$name is missing or stale: build book-record"
        left=1
        continue
    fi
    echo "recording $chapter: $words"
    mkdir -p "$recorded"
    make "$recorded/$name" "$hash" "$@"
done < "$out.asks"

for old in "$recorded"/*.txt; do
    case " $wanted " in
    *" ${old##*/} "*) ;;
    *)
        [ -n "$check" ] || rm -f "$old"
        [ -z "$check" ] || [ ! -e "$old" ] || {
            echo "$old is not wanted: build book-record"
            left=1
        } ;;
    esac
done
exit "$left"
