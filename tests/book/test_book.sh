#!/bin/sh
# Build the fixture whole, or broken in one place, and read what the build says.
#
#   test_book.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

games=$src/chapters/03_counter
good_run=chapters/03_counter/good.tsan
difference=chapters/04_box/difference
programs=10 # runs of programs that a build from nothing takes

case $case_name in
fixture)
    build || die "the fixture does not build"
    page=03_counter.html
    shows $page '<p class="kicker">Part I · Chapter 3 · Item 54</p>'
    shows $page '<link rel="next" href="04_box.html">'
    shows $page '<link rel="prev" href="index.html">'
    shows $page 'href="#the-cure"'
    shows $page 'href="04_box.html#the-box"'
    # True line numbers, no markers, nothing twice.
    shows $page "data-n=\"$(line chapters/03_counter/bad.c 'seen = counter')\""
    hides $page 'region: '
    hides $page '<!--'
    [ "$(grep -c '[$] ./workbook explore 03 bad' "$html/$page")" = 1 ] ||
        die "the command is shown twice"
    # Removed, added, and the words that differ.
    shows $page '<del class="line"'
    shows $page '<ins class="line"'
    shows $page '<mark>'
    # What the programs printed, escaped, and how they ended.
    shows $page 'counter = 2, of 2 &lt;expected&gt; · 100 columns'
    shows $page 'exit status <b>1</b>'
    # The schedule that fails, drawn, told and as a table, beside the good one.
    shows $page '<title id="schedule-1-t">bad.c: T1 writes counter'
    shows $page 'T1, line 24: write counter 0 → 1.'
    shows $page '<title id="schedule-2-t">good.c:24 T2 waits here for mu'
    shows $page '<title>T1 holds mu</title>'
    shows $page '<td>T1</td><td>bad.c:24</td><td>write counter 0 → 1</td>'
    shows $page 'class="caption">The race, drawn<'
    # How far the proofs reach, in the numbers of the reports.
    shows $page '<b>fails in 3 of 4 interleavings: data-race; '
    shows $page '; ThreadSanitizer: data race</b>'
    shows $page '<b>all 1,200 interleavings clean, ThreadSanitizer clean</b>'
    shows $page 'ThreadSanitizer (gcc 12.2.0) has watched one run of each'
    # What the test of the difference has shown, and by which evidence.
    shows 04_box.html '<li class="bad"><code>bad.c</code> <b>takes two'
    shows 04_box.html '<b>a full box says so: not tried on this system</b>'
    shows 04_box.html 'Shown by counting and in virtual time; 2 of 3 tests'
    shows 04_box.html './workbook test -R 04_box.difference'
    # Many runs: a panel for each flag, in words, and as a table.
    shows $page '-t">6 runs of bad.c</title>'
    shows $page '-O0: 4 of 6 runs failed; 0 to 2,000 lost, median 1,000.'
    shows $page '-O2: no run of 6 failed; always 0 lost.'
    shows $page '<td>1,000</td><td>1,125</td><td>2</td><td></td>'
    shows $page '6 runs each · gcc 12.2.0 -std=c17 · '
    shows $page '<code>./workbook run 03 bad 2</code>'
    shows $page './workbook explore 03 bad --all -DFEW -- 2'
    # What play.js needs, on the pages that have it, and nowhere else.
    shows $page '<script src="style/play.js" defer></script>'
    shows $page '[{"graph":{"program":"bad.c"'
    shows $page '{"graph":{"program":"good.c"'
    hides 04_box.html 'play.js'
    # Both ways between the text and the reference.
    shows $page '<a href="api/box_8h.html#'
    shows $page '<a href="api/structwb__box.html"'
    shows api/box_8h.html \
        'In the book: <a href="../03_counter.html#the-cure">A counter with two'
    shows api/structwb__box.html 'In the book: <a href="../03_counter.html#'
    shows api/box_8h.html '../index.html'
    shows src/chapters.03_counter.bad.c.html 'id="L14"'
    hides src/chapters.03_counter.bad.c.html 'region: '
    # A chapter that is still to come.
    shows 04_box.html 'Read on about crates.'
    # The program of another file, as a reader would type it.
    shows 04_box.html '$ ./workbook explore 04 box --all</'
    shows 04_box.html 'NOT exhaustive'
    shows index.html '<li value="3"><a href="03_counter.html">'
    shows conclusion.html '<a href="index.html">again</a>'
    # An appendix has a letter, a place in the contents, and a neighbour.
    shows tools.html '<p class="kicker">Appendix A</p>'
    shows tools.html '<link rel="prev" href="conclusion.html">'
    shows tools.html '<code>common/src/box.c</code>'
    shows conclusion.html '<link rel="next" href="tools.html">'
    shows index.html '<h3 class="part">Appendices</h3>'
    shows index.html '<li value="1"><a href="tools.html">The tools</a></li>'
    # It works without a network, anywhere.
    if grep -rnE '(src|href)="?(https?:)?//' "$html"; then
        die "a page fetches from the network"
    fi
    if grep -rnF "$work" "$html"; then
        die "a page names a path of this machine"
    fi
    ;;

