#!/bin/sh
# The reader's own copy: his progress stands in it, and nowhere else.
#
#   test_mine.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

mine=$out/book/mine
captures=$out/book/work/captures

# A page of the reader's copy must hold TEXT.
tells() {
    grep -qF -- "$2" "$mine/$1" || die "mine/$1 does not tell: $2"
}

case $case_name in
mine.shows)
    build book-mine || die "the reader's copy does not build"
    tells index.html '<b>Your exercises</b>: 1 of 3 passed.'
    tells index.html '</a> <span class="mine passed">passed</span></li>'
    tells index.html '>Boxes</a> <span class="mine attempted">attempted</span>'
    tells 03_counter.html '<b>Your exercise</b>: passed; checked 2 times.'
    tells 04_box.html 'attempted; checked once, and the last time it was <a '
    tells 04_box.html 'href="failures.html#data-race"'
    tells 04_box.html './workbook hint 4'
    # What it points at is there.
    [ -f "$mine/style/book.css" ] || die "the copy has no styles"
    [ -f "$mine/src/chapters.03_counter.bad.c.html" ] || die "no sources"
    ! grep -rqF 'Your exercise' "$html" || die "the book knows the progress"
    ;;
mine.follows)
    build book-mine || die "the reader's copy does not build"
    edit progress.json 's/"started"/"new"/; s/"checks": 1/"checks": 0/'
    build book-mine || die "after a change it does not build"
    tells 04_box.html 'not yet; <code>./workbook start 4</code> begins it.'
    tells index.html '>Boxes</a> <span class="mine untouched">not yet</span>'
    build book-mine || die "without a change it does not build"
    ! grep -q 'Writing your progress' "$log" || die "it was made for nothing"
    ;;
mine.identical)
    build book-all || die "the book does not build"
    cp -R "$out/book" "$work/first"
    build book-mine || die "the reader's copy does not build"
    edit progress.json 's/"state": "started"/"state": "passed"/'
    build book-mine || die "the reader's copy does not build again"
    build book-all || die "the book does not build again"
    for file in html interleave.html interleave.epub; do
        diff -r "$work/first/$file" "$out/book/$file" > "$log" ||
            die "the progress has changed $file"
    done
    ;;
mine.captures)
    build || die "the book does not build"
    before=$(runs)
    build book-here && build || die "it does not build again"
    [ "$(runs)" = "$before" ] || die "what was captured here was forgotten"
    echo elsewhere > "$captures/04_box.here"
    build book-here && build || die "it does not build for another machine"
    [ "$(runs)" = $((before + 1)) ] ||
        die "what was captured elsewhere was not captured again"
    build book-again && build || die "it does not build a third time"
    [ "$(runs)" = $((2 * before + 1)) ] || die "not all was captured again"
    shows 04_box.html 'NOT exhaustive'
    # What was taken over from another build may be of another machine.
    cp -R "$captures" "$work/other"
    rm -rf "$out"
    configure
    WB_CAPTURES=$work/other build || die "it does not take over the captures"
    [ "$(runs)" = $((2 * before + 1)) ] || die "it ran what it could take over"
    build book-here && build || die "it does not build after that"
    [ "$(runs)" = $((3 * before + 1)) ] ||
        die "what was taken over was not captured again"
    ;;
mine.rejects.unknown_progress)
    edit workbook 's/^if .*= list.*/&\n    echo it is broken >\&2; exit 4/'
    if build book-mine; then
        die "it was built without knowing the progress"
    fi
    grep -qF 'see what `./workbook list` says' "$log" ||
        die "it does not say what to do"
    ;;
mine.rejects.lost_contents)
    edit text/index.md '/contents/d'
    if build book-mine; then
        die "it was built without a place for the marks"
    fi
    grep -qF 'to write your progress behind' "$log" ||
        die "it does not say what it misses"
    ;;
*)
    die "no such case"
    ;;
esac
