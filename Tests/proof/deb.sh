#!/bin/sh
# SPDX-License-Identifier: MIT
# The Debian packages that `make deb` made: deb.sh PREFIX [SUITE…]
# lintian has nothing to say of them that an override does not explain. In clean systems of Debian 11, 12, 13 and sid they are installed,
# used, upgraded from 1.0 and purged, and nothing is left behind; autopkgtest runs their own tests there. In sid, asterisk-callprop too.
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

if [ -z "${CALLPROP_UNSHARED:-}" ]; then
    [ "$(id -u)" = 0 ] || fail "systems of their own need root"
    need lintian lintian --version
    need autopkgtest command -v autopkgtest
    CALLPROP_UNSHARED=yes exec unshare --mount "$0" "$@"
fi
shift
[ $# -gt 0 ] || set -- bullseye bookworm trixie sid
. Sources/packaging/system.sh
arch=$(dpkg --print-architecture)
debs=$PWD/build/deb/$arch asterisk=$PWD/build/deb/sid
old=${CALLPROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/callprop}/deb-1.0
results=$build/deb
mkdir -p "$results"
Tests/proof/deb_1_0.sh "$old" || fail "no packages of 1.0"

Tests/proof/deb_crossed.sh || fail "the packages for other machines"
for changes in "$debs"/*.changes build/deb/arm64/*.changes build/deb/armhf/*.changes "$asterisk"/*.changes; do
    [ -e "$changes" ] || fail "there is no $changes: make deb makes it"
    lintian --pedantic --display-info --allow-root --show-overrides "$changes" >"$results/lintian" 2>&1 || :
    ! grep -v '^[ON]:' "$results/lintian" >&2 || fail "lintian, of ${changes##*/}"
    said=$(grep -c '^O:' "$results/lintian") || fail "lintian sees no override of ${changes##*/}: does it look at it?"
    overridden=$((${overridden:-0} + said))
done

# Whatever is there but what the system writes down about itself, and which packages are.
state() {
    find "$system" -xdev \( -path "$system/build" -o -path "$system/tmp" -o -path "$system/root" -o -path "$system/var/cache" -o -path "$system/var/log" \
        -o -path "$system/var/lib/apt" -o -path "$system/var/lib/dpkg" -o -path "$system/run" \) -prune -o -printf '%P %y %m %l\n' | sort
    inside "dpkg-query -W -f '\${Package} \${Version} \${Status}\n'" | sort
    inside 'ldconfig -p' | sort
}

# try COMMAND: inside, or the check has failed.
try() {
    inside "$1" >"$results/$suite.log" 2>&1 || { tail -n 20 "$results/$suite.log" >&2; fail "$suite: $1"; }
}
apt='apt-get -q -y --no-install-recommends'

# The packages decide, as the man pages say they do; $1 says which libraries a C program is linked with.
use() {
    try "cd /build && cc -Wall -Werror -o new-ring ring.c \$(pkg-config --cflags --libs callprop) && [ \"\$(./new-ring li,lo,ri)\" = permitted ] && [ \"\$(./new-ring lo)\" = denied ]"
    try "[ \"\$(callprop-check allows li,lo,ri src=external,dst=ivr,leg=dst)\" = permitted ] && ! callprop-check allows lo src=external,dst=ivr,leg=dst"
    try "python3 -c 'import callprop; c = callprop.Call(\"external\", \"ivr\", \"dst\"); assert callprop.allows(\"li,lo,ri\", c) and not callprop.allows(\"lo\", c)'"
    try "callprop allows li,lo,ri src=external,dst=ivr,leg=dst && ! callprop allows lo src=external,dst=ivr,leg=dst"
    try "for page in man3/callprop.3 man3/cp_allows.3 man1/callprop.1 man1/callprop-check.1; do [ -e /usr/share/man/\$page.gz ] || { echo \$page; exit 1; }; done"
    try "[ -e /usr/share/doc/callprop-doc/html/index.html ] && [ -e /usr/share/doc/callprop-doc/examples/c/office-day.c ]"
    said=$(python3 -B Tests/shared/document_links.py "$system/usr/share/doc/callprop-doc" 1000) || fail "$suite: links of callprop-doc: $said"
}

# asterisk_too: the module in Debian's Asterisk.
asterisk_too() {
    try "$apt install asterisk /build/asterisk/*.deb"
    try "[ -e /usr/share/man/man5/callprop.conf.5.gz ]"
    try "sh -eu /build/load"
    try "echo '; an administrator was here' >>/etc/asterisk/callprop.conf"
    try "$apt purge asterisk-callprop"
    try "[ ! -e /etc/asterisk/callprop.conf ] && [ ! -e /etc/asterisk/extensions_callprop.conf ] && ! find / -xdev -path /build -prune -o -name '*callprop*' -print | grep asterisk"
}

