#!/bin/sh
# SPDX-License-Identifier: MIT
# What a newcomer meets on a Debian 12 with nothing but git, make and a Swift toolchain that was unpacked: newcomer.sh PREFIX
# make says all that is missing, and installs nothing; make demo installs it, says so, and shows the office's day; so does make install.
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

[ "$(id -u)" = 0 ] || fail "a system of its own needs root"
swift=$(dirname "$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")")
kept=${CALLPROP_HOSTS:-/var/cache/callprop-hosts}/newcomer
python3 Tests/shared/debian_root.py bookworm "$kept" git,make,ca-certificates "$build/newcomer-debootstrap.log" || fail "no system of bookworm"
folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-newcomer.XXXXXX")
host=$folder/root
# In a mount namespace of its own, so that nothing stays mounted.
if [ -z "${CALLPROP_NEWCOMER:-}" ]; then
    rmdir "$folder"
    CALLPROP_NEWCOMER=yes exec unshare --mount "$0" "$prefix"
fi
trap 'umount -R "$host/toolchain" "$host/dev" "$host/proc" 2>/dev/null; rm -rf --one-file-system "$folder"' EXIT
cp -a --reflink=auto "$kept" "$host"
mkdir -p "$host/toolchain" "$host/proc" "$host/dev"
mount --bind -o ro "$swift" "$host/toolchain"
mount -t proc proc "$host/proc"
mount --rbind /dev "$host/dev"
# How this machine reaches Debian is the machine's affair.
cp /etc/resolv.conf /etc/hosts "$host/etc/"
cp -r /etc/apt/apt.conf.d "$host/etc/apt/"
pip=$(env | sed -n 's/^\(PIP_[A-Z_]*=[^ ]*\|[a-zA-Z_]*_proxy=[^ ]*\)$/\1/p')
git clone -q . "$host/root/callprop"

inside() {
    # shellcheck disable=SC2086
    chroot "$host" /usr/bin/env -i HOME=/root PATH=/toolchain/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 $pip \
        sh -c "cd /root/callprop && $1" >"$build/newcomer.log" 2>&1
}

! inside make || fail "make finds everything in a system where nothing is"
lines=$(grep -v '^make' "$build/newcomer.log")
case $lines in
"callprop: missing: "*"gcc"*": make deps installs them, as root or through sudo; then run make again") ;;
*) cat "$build/newcomer.log" >&2; fail "make does not name what is missing in one line" ;;
esac
for package in libncurses6 libcurl4 libxml2 libsqlite3-0 gcc binutils pkg-config libjansson-dev; do
    case $lines in *" $package"*) ;; *) fail "make does not say that $package is missing: $lines" ;; esac
done
! inside 'command -v gcc' || fail "make has installed something"
inside 'make deps' || { tail "$build/newcomer.log" >&2; fail "make deps"; }
installed=$(sed -n 's/^deps:  *apt-get install//p' "$build/newcomer.log")
inside 'make demo' || { tail -n 20 "$build/newcomer.log" >&2; fail "make demo"; }
grep -q 'byte for byte' "$build/newcomer.log" || fail "make demo shows no office's day"
inside 'make install && make installcheck' || { tail -n 20 "$build/newcomer.log" >&2; fail "make install && make installcheck"; }
echo "newcomer: Debian 12 with git, make and a toolchain: make names what is missing, and installs nothing; make deps installs$installed; make demo, make install"
