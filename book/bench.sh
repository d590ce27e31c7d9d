#!/bin/sh
# Run the benchmark and keep what it found for the charts of costs.
#
#   bench.sh WORKBOOK ROOT OUT
#
# OUT gets the JSON of `workbook bench`, and the commit that was measured. A
# benchmark that was cut short leaves the old recording as it is; one whose
# wishes were not all met (status 1) is a recording all the same.
set -eu

workbook=$1 root=$2 out=$3

mkdir -p "$(dirname "$out")"
trap 'rm -f "$out.part" "$out.part.new"' EXIT
trap 'exit 4' HUP INT TERM
status=0
"$workbook" bench --json "$out.part" || status=$?
if [ "$status" -gt 1 ]; then
    echo "book-bench: nothing was recorded: see above" >&2
    exit "$status"
fi
commit=$(git -C "$root" describe --always --dirty --exclude '*' 2> /dev/null ||
    echo unknown)
{
    echo "{\"commit\":\"$commit\","
    sed -e '1s/^{//' -e 's/,{"name":/,\n{"name":/g' "$out.part"
} > "$out.part.new"
mv "$out.part.new" "$out"
echo "recorded in $out: look at it, and commit it if the machine was idle"