for suite in "$@"; do
    kept=${CALLPROP_HOSTS:-/var/cache/callprop-hosts}/deb-$suite
    python3 Tests/shared/debian_root.py "$suite" "$kept" ca-certificates "$results/$suite-debootstrap.log" || fail "no system of $suite"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-deb.XXXXXX")
    trap 'umount -R "$folder/root/dev" "$folder/root/proc" 2>/dev/null; rm -rf --one-file-system "$folder"' EXIT
    copy_system "$kept" "$folder/root"
    mkdir -p "$system/build/old" "$system/build/new" "$system/build/asterisk"
    cp "$old"/*.deb "$system/build/old/"
    for package in libcallprop1 libcallprop-dev callprop-tools python3-callprop callprop-doc; do cp "$debs/${package}"_*.deb "$system/build/new/"; done
    sed -n '/^cat >ring.c/,/^C$/p' Sources/packaging/debian/tests/link | sed '1d;$d' >"$system/build/ring.c"
    # What the packages ask for is there before, so that what is left afterwards is theirs. One size of man pages fits all.
    rm -f "$system/etc/dpkg/dpkg.cfg.d/docker"
    try "apt-get -q update && $apt install gcc libc6-dev pkg-config libjansson-dev python3 dpkg-dev"
    state >"$results/$suite.before"

    # A first installation, and away with it.
    try "$apt install /build/new/*.deb"
    use
    try "$apt purge libcallprop1 libcallprop-dev callprop-tools python3-callprop callprop-doc"
    state >"$results/$suite.after"
    diff "$results/$suite.before" "$results/$suite.after" >"$results/$suite.left" || { cat "$results/$suite.left" >&2; fail "$suite: something is left behind"; }

    # From 1.0, with a program that was built with it.
    try "$apt install /build/old/*.deb"
    # 1.0 asks for names of jansson 2.14: in Debian 11 only a program that the linker lets pass is built with it.
    try "cd /build && cc -Wall -Werror -Wl,--allow-shlib-undefined -o old-ring ring.c \$(pkg-config --cflags --libs callprop) && [ \"\$(./old-ring li,lo,ri)\" = permitted ]"
    try "python3 -c 'import callprop; assert callprop.__version__ == \"1.0.0\"'"
    try "$apt install /build/new/*.deb"
    try "dpkg-query -W -f '\${Version}\n' libcallprop1 libcallprop-dev callprop-tools python3-callprop | sort -u | grep -vqx 1.0.0-1"
    try "cd /build && [ \"\$(./old-ring li,lo,ri)\" = permitted ] && [ \"\$(./old-ring lo)\" = denied ]"
    use
    try "$apt purge libcallprop1 libcallprop-dev callprop-tools python3-callprop callprop-doc"
    state >"$results/$suite.after"
    diff "$results/$suite.before" "$results/$suite.after" >"$results/$suite.left" || { cat "$results/$suite.left" >&2; fail "$suite: something is left behind after an upgrade"; }

    # Their own tests, in the same system. Exit status 8 would say that none was found.
    mkdir -p "$folder/source"
    cp -R Sources/packaging/debian "$folder/source/debian"
    Sources/packaging/changelog.sh callprop "$(sed -n 's/^#define CP_VERSION_STRING "\(.*\)"/\1/p' include/callprop.h)" "$(echo "$debs"/*.orig.tar.gz)" >"$folder/source/debian/changelog"
    autopkgtest --no-built-binaries "$folder/source" "$system"/build/new/*.deb -- chroot "$system" >"$results/$suite.autopkgtest" 2>&1 ||
        { tail -n 20 "$results/$suite.autopkgtest" >&2; fail "$suite: autopkgtest, exit status $?"; }
    passed=$(sed '1,/ summary$/d' "$results/$suite.autopkgtest" | grep -c ' PASS') || fail "$suite: autopkgtest ran nothing"
    [ "$passed" = 3 ] || { cat "$results/$suite.autopkgtest" >&2; fail "$suite: autopkgtest passed $passed of 3"; }

    if [ "$suite" = sid ]; then
        cp "$asterisk"/*.deb "$system/build/asterisk/"
        cp "$debs"/libcallprop1_*.deb "$system/build/asterisk/"
        cp Sources/packaging/asterisk/debian/tests/load "$system/build/load"
        asterisk_too
    fi
    umount -R "$system/dev" "$system/proc"
    rm -rf --one-file-system "$folder"
    summary="${summary:-}${summary:+, }$suite"
done
echo "deb: lintian --pedantic: nothing but $overridden tags that overrides explain; in $summary: installed, used from C, Python and the shell, upgraded from 1.0, purged, nothing left; for arm64 and armhf the same packages, which decide under qemu-user; autopkgtest's 3 tests pass"