deterministic)
    build || die "the fixture does not build"
    mv "$out/book" "$work/first"
    rm -rf "$out"
    configure
    # What was captured is told from what is made of it: runs may vary.
    WB_CAPTURES=$work/first/work/captures build ||
        die "the fixture does not build again"
    diff -r "$work/first/html" "$html" > "$log" || die "two builds differ"
    ;;

incremental)
    build || die "the fixture does not build"
    edit $readme 's/You expect two/You hope for two/'
    build || die "the edited fixture does not build"
    shows 03_counter.html 'You hope for two'
    grep -q 'Weaving 03_counter' "$log" || die "the edited page was not woven"
    ! grep -q 'Weaving 04_box' "$log" || die "a page was woven for nothing"
    ! grep -q 'Running the programs' "$log" || die "words ask for a program"
    [ "$(runs)" = "$programs" ] ||
        die "a program ran again although no source changed"
    edit common/src/box.c 's/-EBUSY/-EAGAIN/'
    build || die "the second edit does not build"
    shows 04_box.html 'EAGAIN'
    ;;

recapture)
    build || die "the fixture does not build"
    [ "$(runs)" = "$programs" ] || die "each program should have run once"
    shows 03_counter.html 'bad.c:14  write'
    # The program changes, and what it prints with it.
    edit chapters/03_counter/bad.c 's/may be old/is old/'
    edit chapters/03_counter/verdict 's/data-race/still-a-race/'
    build || die "the edited fixture does not build"
    shows 03_counter.html 'still-a-race'
    # An output nobody asks for any longer is forgotten.
    edit $readme '/output: run good/d'
    build || die "the fixture without an output does not build"
    [ ! -e "$out/book/work/captures/03_counter/run_good.txt" ] ||
        die "a capture outlived its comment"
    ;;

recapture_for_flags)
    build || die "the fixture does not build"
    edit CMakeLists.txt 's/cflag=-std=c17/cflag=-std=c11/'
    build || die "with other flags it does not build"
    shows 03_counter.html '6 runs each · gcc 12.2.0 -std=c11 · '
    [ "$(runs)" = $((2 * programs)) ] ||
        die "not every program ran again for the other flags"
    ;;

without_thread_sanitizer)
    edit cc 's/-fsanitize=thread)/& exit 1;/'
    build || die "without ThreadSanitizer the book does not build"
    shows 03_counter.html 'clean, ThreadSanitizer not asked: it is not to be'
    ;;

report_of_thread_sanitizer)
    edit $readme 's/output: run good/output: sanitize bad -- 2/'
    cat > "$games/bad.tsan" <<'END'
