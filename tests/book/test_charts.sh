#!/bin/sh
# Charts from traces: what they show, and what the build says without.
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
    shows $page '<td>thread 2</td><td>0.95 ms</td><td>40.0 ms</td>'
    shows $page '<td>16 more</td>'
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

*) die "no such case" ;;
esac
