#!/bin/sh
# List what a chapter wants to show of its programs: those of its comments that
# capture.sh knows. The list stays as it is, and no program is asked for again,
# while only words around them change.
#
#   asks.sh README OUT
set -eu

forms='output|figure|lanes|proof|play|evidence|runs'
grep -E "^<!-- ($forms): .* -->\$" "$1" > "$2.part" || [ $? = 1 ]
if cmp -s "$2.part" "$2"; then
    rm "$2.part"
else
    mv "$2.part" "$2"
fi