#!/bin/sh
cat >&2 <<REPORT
WARNING: ThreadSanitizer: data race (pid=17)
  Write of size 4 at 0x55d0 by thread T1 (mutexes: write M1):
    #0 count $PWD/chapters/03_counter/bad.c:14 (bad+0x12)
    #1 start_thread libc.c:3 (libc.so+0x34)

  Location is global 'counter' of size 4 at 0x55d0 (bad+0x404c)

  Thread T1 (tid=18, running) created by main thread at:
    #0 main $PWD/chapters/03_counter/bad.c:30 (bad+0x56)

SUMMARY: ThreadSanitizer: data race $PWD/chapters/03_counter/bad.c:14 in count
REPORT
exit 66
END
    build || die "the report of ThreadSanitizer is not shown"
    shows 03_counter.html 'gcc -g -fsanitize=thread ... bad.c ...'
    shows 03_counter.html '  Write of size 4 by thread T1:'
    shows 03_counter.html '    #0 count bad.c:14'
    shows 03_counter.html "  Location is global 'counter' of size 4"
    ! grep -qE '0x55d0|start_thread|bad.c:30|pid=' "$html/03_counter.html" ||
        die "what has no place in the chapter is shown"
    ;;

thread_sanitizer_that_does_not_start)
    edit $good_run '2s/^/echo "FATAL: ThreadSanitizer: no map" >\&2; exit 66\n/'
    build || die "where ThreadSanitizer does not run the book does not build"
    shows 03_counter.html 'clean, ThreadSanitizer not asked: it does not run'
    ;;

recapture_refused)
    edit $readme 's/explore bad exit=1/explore bad/'
    if build; then
        die "the contradiction was accepted"
    fi
    # What made the program fail may be no source: ask it again.
    edit workbook 's/^    exit 1 ;;/    exit 0 ;;/'
    build || die "the refused capture was not made again"
    shows 03_counter.html 'exit status <b>0</b>'
    ;;

title_change)
    build || die "the fixture does not build"
    edit $box 's/^# Boxes/# Crates/'
    build || die "the renamed chapter does not build"
    shows 03_counter.html '<small>Next</small>Crates'
    shows index.html '>Crates</a>'
    ;;

without_tools)
    rm -rf "$out"
    configure -DWB_PANDOC= -DWB_DOXYGEN=
    if build; then
        die "the build passed without pandoc"
    fi
    grep -qF 'apt install pandoc doxygen' "$log" ||
        die "the build does not say what to install"
    if build book-all; then
        die "book-all passed without pandoc"
    fi
    grep -qF 'apt install pandoc doxygen' "$log" ||
        die "book-all does not say what to install"
    ;;

rejects.missing_region)
    edit $readme 's/listing: bad.c increment/listing: bad.c incremnt/'
    rejects $readme incremnt 'no region "incremnt" in chapters/03_counter/bad.c'
    grep -qF 'it has: count, increment' "$log" || die "it names no regions"
    ;;
rejects.missing_file)
    edit $readme 's/listing: bad.c increment/listing: bda.c increment/'
    rejects $readme bda.c 'no file "bda.c"'
    ;;
rejects.unused_region)
    edit $readme '/listing: bad.c increment/d'
    rejects chapters/03_counter/bad.c 'region: increment' \
        'region "increment" is shown nowhere'
    ;;
rejects.unused_region_of_library)
    edit common/src/box.c \
        's|^#include <errno.h>|/* region: e */\n&\n/* endregion: e */|'
    rejects common/src/box.c 'region: e */' 'region "e" is shown nowhere'
    ;;
rejects.unused_region_when_due)
    edit CMakeLists.txt 's/05_later:/04_box:/'
    rejects common/src/later.c 'region: waiting' 'is shown nowhere'
    ;;
rejects.unclosed_region)
    edit chapters/03_counter/bad.c '/endregion: count/d'
    rejects chapters/03_counter/bad.c 'region: count' 'is never closed'
    ;;
rejects.malformed_marker)
    edit chapters/03_counter/bad.c 's|/\* region: count \*/|// region: count|'
    rejects chapters/03_counter/bad.c 'region: count' 'malformed marker'
    ;;
