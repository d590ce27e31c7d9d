#!/bin/sh
# recorded.sh ROOT WORK: is all recorded that the chapters show and that differs
# from run to run, and was it recorded with the programs that are there now?
set -eu
root=$1 work=$2

rm -rf "$work"
mkdir -p "$work"
status=0
cd "$root"
for readme in chapters/[0-9]*/README.md; do
    chapter=${readme#chapters/} chapter=${chapter%/README.md}
    sh book/asks.sh "$root" "$chapter" "$work/$chapter.asks"
    printf '%s\n' chapters/"$chapter"/*.[ch] |
        WORKBOOK_BUILD=$work sh book/record.sh '' "$root" "$chapter" \
            "$work/$chapter" book/measured check || status=1
done
exit "$status"
