#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs a Debian package, as root or through sudo, for all tests that need one: install_package.sh PACKAGE LOG
# Tests that run side by side wait for each other: apt-get itself waits for one of its locks only.
set -eu
package=$1 log=$2
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "$as_root apt-get install $package"
export DEBIAN_FRONTEND=noninteractive
build=$(dirname "$0")/../../build
mkdir -p "$build"
exec 9>"$build/apt.lock"
flock 9
{ $as_root apt-get update -q && $as_root apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$package"; } \
    >>"$log" 2>&1 9>&- || {
    tail -n 5 "$log" >&2
    echo "there is no $package: install it, then run this again ($log says why)" >&2
    exit 1
}
