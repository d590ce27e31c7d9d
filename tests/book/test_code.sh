#!/bin/sh
# How the book shows code: what folds, which words of a difference are marked.
#
#   test_code.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

epub=$out/book/interleave.epub
single=$out/book/interleave.html

# Put that many lines into the region of box.c, and a blank one among them.
lengthen() {
    i=0
    while [ "$i" -lt "$1" ]; do
        i=$((i + 1))
        echo "    int extra_$i = 0;"
        [ "$i" != 14 ] || echo
    done > "$work/extra"
    edit common/src/box.c "/^{/r $work/extra"
}

# Name a line that the fixture's first chapter shows twice, and one in a file.
label() {
    edit chapters/03_counter/bad.c 's|^    int seen|    /* label: old */\n&|'
    edit $readme 's|^## The cure|See [the old value]'\
'(bad.c#old), [line](bad.c#old).\n\n&|'
    edit common/src/later.c 's|^int later|/* label: later */\n&|'
    edit $box 's|^Read on|See [line](/common/src/later.c#later).\n\n&|'
}

case $case_name in
code.folds)
    lengthen 40
    build book-all || die "the fixture does not build"
    page=tools.html
    shows $page '<pre class="code numbered head" tabindex="0">'
    # It is cut at the blank line: 17 of 48 are shown.
    shows $page '<summary>31 more lines</summary>'
    shows $page '<pre class="code numbered rest" tabindex="0">'
    shows $page 'class="line" data-n="57"' # the true numbers go on
    # Short ones do not fold.
    hides 03_counter.html 'class="more"'
    grep -qF 'class="more"' "$single" || die "the single file has no fold"
    # Where nothing unfolds, it is one piece.
    grep -qaF 'extra_40' "$epub" || die "the EPUB has lost the end"
    for lost in 'class="more"' ' rest"' 'more lines'; do
        ! grep -qaF "$lost" "$epub" || die "the EPUB has $lost"
    done
    hides style/search-index.js 'more lines'
    ;;
code.folds_output)
    i=0
    while [ "$i" -lt 60 ]; do
        i=$((i + 1))
        echo "line $i"
    done >> "$src/chapters/03_counter/verdict"
    build || die "the fixture does not build"
    shows 03_counter.html '<pre class="code head"'
    # How it ended stays in sight.
    sed -n '/<pre class="code tail"/,/<\/pre>/p' "$html/03_counter.html" \
        > "$work/tail"
    [ "$(wc -l < "$work/tail")" = 9 ] || die "not eight lines are shown last"
    grep -q '^line 60$' "$work/tail" || die "the last line is not shown"
    ;;
code.wide_output)
    # Programs are run again when a source changes.
    prints() {
        echo "$1" >> "$src/chapters/03_counter/verdict"
        echo >> "$src/chapters/03_counter/bad.c"
    }
    sed -i '/│/d' "$src/chapters/03_counter/verdict"
    prints "$(printf '%091d' 0)"
    build || die "the fixture with a wide line does not build"
    shows 03_counter.html '<pre class="code wide" tabindex="0">'
    prints "$(printf '%0111d' 0)"
    build || die "the fixture with a long line does not build"
    shows 03_counter.html '<pre class="code wide long" tabindex="0">'
    # The explorer's lanes are not broken.
    prints ' │ '
    build || die "the fixture with lanes does not build"
    hides 03_counter.html '<pre class="code wide long"'
    ;;
code.words)
    edit chapters/03_counter/good.c 's/int seen =/long seen =/'
    build || die "the fixture does not build"
    page=03_counter.html
    # Only the words that changed are marked, in both lines.
    shows $page '<del class="line" data-n="14">'
    for word in int long; do
        shows $page "<span class=\"dt\"><mark>$word</mark></span> seen <"
    done
    # Two lines with nothing in common are not two versions of one.
    edit chapters/03_counter/good.c 's/counter = seen + 1; .*/puts("");/'
    build || die "the edited fixture does not build"
    ! grep -E '<(ins|del).*puts' "$html/$page" | grep -q '<mark>' ||
        die "words of an unlike line are marked"
    ;;
