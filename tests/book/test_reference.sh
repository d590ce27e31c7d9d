#!/bin/sh
# The way from the text to the reference and back, and links that lead nowhere.
#
#   test_reference.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR
. "$(dirname "$0")/fixture.sh"

header=common/include/wb/box.h

# The build must fail and say MESSAGE of FILE, whatever the line.
complains() {
    if build; then
        die "the build passed; it should have said: $2"
    fi
    grep -F -- "$1" "$log" | grep -qF -- "$2" ||
        die "the build did not say \"$1: … $2 …\""
}

case $case_name in
reference.back)
    build || die "the fixture does not build"
    # Named in the text of one page, in the code of two others.
    anchor=$(sed -n 's/^wb_box_put\t.*#\([^\t]*\)\t.*/\1/p' \
        "$out/book/work/api.txt")
    shows 03_counter.html "<a href=\"api/box_8h.html#$anchor\" class=\"api\">"
    shows 04_box.html "<a class=\"api\" href=\"api/box_8h.html#$anchor\">"
    grep -F 'In the book: ' "$html/api/box_8h.html" > "$work/back"
    for page in 03_counter.html#the-cure 04_box.html#the-box \
        tools.html; do
        grep -qF "<a href=\"../$page\">" "$work/back" ||
            die "the reference does not lead back to $page"
    done
    # What no page names leads nowhere.
    edit $header 's|^#endif|/** Alone. */\nvoid wb_box_lone(void);\n&|'
    build || die "the edited fixture does not build"
    before=$(grep -c 'In the book' "$html/api/box_8h.html")
    edit $box 's|^Read on|See `wb_box_lone()`. &|'
    build || die "the page that names it does not build"
    after=$(grep -c 'In the book' "$html/api/box_8h.html")
    [ "$after" = $((before + 1)) ] || die "the new link has no way back"
    ;;
reference.forgets)
    edit $header 's|^#endif|/** A lid. */\nstruct wb_lid { int n; };\n&|'
    build || die "the fixture does not build"
    [ -f "$html/api/structwb__lid.html" ] || die "the struct has no page"
    edit $header '/wb_lid/d'
    edit $header '/A lid/d'
    build || die "the fixture without the struct does not build"
    [ ! -f "$html/api/structwb__lid.html" ] || die "its page is still there"
    [ -f "$html/api/box_8h.html" ] || die "another page is gone"
    ;;
reference.namesakes)
    # A function and a struct of one name are two places.
    edit $header 's|^#endif|/** A lid. */\nstruct wb_lid { int n; };\n'\
'/** Put it on. */\nint wb_lid(void);\n&|'
    edit $box 's|^Read on|A `struct wb_lid` and `wb_lid()`. &|'
    build || die "the fixture does not build"
    shows 04_box.html 'href="api/structwb__lid.html" class="api"'
    grep -q 'href="api/box_8h.html#[^"]*" class="api"><code>wb_lid()' \
        "$html/04_box.html" || die "the function leads to the struct"
    ;;
rejects.name_without_documentation)
    # A Doxygen whose pages do not have what its list of names promises.
    printf '#!/bin/sh\n%s "$@"\nsed -i "s/memdoc/other/" %s\n' \
        "$(command -v doxygen)" "$out/book/work/api/html/box_8h.html" \
        > "$work/doxygen"
    chmod +x "$work/doxygen"
    configure -DWB_DOXYGEN="$work/doxygen"
    complains $readme 'the reference has no documentation'
    ;;
links.incremental)
    # What was seen of pages that do not change is kept, and what may not be
    # kept is looked at again: an anchor goes and comes back.
    build || die "the fixture does not build"
    edit $box 's/^## The box/## A box/'
    rejects $readme '#the-box' 'dead anchor "#the-box"'
    edit $box 's/^## A box/## The box/'
    build || die "the mended fixture does not build"
    # It is the same as looking at all pages.
    edit $box 's/^Read on/Go on, read on/'
    build || die "the edited fixture does not build"
    cp "$html/style/search-index.js" "$work/index"
    grep -qF 'Go on, read on' "$work/index" || die "the search has old words"
    for seen in 'no list' 'return 7' ''; do
        printf '%s\n' "$seen" > "$out/book/work/seen"
        touch "$src/$box"
        build || die "with \"$seen\" as what was seen it does not build"
        cmp -s "$html/style/search-index.js" "$work/index" ||
            die "with \"$seen\" as what was seen the search finds other words"
    done
    ;;
rejects.dead_link_of_reference)
    edit $header 's|@param thing |&<a href="../03_none.html">(why)</a> |'
    complains 'the reference, box_8h.html' 'points at "../03_none.html"'
    ;;
rejects.dead_anchor_of_reference)
    edit $header 's|@param thing |&<a href="../04_box.html#lid">(why)</a> |'
    complains 'the reference, box_8h.html' 'points at "../04_box.html#lid"'
    ;;
*)
    die "no such case"
    ;;
esac
