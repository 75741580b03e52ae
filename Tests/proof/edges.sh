#!/bin/sh
# SPDX-License-Identifier: MIT
# Text and buffers between unreadable pages: edges.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
compile cc edges -O2 $here/edges.c
"$build/edges" || failed=1
echo "edges: ${failed:+FAILED: }nothing outside of a text or a buffer is touched, $(($(date +%s) - start)) s"
[ -z "$failed" ]
