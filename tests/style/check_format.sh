#!/bin/sh
# check_format.sh [ROOT]: is every tracked C file as clang-format leaves it?
set -u
cd "${1:-.}" || exit 2
command -v clang-format >/dev/null || {
    echo 'check_format: there is no clang-format: install it' >&2
    exit 2
}
git ls-files -z -- '*.c' '*.h' >/dev/null || exit 2
git ls-files -z -- '*.c' '*.h' |
    xargs -0r clang-format --dry-run -Werror || {
    echo 'Mend it with: clang-format -i FILE...' >&2
    exit 1
}
echo 'format: nothing found'
