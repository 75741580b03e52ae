#!/bin/sh
# SPDX-License-Identifier: MIT
# Loading and unloading, threads, fork, signals, locales and small stacks: process.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
compile cc unload -O2 $here/unload.c -Wl,--as-needed
compile cc process -O2 $here/process.c $here/texts.c
compile cc signals -O2 $here/signals.c $here/texts.c
compile cc loaded -D_GNU_SOURCE -O2 -rdynamic $here/loaded.c -Wl,--no-as-needed -ljansson -Wl,--as-needed
# What a host's own binding of functions at their first calls takes is not the library's need; but it must find room as well.
compile cc stack -O2 -Wl,-z,now $here/stack.c $here/texts.c
compile cc stack-lazy -O2 -Wl,-z,lazy $here/stack.c $here/texts.c

need locales test -e /usr/share/i18n/locales/ps_AF
mkdir -p "$build/locales"
for locale in de_DE ps_AF; do
    [ -d "$build/locales/$locale.UTF-8" ] || localedef -i $locale -f UTF-8 "$build/locales/$locale.UTF-8"
done

"$build/unload" "$prefix/lib/libcallprop.so.1" || failed="$failed unloading"
"$build/loaded" "$prefix/lib/libcallprop.so.1" || failed="$failed loading"
"$build/process" threads || failed="$failed threads"
"$build/process" fork || failed="$failed fork"
"$build/signals" || failed="$failed signals"
LOCPATH="$build/locales" "$build/process" locales || failed="$failed locales"
"$build/stack" || failed="$failed stack"
"$build/stack-lazy" threads || failed="$failed small-stacks"
echo "process: loading and unloading, threads, fork, signals, locales, small stacks: ${failed:+FAILED:}${failed:-all right}, $(($(date +%s) - start)) s"
[ -z "$failed" ]
