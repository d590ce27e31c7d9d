#!/bin/sh
# check_style.sh [ROOT]: what no compiler looks at, in every tracked file.
# Each finding is a line "FILE:LINE: RULE"; the exit status says if there are
# any. The patterns are written so that they do not find this file.
set -u
cd "${1:-.}" || exit 2
git rev-parse --git-dir >/dev/null 2>&1 || {
    echo "check_style: $PWD is no git repository: run it in a clone" >&2
    exit 2
}
export LC_ALL=C.UTF-8
findings=$(mktemp) || exit 2
# A shell that is stopped by a signal forgets what it was to do at its end.
trap 'rm -f "$findings"' EXIT
trap 'exit 2' HUP INT TERM

tracked() { git ls-files -z -- "$@"; }

say() { printf '%s\n' "$*" >>"$findings"; }

# search RULE GREP-OPTIONS PATTERN: in the files named on stdin.
search() {
    rule=$1
    shift
    xargs -0r grep -HnI "$@" /dev/null | while IFS=: read -r file line text; do
        printf '%s:%s: %s: %s\n' "$file" "$line" "$rule" "$text"
    done >>"$findings"
}

code() {
    tracked '*.c' '*.h' '*.cmake' '*CMakeLists.txt' '*.sh' '*.lua' workbook \
        .ci/run
}

tracked '*.c' '*.h' | xargs -0r awk '
    FNR == 401 { print FILENAME ":401: more than 400 lines: split it" }
' >>"$findings"
code | search 'more than 80 columns' -E '^.{81,}'
tracked | search 'blanks at the end' -E '[[:blank:]]+$'
tracked | search 'a tab: use spaces' -P '\t'
tracked | search 'left undone' -E '\b(T[O]DO|F[I]XME|X[X]X)\b'
tracked | search 'a path of one machine' \
    -E '(^|[^[:alnum:]_.])/(w[o]rk|h[o]me|r[o]ot)/'

# A wrong answer may sleep; a macro may give another meaning to the word; and
# a kernel is explored, in virtual time, to show that a sleep orders nothing.
tracked 'tests/*.[ch]' 'chapters/*/test_*.c' ':!tests/wrong/*' \
    ':!tests/explore/kernels/src/*' |
    search 'a sleep orders nothing: use a gate' \
        -E '^[^#]*\b(u|nano|clock_nano|thrd_)?s[l]eep *\('
tracked '*.c' '*.h' | search 'not safe in two threads at once' \
    -E '\b(s[t]rtok|l[o]caltime|g[m]time|c[t]ime|a[s]ctime|r[a]nd) *\('

# -- every chapter is whole ---------------------------------------------------
chapters=$(sed -n 's/^wb_add_chapter(\(.*\))$/\1/p' chapters/CMakeLists.txt)
[ -n "$chapters" ] || say 'chapters/CMakeLists.txt:1: it adds no chapter'
for name in $chapters; do
    for file in README.md bad.c good.c test_difference.c exercise.h starter.c \
        test_exercise.c hints.md; do
        [ -f "chapters/$name/$file" ] || say "chapters/$name: no $file"
    done
    [ -f "solutions/$name/exercise.c" ] || say "solutions/$name: no exercise.c"
    wrong=$(find "tests/wrong/$name" -name '*.c' 2>/dev/null | wc -l)
    [ "$wrong" -ge 3 ] ||
        say "tests/wrong/$name: $wrong wrong answers; 3 are needed"
done

# -- there is a hint for whatever a judge can say -----------------------------
verdicts='ASSERTION|DATA_RACE|DEADLOCK|LOST_WAKEUP|LIVELOCK|LEAKED_[A-Z]+'
verdicts="$verdicts|ZOMBIE|USE_AFTER_FREE|DOUBLE_FREE|CRASH|NOT_CONCURRENT"
verdicts="$verdicts|UNBOUNDED|BLOCKED_LOOP|WRONG_ANSWER"

# The words that the judge of a chapter can say: those it names, those that
# wrong answers are rejected for, and those of any program that hangs or
# crashes. A judge that explores has the explorer's words as well.
words_of() {
    judge=chapters/$1/test_exercise.c
    parts=$(sed -n 's|^#include "\([a-z_]*\.h\)"|\1|p' "$judge" |
        sed "s|^|chapters/$1/|")
    echo crash deadlock livelock
    ! grep -q 'wbx_check_clean' "$judge" ||
        echo assertion data-race double-free leaked-lock leaked-memory \
            use-after-free
    cat "$judge" $parts 2>/dev/null | grep -oE "\\bWB_($verdicts)\\b" |
        sed 's/^WB_//' | tr 'A-Z_' 'a-z-'
    cat "chapters/$1/starter.c" "tests/wrong/$1/"*.c |
        sed -n 's/^.*rejected: *\([a-z |-]*\).*/\1/p' | tr -d '|'
}
for name in $chapters; do
    [ -f "chapters/$name/hints.md" ] || continue
    for word in $(words_of "$name" | tr ' ' '\n' | sort -u); do
        sed -n 's/^## //p' "chapters/$name/hints.md" | tr -d ' ' |
            tr ',' '\n' | grep -qxF -e "$word" ||
            say "chapters/$name/hints.md: no hint about $word"
    done
done
for name in $(sed -n 's/^\([^#|]*[^#| ]\) *|.*/\1/p' \
    tests/mutation/equivalent.txt); do
    [ -d "chapters/$name" ] ||
        say "tests/mutation/equivalent.txt: there is no chapter $name"
done

sort -u "$findings"
[ ! -s "$findings" ] && echo 'style: nothing found'
