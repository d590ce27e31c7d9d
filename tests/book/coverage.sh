#!/bin/sh
# coverage.sh ROOT ELEMENTS: does each row of ROOT/book/coverage.md name a
# place that exists, and is there one row for each element?
#
# A row is | NN | element | places |. A place is `FILE#REGION` or, in a
# README.md, `FILE#heading-in-links`; the first lies in the row's chapter.
# "coming" is allowed as long as the chapter is not there. Each finding is a
# line "book/coverage.md:LINE: what"; the exit status says if there are any.
set -u
export LC_ALL=C
elements=$(CDPATH='' cd -- "$(dirname -- "$2")" && pwd)/${2##*/}
cd "$1" || exit 2
table=book/coverage.md
for file in "$table" "$elements"; do
    [ -r "$file" ] || {
        echo "coverage: cannot read $file" >&2
        exit 2
    }
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
: > "$work/findings"

say() { printf '%s:%s: %s\n' "$table" "$1" "$2" >> "$work/findings"; }

# The headings of a README, one a line, as links name them.
headings() {
    sed -n 's/^##* *//p' "$1" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'
}

# place LINE CHAPTER FILE#NAME FIRST
place() {
    file=${3%%#*} name=${3#*#}
    case $3 in
    *#?*) ;;
    *) say "$1" "$3 names no region: write FILE#REGION"; return ;;
    esac
    case $4,$file in
    0,* | 1,chapters/"$2"_*) ;;
    *) say "$1" "the first place is outside chapter $2: $file" ;;
    esac
    if [ ! -f "$file" ]; then
        say "$1" "there is no file $file"
        return
    fi
    case $file in
    *.md) headings "$file" | grep -qxF -e "$name" ||
        say "$1" "$file has no heading $name" ;;
    *) grep -qE "/\* region: $name \*/" "$file" ||
        say "$1" "$file has no region $name" ;;
    esac
}

# row LINE CHAPTER PLACES: the directory and the places of one row.
row() {
    set -- "$1" "$2" "$(printf '%s' "$3" | tr -d '`,')" chapters/"$2"_*
    if [ "$3" = coming ]; then
        [ ! -d "$4" ] || say "$1" \
            "$4 is there, and the row still says coming: name FILE#REGION"
        return
    fi
    [ -d "$4" ] || say "$1" "there is no chapter $2"
    [ -n "$3" ] || say "$1" "the row names no place"
    first=1
    for one in $3; do
        place "$1" "$2" "$one" "$first"
        first=0
    done
}

# LINE, chapter, element, places, number of fields; with tabs between.
awk -F ' *[|] *' -v OFS='\t' \
    '/^[|] [0-9]/ { print NR, $2, $3, $4, NF }' "$table" > "$work/rows"
tab=$(printf '\t')
# Tabs side by side are one to read, so that an empty field needs a letter.
sed "s/$tab$tab/$tab,$tab/g" "$work/rows" |
    while IFS=$tab read -r line chapter _ places fields; do
        if [ "$fields" = 5 ]; then
            row "$line" "$chapter" "$places"
        else
            say "$line" 'a row has three columns'
        fi
    done

awk -F "$tab" '{ print $2 " | " $3 }' "$work/rows" | sort > "$work/have"
grep -v '^#' "$elements" | sort > "$work/want"
uniq -d "$work/have" | while IFS= read -r one; do say 0 "two rows: $one"; done
sort -u "$work/have" | comm -13 - "$work/want" |
    while IFS= read -r one; do say 0 "no row for: $one"; done
sort -u "$work/have" | comm -23 - "$work/want" |
    while IFS= read -r one; do say 0 "not in elements.txt: $one"; done
# A table that nobody can read would have no faults.
[ -s "$work/rows" ] && [ -s "$work/want" ] || say 0 'no row was read'

cat "$work/findings"
[ ! -s "$work/findings" ] || exit 1
echo "coverage: $(wc -l < "$work/rows") rows"