rejects.dead_link)
    edit $readme 's/\[`bad.c`\](bad.c)/[bad.c](bed.c)/'
    rejects $readme bed.c 'dead link "bed.c"'
    ;;
rejects.dead_chapter)
    edit $readme 's|../04_box/README.md|../05_sack/README.md|'
    rejects $readme 05_sack 'dead link "../05_sack/README.md#the-box"'
    ;;
rejects.dead_anchor)
    edit $readme 's/README.md#the-box/README.md#the-bag/'
    rejects $readme the-bag 'dead anchor "#the-bag": 04_box.html'
    ;;
rejects.dead_anchor_here)
    edit $readme 's/(#the-cure)/(#the-ending)/'
    rejects $readme the-ending 'dead anchor "#the-ending"'
    ;;
rejects.unknown_function)
    edit $readme 's/A `wb_box_put()` does/A `wb_box_putt()` does/'
    rejects $readme wb_box_putt '`wb_box_putt()` is not in the API reference'
    ;;
rejects.unknown_struct)
    edit $readme 's/struct wb_box`/struct wb_bax`/'
    rejects $readme wb_bax '`struct wb_bax` is not in the API reference'
    ;;
rejects.long_line)
    edit chapters/03_counter/bad.c \
        's|old by now|& and that is all there is to be said about it|'
    rejects chapters/03_counter/bad.c 'all there is' '80 are allowed'
    ;;
rejects.long_line_of_fence)
    edit $readme \
        's|may block|&, and then everybody who comes after it must wait|'
    rejects $readme 'everybody who comes' '80 are allowed'
    ;;
rejects.plain_c_fence)
    edit $readme 's/^```c {.fragment}$/```c {.other}/'
    rejects $readme '{.other}' 'code in a fence is not compiled'
    ;;
rejects.duplicate_id)
    edit $readme 's|^## Exercise$|<a id="the-cure"></a>\n\n&|'
    rejects $readme '<a id="the-cure">' 'duplicate id "the-cure"'
    ;;
rejects.unanswered_question)
    edit $readme 's|^Which of these|How many locks are too many?\n\n&|'
    rejects $readme 'How many locks' 'a question without an answer'
    ;;
rejects.unanswered_last_question)
    printf '\nAnd now?\n' >> "$src/$readme"
    rejects $readme 'And now?' 'a question without an answer'
    ;;
rejects.unanswered_item)
    printf '\n3. May it be full?\n' >> "$src/$box"
    rejects $box 'May it be full?' 'a question without an answer'
    ;;
rejects.empty_answer)
    edit $readme '/^The third.$/d'
    grep -nF '<details>' "$src/$readme" | tail -n 1 > "$work/last"
    if build; then
        die "the build passed with an empty answer"
    fi
    grep -qF "$readme:$(cut -d : -f 1 "$work/last"): an empty answer" "$log" ||
        die "the build did not complain of the empty answer"
    ;;
rejects.figure_of_what_did_not_fail)
    edit $readme 's/figure: explore bad/figure: explore good/'
    rejects $readme 'figure: explore good' 'did not fail'
    ;;
rejects.figure_of_another_fault)
    edit $readme 's/figure: explore bad/& fault=deadlock/'
    rejects $readme 'fault=deadlock' 'no failure "deadlock" (it has: data-race)'
    ;;
rejects.figure_of_no_program)
    edit $readme 's/figure: explore bad/figure: explore bod/'
    rejects $readme 'explore bod' 'write "<!-- figure: explore PROGRAM -->"'
    ;;
rejects.figure_without_report)
    edit workbook 's/^"explore bad --json")/& echo cannot build; exit 4;/'
    rejects $readme 'figure: explore bad' 'made no report: '
    ;;
rejects.figure_with_message)
    edit chapters/03_counter/report.json \
        's/"verdict": "data-race",/&"message":"too large",/'
    rejects $readme 'figure: explore bad' 'made no report: too large'
    ;;
