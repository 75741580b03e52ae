#!/bin/sh
# SPDX-License-Identifier: MIT
# The wheels for x86-64, arm64 and armhf, each for glibc and for musl, which nobody can install here: what they are, and what they do
# under qemu-user. check-wheel has this machine's, on every Python. From the root of the repository, after `make wheels`: wheels.sh PREFIX
set -eu
. Tests/proof/need.sh

need binutils readelf --version
need python3 python3 -c ''
PYTHONDONTWRITEBYTECODE=1 python3 $here/wheels.py "$prefix"
