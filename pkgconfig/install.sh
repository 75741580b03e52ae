#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make install` and its like do: install.sh install|uninstall, each also with -tools or -asterisk behind it, or check, which only
# looks whether the folders can be.
# The folders come in the environment, as make exports them: so a path may have any character that a file of pkg-config can hold.
set -eu

prefix=${CALLPROP_prefix?} bindir=${CALLPROP_bindir?} libdir=${CALLPROP_libdir?} includedir=${CALLPROP_includedir?}
mandir=${CALLPROP_mandir?} docdir=${CALLPROP_docdir?}
root=${DESTDIR:-}

refuse() {
    echo "callprop: $1" >&2
    exit 1
}

for name in prefix bindir libdir includedir mandir docdir; do
    eval "folder=\$$name"
    case $folder in
    /*) ;;
    *) refuse "$name: \"$folder\" is no absolute path, such as /usr/local; what comes before it is DESTDIR" ;;
    esac
    # shellcheck disable=SC1003,SC2016
    case $folder in
    *['"\`$#']* | *'
'*) refuse "$name: \"$folder\" has a character that callprop.pc cannot hold: one of \" \\ \` \$ # and the end of a line" ;;
    esac
done

# What the umask says is not meant for what all are to use.
umask 022

# put MODE FILE FOLDER: a file, into the folder; with its names filled in where it is called .in. put link TARGET FOLDER NAME: a link.
put() {
    [ -d "$root$3" ] || install -d "$root$3"
    case $1 in
    link) ln -sf "$2" "$root$3/$4" ;;
    *) case $2 in *.in) fill "$2" "$3" ;; *) install -m "$1" "$2" "$root$3/" ;; esac ;;
    esac
}

# take, with the same arguments: takes away what put has put there.
take() {
    name=${2##*/}
    rm -f "$root$3/${4:-${name%.in}}"
}

# put_all MODE FOLDER FILE…: several files at once, which is quicker. take_all, with the same arguments: takes them away.
put_all() {
    mode=$1 folder=$root$2
    shift 2
    [ -d "$folder" ] || install -d "$folder"
    install -m "$mode" "$@" "$folder/"
}

take_all() {
    folder=$root$2
    shift 2
    for file in "$@"; do
        shift
        set -- "$@" "$folder/${file##*/}"
    done
    rm -f "$@"
}

