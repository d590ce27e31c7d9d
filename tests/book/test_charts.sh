#!/bin/sh
# Charts from traces and of costs: what they show, and what the build says of
# what it cannot draw.
#
#   test_charts.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

page=03_counter.html
lanes='lanes: bad good'

case $case_name in
charts.lanes)
    build || die "the fixture does not build"
    shows $page '<title id="chart-1-t">bad.c: One waits, then many wait at once'
    shows $page '<title id="chart-2-t">good.c: One waits, then many wait'
    shows $page 'thread 2: from 0.95 ms to 40.0 ms; runs 1.11 ms, in calls'
    shows $page '>read</text>'
    shows $page '>waits for a lock</text>'
    shows $page '>not-concurrent: one at a time</text>'
    shows $page '>it &quot;ends&quot;</text>'
    shows $page 'drawn from the run'
    shows $page '<code>./workbook run 03 good --trace FILE</code>'
    # The good one is over soon: to scale, and wide enough to be read.
    shows $page '>9.00 ms, drawn 4 times as wide</text>'
    # Too many lanes are counted, and none is left out in silence.
    shows $page '>and 16 more</text>'
    shows $page 'at most 16 at once'
    shows $page '>the child lives</text>'
    shows $page 'Not drawn: server.'
    hides $page '>server</text>'
    # And as a table.
    shows $page '<td>thread 2</td><td>0.95 ms</td><td>40.0 ms</td>'
    shows $page '<td>16 more</td>'
    ;;

rejects.lanes_without_caption)
    edit $readme '/^\[One waits, then/d'
    rejects $readme "$lanes" 'a chart needs a caption: put a paragraph above'
    ;;
rejects.lanes_of_no_program)
    edit $readme 's/lanes: bad good/lanes: bad goof/'
    rejects $readme 'bad goof' 'write "<!-- lanes: PROGRAM... -->"'
    ;;
rejects.lanes_of_nobody)
    edit $readme 's/but=server/but=main but=thread but=server/'
    rejects $readme 'but=main' 'but= leaves out every lane of bad'
    ;;
rejects.lanes_without_trace)
    edit workbook 's/^"run --trace="\*)/& echo cannot; exit 0;/'
    rejects $readme "$lanes" 'left no trace: it must take --trace FILE'
    ;;
rejects.lanes_of_what_is_killed)
    edit chapters/03_counter/bad.trace '/"tid":[0-9]*,"ts"/d'
    rejects $readme "$lanes" 'left no trace: it must take --trace FILE, and end'
    ;;
rejects.lanes_of_what_fails)
    edit workbook 's/^    \[ "$3" = bad \] || exit 0/    exit 3/'
    rejects $readme "$lanes" 'ended with status 3, not 0: mend the program'
    ;;
rejects.lanes_of_good_that_fails)
    edit workbook 's/^    \[ "$3" = bad \] || exit 0$/    :/'
    rejects $readme "$lanes" 'run 03 good --trace` ended with status 1, not 0'
    ;;
rejects.lanes_with_another_status)
    edit $readme 's/lanes: bad good/& exit=1/'
    rejects $readme "$lanes" 'run 03 good --trace` ended with status 0, not 1'
    ;;

charts.costs)
    build || die "the fixture does not build"
    shows 04_box.html '<title id="chart-1-t">What a box costs: things into a'
    shows 04_box.html '>things into a box, on one processor</text>'
    shows 04_box.html '>things/s, more is better</text>'
    shows 04_box.html '>1.23 M</text>'
    shows 04_box.html '>a &lt;bag&gt;</text>'
    shows 04_box.html '>not measured: needs libcrate-dev</text>'
    shows 04_box.html '>bytes each, less is better</text>'
    shows 04_box.html '<td>2 M</td><td>1.50 M</td><td>2.50 M</td>'
    shows 04_box.html 'Measured on 2 processors (m68k) with cc 1.2,'
    shows 04_box.html '<code>-O9</code>, at commit <code>abc1234</code>'
    shows 04_box.html '<code>./workbook bench --only box</code>'
    # What one takes, on an axis of powers of ten.
    shows 04_box.html '<title id="chart-4-t">What one thing takes</title>'
    shows 04_box.html 'box: things into a box: 500 ns. box: wait for a box: 2.5'
    shows 04_box.html '>100 µs</text>'
    ;;
charts.unmeasured)
    mv "$src/measured/bench.json" "$work/bench.json"
    build || die "the fixture does not build without a recording"
    shows 04_box.html 'What a box costs: not measured yet.'
    shows 04_box.html 'cmake --build build --target book-bench'
    mv "$work/bench.json" "$src/measured/bench.json"
    build || die "the fixture does not build with a recording"
    shows 04_box.html 'at commit <code>abc1234</code>'
    # The page follows the recording.
    edit measured/bench.json 's/abc1234/def5678/'
    build || die "the fixture does not build with another recording"
    shows 04_box.html 'at commit <code>def5678</code>'
    ;;

rejects.costs_without_caption)
    edit $box '/^\[What a box costs/d'
    rejects $box 'costs: box-put' 'a chart needs a caption: put a paragraph'
    ;;
rejects.costs_of_nothing)
    edit $box 's/costs: box-put box-wait/costs:/'
    rejects $box '<!-- costs:' 'write "<!-- costs: ROW... -->"'
    ;;
rejects.costs_of_an_unknown_row)
    edit $box 's/costs: box-put/costs: box-pat/'
    rejects $box box-pat \
        'no row "box-pat" was recorded (there are: box-put, box-wait)'
    ;;
rejects.costs_of_what_failed)
    edit measured/bench.json '/1234567/s/.*/"rate":null},/
        /bag/s/"failed":null/"failed":"it fell"/'
    rejects $box 'costs: box-put' 'a <bag> of row "box-put" has failed: it fell'
    ;;
rejects.costs_of_no_recording)
    edit measured/bench.json '1s/{/{{/'
    rejects $box 'costs: box-put' 'measured/bench.json is no recording: no JSON'
    ;;

*) die "no such case" ;;
esac
