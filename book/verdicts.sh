#!/bin/sh
# Collect where the pages show which verdict, in the order of the pages. The
# file changes only when that does, and with it the index of failure kinds.
#
#   verdicts.sh OUT FACTS...
set -eu

out=$1
shift
grep -h '^verdict' "$@" > "$out.part" || true
if cmp -s "$out.part" "$out"; then
    rm "$out.part"
else
    mv "$out.part" "$out"
fi
