# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced: a copy of a system of Tests/shared/debian_root.py to build or try packages in, which is thrown away afterwards. In a mount
# namespace of its own, so that nothing stays mounted.

# copy_system KEPT FOLDER: the copy, with what it needs to reach Debian as this machine does.
copy_system() {
    system=$2
    cp -a --reflink=auto "$1" "$system"
    mkdir -p "$system/proc" "$system/dev"
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    cp /etc/resolv.conf /etc/hosts "$system/etc/"
    cp -r /etc/apt/apt.conf.d "$system/etc/apt/"
    # What is thrown away need not survive a power cut.
    echo force-unsafe-io >"$system/etc/dpkg/dpkg.cfg.d/callprop-try"
    # No service starts in a system that is a folder.
    printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d"
    chmod 755 "$system/usr/sbin/policy-rc.d"
}

# inside COMMAND: runs a shell command there, with nothing of this machine's environment.
inside() {
    chroot "$system" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -c "$1"
}
