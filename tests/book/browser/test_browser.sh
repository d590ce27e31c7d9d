#!/bin/sh
# Look at pages in headless Chromium; browser.c says what for.
#
#   test_browser.sh pages CHROMIUM BROWSER WORK HTML
#   test_browser.sh act CHROMIUM BROWSER WORK HTML FILE.js
#   test_browser.sh shots CHROMIUM BROWSER WORK HTML OUT
#   test_browser.sh refuses CHROMIUM BROWSER WORK    each fault is found
#
# ctest reads the status 77 as "skipped".
set -eu

case_name=$1 chromium=$2 browser=$3
if ! command -v "$chromium" > /dev/null; then
    echo "book.browser.$case_name: skipped: chromium is not installed"
    exit 77
fi
work=$4/$case_name${6:+.$(basename "$6")}
rm -rf "$work"
mkdir -p "$work"

die() {
    echo "book.browser.$case_name: $1" >&2
    exit 1
}

# A page that is right, but for what is read from stdin.
page() {
    {
        cat <<'END'
<!DOCTYPE html>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<style>
body { background: #fff; color: #000; }
@media (prefers-color-scheme: dark) { body { background: #000; color: #fff; } }
</style>
END
        cat
    } > "$work/html/$1.html"
}

# The browser must have said MESSAGE of the page, or nothing without one.
said() {
    grep "^$1.html: " "$work/said" > "$work/its" || true
    if [ -n "$2" ]; then
        grep -qF -- "$2" "$work/its" || die "$1.html: it did not say \"$2\""
    else
        [ ! -s "$work/its" ] || die "$(cat "$work/its")"
    fi
}

refuses() {
    mkdir "$work/html"
    echo '<p>Fine.' | page fine
    echo '<div class="wide" style="width: 700px">x</div>' | page wide
    echo '<script>nothing.there();</script>' | page thrown
    echo '<script>console.error("oh");</script>' | page logged
    echo '<script>console.warn("hm");</script>' | page warned
    echo '<script src="none.js"></script>' | page lacking
    echo '<img src="http://192.0.2.1/x.png">' | page away
    echo '<style>body { background: #fff !important; color: red !important }' \
        '</style>' | page same
    if "$browser" check "$chromium" "$work/html" "$work" > "$work/said"; then
        die "it found no fault"
    fi
    said fine ''
    said wide 'at 360, dark, it scrolls sideways: 708 wide, for <div class="wi'
    said thrown 'exception: ReferenceError'
    said logged 'console error: oh'
    said warned 'console warning: hm'
    said lacking 'error: Failed to load resource'
    said away 'a request leaves the machine: http://192.0.2.1/x.png'
    said same 'dark looks like light'
    printf '// page: fine.html\nthrow new Error("not so");\n' > "$work/act.js"
    if "$browser" act "$chromium" "$work/html" "$work" "$work/act.js" \
        > "$work/said"; then
        die "an act that fails passed"
    fi
    said fine 'not so'
    mkdir "$work/empty"
    if "$browser" check "$chromium" "$work/empty" "$work"; then
        die "no page at all passed"
    fi
}

case $case_name in
pages) exec "$browser" check "$chromium" "$5" "$work" ;;
act) exec "$browser" act "$chromium" "$5" "$work" "$6" ;;
shots) exec "$browser" shots "$chromium" "$5" "$work" "$6" ;;
refuses) refuses ;;
*) die "no such case" ;;
esac
