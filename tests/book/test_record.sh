#!/bin/sh
# What differs from run to run is recorded, and every build shows the same.
#
#   test_record.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

counter=$src/measured/03_counter
stale='was recorded with other sources'

# The one recording of many runs.
recording() {
    ls "$counter"/runs_*.txt
}

# Record, and let the recording say what no run says.
record() {
    build book-record || die "nothing was recorded"
    sed -i 's/2000/4321/' "$(recording)"
    ! cmp -s "$(recording)" "$work/before" || die "the recording is as before"
}

# Has the recording been shown?
is_shown() {
    shows 03_counter.html '4,321'
}

case $case_name in
record.two_builds)
    record
    build || die "with a recording the fixture does not build"
    is_shown
    mv "$out/book" "$work/first"
    rm -rf "$out"
    configure
    build || die "the fixture does not build again"
    diff -r "$work/first/html" "$html" > "$log" || die "two builds differ"
    # A compiler that says another version has recorded nothing anew.
    edit cc 's/echo 12.2.0/echo 13.1.0/'
    edit CMakeLists.txt 's/cflag=-std=c17/cflag=-std=c11/'
    build || die "with another compiler the fixture does not build"
    is_shown
    ;;
record.stale)
    record
    edit chapters/03_counter/bad.c 's/may be old/is old/'
    rejects $readme 'lanes: bad' "$stale"
    build book-record || die "what was stale was not recorded again"
    ! grep -q 4321 "$(recording)" || die "the recording is the old one"
    build || die "with a new recording the fixture does not build"
    # What is not run, or not shown, makes nothing stale.
    edit chapters/03_counter/exercise.h '1s/^/\n/'
    build || die "the exercise has made a recording stale"
    edit $readme '/^<!-- runs: /d'
    build book-record || die "without what was recorded it fails"
    [ -z "$(ls "$counter"/runs_* 2> /dev/null)" ] ||
        die "a recording is left that nobody wants"
    ;;
record.by_hand)
    # What a program prints is recorded where there is a file for it.
    mkdir -p "$counter"
    : > "$counter/run_good.txt"
    rejects $readme 'output: run good' "$stale"
    build book-record || die "nothing was recorded"
    edit workbook 's/counter = 2, of 2/counter = 3, of 3/'
    build || die "with a recording the fixture does not build"
    shows 03_counter.html 'counter = 2, of 2'
    ;;
record.mine)
    record
    build || die "with a recording the fixture does not build"
    is_shown
    build book-here && build || die "his own does not build"
    hides 03_counter.html '4,321'
    build book-recorded && build || die "the recorded one does not build"
    is_shown
    # Not stale, but not his own: that needs no recording.
    edit chapters/03_counter/bad.c 's/may be old/is old/'
    build book-here && build || die "a stale recording stops his own"
    ;;
record.checked)
    recorded=$(dirname "$0")/recorded.sh
    mkdir "$work/tree"
    cp -R "$src/chapters" "$work/tree"
    mkdir "$work/tree/book"
    cp "$book"/*.sh "$work/tree/book"
    ! sh "$recorded" "$work/tree" "$work/checked" > "$log" ||
        die "what was never recorded is not missed"
    grep -q 'runs_bad.*is missing or stale' "$log" || die "it is not named"
    build book-record || die "nothing was recorded"
    cp -R "$src/measured" "$work/tree/book"
    sh "$recorded" "$work/tree" "$work/checked" > "$log" ||
        die "what was recorded is missed"
    echo >> "$work/tree/chapters/03_counter/bad.c"
    ! sh "$recorded" "$work/tree" "$work/checked" > "$log" ||
        die "what is stale is not seen"
    cp "$src/chapters/03_counter/bad.c" "$work/tree/chapters/03_counter"
    : > "$work/tree/book/measured/03_counter/run_alone.txt"
    ! sh "$recorded" "$work/tree" "$work/checked" > "$log" ||
        die "what nobody wants is not seen"
    ;;
*)
    die "no such case"
    ;;
esac
