#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's packages, as a maintainer makes them: deb.sh VERSION [ARCH]
# From the archive of `make dist`, with debian/ beside it, into build/deb. Swift comes from outside of Debian, which the build profile
# pkg.callprop.external-swift says: Debian's own, 6.2.3 in sid, has no Embedded Swift for Linux. From the root of the repository.
set -eu
version=$1
arch=${2:-$(dpkg --print-architecture)}
fail() { echo "deb: FAILED: $*" >&2; exit 1; }

for tool in dpkg-buildpackage:dpkg-dev dh:debhelper dh_python3:dh-python; do
    command -v "${tool%:*}" >/dev/null || Tests/shared/install_package.sh "${tool#*:}" build/apt.log || fail "${tool#*:} is needed"
done
options=''
if [ "$arch" != "$(dpkg --print-architecture)" ]; then
    options="-a$arch"
    command -v "$(dpkg-architecture -a "$arch" -q DEB_HOST_GNU_TYPE)-gcc" >/dev/null ||
        Tests/shared/install_package.sh "crossbuild-essential-$arch" build/apt.log || fail "crossbuild-essential-$arch is needed"
fi

out=$PWD/build/deb/$arch
rm -rf "$out"
mkdir -p "$out"
cp "build/callprop-$version.tar.gz" "$out/callprop_$version.orig.tar.gz"
tar -xzf "build/callprop-$version.tar.gz" -C "$out"
cd "$out/callprop-$version"
cp -R Sources/packaging/debian debian
# CHANGELOG.md says what changed; Debian wants a package's own.
cat >debian/changelog <<END
callprop ($version-1) unstable; urgency=medium

  * callprop $version; /usr/share/doc/libcallprop1/changelog.gz says what changed.

 -- The callprop authors <callprop@example.org>  $(date -u -R -d "$(tar -tvzf "../callprop_$version.orig.tar.gz" --utc --full-time | sed -n '1s/.* \([0-9-]* [0-9:]*\) .*/\1/p')")
END
# The toolchain is not Debian's, so dpkg knows nothing of it.
# shellcheck disable=SC2086
dpkg-buildpackage -us -uc -d $options -Ppkg.callprop.external-swift >"$out/build.log" 2>&1 || { tail -n 30 "$out/build.log" >&2; fail "see $out/build.log"; }
cd "$out"
rm -rf "callprop-$version"
ls ./*.deb
