#!/bin/sh
# The output shown in README.md is what the commands print. Each console block
# that begins with "$ ./workbook explore" is run and compared.
#
#     check.sh ROOT WORKBOOK          says where they differ, exit 1
#     check.sh ROOT WORKBOOK --write  puts the output into README.md
set -eu

root=$1 workbook=$2 mode=${3-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
export LC_ALL=C.UTF-8 COLUMNS=100 NO_COLOR=1 WORKBOOK_ROOT="$root"
cd "$root"

inside=no
while IFS= read -r line; do
    case $inside,$line in
    no,'```console') inside=first ;;
    first,'$ ./workbook explore '*)
        inside=skip
        printf '%s\n' "$line"
        # shellcheck disable=SC2086 # the words of the command
        "$workbook" ${line#'$ ./workbook '} 2>&1 || :
        continue
        ;;
    first,*) inside=no ;;
    skip,'```') inside=no ;;
    esac
    [ $inside = skip ] || printf '%s\n' "$line"
done <README.md >"$work/README.md"

if [ "$mode" = --write ]; then
    cat "$work/README.md" >README.md
    exit 0
fi
# Replay tokens change with every header they depend on.
for file in README.md "$work/README.md"; do
    sed 's/--replay [a-z0-9]*/--replay TOKEN/' "$file" >"$work/$(
        [ "$file" = README.md ] && echo shown || echo printed
    )"
done
if ! diff -u "$work/shown" "$work/printed"; then
    echo "README.md shows other output than its commands print:" \
        "run $0 ROOT WORKBOOK --write"
    exit 1
fi
