#!/bin/sh
# What the pages do for the reader: notes, glossary, failure kinds, search.
#
#   test_reader.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

glossary=text/glossary.md
failures=text/failures.md

case $case_name in
reader.glossary)
    build || die "the fixture does not build"
    shows tools.html '<em><a href="glossary.html#lock"'
    [ "$(grep -o 'glossary.html#lock"' "$html/tools.html" | wc -l)" = 1 ] ||
        die "a term is linked more than once"
    shows 03_counter.html 'glossary.html#data-race"'
    hides 03_counter.html '<code><a href="glossary.html'
    hides glossary.html 'class="term"'
    hides glossary.html 'also:'
    # The pages follow the glossary.
    edit $glossary 's/^## lock/## key/'
    edit $glossary 's/locks, locking/lock, locks/'
    build || die "the edited glossary does not build"
    shows tools.html '<em><a href="glossary.html#key"'
    ;;
reader.failures)
    build || die "the fixture does not build"
    page=failures.html
    shows $page 'Two threads touch the same memory, and one of them writes.'
    shows $page '<a href="03_counter.html#which-orders-are-there">'
    shows $page '<a href="tools.html#the-tools">The tools</a>'
    shows $page '>Hints</a> of A counter'
    shows $page 'No chapter shows it.'
    shows tools.html '<a href="failures.html#data-race" class="verdict">'
    # What a chapter shows by now stands there, too; the rest is left alone.
    edit text/tools.md 's/is `data-race`/is `deadlock`/'
    build || die "the edited page does not build"
    shows $page '<a href="tools.html#the-tools">The tools</a>'
    hides $page 'No chapter shows it.'
    edit text/tools.md 's/made with/built with/'
    build || die "the edited page does not build again"
    ! grep -q 'Weaving failures' "$log" || die "the index was woven for nothing"
    ;;
reader.notes)
    build book-epub || die "the fixture does not build"
    shows tools.html 'href="#note-1"><sup>1</sup></a><span class="sidenote"'
    shows tools.html 'Nothing but <code>cat</code> and a pinch of'
    epub=$out/book/interleave.epub
    grep -qa '<aside epub:type="footnote" id="note-1">' "$epub" ||
        die "the EPUB has no footnote"
    ;;
reader.search)
    build || die "the fixture does not build"
    index=style/search-index.js
    shows $index '["03_counter.html#the-cure","A counter with two writers",'
    shows $index '"The cure"'
    shows $index 'counter = 2, of 2 \u003cexpected>'
    shows $index '["api/box_8h.html#'
    hides $index '<'
    for page in 03_counter tools index; do
        shows $page.html '<script src="style/search.js"></script>'
    done
    shows src/chapters.03_counter.bad.c.html '../style/search.js'
    shows api/box_8h.html '../style/theme.js'
    ;;
rejects.term_twice)
    edit $glossary 's/locks, locking/locks, data race/'
    rejects $glossary 'locks, data race' 'the term "data race" is there twice'
    ;;
rejects.term_without_meaning)
    edit $glossary '/^What one thread/d'
    rejects $glossary '## lock' 'the term "lock" has no meaning'
    ;;
rejects.verdict_without_section)
    edit $failures '/^## `deadlock`/,$d'
    if build; then
        die "the build passed without a section for deadlock"
    fi
    grep -qF "$failures:0: no section for the verdict \"deadlock\"" "$log" ||
        die "the build does not name the missing section"
    ;;
rejects.unknown_verdict)
    edit $failures 's/shown: deadlock/shown: deadlok/'
    rejects $failures 'shown: deadlok' '"deadlok" is no verdict'
    ;;
*)
    die "no such case"
    ;;
esac
