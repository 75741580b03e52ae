#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a command in a Debian of another kind of machine: cross_inside.sh ROOT QEMU BINFMT PROCESSOR COMMAND, where BINFMT is the line of
# /usr/lib/binfmt.d by which the kernel knows the machine's programs. The folder in which it is called is there under the same name.
# All in namespaces of their own: mounts, processes, and the kernel's table of foreign programs. Nothing of it stays behind, and nobody
# has to be root. Needs Linux 6.7 for that table.
set -eu
[ $# -eq 5 ] || { echo "usage: cross_inside.sh ROOT QEMU BINFMT PROCESSOR COMMAND" >&2; exit 2; }
if [ "${CALLPROP_INSIDE:-}" != yes ]; then
    CALLPROP_INSIDE=yes exec unshare --user --map-root-user --mount --pid --fork --kill-child "$0" "$@"
fi

root=$1 qemu=$2 processor=$4 command=$5
# :NAME:M:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS. F: opened now, since it is not in the root.
line=$(printf '%s' "$3" | cut -d: -f1-6):$qemu:OCF
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || { echo "cross: Linux 6.7 or later is needed, for a table of foreign programs in a namespace" >&2; exit 1; }
printf '%s\n' "$line" >/proc/sys/fs/binfmt_misc/register
mkdir -p "$root/proc" "$root/tmp" "$root/dev"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$PWD"
mount --bind "$PWD" "$root$PWD"
exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME=/tmp \
    QEMU_CPU="$processor" PYTHONPYCACHEPREFIX=/var/cache/python \
    /bin/sh -c "cd '$PWD' && $command"
