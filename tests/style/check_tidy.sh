#!/bin/sh
# check_tidy.sh ROOT BUILD [FILE...]: does clang-tidy find nothing? Looks at
# each C file that BUILD compiles and at the solutions, or at FILEs, on as
# many processors as there are.
set -u
cd "${1:?}" || exit 2
build=${2:?}
shift 2
command -v clang-tidy >/dev/null || {
    echo 'check_tidy: there is no clang-tidy: install it' >&2
    exit 2
}
database=$build/compile_commands.json
[ -f "$database" ] || {
    echo "check_tidy: no $database: run cmake --preset maintainer" >&2
    exit 2
}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
said=$work/said
# gcc is told to leave registers alone which clang does not know as options.
sed 's/ -ffixed-r[0-9bx]*//g' "$database" >"$work/compile_commands.json"

# What is compiled, but for a learner's own attempts.
compiled() {
    sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$database" | sort -u |
        grep -v '/chapters/[^/]*/exercise\.c$'
}

# Only the judge compiles a solution, so that none stands in the database.
solutions() {
    for file in solutions/*/exercise.c; do
        name=$(basename "$(dirname "$file")")
        clang-tidy -quiet "$file" -- -std=c17 -D_GNU_SOURCE -Wall -Wextra \
            -Icommon/include -I"chapters/$name" 2>&1 || status=1
    done
}

status=0
{
    if [ $# = 0 ]; then
        solutions
        IFS='
'
        # shellcheck disable=SC2046 # each line is a file
        set -- $(compiled)
        unset IFS
    fi
    # One file each: the analyzer of clang 14 confuses those of one process.
    printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -n 1 \
        clang-tidy -quiet -p "$work" 2>&1 || status=1
} >"$said"
# A count of what was suppressed, in headers of the system, is no finding.
grep -v 'warnings\{0,1\} generated\.$' "$said"
[ $status = 0 ] && echo "tidy: nothing found in $# files"
exit $status
