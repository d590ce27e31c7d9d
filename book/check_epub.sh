#!/bin/sh
# Check an EPUB; a warning of epubcheck fails.
#
#   check_epub.sh EPUBCHECK FILE STAMP
set -eu

epubcheck=$1 file=$2 stamp=$3
# Debian installs a Java archive, which not every kernel takes for a program.
set -- "$epubcheck"
[ "$(head -c 2 "$1")" != PK ] || set -- java -jar "$1"
"$@" --failonwarnings "$file" > "$stamp.log" 2>&1 || {
    grep -E '^(FATAL|ERROR|WARNING)' "$stamp.log" >&2 || cat "$stamp.log" >&2
    echo "book: mend what epubcheck says of $(basename "$file") above" >&2
    exit 1
}
: > "$stamp"