rejects.proof_of_what_did_not_fail)
    edit workbook 's/^"explore bad --json")/"explore b --json")/'
    edit workbook 's/^"explore good --json")/"explore "*" --json")/'
    edit $readme '/figure: explore bad/d'
    rejects $readme 'proof: bad good' 'did not fail, so it is no bad program'
    ;;
rejects.proof_of_a_good_that_fails)
    edit workbook 's/^"explore bad --json")/"explore "*" --json")/'
    rejects $readme 'proof: bad good' 'so it is no good program'
    ;;
rejects.proof_of_no_program)
    edit $readme 's/proof: bad good/proof: bad gold/'
    rejects $readme 'proof: bad gold' 'write "<!-- proof: bad good -->"'
    ;;
rejects.proof_of_a_good_with_a_race)
    cp "$games/bad.tsan" "$games/good.tsan"
    rejects $readme 'proof: bad good' \
        'reports a data race at bad.c:14, where the explorer finds none'
    ;;
rejects.proof_of_a_good_that_hangs)
    edit $good_run '2s/^/exec tail -f \/dev\/null\n/'
    export WB_RUN_SECONDS=1
    rejects $readme 'proof: bad good' 'ThreadSanitizer did not end in 1 s'
    ;;
rejects.proof_of_a_good_that_crashes)
    edit $good_run '2s/^/exit 139\n/'
    rejects $readme 'proof: bad good' 'ended with status 139'
    ;;
rejects.proof_that_does_not_compile)
    rm "$games/good.tsan"
    rejects $readme 'proof: bad good' 'good.c does not compile: '
    ;;
rejects.report_of_a_program_without_one)
    edit $readme 's/output: run good/output: sanitize good/'
    rejects $readme 'sanitize good' 'ThreadSanitizer reports nothing: mend'
    ;;
rejects.evidence_that_fails)
    edit $difference 's/^ok 2/not ok 2/'
    rejects $box evidence 'fails in test_good_takes_one, so the chapter shows'
    ;;
rejects.evidence_of_a_crash)
    edit $difference '$s/$/; exit 134/'
    rejects $box evidence 'ended with status 134, and 2 tests have passed'
    ;;
rejects.evidence_without_tests)
    edit $difference 's/ok [0-9]/none/'
    rejects $box evidence 'ended with status 0, and 0 tests have passed'
    ;;
rejects.evidence_of_no_kind)
    edit $box 's/evidence: counted/evidence: counted guessed/'
    rejects $box evidence 'write "<!-- evidence: KIND... -->"'
    ;;
rejects.runs_of_no_program)
    edit $readme 's/runs: bad count/runs: bod count/'
    rejects $readme 'runs: bod' 'write "<!-- runs: PROGRAM count=N value=WORD'
    ;;
rejects.runs_without_count)
    edit $readme 's/runs: bad count=6/runs: bad/'
    rejects $readme 'runs: bad' 'write "<!-- runs: PROGRAM count=N value=WORD'
    ;;
rejects.runs_of_no_number)
    edit $readme 's/value=lost/value=found/'
    rejects $readme 'runs: bad' 'printed no number before "found"'
    ;;
rejects.runs_that_hang)
    edit chapters/03_counter/bad.plain '2s/^/exec tail -f \/dev\/null\n/'
    export WB_RUN_SECONDS=1
    rejects $readme 'runs: bad' 'run 1 did not end in 1 s'
    ;;
rejects.play_of_what_cannot_fail)
    cp "$games/good.graph" "$games/bad.graph"
    rejects $readme 'play: bad good' 'cannot be broken, so it is no bad'
    ;;
rejects.play_of_a_good_that_fails)
    cp "$games/bad.graph" "$games/good.graph"
    rejects $readme 'play: bad good' 'can be broken, so it is no good'
    ;;
