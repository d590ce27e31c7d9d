#!/bin/sh
# test_style.sh STYLE_DIR BUILD: each fault that the checks are there for is
# found, in a small repository that has no other.
set -u
style=$(cd "${1:?}" && pwd) || exit 2
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
trap 'exit 2' HUP INT TERM
cd "$root" || exit 2
failed=0

# A repository with one whole chapter and nothing to find in it.
repository() {
    rm -rf "$root/r" && mkdir "$root/r" && cd "$root/r" || exit 2
    mkdir -p chapters/01_one solutions/01_one tests/wrong/01_one tests/mutation
    echo 'wb_add_chapter(01_one)' >chapters/CMakeLists.txt
    cp "$style/../../.clang-format" .
    for file in README.md bad.c good.c test_difference.c exercise.h starter.c \
        test_exercise.c hints.md; do
        printf 'int a;\n' >"chapters/01_one/$file"
    done
    printf '# Hints\n\n## crash\n\n## deadlock, livelock\n' \
        >chapters/01_one/hints.md
    for file in solutions/01_one/exercise tests/wrong/01_one/a \
        tests/wrong/01_one/b tests/wrong/01_one/c; do
        printf 'int a;\n' >$file.c
    done
    : >tests/mutation/equivalent.txt
    git init -q . && git add -A
}

# expect CHECK STATUS TEXT: what CHECK says of the repository.
expect() {
    git add -A
    out=$(sh "$style/$1.sh" . 2>&1)
    status=$?
    if [ $status != "$2" ] || ! printf '%s' "$out" | grep -qF -- "$3"; then
        printf '%s: exit status %s, not %s with "%s":\n%s\n' \
            "$1" $status "$2" "$3" "$out"
        failed=1
    fi
}

# finds TEXT FILE LINE: with LINE at its end, FILE is what TEXT is said of.
finds() {
    repository
    printf "$3\n" >>"$2"
    expect check_style 1 "$2:$(wc -l <"$2"): $1"
}

repository
expect check_style 0 'nothing found'
expect check_format 0 'nothing found'

long=$(printf '%081d' 0)
exactly=$(printf '%080d' 0)
printf '// %s\n' "$exactly" | cut -c 4- >>chapters/01_one/bad.c
expect check_style 0 'nothing found'
finds 'more than 80 columns' chapters/01_one/good.c "$long"
finds 'more than 80 columns' chapters/CMakeLists.txt "$long"
finds 'blanks at the end' chapters/01_one/README.md 'word '
finds 'a tab' chapters/01_one/hints.md 'a\tb'
for mark in TO""DO FIX""ME XX""X; do
    finds 'left undone' chapters/01_one/starter.c "/* $mark */"
done
for top in wo""rk ho""me ro""ot; do
    finds 'a path of one machine' chapters/01_one/README.md "See /$top/x"
done
finds 'a sleep orders' chapters/01_one/test_exercise.c 'usle''ep(1);'
finds 'a sleep orders' tests/x.c 'nanosle''ep (1);'
finds 'not safe in two threads' chapters/01_one/good.c 'ra''nd();'

repository
echo 'usle''ep(1);' >>tests/wrong/01_one/a.c
expect check_style 0 'nothing found'
seq 401 | sed 's/.*/int a;/' >chapters/01_one/bad.c
expect check_style 1 'chapters/01_one/bad.c:401: more than 400 lines'

repository
rm chapters/01_one/hints.md solutions/01_one/exercise.c tests/wrong/01_one/a.c
echo '02_two | f(); | none' >tests/mutation/equivalent.txt
expect check_style 1 'chapters/01_one: no hints.md'
expect check_style 1 'solutions/01_one: no exercise.c'
expect check_style 1 'tests/wrong/01_one: 2 wrong answers'
expect check_style 1 'equivalent.txt: there is no chapter 02_two'
echo '# none' >chapters/CMakeLists.txt
expect check_style 1 'it adds no chapter'

# lacks WORD FILE LINE: with LINE at the end of FILE, a hint is missing.
lacks() {
    repository
    printf "$3\n" >>"$2"
    expect check_style 1 "chapters/01_one/hints.md: no hint about $1"
}
judge=chapters/01_one/test_exercise.c
lacks zombie $judge 'wb_fail(WB_ZOMBIE, "");'
lacks leaked-lock $judge 'wbx_check_clean(NULL);'
lacks blocked-loop tests/wrong/01_one/a.c \
    ' * rejected: crash | blocked-loop "in read" */'
lacks unbounded chapters/01_one/starter.c '/* rejected: unbounded */'
printf '\n## zombie, unbounded\n' >>chapters/01_one/hints.md
expect check_style 0 'nothing found'
printf '#include "scenes.h"\n' >>$judge
printf 'int b = WB_DATA_RACE;\n' >chapters/01_one/scenes.h
expect check_style 1 'chapters/01_one/hints.md: no hint about data-race'
repository
sed -i 's/^## crash/## any/' chapters/01_one/hints.md
expect check_style 1 'chapters/01_one/hints.md: no hint about crash'

repository
echo 'int   b ;' >>chapters/01_one/bad.c
expect check_format 1 'chapters/01_one/bad.c:2'
rm -rf .git
GIT_DIR=$root/none
export GIT_DIR
out=$(sh "$style/check_style.sh" . 2>&1) && failed=1
case $out in *'no git repository'*) ;; *) failed=1 ;; esac

# A check that is stopped takes away what it has noted.
unset GIT_DIR
repository
mkdir "$root/bin" "$root/tmp"
printf '#!/bin/sh\nkill -TERM "$PPID"\n' >"$root/bin/sort"
chmod +x "$root/bin/sort"
PATH=$root/bin:$PATH TMPDIR=$root/tmp sh "$style/check_style.sh" . && failed=1
[ -z "$(ls "$root/tmp")" ] || {
    echo 'check_style: what it has noted stays when it is stopped'
    failed=1
}

[ $failed = 0 ] && echo 'style: every fault is found'
exit $failed
