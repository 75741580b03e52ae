#!/bin/sh
# SPDX-License-Identifier: MIT
# Packages for Fedora and its like: rpm.sh VERSION, from the archive of `make dist`, into build/rpm. On a Debian, too, with Debian's
# rpmbuild: what it makes is for looking at, not for using, since the folders are Fedora's and nobody has tried it there. From the root of
# the repository.
set -eu
version=$1
fail() { echo "rpm: FAILED: $*" >&2; exit 1; }
command -v rpmbuild >/dev/null || Tests/shared/install_package.sh rpm build/apt.log || fail "rpmbuild is needed"

out=$PWD/build/rpm
rm -rf "$out"
mkdir -p "$out/SOURCES" "$out/SPECS"
cp "build/callprop-$version.tar.gz" "$out/SOURCES/"
sed "s/@VERSION@/$version/" Sources/packaging/rpm/callprop.spec.in >"$out/SPECS/callprop.spec"
set --
# Debian's packages are unknown to rpm, and so are the macros of Fedora's python3-devel.
if [ -e /etc/debian_version ]; then
    set -- --nodeps --define 'python3_sitelib /usr/lib/python3/site-packages'
fi
# The date of the last commit, of which the archive is, not of the build.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rpmbuild -ba "$@" --define "_topdir $out" --define '_buildhost localhost' "$out/SPECS/callprop.spec" >"$out/build.log" 2>&1 ||
    { tail -n 30 "$out/build.log" >&2; fail "see $out/build.log"; }
ls "$out"/RPMS/*/*.rpm "$out"/SRPMS/*.rpm
