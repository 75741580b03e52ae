#!/bin/sh
# SPDX-License-Identifier: MIT
# The packages that `make rpm` made, as far as a Debian can try them: rpm.sh PREFIX
# What is in them is what is installed from the sources; they ask for the right things; rpm refuses them where these are not, installs them
# into an empty root where they are, and takes them away without a rest; what is installed decides. It does not show that they work on Fedora:
# there is none here, and what they ask for is a package that says to have it.
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

need rpm rpmbuild --version
packages=$PWD/build/rpm/RPMS
version=$(sed -n 's/^#define CP_VERSION_STRING "\(.*\)"/\1/p' include/callprop.h)
machine=$(uname -m)
work=$(mktemp -d "${TMPDIR:-/tmp}/callprop-rpm.XXXXXX")
trap 'rm -rf "$work"' EXIT
file() { echo "$packages/$2/$1-$version-1.$2.rpm"; }
library=$(file callprop "$machine") devel=$(file callprop-devel "$machine") tools=$(file callprop-tools "$machine") python=$(file python3-callprop noarch)
for package in "$library" "$devel" "$tools" "$python"; do [ -e "$package" ] || fail "there is no $package: make rpm makes it"; done
[ "$(find "$packages" -name '*.rpm' | wc -l)" = 4 ] || fail "there are other packages in $packages"

# contents PACKAGE: the files in it, without what is there for each of a kind.
contents() {
    rpm -qp --qf '[%{FILENAMES}\n]' "$1" | sed '/build-id/d; s|man3/.*\.3\(\.gz\)*|man3/PAGE|; s|\(man1/.*\.1\)\.gz|\1|; s|\(callprop-devel/[A-Za-z]*\)/.*|\1|; s|\(site-packages/callprop\)/.*|\1|; s|\(licenses/callprop\)-[0-9.]*|\1|' | sort -u | tr '\n' ' '
}
# holds WHAT EXPECTED FOUND
holds() { [ "$2" = "$3" ] || fail "$1: expected: $2; found: $3"; }
holds callprop "/usr/lib64/libcallprop.so.1 /usr/lib64/libcallprop.so.$version /usr/share/licenses/callprop /usr/share/licenses/callprop/LICENSE " "$(contents "$library")"
holds callprop-tools "/usr/bin/callprop-check /usr/share/man/man1/callprop-check.1 " "$(contents "$tools")"
holds python3-callprop "/usr/bin/callprop /usr/lib/python3/site-packages/callprop /usr/share/man/man1/callprop.1 " "$(contents "$python")"
doc=/usr/share/doc/callprop-devel
holds callprop-devel "/usr/include/callprop.h /usr/lib64/cmake/callprop /usr/lib64/cmake/callprop/callprop-config-version.cmake /usr/lib64/cmake/callprop/callprop-config.cmake /usr/lib64/libcallprop.a /usr/lib64/libcallprop.so /usr/lib64/pkgconfig/callprop.pc $doc $doc/CHANGELOG.md $doc/README.md $doc/Sources $doc/Tests $doc/docs $doc/examples /usr/share/man/man3/PAGE " \
    "$(contents "$devel")"
pages=$(rpm -qpl "$devel" | grep -c man3/) modules=$(rpm -qpl "$python" | grep -c 'callprop/.*\.py$')
[ "$pages" = "$(find docs/man -name '*.3' | wc -l)" ] || fail "callprop-devel has $pages pages of section 3"
[ "$modules" = "$(cd Sources/python && find callprop -name '*.py' | grep -vc '/lib/')" ] || fail "python3-callprop has $modules modules"

