#!/bin/sh
# SPDX-License-Identifier: MIT
# The jansson that goes along in a wheel, from Debian's source package, for glibc 2.17 and later and for musl: jansson.sh ARCH FOLDER, with
# ARCH as Debian calls it. From the root of the repository. Puts libjansson.so.4 and jansson's licence into FOLDER.
# (Debian's own library asks for names that musl has not: __snprintf_chk.)
set -eu

arch=${1:?usage: jansson.sh ARCH FOLDER}
folder=${2:?usage: jansson.sh ARCH FOLDER}
fail() { echo "callprop: $*" >&2; exit 1; }

flags=''
case $arch in
amd64) linux=x86_64-unknown-linux-gnu page=4096 ;;
arm64) linux=aarch64-unknown-linux-gnu page=65536 flags='-mbranch-protection=standard -mno-outline-atomics' ;; # outlined, they ask for __getauxval, which musl has not
armhf) linux=armv7-unknown-linux-gnueabihf page=65536 flags=-mfpu=vfpv3-d16 ;;
*) fail "jansson for $arch: expected amd64, arm64 or armhf" ;;
esac

cache=${CALLPROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/callprop}
mkdir -p "$cache" "$folder"
cache=$(cd "$cache" && pwd)
sysroot=$cache/wheel-$arch
(
    flock 9
    python3 Sources/cross/packages.py bookworm "$arch" "$sysroot" libc6 libc6-dev linux-libc-dev libgcc-12-dev
    python3 Sources/cross/packages.py bookworm all "$cache/jansson-source" --source jansson
) 9>"$cache/wheel.lock"
sources=$cache/jansson-source
command -v swift >/dev/null || fail "there is no Swift toolchain on PATH, whose clang compiles jansson"
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang

# What its configure would have found out; threads are as callprop needs them.
sed -e 's/@json_inline@/inline/; s/@json_have_[a-z_]*@/1/' "$sources/src/jansson_config.h.in" >"$folder/jansson_config.h"
! grep -n '^#.*@' "$folder/jansson_config.h" || fail "jansson has a new question in jansson_config.h.in"
for name in ENDIAN_H FCNTL_H SCHED_H UNISTD_H SYS_PARAM_H SYS_STAT_H SYS_TIME_H SYS_TYPES_H STDINT_H LOCALE_H OPEN CLOSE READ GETPID \
    GETTIMEOFDAY SCHED_YIELD LOCALECONV STRTOLL ATOMIC_BUILTINS SYNC_BUILTINS; do
    echo "#define HAVE_$name 1"
done >"$folder/jansson_private_config.h"
echo '#define USE_URANDOM 1
#define INITIAL_HASHTABLE_ORDER 3' >>"$folder/jansson_private_config.h"
echo '{ global: json_*; jansson_*; local: *; };' >"$folder/jansson.map"

# The C library by its file: by its script, the linker would take glibc's loader along for the stack protector's guard, and musl has none
# of that name. Every kernel's pages, as for callprop itself.
# shellcheck disable=SC2086
"$clang" --target=$linux --sysroot="$sysroot" $flags -std=gnu99 -O2 -fPIC -fvisibility=default -fstack-protector-strong -U_FORTIFY_SOURCE -w \
    -DHAVE_CONFIG_H "-I$folder" "-I$sources/src" "-ffile-prefix-map=$sources=jansson" \
    -shared -nostdlib -fuse-ld=lld -Wl,-soname,libjansson.so.4 -Wl,--build-id -Wl,--version-script="$folder/jansson.map" -Wl,--strip-all \
    -Wl,-z,relro,-z,now,-z,noexecstack,-z,text,-z,max-page-size=$page,-z,common-page-size=$page \
    -o "$folder/libjansson.so.4" "$sources"/src/*.c -l:libc.so.6 "$sysroot"/usr/lib/gcc/*/12/libgcc.a || fail "jansson for $arch does not compile"
cp "$sources/LICENSE" "$folder/LICENSE.jansson"
