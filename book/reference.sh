#!/bin/sh
# Make the API reference; a warning fails, with file and line.
#
#   reference.sh DOXYGEN DOXYFILE DIRECTORY ROOT
#
# DIRECTORY receives html/, wb.tag and pages.txt, the list of files in html/
# that the book takes. A field or an enumerator may explain itself by its name;
# everything else that is public must be documented.
set -eu

doxygen=$1 doxyfile=$2 out=$3 root=$4
rm -rf "$out/html"
mkdir -p "$out"
"$doxygen" "$doxyfile" > "$out/doxygen.log" 2> "$out/warnings.log" || {
    cat "$out/warnings.log" >&2
    exit 1
}
grep -v -e ' (variable) of .* is not documented' \
    -e ' (enumvalue) of .* is not documented' "$out/warnings.log" \
    > "$out/faults.log" || true
if [ -s "$out/faults.log" ]; then
    # Name files as the rest of the build does.
    awk -v root="$root/" '{
        if (index($0, root) == 1) $0 = substr($0, length(root) + 1)
        print
    }' "$out/faults.log" >&2
    echo "book: mend the comments above: Doxygen's warnings are errors" >&2
    exit 1
fi
(cd "$out/html" && ls ./*.html | sed 's|^\./||' | LC_ALL=C sort) \
    > "$out/pages.txt"
