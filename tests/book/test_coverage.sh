#!/bin/sh
# test_coverage.sh COVERAGE_SH WORK: break a small tree in one place after the
# other, and read what coverage.sh says of it.
set -eu
check=$1 work=$2

# A whole tree: three elements, one of a chapter not there yet.
fresh() {
    rm -rf "$work"
    mkdir -p "$work/book" "$work/chapters/01_one"
    cat > "$work/book/coverage.md" <<'END'
| chapter | element | shown by |
| --- | --- | --- |
| 01 | a start | `chapters/01_one/good.c#go` |
| 01 | a cause | `chapters/01_one/README.md#of-it-all` |
| 02 | an end | coming |
END
    printf '%s\n' '# x' '01 | a start' '01 | a cause' '02 | an end' \
        > "$work/elements.txt"
    printf '/* region: go */\n/* endregion: go */\n' \
        > "$work/chapters/01_one/good.c"
    printf '# One\n\n## Of it, all\n' > "$work/chapters/01_one/README.md"
}

# says TEXT: the tree is refused, with a line that holds TEXT.
says() {
    if sh "$check" "$work" "$work/elements.txt" > "$work/said"; then
        echo "coverage.refuses: passed; it should say: $1" >&2
        exit 1
    fi
    grep -qF -- "$1" "$work/said" || {
        echo "coverage.refuses: it does not say: $1" >&2
        cat "$work/said" >&2
        exit 1
    }
    fresh
}

# edit FILE SCRIPT: with sed, and it must change something.
edit() {
    cp "$work/$1" "$work/before"
    sed -i "$2" "$work/$1"
    ! cmp -s "$work/before" "$work/$1" || {
        echo "coverage.refuses: the edit of $1 changed nothing" >&2
        exit 1
    }
}

fresh
sh "$check" "$work" "$work/elements.txt"
edit chapters/01_one/good.c 's/region: go /region: went /'
says '3: chapters/01_one/good.c has no region go'
edit chapters/01_one/README.md 's/Of it/Of that/'
says '4: chapters/01_one/README.md has no heading of-it-all'
rm "$work/chapters/01_one/good.c"
says '3: there is no file chapters/01_one/good.c'
edit book/coverage.md 's/good.c#go/good.c/'
says '3: chapters/01_one/good.c names no region'
edit book/coverage.md '3s/a start/a start |/'
says '3: a row has three columns'
edit book/coverage.md '3s/[|] `.*/| |/'
says '3: the row names no place'
edit book/coverage.md '3s/[|] `.*/| coming |/'
says '3: chapters/01_one is there, and the row still says coming'
mkdir "$work/chapters/02_two"
says '5: chapters/02_two is there, and the row still says coming'
edit book/coverage.md '5s|coming|`chapters/01_one/good.c#go`|'
says '5: the first place is outside chapter 02'
edit book/coverage.md '5d'
says 'no row for: 02 | an end'
edit book/coverage.md '5s/an end/a middle/'
says 'not in elements.txt: 02 | a middle'
edit book/coverage.md '5p'
says 'two rows: 02 | an end'
edit book/coverage.md '3,5d'
says 'no row was read'
rm -rf "$work"
