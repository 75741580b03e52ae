#!/bin/sh
# SPDX-License-Identifier: MIT
# The packages that `make deb ARCH=arm64` and `armhf` made: deb_crossed.sh
# They have the files of this machine's packages, ask for the same packages, and decide under qemu-user with Debian 11's C library. They are
# not installed: no system of theirs is there. From the root of the repository, by deb.sh.
set -eu
cache=${CALLPROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/callprop}
fail() { echo "deb: FAILED: $*" >&2; exit 1; }
python3 Sources/cross/packages.py bookworm amd64 "$cache/qemu" qemu-user-static || fail "qemu-user is needed"
work=$(mktemp -d "${TMPDIR:-/tmp}/callprop-crossed.XXXXXX")
trap 'rm -rf "$work"' EXIT
here=$(dpkg --print-architecture)

# of PACKAGE ARCH: its file.
of() { echo build/deb/"$2/$1"_*_"$2".deb; }
# about PACKAGE ARCH: what is in it and what it asks for, without the machine's name and the C library's version.
about() {
    triplet=$(dpkg-architecture -a "$2" -q DEB_HOST_MULTIARCH 2>/dev/null)
    dpkg-deb -c "$(of "$1" "$2")" | awk '{ print $1, $6, $7, $8 }' | sed "s/$triplet/TRIPLET/g"
    dpkg-deb -f "$(of "$1" "$2")" Package Version Depends Multi-Arch | sed 's/libc6 ([^)]*)/libc6/'
}
for arch in arm64 armhf; do
    for package in libcallprop1 libcallprop-dev callprop-tools; do
        [ -e "$(of $package $arch)" ] || fail "there is no $package for $arch: make deb ARCH=$arch makes it"
        about $package "$here" >"$work/here"
        about $package $arch >"$work/there"
        diff "$work/here" "$work/there" >&2 || fail "$package of $arch is another one than that of $here"
        [ "$(dpkg-deb -f "$(of $package $arch)" Architecture)" = $arch ] || fail "$package says not that it is for $arch"
        dpkg-deb -x "$(of $package $arch)" "$work/$arch"
    done
    case $arch in arm64) machine=aarch64 ;; *) machine=arm ;; esac
    for status in li,lo,ri:permitted lo:denied; do
        said=$("$cache/qemu/usr/bin/qemu-$machine-static" -L "$cache/oldest-$arch" -E LD_LIBRARY_PATH="$work/$arch/usr/lib/$(dpkg-architecture -a $arch -q DEB_HOST_MULTIARCH 2>/dev/null)" \
            "$work/$arch/usr/bin/callprop-check" allows "${status%:*}" src=external,dst=ivr,leg=dst) || [ "${status#*:}" = denied ] || fail "$arch does not run"
        [ "$said" = "${status#*:}" ] || fail "$arch: ${status%:*}: $said"
    done
done
