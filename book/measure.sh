#!/bin/sh
# Watch a program of a chapter on real threads, and print what was seen as JSON.
#
#   measure.sh ROOT CHAPTER WORK tsan PROGRAM [OPTIONS] [-- ARGS]
#       one run, compiled for ThreadSanitizer: what it reports
#   measure.sh ROOT CHAPTER WORK sanitize PROGRAM [OPTIONS] [-- ARGS]
#       the same, as text: its first report, where it is about the chapter
#   measure.sh ROOT CHAPTER WORK runs PROGRAM count=N at=-O2 value=WORD -- ARGS
#       N runs, compiled with each flag: the number before WORD in the output
#   measure.sh ROOT CHAPTER WORK difference
#       the test of the difference: which tests passed
#
# WORK is a directory for what is made here. WORKBOOK_BUILD holds the chapter's
# programs and judge.conf, which says how this build compiles.
set -euf

root=$1 chapter=$2 work=$3 verb=$4
shift 4
built=$WORKBOOK_BUILD/chapters/$chapter
seconds=${WB_RUN_SECONDS:-120} # a program that takes longer hangs
tab=$(printf '\t')
newline='
'

fail() {
    echo "$1" >&2
    exit 1
}

# The value of KEY in judge.conf, a line each.
conf() {
    sed -n "s/^$1=//p" "$built/judge.conf"
}

# "gcc 12.2.0"
name_compiler() {
    cc=$(conf compiler)
    if "$cc" --version | head -n 1 | grep -q clang; then
        echo "clang $("$cc" -dumpversion)"
    else
        echo "gcc $("$cc" -dumpfullversion)"
    fi
}

# What the words of the linker are for ThreadSanitizer: it must see what the
# library does.
with_library() {
    if [ "$verb" != runs ]; then
        sed 's|/libwb\.a$|/libwb_tsan.a|'
    else
        cat
    fi
}

# Compile PROGRAM to $work/PROGRAM with the further words given.
compile() {
    program=$1
    shift
    words=$(conf cflag | grep -v WB_CHAPTER_DIR)
    includes=$(conf include | sed 's/^/-I/')
    links=$(conf link | grep -e '/libwb\.a$' -e '^-' | with_library) || true
    cc=$(conf compiler) compiled=0
    IFS=$newline
    # shellcheck disable=SC2086 # each line is a word
    "$cc" $words $includes "$@" -o "$work/$program" \
        "$root/chapters/$chapter/$program.c" $links > "$work/log" 2>&1 ||
        compiled=$?
    unset IFS
    return "$compiled"
}

# Run $work/PROGRAM; its output goes to $work/out and /err, its end to $status.
run() {
    program=$1 status=0
    shift
    (cd "$root" && exec timeout -k 2 "$seconds" "$work/$program" "$@") \
        > "$work/out" 2> "$work/err" < /dev/null || status=$?
}

# Take off the front what is no argument of the program; the compiler's part of
# it is left in $flags.
take_options() {
    flags='' taken=0
    for word; do
        case $word in
        --) taken=$((taken + 1)); break ;;
        -[DU]*) flags="$flags$newline$word" ;;
        esac
        taken=$((taken + 1))
    done
}

# ThreadSanitizer -----------------------------------------------------------

# A line "kind<TAB>file:line" for each distinct report.
reports() {
    sed -n 's/^SUMMARY: ThreadSanitizer: //p' "$work/err" |
        sed -e 's/ in [^ ]*$//' -e "s|^\([a-zA-Z() -]*[a-zA-Z)]\) \(.*/\)*\
\([^/ ]*\)\$|\1$tab\3|" | sort -u
}

# {"kind":…,"where":…} for each line, with commas between.
print_reports() {
    awk -F '\t' '{ printf "%s{\"kind\":\"%s\",\"where\":\"%s\"}",
                          (NR > 1 ? "," : ""), $1, $2 }'
}

has_tsan() {
    echo 'int main(void) { return 0; }' > "$work/probe.c"
    words=$(conf cflag | grep -v WB_CHAPTER_DIR) cc=$(conf compiler) has=0
    IFS=$newline
    # shellcheck disable=SC2086 # each line is a word
    "$cc" $words -fsanitize=thread -o "$work/probe" "$work/probe.c" \
        > "$work/log" 2>&1 || has=1
    unset IFS
    return "$has"
}

# Run PROGRAM under ThreadSanitizer; why=... if that cannot be.
run_with_tsan() {
    program=$1 why=''
    shift
    take_options "$@"
    shift "$taken"
    if ! has_tsan; then
        why='it is not to be had in this build'
        return
    fi
    # shellcheck disable=SC2086 # the words are separate
    compile "$program" -g -fsanitize=thread $flags ||
        fail "$program.c does not compile: $(head -n 1 "$work/log")"
    # It may be the very fault of a bad program that it hangs.
    [ "$program" != bad ] || seconds=${WB_RUN_SECONDS:-20}
    TSAN_OPTIONS=color=never:exitcode=66 run "$program" "$@"
    if grep -q '^FATAL: ThreadSanitizer' "$work/err"; then
        why='it does not run on this system'
    fi
}

