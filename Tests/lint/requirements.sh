#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes the requirements*.txt that pip installs from: what the file *.in beside it names, and all that this takes in turn, in one version with the
# hashes of what PyPI has of it. Versions stay as they are, unless they no longer fit or an option says otherwise. From the root of
# the repository: requirements.sh UV [--upgrade | --upgrade-package NAME]
set -eu

uv=${1:?usage: requirements.sh UV [--upgrade | --upgrade-package NAME]}
shift

# lock PYTHON NAME: for this Python and later ones, on any system.
lock() {
    "$uv" pip compile --quiet --universal --generate-hashes --python-version "$1" --custom-compile-command "make requirements" \
        "$upgrade" ${package:+"$package"} --output-file "$2.txt" "$2.in"
}
upgrade=${1:---no-upgrade} package=${2:-}

lock 3.9 Tests/requirements
lock 3.11 Tests/python/requirements
lock 3.11 Tests/page/requirements
lock 3.11 Tests/replay/requirements
lock 3.11 Tests/bench/requirements
lock 3.11 Tests/lint/requirements
lock 3.11 docs/requirements
lock 3.11 Tests/lint/uv-requirements
lock 3.10 Sources/python/wheel-requirements
