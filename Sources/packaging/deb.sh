#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's packages, as a maintainer makes them: deb.sh VERSION [ARCH]
# From the archive of `make dist`, with debian/ beside it, into build/deb/ARCH. Swift comes from outside of Debian, which the build profile
# pkg.callprop.external-swift says: Debian's own, 6.2.3 in sid, has no Embedded Swift for Linux. From the root of the repository.
# For another machine, those packages that depend on the machine; the others are the same ones.
set -eu
version=$1
here=$(dpkg --print-architecture)
arch=${2:-$here}
fail() { echo "deb: FAILED: $*" >&2; exit 1; }

need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null || Tests/shared/install_package.sh "$2" build/apt.log || fail "$2 is needed"
}
need dpkg-buildpackage dpkg-dev
need dh debhelper
need dh_python3 dh-python
options='' nowhere=''
if [ "$arch" != "$here" ]; then
    case $arch in arm64 | armhf) ;; *) fail "ARCH=$arch: expected $here, arm64 or armhf" ;; esac
    need "$(dpkg-architecture -a "$arch" -q DEB_HOST_GNU_TYPE 2>/dev/null)-g++" "crossbuild-essential-$arch"
    options="-a$arch -B" nowhere=yes
else
    need doxygen doxygen
    need sphinx-build python3-sphinx
    for module in furo breathe myst_parser:myst-parser; do
        name=${module##*:}
        [ "$name" = furo ] || name=python3-$name
        /usr/bin/python3 -c "import ${module%:*}" 2>/dev/null || Tests/shared/install_package.sh "$name" build/apt.log || fail "$name is needed"
    done
fi

# What callprop-check is linked with is Debian 11's C library, so that it runs there and on all that is newer.
cache=${CALLPROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/callprop}
mkdir -p "$cache" build
cache=$(cd "$cache" && pwd)
oldest=$cache/oldest-$arch
(
    flock 9
    python3 Sources/cross/packages.py bullseye "$arch" "$oldest" libc6-dev libc6 linux-libc-dev libjansson4
) 9>"$cache/oldest-$arch.lock" || fail "no C library of Debian 11"
# A link that leads to this machine's own.
[ ! -e "$oldest/lib64" ] || ln -sfn ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$oldest/lib64/ld-linux-x86-64.so.2"

out=$PWD/build/deb/$arch
rm -rf "$out"
mkdir -p "$out"
cp "build/callprop-$version.tar.gz" "$out/callprop_$version.orig.tar.gz"
tar -xzf "build/callprop-$version.tar.gz" -C "$out"
export CALLPROP_CACHE="$cache" CALLPROP_OLDEST="$oldest"
Sources/packaging/changelog.sh callprop "$version" "build/callprop-$version.tar.gz" >"$out/changelog"
cd "$out/callprop-$version"
cp -R Sources/packaging/debian debian
mv ../changelog debian/changelog
if [ -n "$nowhere" ]; then
    # dpkg here knows nothing of the other machine's packages: it is told what all Debians have that these packages are for.
    printf 'libc 6 libc6 (>= 2.31)\nld-linux-aarch64 1 libc6 (>= 2.31)\nld-linux-armhf 3 libc6 (>= 2.31)\nlibjansson 4 libjansson4 (>= 2.13)\n' >debian/shlibs.local
fi
# The toolchain is not Debian's, so dpkg knows nothing of it.
# shellcheck disable=SC2086
dpkg-buildpackage -us -uc -d $options -Ppkg.callprop.external-swift >"$out/build.log" 2>&1 || { tail -n 30 "$out/build.log" >&2; fail "see $out/build.log"; }
cd "$out"
rm -rf "callprop-$version"
ls ./*.deb
