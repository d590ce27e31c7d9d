#!/bin/sh
# List the pages and their titles, "id<TAB>title" each, from the manifest.
# The list changes only when a title does, and with it every page's links.
#
#   outline.sh MANIFEST ROOT OUT
set -eu

tab=$(printf '\t')
while IFS=$tab read -r key id file _; do
    if [ "$key" = page ]; then
        title=$(sed -n -e 's/^# *//p' -e q "$2/$file" | tr -d '`*')
        printf '%s\t%s\n' "$id" "${title:-$id}"
    fi
done < "$1" > "$3.part"
if cmp -s "$3.part" "$3"; then
    rm "$3.part"
else
    mv "$3.part" "$3"
fi
