#!/bin/sh
# SPDX-License-Identifier: MIT
# From a fresh copy of the sources in a folder with spaces, as a user who may write nothing else: make, make install, a
# program in C and one in Python, make test without a network, make uninstall; and what make says when something is
# missing. From the root of the repository: install.sh PREFIX
#
# What `make install` does with its variables is tested in Tests/abi/test_install.py.
set -eu
. Tests/proof/need.sh

need python3-venv /usr/bin/python3 -c 'import venv, ensurepip'
need util-linux unshare --version
need iproute2 ip -Version
command -v swift >/dev/null || fail "there is no Swift toolchain on PATH"
swift_folder=$(dirname "$(readlink -f "$(command -v swift)")")
logs=$build/install
mkdir -p "$logs"

# Not in build/proof, to which the user may have no access.
folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-install.XXXXXX")
trap 'rm -rf "$folder"' EXIT
home="$folder/home of a user"
checkout="$home/call prop"
installed="$home/the prefix"
# The tests put things that make is to build into TMPDIR, and no target of make's can have a space in its path.
temporary=$folder/tmp
mkdir -p "$checkout" "$temporary"
tar -c --exclude=./.git --exclude=./.build --exclude=./build . | tar -x -C "$checkout"

# As root, the user is nobody; else it is who runs this.
drop=''
# A machine without a network has its loopback still.
printf '#!/bin/sh\nip link set lo up && exec "$@"\n' >"$folder/with-loopback"
chmod 755 "$folder/with-loopback"
offline="unshare --map-root-user --net $folder/with-loopback"
if [ "$(id -u)" = 0 ]; then
    drop='setpriv --reuid=65534 --regid=65534 --clear-groups'
    offline="unshare --net $folder/with-loopback $drop"
    chown -R 65534:65534 "$home" "$temporary"
    chmod 755 "$folder"
fi
# Where pip finds packages is the machine's affair.
pip=$(env | sed -n 's/^\(PIP_[A-Z_]*=[^ ]*\)$/\1/p')
path=$swift_folder:/usr/local/bin:/usr/bin:/bin

# user LOG COMMAND…: runs a command in the checkout with nothing of this environment. $as is what makes it the user's.
as=$drop
user() {
    log=$logs/$1
    shift
    # shellcheck disable=SC2086
    (cd "$checkout" && exec $as env -i HOME="$home" PATH="$path" TMPDIR="$temporary" LC_ALL=C.UTF-8 $pip "$@") >"$log" 2>&1
}

# does WHAT LOG COMMAND…: a step that is to succeed.
does() {
    what=$1
    shift
    user "$@" && return
    tail -n 15 "$log" >&2
    fail "$what: see $log"
}

# ---- Build and install

started=$(date +%s)
does "make as a user" make make
built=$(date +%s)

# The strictest umask: what is installed is for all. And where there is no compiler any more, as under sudo.
# shellcheck disable=SC2016
does "make install without the Swift toolchain" install env PATH=/usr/bin:/bin \
    sh -c 'umask 077; exec make install PREFIX="$1"' - "$installed"
modes=$(cd "$installed" && find . -mindepth 1 ! -type l -printf '%M %P\n' | sort -k2)
[ "$(printf '%s\n' "$modes" | grep -vcE '^(drwxr-xr-x|-rwxr-xr-x lib/libcallprop.so|-rw-r--r-- (include/|lib/(pkgconfig|cmake)/|lib/libcallprop.a$|share/)|-rwxr-xr-x share/doc/callprop/examples/)')" = 0 ] ||
    fail "under umask 077, others cannot use what was installed: $modes"
cmp "$prefix/lib/libcallprop.so.1" "$installed/lib/libcallprop.so.1" || fail "the user's library is not that in $prefix"

# ---- Use