# asks PACKAGE: what it requires, without rpm's own features and the versions of the C library.
asks() { rpm -qp --requires "$1" | sed 's/([^()]*)(64bit)$/()(64bit)/; /^rpmlib(/d; /^rtld(/d' | sort -u | tr '\n' ';'; }
own="callprop(x86-64) = $version-1"
[ "$machine" = x86_64 ] || own=$(rpm -qp --requires "$devel" | grep "^callprop(")
holds "callprop asks for" "libc.so.6()(64bit);libjansson.so.4()(64bit);" "$(asks "$library")"
holds "callprop-devel asks for" "/usr/bin/pkg-config;$own;" "$(asks "$devel")"
holds "callprop-tools asks for" "$own;libc.so.6()(64bit);libcallprop.so.1()(64bit);" "$(asks "$tools")"
holds "python3-callprop asks for" "/usr/bin/python3;callprop >= $version;python3 >= 3.9;" "$(asks "$python")"
rpm -qp --provides "$library" | grep -q '^libcallprop.so.1(CALLPROP_1.1)(64bit)' || fail "callprop does not say that it has CALLPROP_1.1"

# A root with nothing, and a database of its own.
root=$work/root
mkdir -p "$root"
rpm --root "$root" --initdb
! rpm --root "$root" -i "$library" 2>"$work/refused" || fail "rpm installs callprop where no jansson is"
grep -q 'libjansson.so.4()(64bit) is needed by callprop' "$work/refused" || fail "rpm does not ask for jansson: $(cat "$work/refused")"
# Stands for a Fedora: it has nothing, and says to have what callprop asks for of others.
{
    printf 'Name: others\nVersion: 1\nRelease: 1\nSummary: Others\nLicense: MIT\nBuildArch: noarch\nProvides: python3 = 3.13\n'
    for package in "$library" "$devel" "$tools" "$python"; do rpm -qp --requires "$package"; done |
        sed '/^rpmlib(/d; /^callprop/d; /^libcallprop/d; /^python3 /d; s/^/Provides: /' | sort -u
    printf '%%description\nOthers.\n%%files\n'
} >"$work/others.spec"
rpmbuild -bb --define "_topdir $work" "$work/others.spec" >"$work/others.log" 2>&1 || { cat "$work/others.log" >&2; fail "others"; }
rpm --root "$root" -i --noscripts "$work"/RPMS/noarch/others-1-1.noarch.rpm 2>"$work/log"
# Files, and folders of callprop's: that /usr/lib64 and its like stay is a matter of Fedora's own packages.
there() { find "$root" -path "$root/var/lib/rpm" -prune -o \( ! -type d -o -name '*callprop*' \) -print | sort; }
before=$(there)
rpm --root "$root" -i --noscripts "$library" "$devel" "$tools" "$python" 2>"$work/log" || { cat "$work/log" >&2; fail "rpm does not install them"; }
export LD_LIBRARY_PATH="$root/usr/lib64"
[ "$("$root/usr/bin/callprop-check" allows li,lo,ri src=external,dst=ivr,leg=dst)" = permitted ] || fail "callprop-check"
python3 -B Tests/shared/document_links.py "$root$doc" 60 || fail "a link in $doc"
! "$root/usr/bin/callprop-check" allows lo src=external,dst=ivr,leg=dst >/dev/null || fail "callprop-check permits everything"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/usr/lib/python3/site-packages python3 -c "
import callprop
call = callprop.Call('external', 'ivr', 'dst')
assert callprop.__version__ == '$version' and callprop.__file__.startswith('$root')
assert callprop.allows('li,lo,ri', call) and not callprop.allows('lo', call)" || fail "Python"
printf '#include <callprop.h>\nint main(void) { return !cp_allows("li,lo,ri", "src=external,dst=ivr,leg=dst", 0); }\n' >"$work/ring.c"
# shellcheck disable=SC2046
cc -o "$work/ring" "$work/ring.c" $(PKG_CONFIG_PATH="" PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 PKG_CONFIG_LIBDIR=$root/usr/lib64/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root pkg-config --cflags --libs callprop)
"$work/ring" || fail "a C program that was built with callprop-devel"
rpm --root "$root" -e --noscripts callprop callprop-devel callprop-tools python3-callprop 2>"$work/log" || fail "rpm does not take them away"
[ "$before" = "$(there)" ] || fail "something is left behind"
echo "rpm: 4 packages: contents, requirements; refused where jansson is not, installed into an empty root, used, taken away; not tried on a Fedora"