watch_with_tsan() {
    run_with_tsan "$@"
    if [ -n "$why" ]; then
        printf '{"ran":false,"why":"%s"}\n' "$why"
        return
    fi
    case $status in 124 | 137) ended=false ;; *) ended=true ;; esac
    printf '{"ran":true,"ended":%s,"status":%d,"seconds":%d,' \
        $ended "$status" "$seconds"
    printf '"compiler":"%s","reports":[' "$(name_compiler)"
    reports | print_reports
    echo ']}'
}

# The first report: what happened and to what, and the lines of the chapter.
# Numbers of processes and addresses are left out, the libraries' frames too.
show_report() {
    run_with_tsan "$@"
    if [ -n "$why" ]; then
        echo "(ThreadSanitizer did not look here: $why.)"
        return
    fi
    grep -q '^WARNING: ThreadSanitizer' "$work/err" ||
        fail 'ThreadSanitizer reports nothing: mend the program'
    sed -nE -e '/^(SUMMARY: |  Thread )/q' -e 's/ \(mutexes: .*\)//' \
        -e 's/^(WARNING: .*) \(pid=[0-9]*\)$/\1/p' \
        -e 's/^(  [A-Z][a-z ]* of size [0-9]*) at 0x[0-9a-f]*( by .*)/\1\2/p' \
        -e "s|^(    #[0-9]* [^ ]*) .*/chapters/$chapter/([^ ]*).*|\1 \2|p" \
        -e "s/^(  Location is [^ ]* '[^ ]*' of size [0-9]*).*/\1/p" \
        "$work/err"
}

# Many runs -----------------------------------------------------------------

# The last number before the word of KEY, "WORD" or "LINE:WORD", where LINE is
# how the line begins.
number() {
    awk -v word="${1##*:}" -v first="${1%:*}" -v any="${1#*:}" '
        first == any || $1 == first {
            last = ""
            for (i = 1; i <= NF; i++) {
                w = $i
                sub(/[.,:;]+$/, "", w)
                if (w == word && last != "") { print last; exit }
                if (w ~ /^-?[0-9]+([.][0-9]+)?$/) last = w
            }
        }' "$work/out"
}

# Run the program $count times; one file of numbers for each value.
repeat() {
    failed=0 i=0
    while [ $i -lt "$count" ]; do
        i=$((i + 1))
        run "$@"
        case $status in
        124 | 137) fail "run $i did not end in $seconds s; mend the program" ;;
        0) ;;
        *) failed=$((failed + 1)) ;;
        esac
        for key in $values; do
            got=$(number "$key")
            [ -n "$got" ] || fail "run $i printed no number before \"$key\": \
mend value=, WORD or LINE:WORD; it printed: $(head -n 1 "$work/out")"
            echo "$got" >> "$work/values.$key"
        done
    done
}

# The series of one flag, or of the flags of the build.
print_series() {
    program=$1 at=$2
    shift 2
    # shellcheck disable=SC2086 # none, or one
    compile "$program" ${at:+"$at"} $flags ||
        fail "$program.c does not compile $at: $(head -n 1 "$work/log")"
    for key in $values; do
        : > "$work/values.$key"
    done
    repeat "$program" "$@"
    printf '%s{"at":"%s","failed":%d,"values":[' "$comma" "$at" "$failed"
    comma=
    for key in $values; do
        printf '%s{"key":"%s","numbers":[%s]}' "$comma" "$key" \
            "$(tr '\n' , < "$work/values.$key" | sed 's/,$//')"
        comma=,
    done
    printf ']}'
}

run_often() {
    program=$1 count=0 levels='' values=''
    shift
    take_options "$@"
    left=$taken
    while [ "$left" -gt 0 ]; do
        case $1 in
        count=*) count=${1#count=} ;;
        at=*) levels="$levels ${1#at=}" ;;
        value=*) values="$values ${1#value=}" ;;
        esac
        shift
        left=$((left - 1))
    done
    printf '{"compiler":"%s","flags":"%s","cores":%d,"count":%d,"series":[' \
        "$(name_compiler)" "$(conf cflag | grep -v '^-[WDIg]' | tr '\n' ' ' |
                              sed 's/ $//')" "$(nproc)" "$count"
    comma=
    for level in ${levels:-''}; do
        [ "$level" != "''" ] || level=
        print_series "$program" "$level" "$@"
        comma=,
    done
    echo ']}'
}

# The test of the difference ------------------------------------------------

show_difference() {
    status=0
    (cd "$root" && CMOCKA_MESSAGE_OUTPUT=TAP exec timeout -k 5 300 \
        "$built/test_difference") > "$work/out" 2> "$work/err" < /dev/null ||
        status=$?
    printf '{"status":%d,"tests":[' "$status"
    sed -n -e 's/^[a-z ]*[0-9]* # SKIP \(- \)*\(test_\)*\(.*\)/skipped \3/p' \
        -e 's/^ok [0-9]* - \(test_\)*\(.*\)/passed \2/p' \
        -e 's/^not ok [0-9]* - \(test_\)*\(.*\)/failed \2/p' "$work/out" |
        awk '{ printf "%s{\"name\":\"%s\",\"result\":\"%s\"}",
                      (NR > 1 ? "," : ""), $2, $1 }'
    echo ']}'
}

mkdir -p "$work"
case $verb in
tsan) watch_with_tsan "$@" ;;
sanitize) show_report "$@" ;;
runs) run_often "$@" ;;
difference) show_difference ;;
*) fail "measure.sh: no verb $verb" ;;
esac
