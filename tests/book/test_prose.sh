#!/bin/sh
# What is wrong with the words of a page: headings, notes, links, quizzes, raw
# HTML; and what pandoc warns of.
#
#   test_prose.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

case $case_name in
rejects.pandoc_warning)
    printf '#!/bin/sh\nexec %s -M lang=xx "$@"\n' "$(command -v pandoc)" \
        > "$work/pandoc"
    chmod +x "$work/pandoc"
    configure -DWB_PANDOC="$work/pandoc"
    if build; then
        die "the build passed although pandoc warned"
    fi
    grep -qF 'Could not load translations' "$log" || die "it warned of nothing"
    ;;
rejects.duplicate_region)
    edit chapters/03_counter/bad.c \
        '$a /* region: count */\n/* endregion: count */'
    if build; then
        die "the build passed with a region that is there twice"
    fi
    grep -qF 'region "count" begins a second time' "$log" ||
        die "the build does not name the region"
    ;;
rejects.end_of_no_region)
    edit chapters/03_counter/bad.c '$a /* endregion: body */'
    rejects chapters/03_counter/bad.c 'endregion: body' \
        'endregion "body" without a region'
    ;;
rejects.heading_twice)
    edit $readme 's/^## Exercise$/## The Cure/'
    rejects $readme '## The Cure' 'the heading "The Cure" is there twice'
    ;;
rejects.heading_of_signs)
    edit $readme 's/^## Exercise$/## …!/'
    rejects $readme '## …!' 'a heading without a letter'
    ;;
rejects.two_titles)
    edit $readme 's/^## Exercise$/# Exercise/'
    rejects $readme '# Exercise' 'a page has one "#" title'
    ;;
rejects.no_title)
    edit $readme '1d'
    if build; then
        die "the build passed without a title"
    fi
    grep -qF "$readme:1: the first line of a page is its title" "$log" ||
        die "the build does not say where the title should stand"
    ;;
rejects.unknown_note)
    edit $readme 's/^You hope\|^A \*\*data race/Mind[^none]. &/'
    rejects $readme '[^none]' '"[^none]" is defined nowhere'
    ;;
rejects.unused_note)
    printf '\n[^alone]: Nobody asks.\n' >> "$src/$readme"
    rejects $readme '[^alone]' 'nobody asks for the note "[^alone]"'
    ;;
rejects.note_twice)
    printf '\n[^tools]: Again, else.\n' >> "$src/text/tools.md"
    rejects text/tools.md 'Again, else' '"[^tools]:" is there twice'
    ;;
rejects.unknown_reference)
    edit $readme 's/^A \*\*data race/See [it][there]. &/'
    rejects $readme '[it][there]' '"[there]" is defined nowhere'
    ;;
rejects.link_to_image)
    edit $readme 's/!\(\[Both.*\](race.svg)\)/See \1/'
    rejects $readme '](race.svg)' 'is an image: write ![what it shows]'
    ;;
rejects.raw_image)
    edit $readme 's|^## Exercise$|<img src="race.svg">\n\n&|'
    rejects $readme '<img src' 'write images as ![what it shows](file)'
    ;;
rejects.raw_script)
    edit $readme 's|^## Exercise$|<script>alert(1)</script>\n\n&|'
    rejects $readme '<script>' 'scripts and styles have no place'
    ;;
rejects.raw_link)
    edit $readme 's|^## Exercise$|<a href="04_box.html">x</a>\n\n&|'
    rejects $readme '<a href' 'write links in Markdown'
    ;;
rejects.unknown_enum)
    edit $readme 's/`struct wb_box`/`enum wb_bix`/'
    rejects $readme wb_bix '`enum wb_bix` is not in the API reference'
    ;;
rejects.quiz_without_questions)
    edit $readme '/^## Quiz/,$d'
    printf '\n## Quiz\n' >> "$src/$readme"
    rejects $readme '## Quiz' 'a quiz without questions'
    ;;
rejects.answer_without_question)
    edit $readme '/^Why does the lock/d'
    rejects $readme '<details><summary>Answer' 'an answer without a question'
    ;;
rejects.endless_answer)
    edit $readme '$d'
    grep -n '<details>' "$src/$readme" | tail -n 1 | cut -d : -f 1 > "$work/at"
    if build; then
        die "the build passed with an answer that never ends"
    fi
    grep -qF "$readme:$(cat "$work/at"): an answer that never ends" "$log" ||
        die "the build does not say which answer never ends"
    ;;
prose.stale_capture)
    build || die "the fixture does not build"
    # As if it came from other sources: it may not be shown again.
    kept=$out/book/work/captures/03_counter/run_good.txt
    sed -i 's/^sources: .*/sources: 0123/; s/^counter = .*/stale/' "$kept"
    grep -q '^stale' "$kept" || die "the capture is not as it should be"
    touch "$src/chapters/03_counter/good.c"
    build || die "the fixture does not build again"
    hides 03_counter.html 'stale'
    shows 03_counter.html 'counter = 2, of 2'
    ;;
prose.captures_of_another_build)
    build || die "the fixture does not build"
    mv "$out/book" "$work/first"
    kept=$work/first/work/captures
    # What the program prints by now is not the same, the sources are.
    sed -i 's/^counter = /counted = /' "$kept/03_counter/run_good.txt"
    sed -i 's/^sources: ./&0/' "$kept/03_counter/explore_bad.txt"
    rm -rf "$out"
    configure
    WB_CAPTURES=$kept build || die "the fixture does not build again"
    shows 03_counter.html 'counted = 2, of 2'
    [ "$(grep -c '^explore 03 bad$' "$src/runs")" = 2 ] ||
        die "a capture of other sources was taken over"
    [ "$(grep -c '^run 03 good$' "$src/runs")" = 1 ] ||
        die "a program ran although another build had its output"
    ;;
*)
    die "no such case"
    ;;
esac
