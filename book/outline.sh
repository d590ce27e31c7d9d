#!/bin/sh
# List the pages and their titles, "id<TAB>title" each, from the manifest.
# The list changes only when a title does, and with it every page's links.
#
#   outline.sh MANIFEST ROOT OUT
set -eu

ROOT=$2 awk -F '\t' '$1 == "page" {
    file = ENVIRON["ROOT"] "/" $3
    title = ""
    if ((getline title < file) < 0 || !sub(/^# */, "", title))
        title = ""
    gsub(/[`*]/, "", title)
    print $2 "\t" (title == "" ? $2 : title)
}' "$1" > "$3.part"
if cmp -s "$3.part" "$3"; then
    rm "$3.part"
else
    mv "$3.part" "$3"
fi