# from BASE FOLDER: the folder, as seen from the base where it is inside of it, so that the file may move with what it describes.
from() {
    case $2 in
    "$1") printf '%s' "$3" ;;
    "$1"/*) printf '%s%s' "$3" "${2#"$1"}" ;;
    *) printf '%s' "$2" ;;
    esac
}

# fill FILE FOLDER: a file of this folder, without its .in, with the names between @ filled in.
fill() {
    name=$(basename "$1" .in)
    # shellcheck disable=SC2016
    VERSION=$VERSION PREFIX=$prefix LIBDIR=$(from "$prefix" "$libdir" '${prefix}') INCLUDEDIR=$(from "$prefix" "$includedir" '${prefix}') \
        FROM_CMAKE=$(up "$cmakedir") IN_PREFIX_LIBDIR=$(from "$prefix" "$libdir" '${_callprop_prefix}') \
        IN_PREFIX_INCLUDEDIR=$(from "$prefix" "$includedir" '${_callprop_prefix}') \
        awk '{
            for (at = 1; match(substr($0, at), /@[A-Z_]+@/); at = start + length(value)) {
                start = at + RSTART - 1
                value = ENVIRON[substr($0, start + 1, RLENGTH - 2)]
                $0 = substr($0, 1, start - 1) value substr($0, start + RLENGTH)
            }
            print
        }' "$1" >"$root$2/$name"
    chmod 644 "$root$2/$name"
}

# up FOLDER: the way from there to the prefix, as ../..; nothing when it is not inside of the prefix.
up() {
    case $1 in
    "$prefix"/*) printf '%s' "${1#"$prefix"/}" | sed 's|[^/][^/]*|..|g' ;;
    esac
}

# Folders that are ours alone, or that we may have made: they go when nothing is in them any more.
tidy() {
    for folder in "$@"; do
        [ "$folder" != / ] && [ -d "$root$folder" ] || continue
        if [ -n "$root" ]; then
            (cd "$root/" && rmdir -p --ignore-fail-on-non-empty -- "${folder#/}")
        else
            rmdir --ignore-fail-on-non-empty "$folder"
        fi
    done
}

# Those of the machine itself stay, empty or not.
tidy_shared() {
    if [ -n "$root" ] || { [ "$prefix" != /usr/local ] && [ "$prefix" != /usr ]; }; then tidy "$@"; fi
}

pkgconfigdir=$libdir/pkgconfig cmakedir=$libdir/cmake/callprop

# documents: what goes into docdir. It lies there as in the sources, so that each of its links leads somewhere. What was built or run among
# the examples is none.
documents() {
    printf '%s\n' LICENSE README.md CHANGELOG.md Sources/python/README.md Sources/asterisk/README.md Sources/asterisk/callprop.conf \
        Tests/README.md Tests/bench/chart.svg
    find docs -type f \( -name '*.md' -o -name '*.png' \)
    find examples -type f \( -name '*.*' -o -name Makefile \) ! -name '*.pyc' ! -name demo.sh
}

# folders: those of the documents, the inner ones first.
folders() {
    documents | awk -F/ '{ path = ""; for (i = 1; i < NF; i++) { path = path $i; print path; path = path "/" } }' | sort -ru
}

# library ACTION: does put or take for each file of the library.
library() {
    "$1" 755 "$BUILD/libcallprop.so.$VERSION" "$libdir"
    "$1" link "libcallprop.so.$VERSION" "$libdir" "$SONAME"
    "$1" link "$SONAME" "$libdir" libcallprop.so
    "$1" 644 "$BUILD/libcallprop.a" "$libdir"
    "$1" 644 include/callprop.h "$includedir"
    "$1" 644 pkgconfig/callprop.pc.in "$pkgconfigdir"
    "$1" 644 pkgconfig/callprop-config.cmake.in "$cmakedir"
    "$1" 644 pkgconfig/callprop-config-version.cmake.in "$cmakedir"
    documents | while read -r file; do
        mode=644
        case $file in examples/*) [ ! -x "$file" ] || mode=755 ;; esac
        case $file in */*) echo "$mode /${file%/*} $file" ;; *) echo "$mode / $file" ;; esac
    done | awk '{ of[$1 " " $2] = of[$1 " " $2] " " $3 } END { for (place in of) print place of[place] }' |
        while read -r mode folder files; do
            # shellcheck disable=SC2086 # our names have no spaces
            "$1_all" "$mode" "$docdir${folder%/}" $files
        done
    "$1_all" 644 "$mandir/man3" docs/man/*.3
}

# tools ACTION: the same for the tools.
tools() {
    "$1" 755 "$BUILD/tools/callprop-check" "$bindir"
    "$1" 644 docs/man/callprop-check.1 "$mandir/man1"
}

# asterisk ACTION: the same for what the module has besides what its own Makefile installs.
asterisk() {
    "$1" 644 docs/man/callprop.conf.5 "$mandir/man5"
}

case $1 in
install)
    library put
    if [ -z "$root" ] && [ "$(id -u)" = 0 ]; then $LDCONFIG; fi
    ;;
uninstall)
    library take
    folders | while read -r folder; do tidy "$docdir/$folder"; done
    tidy "$cmakedir" "$docdir"
    tidy_shared "$libdir/cmake" "$pkgconfigdir" "$mandir/man3" "$mandir" "$(dirname "$docdir")" "$(dirname "$mandir")" "$libdir" "$includedir"
    ;;
install-tools)
    # No target of make's can have a space in its path, so it is seen from examples/c.
    case $BUILD in /*) built=$BUILD/tools ;; *) built=../../$BUILD/tools ;; esac
    PKG_CONFIG_PATH=$STAGE/lib/pkgconfig MAKEFLAGS='' make -s -B -C examples/c BUILD="$built" "$built/callprop-check"
    tools put
    ;;
uninstall-tools)
    tools take
    tidy_shared "$bindir" "$mandir/man1" "$mandir" "$(dirname "$mandir")"
    ;;
install-asterisk)
    asterisk put
    ;;
uninstall-asterisk)
    asterisk take
    tidy_shared "$mandir/man5" "$mandir" "$(dirname "$mandir")"
    ;;
check) ;;
*) refuse "usage: install.sh check|install|uninstall|install-tools|uninstall-tools|install-asterisk|uninstall-asterisk" ;;
esac
