#!/bin/sh
# Forget what was captured on another machine, or all of it, so that the next
# build captures it here.
#
#   here.sh CAPTURES [all]
set -eu

captures=$1 what=${2-}
here=$(uname -n; nproc)
for ok in "$captures"/*.ok; do
    its=${ok%.ok}
    [ -f "$ok" ] || continue
    [ "$what" != all ] && [ "$(cat "$its.here" 2> /dev/null)" = "$here" ] ||
        rm -rf "$its" "$ok" "$its.here"
done