code.play_on_paper)
    build book-all || die "the fixture does not build"
    at=$(line $readme 'figure: explore bad')
    shows 03_counter.html '<noscript>'
    for file in "$epub" "$out/book/work/paper.html"; do
        [ -f "$file" ] || continue # weasyprint may not be there
        grep -qa 'unplayed' "$file" || die "$file has nothing for the game"
        grep -qaF 'class="play"' "$file" && die "$file has an empty game"
        grep -qaF '<code>bad.c</code> has 4 states; some ways' "$file" ||
            die "$file does not say how large it is"
        grep -qaF '<code>good.c</code> has 3 states; no way' "$file" ||
            die "$file does not say that the good one holds"
        grep -qaE "id=\"(03_counter--)?drawn-$at\"" "$file" ||
            die "$file has no schedule that fails"
        grep -qaF '<td>write counter 0 → 1</td>' "$file" ||
            die "$file has no table of it"
    done
    ;;
rejects.play_without_figure)
    edit $readme '/figure: explore bad/d'
    rejects $readme 'play: bad good' 'no figure above it'
    ;;
code.labels)
    label
    build book-all || die "the fixture does not build"
    page=03_counter.html
    at=$(line chapters/03_counter/bad.c 'seen = counter;')
    # The number follows the words, or stands alone; the marker is not shown.
    shows $page "<a href=\"#bad.c-old\">the old value (line $at)</a>"
    shows $page "<a href=\"#bad.c-old\">line $at</a>"
    shows $page "<span class=\"line\" id=\"bad.c-old\" data-n=\"$at\">"
    [ "$(grep -o 'id="bad.c-old"' "$html/$page" | wc -l)" = 1 ] ||
        die "a line that is shown twice has its id twice"
    hides $page 'label:'
    hides src/chapters.03_counter.bad.c.html 'label:'
    # A page that does not show the line leads to the file.
    at=$(line common/src/later.c 'int later')
    shows 04_box.html "later.c.html#L$at\">line $at of later.c</a"
    # The line moves, and the text with it.
    edit chapters/03_counter/bad.c '1i /* more */'
    build || die "the edited fixture does not build"
    at=$(line chapters/03_counter/bad.c 'seen = counter;')
    shows $page "<a href=\"#bad.c-old\">the old value (line $at)</a>"
    ;;
rejects.unknown_label)
    label
    edit $readme 's/(bad.c#old)/(bad.c#odd)/'
    rejects $readme 'bad.c#odd' \
        'no label "odd" in chapters/03_counter/bad.c (it has: old)'
    ;;
rejects.line_number)
    edit $readme 's/(bad.c)/(bad.c#L12)/'
    rejects $readme 'bad.c#L12' 'no label "L12" in chapters/03_counter/bad.c'
    ;;
rejects.unused_label)
    label
    edit $readme '/bad.c#old/d'
    rejects chapters/03_counter/bad.c 'label: old' \
        'label "old" is named nowhere'
    ;;
rejects.duplicate_label)
    label
    edit chapters/03_counter/bad.c 's|^int main|/* label: old */\n&|'
    if build; then
        die "the build passed with a label that is there twice"
    fi
    at=$(grep -n 'label: old' "$src/chapters/03_counter/bad.c" | tail -n 1)
    grep -qF "bad.c:${at%%:*}: label \"old\" is there a second time" "$log" ||
        die "the build does not name the second one"
    ;;
rejects.label_without_line)
    label
    echo '/* label: end */' >> "$src/chapters/03_counter/bad.c"
    rejects chapters/03_counter/bad.c 'label: end' 'has no line under it'
    ;;
rejects.malformed_label)
    edit chapters/03_counter/bad.c 's|/\* seen may be .*|/* label: old */|'
    rejects chapters/03_counter/bad.c 'label: old' 'malformed marker'
    ;;
*)
    die "no such case"
    ;;
esac
