#!/bin/sh
# Say which edition of the book this is: the time of the commit in seconds, the
# same as a date, and the commit. Two builds of one commit say the same; the
# file changes only when that does.
#
#   edition.sh ROOT OUT
set -eu

root=$1 out=$2
seconds=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct \
    2> /dev/null || echo 0)}
commit=$(git -C "$root" log -1 --format=%h 2> /dev/null || echo none)
[ "$commit" = none ] || git -C "$root" diff --quiet HEAD -- ||
    commit="$commit, changed"
day=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
printf '%s\t%s\t%s\n' "$seconds" "$day" "$commit" > "$out.part"
if cmp -s "$out.part" "$out"; then
    rm "$out.part"
else
    mv "$out.part" "$out"
fi
