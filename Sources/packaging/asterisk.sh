#!/bin/sh
# SPDX-License-Identifier: MIT
# asterisk-callprop for Debian sid: asterisk.sh VERSION, as root, after deb.sh, into build/deb/sid
# A source package of its own: Swift's toolchain does not run in sid, and this is C. It is built there, in a system that has Asterisk's
# headers, against the libcallprop-dev that deb.sh made. From the root of the repository.
set -eu
version=$1
arch=$(dpkg --print-architecture)
fail() { echo "deb: FAILED: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "a system of its own needs root"

if [ -z "${CALLPROP_UNSHARED:-}" ]; then CALLPROP_UNSHARED=yes exec unshare --mount "$0" "$@"; fi
kept=${CALLPROP_HOSTS:-/var/cache/callprop-hosts}/asterisk-sid
# What Tests/asterisk/host.py asks for, so that there is one such system.
python3 Tests/shared/debian_root.py sid "$kept" asterisk,asterisk-dev,gcc,libc6-dev,make,pkg-config,libjansson-dev build/asterisk-sid.log || fail "no system of sid"
folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-deb.XXXXXX")
host=$folder/root
trap 'umount -R "$host/dev" "$host/proc" 2>/dev/null; rm -rf --one-file-system "$folder"' EXIT
. Sources/packaging/system.sh
copy_system "$kept" "$host"

out=$PWD/build/deb/sid
rm -rf "$out"
mkdir -p "$out" "$host/build/libcallprop" "$folder/asterisk-callprop-$version"
tar -xzf "build/callprop-$version.tar.gz" -C "$folder"
cp -R "$folder/callprop-$version/Sources/asterisk/." "$folder/callprop-$version/LICENSE" "$folder/callprop-$version/CHANGELOG.md" \
    "$folder/callprop-$version/docs/man/callprop.conf.5" "$folder/asterisk-callprop-$version/"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(stat -c %Y "$folder/callprop-$version/LICENSE")" -C "$folder" -c "asterisk-callprop-$version" |
    gzip -n9 >"$host/build/asterisk-callprop_$version.orig.tar.gz"
cp -R "$folder/asterisk-callprop-$version" "$host/build/"
cp -R Sources/packaging/asterisk/debian "$host/build/asterisk-callprop-$version/debian"
Sources/packaging/changelog.sh asterisk-callprop "$version" "build/callprop-$version.tar.gz" >"$host/build/asterisk-callprop-$version/debian/changelog"
cp build/deb/"$arch"/libcallprop1_*.deb build/deb/"$arch"/libcallprop-dev_*.deb "$host/build/libcallprop/"

inside "apt-get -q update && apt-get -q -y --no-install-recommends install build-essential debhelper dpkg-dev /build/libcallprop/*.deb" >"$out/apt.log" 2>&1 ||
    { tail -n 20 "$out/apt.log" >&2; fail "see $out/apt.log"; }
inside "cd /build/asterisk-callprop-$version && dpkg-buildpackage -us -uc" >"$out/build.log" 2>&1 ||
    { tail -n 30 "$out/build.log" >&2; fail "see $out/build.log"; }
find "$host/build" -maxdepth 1 -type f -exec cp {} "$out/" \;
cd "$out"
ls ./*.deb
