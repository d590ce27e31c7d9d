#!/bin/sh
# Make the PDF; a warning of weasyprint fails.
#
#   make_pdf.sh WEASYPRINT INPUT BASE EDITION OUT
#
# BASE is the directory from which INPUT's pictures are read. The time of the
# EDITION, not that of the build, goes into the file.
set -eu

weasyprint=$1 input=$2 base=$3 edition=$4 out=$5
SOURCE_DATE_EPOCH=$(cut -f 1 "$edition")
export SOURCE_DATE_EPOCH PYTHONHASHSEED=0 LC_ALL=C.UTF-8
"$weasyprint" --encoding utf8 --base-url "$base/" "$input" "$out.part" \
    > "$out.log" 2>&1 || {
    cat "$out.log" >&2
    exit 1
}
if grep -E '^(WARNING|ERROR|CRITICAL)' "$out.log" >&2; then
    echo "book: mend what weasyprint warns of above: it is an error" >&2
    exit 1
fi
mv "$out.part" "$out"
