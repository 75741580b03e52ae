#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the wheel with the C library and jansson inside, for every Python 3 on any Linux of one kind of machine, with glibc 2.17 or later
# or with musl, and the sdist, which has neither library: wheel.sh PREFIX PYTHON FOLDER ARCH, where PREFIX is what callprop was installed
# with, PYTHON has the packages of wheel-requirements.txt, and ARCH is as Debian calls it. From the root of the repository.
set -eu

[ $# -eq 4 ] || { echo "usage: wheel.sh PREFIX PYTHON FOLDER ARCH" >&2; exit 2; }
prefix=$(cd "$1" && pwd)
mkdir -p "$3"
folder=$(cd "$3" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
# Beside it are the commands of its packages.
PATH=$(dirname "$("$2" -c 'import sys; print(sys.executable)')"):$PATH
export PATH

fail() { echo "wheel.sh: $*" >&2; exit 1; }
# quietly NAME COMMAND…
quietly() {
    log=$copy/$1.log
    shift
    "$@" >"$log" 2>&1 || { cat "$log" >&2; fail "$*"; }
}

# machine: as Python and pip call it.
case $4 in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
armhf) machine=armv7l ;;
*) fail "no wheel for $4: expected x86_64, aarch64 or armv7l" ;;
esac

# Built in a copy: the library must not stay in the sources, where the package would find it first.
copy=$folder/work-$machine
rm -rf "$copy" "$folder"/*_"$machine"*.whl
mkdir -p "$copy"
cp -RL "$here" "$copy/source"
find "$copy/source" -name __pycache__ -prune -exec rm -rf {} +
rm -rf "$copy/source/callprop/lib" "$copy/source/build" "$copy/source/callprop.egg-info"
quietly sdist python -m build -q --no-isolation --sdist --outdir "$folder" "$copy/source"

# jansson goes along, and so does its licence.
quietly jansson "$here/jansson.sh" "$4" "$copy/jansson"
cp "$copy/jansson/LICENSE.jansson" "$copy/source/"
mkdir "$copy/source/callprop/lib"
cp "$prefix/lib/libcallprop.so.1" "$copy/source/callprop/lib/"
quietly wheel env _PYTHON_HOST_PLATFORM=linux-$machine python -m build -q --no-isolation --wheel --outdir "$copy" "$copy/source"

quietly repair env AUDITWHEEL_LD_LIBRARY_PATH="$copy/jansson" python -m auditwheel repair \
    --wheel-dir "$copy/repaired" "$copy"/callprop-*.whl
[ -e "$(echo "$copy"/repaired/callprop-*manylinux_2_17_"$machine"*.whl)" ] || fail "not for glibc 2.17: $(ls "$copy/repaired"): $copy/repair.log says why"
# The same files serve musl, whose loader takes libc.so.6 for itself: auditwheel has no word for that, Tests/proof/wheels.py has the proof.
quietly tags python -m wheel tags --remove --platform-tag=manylinux2014_$machine.manylinux_2_17_$machine.musllinux_1_2_$machine "$copy"/repaired/callprop-*.whl
quietly show python -m auditwheel show "$copy"/repaired/callprop-*.whl
mv "$copy"/repaired/callprop-*.whl "$folder/"
rm -rf "$copy/source" "$copy/repaired"
ls "$folder"/callprop-*_"$machine"*.whl "$folder"/callprop-*.tar.gz