# shellcheck disable=SC2016
does "a program in C" c sh -euc '
    export PKG_CONFIG_PATH="$1/lib/pkgconfig" LD_LIBRARY_PATH="$1/lib"
    eval "cc -std=c99 -o \"$2/decision\" Tests/proof/headers/decision.c $(pkg-config --cflags --libs callprop)"
    case "$("$2/decision")" in "1 0 1 0 Denied: "*) ;; *) exit 1 ;; esac' - "$installed" "$home"
does "a program in Python" python env LD_LIBRARY_PATH="$installed/lib" /usr/bin/python3 Tests/proof/decisions.py libcallprop.so.1

# ---- make test without a network, once it is set up

does "setting up make test" setup make deps build/venv/installed build/venv-python/installed
as=$offline
! user network /usr/bin/python3 -c 'import socket; socket.create_connection(("deb.debian.org", 80), 5)' ||
    fail "there is a network where none should be, so this shows nothing"
tested=$(date +%s)
does "make test without a network" test make test
tested=$(($(date +%s) - tested))
as=$drop

# ---- Uninstall

does "make uninstall" uninstall make uninstall PREFIX="$installed"
[ -z "$(find "$installed" -mindepth 1)" ] || fail "uninstall leaves $(find "$installed" -mindepth 1 | tr '\n' ' ')"

# DESTDIR in the layout of Debian. Anything beside it would not be the user's to write.
does "make install with DESTDIR" destdir make install DESTDIR="$home/root" PREFIX=/usr LIBDIR=/usr/lib/x86_64-linux-gnu
does "make uninstall with DESTDIR" destdir make uninstall DESTDIR="$home/root" PREFIX=/usr LIBDIR=/usr/lib/x86_64-linux-gnu
left=$(find "$home/root" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"

# ---- What is missing is named in one line, with the remedy

# without COMMAND…: leads $path to all commands of the user but these.
without() {
    path=$home/without
    rm -rf "$path"
    mkdir "$path"
    for commands in "$swift_folder" /usr/local/bin /usr/bin; do
        # Of two with the same name, the first counts.
        ln -s "$commands"/* "$path/" 2>/dev/null || :
    done
    for command in sudo "$@"; do rm -f "$path/$command"; done
}

# complains TOPIC LINE VARIABLE=VALUE…: make fails, and says this line and nothing else but what make itself adds.
complaints=0
complains() {
    topic=$1 line=$2
    shift 2
    # -B: what is there already is not made again, and this is about a fresh copy.
    ! user "$topic" env "$@" make -B all || fail "$topic: make did not fail"
    grep -v '^make' "$log" >"$logs/said" || :
    [ "$(cat "$logs/said")" = "$line" ] || { cat "$log" >&2; fail "$topic: make says this, not only: $line"; }
    complaints=$((complaints + 1))
}
install_them='make deps installs them, as root or through sudo; then run make again'
without swift
install_swift='install Swift 6.3 from https://swift.org/install and put its bin folder on PATH'
complains no-swift "callprop: no Swift toolchain: $install_swift"
for version in 6.2.4 6.30 6.4-dev 5.6.3; do
    printf '#!/bin/sh\necho "Swift version %s (swift-%s-RELEASE)"\n' $version $version >"$path/swift"
    chmod 755 "$path/swift"
    complains "swift-$version" "callprop: Swift $version, in $path/swift: $install_swift"
done
without
complains no-jansson "callprop: missing: libjansson-dev: $install_them" PKG_CONFIG_LIBDIR=/nonexistent
without pkg-config
complains no-pkg-config "callprop: missing: pkg-config libjansson-dev: $install_them"
without cc c++
complains no-compilers "callprop: missing: gcc: $install_them"
without readelf
complains no-binutils "callprop: missing: binutils: $install_them"

echo "install: as a user, in a folder with spaces: make in $((built - started)) s, install, C, Python, make test without a network" \
    "in $tested s, uninstall to an empty prefix; $complaints missing things named in one line each"
