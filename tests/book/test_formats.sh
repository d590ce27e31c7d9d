#!/bin/sh
# Make the fixture's one HTML file, EPUB and PDF, whole or broken in one place.
#
#   test_formats.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
#
# What weasyprint and epubcheck do is tested where they are installed.
. "$(dirname "$0")/fixture.sh"

single=$out/book/interleave.html
epub=$out/book/interleave.epub
pdf=$out/book/interleave.pdf
paper=$out/book/work/paper.html

has_weasyprint() {
    command -v weasyprint > "$log"
}

has_epubcheck() {
    command -v epubcheck > "$log"
}

# ctest reads the status 77 as "skipped".
needs() {
    "has_$1" || {
        echo "book.$case_name: skipped: $1 is not installed"
        exit 77
    }
}

# FILE must hold TEXT.
holds() {
    grep -qaF -- "$2" "$1" || die "$(basename "$1") does not hold: $2"
}

# FILE must not hold TEXT.
lacks() {
    ! grep -qaF -- "$2" "$1" || die "$(basename "$1") holds: $2"
}

# Building the target must fail and say MESSAGE.
refuses() {
    if build "$1"; then
        die "$1 was built; it should have said: $2"
    fi
    grep -qF -- "$2" "$log" || die "the build did not say \"$2\""
}

case $case_name in
formats.single)
    build book-single || die "the book of one file does not build"
    holds "$single" '<section class="leaf" id="03_counter">'
    holds "$single" 'href="#04_box--the-box"'
    holds "$single" 'href="#03_counter--the-cure"'
    holds "$single" 'href="#src.chapters.03_counter.bad.c"'
    holds "$single" 'href="#api.structwb__box"'
    holds "$single" 'src="data:image/svg+xml;base64,'
    # Whatever it points at is in it, once.
    grep -oE '(src|href)="[^"]*"' "$single" |
        grep -vE '="(#|data:|https?:)' > "$work/outside" || true
    [ ! -s "$work/outside" ] || die "it needs $(head -n 1 "$work/outside")"
    grep -oE ' id="[^"]*"' "$single" | cut -d '"' -f 2 | sort > "$work/ids"
    [ -z "$(uniq -d "$work/ids")" ] || die "twice: $(uniq -d "$work/ids")"
    grep -oE 'href="#[^"]+"' "$single" | cut -d '#' -f 2 | tr -d '"' |
        sort -u > "$work/links"
    dead=$(comm -23 "$work/links" "$work/ids" | grep -v '^top$' || true)
    [ -z "$dead" ] || die "these lead nowhere: $dead"
    ;;
formats.epub)
    build book-epub || die "the EPUB does not build"
    [ "$(head -c 58 "$epub" | tail -c 28)" = mimetypeapplication/epub+zip ] ||
        die "the file does not begin as an EPUB must"
    holds "$epub" '<p class="to-answer"><a href="answers.xhtml#c03_counter-1">'
    holds "$epub" '<h3 id="c03_counter-1">Question 1</h3>'
    holds "$epub" 'href="c04_box.xhtml#the-box"'
    lacks "$epub" '<details'
    lacks "$epub" 'Hints of'
    lacks "$epub" '>Hints</a>'
    lacks "$epub" 'var(--'
    if has_epubcheck; then
        [ -f "$out/book/work/epub.checked" ] || die "nobody checked it"
    fi
    ;;
formats.pdf)
    needs weasyprint
    build book-pdf || die "the PDF does not build"
    [ "$(head -c 5 "$pdf")" = %PDF- ] || die "that is no PDF"
    holds "$paper" 'href="#answers--03_counter-1"'
    holds "$paper" 'id="answers--03_counter-1"'
    holds "$paper" 'href="#04_box--the-box"'
    holds "$paper" '<figure class="listing short">'
    lacks "$paper" '<details'
    lacks "$paper" 'href="api/'
    lacks "$paper" 'var(--'
    ;;
formats.identical)
    kept=$work/first/work/captures
    configure -DWB_EPUBCHECK= # it changes nothing and takes its time
    build book-all || die "the fixture does not build"
    mv "$out/book" "$work/first"
    # Elsewhere, for somebody else, where it is another time of day.
    rm -rf "$out"
    mkdir "$work/elsewhere"
    cp -R "$fixture" "$work/elsewhere/copy"
    src=$work/elsewhere/copy out=$work/elsewhere/made
    umask 077
    export TZ=Asia/Kathmandu LC_ALL=C LANG=C WB_CAPTURES="$kept"
    configure -DWB_EPUBCHECK=
    build book-all || die "the fixture does not build again"
    for file in interleave.html interleave.epub interleave.pdf html; do
        diff -r "$work/first/$file" "$out/book/$file" > "$log" 2>&1 ||
            [ ! -e "$work/first/$file" ] || die "two builds of $file differ"
    done
    ;;
formats.edition)
    configure -DWB_EPUBCHECK=
    SOURCE_DATE_EPOCH=86400 build book-epub || die "the EPUB does not build"
    holds "$epub" '<dc:date>1970-01-02T00:00:00Z</dc:date>'
    SOURCE_DATE_EPOCH=172800 build book-epub || die "the next does not build"
    holds "$epub" '<dc:date>1970-01-03T00:00:00Z</dc:date>'
    SOURCE_DATE_EPOCH=172800 build book-epub || die "the last does not build"
    ! grep -q 'Making the EPUB' "$log" || die "it was made for nothing"
    ;;
formats.without_tools)
    rm -rf "$out"
    configure -DWB_WEASYPRINT= -DWB_EPUBCHECK=
    build book-all || die "without the tools the rest does not build"
    grep -qF 'apt install weasyprint' "$log" || die "it misses no weasyprint"
    grep -qF 'apt install epubcheck' "$log" || die "it misses no epubcheck"
    holds "$out/book/missing" 'There is no PDF'
    [ -f "$epub" ] && [ -f "$single" ] || die "the rest is not there"
    [ ! -e "$pdf" ] || die "there is a PDF"
    refuses book-pdf 'apt install weasyprint'
    ;;
rejects.epubcheck_error)
    needs epubcheck
    edit $readme 's/Two threads add one/Two threads<wbr> add one/'
    refuses book-epub 'mend what epubcheck says'
    grep -qE '(FATAL|ERROR).*03_counter' "$log" || die "it names no page"
    ;;
rejects.weasyprint_warning)
    needs weasyprint
    edit $readme 's|Two threads add|<b style="colour: red">Two</b> threads add|'
    refuses book-pdf 'unknown property'
    ;;
rejects.unknown_colour)
    cp -R "$book" "$work/book"
    echo 'b { color: var(--pnik); }' >> "$work/book/style/book.css"
    configure -DBOOK_DIR="$work/book"
    refuses book 'the colour "pnik" is not in colours.txt'
    ;;
rejects.malformed_colour)
    cp -R "$book" "$work/book"
    echo 'pink #ffc0cb' >> "$work/book/style/colours.txt"
    configure -DBOOK_DIR="$work/book"
    refuses book 'write "name #light #dark"'
    ;;
*)
    die "no such case"
    ;;
esac
