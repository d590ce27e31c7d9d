# What the tests of the book share: a copy of the fixture, configured, and words
# to break it, build it and read what the build says. The script that reads this
# has the arguments CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR.
set -eu

case_name=$1 book=$2 fixture=$3 work=$4 cmake=$5 generator=$6
src=$work/src out=$work/out log=$work/log
readme=chapters/03_counter/README.md
box=chapters/04_box/README.md
html=$out/book/html

die() {
    echo "book.$case_name: $1" >&2
    [ ! -f "$log" ] || sed 's/^/    /' "$log" >&2
    exit 1
}

# Build a target, or the pages.
build() {
    "$cmake" --build "$out" --target "${1:-book}" > "$log" 2>&1
}

# Edit a file of the fixture with a sed script that must change something.
edit() {
    cp "$src/$1" "$work/before"
    sed -i "$2" "$src/$1"
    ! cmp -s "$work/before" "$src/$1" || die "the edit of $1 changed nothing"
}

# The number of the first line of FILE that holds TEXT.
line() {
    grep -nF -- "$2" "$src/$1" | head -n 1 | cut -d : -f 1
}

# The build must fail and say MESSAGE of the line of FILE that holds TEXT.
rejects() {
    if build; then
        die "the build passed; it should have said: $3"
    fi
    at=$(line "$1" "$2")
    grep -F -- "$1:$at: " "$log" | grep -qF -- "$3" ||
        die "the build did not say \"$1:$at: … $3 …\""
}

# The page must hold TEXT.
shows() {
    grep -qF -- "$2" "$html/$1" || die "$1 does not show: $2"
}

# The page must not hold TEXT.
hides() {
    ! grep -qF -- "$2" "$html/$1" || die "$1 shows: $2"
}

runs() {
    wc -l < "$src/runs"
}

rm -rf "$work"
mkdir -p "$work"
cp -R "$fixture" "$src"

configure() {
    "$cmake" -G "$generator" -S "$src" -B "$out" -DBOOK_DIR="$book" "$@" \
        > "$log" 2>&1 || die "the fixture does not configure"
}
configure
