#!/bin/sh
# SPDX-License-Identifier: MIT
# Loading and unloading, fork, signals, locales and small stacks: process.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
compile cc unload -O2 $here/unload.c -Wl,--as-needed
compile cc process -O2 $here/process.c $here/texts.c
compile cc stack -O2 -Wl,-z,now $here/stack.c $here/texts.c

need locales test -e /usr/share/i18n/locales/ps_AF
mkdir -p "$build/locales"
for locale in de_DE ps_AF; do
    [ -d "$build/locales/$locale.UTF-8" ] || localedef -i $locale -f UTF-8 "$build/locales/$locale.UTF-8"
done

"$build/unload" "$prefix/lib/libcallprop.so.1" || failed="$failed unloading"
"$build/process" fork || failed="$failed fork"
"$build/process" signals || failed="$failed signals"
LOCPATH="$build/locales" "$build/process" locales || failed="$failed locales"
"$build/stack" || failed="$failed stack"
echo "process: unloading, fork, signals, locales, small stacks: ${failed:+FAILED:}${failed:-all right}, $(($(date +%s) - start)) s"
[ -z "$failed" ]