rejects.play_of_a_race_in_the_good)
    edit chapters/03_counter/bad.graph 's/wrong-answer/clean/'
    cp "$games/bad.graph" "$games/good.graph"
    rejects $readme 'play: bad good' 'can be broken, so it is no good'
    ;;
rejects.play_without_graph)
    edit workbook 's/^"explore --graph="\*)/& echo too many states; exit 4;/'
    rejects $readme 'play: bad good' 'made no graph: too many states'
    ;;
rejects.play_of_no_program)
    edit $readme 's/play: bad good/play: bad gold/'
    rejects $readme 'play: bad gold' 'write "<!-- play: bad good -->"'
    ;;
rejects.drawing_without_title)
    edit chapters/03_counter/race.svg '/<title>/d'
    rejects $readme '](race.svg)' 'has no <title>'
    ;;
rejects.inline_drawing_without_title)
    edit $readme 's|^## Exercise$|<svg width="9"></svg>\n\n&|'
    rejects $readme '<svg width' 'an SVG without a <title>'
    ;;
rejects.image_without_alt)
    edit $readme 's/!\[Both.*\](race.svg)/![](race.svg)/'
    rejects $readme '](race.svg)' 'has no text alternative'
    ;;
rejects.missing_image)
    edit $readme 's/(race.svg)/(rice.svg)/'
    rejects $readme rice.svg 'dead image "rice.svg"'
    ;;
rejects.contradicting_capture)
    edit $readme 's/explore bad exit=1/explore bad/'
    rejects $readme 'output: explore bad' \
        'ended with status 1, the chapter says 0'
    ;;
rejects.path_in_output)
    echo "at $src/chapters" >> "$src/chapters/03_counter/verdict"
    rejects $readme 'output: explore bad' 'names a path of this machine'
    ;;
rejects.hanging_program)
    edit workbook 's/^"run good")/& exec tail -f \/dev\/null/'
    export WB_CAPTURE_SECONDS=1
    rejects $readme 'output: run good' 'did not end in 1 s'
    ;;
rejects.output_without_workbook)
    edit CMakeLists.txt '/WORKBOOK/,$s/ [^ ]*\/workbook/ none/'
    edit CMakeLists.txt '/RUNS/d'
    edit CMakeLists.txt 's/WORKBOOK none/WORKBOOK none)/'
    rejects $readme 'output: explore bad' 'no program workbook'
    ;;
rejects.coloured_output)
    printf '\033[31mred\033[0m\n' >> "$src/chapters/03_counter/verdict"
    rejects $readme 'output: explore bad' 'control character 27'
    ;;
rejects.unknown_output)
    edit $readme 's/output: run good/output: walk good/'
    rejects $readme 'output: walk' 'write "<!-- output: run PROGRAM -->"'
    ;;
rejects.unknown_program)
    edit $readme 's/output: run good/output: run gold/'
    rejects $readme 'output: run gold' 'PROGRAM is bad, good or another'
    ;;
rejects.unknown_directive)
    edit $readme 's/<!-- listing: bad.c inc/<!-- lisitng: bad.c inc/'
    rejects $readme lisitng 'is no directive'
    ;;
rejects.no_difference)
    edit $readme 's/diff: bad.c good.c count/diff: bad.c bad.c count/'
    rejects $readme 'diff: bad.c' 'do not differ'
    ;;
rejects.wrong_item)
    edit $readme 's/ · Item 54$/ · Item 55/'
    rejects $readme 'Item 55' 'this is "Part I · Chapter 3 · Item 54"'
    ;;
rejects.doxygen_warning)
    edit common/include/wb/box.h 's/@param thing /@param thong /'
    rejects common/include/wb/box.h '@param b ' "argument 'thong'"
    ;;
rejects.undocumented_function)
    edit common/include/wb/box.h \
        's/^#endif/int wb_box_get(struct wb_box *b);\n&/'
    rejects common/include/wb/box.h 'int wb_box_get' 'is not documented'
    ;;
*)
    die "no such case"
    ;;
esac
