#!/bin/sh
# SPDX-License-Identifier: MIT
# What the linker takes for jansson, and with libc, for the C library: their names alone. names.sh FOLDER CFLAGS-OF-JANSSON LIBRARIES
# COMPILER…, with LIBRARIES "jansson" or "jansson libc". The sources say why. SwiftPM finds FOLDER by the jansson.pc that stands in it.
set -eu
folder=$1 cflags=$2 libraries=$3
shift 3

rm -rf "$folder"
mkdir -p "$folder"
for library in $libraries; do
    case $library in
    jansson) soname=libjansson.so.4 source=Sources/CJansson/names.c ;;
    libc) soname=libc.so.6 source=Sources/CLibc/names.c ;;
    esac
    "$@" -shared -nostdlib -ffreestanding -fno-builtin -Wl,-soname,"$soname" -o "$folder/lib${library#lib}.so" "$source"
done
printf 'Name: jansson\nDescription: its names\nVersion: 1\nCflags: %s\nLibs: -L%s -ljansson\n' "$cflags" "$folder" >"$folder/jansson.pc"
