#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the manual: build.sh BIN html|man PREFIX FOLDER, where BIN is the folder of what docs/requirements.txt installs, and PREFIX that
# of an installed callprop, which web pages are made with. Every warning is an error. From the root of the repository.
set -eu

[ $# -eq 4 ] || { echo "usage: build.sh BIN html|man PREFIX FOLDER" >&2; exit 2; }
bin=$1 kind=$2 prefix=$3 folder=$4
work=build/docs

mkdir -p "$work"
command -v doxygen >/dev/null || Tests/shared/install_package.sh doxygen build/apt.log
doxygen docs/Doxyfile
made=$work/made
rm -rf "$made"
case $kind in
html)
    # Nothing of the man pages counts here, and what was included may have changed: so Sphinx remembers nothing.
    rm -rf "$work/man-source"
    CALLPROP_LIBRARY=$prefix/lib/libcallprop.so.1 PYTHONDONTWRITEBYTECODE=1 \
        "$bin/sphinx-build" -q -W --keep-going -n -E -b html -d "$work/html-trees" docs "$made"
    ;;
man)
    PYTHONDONTWRITEBYTECODE=1 "$bin/python" docs/man_pages.py "$work/man-source"
    PYTHONDONTWRITEBYTECODE=1 "$bin/sphinx-build" -q -W --keep-going -n -E -b man -d "$work/man-trees" -c docs "$work/man-source" "$made"
    ;;
*) echo "build.sh: no such kind: $kind" >&2; exit 2 ;;
esac
# What was there stays when something went wrong.
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
mv "$made" "$folder"
